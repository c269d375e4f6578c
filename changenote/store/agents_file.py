"""`AGENTS.md`, which coding agents read: our part of it, among what people wrote there."""

AGENTS = "AGENTS.md"

BEGIN = "<!-- changenote: begin. `changenote init` writes this part anew; write outside of it. -->"
END = "<!-- changenote: end -->"
_ANY_BEGIN = "<!-- changenote: begin"


def with_part(text: str, part: str) -> str:
    """The file's text with our part as it should be, in its place or at the end.

    Nothing outside of our marks changes, and nothing at all in a text that `is_unpaired`.
    """
    ours = f"{BEGIN}\n{part.strip()}\n{END}"
    if is_unpaired(text):
        return text
    if _ANY_BEGIN in text:
        above, below = text.split(_ANY_BEGIN)[0], text.split(END)[1]
        return above + ours + below
    above = f"{text.rstrip()}\n\n" if text.strip() else ""
    return f"{above}{ours}\n"


def is_unpaired(text: str) -> bool:
    """Are our marks in a text, but not as one pair? What is between them could be anybody's."""
    counts = (text.count(_ANY_BEGIN), text.count(END))
    in_order = text.find(_ANY_BEGIN) < text.find(END)
    return counts != (0, 0) and not (counts == (1, 1) and in_order)

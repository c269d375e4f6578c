"""Texts of other tools: bytes → text, reStructuredText → Markdown, and a title out of them."""

import re
from collections.abc import Sequence

from changenote.patterns import pattern

LONGEST_TITLE = 100
_LOOKED_AT = 1000  # characters, in which a title is to be found
SHORTEST_TITLE = 5

_LINK = pattern(r"`([^`<>]*[^`<>\s])\s+<([^`<>\s]+)>`__?", holds=("`_",))
_NAMED_LINK = pattern(r"`([^`<>]*[^`<>\s])(?:\s+<([^`<>]+)_>)?`_(?![_\w])", holds=("`_",))
_TARGET = pattern(r"^\.\. _`?([^:`\n]+)`?: +(\S+)[ \t]*$", re.M, holds=(".. _",))
_CODE_BLOCK = pattern(
    r"^(?P<indent> *)\.\. (?:code-block|code|sourcecode)::[ \t]*(?P<language>[\w+-]*)[ \t]*\n"
    r"(?:[ \t]*\n)+"
    r"(?P<block>(?P=indent)[ \t]+\S.*\n?(?:(?P=indent)[ \t]+\S.*\n?|[ \t]*\n)*)",
    re.M,
    holds=(".. code", ".. sourcecode"),
)
_ROLE = pattern(r":[\w:+.-]+:`~?!?([^`<]*?)(?:\s*<[^`>]*>)?`", holds=(":`",))
_MARKDOWN_LINK = pattern(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_REFERENCE_AHEAD = pattern(r"\[(?!CVE-|GHSA-)[^\[\]]+\]:?\s+(?=\S)")
_SCOPE_AHEAD = pattern(r"[*_]+\([^()]+\)[*_]+:?\s*(?:\[\**breaking\**\]\s*)?|\[\**breaking\**\]\s*")
_COMMIT_BEHIND = pattern(r"\s*-?\s*\([0-9a-f]{7,40}\)\s*$")
_SENTENCE_END = pattern(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)\s+(?=[^a-z\s])"
)
_FENCE = pattern(r"\s*(?:```|~~~)", holds=("```", "~~~"))
_BULLET = pattern(r"\s*(?:[-*+]|\d+[.)])\s+")


class NotTextError(Exception):
    """Bytes that are no text, and why."""


def decoded(raw: bytes) -> str:
    """The text of a file, with newlines for line ends. Raises `NotTextError`."""
    if b"\0" in raw:
        raise NotTextError("it is binary, or not in UTF-8: it has a NUL byte")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotTextError(f"line {line} is not in UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def tidy(text: str) -> str:
    """A text without white space at the ends of its lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n").rstrip()


def without_comments(text: str) -> str:
    """Markdown without the comments that nobody sees; one that never ends is text."""
    kept: list[str] = []
    start, opens = 0, text.find("<!--")
    while opens >= 0 and (closes := text.find("-->", opens)) >= 0:
        kept.append(text[start:opens])
        start = closes + len("-->")
        opens = text.find("<!--", start)
    return "".join([*kept, text[start:]])


def from_restructured(text: str) -> str:
    """reStructuredText as Markdown, as far as it says the same: links and blocks of code.

    Everything else stays as it stands, so that no word is lost.
    """
    targets = {_key(name): address for name, address in _TARGET.findall(text)}
    text = _CODE_BLOCK.sub(_fenced, text)
    text = _LINK.sub(lambda m: f"[{' '.join(m[1].split())}]({m[2]})", text)
    used: set[str] = set()
    text = _NAMED_LINK.sub(lambda m: _resolved(m, targets, used), text)
    return tidy(_TARGET.sub(lambda m: "" if _key(m[1]) in used else m[0], text))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _fenced(match: re.Match[str]) -> str:
    outer, lines = match["indent"], match["block"].rstrip().split("\n")
    inner = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    block = "\n".join((outer + line[inner:]).rstrip() for line in lines)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block)), default=0))
    ending = "\n\n" if match["block"].endswith("\n") else ""
    return f"{outer}{fence}{match['language']}\n{block}\n{outer}{fence}{ending}"


def _resolved(match: re.Match[str], targets: dict[str, str], used: set[str]) -> str:
    """A link whose address stands elsewhere in the text; as it was when it does not."""
    name = _key(match[2] or match[1])
    if name not in targets:
        return match[0]
    used.add(name)
    return f"[{' '.join(match[1].split())}]({targets[name]})"


def composed(sections: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Sections of items as one text: an item alone is the text, others are bullets with headings.

    A section without a name has no heading, and its items are paragraphs.
    """
    if len(sections) == 1 and len(sections[0][1]) == 1:
        return sections[0][1][0]
    parts: list[str] = []
    for name, items in sections:
        if not name:
            parts += items
        else:
            bullets = "\n".join(map(_bullet, items))
            parts.append(bullets if len(sections) == 1 else f"**{name}**\n\n{bullets}")
    return "\n\n".join(parts)


def _bullet(item: str) -> str:
    first, *rest = item.split("\n")
    return "\n".join([f"- {first}", *(f"  {line}" if line else "" for line in rest)])


def title_of(text: str, otherwise: str) -> str:
    """The first sentence of a text in one line, without its markup; cut where it is too long.

    `otherwise` is what stands beside a text that is too short to be a title.
    """
    sentence = _SENTENCE_END.split(_first_paragraph(text), maxsplit=1)[0]
    title = sentence if sentence.endswith(("...", "…")) else sentence.rstrip(".:")
    if len(title) < SHORTEST_TITLE:
        title = f"{title} ({otherwise})".strip()
    if len(title) <= LONGEST_TITLE:
        return title
    cut = title[: LONGEST_TITLE - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(' ,;:(')}…"


def _first_paragraph(text: str) -> str:
    lines: list[str] = []
    for line in text.strip()[:_LOOKED_AT].split("\n"):
        if lines and (not line.strip() or _BULLET.match(line) or _FENCE.match(line)):
            break
        lines.append(line)
    return _without_markup(" ".join(" ".join(lines).split()))


def _without_markup(line: str) -> str:
    """A line as people read it; code keeps one backtick a side."""
    line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    line = _ROLE.sub(r"\1", line)
    line = _MARKDOWN_LINK.sub(r"\1", line).replace("``", "`").replace("**", "")
    while match := _SCOPE_AHEAD.match(line) or _REFERENCE_AHEAD.match(line):
        line = line[match.end() :]
    return _COMMIT_BEHIND.sub("", line).lstrip("# ").strip()

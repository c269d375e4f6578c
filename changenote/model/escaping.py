"""Text from a note as Markdown that says the same and does nothing.

It has to hold for GitHub, GitLab, Gitea and Python-Markdown: only the signs that all of them take
a backslash for get one, the others become references.
"""

from collections.abc import Iterator
from urllib.parse import quote

from changenote.patterns import pattern

# Line ends of every kind, and characters that hide or turn others.
_UNSEEN = pattern(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A mention, an address or a link becomes code: nothing else keeps every forge from following it.
# It begins where a word does: to try at each of its letters takes the square of the time.
_FOLLOWED = pattern(
    r"(?<![^\s`<>\[\](){}\"'])[^\s`<>\[\](){}\"']*(?:@\w|://|\bwww\.)"
    r"(?:[^\s`<>{}]*[^\s`<>{}.,;:!?)\]\"'])?",
    holds=("@", "://", "www."),
)
_WEB = pattern(r"https?://[^\s/?#@\\\"'<>`]+(?:[/?#]\S*)?", holds=("://",))
_SIGNS = {sign: f"\\{sign}" for sign in "\\*{}[]"} | {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "`": "&#96;",
}
_NUMBERED = pattern(r"(\d+)([.)])")


def escaped(text: str) -> str:
    """A text on one line of Markdown: no markup, no HTML, no mention and no link comes of it."""
    line = on_one_line(text)
    has_struck = line.count("~") > 1
    pieces: list[str] = []
    end = 0
    for found in _FOLLOWED.finditer(line):
        pieces += _plain(line, end, found.start(), has_struck=has_struck)
        pieces.append(f"`{found[0]}`")
        end = found.end()
    pieces += _plain(line, end, len(line), has_struck=has_struck)
    return _start(line, "".join(pieces))


def paragraphs(text: str) -> str:
    """A text as paragraphs with the lines that it has, each of them escaped."""
    found: list[list[str]] = [[]]
    for line in map(escaped, text.splitlines()):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return "\n\n".join("  \n".join(lines) for lines in found if lines)


def indented(code: str) -> str:
    """Lines as a block of code, which nothing in them can end."""
    lines = (_UNSEEN.sub("", line).rstrip() for line in code.splitlines())
    return "\n".join(f"    {line}" if line else "" for line in lines).strip("\n")


def address(text: str) -> str:
    """An address of the web as a link that shows where it leads; any other text escaped."""
    shown = escaped(text)
    return f"[{shown}]({target(text)})" if _WEB.fullmatch(text) else shown


def on_one_line(text: str) -> str:
    """A text on one line, without characters that hide or turn others."""
    return " ".join(_UNSEEN.sub("", text).split())


def target(address: str) -> str:
    """An address or path as the target of a link, which nothing in it can end."""
    return quote(address, safe="/:?#@!$&*+,;=%~._-", errors="surrogateescape")


def _plain(line: str, start: int, end: int, *, has_struck: bool) -> Iterator[str]:
    """What stands between two places of a line, sign by sign."""
    for place in range(start, end):
        sign = line[place]
        if sign == "_" and not _is_inside_a_word(line, place):
            yield "\\_"
        elif sign == "~" and has_struck:
            yield "&#126;"
        else:
            yield _SIGNS.get(sign, sign)


def _is_inside_a_word(line: str, place: int) -> bool:
    return line[place - 1 : place].isalnum() and line[place + 1 : place + 2].isalnum()


def _start(line: str, text: str) -> str:
    """The text, when its first characters would make a list, a heading or a box of a line."""
    if numbered := _NUMBERED.match(line):
        return f"{numbered[1]}&#{ord(numbered[2])};{text[len(numbered[0]) :]}"
    first = line[:1]
    is_sign = first.isascii() and not first.isalnum() and text.startswith(first)
    return f"&#{ord(first)};{text[1:]}" if is_sign and first not in "\\`&" and first else text

"""What a text of YAML must not have, whatever a parser makes of it, and what a parser means."""

import re
from collections.abc import Iterator

from changenote.model.problems import Problem, shown
from changenote.patterns import pattern

LARGEST = 1_000_000
DEEPEST = 20
MOST_VALUES = 20_000

_PAIR = pattern("[\ud800-\udbff][\udc00-\udfff]")
FORBIDDEN = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# A line of seven equals signs alone is a Markdown heading as well, so it does not count.
_HARMLESS = b"\t\n\r" + bytes(range(0x20, 0x7F))
_CONFLICT = pattern(
    r"^[ \t]*(?:<{7}|>{7}|\|{7})(?: |$)", re.M, holds=("<<<<<<<", ">>>>>>>", "|||||||")
)
NO_END = "found unexpected end of stream"  # YAML says so of a quotation alone
_TAB_INDENT = pattern(r"^[ ]*\t[ \t]*\S", re.M)
_DIRECTIVE = pattern(r"^%", re.M)

Position = tuple[int, int]
"""Line and column, counted from 1."""

Found = tuple[Position, Problem]
"""Why nothing more is read of a text, and where."""


def joined(text: str) -> str:
    r"""A text in which each character that JSON writes as two escapes (`\ud83d\ude00`) is one.

    RFC 8259, section 7; programs that write ASCII alone write every emoji so.
    """
    return _PAIR.sub(lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def readable(raw: bytes) -> tuple[str, Found | None]:
    """The text without byte order mark, with newlines for line ends; or why it is not read."""
    text, found = _decoded(raw)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not found and (raw.translate(None, _HARMLESS) or _CONFLICT.search(text)):
        found = next(_forbidden(text), None)
    return text, found


def syntax(found: str, expected: str, rule: str = "yaml-syntax", remedy: str = "") -> Problem:
    """A problem with the text as a whole."""
    return Problem(rule=rule, path=(), found=found, expected=expected, remedy=remedy)


def explained(text: str, place: Position, said: str) -> Problem:
    """What a parser says of a place, in words that help."""
    lines = text.split("\n")
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    if _TAB_INDENT.match(line) or "\\t" in said:
        return syntax("a tab in the indentation", "spaces", remedy="Indent with two spaces.")
    if _DIRECTIVE.match(line):
        return syntax("a YAML directive (%)", "no directive", remedy="Quote the text.")
    if "mapping values are not allowed" in said:
        remedy = "Put quotes around text that holds a colon and a space, or start it with |."
        return syntax(shown(line.strip()), "one key: value a line", remedy=remedy)
    if said == NO_END:
        remedy = "Put the same mark at the end of the text, or take the first one out."
        return syntax("a quotation mark that nothing ends", "one at each end", remedy=remedy)
    remedy = "Put quotes around text that starts with a special character."
    return syntax(shown(said.removeprefix("found ")), "valid YAML", remedy=remedy)


def _decoded(raw: bytes) -> tuple[str, Found | None]:
    if len(raw) > LARGEST:
        return "", ((1, 1), syntax(f"{len(raw):,} bytes", f"at most {LARGEST:,} bytes", "too-big"))
    try:
        return raw.decode(), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        problem = syntax(f"the byte 0x{raw[error.start]:02x}", "UTF-8 text")
        return "", ((line, column), problem)


def _forbidden(text: str) -> Iterator[Found]:
    if match := FORBIDDEN.search(text):
        found = f"the control character U+{ord(match[0]):04X}"
        yield _place(text, match.start()), syntax(found, "visible text", remedy="Remove it.")
    if match := _CONFLICT.search(text):
        remedy = "Keep one of the two versions and delete the marker lines."
        found = f"a merge conflict marker, {match[0].strip()}"
        yield (
            _place(text, match.start()),
            syntax(found, "one version of the text", "merge-conflict", remedy),
        )


def _place(text: str, index: int) -> Position:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)

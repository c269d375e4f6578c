"""A changelog in Markdown, line by line: versions, sections, entries, and what is none of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256

from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.kinds import plain_word
from changenote.exchange.importing.texts import tidy
from changenote.patterns import pattern
from changenote.records import record

_HEADING = pattern(r" {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*")
_UNDERLINE = pattern(r" {0,3}(=+|-+)\s*")
_VERSION = pattern(
    r"(?i)(?:(?:version|release)\s+)?\[?\s*(?P<version>[\w./@-]*?v?\d+(?:\.\d+)+[\w.+-]*|v\d+[\w.+-]*"
    r"|\d{4}-\d\d-\d\d|unreleased)(?:\s*\](?:\([^()\s]*\)|\[[^\]]*\])?)?(?P<rest>.*)"
)
_DAY = pattern(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_BULLET = pattern(r"( *)([-*+])(\s+)(?=\S)")
_FENCE = pattern(r"\s*(`{3,}|~{3,})")
_DEFINITION = pattern(r" {0,3}\[([^\]]+)\]:\s+(\S.*)")
_REFERENCE = pattern(r"\[([^\[\]]+)\]", holds=("[",))
_COMMENT_OPENS, _COMMENT_CLOSES = "<!--", "-->"
_TAG = pattern(r"<!--.*?-->|</?\w[^<>]*>")
_SCOPE = pattern(r"[*_]{1,2}\(([^()]+)\)[*_]{1,2}")
_BREAKING = pattern(r"(?i)\W{0,5}breaking(?: changes?)?\W{0,3}:|.{0,80}\[\*{0,2}breaking\*{0,2}\]")
_LONGEST_HEADING = 500
_CODE = "\0"  # which no text has

Numbered = tuple[int, str]


@record
class _Place:
    """Where the reading is: below which version and which headings."""

    version: str | None = None
    day: date | None = None
    remark: str = ""
    sections: tuple[str, ...] = ()
    is_known: bool = False


def entries_in(source: Source, *, no_changes: Iterable[str] = ()) -> list[Read]:
    """Every entry of a changelog, in its order, and whatever is none.

    `no_changes` are sections without changes, as plain words.
    """
    definitions: dict[str, str] = {}
    lines = list(_visible(_numbered(source.text), definitions))
    level = _version_level(lines)
    skipped = frozenset(no_changes)
    found: list[Read] = []
    place, part = _Place(), list[Numbered]()
    for number, line in [*lines, (0, "# ")]:
        heading = _heading(line)
        if heading is None:
            part.append((number, line))
        else:
            found += _entries(source, place, part, skipped)
            place, part = _below(place, *heading, level), []
    return _told_apart([_complete(one, definitions) for one in found])


def _numbered(text: str) -> list[Numbered]:
    return list(_headed(list(enumerate(text.split("\n"), 1))))


def _headed(lines: list[Numbered]) -> Iterator[Numbered]:
    """The lines, with `Text` above `----` as `## Text`."""
    for index, (number, line) in enumerate(lines):
        below = _UNDERLINE.fullmatch(lines[index + 1][1]) if index + 1 < len(lines) else None
        above = lines[index - 1][1] if index else ""
        if below and _is_alone(above, line):
            yield number, f"{'#' if below[1][0] == '=' else '##'} {line.strip()}"
        elif not (index and _UNDERLINE.fullmatch(line) and _was_headed(lines, index)):
            yield number, line


def _heading(line: str) -> tuple[int, str] | None:
    """Level and text of a heading."""
    match = _HEADING.fullmatch(line) if len(line) <= _LONGEST_HEADING else None
    return (len(match[1]), match[2]) if match else None


def _was_headed(lines: list[Numbered], index: int) -> bool:
    return _is_alone(lines[index - 2][1] if index > 1 else "", lines[index - 1][1])


def _is_alone(above: str, line: str) -> bool:
    """Is a line a paragraph of one line, as a heading is?"""
    return bool(line.strip()) and not above.strip() and not _BULLET.match(line) and line[0] != "#"


def _visible(lines: list[Numbered], definitions: dict[str, str]) -> Iterator[Numbered]:
    """The lines that people see. Where a link leads is put among the definitions.

    In code all lines are seen, and no heading is one: such lines are marked. A comment that never
    ends is none.
    """
    last = max((number for number, line in lines if _COMMENT_CLOSES in line), default=0)
    fence, in_comment = "", False
    for number, whole in lines:
        line = whole
        if fence:
            fence = "" if line.strip().startswith(fence) else fence
            yield number, line.replace("#", f"{_CODE}#", 1) if _heading(line) else line
            continue
        if in_comment or (line.lstrip().startswith(_COMMENT_OPENS) and number <= last):
            in_comment = _COMMENT_CLOSES not in line
            line = line.partition(_COMMENT_CLOSES)[2]
        if match := _DEFINITION.fullmatch(line):
            definitions.setdefault(match[1].casefold(), match[2].strip())
        else:
            match = _FENCE.match(line)
            fence = match[1] if match else ""
            yield number, line


def _version_level(lines: Iterable[Numbered]) -> int:
    """The level of the headings that name versions: that of the first one."""
    for _, line in lines:
        heading = _heading(line)
        if heading and _VERSION.fullmatch(heading[1]):
            return heading[0]
    return 2


def _below(place: _Place, depth: int, text: str, level: int) -> _Place:
    """The place after a heading."""
    depth -= level
    if depth > 0:
        sections = (*place.sections[: depth - 1], _TAG.sub("", text).strip())
        return replace(place, sections=sections)
    match = _VERSION.fullmatch(text)
    if not match:
        return _Place(remark=text)
    version = None if match["version"].casefold() == "unreleased" else match["version"]
    day = _DAY.search(match["rest"]) or _DAY.fullmatch(match["version"])
    remark = match["rest"].replace(day[0], "") if day else match["rest"]
    return _Place(
        version=version, day=_real(day[0]) if day else None, remark=_said(remark), is_known=True
    )


def _said(remark: str) -> str:
    """What stands beside a version and its date, such as YANKED."""
    words = remark.strip(" -–—:()[]\t")
    return words if any(character.isalnum() for character in words) else ""


def _real(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _entries(
    source: Source, place: _Place, part: list[Numbered], skipped: frozenset[str]
) -> Iterator[Read]:
    """The entries among the lines below one heading."""
    if not place.is_known:
        yield from _outside(source, place, part, skipped)
        return
    section = plain_word(place.sections[0]) if place.sections else ""
    if section in skipped:
        if number := _first_line(part):
            yield _left_out(source, number, f"“{place.sections[0]}” is no change", is_problem=False)
        return
    for number, text in items(part):
        yield _entry(source, place, number, text)


def _outside(
    source: Source, place: _Place, part: list[Numbered], skipped: frozenset[str]
) -> Iterator[LeftOut]:
    """What stands above all versions is an introduction; below another heading nobody knows."""
    number = _first_line(part)
    if number and not place.remark:
        yield _left_out(source, number, "it stands above all versions", is_problem=False)
    elif number and plain_word(place.remark) in skipped:
        yield _left_out(source, number, f"“{place.remark}” is no change", is_problem=False)
    elif number and any(_BULLET.match(line) for _, line in part):
        yield _left_out(source, number, f"the heading “{place.remark}” names no version")
    elif number:
        reason = f"the text below “{place.remark}” is about no version"
        yield _left_out(source, number, reason, is_problem=False)


def _first_line(part: Iterable[Numbered]) -> int:
    return next((number for number, line in part if line.strip()), 0)


def _left_out(source: Source, line: int, reason: str, *, is_problem: bool = True) -> LeftOut:
    return LeftOut(file=source.file, line=line, reason=reason, is_problem=is_problem)


def items(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """Bullets with what belongs to each, and paragraphs that belong to none; the line of each."""
    taken: list[Numbered] = []
    indent, after_gap, fence = -1, False, ""
    for number, line in lines:
        bullet = None if fence else _BULLET.match(line)
        begins = bullet and (indent < 0 or len(bullet[1]) <= indent)
        is_apart = after_gap and not fence and not line.startswith((" ", "\t")) and line.strip()
        if taken and (begins or (is_apart and indent >= 0)):
            yield from _item(taken)
            taken, indent = [], -1
        if begins and bullet:
            indent = len(bullet[1])
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
        if line.strip() or taken:
            taken.append((number, line))
        after_gap = not line.strip()
    yield from _item(taken)


def _item(lines: list[Numbered]) -> Iterator[Numbered]:
    """One item's text without its bullet and indentation."""
    if not lines:
        return
    number, first = lines[0]
    bullet = _BULLET.match(first)
    width = bullet.end() if bullet else 0
    rest = (_dedented(line, width) for _, line in lines[1:])
    if text := tidy("\n".join([first[width:], *rest])).replace(_CODE, ""):
        yield number, text


def _dedented(line: str, width: int) -> str:
    line = line.expandtabs(4)
    return line[min(width, len(line) - len(line.lstrip(" "))) :]


def _entry(source: Source, place: _Place, number: int, text: str) -> Entry:
    scope = _SCOPE.match(text)
    deeper = [word for word in (*place.sections[1:], *(scope.groups() if scope else ())) if word]
    remark = {"remark": place.remark} if place.remark else {}
    return Entry(
        file=source.file,
        line=number,
        text=text,
        types=place.sections[:1],
        tags=tuple(word for word in deeper if not _BREAKING.match(f"{word} ")),
        version=place.version,
        day=place.day,
        dated_by="the heading" if place.day else "",
        is_breaking=bool(_BREAKING.match(text)) or _is_breaking(place.sections),
        facts={"scope": " / ".join(deeper), **remark} if deeper else remark,
    )


def _is_breaking(sections: Iterable[str]) -> bool:
    return any("breaking" in section.casefold() for section in sections)


def _complete(one: Read, definitions: dict[str, str]) -> Read:
    """An entry with the addresses that its links are defined by elsewhere in the file."""
    if not isinstance(one, Entry):
        return one
    names = dict.fromkeys(name.casefold() for name in _REFERENCE.findall(one.text))
    used = [f"[{name}]: {definitions[name]}" for name in names if name in definitions]
    compare = definitions.get((one.version or "").casefold())
    return replace(
        one,
        lead=one.text,
        text="\n".join([one.text, "", *used]) if used else one.text,
        facts={**one.facts, "compare": compare} if compare else one.facts,
    )


def _told_apart(found: list[Read]) -> list[Read]:
    """The same, with names for entries: a hash of the text, counted from the end where it recurs.

    A changelog grows at its top, and entries move from “unreleased” to a version: neither changes
    any name.
    """
    counts: dict[str, int] = {}
    named: list[Read] = []
    for one in reversed(found):
        if isinstance(one, Entry):
            name = sha256((one.lead or one.text).encode("utf-8", "surrogatepass")).hexdigest()[:12]
            counts[name] = counts.get(name, 0) + 1
            number = f"-{counts[name]}" if counts[name] > 1 else ""
            named.append(replace(one, name=name + number))
        else:
            named.append(one)
    return named[::-1]

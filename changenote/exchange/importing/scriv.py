"""Changelog fragments of scriv: headings of categories with bullets below, Markdown or RST.

https://scriv.readthedocs.io/en/latest/concepts.html#fragments
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatch
from typing import Any

from changenote.exchange.importing.changelog import Numbered, items
from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.texts import composed, from_restructured, tidy, without_comments
from changenote.patterns import pattern

_NAMED_FOR_A_DAY = pattern(r"(\d{4})(\d\d)(\d\d)_\d{6}")
_MARKDOWN_HEADING = pattern(r" {0,3}#{1,6} +(\S.{0,200})")
_UNDERLINE = pattern(r"([=\-`:.'\"~^_*+#])\1{2,} *")
_RST_COMMENT = pattern(r"\.\.(?!\s+[_|])(?!\s+[\w-]+::)(?:\s.*)?")

Sections = list[tuple[str, list[str]]]


def read(source: Source, config: Mapping[str, Any]) -> list[Read]:
    """The fragment in a file; `config` is the table `tool.scriv`."""
    name = source.name.rpartition("/")[2]
    if _is_skipped(name, config):
        return [LeftOut(file=source.file, reason="scriv skips it too", is_problem=False)]
    if not name.endswith((".md", ".rst")):
        return [LeftOut(file=source.file, reason="scriv reads files named *.md and *.rst")]
    if not source.text.strip():
        return [LeftOut(file=source.file, reason="it is empty")]
    sections = _sections(_markdown(source.text, is_markdown=name.endswith(".md")))
    if not sections:
        reason = "there is nothing in it but comments and headings"
        return [LeftOut(file=source.file, reason=reason, is_problem=False)]
    day = _day(name)
    headings = tuple(heading for heading, _ in sections if heading)
    return [
        Entry(
            file=source.file,
            text=composed(sections),
            lead=sections[0][1][0],
            types=headings,
            day=day,
            dated_by="the file's name" if day else "",
            is_breaking=any("breaking" in heading.casefold() for heading in headings),
        )
    ]


def _is_skipped(name: str, config: Mapping[str, Any]) -> bool:
    skipped = (str(config.get("skip_fragments", "README.*")), ".*", "*.j2", "scriv.ini")
    return any(fnmatch(name, one) for one in skipped)


def _markdown(text: str, *, is_markdown: bool) -> list[str]:
    """The lines without comments, with all headings as Markdown has them."""
    if is_markdown:
        lines = tidy(without_comments(text)).split("\n")
    else:
        lines = from_restructured("\n".join(_without_rst_comments(text.split("\n")))).split("\n")
    headed: list[str] = []
    for line in lines:
        is_below = headed and headed[-1].strip() and not headed[-1].startswith(("#", "-", "*", " "))
        if is_below and _UNDERLINE.fullmatch(line) and _stands_alone(headed):
            headed[-1] = f"### {headed[-1]}"
        else:
            headed.append(line)
    return headed


def _stands_alone(lines: list[str]) -> bool:
    return len(lines) < 2 or not lines[-2].strip()


def _without_rst_comments(lines: list[str]) -> Iterator[str]:
    in_comment = False
    for line in lines:
        if in_comment and (not line.strip() or line[0].isspace()):
            continue
        in_comment = bool(_RST_COMMENT.fullmatch(line))
        yield "" if in_comment else line


def _sections(lines: list[str]) -> Sections:
    """Headings with the items below each; those above all headings have none."""
    sections: list[tuple[str, list[Numbered]]] = [("", [])]
    for number, line in enumerate(lines, 1):
        if heading := _MARKDOWN_HEADING.fullmatch(line):
            sections.append((heading[1].rstrip(" #"), []))
        else:
            sections[-1][1].append((number, line))
    found = ((heading, [text for _, text in items(part)]) for heading, part in sections)
    return [(heading, texts) for heading, texts in found if texts]


def _day(name: str) -> date | None:
    match = _NAMED_FOR_A_DAY.match(name)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None

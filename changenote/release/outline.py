"""A CHANGELOG.md as it is: its headings, the versions they name, its link references.

It is read as people write it: `## ` headings that name versions, perhaps one that says Unreleased,
and references at the end. What stands in code or in comments is none of them.
"""

import re
from collections.abc import Iterator, Sequence

from changenote.errors import UnlikeChangelog
from changenote.patterns import pattern
from changenote.records import record
from changenote.release.versions import bare, same

UNRELEASED = "unreleased"

_HEADING = pattern(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = pattern(r" {0,3}(?:=+|-+)[ \t]*")
_FENCE = pattern(r" {0,3}(`{3,}|~{3,})(.*)")
_REFERENCE = pattern(r" {0,3}\[(?P<label>[^\]\[]+)\]:[ \t]*(?P<address>\S+).*")
_ANCHOR = pattern(r"<a\s[^<>]*>\s*(?:</a>)?", holds=("<a",))
_NAMED = pattern(
    r"(?:(?:version|release)\s+)?(?:\[(?P<linked>[^\]\[]+)\](?:\([^()]*\))?|(?P<bare>[^\s\[]+))"
    r"\s*(?:$|[-–—:(\[].*|\d{4}[-./]\d.*)",
    re.I,
)
_A_VERSION = pattern(r"[\w@/+~.-]*?\d[\w@/+~.-]*")
_CONFLICT = ("<<<<<<< ", ">>>>>>> ", "||||||| ")


@record
class Heading:
    """A heading: the number of its line from 0, its level, its text."""

    line: int
    level: int
    text: str

    @property
    def version(self) -> str:
        """The version that it names; empty when it names none."""
        found = _NAMED.fullmatch(self.text)
        return _version(found["linked"] or found["bare"]) if found else ""

    @property
    def is_unreleased(self) -> bool:
        """Does it stand above what is not released yet?"""
        words = self.text.casefold().replace("[", " ").replace("]", " ").split()
        return words[:1] == [UNRELEASED]

    @property
    def is_release(self) -> bool:
        """Does a section begin with it that is a version's own?"""
        return self.level == 2 and bool(self.version)


@record
class Link:
    """A link reference of the file: the number of its line from 0, its label, its address."""

    line: int
    label: str
    address: str

    @property
    def is_unreleased(self) -> bool:
        """Does it lead to what is not released yet?"""
        return self.label.casefold() == UNRELEASED

    @property
    def is_release(self) -> bool:
        """Does its label name a version?"""
        return bool(_version(self.label))


def _version(name: str) -> str:
    name = name.rstrip(":,")
    is_like_one = "." in name or "-" in name or bare(name).isdecimal()
    return name if is_like_one and _A_VERSION.fullmatch(name) else ""


class Outline:
    """The parts of a changelog. `lines` have no line ends, and no mark at the start of the file.

    `end` is the number of lines. Raises `UnlikeChangelog` when its form is not understood.
    """

    def __init__(self, text: str) -> None:
        _refuse_binary(text)
        lines = text.removeprefix("\ufeff").split("\n")
        self.lines = [line.removesuffix("\r") for line in lines]
        self.end = len(lines) - (not lines[-1])
        outside = _outside_of_blocks(self.lines)
        self.headings = [h for n in outside if (h := _heading(n, self.lines[n]))]
        self.links = [link for n in outside if (link := _link(n, self.lines[n]))]
        self.releases = [heading for heading in self.headings if heading.is_release]
        self.waiting = [h for h in self.headings if h.level == 2 and h.is_unreleased]
        self.footer = self._footer()
        self._refuse_other_versions(outside)
        self._refuse_without_place()

    def section(self, version: str) -> Heading | None:
        """The heading of a version's section."""
        return next((h for h in self.releases if same(h.version, version)), None)

    def text_of(self, heading: Heading) -> str:
        """A section with its heading."""
        return "\n".join(self.lines[heading.line : self.end_of(heading)]).strip("\n")

    def end_of(self, heading: Heading) -> int:
        """The line before which a section ends."""
        later = [h.line for h in self.headings if h.line > heading.line and h.level <= 2]
        return later[0] if later else self.end_of_text

    @property
    def end_of_text(self) -> int:
        """The line before which the last section ends: the first reference at the end, or none."""
        return self.footer[0].line if self.footer else self.end

    def above_anchors(self, line: int) -> int:
        """A line above the anchors (`<a id="…">`) right before a heading, which belong to it."""
        above = line
        while above > 0 and _is_blank_or_anchor(self.lines[above - 1]):
            above -= 1
            line = above if self.lines[above].strip() else line
        return line

    def unreleased(self) -> str:
        """What somebody wrote under Unreleased, without headings."""
        if not self.waiting:
            return ""
        start = self.waiting[0].line
        headings = {heading.line for heading in self.headings}
        inside = range(start + 1, self.end_of(self.waiting[0]))
        said = [self.lines[n] for n in inside if n not in headings and self.lines[n].strip()]
        return "\n".join(line for line in said if not line.lstrip().startswith("<!--"))

    def _footer(self) -> list[Link]:
        """The references at the end of the file, blank lines among them or not."""
        found: list[Link] = []
        by_line = {link.line: link for link in self.links}
        for number in range(len(self.lines) - 1, -1, -1):
            if number in by_line:
                found.insert(0, by_line[number])
            elif self.lines[number].strip():
                break
        return found

    def _refuse_other_versions(self, outside: Sequence[int]) -> None:
        """Versions under headings of another kind: what is new belongs among those."""
        under = [n - 1 for n in outside if n and _UNDERLINE.fullmatch(self.lines[n])]
        titles = [Heading(line=n, level=2, text=self.lines[n].strip()) for n in under]
        odd = [title for title in titles if title.version or title.is_unreleased]
        odd += [h for h in self.headings if h.level == 1 and h.version]
        if not self.releases:
            odd += [h for h in self.headings if h.level > 2 and h.version]
        if odd:
            raise _unlike(f"line {odd[0].line + 1} is no heading such as `## [1.2.3]`")

    def _refuse_without_place(self) -> None:
        if len(self.waiting) > 1:
            raise _unlike("it has two sections of what is not released")
        if self.waiting and any(h.line < self.waiting[0].line for h in self.releases):
            raise _unlike("a version stands above what is not released")
        second = [heading for heading in self.headings if heading.level == 2]
        if second and not self.waiting and not self.releases:
            raise _unlike(f"none of its sections names a version, line {second[0].line + 1} first")


def _heading(number: int, line: str) -> Heading | None:
    found = _HEADING.fullmatch(line)
    return Heading(line=number, level=len(found[1]), text=found[2] or "") if found else None


def _link(number: int, line: str) -> Link | None:
    found = _REFERENCE.fullmatch(line)
    return Link(line=number, label=found["label"], address=found["address"]) if found else None


def _is_blank_or_anchor(line: str) -> bool:
    return not line.strip() or bool(_ANCHOR.fullmatch(line.strip()))


def _outside_of_blocks(lines: Sequence[str]) -> list[int]:
    """The numbers of the lines in which Markdown counts: not those of code and of comments."""
    return list(_numbers_outside(lines))


def _numbers_outside(lines: Sequence[str]) -> Iterator[int]:
    fence, is_comment = "", False
    for number, line in enumerate(lines):
        if is_comment:
            is_comment = "-->" not in line
        elif fence:
            found = _FENCE.fullmatch(line)
            is_end = found and found[1].startswith(fence) and not found[2].strip()
            fence = "" if is_end else fence
        elif found := _FENCE.fullmatch(line):
            fence = found[1]
        elif line.lstrip().startswith("<!--"):
            is_comment = "-->" not in line
        else:
            yield number
    if fence or is_comment:
        raise _unlike("a block of code or a comment in it does not end")


def _refuse_binary(text: str) -> None:
    if "\0" in text or "\r" in text.replace("\r\n", ""):
        raise _unlike("it has bytes that are no lines of text")
    if any(line.startswith(_CONFLICT) for line in text.split("\n")):
        raise _unlike("it has the markers of a conflict")


def _unlike(why: str) -> UnlikeChangelog:
    return UnlikeChangelog(
        f"the changelog cannot be added to: {why}",
        expected="headings such as `## [Unreleased]` and `## [1.2.3] - 2026-11-22`, as in"
        " https://keepachangelog.com",
    )

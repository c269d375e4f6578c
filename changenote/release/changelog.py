"""A new section in a CHANGELOG.md: not a byte of what people wrote there is lost or changed."""

from collections.abc import Sequence

from changenote.model.note import ID
from changenote.patterns import pattern
from changenote.records import record
from changenote.release.outline import UNRELEASED, Outline
from changenote.release.versions import bare

_NOTE = pattern(rf"\b{ID}\b")
_DAY = pattern(r"\b(\d{4}-\d\d-\d\d)\b")


@record
class Reference:
    """A link reference to write: `[2.14.0]: https://…`."""

    label: str
    address: str

    def __str__(self) -> str:
        return f"[{self.label}]: {self.address}"


@record
class Known:
    """What a changelog says of a version already: the day in its heading, the notes it names."""

    heading: str
    notes: frozenset[str]

    @property
    def day(self) -> str:
        """The day, `2026-11-22`; empty when the heading has none."""
        found = _DAY.search(self.heading)
        return found[1] if found else ""


def known(text: str, version: str) -> Known | None:
    """What the section of a version says; None when there is none. Raises `UnlikeChangelog`."""
    outline = Outline(text)
    heading = outline.section(version)
    if heading is None:
        return None
    notes = frozenset(_NOTE.findall(outline.text_of(heading)))
    return Known(heading=heading.text, notes=notes)


def label_like(text: str, version: str) -> str:
    """The name of a version as the newest heading has names: with a `v` in front or without."""
    newest = next((heading.version for heading in Outline(text).releases), "")
    return version if newest and newest != bare(newest) else bare(version)


def unreleased(text: str) -> str:
    """What somebody wrote under Unreleased, without headings; it stays there."""
    return Outline(text).unreleased()


def with_section(
    text: str, section: str, references: Sequence[Reference], *, compared: str = ""
) -> str:
    """The text with a section below Unreleased, and with references among those at the end.

    A reference whose label is there already is left out. Only that of Unreleased gets its new
    address, if it is `compared`: what is not released against the version before, as we write it.
    Raises `UnlikeChangelog`.
    """
    outline = Outline(text)
    lines = text.split("\n")
    end = "\r\n" if lines[0].endswith("\r") else "\n"
    lines = [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])
    _move(lines, outline, references, compared)
    labels = {link.label.casefold() for link in outline.links}
    new = [str(r) for r in references if r.label.casefold() not in labels]
    # From the end to the start, so that the places of what is put in next are still right.
    if new:
        _put(lines, _below(outline), new, end, is_apart=not outline.footer)
    _put(lines, _place(outline), section.split("\n"), end, is_apart=True)
    return "".join(lines)


def _place(outline: Outline) -> int:
    """The line before which the new section belongs."""
    if outline.releases:
        return outline.above_anchors(outline.releases[0].line)
    if outline.waiting:
        return outline.above_anchors(outline.end_of(outline.waiting[0]))
    return outline.end_of_text


def _below(outline: Outline) -> int:
    """The line before which new references belong: below Unreleased, above older versions."""
    for link in outline.footer:
        if link.is_unreleased:
            return link.line + 1
    for link in outline.footer:
        if link.is_release:
            return link.line
    return outline.footer[-1].line + 1 if outline.footer else outline.end


def _move(
    lines: list[str], outline: Outline, references: Sequence[Reference], compared: str
) -> None:
    new = [r.address for r in references if r.label.casefold() == UNRELEASED]
    for link in outline.links:
        if new and link.is_unreleased and link.address == compared:
            before, _, after = lines[link.line].rpartition(compared)
            lines[link.line] = f"{before}{new[0]}{after}"


def _put(lines: list[str], place: int, new: Sequence[str], end: str, *, is_apart: bool) -> None:
    """Put lines in; `is_apart`: with a blank line on both sides, unless one is there."""
    if place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += end
    above = is_apart and place > 0 and lines[place - 1].strip()
    below = is_apart and place < len(lines) and lines[place].strip()
    whole = [*([""] if above else []), *new, *([""] if below else [])]
    lines[place:place] = [f"{line}{end}" for line in whole]

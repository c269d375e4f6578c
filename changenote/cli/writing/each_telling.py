"""What became of each change of a range, for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changenote import git
from changenote.capture.merged import Apart, Merged
from changenote.cli import console
from changenote.cli.writing import judging, saving
from changenote.cli.writing.finishing import REVIEW
from changenote.forge.links import Repository
from changenote.store import notes
from changenote.store.project import Project

Data = dict[str, Any]

_MOST_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Span:
    """A range of commits, newest first, in a project; `words` are its ends as they were given."""

    root: Path
    project: Project
    forge: Repository | None
    notes_folder: str
    words: tuple[str, str]
    line: list[git.Commit]
    every: list[git.Commit]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A change with the data of its draft, and what is wrong in that."""

    change: Merged
    judged: judging.Judged

    @property
    def data(self) -> Data:
        """The draft as plain data."""
        return self.judged.data

    @property
    def is_wrong(self) -> bool:
        """Does `check` refuse it?"""
        return any(finding.severity == "error" for finding in self.judged.wrong)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of each change of a range."""

    drafts: Sequence[Draft]
    noted: Sequence[tuple[Merged, str]]
    no_note_wanted: Sequence[Merged]
    only_notes: Sequence[Merged]
    apart: Apart
    direct: Sequence[Merged]


def for_programs(span: Span, found: Found, written: Sequence[notes.Created]) -> Data:
    """Everything about a range of changes as JSON; without `written` the texts of the drafts."""
    places: list[notes.Created | None] = [*written] or [None] * len(found.drafts)
    return {
        "from": span.words[0],
        "to": span.words[1],
        "drafts": [
            _draft(span, each, place) for each, place in zip(found.drafts, places, strict=True)
        ],
        "noted": [{**_plain(span, change), "note": note} for change, note in found.noted],
        "no_note_wanted": [_plain(span, change) for change in found.no_note_wanted],
        "only_notes": [_plain(span, change) for change in found.only_notes],
        "direct": [_plain(span, change) for change in found.direct],
        "back_merges": [_plain(span, change) for change in found.apart.back_merges],
        "came_again": [_plain(span, change) for change in found.apart.again],
    }


def _draft(span: Span, each: Draft, place: notes.Created | None) -> Data:
    """A draft for programs; its text where it was not written."""
    shown = {
        "id": place.id if place else None,
        "path": place.file if place else None,
        **_plain(span, each.change),
        "title": each.data["title"],
        "problems": each.judged.problems,
    }
    if place is None:
        data = {key: value for key, value in each.data.items() if key != "id"}
        shown["note"] = saving.note_text(span.project, data)
    return shown


def _plain(span: Span, change: Merged) -> Data:
    number = change.number
    return {
        "pull_request": span.forge.pull_request(number) if span.forge and number else None,
        "number": number,
        "merge": change.kind,
        "commits": [commit.sha for commit in change.line],
        "subject": change.line[0].subject,
    }


def tell(span: Span, found: Found, written: Sequence[notes.Created]) -> None:
    """The files that were written (else what would be) on stdout, the rest in words on stderr."""
    for place in written:
        console.out(place.file)
    if not written:
        for each in found.drafts:
            console.out(_line(each))
    for sentence in _sentences(span, found, is_written=bool(written)):
        console.notice(sentence)


def _line(each: Draft) -> str:
    count = len(each.data.get("files", ())) + sum(each.data.get("files_omitted", {}).values())
    return f"{each.data['title']}  ({_named(each.change)}, {_counted(count, 'file')})"


def _named(change: Merged) -> str:
    if change.number is None:
        return f"{change.kind} {change.head[:12]}"
    return f"pull request {change.number}, {change.kind}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"


def _sentences(span: Span, found: Found, *, is_written: bool) -> list[str]:
    start, end = span.words
    drafts = _counted(len(found.drafts), "draft")
    done = "" if is_written or not found.drafts else " would be written"
    wrong = [each for each in found.drafts if each.is_wrong]
    return [
        f"{start}..{end}: {_counted(len(span.line), 'commit')} on the main line, {drafts}{done}.",
        *_about(found.noted, "has a note already", "have a note already"),
        *_about(found.no_note_wanted, "asks for no note", "ask for no note"),
        *_about(found.only_notes, "touched only notes", "touched only notes"),
        *_about(found.apart.again, "came in again later", "came in again later"),
        *_about(found.apart.back_merges, "only updates a branch", "only update a branch"),
        *_about_direct(found.direct),
        *_about(
            wrong, "has an error, see `changenote check`", "have errors, see `changenote check`"
        ),
        *([f"  next: changenote list status:draft flag:{REVIEW}"] if is_written else []),
    ]


def _about(items: Sequence[object], one: str, many: str) -> list[str]:
    return (
        [f"  {_counted(len(items), 'change')} {one if len(items) == 1 else many}."] if items else []
    )


def _about_direct(direct: Sequence[Merged]) -> list[str]:
    """The newest commits that came in without a pull request."""
    if not direct:
        return []
    shown = [f"    {c.head[:12]} {c.line[0].subject[:80]}" for c in reversed(direct[-_MOST_SHOWN:])]
    more = len(direct) - len(shown)
    return [
        f"  {_counted(len(direct), 'commit')} came in without a pull request. "
        "`--direct` drafts a note for each:",
        *shown,
        *([f"    … and {more} more"] if more else []),
    ]

"""Times: what a note reports has happened already."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from changenote.model.note import Note
from changenote.model.problems import Path, Problem

SKEW = timedelta(minutes=5)
"""How far the clock that wrote a note may be ahead of the one that checks it."""

_LARGEST_OFFSET = timedelta(hours=14)
"""A day has no zone: it may have begun somewhere else already."""


def check_times(note: Note, now: datetime) -> Iterator[Problem]:
    """Every time in a note that is still to come."""
    for path, at in _instants(note):
        if at is not None and at > now + SKEW:
            yield _future(path, at, now)
    reviewed = note.revision.last_reviewed if note.revision else None
    if reviewed and reviewed > (now + _LARGEST_OFFSET).date():
        yield _future(("revision", "last_reviewed"), reviewed, now)


def _instants(note: Note) -> Iterator[tuple[Path, datetime | None]]:
    if note.shipped:
        yield ("shipped", "at"), note.shipped.at
        yield ("shipped", "restored_at"), note.shipped.restored_at
    if note.rollback and note.rollback.rehearsed:
        yield ("rollback", "rehearsed", "at"), note.rollback.rehearsed.at
    if note.source:
        yield ("source", "first_commit_at"), note.source.first_commit_at
    for index, command in enumerate(note.commands):
        yield ("commands", index, "at"), command.at


def _future(path: Path, at: date, now: datetime) -> Problem:
    return Problem(
        rule="future-time",
        path=path,
        found=at.isoformat(),
        expected=f"a time that has passed; it is {now:%Y-%m-%dT%H:%MZ}",
        remedy="Look at the year, the month and the time zone.",
    )

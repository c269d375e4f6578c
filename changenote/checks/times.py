"""Times: what a note reports has happened already."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from changenote.model.identity import created_on
from changenote.model.note import Note, in_utc
from changenote.model.problems import Path, Problem

SKEW = timedelta(minutes=5)
"""How far the clock that wrote a note may be ahead of the one that checks it."""

_LATE = timedelta(hours=24)
_LARGEST_OFFSET = timedelta(hours=14)
"""A day has no zone: it may have begun somewhere else already."""


def check_times(note: Note, now: datetime) -> Iterator[Problem]:
    """Every time in a note that is still to come, or that cannot be."""
    for path, at in _instants(note):
        if at is not None and at > now + SKEW:
            yield _future(path, at, now)
    reviewed = note.revision.last_reviewed if note.revision else None
    if reviewed and reviewed > (now + _LARGEST_OFFSET).date():
        yield _future(("revision", "last_reviewed"), reviewed, now)
    yield from _restored_too_early(note)


def past_from(note: Note) -> Iterator[datetime]:
    """The moments from which on each time in a note is no longer still to come."""
    for _, at in _instants(note):
        if at is not None:
            yield _earlier(at, SKEW)
    if note.revision and note.revision.last_reviewed:
        day = datetime.combine(note.revision.last_reviewed, time(), UTC)
        yield _earlier(day, _LARGEST_OFFSET)


def _earlier(at: datetime, by: timedelta) -> datetime:
    try:
        return at - by
    except OverflowError:  # in the first hours of the year 1
        return at


def check_lateness(note: Note) -> Iterator[Problem]:
    """A note that was surely created more than a day after its change shipped.

    The id has the UTC day alone, so the first moment of that day counts.
    """
    created = created_on(note.id)
    shipped = note.shipped.at if note.shipped else None
    if created is None or shipped is None or note.status == "draft":
        return
    if datetime.combine(created, time(), UTC) - in_utc(shipped) > _LATE:
        days = (created - in_utc(shipped).date()).days
        yield Problem(
            rule="written-late",
            path=("id",),
            found=f"written {days} days after it shipped",
            expected="a note of the same day, while it is remembered",
            remedy="Mind that what was expected is told by somebody who knew how it went.",
        )


def _restored_too_early(note: Note) -> Iterator[Problem]:
    """Service that was restored before the change that broke it had shipped."""
    shipped = note.shipped
    if shipped and shipped.at and shipped.restored_at and shipped.restored_at < shipped.at:
        yield Problem(
            rule="restored-before-shipped",
            path=("shipped", "restored_at"),
            found=shipped.restored_at.isoformat(),
            expected=f"a time after it shipped, {shipped.at.isoformat()}",
            remedy="Look at both times and their zones.",
        )


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

"""The review queue: what waits for somebody, and what to do about it."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from changenote.checks.completeness import missing_parts
from changenote.git_facts.reverts import REVERTED_WITHIN
from changenote.model.note import Note, shipped_at
from changenote.model.problems import dotted
from changenote.site.book import InGit, Page
from changenote.site.edition import Edition
from changenote.site.lists.listing import listing
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.wording import counted

PATH = "review"
"""The folder of the page."""

FEW, MOST = 10, 100
"""So many notes of each part are shown at once, and so many listed; the others are counted."""


_MENDED_BY = {
    "undone": "changenote set {id} status=rolled_back",
    "conflicts": "changenote edit {id}",
    "refused": "changenote edit {id}",
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft, and the parts that it lacks before it can be a shipped note."""

    row: Row
    lacks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Stale:
    """A note at least half of whose files changed since, and no note tells of that.

    Since it shipped, and since it was last reviewed.
    """

    row: Row
    told: InGit


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """A note whose rollback cannot be relied on, why, and the command that helps."""

    row: Row
    doubt: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for somebody, in each list first what needs it most.

    `flagged` has what nobody confirmed yet, drafts aside. `unreviewed` has what shipped since the
    team's first review; `earlier` counts what shipped before, and in a team that never reviewed a
    note, all of them. `unreadable` counts files that are no notes.
    """

    drafts: tuple[Draft, ...]
    flagged: tuple[Row, ...]
    unreviewed: tuple[Row, ...]
    earlier: tuple[Row, ...]
    stale: tuple[Stale, ...]
    rollbacks: tuple[Doubtful, ...]
    unreadable: int

    @property
    def notes(self) -> int:
        """How many notes wait; one in two lists counts once."""
        listed = [*self.flagged, *self.unreviewed]
        listed += [one.row for one in self.drafts]
        listed += [one.row for one in self.stale]
        listed += [one.row for one in self.rollbacks]
        return len({row.entry.file for row in listed})

    @property
    def parts(self) -> tuple[tuple[str, str, int], ...]:
        """The parts of the page that list something: anchor, title and count."""
        every = (
            ("rollbacks", "Rollbacks in doubt", self.rollbacks),
            ("drafts", "Drafts", self.drafts),
            ("flagged", "To be confirmed", self.flagged),
            ("unreviewed", "Not reviewed", self.unreviewed),
            ("stale", "Stale", self.stale),
        )
        return tuple((anchor, title, len(listed)) for anchor, title, listed in every if listed)


def review_plan(edition: Edition) -> Iterator[Plan]:
    """The page of all that waits, each sort with what to do about it."""
    path = edition.places.inside(PATH)
    yield Plan(path, partial(_page, edition, path), lambda: (edition.whole,))


def _page(edition: Edition, path: str) -> Page:
    title = "Review queue"
    found = edition.once(waiting)
    content = edition.rendered(
        "site/review.html.j2",
        path,
        title=title,
        waiting=found,
        few=FEW,
        most=MOST,
        commit=edition.book.commit,
        has_reviews=_first_review(edition) is not None,
    )
    description = f"{counted(found.notes, 'change note')} waiting for somebody."
    return listing(path, title, description=description, content=content)


def waiting(edition: Edition) -> Waiting:
    """What waits for somebody in all notes."""
    unreviewed, earlier = _unreviewed(edition)
    return Waiting(
        drafts=tuple(_draft(row) for row in edition.rows if row.note.status == "draft"),
        flagged=tuple(r for r in edition.rows if r.needs_review and r.note.status != "draft"),
        unreviewed=unreviewed,
        earlier=earlier,
        stale=tuple(_stale(edition)),
        rollbacks=tuple(_doubtful(edition)),
        unreadable=len(edition.book.broken) + len(edition.book.strays),
    )


def _unreviewed(edition: Edition) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Live notes that nobody reviewed: since the team reviews, and before. Flagged ones aside."""
    begun = _first_review(edition)
    live = [r for r in edition.rows if r.note.status == "shipped" and not r.needs_review]
    found = [row for row in live if not _is_reviewed(row.note)]
    since = tuple(row for row in found if begun and row.day and row.day >= begun)
    return since, tuple(found[len(since) :])  # they are newest first, and the undated last


def _is_reviewed(note: Note) -> bool:
    return note.revision is not None and note.revision.status != "unreviewed"


def _first_review(edition: Edition) -> date | None:
    """Since when the team reviews notes; None when it never did."""
    revisions = (row.note.revision for row in edition.rows)
    days = [r.last_reviewed for r in revisions if r and r.last_reviewed]
    return min(days, default=None)


def _draft(row: Row) -> Draft:
    lacks = missing_parts(row.entry.written, row.source.config)
    return Draft(row=row, lacks=tuple(dict.fromkeys(dotted(p.path) for p in lacks)))


def _stale(edition: Edition) -> list[Stale]:
    """The notes whose files changed most, first those that most commits changed."""
    found = [Stale(row=row, told=told) for row in edition.rows if (told := _drift(edition, row))]
    return sorted(found, key=lambda s: (-s.told.drifted_by, -len(s.told.drifted)))


def _drift(edition: Edition, row: Row) -> InGit | None:
    told = edition.book.in_git.get(row.entry.file)
    changed = len(told.drifted) if told else 0
    return told if changed and changed * 2 >= len(row.note.files) else None


def _doubtful(edition: Edition) -> Iterator[Doubtful]:
    """Live changes whose way back does not work any more, or was rehearsed in another form."""
    moments = [at for row in edition.rows if (at := shipped_at(row.note))]
    newest = max(moments, default=None)  # pages have no clock: this is their today
    for row in edition.rows:
        if row.note.status == "shipped":
            at = shipped_at(row.note)
            is_recent = bool(at and newest and newest - at <= REVERTED_WITHIN)
            yield from _doubts(edition, row, is_recent=is_recent)


def _doubts(edition: Edition, row: Row, *, is_recent: bool) -> Iterator[Doubtful]:
    told = edition.book.in_git.get(row.entry.file)
    applies = told.applies if told and is_recent else None
    if applies and applies.state in _MENDED_BY:
        command = _MENDED_BY[applies.state].format(id=row.note.id)
        yield Doubtful(row=row, doubt=f"Reverting it {applies.in_words}.", command=command)
    if row.entry.file in edition.rehearsed_otherwise:
        yield Doubtful(
            row=row,
            doubt="Its steps have changed since they were rehearsed.",
            command=f"changenote rehearse {row.note.id} --environment {_place(row.note)}",
        )


def _place(note: Note) -> str:
    """Where its rollback was rehearsed, as one word of a command, whatever the note says."""
    rehearsed = note.rollback.rehearsed if note.rollback else None
    return shlex.quote(rehearsed.environment) if rehearsed and rehearsed.environment else "NAME"

"""The score of a note as its page shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from changenote.checks.claims import check_claims
from changenote.checks.completeness import missing_parts
from changenote.checks.fillers import check_fillers
from changenote.checks.rollback import check_rollback
from changenote.config import Config
from changenote.model.note import Note
from changenote.model.problems import Problem
from changenote.model.score import Score, score
from changenote.site.book import InGit
from changenote.site.edition import Edition
from changenote.site.row import Row

_NO_CLOCK = datetime.min.replace(tzinfo=UTC)
"""Pages are the same on every day: nothing in them may grow old."""


def scored(edition: Edition, row: Row) -> Score | None:
    """The score of a note; None for a draft, which says what it lacks instead."""
    note, known = row.note, edition.book.in_git.get(row.entry.file)
    if note.status == "draft":
        return None
    return score(
        note,
        doubts(row.entry.written, row.source.config),
        headline=row.headline,
        drifted=None if known is None else {file.path for file in known.drifted},
        reverts=_reverts(known),
    )


def doubts(note: Note, config: Config) -> Iterator[Problem]:
    """What checks find that costs points: what is missing, or says nothing."""
    yield from missing_parts(note, config)
    yield from check_fillers(note)
    yield from check_rollback(note, _NO_CLOCK)
    yield from check_claims(note)


def _reverts(known: InGit | None) -> bool | None:
    """Does the plan to revert still apply? None when there is none, or nobody can tell."""
    if known is None or known.applies is None:
        return None
    state = known.applies.state
    return None if state in ("undone", "unknown") else state == "clean"

"""Everything that is worked out from a note, once for its page and its JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from changenote.checks.times import check_lateness
from changenote.model.reading_time import reading_minutes
from changenote.model.score import Score
from changenote.model.writing import content_sha256, plain
from changenote.site.book import InGit
from changenote.site.edition import Edition
from changenote.site.note.measured import Answer, Measured, answer, measured
from changenote.site.note.others import Others
from changenote.site.note.scored import scored
from changenote.site.row import Row
from changenote.site.verdicts import verdict_on
from changenote.site.way_back import Rehearsed, rehearsed


@dataclass(frozen=True, kw_only=True)
class Derived:
    """What a note does not say itself, and `data`, what it does say.

    `measured` is in the order of the note's metrics. `late` says that it was written long after
    its change shipped, empty when it was not. `git` is None where git was not asked.
    """

    data: Mapping[str, Any]
    answer: Answer
    measured: tuple[Measured, ...]
    score: Score | None
    minutes: int
    sha256: str
    late: str
    rehearsed: Rehearsed
    others: Others
    git: InGit | None


def derived(edition: Edition, related: Callable[[Row], Others], row: Row) -> Derived:
    """What is worked out from the note of a row, given what finds the `others` of one."""
    note, data = row.note, plain(row.entry.written)
    return Derived(
        data=data,
        answer=answer(note, row.headline),
        measured=tuple(
            measured(metric, verdict_on(edition, row, number))
            for number, metric in enumerate(note.metrics)
        ),
        score=scored(edition, row),
        minutes=reading_minutes(note),
        sha256=content_sha256(data),
        late=next((problem.found for problem in check_lateness(note)), ""),
        rehearsed=rehearsed(note),
        others=related(row),
        git=edition.book.in_git.get(row.entry.file),
    )

"""Every metric of every service: one page for each, and one that lists them all."""

from dataclasses import dataclass

from changenote.model.history import History, Point
from changenote.site.edition import Edition


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A metric that one note left at another value than the next one found.

    `path` is the page of the metric; `says` what moved, in words.
    """

    history: History
    earlier: Point
    later: Point
    says: str
    path: str


def moved_between_notes(edition: Edition) -> tuple[Moved, ...]:
    """Where metrics moved although no note says why, newest first."""
    return ()


def metric_path(edition: Edition, service: str, name: str, unit: str | None) -> str | None:
    """The page of a metric as a note names it; None when no note that counts has it."""
    return None

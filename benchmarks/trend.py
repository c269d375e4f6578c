"""Does work grow as n log n? A curve through points, and how much faster than it they grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

Point = tuple[int, float]

TOLERANCE = 1.1
"""Times n log n that a step may grow by: long steps are measured once."""


@dataclass(frozen=True)
class Fit:
    """What a step costs at its start, and for each n log n of notes; in seconds."""

    start: float
    each: float

    def at(self, notes: float) -> float:
        """Seconds for so many notes."""
        return self.start + self.each * notes * log(notes)


def fit(points: Sequence[Point]) -> Fit:
    """The least squares of relative distances, so that small sizes count as much as large ones."""
    rows = [(1 / seconds, notes * log(notes) / seconds) for notes, seconds in points]
    aa, ab, bb = (sum(row[i] * row[j] for row in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    a, b = sum(row[0] for row in rows), sum(row[1] for row in rows)
    spread = aa * bb - ab * ab
    if len(points) > 1 and spread > 0:
        start, each = (a * bb - b * ab) / spread, (aa * b - ab * a) / spread
        if start >= 0 and each >= 0:
            return Fit(start, each)
        if each < 0:
            return Fit(a / aa, 0)
    return Fit(0, b / bb)


def growth(points: Sequence[Point]) -> tuple[float, float] | None:
    """How many times as much the largest size costs as the one before, and n log n says it may."""
    if len(points) < 2:
        return None
    (few, before), (many, after) = points[-2:]
    return after / before, many * log(many) / (few * log(few))

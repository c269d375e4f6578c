"""How many changes there were, week by week."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup


class Week(NamedTuple):
    """A week from its first day: all its notes, and how many of them went badly."""

    start: date
    count: int
    bad: int


def activity_plot(weeks: Sequence[Week]) -> Markup:
    """A column for each week, oldest first; what went badly hangs below the line."""
    return Markup()

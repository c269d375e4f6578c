"""How many times as long, and how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Literal

Verdict = Literal["met", "missed", "not clear"]

_RESAMPLES = 2000


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio of medians, or a median, with its 95 % interval."""

    value: float
    low: float
    high: float


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """The median of one over the median of the other, of samples taken in the same rounds.

    The interval is a percentile bootstrap (Efron 1979) that draws whole rounds, so that a slow
    moment of the machine stays with both. The same samples give the same interval.
    """
    rounds = range(len(ours))
    value = _of_medians(ours, theirs)
    return _drawn(
        value, rounds, lambda at: _of_medians([ours[i] for i in at], [theirs[i] for i in at])
    )


def middle(values: Sequence[float]) -> Ratio:
    """The median of some samples, with an interval of the same kind."""
    rounds = range(len(values))
    return _drawn(median(values), rounds, lambda at: median(values[i] for i in at))


def _drawn(value: float, rounds: range, of: Callable[[Sequence[int]], float]) -> Ratio:
    random = Random(0)  # noqa: S311 - the same interval for the same samples, nothing secret
    drawn = sorted(of(random.choices(rounds, k=len(rounds))) for _ in range(_RESAMPLES))
    edge = _RESAMPLES // 40
    return Ratio(value=value, low=drawn[edge], high=drawn[-edge - 1])


def _of_medians(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(ours) / median(theirs)


def verdict(measured: Ratio, at_most: float) -> Verdict:
    """Is a target met? Not clear when the interval reaches over both sides of it."""
    if measured.high <= at_most:
        return "met"
    return "missed" if measured.low > at_most else "not clear"

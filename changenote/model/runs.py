"""What the runs of one side look like: is there something a reader should be told?"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from changenote.model.effects import MIN_DIFFERENCE
from changenote.model.ranks import median, rank_sum_p

_FAR = 14.826  # median absolute deviations, 10 sigma: where hyperfine warns of outliers
_ENOUGH = 10  # runs, to look for a pattern among them


def oddities(values: Sequence[float], *, slow_is_high: bool) -> Iterator[str]:
    """The flags of at least 4 runs, given in the order in which they happened."""
    distinct = len(set(values))
    if distinct == 1:
        yield "zero_variance"
    elif distinct <= max(2, len(values) // 4):
        # With a clock this coarse, "far away" would only mean "the next tick".
        yield "coarse_resolution"
    else:
        yield from _far_off(values, slow_is_high)
    if len(values) >= _ENOUGH:
        yield from _patterns(values)


def mixture(values: Sequence[float], *, slow_is_high: bool) -> list[float]:
    """The slow runs, when there seem to be two kinds of runs, at least twice apart.

    Empty when there are not. Where zeros occur, as in counts, a gap says less: there the slow
    part must have 4 runs, enough to be judged alone.
    """
    ordered = sorted(values)
    gaps = [(_times_apart(low, high), i) for i, (low, high) in enumerate(pairwise(ordered), 1)]
    widest, cut = max(gaps)
    slow = ordered[cut:] if slow_is_high else ordered[:cut]
    return slow if widest >= 2 and len(slow) >= (2 if ordered[0] > 0 else 4) else []


def _far_off(values: Sequence[float], slow_is_high: bool) -> Iterator[str]:
    middle = median(values)
    deviation = median([abs(value - middle) for value in values])
    # Runs that agree to a thousandth would make every other run an outlier.
    limit = _FAR * max(deviation, abs(middle) / 1000)
    if abs(values[0] - middle) > limit:
        yield "first_run_slow" if (values[0] > middle) == slow_is_high else "first_run_fast"
    if any(abs(value - middle) > limit for value in values[1:]):
        yield "outliers"


def _patterns(values: Sequence[float]) -> Iterator[str]:
    half = len(values) // 2
    first, last = values[:half], values[-half:]
    moved = abs(median(last) - median(first))
    if moved > MIN_DIFFERENCE * abs(median(first)) and rank_sum_p(first, last) < 0.01:
        yield "drift"
    if _is_bimodal(sorted(values)):
        yield "bimodal"


def _is_bimodal(ordered: Sequence[float]) -> bool:
    """Two groups, each a fifth of the runs or more, further apart than either is wide."""
    fifth = max(2, math.ceil(len(ordered) / 5))
    cuts = range(fifth, len(ordered) - fifth + 1)
    gap, cut = max((ordered[i] - ordered[i - 1], i) for i in cuts)
    widest = max(ordered[cut - 1] - ordered[0], ordered[-1] - ordered[cut])
    return gap > widest > 0 and gap > abs(median(ordered)) / 10


def _times_apart(low: float, high: float) -> float:
    if low > 0:
        return high / low
    return math.inf if high > 0 else 1.0

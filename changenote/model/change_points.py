"""Where a series of numbers takes another level and keeps it for a while.

Binary segmentation in two passes. The first looks through overlapping windows and splits each one
where its two sides lie furthest apart by the energy statistic (E-divisive, Matteson & James 2014),
as long as Student's t-test calls them different. The second takes back what does not hold against
its whole neighbourhood. Windows, passes and limits are those of Hunter (Fleming et al. 2023,
doi:10.1145/3578244.3583719), which apache/otava carries on.

Where the literature leaves a choice, ours is otava's, so that both give the same answer: the
numbers themselves are tested and not their logarithms, the spread is divided by n, and taking a
point back leaves the test of the one before it as it was. The textbook's choices would move or
drop points, mostly on slow slopes and close to the limits.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from changenote.model.effects import MIN_DIFFERENCE
from changenote.records import record

MAX_P = 0.001
_WEAK_P = 10 * MAX_P  # of the first pass: a second change nearby can hide how sure the first is
_WINDOW = 30  # numbers looked at together; it keeps the work in proportion to the series
_ROUNDING = 1e-12  # levels that are relatively closer are equal, float arithmetic apart
_TINY = 1e-300
_TERMS = 300  # of the continued fraction, which mostly needs about ten


@record
class ChangePoint:
    """The series takes a new level at `index`; the levels are means up to the next change."""

    index: int
    p: float
    before: float
    after: float


class _Split(NamedTuple):
    """The best place to cut a stretch in two, and how far apart the two sides are."""

    distance: float
    start: int
    cut: int
    end: int


class _Step(NamedTuple):
    """How sure a change is, and how large: the share by which the higher or lower mean moved."""

    p: float
    size: float


def change_points(values: Sequence[float]) -> tuple[ChangePoint, ...]:
    """The change points of a series of finite numbers, in order."""
    if not values:
        return ()
    kept = _strong(values, sorted(_weak(values)))
    ends = [0, *(cut for cut, _ in kept), len(values)]
    levels = pairwise(_mean(values[start:end]) for start, end in pairwise(ends))
    return tuple(
        ChangePoint(index=cut, p=step.p, before=before, after=after)
        for (cut, step), (before, after) in zip(kept, levels, strict=True)
    )


def step_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of the t-test for two samples of one variance (Student 1908), as otava has it.

    The spread of each sample is divided by its size, so that p is a little below the textbook's.
    """
    freedom = len(first) + len(second) - 2
    means = _mean(first), _mean(second)
    gap = abs(means[0] - means[1])
    if freedom < 1 or gap <= _ROUNDING * max(map(abs, means)):
        return 1.0
    squares = math.fsum(
        (value - mean) ** 2 * (1 - 1 / len(side))
        for side, mean in zip((first, second), means, strict=True)
        for value in side
    )
    variance = squares / freedom * (1 / len(first) + 1 / len(second))
    return _incomplete_beta(freedom / 2, 0.5, freedom * variance / (freedom * variance + gap**2))


def _weak(values: Sequence[float]) -> set[int]:
    """The places that look like a change within one of the windows."""
    found: set[int] = set()
    start = 0
    while start < len(values):
        cuts = [start + cut for cut in _window_cuts(values[start : start + _WINDOW])]
        found.update(cuts)
        start = max([start + _WINDOW // 2, *cuts[-1:]])
    return found


def _window_cuts(values: Sequence[float]) -> list[int]:
    sums = _sums_of_distances(values)
    cuts: list[int] = []
    known: dict[tuple[int, int], _Split] = {}  # a cut leaves the other stretches as they are
    while True:
        stretches = [pair for pair in pairwise([0, *cuts, len(values)]) if pair[1] - pair[0] > 1]
        if not stretches:
            return cuts
        known = {pair: known.get(pair) or _furthest(sums, *pair) for pair in stretches}
        best = max(known.values(), key=lambda split: split.distance)
        if step_p(values[best.start : best.cut], values[best.cut : best.end]) > _WEAK_P:
            return cuts
        cuts = sorted([*cuts, best.cut])


def _strong(values: Sequence[float], cuts: list[int]) -> list[tuple[int, _Step]]:
    """The places that are left when the weakest is taken back as long as there is a weak one."""
    steps = [_step(values, cuts, place) for place in range(len(cuts))]
    while (weakest := _weakest(steps)) is not None:
        del cuts[weakest], steps[weakest]
        # The one at `weakest - 1` keeps its test: the module's docstring says why.
        for place in range(weakest, min(weakest + 2, len(cuts))):
            steps[place] = _step(values, cuts, place)
    return list(zip(cuts, steps, strict=True))


def _step(values: Sequence[float], cuts: Sequence[int], place: int) -> _Step:
    start, cut, end = [0, *cuts, len(values)][place : place + 3]
    before, after = values[start:cut], values[cut:end]
    return _Step(step_p(before, after), _size(_mean(before), _mean(after)))


def _size(before: float, after: float) -> float:
    """From 100 to 50 is 1, as from 50 to 100; nothing can be said in parts of zero."""
    shares = [(after - before) / level for level in (before, after) if level]
    return max(map(abs, shares), default=0.0)


def _weakest(steps: Sequence[_Step]) -> int | None:
    """The least sure step, or else the smallest; None when all are sure and large enough."""
    places = range(len(steps))
    unsure = max(places, key=lambda place: steps[place].p, default=None)
    if unsure is None or steps[unsure].p >= MAX_P:
        return unsure
    smallest = min(places, key=lambda place: steps[place].size)
    return smallest if steps[smallest].size <= MIN_DIFFERENCE else None


def _sums_of_distances(values: Sequence[float]) -> list[list[float]]:
    """At [a][b]: all distances between two numbers of values[a:b], added up."""
    sums = [[0.0] * (len(values) + 1) for _ in values]
    for last, value in enumerate(values):
        to_last = 0.0
        for first in range(last - 1, -1, -1):
            to_last += abs(values[first] - value)
            sums[first][last + 1] = sums[first][last] + to_last
    return sums


def _furthest(sums: Sequence[Sequence[float]], start: int, end: int) -> _Split:
    """The cut of a stretch whose sides lie furthest apart; the right one may end before it.

    By the energy statistic, of every cut and every end of what follows it.
    """
    whole, furthest, best = sums[start], -math.inf, start + 1
    for cut in range(start + 1, end):
        left, within_left, following = cut - start, whole[cut], sums[cut]
        spread_left = within_left / (left - 1) if left > 1 else 0.0
        for right, until in enumerate(range(cut + 1, end + 1), start=1):
            within_right = following[until]
            spread_right = within_right / (right - 1) if right > 1 else 0.0
            between = whole[until] - within_left - within_right
            apart = between - right * spread_left - left * spread_right
            distance = 2 * apart / (left + right)
            if distance > furthest:
                furthest, best = distance, cut
    return _Split(furthest, start, best, end)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function, by its continued fraction (NIST DLMF 8.17)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front / (a * _fraction(a, b, x))
    return 1 - front / (b * _fraction(b, a, 1 - x))


def _fraction(a: float, b: float, x: float) -> float:
    """1 + d1 / (1 + d2 / (1 + …)), from the front (Lentz 1976)."""
    numerator, denominator, value = 1.0, 0.0, 1.0
    for term in range(1, _TERMS):
        m = term // 2
        step = (
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            if term % 2
            else m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        )
        denominator = 1 / ((1 + step * denominator) or _TINY)
        numerator = (1 + step / numerator) or _TINY
        value *= numerator * denominator
        if abs(numerator * denominator - 1) < _ROUNDING:
            break
    return value

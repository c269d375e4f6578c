"""How far *after* lies from *before*, and how sure that is."""

import math
from collections.abc import Sequence

from changenote.model.ranks import (
    ALPHA,
    Interval,
    median,
    rank_sum_p,
    shift_between,
    shift_within,
    signed_rank_p,
)
from changenote.records import record

MIN_DIFFERENCE = 0.02
LARGEST = 1e100
"""Ratios of numbers beyond it, or nearer to 0 than its inverse, leave the range of a float."""

_ROUNDING = 1e-12  # results of float arithmetic that are relatively closer than this are equal


@record
class Effect:
    """A ratio after / before, or, where not every value is above 0, a shift after - before.

    `margin` is the 2 % from which on a change counts, on the same scale; beside a median of 0 it
    is 0. `is_constant`: every run of both sides gave one and the same number.
    """

    p: float
    is_ratio: bool
    centre: float
    interval: Interval
    margin: float
    is_constant: bool

    @property
    def change(self) -> float:
        """Below 0 when *after* is lower, 0 for no change."""
        return self._from_none(self.centre)

    @property
    def is_clear(self) -> bool:
        """Unlikely by chance, and large enough to speak of."""
        # 100 → 98 is 2 %, also when float arithmetic makes it 1.9999999999999996 %.
        large_enough = abs(self.change) >= self.margin * (1 - _ROUNDING)
        return self.p < ALPHA and self.change != 0 and large_enough

    @property
    def is_none(self) -> bool:
        """The whole interval is too small to speak of."""
        largest = max(abs(self._from_none(end)) for end in self.interval)
        # Exactly 2 % counts already. And 1 error in 20 runs is no proof of "none, as before", even
        # if so many equal runs make an interval from 0 to 0.
        return self.is_constant or largest < self.margin * (1 - _ROUNDING)

    def _from_none(self, value: float) -> float:
        return value - 1 if self.is_ratio else value


def effect(before: Sequence[float], after: Sequence[float], *, paired: bool) -> Effect:
    """The effect between two lists of runs: at least 4 a side, or 6 pairs in the same order."""
    if min(*before, *after) > 0:
        return _ratio(before, after, paired)
    largest = max(map(abs, (*before, *after))) or 1.0
    centre, interval = _shift(before, after, paired)
    return Effect(
        p=_paired_p(before, after, largest) if paired else rank_sum_p(before, after),
        is_ratio=False,
        centre=centre,
        interval=interval,
        margin=MIN_DIFFERENCE * abs(median(before)),
        is_constant=len({*before, *after}) == 1,
    )


def _ratio(before: Sequence[float], after: Sequence[float], paired: bool) -> Effect:
    logs = [math.log(value) for value in before], [math.log(value) for value in after]
    centre, (low, high) = _shift(*logs, paired)
    return Effect(
        # The ranks of the numbers themselves: logarithms of close neighbours can be equal.
        p=_paired_p(*logs, 1.0) if paired else rank_sum_p(before, after),
        is_ratio=True,
        centre=math.exp(centre),
        interval=(math.exp(low), math.exp(high)),
        margin=MIN_DIFFERENCE,
        is_constant=len({*before, *after}) == 1,
    )


def _shift(before: Sequence[float], after: Sequence[float], paired: bool) -> tuple[float, Interval]:
    if paired:
        return shift_within(_differences(before, after))
    return shift_between(before, after)


def _paired_p(before: Sequence[float], after: Sequence[float], scale: float) -> float:
    return signed_rank_p(_differences(before, after), grain=_ROUNDING * scale)


def _differences(before: Sequence[float], after: Sequence[float]) -> list[float]:
    return [y - x for x, y in zip(before, after, strict=True)]

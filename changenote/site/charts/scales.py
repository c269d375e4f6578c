"""Scales: where a value lies on an axis, and which round numbers are written beside it."""

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

LOGARITHMIC = 10
"""From this ratio of the largest to the smallest value on, equal lengths are equal factors."""

_FROM_ZERO = 0.3  # of the largest value: a scale that starts lower starts at 0
_NARROWEST = 0.1  # of the largest value: 2 % must not look like a leap
_FEWEST_TICKS = 3
_MOST_TICKS = 7
_ROUNDING = 1e-9  # 0.30000000000000004 is at the end of an axis up to 0.3, not beyond it
_WRITTEN_OUT = (1e-4, 1e7)  # other sizes are written as powers of ten
_POWERS_FROM = (1e-3, 1e3)  # among powers of ten: 1, 10, 100 and not 10⁰, 10¹, 10²
_LARGEST, _LARGEST_EXPONENT = sys.float_info.max, sys.float_info.max_10_exp
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An axis from `low` to `high`."""

    low: float
    high: float
    is_logarithmic: bool

    def share(self, value: float) -> float:
        """Where a value lies, from 0 at the low end to 1; those beyond an end are put on it."""
        (share,) = self.shares((value,))
        return share

    def shares(self, values: Iterable[float]) -> list[float]:
        """Where each of some values lies, as `share` has it."""
        low, high = self._ends
        even, length = self._even, high - low
        if length <= 0:
            return [0.5 for _ in values]
        shares = [(even(value) - low) / length for value in values]
        return [share if 0 < share < 1 else 1.0 if share > 0 else 0.0 for share in shares]

    def holds(self, value: float) -> bool:
        """Is it on the axis?"""
        return self.low <= value <= self.high

    def ticks(self) -> list[tuple[float, str]]:
        """Round values on the axis with their labels, from the low end on."""
        values = self._round_values()
        return list(zip(values, _labels(values), strict=True))

    @cached_property
    def _ends(self) -> tuple[float, float]:
        return self._even(self.low), self._even(self.high)

    def _even(self, value: float) -> float:
        # Halved: the difference of two floats may be beyond what a float can hold.
        return math.log(max(value, self.low)) if self.is_logarithmic else value / 2

    def _round_values(self) -> list[float]:
        found = _powers(self.low, self.high) if self.is_logarithmic else _steps(self.low, self.high)
        return found or list(dict.fromkeys((self.low, self.high)))


def scale(values: Sequence[float]) -> Scale:
    """The scale for finite numbers, of which there is at least one."""
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOGARITHMIC:
        return Scale(low=low, high=high, is_logarithmic=True)
    if 0 <= low < _FROM_ZERO * high:
        low = 0.0
    largest = max(abs(low), abs(high))
    lacking = _NARROWEST * largest - (high / 2 - low / 2) * 2
    if lacking > 0:
        low, high = max(low - lacking / 2, -_LARGEST), min(high + lacking / 2, _LARGEST)
    return Scale(low=low, high=high, is_logarithmic=False)


def _steps(low: float, high: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten: the fewest that are enough."""
    span = high - low
    if not 1e-290 < span < math.inf or span < _ROUNDING * max(abs(low), abs(high)):
        return []
    exponent = math.floor(math.log10(span))
    for power in (exponent, exponent - 1):
        for factor in (5, 2, 1):
            step = factor * 10.0**power
            first = math.ceil(low / step - _ROUNDING)
            last = math.floor(high / step + _ROUNDING)
            if last - first + 1 >= _FEWEST_TICKS:
                return [float(f"{n * step:.12g}") for n in range(first, last + 1)]
    return []


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten, and numbers between them where there is room."""
    first = math.floor(math.log10(low))
    last = min(math.ceil(math.log10(high)), _LARGEST_EXPONENT)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [
            value
            for power in range(first, last + 1)
            for factor in factors
            if low <= (value := float(f"{factor}e{power}")) <= high
        ]
        if len(found) <= _MOST_TICKS:
            return found
    return found[:: math.ceil(len(found) / _MOST_TICKS)]


def _labels(values: Sequence[float]) -> list[str]:
    """The values with as many decimals as tell them apart."""
    sizes = [abs(value) for value in values if value]
    smallest, largest = _WRITTEN_OUT
    if sizes and (max(sizes) >= largest or max(sizes) < smallest):
        return [_as_power(value) for value in values]
    return [_written_out(value) for value in values]


def _written_out(value: float) -> str:
    whole, _, decimals = f"{value:,.8f}".partition(".")
    decimals = decimals.rstrip("0")
    return (f"{whole}.{decimals}" if decimals else whole).replace("-", "−")


def _as_power(value: float) -> str:
    """`2.5×10⁷`."""
    smallest, largest = _POWERS_FROM
    if not value or smallest <= abs(value) < largest:
        return _written_out(value)
    factor, _, exponent = f"{value:.2e}".partition("e")
    factor = factor.rstrip("0").rstrip(".")
    power = f"10{str(int(exponent)).translate(_RAISED)}"
    return power if factor == "1" else f"{factor}×{power}".replace("-", "−")

"""Units of measure that can be turned into each other."""

from collections.abc import Sequence

_TIMES = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,  # the micro sign
    "μs": 1e-6,  # the Greek letter mu: it looks the same and is another character
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
}
_SIZES = {
    "B": 1.0,
    "kB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
    "TiB": 2.0**40,
}
_SHARES = {"%": 0.01, "ratio": 1.0}


def converted(
    values: Sequence[float], unit: str | None, to: str | None
) -> tuple[float, ...] | None:
    """The same quantities in another unit, or None when one cannot become the other."""
    if unit == to:
        return tuple(values)
    for family in (_TIMES, _SIZES, _SHARES):
        if unit in family and to in family:
            return tuple(_times(value, family[unit], family[to]) for value in values)
    return None


def family(unit: str | None) -> str:
    """A name shared by all units that can be turned into each other; no unit is a bare count."""
    families = (("time", _TIMES), ("size", _SIZES), ("share", _SHARES))
    return next((name for name, units in families if unit in units), unit or "1")


def is_time(unit: str | None) -> bool:
    """Is it a unit of time?"""
    return unit in _TIMES


def is_size(unit: str | None) -> bool:
    """Is it a unit of storage?"""
    # KB is one that cannot be converted: some tools mean 1000 by it and others 1024, and a wrong
    # guess would be a change of 2.4 % that nobody made.
    return unit in _SIZES or unit == "KB"


def _times(value: float, factor: float, divisor: float) -> float:
    # 15 digits are what a float keeps of a decimal number: 0.0023 s must be 2.3 ms, not
    # 2.3000000000000003 ms, or it is no longer equal to the 2.3 ms on the other side.
    return float(f"{value * factor / divisor:.15g}")

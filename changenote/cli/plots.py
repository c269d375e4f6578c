"""Plots in text: ASCII characters, no colour, lines as wide as asked for."""

from collections.abc import Sequence

from changenote.model.measures import quantity
from changenote.model.ranks import median

_DENSITY = ".:oO@"  # 1, 2, 3 or 4, 5 to 8, more runs in one place


def samples_plot(
    sides: Sequence[tuple[str, Sequence[float]]], *, unit: str | None, width: int
) -> list[str]:
    """A row for each side, its runs as dots on one scale and its median; the scale below.

    Denser characters (`. : o O @`) are more runs in the same place.
    """
    every = [value for _, values in sides for value in values]
    low, high = min(every), max(every)
    medians = [f"median {quantity(median(values), unit, digits=4)}" for _, values in sides]
    label = max(len(name) for name, _ in sides) + 1
    room = max(width - label - max(map(len, medians)) - 4, 10)
    rows = [
        f"{name:<{label}}|{_dots(values, low, high, room)}| {middle}"
        for (name, values), middle in zip(sides, medians, strict=True)
    ]
    return [*rows, " " * label + _scale(low, high, unit, room + 2)]


def _dots(values: Sequence[float], low: float, high: float, room: int) -> str:
    counts = [0] * room
    for value in values:
        counts[_place(value, low, high, room)] += 1
    return "".join(_DENSITY[min((n - 1).bit_length(), 4)] if n else " " for n in counts)


def _place(value: float, low: float, high: float, room: int) -> int:
    if low == high:
        return room // 2
    # Each divided first: their difference may be beyond the numbers that a float can hold.
    share = (value / 2 - low / 2) / (high / 2 - low / 2)
    return min(round(share * (room - 1)), room - 1)


def _scale(low: float, high: float, unit: str | None, room: int) -> str:
    """The ends of the scale in words, below the ends of the rows."""
    left, right = (quantity(end, unit, digits=4) for end in (low, high))
    if low == high:
        return left.center(room).rstrip()
    return f"{left}{right.rjust(max(room - len(left), len(right) + 2))}"

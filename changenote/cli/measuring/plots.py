"""Plots in text: ASCII characters, no colour, lines as wide as asked for."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from changenote.model.measures import quantity
from changenote.model.ranks import median

_DENSITY = ".:oO@"  # 1, 2, 3 or 4, 5 to 8, more runs in one place

_LOGARITHMIC = 10  # times the lowest value, from which on each line is a factor and no difference


class Mark(NamedTuple):
    """A character at an instant (seconds) and a value; of two in one place the later one shows."""

    at: float
    value: float
    sign: str


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
    # Each divided first: their difference may be beyond the numbers that a float can hold.
    span = high / 2 - low / 2
    if span == 0:  # also of the smallest numbers there are
        return room // 2
    return min(round((value / 2 - low / 2) / span * (room - 1)), room - 1)


def _scale(low: float, high: float, unit: str | None, room: int) -> str:
    """The ends of the scale in words, below the ends of the rows."""
    left, right = (quantity(end, unit, digits=4) for end in (low, high))
    if low == high:
        return left.center(room).rstrip()
    return f"{left}{right.rjust(max(room - len(left), len(right) + 2))}"


def history_plot(
    marks: Sequence[Mark],
    *,
    changes: Sequence[float],
    unit: str | None,
    days: tuple[str, str],
    width: int,
    height: int = 10,
) -> list[str]:
    """Marks over time, a dotted line at each change; values to the left, the two days below."""
    values = [mark.value for mark in marks]
    is_logarithmic = min(values) > 0 and max(values) / min(values) >= _LOGARITHMIC
    shown = [m._replace(value=math.log(m.value)) for m in marks] if is_logarithmic else marks
    ends = min(m.value for m in shown), max(m.value for m in shown)
    below = len(days[0]) + len(days[1]) + 2
    labels = {
        row: _label(math.exp(value) if is_logarithmic else value, unit, width - below - 2)
        for row, value in _labelled(ends, height).items()
    }
    edge = max(map(len, labels.values()))
    room = max(width - edge - 2, below)
    grid = _grid(shown, changes, ends, room, height)
    rows = (f"{labels.get(n, ''):>{edge}} |{''.join(row)}".rstrip() for n, row in enumerate(grid))
    axis = f"{'':{edge}} +{'-' * room}"
    first, last = days
    time = first.center(room) if first == last else first + last.rjust(room - len(first))
    return [*rows, axis, f"{'':{edge}}  {time}".rstrip()]


def _labelled(ends: tuple[float, float], height: int) -> Mapping[int, float]:
    """The rows that have a label, each with its value: the top, the middle and the bottom one."""
    low, high = ends
    if low == high:
        return {height // 2: low}
    middle = (height - 1) // 2
    share = 1 - middle / (height - 1)
    return {0: high, middle: low + share * (high - low), height - 1: low}


def _label(value: float, unit: str | None, room: int) -> str:
    """A value in words; one that would take the room of the plot itself in fewer characters."""
    words = quantity(value, unit, digits=3)
    return words if len(words) <= room else f"{value:.3g} {unit or ''}".rstrip()


def _grid(
    marks: Sequence[Mark],
    changes: Sequence[float],
    ends: tuple[float, float],
    room: int,
    height: int,
) -> list[list[str]]:
    first, last = min(mark.at for mark in marks), max(mark.at for mark in marks)
    grid = [[" "] * room for _ in range(height)]
    for at in changes:
        for row in grid:
            row[_place(at, first, last, room)] = ":"
    for mark in marks:
        below = _place(mark.value, *ends, height)
        line = height // 2 if ends[0] == ends[1] else height - 1 - below
        grid[line][_place(mark.at, first, last, room)] = mark.sign
    return grid

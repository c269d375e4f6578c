"""A note's metric: every single run, before and after, on one axis."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from markupsafe import Markup, escape

from changenote.model.ranks import median
from changenote.site.charts.drawing import (
    PHONE,
    Tick,
    across,
    down,
    drawable,
    drawn,
    ticks_across,
    unit_after,
    written,
)
from changenote.site.charts.scales import Scale, scale
from changenote.site.note.measured import Measured, Side
from changenote.site.wording import counted, in_xml, number

_LABEL, _GAP, _AXIS, _TARGET = 20, 6, 24, 18  # heights in pixels
_LOWEST, _HIGHEST = 20, 60
_FEW = 40  # runs of a side that have room for larger dots
_RADIUS, _SMALL_RADIUS = 3.5, 2.5
_ENOUGH = 5  # runs from which on quarters mean something
_FAR_OUT = 3  # times the middle half, beyond its ends (Tukey 1977)
_CRUSHED = 0.25  # of an axis, which single runs leave to all others: then it is cut off
_LEFT_BY_TARGET = 0.4  # of an axis that is made longer, at least, for what was on it
_MOST_NAMED = 3


class _Shown(NamedTuple):
    """One side: all its numbers, and those that have a place on an axis with what is in their
    middle; in words above its row.
    """

    side: Side
    values: tuple[float, ...]
    drawable: list[float]
    middle: float | None
    says: str


class _Style(NamedTuple):
    """What all runs of a metric have in common: how they are drawn, how large, and their unit."""

    form: str
    radius: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class _Row:
    """Where the parts of one side lie, in pixels from the top, and what is written above them."""

    name: str
    says: str
    label: int
    top: int
    bottom: int
    dots: Markup
    middle: str


_PATHS = {
    "high": "M4-4 12 0 4 4z",
    "low": "M-4-4-12 0-4 4z",
    "exact": "M-4-4h8v8h-8z",
    "claim": "M0-5 5 0 0 5-5 0z",
}
"""What is drawn where it is no dot."""


def samples_plot(measured: Measured) -> Markup:
    """The runs of a metric as dots, and a table of them all for those who see no dots.

    Nothing when there is no number to draw.
    """
    unit = unit_after(measured.metric.unit)
    pairs = zip(measured.sides, (measured.before, measured.after), strict=True)
    sides = [_shown(side, values, unit) for side, values in pairs]
    if not any(shown.drawable for shown in sides):
        return Markup()
    axis, target = _with_target(_axis(sides), measured.metric.target)
    radius = _SMALL_RADIUS if max(len(shown.drawable) for shown in sides) > _FEW else _RADIUS
    style = _Style(_form(measured), radius, unit)
    rows = tuple(_rows(sides, axis, style, _TARGET if target is not None else 0))
    end = rows[-1].bottom + _GAP
    return drawn(
        "samples.html.j2",
        name=in_xml(measured.metric.name),
        described=" ".join(_described(shown, unit) for shown in sides),
        height=math.ceil((end + _AXIS) / 10) * 10,
        end=end,
        form=style.form,
        rows=rows,
        ticks=ticks_across(axis, unit),
        target=None if target is None else _target(target, axis, unit),
        caption=" ".join(_caption(measured, sides, axis, target)),
        table=[(s.side.label, ", ".join(map(written, s.values)) + unit) for s in sides if s.values],
    )


def _shown(side: Side, values: tuple[float, ...], unit: str) -> _Shown:
    numbers = [value for value in values if drawable(value)]
    middle = median(numbers) if numbers else None
    return _Shown(side, values, numbers, middle, _said(values, middle, unit))


def _axis(sides: Sequence[_Shown]) -> Scale:
    """An axis for all runs, or, if single ones would crush the others on it, for the others."""
    whole = scale(list(chain.from_iterable(shown.drawable for shown in sides)))
    rest = [v for shown in sides for v in _without_far_out(shown.drawable, whole)]
    low, high = min(rest), max(rest)
    is_crushed = low < high and whole.share(high) - whole.share(low) < _CRUSHED
    return scale(rest) if is_crushed else whole


def _without_far_out(values: Sequence[float], axis: Scale) -> list[float]:
    if len(values) < _ENOUGH:
        return list(values)
    places = axis.shares(values)
    ordered, quarter = sorted(places), len(places) // 4
    first, third = ordered[quarter], ordered[-1 - quarter]
    low, high = first - (reach := _FAR_OUT * (third - first)), third + reach
    return [v for v, place in zip(values, places, strict=True) if low <= place <= high]


def _with_target(axis: Scale, target: float | None) -> tuple[Scale, float | None]:
    """The axis with the target on it, and the target; None where it would take too much room."""
    if target is None or not drawable(target):
        return axis, None
    longer = axis if axis.holds(target) else scale([axis.low, axis.high, target])
    has_room = longer.share(axis.high) - longer.share(axis.low) >= _LEFT_BY_TARGET
    return (longer, target) if has_room or axis.low == axis.high else (axis, None)


def _rows(sides: Sequence[_Shown], axis: Scale, style: _Style, start: int) -> Iterator[_Row]:
    width = 2 * style.radius
    for shown in sides:
        top = start + _LABEL
        places = axis.shares(shown.drawable)
        stacks = _stacks(places, style.radius)
        highest = max((size for _, size in stacks), default=0)
        height = round(min(max(highest * (width + 1), _LOWEST), _HIGHEST))
        step = min(width + 1, (height - width) / max(highest - 1, 1))
        heights = [top + height / 2 + step * (place - (size - 1) / 2) for place, size in stacks]
        yield _Row(
            name=shown.side.label,
            says=shown.says,
            label=top - 5,
            top=top,
            bottom=top + height,
            dots=_dots(shown.drawable, zip(places, heights, strict=True), axis, style),
            middle=_middle(shown, axis),
        )
        start = top + height + _GAP


def _stacks(places: Sequence[float], radius: float) -> list[tuple[int, int]]:
    """For each run its place in a stack of runs that would touch on a phone, and the stack's size.

    The first one lies on top: a stack is in the order of the runs.
    """
    columns = [int(place * PHONE / (2 * radius)) for place in places]
    sizes: dict[int, int] = {}
    found = []
    for column in columns:
        found.append(sizes.get(column, 0))
        sizes[column] = found[-1] + 1
    return [(place, sizes[column]) for place, column in zip(found, columns, strict=True)]


def _dots(
    values: Sequence[float], places: Iterable[tuple[float, float]], axis: Scale, style: _Style
) -> Markup:
    """A dot for every run, in numbers too; an arrowhead for one beyond the axis.

    There are many of them: a template takes four times as long.
    """
    unit, found = escape(style.unit), []
    for value, (share, height) in zip(values, places, strict=True):
        title = f"<title>{written(value)}{unit}</title>"
        path = _PATHS.get(_beyond(value, axis) or style.form)
        x, y = across(share), down(height)
        found.append(
            f'<svg x="{x}" y="{y}"><path d="{path}">{title}</path></svg>'
            if path
            else f'<circle cx="{x}" cy="{y}" r="{style.radius}">{title}</circle>'
        )
    return Markup("".join(found))  # noqa: S704  # numbers, and a unit that is escaped


def _beyond(value: float, axis: Scale) -> str:
    return "low" if value < axis.low else "high" if value > axis.high else ""


def _target(target: float, axis: Scale, unit: str) -> Tick:
    return Tick.at(axis.share(target), f"target {number(target)}{unit}")


def _form(measured: Measured) -> str:
    """How a run is drawn: a number that only somebody reported must not look like a run."""
    if measured.verdict.trust == "exact":
        return "exact"
    return "claim" if len(measured.before) <= 1 and len(measured.after) <= 1 else "run"


def _middle(shown: _Shown, axis: Scale) -> str:
    if shown.middle is None or len(shown.drawable) < 2:
        return ""
    return across(axis.share(shown.middle))


def _said(values: Sequence[float], middle: float | None, unit: str) -> str:
    """What is written above a row: `median 861.1 ms, 10 runs`."""
    if middle is None:
        return "no number"
    if len(values) == 1:
        return written(values[0]) + unit
    shown, runs = number(middle) + unit, counted(len(values), "run")
    return f"{shown}, {runs}, all equal" if len(set(values)) == 1 else f"median {shown}, {runs}"


def _described(shown: _Shown, unit: str) -> str:
    said = f"{shown.side.label}: {shown.says}"
    if len(set(shown.drawable)) > 1:
        said += f", from {written(min(shown.drawable))} to {written(max(shown.drawable))}{unit}"
    return f"{said}."


def _caption(
    measured: Measured, sides: Sequence[_Shown], axis: Scale, target: float | None
) -> Iterator[str]:
    """What a reader must know to read the plot right."""
    metric, unit = measured.metric, unit_after(measured.metric.unit)
    yield {
        "run": "A dot is one run, the upright line the median.",
        "exact": "The same on every run.",
        "claim": "One number a side, as somebody reported it: there are no runs to see.",
    }[_form(measured)]
    if metric.better:
        yield f"{metric.better.capitalize()} is better."
    if axis.is_logarithmic:
        yield "The axis is logarithmic: equal lengths are equal factors."
    beyond = [v for shown in sides for v in shown.drawable if not axis.holds(v)]
    if beyond:
        yield f"{_named(beyond, unit)} beyond the end of the axis, drawn as arrowheads."
    if metric.target is not None and target is None:
        yield f"The target, {written(metric.target)}{unit}, is beyond the axis."
    for shown in sides:
        if shown.side.count > len(shown.values):
            kept = f"{len(shown.values):,} of {counted(shown.side.count, 'run')}"
            yield f"{shown.side.label}: {kept} are kept in the note."
        if lost := len(shown.values) - len(shown.drawable):
            yield f"{shown.side.label}: {counted(lost, 'value')} cannot be drawn."


def _named(beyond: Sequence[float], unit: str) -> str:
    names = ", ".join(written(value) for value in beyond[:_MOST_NAMED]) + unit
    more = f" and {len(beyond) - _MOST_NAMED} more" if len(beyond) > _MOST_NAMED else ""
    lie = "lies" if len(beyond) == 1 else "lie"
    return f"{counted(len(beyond), 'run')} ({names}{more}) {lie}"

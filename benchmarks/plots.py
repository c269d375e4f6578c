"""Plots of results as SVG: as wide as their place, letters in pixels, readable by day and night.

Colours are the site's own variables; a plot that stands in a file of its own brings them along.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from benchmarks.report import promised, what
from benchmarks.trend import Fit
from changenote.site.charts.drawing import across

Data = Mapping[str, Any]

_FILE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" \
aria-label="{label}">
<style>
svg {{ font-family: system-ui, sans-serif; --cn-text: #1f2328;
  --cn-soft: #59616b; --cn-line: #d5dae0; --cn-page: #fff;
  --cn-good: #17703a; --cn-bad: #b3261e; --cn-link: #2b57c4; --cn-alert: #a14400; }}
@media (prefers-color-scheme: dark) {{
  svg {{ --cn-text: #e2e4e9; --cn-soft: #a4abb8; --cn-line: #3d4450; --cn-page: #0d1117;
    --cn-good: #6cd391; --cn-bad: #ff9c92; --cn-link: #8ab4f8; --cn-alert: #ffb877; }}
}}
</style>
<rect width="100%" height="100%" style="fill:var(--cn-page)"/>
{body}
</svg>
"""
_INLINE = """\
<div class="cn">
<svg width="100%" height="{height}" role="img" aria-label="{label}">
{body}
</svg>
</div>
"""
_WIDTH = 760
_HEAD, _TEXT, _BAR = 44, 17, 20  # pixels down: above the rows, for a line of text, for a bar
_LEFT, _RIGHT = 0.02, 0.98  # of the way across: what the plots keep clear
_SHARES = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_LEAST = 0.005  # of the target: nothing at all has no place on a scale of powers
_SIGN = {"met": "good", "missed": "bad", "not clear": "alert"}


def shares(results: Data, *, inline: bool) -> str:
    """Every target that was measured: how much of what was allowed is used."""
    rows = [one for one in promised(results) if "value" in one]
    values = [one[key] / one["at_most"] for one in rows for key in ("low", "high")]
    low, high = max(min([*values, 0.25]) / 1.3, _LEAST), max([*values, 3]) * 1.3
    height = _HEAD + sum(_BAR + _TEXT * len(_said(one)) for one in rows) + 8
    body = "\n".join(_shares(rows, low, high, height))
    label = "What was measured, as a share of what was promised; the table says the same"
    return _drawing(body, height, label, inline=inline)


def _said(one: Data) -> list[str]:
    """What a row is about, in lines that fit on a phone."""
    ours, sign, theirs = what(one).partition(" ÷ ")
    lines = [f"{one['verdict']}: {ours}"]
    return [*lines, f"÷ {theirs}"] if sign else lines


def _shares(rows: Sequence[Data], low: float, high: float, height: int) -> Iterator[str]:
    def place(value: float) -> float:
        way = math.log(max(value, low) / low) / math.log(high / low)
        return _LEFT + way * (_RIGHT - _LEFT)

    yield _text(0, 12, "used, as a share of the target", "soft")
    for share in (s for s in _SHARES if low <= s <= high):
        at, colour = place(share), "text" if share == 1 else "line"
        yield _line(at, _HEAD - 8, at, height - 8, colour, dashed=share == 1)
        yield _text(at, _HEAD - 13, f"{share:g}", "soft", anchor="middle")
    top = _HEAD
    for one in rows:
        for said in _said(one):
            yield _text(0, top + 12, said, "text", halo=True)
            top += _TEXT
        used = {key: one[key] / one["at_most"] for key in ("low", "value", "high")}
        colour = _SIGN[one["verdict"]]
        yield _line(place(used["low"]), top + 6, place(used["high"]), top + 6, colour, width=3)
        yield _mark("circle", place(used["value"]), top + 6, colour)
        top += _BAR


def trends(series: Mapping[str, tuple[Sequence[tuple[int, float]], Fit]], *, inline: bool) -> str:
    """Seconds of processor by number of notes, both in powers of ten; dashed: n log n."""
    every = [point for points, _ in series.values() for point in points]
    sizes = [n for n, _ in every] or [100, 1000]
    times = [t for _, t in every] or [1]
    box = (min(sizes), max([*sizes, 10 * min(sizes)]), _below(min(times)), _above(max(times)))
    legend = 20 * len(series) + 26
    height = legend + _PLOT + 30
    body = "\n".join([*_axes(box, legend), *_legend(series), *_curves(series, box, legend)])
    label = "Processor time by number of notes; the table says the same"
    return _drawing(body, height, label, inline=inline)


_PLOT = 380
_GUTTER = 0.14  # of the way across, for the numbers of the upright axis
_MARKS = ("circle", "square", "diamond", "triangle", "cross", "ring", "plus", "hollow")
_COLOURS = ("link", "bad", "good", "alert", "text", "link", "good", "bad")

Box = tuple[int, int, float, float]


def _axes(box: Box, top: int) -> Iterator[str]:
    for value in _powers(box[2], box[3]):
        at = _down(value, box, top)
        yield _line(0, at, 1, at, "line")
        yield _text(0, at - 4, f"{value:,g} s", "soft")
    for value in _powers(box[0], box[1]):
        at = _over(value, box)
        yield _line(at, top, at, top + _PLOT, "line")
        side = "end" if at > 1 - _GUTTER else "middle"
        yield _text(at, top + _PLOT + 18, f"{value:,.0f}", "soft", anchor=side)


def _legend(series: Mapping[str, object]) -> Iterator[str]:
    for number, name in enumerate(series):
        yield _mark(_MARKS[number % 8], 0.02, 10 + 20 * number, _COLOURS[number % 8])
        yield _text(0.045, 14 + 20 * number, name, "text")


def _curves(
    series: Mapping[str, tuple[Sequence[tuple[int, float]], Fit]], box: Box, top: int
) -> Iterator[str]:
    for number, (points, fitted) in enumerate(series.values()):
        colour = _COLOURS[number % 8]
        steps = [box[0] * (box[1] / box[0]) ** (step / 24) for step in range(25)]
        for left, right in pairwise((n, fitted.at(n)) for n in steps):
            if max(left[1], right[1]) <= box[3]:
                yield _segment(left, right, box, top, colour, dashed=True)
        for left, right in pairwise(points):
            yield _segment(left, right, box, top, colour)
        for notes, seconds in points:
            at = _over(notes, box), _down(seconds, box, top)
            yield _mark(_MARKS[number % 8], *at, colour)


def _segment(
    left: tuple[float, float],
    right: tuple[float, float],
    box: Box,
    top: int,
    colour: str,
    *,
    dashed: bool = False,
) -> str:
    ends = (_over(left[0], box), _down(left[1], box, top), _over(right[0], box))
    return _line(*ends, _down(right[1], box, top), colour, dashed=dashed)


def _over(notes: float, box: Box) -> float:
    return _GUTTER + math.log(notes / box[0]) / math.log(box[1] / box[0]) * (_RIGHT - _GUTTER)


def _down(seconds: float, box: Box, top: int) -> float:
    return top + _PLOT * (1 - math.log(seconds / box[2]) / math.log(box[3] / box[2]))


def _below(value: float) -> float:
    return float(10 ** math.floor(math.log10(value)))


def _above(value: float) -> float:
    return float(10 ** math.ceil(math.log10(value) + 1e-9))


def _powers(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low) + 0.499), math.floor(math.log10(high) + 1e-9)
    return [float(10**power) for power in range(first, last + 1)]


def _drawing(body: str, height: int, label: str, *, inline: bool) -> str:
    form = _INLINE if inline else _FILE
    return form.format(body=body, height=height, label=escape(label), width=_WIDTH)


def _text(
    at: float, down: float, words: str, colour: str, *, anchor: str = "start", halo: bool = False
) -> str:
    under = ";paint-order:stroke;stroke:var(--cn-page);stroke-width:4px" if halo else ""
    style = f"fill:var(--cn-{colour});font-size:13px{under}"
    place = f'x="{across(at)}" y="{down:.1f}" text-anchor="{anchor}"'
    return f'<text {place} style="{style}">{escape(words)}</text>'


def _line(
    left: float,
    upper: float,
    right: float,
    lower: float,
    colour: str,
    *,
    width: float = 1,
    dashed: bool = False,
) -> str:
    dash = ";stroke-dasharray:4 4" if dashed else ""
    ends = f'x1="{across(left)}" y1="{upper:.1f}" x2="{across(right)}" y2="{lower:.1f}"'
    return f'<line {ends} style="stroke:var(--cn-{colour});stroke-width:{width:g}{dash}"/>'


_SHAPES = {
    "circle": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "square": "M-4.5-4.5h9v9h-9z",
    "diamond": "M0-6l6 6l-6 6l-6-6z",
    "triangle": "M0-6l6 10h-12z",
    "cross": "M-5-5l10 10M5-5l-10 10",
    "ring": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "plus": "M0-6v12M-6 0h12",
    "hollow": "M-4.5-4.5h9v9h-9z",
}
_OPEN = {"cross", "ring", "plus", "hollow"}


def _mark(shape: str, at: float, down: float, colour: str) -> str:
    fill = "var(--cn-page)" if shape in _OPEN else f"var(--cn-{colour})"
    style = f"fill:{fill};stroke:var(--cn-{colour});stroke-width:2"
    inner = f'<path d="{_SHAPES[shape]}" style="{style}"/>'
    return f'<svg x="{across(at)}" y="{down:.1f}" style="overflow:visible">{inner}</svg>'

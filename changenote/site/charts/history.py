"""A metric over all notes: what each found and left behind, and the levels it kept."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from markupsafe import Markup, escape

from changenote.model.history import Change, History, Point, Remark, is_elsewhere
from changenote.site.charts.days import Span, span
from changenote.site.charts.drawing import across, down, drawable, drawn, unit_after
from changenote.site.charts.scales import Scale, scale
from changenote.site.wording import counted, day, in_xml, number

_TOP, _HEIGHT, _AXIS = 20, 200, 30  # pixels
_RADII = ((60, 4.0), (150, 3.0), (math.inf, 2.0))  # up to so many notes, pixels

_Kind = Literal["level", "kept", "moved", "measured_differently"]


class _Sign(NamedTuple):
    """A note: where it lies across, and how far down what it found and what came of it."""

    link: str | None
    across: str
    before: str
    after: str
    is_undone: bool
    is_elsewhere: bool
    says: str


class _Line(NamedTuple):
    """From one place to another."""

    kind: _Kind
    x1: str
    y1: str
    x2: str
    y2: str
    says: str


class _Frame(NamedTuple):
    """Both axes."""

    time: Span
    values: Scale
    unit: str

    def across(self, moment: datetime) -> str:
        return across(self.time.share(moment))

    def down(self, value: float | None) -> str:
        """How far down a value lies; nothing for none."""
        return "" if value is None else down(_TOP + (1 - self.values.share(value)) * _HEIGHT)


def history_plot(
    history: History,
    changed: Sequence[Change],
    address: Callable[[str], str | None],
    main: str = "",
) -> Markup:
    """The points of a history in time; `address` has the link to a note, by its id.

    Points of another environment than `main` are squares; there are none without it.
    Nothing when there is no number to draw. Its links are out of the keyboard's way: a page that
    shows it has a table with the same values and links.
    """
    points = [(moment, p) for p in history.points if (moment := p.moment) and _has_number(p)]
    if not points:
        return Markup()
    values = [v for _, p in points for v in (p.before, p.after) if v is not None]
    time = span([moment for moment, _ in points])
    frame = _Frame(time, scale(values), unit_after(history.unit))
    signs = [_sign(moment, point, frame, address, main) for moment, point in points]
    lines = [*_levels(changed, frame), *_between(history, frame)]
    radius = next(radius for most, radius in _RADII if len(signs) <= most)
    return drawn(
        "history.html.j2",
        name=in_xml(history.name),
        described=_described(points, frame, main),
        height=_TOP + _HEIGHT + _AXIS,
        bottom=_TOP + _HEIGHT,
        rows=_rows(frame),
        ticks=time.ticks(),
        lines=_drawn_lines(lines),
        signs=Markup("\n".join(_drawn_sign(sign, radius) for sign in signs)),  # noqa: S704  # escaped
        radius=radius,
        legend=_legend(lines, signs),
        caption=" ".join(_caption(history, frame, len(points))),
    )


def _has_number(point: Point) -> bool:
    return drawable(point.before) or drawable(point.after)


def _rows(frame: _Frame) -> list[tuple[str, str]]:
    """The labelled values, from the lowest on; the highest has the unit."""
    rows = [(frame.down(value), label) for value, label in frame.values.ticks()]
    height, label = rows[-1]
    return [*rows[:-1], (height, label + frame.unit)]


def _sign(
    moment: datetime,
    point: Point,
    frame: _Frame,
    address: Callable[[str], str | None],
    main: str,
) -> _Sign:
    return _Sign(
        link=address(point.note),
        across=frame.across(moment),
        before=frame.down(point.before),
        after=frame.down(point.after),
        is_undone=point.status == "rolled_back",
        is_elsewhere=is_elsewhere(point, main),
        says=in_xml(_said(moment, point, frame.unit, main)),
    )


def _said(moment: datetime, point: Point, unit: str, main: str) -> str:
    """`12 Nov 2026: 861.1 → 118 ms, rolled back. Cache the cart`."""
    sides = " → ".join("?" if v is None else number(v) for v in (point.before, point.after))
    undone = ", rolled back" if point.status == "rolled_back" else ""
    where = f" in {point.where}" if is_elsewhere(point, main) else ""
    return f"{day(moment)}: {sides}{unit}{where}{undone}. {point.title}"


def _drawn_sign(sign: _Sign, radius: float) -> str:
    """A note in the plot. There are many of them: a template takes four times as long."""
    # Material's instant navigation sets `href` of whatever has it, which SVG's own does not take.
    link = f'<a xlink:href="{escape(sign.link)}" tabindex="-1">' if sign.link else "<g>"
    between = f'<path d="M0 {sign.before}V{sign.after}"/>' if sign.before and sign.after else ""
    places = _drawn_before(sign, radius - 0.5) + _drawn_after(sign, radius)
    title, end = escape(sign.says), "</a>" if sign.link else "</g>"
    return f'{link}<title>{title}</title><svg x="{sign.across}">{between}{places}</svg>{end}'


def _drawn_before(sign: _Sign, radius: float) -> str:
    if sign.before and sign.is_elsewhere:
        return _square("cn-hollow", sign.before, radius)
    return f'<circle class="cn-hollow" cy="{sign.before}" r="{radius}"/>' if sign.before else ""


def _drawn_after(sign: _Sign, radius: float) -> str:
    if sign.after and sign.is_undone:
        cross = f"M-{radius}-{radius} {radius} {radius}M-{radius} {radius} {radius}-{radius}"
        return f'<svg y="{sign.after}"><path class="cn-undone" d="{cross}"/></svg>'
    if sign.after and sign.is_elsewhere:
        return _square("cn-elsewhere", sign.after, radius)
    return f'<circle cy="{sign.after}" r="{radius}"/>' if sign.after else ""


def _square(name: str, height: str, half: float) -> str:
    size = f'x="-{half}" y="-{half}" width="{half * 2}" height="{half * 2}"'
    return f'<svg y="{height}"><rect class="{name}" {size}/></svg>'


def _drawn_lines(lines: Sequence[_Line]) -> list[tuple[str, Markup]]:
    """The lines of each kind."""
    by_kind: dict[str, list[str]] = {}
    for kind, x1, y1, x2, y2, says in lines:
        title = f"<title>{escape(says)}</title>" if says else ""
        line = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{title}</line>'
        by_kind.setdefault(kind, []).append(line)
    return [(kind, Markup("".join(by_kind[kind]))) for kind in sorted(by_kind)]  # noqa: S704  # escaped


def _levels(changed: Sequence[Change], frame: _Frame) -> Iterator[_Line]:
    """The stretches between change points, each at its level."""
    if not changed:
        return
    cuts = [at for change in changed if (at := change.point.moment)]
    levels = [changed[0].found.before, *(change.found.after for change in changed)]
    ends = [frame.time.first, *cuts, frame.time.last]
    for level, start, end in zip(levels, ends, ends[1:], strict=False):
        height = frame.down(level)
        says = f"Level {number(level)}{frame.unit}"
        yield _Line("level", frame.across(start), height, frame.across(end), height, says)


def _between(history: History, frame: _Frame) -> Iterator[_Line]:
    """From what one note left behind to what the next one found."""
    for last, point, remark in zip(history.earlier, history.points, history.remarks, strict=True):
        if last is None or last.left is None or point.before is None:
            continue
        start, end = last.moment, point.moment
        if start and end:
            ends = (
                frame.across(start),
                frame.down(last.left),
                frame.across(end),
                frame.down(point.before),
            )
            yield _Line(remark.kind if remark else "kept", *ends, _why(remark))


def _why(remark: Remark | None) -> str:
    return in_xml(remark.says[:1].upper() + remark.says[1:]) if remark else ""


def _described(points: Sequence[tuple[datetime, Point]], frame: _Frame, main: str) -> str:
    every = [point for _, point in points]
    here = [point for point in every if not is_elsewhere(point, main)] or every
    first, last = here[0], here[-1]
    begins = next(v for v in (first.before, first.after) if v is not None)
    ends = next(v for v in (last.left, last.after, last.before) if v is not None)
    days = f"from {day(frame.time.first)} to {day(frame.time.last)}"
    values = (
        f"{number(begins)}{frame.unit} before the first, {number(ends)}{frame.unit} after the last"
    )
    away = f" {len(every) - len(here)} of them elsewhere." if len(here) < len(every) else ""
    return f"{counted(len(points), 'point')} {days}: {values}.{away}"


def _legend(lines: Sequence[_Line], signs: Sequence[_Sign]) -> list[tuple[str, str]]:
    """The signs that occur, with their meaning."""
    kinds = {line.kind for line in lines}
    known = (
        ("before", "before", any(sign.before for sign in signs)),
        ("after", "after", any(sign.after and not sign.is_undone for sign in signs)),
        ("elsewhere", "in another environment", any(sign.is_elsewhere for sign in signs)),
        ("undone", "after, rolled back", any(sign.after and sign.is_undone for sign in signs)),
        ("level", "level between change points", "level" in kinds),
        ("moved", "moved between notes, nobody wrote down why", "moved" in kinds),
        ("measured_differently", "measured differently", "measured_differently" in kinds),
    )
    return [(name, meaning) for name, meaning, occurs in known if occurs]


def _caption(history: History, frame: _Frame, shown: int) -> Iterator[str]:
    if history.better:
        yield f"{history.better.capitalize()} is better."
    if frame.values.is_logarithmic:
        yield "The axis is logarithmic: equal heights are equal factors."
    if lost := len(history.points) - shown:
        yield f"{counted(lost, 'point')} without a number or a day that can be drawn."

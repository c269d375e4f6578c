"""Metrics over many notes as text for people."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from changenote.cli.measuring.plots import Mark, history_plot
from changenote.cli.reading.library import verdict_word
from changenote.cli.reading.tables import table
from changenote.model.history import Change, History, Point, Remark
from changenote.model.history_sentences import about, what_changed, why_no_change
from changenote.model.measures import quantity

_INDENT = " " * 4
_WIDEST_PLOT = 80
_LEGEND = {"o": "o before", "*": "* after", "x": "x after, rolled back", ":": ": change point"}


def summary_lines(found: Sequence[History], width: int) -> list[str]:
    """A line for each metric: points, last value, verdict of the last note, gaps."""
    headings = ("Metric", "Service", "Verdict", "Last", "Points", "Gaps")
    rows = [
        (
            history.name,
            history.service,
            verdict_word(history.points[-1].verdict),
            _value(history.points[-1].left, history.unit),
            str(len(history.points)),
            str(history.count("moved") or ""),
        )
        for history in found
    ]
    return table(headings, rows, width=width, texts=3)


def history_lines(history: History, changed: Sequence[Change], width: int) -> list[str]:
    """The notes from the oldest on with what lies between them, a plot, and the change points."""
    lines: list[str] = []
    for point, remark in zip(history.points, history.remarks, strict=True):
        lines += _point_lines(point, remark, width)
    lines += ["", *_plot(history, changed, min(width, _WIDEST_PLOT)), ""]
    return lines + list(_change_lines(history, changed, width))


def heading(history: History) -> str:
    """`GET /cart p95: shop-web, 12 points, lower is better`."""
    return f"{history.name}: " + ", ".join(filter(None, [history.service, *about(history)]))


def _point_lines(point: Point, remark: Remark | None, width: int) -> Iterator[str]:
    if remark:
        sign = "!" if remark.kind == "moved" else "~"
        yield from wrap(f"{sign} {remark.says}", width, subsequent_indent="  ")
    after = _value(point.after, point.unit)
    before = _value(point.before, None if point.after is not None else point.unit)
    yield from _side_by_side([f"{point.day}  {point.note}", f"{before} → {after}"], "  ", width)
    undone = "rolled back; " if point.status == "rolled_back" else ""
    said = f"{point.title}: {undone}{point.says}"
    yield from wrap(said, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _value(value: float | None, unit: str | None) -> str:
    return "?" if value is None else quantity(value, unit)


def _plot(history: History, changed: Sequence[Change], width: int) -> list[str]:
    marks = [*_marks(history.points, "before"), *_marks(history.points, "after")]
    if not marks:
        return ["There is no number to draw."]
    at = [moment.timestamp() for change in changed if (moment := change.point.moment)]
    days = [point.day for point in history.points if point.moment]
    ends = days[0], days[-1]
    drawn = history_plot(marks, changes=at, unit=history.unit, days=ends, width=width)
    signs = {mark.sign for mark in marks} | ({":"} if changed else set())
    return [
        *drawn,
        *_side_by_side([_LEGEND[sign] for sign in _LEGEND if sign in signs], "   ", width),
    ]


def _side_by_side(parts: Sequence[str], gap: str, width: int) -> list[str]:
    """The parts on one line, or a line for each."""
    line = gap.join(parts)
    return [line] if len(line) <= width else list(parts)


def _marks(points: Sequence[Point], side: str) -> Iterator[Mark]:
    for point in points:
        found = point.before if side == "before" else point.after
        undone = point.status == "rolled_back"
        sign = "o" if side == "before" else "x" if undone else "*"
        if found is not None and point.moment:
            yield Mark(point.moment.timestamp(), found, sign)


def _change_lines(history: History, changed: Sequence[Change], width: int) -> Iterator[str]:
    yield from wrap(why_no_change(history, changed), width)
    for change in changed:
        point, said = change.point, what_changed(history, change)
        line = f"Change point {point.day}  {point.note}  {said}"
        yield from wrap(line, width, subsequent_indent=_INDENT)

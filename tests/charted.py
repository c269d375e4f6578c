"""Metrics, notes and histories to draw, and what is in a drawing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from changenote.model.history import History, histories, points_of
from changenote.model.measures import judge
from changenote.model.note import Metric, Note, Shipped
from changenote.site.note.measured import Measured, measured

DAY = date(2026, 1, 5)

Side = float | tuple[float, ...] | None


def parsed(chart: str) -> ElementTree.Element:
    """A chart as an XML parser sees it, which is stricter than any browser."""
    return ElementTree.fromstring(chart)  # noqa: S314  # it is our own


def of(before: Side = None, after: Side = None, **more: Any) -> Measured:
    """A metric of a note."""
    usual: dict[str, Any] = {"name": "GET /cart p95", "unit": "ms", "better": "lower"}
    metric = Metric(before=before, after=after, **(usual | more))
    return measured(metric, judge(metric))


def note(days: int, *metrics: Metric, **more: Any) -> Note:
    """A note that shipped so many days after the first one."""
    day = DAY + timedelta(days=days)
    usual: dict[str, Any] = {
        "schema": 1,
        "id": f"{day:%Y%m%d}-{days:06}",
        "title": f"Cache number {days}",
        "kind": "cache",
        "status": "shipped",
        "service": "shop-web",
        "shipped": Shipped(at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC)),
    }
    return Note(metrics=metrics, **(usual | more))


def history(*values: tuple[float | None, float | None], **more: Any) -> History:
    """A metric over notes that are a week apart, each with a number before and after."""
    usual: dict[str, Any] = {"name": "p95", "unit": "ms", "better": "lower"}
    metrics = (Metric(before=b, after=a, **(usual | more)) for b, a in values)
    notes = (note(7 * place, metric) for place, metric in enumerate(metrics))
    (found,) = histories(point for each in notes for point in points_of(each))
    return found


def said(figure: ElementTree.Element) -> str:
    """All that a plot says, in the order of its parts."""
    return " ".join(" ".join(figure.itertext()).split())


MANY = tuple(700.0 + (place * 37) % 100 for place in range(100))

SIDES: dict[str, tuple[Side, Side]] = {
    "one number each": (38, 95),
    "two runs": ((1, 2), (3, 4)),
    "only before": ((1, 2, 3), None),
    "only after": (None, (1, 2, 3)),
    "a hundred runs": (MANY, tuple(value / 2 for value in MANY)),
    "all equal": ((5,) * 100, (5,) * 100),
    "zero": ((0, 0, 0), (0, 0)),
    "negative": ((-3, -2.5, 0), (1e-9, -1)),
    "huge": ((1e300, -1e300), (1.7e308, -1.7e308)),
    "tiny": ((5e-324, 1e-300), (0, 1e-310)),
    "from tiny to huge": ((5e-324, 1), (1e308, 1e10)),
    "an outlier": ((100, 101, 99, 102, 98, 100.5, 5000), (90, 91, 89, 92, 88)),
    "a difference of nothing": ((1e15, 1e15 + 0.125), (1e15 + 0.25,)),
}

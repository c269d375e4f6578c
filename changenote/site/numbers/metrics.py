"""Every metric of every service: one page for each, and one that lists them all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from markupsafe import Markup

from changenote.model.history import (
    History,
    Point,
    Remark,
    changes,
    is_elsewhere,
    judged,
    key,
    main_of,
)
from changenote.model.history_sentences import GAP, about, what_changed, why_no_change
from changenote.site.addresses import relative
from changenote.site.book import Page
from changenote.site.charts.history import history_plot
from changenote.site.charts.spark import spark
from changenote.site.deployed import main_environment
from changenote.site.edition import Edition
from changenote.site.lists.listing import listing
from changenote.site.plan import Plan
from changenote.site.verdicts import verdict_on
from changenote.site.wording import with_unit

_IN_A_TREND = 30  # notes: what is older is on the metric's own page
_LISTED = 100  # notes in the table of one metric: its plot shows all
_NEWEST = 8  # moves on the page of all metrics
_TITLE = "Metrics"


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A metric that one note left at another value than the next one found.

    `path` is the page of the metric; `numbers` are both values, `says` the same in words.
    """

    history: History
    earlier: Point
    later: Point
    numbers: str
    says: str
    path: str


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A metric in the list of all: what its last note in the main environment said, and its trend.

    `main` is that environment, and empty where no point is of another one.
    """

    history: History
    main: str
    path: str
    last: Point
    value: str
    trend: Markup


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A note in the table of a metric; `conditions` are those not shared by all of them."""

    point: Point
    before: str
    after: str
    conditions: str
    remark: Remark | None


def moved_between_notes(edition: Edition) -> tuple[Moved, ...]:
    """Where metrics moved although no note says why, newest first."""
    every = (moved for history in edition.histories for moved in _moves(edition, history))
    return tuple(sorted(every, key=lambda m: (m.later.at, m.later.note), reverse=True))


def metric_path(edition: Edition, service: str, name: str, unit: str | None) -> str | None:
    """The page of a metric as a note names it; None when no note that counts has it."""
    return edition.metric_paths.get(key(service, name, unit))


def metric_plans(edition: Edition) -> Iterator[Plan]:
    """The list of all metrics, and a page for each of them."""
    path = edition.places.inside("metrics")
    yield Plan(path, partial(_all, edition, path), lambda: (edition.whole,))
    for history in edition.histories:
        yield Plan(
            edition.metric_paths[history.key],
            partial(_one, edition, history),
            partial(_depends, edition, history),
        )


def _depends(edition: Edition, history: History) -> Iterator[object]:
    yield main_environment(edition)
    # The metrics themselves: all their runs count, and the words of their verdicts.
    yield from (edition.by_path[point.note] for point in history.points)


def _moves(edition: Edition, history: History) -> Iterator[Moved]:
    for earlier, later, remark in zip(
        history.earlier, history.points, history.remarks, strict=True
    ):
        if earlier and remark and remark.kind == "moved":
            yield Moved(
                history=history,
                earlier=earlier,
                later=later,
                numbers=_numbers(earlier, later),
                says=remark.says,
                path=edition.metric_paths[history.key],
            )


def _all(edition: Edition, path: str) -> Page:
    moved = edition.once(moved_between_notes)
    content = edition.rendered(
        "site/metrics/index.html.j2",
        path,
        title=_TITLE,
        services=_by_service(edition),
        total=len(edition.histories),
        moved=moved[:_NEWEST],
        more_moved=max(len(moved) - _NEWEST, 0),
        gap=GAP,
    )
    return listing(path, _TITLE, description="Every metric over all notes.", content=content)


def _by_service(edition: Edition) -> list[tuple[str, list[_Line]]]:
    """The metrics of each service: those that moved without a note first, then the latest."""
    grouped = groupby(edition.histories, key=lambda history: history.key[0])
    services = ([_line(edition, history) for history in of_one] for _, of_one in grouped)
    return [
        (lines[0].history.service, sorted(lines, key=_moved_first, reverse=True))
        for lines in services
    ]


def _moved_first(line: _Line) -> tuple[int, str]:
    return line.history.count("moved"), line.last.at


def _line(edition: Edition, history: History) -> _Line:
    main = main_of(history, main_environment(edition))
    here = [point for point in history.points if not is_elsewhere(point, main)]
    last = here[-1]
    levels = [point.left for point in here[-_IN_A_TREND:]]
    return _Line(
        history=history,
        main=main if len(here) < len(history.points) else "",
        path=edition.metric_paths[history.key],
        last=_judged(edition, last),
        value=_value(last.left, history.unit),
        trend=spark([level for level in levels if level is not None], history.better),
    )


def _one(edition: Edition, history: History) -> Page:
    path = edition.metric_paths[history.key]
    changed = changes(history)
    last = _line(edition, history)
    links = {
        point.note: relative(path, point.note, index=edition.index) for point in history.points
    }
    content = edition.rendered(
        "site/metrics/metric.html.j2",
        path,
        history=history,
        in_words=about(history),
        last=last,
        plot=history_plot(history, changed, links.get, last.main),
        links=links,
        steps=[(change.point, what_changed(history, change)) for change in reversed(changed)],
        no_step=why_no_change(history, changed),
        moves=list(_moves(edition, history))[::-1],
        gap=GAP,
        conditions=_shared(point.conditions.items() for point in history.points),
        entries=_entries(edition, history),
    )
    service = f" of {history.service}" if history.service else ""
    title = f"{history.name}{service}"
    description = f"{title} over all notes: {', '.join(about(history))}."
    return listing(path, title, description=description, content=content)


def _entries(edition: Edition, history: History) -> list[_Entry]:
    """The lines of the table, the newest note first."""
    shared = _shared(point.circumstances.items() for point in history.points)
    places = range(len(history.points))[-_LISTED:]
    return [_entry(edition, history, place, shared) for place in reversed(places)]


def _judged(edition: Edition, point: Point) -> Point:
    """A point with its verdict."""
    row = edition.by_path[point.note]
    return judged(point, row.note, verdict_on(edition, row, point.number))


def _entry(edition: Edition, history: History, place: int, shared: dict[str, str]) -> _Entry:
    point = _judged(edition, history.points[place])
    own = (f"{k}: {v}" for k, v in point.circumstances.items() if k not in shared)
    return _Entry(
        point=point,
        before=_value(point.before, point.unit),
        after=_value(point.after, point.unit),
        conditions=", ".join(own),
        remark=history.remarks[place],
    )


def _shared(each: Iterable[Iterable[tuple[str, str]]]) -> dict[str, str]:
    """What all of them say."""
    first, *others = map(dict, each)
    return {k: v for k, v in first.items() if all(other.get(k) == v for other in others)}


def _value(found: float | None, unit: str | None) -> str:
    return "?" if found is None else with_unit(found, unit)


def _numbers(earlier: Point, later: Point) -> str:
    """What one note left behind and the next one found."""
    return f"{_value(earlier.left, None)} → {_value(later.before, later.unit)}"

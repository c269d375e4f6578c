"""One metric over many notes: did it move between them, and where did it take another level?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

from changenote.model.change_points import ChangePoint, change_points
from changenote.model.effects import LARGEST
from changenote.model.facts import folded, when
from changenote.model.measures import BETWEEN, Verdict, from_to, judge, quantity, sentence
from changenote.model.note import Metric, Note, Samples, samples
from changenote.model.ranks import median
from changenote.model.units import converted, family
from changenote.records import record

ENOUGH = 10
"""Points from which on change points are looked for."""

_FAR_APART = 1.1
_SHARE_APART = 0.1  # of the larger of two values, where a ratio says nothing
_ROUNDING = 1e-12  # 110 is 10 % more than 100, not a hair more


Key = tuple[str, str, str]
"""What all points of a metric have in common: service, name and sort of unit."""


class Point(NamedTuple):
    """A metric in one note; plain data, so that an index can keep it as a list.

    `before` and `after` are medians. `at` is the instant it shipped (UTC), or the day in the id.
    `number` is the place among the metrics of the note. `verdict` and `says` are empty where
    nobody has judged yet.
    """

    note: str
    title: str
    status: str
    at: str
    service: str
    name: str
    unit: str | None
    better: str | None
    before: float | None
    after: float | None
    n_before: int
    n_after: int
    verdict: str
    says: str
    conditions: Mapping[str, str]
    environment: str = ""
    number: int = 0

    @property
    def left(self) -> float | None:
        """The level the note left behind: a change that was rolled back leaves the old one."""
        return (
            self.before if self.status == "rolled_back" and self.before is not None else self.after
        )

    @property
    def circumstances(self) -> Mapping[str, str]:
        """Its conditions, and where the note shipped to unless they name an environment."""
        where = {"environment": self.environment} if self.environment else {}
        return {**where, **self.conditions}

    @property
    def where(self) -> str:
        """The environment that it is of; empty when none is named."""
        return self.conditions.get("environment", self.environment)

    @property
    def day(self) -> str:
        """The day in UTC."""
        return self.at[:10]

    @property
    def moment(self) -> datetime | None:
        """The instant; None for the day of an id that no calendar has."""
        try:
            at = datetime.fromisoformat(self.at)
        except ValueError:
            return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)


@record
class Remark:
    """What lies between a point and the one of the note before it."""

    kind: Literal["moved", "measured_differently"]
    says: str


@record
class Change:
    """A point from which on the metric has another level.

    `measured_differently` says what else changed there; then the level may be no news.
    """

    found: ChangePoint
    point: Point
    measured_differently: str


@record
class History:
    """One metric of one service: its points in time, in one unit, with what lies before each.

    `earlier` has for each point the one that it is compared with: of the last note before it that
    shipped to the same environment, or else of the last note before it.
    """

    service: str
    name: str
    unit: str | None
    better: str | None
    points: tuple[Point, ...]
    earlier: tuple[Point | None, ...]
    remarks: tuple[Remark | None, ...]

    @property
    def key(self) -> Key:
        """What its points have in common."""
        return key(self.service, self.name, self.unit)

    def count(self, kind: str) -> int:
        """How many remarks of a kind there are."""
        return sum(remark is not None and remark.kind == kind for remark in self.remarks)


def points_of(note: Note) -> list[Point]:
    """The metrics of a note as points."""
    return [judged(point, note) for point in levels_of(note)]


def levels_of(note: Note, name: str = "") -> list[Point]:
    """The same without what was judged, in a tenth of the time; `name` is what the note is called.

    Points share what is the same, as an edition keeps those of all notes.
    """
    if not note.metrics:
        return []
    of_note = (name or note.id, note.title, note.status, when(note), note.service or "")
    environment = (note.shipped and note.shipped.environment) or ""
    return [
        _point(of_note, metric, environment, number) for number, metric in enumerate(note.metrics)
    ]


def judged(point: Point, note: Note, verdict: Verdict | None = None) -> Point:
    """A point of a note with the verdict on its metric, which may be known."""
    metric = note.metrics[point.number]
    verdict = verdict or judge(metric)
    return point._replace(verdict=verdict.verdict, says=_says(metric, verdict))


def key(service: str, name: str, unit: str | None) -> Key:
    """The key of a metric; a unit that cannot be converted is a metric of its own."""
    return folded(service), folded(name), family(unit)


def histories(points: Iterable[Point]) -> list[History]:
    """All metrics by service and name."""
    grouped: dict[Key, list[Point]] = {}
    by_names: dict[tuple[str, str, str | None], list[Point]] = {}  # most points are written alike
    for point in points:
        names = point.service, point.name, point.unit
        if names not in by_names:
            by_names[names] = grouped.setdefault(key(*names), [])
        by_names[names].append(point)
    return [_history(grouped[key]) for key in sorted(grouped)]


def changes(history: History) -> tuple[Change, ...]:
    """Where the metric took another level; none for fewer than ten points."""
    known = [(point, value) for point in history.points if (value := point.left) is not None]
    if len(known) < ENOUGH:
        return ()
    return tuple(
        Change(
            found=found,
            point=known[found.index][0],
            measured_differently=_differences(known[found.index - 1][0], known[found.index][0]),
        )
        for found in change_points([value for _, value in known])
    )


def is_elsewhere(point: Point, main: str) -> bool:
    """Is a point of a named environment other than the main one?"""
    there = point.where
    return bool(main and there) and there != main and folded(there) != folded(main)


def main_of(history: History, main: str) -> str:
    """The main environment, or that of the last point where all points are elsewhere."""
    is_there = any(not is_elsewhere(point, main) for point in history.points)
    return main if is_there else history.points[-1].where


def named(name: str, among: Sequence[History]) -> list[History]:
    """The histories with this name, or else with a name that it is a part of, in any case."""
    wanted = folded(name)
    exactly = [history for history in among if folded(history.name) == wanted]
    return exactly or [history for history in among if wanted in folded(history.name)]


def _point(
    of_note: tuple[str, str, str, str, str], metric: Metric, environment: str, number: int
) -> Point:
    tool = metric.source.tool if metric.source else None
    return Point(
        *of_note,
        *(metric.name, metric.unit, metric.better),
        *(_middle(metric.before), _middle(metric.after)),
        metric.n_before or len(samples(metric.before)),
        metric.n_after or len(samples(metric.after)),
        *("", ""),
        _alike(tuple(metric.conditions.items()), tool),
        environment,
        number,
    )


@lru_cache(maxsize=1000)
def _alike(conditions: tuple[tuple[str, str], ...], tool: str | None) -> Mapping[str, str]:
    """The conditions of a point: one mapping for all that have the same."""
    return {**dict(conditions), **({"tool": tool} if tool else {})}


def _says(metric: Metric, verdict: Verdict) -> str:
    """The verdict in words, without before and after: they have a place of their own beside it."""
    says = sentence(metric, verdict)
    has_both = metric.before is not None and metric.after is not None
    return says.removesuffix(f": {from_to(metric)}") if has_both and BETWEEN in says else says


def _middle(value: Samples | None) -> float | None:
    """The median of one side; None when there is none that can be calculated with."""
    values = samples(value)
    if not values:
        return None
    are_usual = min(values) > 1 / LARGEST and max(values) < LARGEST
    if are_usual or all(v == 0 or 1 / LARGEST < abs(v) < LARGEST for v in values):
        return median(values)
    return None


def _history(points: list[Point]) -> History:
    points.sort(key=attrgetter("at", "note"))
    newest = points[-1]
    in_order = tuple(_in_unit(point, newest.unit) for point in points)
    earlier = tuple(_earlier(in_order))
    return History(
        service=newest.service,
        name=newest.name,
        unit=newest.unit,
        better=next((point.better for point in reversed(points) if point.better), None),
        points=in_order,
        earlier=earlier,
        remarks=tuple(
            _remark(last, point) if last else None
            for last, point in zip(earlier, in_order, strict=True)
        ),
    )


def _in_unit(point: Point, unit: str | None) -> Point:
    if point.unit == unit:
        return point
    return point._replace(
        unit=unit,
        before=_converted(point.before, point.unit, unit),
        after=_converted(point.after, point.unit, unit),
    )


def _converted(value: float | None, unit: str | None, to: str | None) -> float | None:
    if value is None:
        return None
    found = converted([value], unit, to)
    return found[0] if found else value  # no unit and "1" are the same


def _earlier(points: Sequence[Point]) -> Iterator[Point | None]:
    """The point before each; a note may hold a metric twice, with a cold and a warm cache."""
    earlier: list[Point] = []
    last_in: dict[str, list[Point]] = {}
    for _, group in groupby(points, key=attrgetter("note")):
        of_note = list(group)
        there = folded(of_note[0].environment)
        before = last_in.get(there, earlier) if there else earlier
        for point in of_note:
            alike = (other for other in before if not _differences(other, point))
            yield next(alike, before[0] if before else None)
        earlier = last_in[there] = of_note


def _remark(last: Point, point: Point) -> Remark | None:
    left, found = last.left, point.before
    if left is None or found is None:
        return None
    if difference := _differences(last, point):
        return Remark(kind="measured_differently", says=f"measured differently: {difference}")
    # When a rollback took place is not known: before or after the next note.
    levels = (left,) if last.after is None else (left, last.after)
    if not all(_are_apart(level, found) for level in levels):
        return None
    numbers = f"{quantity(left, None)} → {quantity(found, point.unit)}"
    says = f"moved between notes ({numbers}): something changed that nobody wrote down"
    return Remark(kind="moved", says=says)


def _are_apart(first: float, second: float) -> bool:
    """More than 10 % apart, whichever is larger; in parts of the larger one unless both are > 0."""
    low, high = sorted((first, second))
    if low > 0:
        return high / low > _FAR_APART * (1 + _ROUNDING)
    return high - low > _SHARE_APART * max(abs(low), abs(high)) * (1 + _ROUNDING)


def _differences(first: Point, second: Point) -> str:
    """What was different while measuring: `cache: cold → warm`; empty when nothing is known to be.

    A cache that only one of them speaks of may have been different; other conditions count when
    both name them. Where a note shipped to is one of them: staging may be slower than production.
    """
    if first.conditions == second.conditions and first.environment == second.environment:
        return ""
    old, new = first.circumstances, second.circumstances
    names = [name for name in (*old, *(n for n in new if n not in old)) if _differs(name, old, new)]
    return ", ".join(f"{n}: {old.get(n, 'not said')} → {new.get(n, 'not said')}" for n in names)


def _differs(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    if name in old and name in new:
        return folded(old[name]) != folded(new[name])
    return name == "cache"

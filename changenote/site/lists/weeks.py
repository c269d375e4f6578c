"""Digests: what shipped in a week, what came of it, and what still waits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from changenote.model.measures import sentence
from changenote.model.note import primary_metric
from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.lists.listing import asking, listing
from changenote.site.lists.tallies import Tally, summary, tally
from changenote.site.numbers.metrics import Moved, moved_between_notes
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.wording import between, counted, people

_TITLE = "Weeks"

LISTED = 15
"""So many notes are in one section of a digest: it is read in a minute. The rest is counted."""

OF_A_SERVICE = 6
"""So many notes of one service."""


@dataclass(frozen=True, kw_only=True)
class Week:
    """A week from Monday to Sunday, as ISO 8601 counts them, with its notes, newest first."""

    name: str
    title: str
    path: str
    start: date
    rows: tuple[Row, ...]

    @property
    def days(self) -> str:
        """`16 – 22 Nov 2026`."""
        return between(self.start, _later(self.start, days=6))

    @property
    def query(self) -> str:
        """What asks for its notes."""
        monday = _later(self.start, days=7)
        return f"after:{self.start.isoformat()} before:{monday.isoformat()}"

    @property
    def tally(self) -> Tally:
        """How what shipped turned out."""
        return tally(row for row in self.rows if row.note.status != "draft")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A note of a digest with what its metric says, if it says something."""

    row: Row
    says: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """Some notes of a digest, and how many more there are."""

    told: tuple[Told, ...]
    more: int

    def __len__(self) -> int:
        """How many notes it speaks of."""
        return len(self.told) + self.more


@dataclass(frozen=True, kw_only=True)
class _OfService:
    """What shipped of one service, and the query for all of it."""

    name: str
    count: int
    query: str
    section: Section


def week_plans(edition: Edition) -> Iterator[Plan]:
    """All weeks in which something shipped, and a digest of each."""
    weeks = tuple(_weeks(edition))
    path = edition.places.inside("weeks")
    yield Plan(
        path,
        partial(_index, edition, path, weeks),
        lambda: [(week.name, len(week.rows), week.tally, *edition.lines(())) for week in weeks],
    )
    for newer, week, older in zip((None, *weeks), weeks, (*weeks[1:], None), strict=False):
        yield Plan(
            week.path,
            partial(_digest, edition, week, newer=newer, older=older),
            partial(_depends, edition, week, newer=newer, older=older),
        )


def _depends(
    edition: Edition, week: Week, *, newer: Week | None, older: Week | None
) -> Iterator[object]:
    yield from (newer and newer.name, older and older.name)
    for one in _moved(edition, week):
        yield one.path, one.history.name, one.history.service, one.numbers
    yield from week.rows


def _index(edition: Edition, path: str, weeks: Sequence[Week]) -> Page:
    years = groupby(weeks, key=lambda week: week.name[:4])
    content = edition.rendered(
        "site/weeks/index.html.j2",
        path,
        title=_TITLE,
        years=tuple((year, tuple(of)) for year, of in years),
    )
    return listing(path, _TITLE, description="Change notes: week by week.", content=content)


def _moved(edition: Edition, week: Week) -> Sequence[Moved]:
    """What moved between notes, found in a week."""
    return edition.once(_moved_by_week).get(week.name, ())


def _moved_by_week(edition: Edition) -> Mapping[str, Sequence[Moved]]:
    found: dict[str, list[Moved]] = {}
    for one in edition.once(moved_between_notes):
        found.setdefault(_week_of(one.later.day), []).append(one)
    return found


def _weeks(edition: Edition) -> Iterator[Week]:
    dated = (row for row in edition.rows if row.day)
    for name, rows in groupby(dated, key=lambda row: _name(row.day or date.min)):
        of = tuple(rows)
        start = _monday(of[0].day or date.min)
        year, _, number = name.partition("-w")
        yield Week(
            name=name,
            title=f"Week {int(number)}, {year}",
            path=edition.places.inside("weeks", name),
            start=start,
            rows=of,
        )


def _name(day: date) -> str:
    """`2026-w47`."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-w{week:02}"


def _week_of(day: str) -> str:
    return _name(date.fromisoformat(day)) if day else ""


def _monday(day: date) -> date:
    return date.fromordinal(max(1, day.toordinal() - day.weekday()))


def _later(day: date, *, days: int) -> date:
    """A later day; the last one of the calendar where it ends before."""
    return date.fromordinal(min(date.max.toordinal(), day.toordinal() + days))


def _digest(edition: Edition, week: Week, *, newer: Week | None, older: Week | None) -> Page:
    moved = _moved(edition, week)
    content = edition.rendered(
        "site/weeks/week.html.j2",
        week.path,
        title=week.title,
        week=week,
        newer=newer,
        older=older,
        moved=tuple(moved[:LISTED]),
        more_moved=max(0, len(moved) - LISTED),
        **_parts(week),
    )
    said = summary(week.rows)
    description = f"{week.days}: {counted(len(week.rows), 'change note')}"
    description += f", {said}." if said else "."
    return listing(week.path, week.title, description=description, content=content)


def _parts(week: Week) -> dict[str, Any]:
    shipped = [row for row in week.rows if row.note.status != "draft"]
    by_ending: dict[str, list[Row]] = {}
    for row in shipped:
        by_ending.setdefault(row.ending, []).append(row)
    bad = [row for row in shipped if row.ending in ("rolled_back", "failed", "degraded")]
    return {
        "shipped": len(shipped),
        "bad": _section(bad),
        "worse": _section(by_ending.get("regressed", [])),
        "improved": _section(by_ending.get("improved", [])),
        "services": tuple(_services(week, shipped)),
        "people": tuple(_people(shipped)),
        "drafts": _section([row for row in week.rows if row.note.status == "draft"]),
        "unreviewed": _section([row for row in shipped if row.needs_review]),
    }


def _section(rows: list[Row], most: int = LISTED) -> Section:
    told = tuple(Told(row=row, says=_says(row)) for row in rows[:most])
    return Section(told=told, more=len(rows) - len(told))


def _says(row: Row) -> str:
    metric = primary_metric(row.note)
    return f"{metric.name}: {sentence(metric, row.headline)}" if metric and row.headline else ""


def _services(week: Week, rows: list[Row]) -> Iterator[_OfService]:
    """Services by how much of them shipped."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.note.service or "", []).append(row)
    for name in sorted(found, key=lambda name: (-len(found[name]), name)):
        of = f"{asking('service', name)} " if name else ""
        yield _OfService(
            name=name,
            count=len(found[name]),
            query=f"{of}{week.query}",
            section=_section(found[name], OF_A_SERVICE),
        )


def _people(rows: list[Row]) -> list[tuple[str, int]]:
    """Who shipped, by how much: authors, without their addresses, or else the owner."""
    counts = Counter(name for row in rows for name in dict.fromkeys(people(row.note)))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:LISTED]

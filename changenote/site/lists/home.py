"""The page that a site opens on: what shipped last, whether it helped, and how to undo it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from changenote.model.history import Point
from changenote.model.measures import Verdict, doubt, from_to, sentence
from changenote.model.note import Metric, Note, Step, primary_metric
from changenote.site.addresses import ATOM, ROLLBACK
from changenote.site.book import Page
from changenote.site.charts.activity import Week, activity_plot
from changenote.site.deployed import Deployed, by_service
from changenote.site.edition import Edition
from changenote.site.endings import ENDINGS, standing
from changenote.site.lists.groups import sorts
from changenote.site.lists.listing import asking, listing
from changenote.site.lists.review import waiting
from changenote.site.note.measured import why_no_metric
from changenote.site.numbers.metrics import Moved, moved_between_notes
from changenote.site.plan import Plan
from changenote.site.row import VERDICTS, Row
from changenote.site.wording import counted, day, number, total, with_unit

CARDS, NEWEST, MOVED, WEEKS = 6, 15, 4, 26
"""So much of each is on the page: it is read in seconds. What is left out is a click away."""

_OTHERS = (
    ("files", "Files"),
    ("releases", "Releases"),
    ("weeks", "Weekly digest"),
    ("metrics", "Metrics"),
    ("statistics", "Statistics"),
    ("review", "Review queue"),
)
_TOGETHER = 3


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to the notes: a page, and how much is on it; 0 where nobody counts."""

    title: str
    path: str
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Told:
    """Did it change anything? `numbers` are before → after; empty where `says` has them."""

    word: str
    metric: str
    numbers: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Move:
    """A metric that moved between the days of two notes, and the page of it."""

    name: str
    service: str
    path: str
    numbers: str
    left: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """The last deployment of a service; `step` is the first one of the rollback in effect."""

    place: Deployed
    told: Told
    shown: tuple[Row, ...]
    more: int
    step: Step | None
    steps: int
    takes: str


def home_plans(edition: Edition) -> Iterator[Plan]:
    """The overview, and the same page at the top of a site that has no other home."""
    for path in (edition.places.inside(), *([""] if edition.book.home else [])):
        yield Plan(path, partial(_home, edition, path), lambda: (edition.whole,))


def told(note: Note, headline: Verdict | None) -> Told:
    """What the primary metric says, in one short sentence, or why nothing does."""
    metric = primary_metric(note)
    if metric and headline:
        return Told(
            word=headline.verdict,
            metric=metric.name,
            numbers=_numbers(metric, headline),
            says=_shortly(metric, headline),
        )
    if metric:
        return Told(word="", metric=metric.name, numbers="", says=f"no verdict, {doubt(metric)}.")
    return Told(word="", metric="", numbers="", says=why_no_metric(note))


def _numbers(metric: Metric, headline: Verdict) -> str:
    """Before → after, in one unit; empty when there are no two sides."""
    before, after = headline.median_before, headline.median_after
    if before is None or after is None:
        return ""
    if number(before) == number(after) and before != after:
        return from_to(metric)
    return f"{number(before)} → {with_unit(after, metric.unit)}"


def _shortly(metric: Metric, headline: Verdict) -> str:
    """The sentence without what stands beside it, or is explained on the note's own page."""
    word, says = VERDICTS[headline.verdict], sentence(metric, headline)
    if headline.verdict in ("improved", "regressed"):
        says = says.partition("; ")[0]
    if headline.verdict == "no_change":
        says = says.partition(":")[0].removeprefix("no change (").removesuffix(")")
    says = says.removeprefix(f"{word}: ").removeprefix(f"{word}, ")
    return says.removesuffix(f": {from_to(metric)}") if _numbers(metric, headline) else says


def _home(edition: Edition, path: str) -> Page:
    heading = edition.book.config.title
    content = edition.rendered("site/home.html.j2", path, title=heading, **_values(edition))
    notes = counted(len(edition.rows), "change note")
    description = f"{notes} with reason, result and way back."
    # A site of nothing but notes has their name, and themes set that behind each title.
    title = "Overview" if edition.book.home else heading
    return replace(listing(path, title, description=description, content=content), hide=("toc",))


def _values(edition: Edition) -> dict[str, Any]:
    last = tuple(by_service(edition))
    moved = edition.once(moved_between_notes)
    return {
        "total": len(edition.rows),
        "statuses": dict(Counter(row.note.status for row in edition.rows).most_common()),
        "examples": tuple(_examples(edition)),
        "cards": tuple(_card(place) for place in last[:CARDS]),
        "tally": _tally(last),
        "services": len(last),
        "rollbacks": ROLLBACK,
        "waiting": edition.once(waiting).parts,
        "moved": tuple(_moved(one) for one in moved[:MOVED]),
        "more_moved": len(moved[MOVED:]),
        "activity": activity_plot(_weeks(edition.rows)),
        "newest": edition.rows[:NEWEST],
        "ways": tuple(_ways(edition)),
        "broken_files": edition.book.broken,
        "strays": edition.book.strays,
        "commit": edition.book.commit,
    }


def _moved(one: Moved) -> Move:
    return Move(
        name=one.history.name,
        service=one.later.service,
        path=one.path,
        numbers=one.numbers,
        left=_day(one.earlier),
        found=_day(one.later),
    )


def _day(point: Point) -> str:
    """Its day; as it is in the id where no calendar has it."""
    return day(point.moment) if point.moment else point.day


def _card(place: Deployed) -> Card:
    note = place.newest.note
    rollback = place.live.note.rollback if place.live else None
    steps = rollback.steps if rollback else ()
    shown = place.together[:_TOGETHER]
    return Card(
        place=place,
        told=told(note, place.newest.headline),
        shown=shown,
        more=len(place.together) - len(shown),
        step=steps[0] if steps else None,
        steps=len(steps),
        takes=total([step.takes for step in steps]),
    )


def _tally(last: Iterable[Deployed]) -> tuple[tuple[int, str], ...]:
    """How many last deployments did what, in words; what needs somebody comes first."""
    counts = Counter(standing(place.newest) for place in last)
    return tuple((counts[name], word) for name, word in ENDINGS.items() if counts[name])


def _examples(edition: Edition) -> Iterator[str]:
    """Queries that find something among these notes."""
    service = next((row.note.service for row in edition.rows if row.note.service), None)
    if service:
        yield f"{asking('service', service)} after:-30d"
    if any(row.verdict == "regressed" for row in edition.rows):
        yield "verdict:regressed"
    paths = (file.path for row in edition.rows[:NEWEST] for file in row.note.files)
    folder = next((p.rpartition("/")[0] for p in paths if p.count("/") > 1), None)
    if folder:
        yield asking("file", f"{folder}/")


def _weeks(rows: Iterable[Row]) -> tuple[Week, ...]:
    """The last weeks up to the newest note, each from its Monday; drafts do not count."""
    shipped = [(row, row.day) for row in rows if row.day and row.note.status != "draft"]
    # A plot needs room on both sides, and there is none at the ends of the calendar.
    shipped = [(row, on) for row, on in shipped if date.min.year < on.year < date.max.year]
    if not shipped:
        return ()
    counts: Counter[int] = Counter()
    bad: Counter[int] = Counter()
    for row, on in shipped:
        week = _week(on)
        counts[week] += 1
        bad[week] += bool(row.bad_outcome) or row.note.status == "rolled_back"
    last = max(counts)
    first = max(min(counts), last - WEEKS + 1)
    return tuple(
        Week(start=date.fromordinal(7 * week + 1), count=counts[week], bad=bad[week])
        for week in range(first, last + 1)
    )


def _week(on: date) -> int:
    """Weeks since the first day of the year 1, which was a Monday."""
    return (on.toordinal() - 1) // 7


def _ways(edition: Edition) -> Iterator[Way]:
    """Every other page that leads to notes, in the order of how often one wants it."""
    inside = edition.places.inside
    months = len({row.month for row in edition.rows})
    yield Way(title="Timeline", path=inside("timeline"), count=months)
    for sort in sorts(edition):
        names = {name for row in edition.rows for name in sort.names(row) if name}
        yield Way(title=sort.title, path=inside(sort.name), count=len(names))
    for name, title in _OTHERS:
        yield Way(title=title, path=inside(name))
    yield Way(title="Rollback", path=ROLLBACK)
    yield Way(title="Atom feed", path=ATOM)

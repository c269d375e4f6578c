"""How often and how well services ship: all of them together, and a page for each."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import pairwise

from markupsafe import Markup

from changenote.model.delivery_sentences import (
    COLUMNS,
    SOURCE,
    UNSAID,
    WHOSE,
    left_out,
    length,
    nothing,
    row,
    told,
)
from changenote.model.deployments import (
    Shipment,
    Stats,
    delivery,
    deployments_of,
    shipped_to,
    stats,
)
from changenote.model.facts import folded
from changenote.model.identity import created_on
from changenote.site.addresses import folder_name
from changenote.site.book import Page, Published
from changenote.site.charts.activity import Week, activity_plot
from changenote.site.edition import Edition
from changenote.site.lists.listing import listing
from changenote.site.plan import Plan, nothing_else
from changenote.site.wording import between

_TITLE = "Statistics"
_DAYS = 90  # of the period, as `changenote stats` has it
_WEEKS = 52  # in the plot
_QUARTERS = 5  # in the table: a year and the one that is not over yet
_AHEAD = timedelta(days=366)  # who ships later than that after the newest id mistook the year
_LAST = date(9998, 12, 31)  # the last year of the calendar has no room for what comes after a day


@dataclass(frozen=True, kw_only=True)
class _Service:
    """A service in the table of all; `cells` are its numbers."""

    name: str
    path: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Quarter:
    """A quarter of a year: its name, and the numbers of everything that shipped in it."""

    name: str
    stats: Stats


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """All that statistics are made from: what shipped until when, in time and by quarter.

    `until` is when the newest deployment to the environment took place, or with none the newest
    note shipped; `latest` is when the newest note shipped to whatever environment.
    """

    environment: str
    every: tuple[Shipment, ...]
    until: float
    latest: float

    @cached_property
    def quarters(self) -> tuple[_Quarter, ...]:
        """The quarters up to the one that is not over, the latest first."""
        return tuple(_quarters(self.every, self.environment, self.until))

    @cached_property
    def first(self) -> float:
        """When the first note of all shipped."""
        moments = (s.at for s in self.every if s.status != "draft" and s.at is not None)
        return min(at for at in moments if 0 <= at <= self.latest)

    @cached_property
    def by_service(self) -> Mapping[str, Sequence[Shipment]]:
        """What each service shipped, to any environment, by its name in small letters."""
        found: dict[str, list[Shipment]] = {}
        for shipment in self.every:
            found.setdefault(folded(shipment.service), []).append(shipment)
        return found

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Every service that shipped to the environment, named as its newest note does."""
        shipped = shipped_to(self.environment, self.every, until=self.until)
        newest = sorted(shipped, key=lambda s: (s.at or 0, s.note))
        names = {folded(shipment.service): shipment.service for shipment in newest}
        return tuple(names[name] for name in sorted(names))

    def recent(self, service: str | None = None) -> Stats | None:
        """The numbers of the last days, up to the newest deployment."""
        first = datetime.combine(_day(self.until) - timedelta(days=_DAYS), time(), UTC)
        return stats(
            self.of(service),
            environment=self.environment,
            service=service,
            since=first.timestamp(),
            until=self.until,
            first=self.first,
            latest=self.latest,
        )

    def of(self, service: str | None) -> Sequence[Shipment]:
        """What a service shipped, or all of them."""
        return self.every if service is None else self.by_service.get(folded(service), ())


def statistics_plans(edition: Edition) -> Iterator[Plan]:
    """The five metrics of all services together, and of each of them."""
    path = edition.places.inside("statistics")
    counted = edition.once(_counted)
    if counted is None:
        yield Plan(path, partial(_nothing, edition, path), nothing_else)
        return
    yield Plan(path, partial(_of_all, edition, counted, path), lambda: counted.every)
    for name in counted.services:
        path = _path(edition, name)
        yield Plan(
            path, partial(_of_one, edition, counted, path, name), partial(_depends, counted, name)
        )


def _depends(counted: _Counted, service: str) -> Iterator[object]:
    """A period starts with the first note of all services, and ends with their newest one."""
    yield from (service, counted.first, counted.until, counted.latest)
    yield from counted.by_service[folded(service)]


def _nothing(edition: Edition, path: str) -> Page:
    content = edition.rendered("site/statistics/nothing.html.j2", path, title=_TITLE)
    return _page(path, _TITLE, content)


def _of_all(edition: Edition, counted: _Counted, path: str) -> Page:
    found, names = counted.recent(), counted.services
    if found is None:
        return _nothing(edition, path)
    services = [_service(edition, name, found) for name in names] if len(names) > 1 else []
    return _statistics(edition, counted, found, path=path, services=services)


def _of_one(edition: Edition, counted: _Counted, path: str, service: str) -> Page:
    found = counted.recent(service)
    if found is None:
        return _nothing(edition, path)
    return _statistics(edition, counted, found, path=path, service=service)


def _statistics(
    edition: Edition,
    counted: _Counted,
    found: Stats,
    *,
    path: str,
    service: str | None = None,
    services: Sequence[_Service] = (),
) -> Page:
    title = _TITLE if service is None else f"{_TITLE} of {service or 'no service'}"
    content = edition.rendered(
        "site/statistics/page.html.j2",
        path,
        title=title,
        service=service,
        environment=counted.environment,
        days=between(_day(found.period.start), _day(found.period.end)),
        length=length(found),
        is_whole=found.is_whole,
        ends_with="deployment" if counted.services else "note",
        plot=_plot(counted, service),
        told=tuple(told(found.total, length(found))),
        nothing="" if found.total.deployments else nothing(found),
        columns=COLUMNS,
        services=services,
        total=row(found.total, "all")[1:],
        quarters=[(q.name, row(delivery(q.stats, service), q.name)[1:]) for q in counted.quarters],
        left_out=left_out(found),
        unsaid=UNSAID,
        whose=WHOSE,
        source=SOURCE,
    )
    return _page(path, title, content)


def _counted(edition: Edition) -> _Counted | None:
    """What shipped and until when; None when nothing has."""
    every = tuple(_shipment(edition, entry) for entry in edition.book.entries)
    latest = _newest(every)
    if latest is None:
        return None
    environment = edition.book.config.environment
    here = (s.at for s in shipped_to(environment, every, until=latest) if s.at is not None)
    until = max(here, default=latest)
    return _Counted(environment=environment, every=every, until=until, latest=latest)


def _shipment(edition: Edition, entry: Published) -> Shipment:
    """What a note says of its deployment; a version or number is one of its own repository."""
    made, source = edition.shipments[edition.numbers[entry.file]], entry.source
    if not source:
        return made
    version, deployment = (
        text if not text or "://" in text else f"{source}:{text}"
        for text in (made.version, made.deployment)
    )
    return made._replace(version=version, deployment=deployment)


def _newest(every: Sequence[Shipment]) -> float | None:
    """When the newest note shipped; one that slipped into another year does not count."""
    days = [day for shipment in every if (day := created_on(shipment.note))]
    last = min(max(days, default=_LAST), _LAST - _AHEAD) + _AHEAD
    end = datetime.combine(last + timedelta(days=1), time(), UTC).timestamp()
    moments = (s.at for s in every if s.status != "draft" and s.at is not None)
    return max((at for at in moments if 0 <= at < end), default=None)


def _quarters(every: Sequence[Shipment], environment: str, until: float) -> Iterator[_Quarter]:
    today = _day(until)
    number = 4 * today.year + (today.month - 1) // 3
    ends = [until, *(_starts(number - ago) for ago in range(_QUARTERS))]
    for ago, (end, start) in enumerate(pairwise(ends)):
        year, quarter = divmod(number - ago, 4)
        last = end if ago == 0 else math.nextafter(end, 0)
        found = stats(every, environment=environment, since=start, until=last)
        if found:
            so_far = "" if ago else ", so far"
            yield _Quarter(name=f"{year}, quarter {quarter + 1}{so_far}", stats=found)


def _starts(quarter: int) -> float:
    year, number = divmod(quarter, 4)
    return datetime(year, 3 * number + 1, 1, tzinfo=UTC).timestamp()


def _service(edition: Edition, name: str, found: Stats) -> _Service:
    cells = row(delivery(found, name), name)[1:]
    return _Service(name=name, path=_path(edition, name), cells=cells)


def _path(edition: Edition, service: str) -> str:
    return edition.places.inside("statistics", folder_name(folded(service)))


def _plot(counted: _Counted, service: str | None) -> Markup:
    """Deployments week by week, up to the newest one. Pages have no clock: this is their today."""
    shipped = shipped_to(counted.environment, counted.of(service), until=counted.until)
    every, bad = Counter[date](), Counter[date]()
    for deployment in deployments_of(shipped):
        every[_monday(deployment.at)] += 1
        bad[_monday(deployment.at)] += deployment.has_failed
    last = _monday(counted.until)
    mondays = [last - timedelta(weeks=ago) for ago in reversed(range(_WEEKS))]
    return activity_plot([Week(m, every[m], bad[m]) for m in mondays], noun="deployment")


def _monday(at: float) -> date:
    day = _day(at)
    return day - timedelta(days=day.weekday())


def _day(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def _page(path: str, title: str, content: str) -> Page:
    description = f"{title}: how often and how well changes ship."
    return listing(path, title, description=description, content=content)

"""Notes → how often and how well a service ships: DORA's five metrics, in their form of 2026.

Definitions: https://dora.dev/guides/dora-metrics/ (as of January 2026). A note is a change; notes
may share a deployment. What a note does not say is counted as not said, never as zero.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from changenote.model.facts import folded
from changenote.model.note import BAD_OUTCOMES, Note
from changenote.patterns import pattern
from changenote.records import record

DAY = 86400.0
WEEK = 7 * DAY

REASONS = ("drafts", "no_time", "no_environment", "other_environments")
"""Why a note is left out, beside having shipped before the period."""

_NUMBER = pattern(r"(?<!\d)(\d{1,15})/?(?:[?#].*)?$")


class Shipment(NamedTuple):
    """What a note says of its deployment; plain data, so that an index can keep it as a list.

    Times are seconds since 1970 (UTC).
    """

    note: str
    status: str
    service: str
    environment: str
    version: str
    deployment: str
    outcome: str
    planned: bool
    at: float | None
    restored_at: float | None
    first_commit_at: float | None
    pull_requests: Sequence[int]


@record
class Spread:
    """The median of `n` durations in seconds, and the middle half of them from `low` to `high`.

    All three are None when there is none; `missing` more are not known.
    """

    n: int
    missing: int
    median: float | None
    low: float | None
    high: float | None


@record
class Share:
    """`count` of `of`, and `unknown` of them more that may count or not.

    Failures are seldom forgotten and successes often, so what is not known must not be left out of
    the reckoning: it makes the share a range.
    """

    count: int
    of: int
    unknown: int

    @property
    def range(self) -> tuple[float, float] | None:
        """From none to all of the unknown ones, between 0 and 1; None when nothing is known."""
        if self.unknown == self.of:
            return None
        return self.count / self.of, (self.count + self.unknown) / self.of


@record
class Period:
    """From one instant up to another, in seconds since 1970."""

    start: float
    end: float

    @property
    def days(self) -> float:
        """Its length."""
        return (self.end - self.start) / DAY


@record
class Delivery:
    """How one service, or with `service` None all of them together, shipped in a period.

    `per_week` is None for less than a week; `between` has the times from one deployment to the
    next. Lead times are those of notes, recovery times those of failed deployments.
    """

    service: str | None
    notes: int
    deployments: int
    per_week: float | None
    between: Spread
    lead_time: Spread
    failed: Share
    recovery: Spread
    rework: Share


@record
class Stats:
    """What shipped in a period, by service and together, and what is left out for which reason.

    `is_whole` is false where the period starts only with the first note. `newest` is when the last
    deployment to the environment took place, in the period or before; `elsewhere` counts the notes
    about other environments, the most frequent one first.
    """

    environment: str
    period: Period
    is_whole: bool
    services: tuple[Delivery, ...]
    total: Delivery
    left_out: Mapping[str, int]
    elsewhere: Mapping[str, int]
    newest: float | None


@record
class Noted:
    """Merged pull requests: how many there are, have a note, have only a draft; the others."""

    merged: int
    noted: int
    drafted: int
    without: tuple[int, ...]


class Deployment(NamedTuple):
    """What notes of one deployment say together; times are seconds since 1970."""

    at: float
    is_known: bool
    has_failed: bool
    is_planned: bool
    restored_at: float | None


def shipment_of(note: Note) -> Shipment:
    """What a note says of its deployment."""
    shipped, source = note.shipped, note.source
    return Shipment(
        note=note.id,
        status=note.status,
        service=note.service or "",
        environment=(shipped and shipped.environment) or "",
        version=(shipped and shipped.version) or "",
        deployment=(shipped and shipped.deployment) or "",
        outcome=(shipped and shipped.outcome) or "",
        planned=shipped.planned if shipped else True,
        at=_seconds(shipped.at if shipped else None),
        restored_at=_seconds(shipped.restored_at if shipped else None),
        first_commit_at=_seconds(source.first_commit_at if source else None),
        pull_requests=_numbers(source.pull_requests if source else ()),
    )


def stats(
    every: Sequence[Shipment],
    *,
    environment: str,
    service: str | None = None,
    since: float | None = None,
    until: float,
    first: float | None = None,
    latest: float | None = None,
) -> Stats | None:
    """What shipped to an environment in a period; None when no note has shipped at all.

    The period starts with the first note at the earliest: what came before it was not noted.
    Drafts and notes without a time belong to no period: all of them are reported. `first` is when
    the first note shipped, where `every` has not all of them; `latest` is the last instant that a
    note can have shipped at, where that is not the end of the period.
    """
    latest = until if latest is None else latest
    moments = (s.at for s in every if _has_shipped(s, latest) and s.at is not None)
    first = min(moments, default=None) if first is None else first
    if first is None:
        return None
    period = Period(start=first if since is None else max(first, since), end=until)
    reasons: dict[str, list[Shipment]] = {}
    for shipment in every:
        if service is None or folded(shipment.service) == folded(service):
            why = _why_not(shipment, folded(environment), period, latest)
            reasons.setdefault(why, []).append(shipment)
    counted, earlier = reasons.get("", []), reasons.get("earlier", [])
    each = [_delivery(group[-1].service, group, period) for group in _by_service(counted)]
    return Stats(
        environment=environment,
        period=period,
        is_whole=since is not None and first <= since,
        services=tuple(each),
        total=_delivery(None, counted, period),
        left_out={why: len(reasons.get(why, ())) for why in REASONS},
        elsewhere=_frequencies(s.environment for s in reasons.get("other_environments", ())),
        newest=max((s.at for s in (*counted, *earlier) if s.at is not None), default=None),
    )


def delivery(found: Stats, service: str | None) -> Delivery:
    """The part of one service, or of all together; an empty one where it shipped nothing."""
    if service is None:
        return found.total
    own = (each for each in found.services if folded(each.service or "") == folded(service))
    return next(own, None) or _delivery(service, (), found.period)


def deployments_of(shipments: Iterable[Shipment]) -> list[Deployment]:
    """Distinct deployments, oldest first."""
    grouped: dict[tuple[str, ...], list[Shipment]] = {}
    for shipment in shipments:
        grouped.setdefault(_key(shipment), []).append(shipment)
    return sorted(map(_together, grouped.values()), key=attrgetter("at"))


def shipped_to(environment: str, every: Iterable[Shipment], *, until: float) -> list[Shipment]:
    """What shipped to an environment up to an instant, in whatever period."""
    name = folded(environment)
    return [s for s in every if _has_shipped(s, until) and folded(s.environment) == name]


def noted(merged: Iterable[int], every: Iterable[Shipment]) -> Noted:
    """Which of the merged pull requests have a note."""
    numbers = set(merged)
    with_note: set[int] = set()
    with_draft: set[int] = set()
    for shipment in every:
        (with_draft if shipment.status == "draft" else with_note).update(shipment.pull_requests)
    return Noted(
        merged=len(numbers),
        noted=len(numbers & with_note),
        drafted=len(numbers & with_draft - with_note),
        without=tuple(sorted(numbers - with_note - with_draft)),
    )


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _numbers(addresses: Iterable[str]) -> list[int]:
    return [int(match[1]) for address in addresses if (match := _NUMBER.search(address))]


def _has_shipped(shipment: Shipment, until: float) -> bool:
    """Did it, at a time that can be: neither in the future nor before 1970?"""
    return shipment.status != "draft" and shipment.at is not None and 0 <= shipment.at <= until


def _why_not(shipment: Shipment, environment: str, period: Period, latest: float) -> str:
    """Why a shipment does not count; empty when it does."""
    if shipment.status == "draft":
        return "drafts"
    if shipment.at is None or not _has_shipped(shipment, latest):
        return "no_time"
    is_here = folded(shipment.environment) == environment
    if shipment.at < period.start:
        return "earlier" if is_here else "earlier elsewhere"
    if not shipment.environment:
        return "no_environment"
    if not is_here:
        return "other_environments"
    return "" if shipment.at <= period.end else "later"


def _by_service(shipments: Iterable[Shipment]) -> Iterator[list[Shipment]]:
    """Groups of one service each, by its name."""
    grouped: dict[str, list[Shipment]] = {}
    for shipment in shipments:
        grouped.setdefault(folded(shipment.service), []).append(shipment)
    return (grouped[name] for name in sorted(grouped))


def _frequencies(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda counted: -counted[1]))


def _delivery(service: str | None, shipments: Sequence[Shipment], period: Period) -> Delivery:
    deployments = deployments_of(shipments)
    failed = [deployment for deployment in deployments if deployment.has_failed]
    known = sum(deployment.is_known for deployment in deployments)
    unplanned = sum(not deployment.is_planned for deployment in deployments)
    weeks = (period.end - period.start) / WEEK
    return Delivery(
        service=service,
        notes=len(shipments),
        deployments=len(deployments),
        per_week=len(deployments) / weeks if weeks >= 1 else None,
        between=_spread([later.at - earlier.at for earlier, later in pairwise(deployments)]),
        lead_time=_spread([_passed(s.first_commit_at, s.at) for s in shipments]),
        failed=Share(count=len(failed), of=len(deployments), unknown=len(deployments) - known),
        recovery=_spread([_passed(deployment.at, deployment.restored_at) for deployment in failed]),
        rework=Share(count=unplanned, of=len(deployments), unknown=0),
    )


def _key(shipment: Shipment) -> tuple[str, ...]:
    """What is equal for notes of one deployment: its address, else the version, else the time."""
    if shipment.deployment:
        return (shipment.deployment,)
    what = f"version {shipment.version}" if shipment.version else f"time {shipment.at}"
    return folded(shipment.service), folded(shipment.environment), what


def _together(notes: Sequence[Shipment]) -> Deployment:
    """One deployment from all that its notes say: the worst outcome, the latest recovery."""
    failed = [n for n in notes if n.outcome in BAD_OUTCOMES or n.status == "rolled_back"]
    return Deployment(
        at=min(note.at for note in notes if note.at is not None),
        is_known=bool(failed) or any(note.outcome for note in notes),
        has_failed=bool(failed),
        is_planned=all(note.planned for note in notes),
        restored_at=max((n.restored_at for n in notes if n.restored_at is not None), default=None),
    )


def _passed(start: float | None, end: float | None) -> float | None:
    """The time between two instants; None when one is missing, or they are the wrong way round."""
    return None if start is None or end is None or end < start else end - start


def _spread(durations: Sequence[float | None]) -> Spread:
    known = sorted(duration for duration in durations if duration is not None)
    low, middle, high = (_quantile(known, share) for share in (0.25, 0.5, 0.75))
    missing = len(durations) - len(known)
    return Spread(n=len(known), missing=missing, median=middle, low=low, high=high)


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """Between the two nearest values, in proportion (Hyndman & Fan 1996, type 7)."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])

"""How services ship, in words: for the terminal and for pages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from changenote.model.deployments import DAY, Delivery, Share, Spread, Stats

SOURCE = "https://dora.dev/guides/dora-metrics/"
UNSAID = (
    "What a note does not say is not known, never 0; only that a change was planned goes without "
    "saying."
)
WHOSE = "The metrics are those of DORA (2026), made for one service at a time:"

UNKNOWN = "not known"

COLUMNS = ("Service", "Deployed", "A week", "Lead time", "Failed", "Recovery", "Rework")
"""What `row` tells, beside the name."""

_HOUR, _MINUTE = 3600.0, 60.0
_ENOUGH = 4  # numbers, to speak of the half in the middle
_ROUND = 9.5  # from here on without a decimal
_MOST_PLACES = 5
_LEFT_OUT = {
    "drafts": "{} draft(s)",
    "no_time": "{} note(s) without a time of shipping that can be",
    "no_environment": "{} note(s) that name no environment",
    "other_environments": "{} note(s) about other environments",  # the last: names follow
}


class Told(NamedTuple):
    """One of the five metrics: its value, and what it means and rests on."""

    title: str
    value: str
    meaning: str


def row(of: Delivery, name: str) -> tuple[str, ...]:
    """The five metrics of a service in few characters, one text for each of `COLUMNS`."""
    return (
        name,
        str(of.deployments),
        UNKNOWN if of.per_week is None else f"{of.per_week:.1f}",
        _duration(of.lead_time.median),
        _of(of.failed),
        _duration(of.recovery.median) if of.failed.count else "",
        _of(of.rework),
    )


def told(of: Delivery, days: str) -> Iterator[Told]:
    """Each of the five metrics in words; `days` is the length of the period (`90 days`)."""
    yield Told("Deployment frequency", _frequency(of, days), _rests_on(of))
    yield Told(
        "Change lead time",
        _spread(of.lead_time),
        "From a change's first commit to the moment it shipped, by note."
        + _lacking(of.lead_time, "note", "no first commit before it"),
    )
    yield Told(
        "Change fail rate",
        _rate(of.failed),
        "Deployments that needed immediate intervention: outcome degraded or failed, or rolled "
        "back." + _without_outcome(of),
    )
    yield Told(
        "Failed deployment recovery time",
        _spread(of.recovery) if of.failed.count else "nothing failed, as far as is known",
        "From a deployment that failed to the moment when service was restored."
        + _lacking(of.recovery, "failed deployment", "no time of recovery"),
    )
    yield Told(
        "Deployment rework rate",
        _rate(of.rework),
        "Deployments that were not planned but answer an incident (`planned: false`). That a "
        "change was planned goes without saying.",
    )


def length(stats: Stats) -> str:
    """The length of the period in whole days, `90 days`."""
    return _counted(max(int(stats.period.days), 1), "day")


def nothing(stats: Stats) -> str:
    """Why there is no deployment, where there is none."""
    if stats.newest is None:
        return f"No note in this time says that it shipped to {stats.environment}."
    return f"No deployment in this time; the newest one was on {day(stats.newest)}"


def left_out(stats: Stats) -> str:
    """Which notes do not count and why; empty when all of them do."""
    counts = ((stats.left_out[why], words) for why, words in _LEFT_OUT.items())
    said = [words.format(count) for count, words in counts if count]
    if stats.elsewhere:
        names = list(stats.elsewhere)
        more = ", …" if len(names) > _MOST_PLACES else ""
        said[-1] += f" ({', '.join(names[:_MOST_PLACES])}{more})"
    return f"Not counted: {', '.join(said)}." if said else ""


def day(at: float) -> str:
    """The day of an instant, in UTC."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def have(count: int) -> str:
    """`has` or `have`."""
    return "has" if count == 1 else "have"


def _frequency(of: Delivery, days: str) -> str:
    said = f"{of.deployments} in {days}"
    if of.per_week is not None:
        said += f", {of.per_week:.1f} a week"
    return f"{said}; time between two: {_spread(of.between)}" if of.between.n > 1 else said


def _rests_on(of: Delivery) -> str:
    return (
        f"How often something new reaches its users. {_counted(of.notes, 'note')}; those that name "
        "the same deployment, or else the same version, are one."
    )


def _without_outcome(of: Delivery) -> str:
    unknown = of.failed.unknown
    if not unknown:
        return ""
    said = f" Of {_counted(of.deployments, 'deployment')} {unknown} {have(unknown)} no outcome"
    return f"{said}, hence the range." if of.failed.range else f"{said}."


def _lacking(of: Spread, noun: str, what: str) -> str:
    if not of.missing:
        return ""
    return f" Of {_counted(of.n + of.missing, noun)} {of.missing} {have(of.missing)} {what}."


def _spread(of: Spread) -> str:
    if of.median is None:
        return UNKNOWN
    said = f"median {_duration(of.median)}" if of.n > 1 else _duration(of.median)
    if of.n >= _ENOUGH and of.low != of.high:
        said += f", middle half {_duration(of.low)} to {_duration(of.high)}"
    return f"{said} (n = {of.n})"


def _rate(of: Share) -> str:
    if of.range is None:
        return UNKNOWN
    low, high = (f"{100 * end:.0f} %" for end in of.range)
    return f"{low} ({of.count} of {of.of})" if low == high else f"{low} to {high}"


def _of(of: Share) -> str:
    if of.range is None:
        return UNKNOWN
    return (
        f"{of.count} to {of.count + of.unknown} of {of.of}"
        if of.unknown
        else f"{of.count} of {of.of}"
    )


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return UNKNOWN
    for unit, size in (("days", DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= 1.5 * size:
            count = seconds / size
            return f"{count:.0f} {unit}" if count >= _ROUND else f"{count:.2g} {unit}"
    return f"{seconds:.0f} s"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"

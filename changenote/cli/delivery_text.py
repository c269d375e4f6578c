"""How services ship, as text for people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from textwrap import wrap

from changenote.cli.tables import table
from changenote.model.deployments import DAY, Delivery, Noted, Share, Spread, Stats

SOURCE = "https://dora.dev/guides/dora-metrics/"

_UNKNOWN = "not known"
_HOUR, _MINUTE = 3600.0, 60.0
_INDENT = "    "
_ENOUGH = 4  # numbers, to speak of the half in the middle
_ROUND = 9.5  # from here on without a decimal
_MOST_NAMED = 12  # pull requests without a note
_MOST_PLACES = 5
_LEFT_OUT = {
    "drafts": "{} draft(s)",
    "no_time": "{} note(s) without a time of shipping that can be",
    "no_environment": "{} note(s) that name no environment",
    "other_environments": "{} note(s) about other environments",  # the last: names follow
}


def heading(stats: Stats) -> str:
    """What is counted: `Deployments to production, 2026-08-24 to 2026-11-22 (90 days)`."""
    start, end = (_day(at) for at in (stats.period.start, stats.period.end))
    days = _days(stats)
    first = "" if stats.is_whole else ", since the first note"
    return f"Deployments to {stats.environment}, {start} to {end} ({days}{first})"


def delivery_lines(stats: Stats, width: int) -> Iterator[str]:
    """A row for each service, then each metric in words: its value, meaning and what is missing."""
    yield ""
    if not stats.total.deployments:
        yield from wrap(_nothing(stats), width)
        return
    several = len(stats.services) > 1
    rows = [_row(d, d.service or "(none)") for d in stats.services]
    rows += [_row(stats.total, "all")] if several else []
    headings = ("Service", "Deployed", "A week", "Lead time", "Failed", "Recovery", "Rework")
    yield from table(headings, rows, width=width)
    for title, value, meaning in _metrics(stats.total, _days(stats)):
        yield ""
        yield from wrap(f"{title}: {value}", width, subsequent_indent=_INDENT)
        yield from wrap(meaning, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def pull_request_lines(found: Noted | str, branch: str, width: int) -> Iterator[str]:
    """The share of merged pull requests that have a note, and those that have none."""
    yield ""
    said = f"Pull requests with a note: {_noted(found, branch)}"
    yield from wrap(said, width, subsequent_indent=_INDENT)
    if not isinstance(found, str) and found.merged:
        meaning = f"Of those merged into {branch} in this time, as its commits tell."
        if found.drafted:
            meaning += f" {found.drafted} more {_have(found.drafted)} a draft."
        if found.without:
            meaning += f" Without one: {_named(found.without)}."
        yield from wrap(meaning, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def footnotes(stats: Stats, width: int) -> Iterator[str]:
    """What was left out, and whose definitions these are."""
    yield ""
    counts = ((stats.left_out[why], words) for why, words in _LEFT_OUT.items())
    left_out = [words.format(count) for count, words in counts if count]
    if stats.elsewhere:
        names = list(stats.elsewhere)
        more = ", …" if len(names) > _MOST_PLACES else ""
        left_out[-1] += f" ({', '.join(names[:_MOST_PLACES])}{more})"
    if left_out:
        yield from wrap(f"Not counted: {', '.join(left_out)}.", width)
    said = "The metrics are those of DORA (2026), made for one service at a time:"
    yield from wrap(f"{said} {SOURCE}", width, break_on_hyphens=False)


def _nothing(stats: Stats) -> str:
    if stats.newest is None:
        elsewhere = f" Try --environment {next(iter(stats.elsewhere))}." if stats.elsewhere else ""
        return f"No note in this time says that it shipped to {stats.environment}.{elsewhere}"
    day = _day(stats.newest)
    return f"No deployment in this time; the newest one was on {day}: --since {day[:7]} shows it."


def _row(of: Delivery, name: str) -> tuple[str, ...]:
    return (
        name,
        str(of.deployments),
        _UNKNOWN if of.per_week is None else f"{of.per_week:.1f}",
        _duration(of.lead_time.median),
        _of(of.failed),
        _duration(of.recovery.median) if of.failed.count else "",
        _of(of.rework),
    )


def _metrics(of: Delivery, days: str) -> Iterator[tuple[str, str, str]]:
    """Each metric: its name, its value, and what it means and rests on."""
    yield "Deployment frequency", _frequency(of, days), _frequency_rests_on(of)
    yield (
        "Change lead time",
        _spread(of.lead_time),
        "From a change's first commit to the moment it shipped, by note."
        + _lacking(of.lead_time, "note", "no first commit before it"),
    )
    yield (
        "Change fail rate",
        _rate(of.failed),
        "Deployments that needed immediate intervention: outcome degraded or failed, or rolled "
        "back." + _without_outcome(of),
    )
    yield (
        "Failed deployment recovery time",
        _spread(of.recovery) if of.failed.count else "nothing failed, as far as is known",
        "From a deployment that failed to the moment when service was restored."
        + _lacking(of.recovery, "failed deployment", "no time of recovery"),
    )
    yield (
        "Deployment rework rate",
        _rate(of.rework),
        "Deployments that were not planned but answer an incident (`planned: false`). What a note "
        "does not call unplanned was planned.",
    )


def _frequency(of: Delivery, days: str) -> str:
    said = f"{of.deployments} in {days}"
    if of.per_week is not None:
        said += f", {of.per_week:.1f} a week"
    return f"{said}; from one to the next {_spread(of.between)}" if of.between.n > 1 else said


def _frequency_rests_on(of: Delivery) -> str:
    return (
        f"How often something new reaches its users. {_counted(of.notes, 'note')}; those that name "
        "the same deployment, or else the same version, are one."
    )


def _without_outcome(of: Delivery) -> str:
    unknown = of.failed.unknown
    if not unknown:
        return ""
    said = f" Of {_counted(of.deployments, 'deployment')} {unknown} {_have(unknown)} no outcome"
    return f"{said}, hence the range." if of.failed.range else f"{said}."


def _lacking(of: Spread, noun: str, what: str) -> str:
    if not of.missing:
        return ""
    return f" Of {_counted(of.n + of.missing, noun)} {of.missing} {_have(of.missing)} {what}."


def _spread(of: Spread) -> str:
    if of.median is None:
        return _UNKNOWN
    said = f"median {_duration(of.median)}" if of.n > 1 else _duration(of.median)
    if of.n >= _ENOUGH and of.low != of.high:
        said += f", half between {_duration(of.low)} and {_duration(of.high)}"
    return f"{said} (n = {of.n})"


def _rate(of: Share) -> str:
    if of.range is None:
        return _UNKNOWN
    low, high = (f"{100 * end:.0f} %" for end in of.range)
    return f"{low} ({of.count} of {of.of})" if low == high else f"{low} to {high}"


def _of(of: Share) -> str:
    if of.range is None:
        return _UNKNOWN
    return (
        f"{of.count} to {of.count + of.unknown} of {of.of}"
        if of.unknown
        else f"{of.count} of {of.of}"
    )


def _noted(found: Noted | str, branch: str) -> str:
    if isinstance(found, str):
        return f"{_UNKNOWN}, {found}"
    if not found.merged:
        return f"{_UNKNOWN}, the commits on {branch} name no pull request in this time"
    return f"{100 * found.noted / found.merged:.0f} % ({found.noted} of {found.merged})"


def _named(numbers: tuple[int, ...]) -> str:
    shown = [f"#{number}" for number in numbers[-_MOST_NAMED:]]
    more = len(numbers) - len(shown)
    return ", ".join(shown) + (f" and {more} older" if more else "")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return _UNKNOWN
    for unit, size in (("days", DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= 1.5 * size:
            count = seconds / size
            return f"{count:.0f} {unit}" if count >= _ROUND else f"{count:.2g} {unit}"
    return f"{seconds:.0f} s"


def _days(stats: Stats) -> str:
    """The length of the period in whole days."""
    return _counted(max(int(stats.period.days), 1), "day")


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"

"""How services ship, as text for people."""

from collections.abc import Iterator
from textwrap import wrap

from changenote.cli.reading.tables import table
from changenote.model.delivery_sentences import (
    COLUMNS,
    SOURCE,
    UNKNOWN,
    WHOSE,
    day,
    have,
    left_out,
    length,
    nothing,
    row,
    told,
)
from changenote.model.deployments import Noted, Stats

_INDENT = "    "
_MOST_NAMED = 12  # pull requests without a note


def heading(stats: Stats) -> str:
    """What is counted: `Deployments to production, 2026-08-24 to 2026-11-22 (90 days)`."""
    start, end = (day(at) for at in (stats.period.start, stats.period.end))
    first = "" if stats.is_whole else ", since the first note"
    return f"Deployments to {stats.environment}, {start} to {end} ({length(stats)}{first})"


def delivery_lines(stats: Stats, width: int) -> Iterator[str]:
    """A row for each service, then each metric in words: its value, meaning and what is missing."""
    yield ""
    if not stats.total.deployments:
        yield from wrap(_nothing(stats), width)
        return
    several = len(stats.services) > 1
    rows = [row(d, d.service or "(none)") for d in stats.services]
    rows += [row(stats.total, "all")] if several else []
    yield from table(COLUMNS, rows, width=width)
    for metric in told(stats.total, length(stats)):
        yield ""
        yield from wrap(f"{metric.title}: {metric.value}", width, subsequent_indent=_INDENT)
        yield from wrap(metric.meaning, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def pull_request_lines(found: Noted | str, branch: str, width: int) -> Iterator[str]:
    """The share of merged pull requests that have a note, and those that have none."""
    yield ""
    said = f"Pull requests with a note: {_noted(found, branch)}"
    yield from wrap(said, width, subsequent_indent=_INDENT)
    if not isinstance(found, str) and found.merged:
        meaning = f"Of those merged into {branch} in this time, as its commits tell."
        if found.drafted:
            meaning += f" {found.drafted} more {have(found.drafted)} a draft."
        if found.without:
            meaning += f" Without one: {_named(found.without)}."
        yield from wrap(meaning, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def footnotes(stats: Stats, width: int) -> Iterator[str]:
    """What was left out, and whose definitions these are."""
    yield ""
    yield from wrap(left_out(stats), width)
    yield from wrap(f"{WHOSE} {SOURCE}", width, break_on_hyphens=False)


def _nothing(stats: Stats) -> str:
    if stats.newest is not None:
        return f"{nothing(stats)}: --since {day(stats.newest)[:7]} shows it."
    elsewhere = f" Try --environment {next(iter(stats.elsewhere))}." if stats.elsewhere else ""
    return nothing(stats) + elsewhere


def _noted(found: Noted | str, branch: str) -> str:
    if isinstance(found, str):
        return f"{UNKNOWN}, {found}"
    if not found.merged:
        return f"{UNKNOWN}, the commits on {branch} name no pull request in this time"
    return f"{100 * found.noted / found.merged:.0f} % ({found.noted} of {found.merged})"


def _named(numbers: tuple[int, ...]) -> str:
    shown = [f"#{number}" for number in numbers[-_MOST_NAMED:]]
    more = len(numbers) - len(shown)
    return ", ".join(shown) + (f" and {more} older" if more else "")

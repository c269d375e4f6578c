"""`changenote stats`: how often and how well services ship."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from textwrap import wrap
from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.reading import library
from changenote.cli.reading.delivery_text import (
    delivery_lines,
    footnotes,
    heading,
    pull_request_lines,
)
from changenote.cli.reading.merged_pulls import Shipped, merged_and_noted
from changenote.errors import UsageProblem
from changenote.model.deployments import (
    Delivery,
    Noted,
    Share,
    Shipment,
    Spread,
    Stats,
    shipment_of,
    stats,
)
from changenote.model.facts import folded
from changenote.model.note import Note
from changenote.model.problems import did_you_mean
from changenote.model.query import day_meant
from changenote.store.project import Project
from changenote.store.tables import Kind

Data = dict[str, Any]


@click.command()
@click.option(
    "--since",
    default="90d",
    show_default=True,
    metavar="DAY",
    help="How far back: 90d, 12w, 6m, 1y, a day such as 2026-10-01, or `all`.",
)
@click.option("--service", metavar="NAME", help="Only this service.")
@click.option(
    "--environment", metavar="NAME", help="Only what reached it; the config's when left out."
)
@options.as_json
def command(since: str, service: str | None, environment: str | None, as_json: bool) -> int:
    """How often and how well services ship: the five metrics of DORA, from the notes.

    Deployment frequency, change lead time, change fail rate, failed deployment recovery time and
    deployment rework rate, each with what it means and what it rests on. What notes do not say is
    not known, never 0; only that a change was planned goes without saying. Days are days in UTC.
    Drafts do not count.
    """
    now = datetime.now(UTC)
    start = _start(since, now.date())
    project = options.project_with_notes()
    noted = _shipped(project)
    every = [one.shipment for one in noted]
    found = stats(
        every,
        environment=environment or project.config.environment,
        service=_known_service(service, every),
        since=start,
        until=now.timestamp(),
    )
    if found is None:
        console.notice("No note has shipped yet.")
        if as_json:
            console.data(None)
        return 0
    pull_requests = merged_and_noted(project, found.period, noted) if service is None else None
    if as_json:
        console.data(_plain(found, pull_requests))
    else:
        _print(found, pull_requests, project.config.default_branch)
    library.say_whose(project)
    return 0


def _start(since: str, today: date) -> float | None:
    """The instant that a period starts; None for all of time."""
    text = since.strip().lower()
    if text == "all":
        return None
    day = day_meant(f"-{text}" if text.endswith(("d", "w", "m", "y")) else text, today)
    if day is None:
        raise UsageProblem(
            f"--since {since!r} is no day",
            expected="90d, 12w, 6m, 1y, 2026-10-01, 2026-10, 2026 or all",
            hint="changenote stats --since 90d",
        )
    return datetime.combine(day, time(), UTC).timestamp()


def _shipped(project: Project) -> list[Shipped]:
    rows = library.of_every_note(project, library.Column(Kind(name="shipment"), _row))
    return [Shipped(Shipment(*fields), base, head) for *fields, base, head in rows.values()]


def _row(note: Note, _file: str) -> list[Any]:
    source = note.source
    ends = (source.base, source.head) if source else (None, None)
    return [*shipment_of(note), *ends]


def _known_service(service: str | None, every: Sequence[Shipment]) -> str | None:
    """The same service. Raises `UsageProblem` when no note is about it."""
    services = sorted({shipment.service for shipment in every if shipment.service})
    if service is None or folded(service) in map(folded, services):
        return service
    raise UsageProblem(
        f"no note is about a service {service!r}",
        expected="a service that notes name",
        hint=did_you_mean(service, services) or "`changenote stats` shows all services.",
    )


def _print(found: Stats, pull_requests: Noted | str | None, branch: str) -> None:
    width = console.width()
    for line in wrap(heading(found), width):
        console.styled(line, bold=True)
    for line in delivery_lines(found, width):
        console.out(line)
    if pull_requests is not None:
        for line in pull_request_lines(pull_requests, branch, width):
            console.out(line)
    for line in footnotes(found, width):
        console.out(line)


def _plain(found: Stats, pull_requests: Noted | str | None) -> Data:
    return {
        "environment": found.environment,
        "since": _moment(found.period.start),
        "until": _moment(found.period.end),
        "since_first_note": not found.is_whole,
        "services": [_delivery(delivery) for delivery in found.services],
        "total": _delivery(found.total),
        "pull_requests": _noted(pull_requests),
        "not_counted": dict(found.left_out),
    }


def _delivery(of: Delivery) -> Data:
    return {
        "service": of.service,
        "notes": of.notes,
        "deployments": of.deployments,
        "deployments_per_week": of.per_week,
        "seconds_between_deployments": _spread(of.between),
        "change_lead_time_seconds": _spread(of.lead_time),
        "change_fail_rate": _share(of.failed),
        "failed_deployment_recovery_time_seconds": _spread(of.recovery),
        "deployment_rework_rate": _share(of.rework),
    }


def _spread(of: Spread) -> Data:
    return {"median": of.median, "low": of.low, "high": of.high, "n": of.n, "missing": of.missing}


def _share(of: Share) -> Data:
    low, high = of.range or (None, None)
    return {"low": low, "high": high, "count": of.count, "of": of.of, "unknown": of.unknown}


def _noted(of: Noted | str | None) -> Data | None:
    if of is None:
        return None
    if isinstance(of, str):
        return {"unknown": of}
    return {
        "merged": of.merged,
        "with_note": of.noted,
        "with_draft": of.drafted,
        "without": list(of.without),
    }


def _moment(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")

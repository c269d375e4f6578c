"""`changenote stats`: how often and how well services ship."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from textwrap import wrap
from typing import Any

import click

from changenote import git
from changenote.capture.subjects import pull_request_number
from changenote.cli import console, library, options
from changenote.cli.delivery_text import delivery_lines, footnotes, heading, pull_request_lines
from changenote.errors import GitFailed, NotARepository, UnknownRevision, UsageProblem
from changenote.model.deployments import (
    DAY,
    Delivery,
    Noted,
    Period,
    Share,
    Shipment,
    Spread,
    Stats,
    noted,
    shipment_of,
    stats,
)
from changenote.model.facts import folded
from changenote.model.note import Note
from changenote.model.problems import did_you_mean
from changenote.model.query import day_meant
from changenote.store.library import Kind
from changenote.store.project import Project

Data = dict[str, Any]

_EARLIEST = 365 * DAY  # git takes the first days of its calendar for today


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
    not known, never 0. Days are days in UTC. Drafts do not count.
    """
    now = datetime.now(UTC)
    start = _start(since, now.date())
    project = options.project_with_notes()
    every = _shipments(project)
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
    pull_requests = _pull_requests(project, found, every) if service is None else None
    if as_json:
        console.data(_plain(found, pull_requests))
    else:
        _print(found, pull_requests, project.config.default_branch)
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


def _shipments(project: Project) -> list[Shipment]:
    rows = library.of_every_note(project, library.Column(Kind(name="shipment"), _row))
    return [Shipment(*fields) for fields in rows.values()]


def _row(note: Note, _file: str) -> list[Any]:
    return list(shipment_of(note))


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


def _pull_requests(project: Project, found: Stats, every: Sequence[Shipment]) -> Noted | str:
    """Which merged pull requests have a note, or why that is not known."""
    branch = project.config.default_branch
    if not project.is_repository:
        return "this is no git repository"
    try:
        root = git.root_around(project.root)
        head = _head(branch, root)
        if head is None:
            return f"there is no branch {branch} (`default_branch` in the config names it)"
        if git.is_shallow(root):
            return "this clone is shallow, older commits are missing"
        return noted(_numbers(project, root, head, found.period), every)
    except (GitFailed, NotARepository) as error:
        return error.what


def _head(branch: str, root: Path) -> str | None:
    """The last commit of a branch, here or where it was fetched from."""
    for name in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"):
        with suppress(UnknownRevision):
            return git.commit_id(name, root)
    return None


def _numbers(project: Project, root: Path, head: str, period: Period) -> tuple[int, ...]:
    """Pull requests that touched more than notes, from the first day of the period on.

    From its first minute on would leave out those that were merged just before the first deploy.
    """
    start = datetime.fromtimestamp(max(period.start, _EARLIEST), UTC)
    inside = project.root.resolve().relative_to(root.resolve())
    commits = git.commits(
        None,
        head,
        root,
        first_parent=True,
        outside=(inside / project.notes.name).as_posix(),
        since=datetime.combine(start, time(), UTC),
    )
    found = (pull_request_number(commit.subject, commit.body) for commit in commits)
    return tuple(number for number in found if number is not None)


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

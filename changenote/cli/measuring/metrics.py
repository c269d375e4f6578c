"""`changenote metrics`: every metric over all notes."""

from collections.abc import Sequence
from importlib import import_module
from textwrap import wrap
from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.measuring.history_text import heading, history_lines, summary_lines
from changenote.cli.reading import library
from changenote.errors import UsageProblem
from changenote.model.facts import folded
from changenote.model.history import Change, History, Point, changes, histories, named, points_of
from changenote.model.history_sentences import GAP
from changenote.model.note import Note
from changenote.model.problems import did_you_mean
from changenote.store.project import Project
from changenote.store.tables import Kind

Data = dict[str, Any]

_COMMANDS = {"show": __name__, "add": "changenote.cli.measuring.metrics_add"}
_MOST_NAMED = 8


class MetricsGroup(click.Group):
    """A group that shows metrics unless told otherwise; its commands are imported when used."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, where `metrics NAME` means `metrics show NAME`."""
        if not args or args[0] not in (*_COMMANDS, *ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The command that is meant without a word comes first."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now."""
        if cmd_name not in _COMMANDS:
            return None
        found: click.Command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return found


@click.command(
    cls=MetricsGroup,
    epilog="Without one of these words `show` is meant: `changenote metrics GET /cart p95`.",
)
def command() -> None:
    """Show metrics over all notes, or add one to a note."""


@click.command()
@click.argument("name", nargs=-1, metavar="[NAME]...")
@click.option("--service", metavar="NAME", help="Only metrics of this service.")
@options.as_json
def show(name: tuple[str, ...], service: str | None, as_json: bool) -> int:
    """List all metrics, or show all notes that have one.

    NAME is the name of a metric, or a part of it. A gap is where a note found a metric more than
    10 % away from where the note before had left it: something changed that nobody wrote down.
    From 10 points on, change points tell from which note on a metric has another level. Drafts do
    not count.
    """
    every = _histories(options.project_with_notes())
    among = _of_service(every, service) if service is not None else every
    if not name:
        return _print_all(among, as_json)
    return _print_one(_meant(" ".join(name), among), as_json)


def _histories(project: Project) -> list[History]:
    rows = library.of_every_note(project, library.Column(Kind(name="points"), _row))
    points = [Point(*fields) for row in rows.values() for fields in row]
    drafts = {point.note for point in points if point.status == "draft"}
    if drafts:
        console.notice(f"{len(drafts)} draft(s) with metrics are not counted.")
    return histories(point for point in points if point.status != "draft")


def _row(note: Note, _file: str) -> list[list[Any]]:
    return [list(point) for point in points_of(note)]


def _of_service(every: Sequence[History], service: str) -> list[History]:
    found = [history for history in every if folded(history.service) == folded(service)]
    if every and not found:
        services = sorted({history.service for history in every if history.service})
        raise UsageProblem(
            f"no metric of a service {service!r}",
            expected=f"one of {_listed(services)}",
            hint=did_you_mean(service, services) or "`changenote metrics` lists all metrics.",
        )
    return found


def _meant(name: str, among: Sequence[History]) -> list[History]:
    """The metric that a name means: several only where its units cannot be converted."""
    found = named(name, among)
    names = sorted({history.name for history in found})
    services = sorted({history.service for history in found})
    if not found:
        raise _unknown(name, among)
    if len({folded(each) for each in names}) > 1:
        raise UsageProblem(
            f"{len(names)} metrics have {name!r} in their name",
            expected=f"one of {_listed(names)}",
            hint="Write more of the name.",
        )
    if len(services) > 1:
        raise UsageProblem(
            f"{len(services)} services have a metric {names[0]!r}",
            expected=f"--service with one of {_listed(services)}",
            hint=f"changenote metrics {names[0]} --service {services[-1]}",
        )
    return found


def _unknown(name: str, among: Sequence[History]) -> UsageProblem:
    return UsageProblem(
        f"no note has a metric {name!r}",
        expected="the name of a metric, or a part of it",
        hint=did_you_mean(name, {history.name for history in among})
        or "`changenote metrics` lists all metrics.",
    )


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name) for name in names[:_MOST_NAMED]]
    more = [f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    return ", ".join(shown + more)


def _print_all(found: Sequence[History], as_json: bool) -> int:
    if as_json:
        console.data([_summary(history) for history in found])
        return 0
    if not found:
        console.notice("No note has a metric yet. `changenote metrics add ID` adds one.")
        return 0
    for line in summary_lines(found, console.width()):
        console.out(line)
    if any(history.count("moved") for history in found):
        console.notice(f"{GAP} `changenote metrics NAME` shows where.")
    return 0


def _print_one(found: Sequence[History], as_json: bool) -> int:
    every = [(history, changes(history)) for history in found]
    if as_json:
        console.data([_whole(*each) for each in every])
        return 0
    for number, (history, changed) in enumerate(every):
        if number:
            console.out()
        for line in wrap(heading(history), console.width()):
            console.styled(line, bold=True)
        console.out()
        for line in history_lines(history, changed, console.width()):
            console.out(line)
    return 0


def _summary(history: History) -> Data:
    last = history.points[-1]
    return {
        "name": history.name,
        "service": history.service or None,
        "unit": history.unit,
        "better": history.better,
        "points": len(history.points),
        "last": {"id": last.note, "at": _moment(last), "value": last.left, "verdict": last.verdict},
        "moved": history.count("moved"),
        "measured_differently": history.count("measured_differently"),
    }


def _whole(history: History, changed: Sequence[Change]) -> Data:
    pairs = zip(history.points, history.remarks, strict=True)
    points = [
        {
            "id": point.note,
            "title": point.title,
            "status": point.status,
            "at": _moment(point),
            "before": point.before,
            "after": point.after,
            "n_before": point.n_before,
            "n_after": point.n_after,
            "verdict": point.verdict,
            "says": point.says,
            "conditions": dict(point.conditions),
            "remark": {"kind": remark.kind, "says": remark.says} if remark else None,
        }
        for point, remark in pairs
    ]
    return {
        **_summary(history),
        "points": points,
        "change_points": [_change(change) for change in changed],
    }


def _change(change: Change) -> Data:
    return {
        "id": change.point.note,
        "at": _moment(change.point),
        "before": change.found.before,
        "after": change.found.after,
        "p": change.found.p,
        "measured_differently": change.measured_differently or None,
    }


def _moment(point: Point) -> str:
    return point.at.replace("+00:00", "Z")

"""`changenote baseline`: measure before the deploy, so that a before exists later."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.capture import baselines
from changenote.capture.baselines import Baseline
from changenote.cli import console, options
from changenote.cli.measuring import baseline_sides as sides
from changenote.cli.measuring import metric_options, metric_telling, runs
from changenote.cli.reading.note_text import age
from changenote.errors import ChangenoteError, UsageProblem
from changenote.model.ranks import median
from changenote.store import notes
from changenote.store.project import find_project

Data = dict[str, Any]

_COMMAND = "changenote.command"


class _WithCommand(click.Command):
    """A command that takes another one after `--`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the words after `--` put aside."""
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[_COMMAND] = tuple(args[end + 1 :])
        return super().parse_args(ctx, args[:end])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """As click does, with the command after `--`."""
        return [*super().collect_usage_pieces(ctx), "[-- CMD...]"]


_NAME = click.argument("name", metavar="NAME")
_FILES = click.argument("files", nargs=-1, metavar="[FILES]...", type=click.Path(path_type=Path))


class _InOrder(click.Group):
    """A group whose commands are listed in the order of their use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """As they stand in this module."""
        return list(self.commands)


@click.group(cls=_InOrder)
def command() -> None:
    """Measure before the deploy: a "before" that was not measured cannot be had later."""


@command.command(cls=_WithCommand)
@_NAME
@_FILES
@runs.making_runs(default=5, fewest=1)
@runs.taking_numbers
@metric_options.naming_a_metric
@click.pass_context
def save(ctx: click.Context, /, name: str, files: tuple[Path, ...], **given: Any) -> int:
    """Keep the numbers of a command's runs, or copies of result files.

    Before the deploy: `changenote baseline save cart -- ./bench.sh`. After it: `changenote
    baseline after cart`. Kept under NAME in the repository's .git folder, on this machine only.
    """
    root, wanted = git.root_around(Path.cwd()), runs.Wanted(**given)
    argv: tuple[str, ...] = ctx.meta[_COMMAND]
    _refuse_both(argv, files)
    if not argv and not files:
        raise UsageProblem(
            "nothing to measure",
            expected="a command after --, or result files",
            hint=f"For example: changenote baseline save {sides.quoted(name)} -- ./bench.sh",
        )
    metric_options.understood({"name": name})
    baselines.refuse_taken(root, name)
    baseline = sides.blank(name, wanted, root)
    if files:
        baseline = baselines.save_files(root, baseline, files)
    else:
        baseline = sides.measured(baseline, argv, wanted)
        _save_numbers(root, baseline)
    console.out(f"{baseline.name}: {_what(baseline)}")
    how = "" if baseline.values else " FILES..."
    again = sides.quoted(baseline.name)  # without the secret that the name may have held
    console.notice(f"After the deploy: changenote baseline after {again}{how}")
    return 0


@command.command(cls=_WithCommand)
@_NAME
@_FILES
@runs.making_runs(default=None, fewest=1, counted="How many runs; as many as before if not said.")
@metric_options.describing_a_metric
@click.option("--select", multiple=True, metavar="NAME", help="Of result files: this series only.")
@click.option("--column", metavar="NAME", help="Of CSV files: the column with the numbers.")
@click.option("--unit", metavar="UNIT", help="Of result files that do not tell their unit.")
@click.option("--into", metavar="ID", help="Add the metric to this note.")
@options.as_json
@click.pass_context
def after(
    ctx: click.Context,
    /,
    name: str,
    files: tuple[Path, ...],
    select: tuple[str, ...],
    column: str | None,
    unit: str | None,
    into: str | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Measure again after the deploy, and compare with the baseline.

    Without a command, the one of the baseline is run again. The metric is kept for the next note,
    or added to one with --into.
    """
    project, root = find_project(Path.cwd()), git.root_around(Path.cwd())
    baseline = baselines.named(root, name)
    argv: tuple[str, ...] = ctx.meta[_COMMAND]
    _refuse_both(argv, files)
    _refuse_other_kind(baseline, files)
    if into is not None:
        notes.find(project, into)
    if baseline.files:
        of_files = {"select": select, "column": column, "unit": unit}
        metrics, remarks = sides.imported(root, baseline, files, given, of_files)
    else:
        metrics, remarks = [sides.again(root, baseline, argv, sides.like(baseline, given))], []
    remarks = [*sides.moved(baseline), *remarks]
    yields = not given["primary"]
    file = metric_telling.place(metrics, root=root, project=project, into=into, yields=yields)
    if as_json:
        told = [metric_telling.plain(metric) for metric in metrics]
        console.data({"metrics": told, "remarks": remarks, "note": file})
    else:
        _print_compared(metrics, file, remarks)
    return 0


@command.command("list")
@options.as_json
def list_(as_json: bool) -> int:
    """The baselines of this repository, oldest first."""
    root = git.root_around(Path.cwd())
    every = baselines.saved(root)
    if as_json:
        console.data([_plain(one) for one in every])
        return 0
    now = datetime.now(UTC)
    for one in every:
        console.out(f"{one.name}: {_what(one)}, {age(one.at, now)}")
    if not every:
        console.notice("No baselines. `changenote baseline save NAME -- CMD` makes one.")
    for folder in baselines.unreadable(root):
        console.notice(f"{folder} cannot be understood; delete it if it is not needed.")
    return 0


@command.command()
@_NAME
@options.as_json
def show(name: str, as_json: bool) -> int:
    """What a baseline holds, and how it was measured."""
    baseline = baselines.named(git.root_around(Path.cwd()), name)
    if as_json:
        console.data(_plain(baseline))
        return 0
    console.out(f"{baseline.name}: {_what(baseline)}")
    for label, text in _facts(baseline):
        if text:
            console.out(f"  {label:<10} {text}")
    return 0


@command.command()
@_NAME
def drop(name: str) -> int:
    """Delete a baseline."""
    baselines.drop(git.root_around(Path.cwd()), name)
    console.notice(f"The baseline {name} is deleted.")
    return 0


def _refuse_both(argv: Sequence[str], files: Sequence[Path]) -> None:
    if argv and files:
        raise UsageProblem(
            "both result files and a command",
            expected="either files, or a command after --",
            hint="Save two baselines, one of each.",
        )


def _refuse_other_kind(baseline: Baseline, files: Sequence[Path]) -> None:
    """A baseline of numbers is compared with runs, one of files with files."""
    if baseline.values and files:
        raise UsageProblem(
            f"the baseline {baseline.name!r} holds the runs of a command, no result files",
            expected="a command after --, or nothing to run the same again",
            hint=f"changenote baseline after {sides.quoted(baseline.name)}",
        )
    if baseline.files and not files:
        raise UsageProblem(
            f"the baseline {baseline.name!r} holds result files",
            expected="result files of the same kind, measured after the deploy",
            hint=f"changenote baseline after {sides.quoted(baseline.name)} FILES...",
        )


def _save_numbers(root: Path, baseline: Baseline) -> None:
    """Save what was measured; where that cannot be, show it, because a before cannot be had later.

    Raises what `baselines.save` raises.
    """
    try:
        baselines.save(root, baseline)
    except ChangenoteError as error:
        error.retry = f"{error.retry}; what was measured stands above"
        unit = baseline.unit or "s"
        line = {"name": baseline.name, "unit": unit, "before": baseline.values}
        console.notice(metric_telling.as_line(line))
        raise


def _what(baseline: Baseline) -> str:
    """What a baseline holds, in a few words."""
    if baseline.files:
        names = ", ".join(file.path for file in baseline.files[:3])
        more = len(baseline.files) - 3
        return f"{names}{f' and {more} more' if more > 0 else ''}"
    count = len(baseline.values)
    middle = runs.shown(median(baseline.values), baseline.unit)
    return f"{count} run{'s' * (count != 1)}, median {middle}"


def _facts(baseline: Baseline) -> list[tuple[str, str]]:
    conditions = ", ".join(f"{key}: {value}" for key, value in baseline.conditions.items())
    values = ", ".join(runs.shown(value, baseline.unit) for value in baseline.values)
    return [
        ("measured", f"{baseline.at:%Y-%m-%d %H:%M} UTC on {baseline.host}"),
        ("commit", baseline.commit or ""),
        ("command", baseline.command or ""),
        ("prepare", baseline.prepare or ""),
        ("folder", baseline.run_in if baseline.command else ""),
        ("conditions", conditions),
        ("runs", values),
        *(("file", f"{file.path}  sha256 {file.sha256[:12]}") for file in baseline.files),
    ]


def _plain(baseline: Baseline) -> Data:
    """A baseline for programs, with the names of its fields."""
    return {**asdict(baseline), "at": baseline.at.isoformat().replace("+00:00", "Z")}


def _print_compared(metrics: Sequence[Data], file: str | None, remarks: Sequence[str]) -> None:
    for metric in map(metric_options.understood, metrics):
        for line in metric_telling.summary_lines(metric):
            console.out(line)
    for remark in remarks:
        console.notice(remark)
    metric_telling.say_where(file)
    for metric in map(metric_options.understood, metrics):
        metric_telling.say_what_lacks(metric)

"""`changenote metrics add`: numbers from the command line or from result files, into a note."""

from collections.abc import Mapping, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Any

import click

from changenote.capture import metrics as lines_of_metrics
from changenote.capture.draft import cleaned
from changenote.capture.results import metrics_from
from changenote.cli import console, options
from changenote.cli.measuring import metric_options, metric_telling, runs
from changenote.errors import UsageProblem
from changenote.model.units import converted
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import notes
from changenote.store.project import find_project

Data = dict[str, Any]
Numbers = tuple[tuple[float, ...], str | None]

_FORM = "such as 'GET /cart p95: 840 ms -> 318 ms'"
_FILE_ENDING = pattern(r"\.[A-Za-z]\w*$")


class _WithFiles(click.Command):
    """A command whose --before and --after take all files that a shell makes of a pattern."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; what is no file is the note's id, or a line."""
        sides = ("--before", "--after")
        spread = options.spread(args, sides, belongs=lambda word: Path(word).exists())
        return super().parse_args(ctx, spread)


@click.command(cls=_WithFiles)
@options.note_id()
@click.argument("lines", nargs=-1, metavar="[LINE]...")
@metric_options.describing_a_metric
@click.option("--unit", metavar="UNIT", help="The unit of the numbers, or the one to turn them to.")
@click.option(
    "--before",
    multiple=True,
    metavar="NUMBERS|FILE",
    help="'840,812 ms', one number per run, or a result file. Can be repeated, can be a pattern.",
)
@click.option("--after", multiple=True, metavar="NUMBERS|FILE", help="The same, after the change.")
@click.option(
    "--order",
    type=click.Choice(["sequential", "unknown"]),
    help="How the runs followed each other; only `changenote measure` can say interleaved.",
)
@click.option("--deterministic", is_flag=True, help="The same on every run: a size, a count.")
@click.option("--select", multiple=True, metavar="NAME", help="Of result files: this series only.")
@click.option("--column", metavar="NAME", help="Of CSV files: the column with the numbers.")
@options.dry_run
@options.as_json
def add(name: str, lines: tuple[str, ...], dry_run: bool, as_json: bool, **given: Any) -> int:
    """Add metrics to a note, in words or with --before and --after.

    In words: `changenote metrics add k3f9xq 'GET /cart p95: 840 ms -> 318 ms'`. ID is an id, or the
    start or end of one. Numbers that were typed are as good as who typed them; `changenote measure`
    makes better ones.
    """
    project = find_project(Path.cwd())
    notes.find(project, name)
    asked = Asked(**given)
    found, remarks = _metrics(asked, lines, project.root)
    metrics = [_checked(cleaned(asked.applied_to(metric))) for metric in found]
    updated = metric_telling.add_to_note(
        project, name, metrics, dry_run=dry_run, yields=not asked.primary
    )
    if as_json:
        told = [metric_telling.plain(metric) for metric in metrics]
        console.data({"metrics": told, "remarks": remarks, "note": updated.file})
    else:
        (console.raw if dry_run else console.out)(updated.diff() if dry_run else updated.file)
        _print(metrics, remarks)
    return 0


def _checked(metric: Data) -> Data:
    """The metric's data, once it is known that a verdict can be worked out from it."""
    if not metric.get("better"):
        raise runs.no_direction(metric["name"])
    metric_options.understood(metric)
    return metric


def _print(metrics: Sequence[Data], remarks: Sequence[str]) -> None:
    for metric in map(metric_options.understood, metrics):
        for line in metric_telling.verdict_lines(metric):
            console.out(line)
        metric_telling.say_what_lacks(metric)
    for remark in remarks:
        console.notice(remark)


@record
class Asked:
    """The options, as they were given."""

    called: str | None
    better: Any
    primary: bool
    target: metric_options.Target | None
    conditions: Mapping[str, str]
    sample: str | None
    unit: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    order: str | None
    deterministic: bool
    select: tuple[str, ...]
    column: str | None

    def applied_to(self, metric: Data) -> Data:
        """A metric's data with what the options say of it."""
        told = {
            "better": self.better,
            "primary": self.primary,
            "deterministic": self.deterministic,
            "sample": self.sample,
            "order": self.order,
            "conditions": {**metric.get("conditions", {}), **self.conditions},
        }
        known = {**metric, **{key: value for key, value in told.items() if value}}
        return metric_options.with_target(known, self.target)


def _metrics(asked: Asked, lines: Sequence[str], root: Path) -> tuple[list[Data], list[str]]:
    """The metrics' data, and what to know about them."""
    if bool(lines) == bool(asked.before or asked.after):
        raise UsageProblem(
            "a metric twice" if lines else "no numbers",
            expected=f"either a line {_FORM}, or --before and --after",
            hint="`changenote metrics add --help` shows both.",
        )
    if lines:
        return [_of_line(line) for line in lines], []
    before, after = ([_side(text) for text in side] for side in (asked.before, asked.after))
    are_numbers = {isinstance(one, tuple) for one in (*before, *after)}
    if are_numbers == {True}:
        return [_of_numbers(asked, before, after)], []
    if are_numbers == {False}:
        return _of_files(asked, before, after, root)
    raise UsageProblem(
        "numbers on one side and files on the other",
        expected="numbers on both sides, or result files on both",
        hint="Write the numbers of both sides by hand, or find the missing file.",
    )


def _of_line(line: str) -> Data:
    metric = lines_of_metrics.parse_metric(line)
    if metric is None:
        raise UsageProblem(
            f"{line!r} is no metric",
            expected=f"a line {_FORM}",
            hint="With --name, --before and --after each part is given on its own.",
        )
    return metric


def _side(text: str) -> Numbers | list[Path]:
    """The numbers, or the paths of files, that stand behind --before or --after."""
    path = Path(text)
    if path.exists():
        return [path]
    if has_magic(text):
        found = glob(text, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
        return sorted(map(Path, found)) or [path]
    numbers = None if _FILE_ENDING.search(text) else lines_of_metrics.parse_numbers(text)
    return numbers or [path]


def _of_numbers(asked: Asked, before: Sequence[Any], after: Sequence[Any]) -> Data:
    if not (before and after and asked.called):
        raise UsageProblem(
            "a metric needs a name and numbers on both sides",
            expected="--name, --before and --after",
            hint=f"Or a line {_FORM}.",
        )
    units = [asked.unit, *(unit for _, unit in (*reversed(after), *reversed(before)))]
    unit = next((unit for unit in units if unit), None)
    return lines_of_metrics.metric_from(
        asked.called, _in_unit(before, unit), _in_unit(after, unit), unit
    )


def _in_unit(side: Sequence[Numbers], unit: str | None) -> tuple[float, ...]:
    """All numbers of a side in one unit; those without any are in the one that the side tells."""
    every: tuple[float, ...] = ()
    told = next((own for _, own in side if own), unit)
    for numbers, own in side:
        same = converted(numbers, own or told, unit)
        if same is None:
            raise UsageProblem(
                f"{own or told} cannot be turned into {unit}",
                expected="units of one kind",
                hint="Give both sides in the same unit.",
            )
        every += same
    return every


def _of_files(
    asked: Asked, before: Sequence[Any], after: Sequence[Any], root: Path
) -> tuple[list[Data], list[str]]:
    found = metrics_from(
        [path for paths in before for path in paths],
        [path for paths in after for path in paths],
        root=root,
        name=asked.called,
        select=asked.select,
        column=asked.column,
        unit=asked.unit,
        better=asked.better,
    )
    return list(found.metrics), list(found.remarks)

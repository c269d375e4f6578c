"""`changenote measure`: old against new in turns, the surest numbers a note can have."""

from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.capture.draft import cleaned
from changenote.capture.measuring import (
    FEWEST_PAIRS,
    Method,
    Side,
    alternating,
    argv_of,
    by_side,
    metric_of,
)
from changenote.capture.outputs import one_line
from changenote.cli import console, options
from changenote.cli.measuring import metric_options, metric_telling, runs
from changenote.store import notes
from changenote.store.project import find_project

Data = dict[str, Any]


@click.command()
@click.option("--before", metavar="CMD", required=True, help="Runs the old version.")
@click.option("--after", metavar="CMD", required=True, help="Runs the new version.")
@runs.making_runs(default=10, fewest=FEWEST_PAIRS, counted="How many pairs of runs.")
@runs.taking_numbers
@metric_options.describing_a_metric
@click.option("--into", metavar="ID", help="Add the metric to this note.")
@options.as_json
def command(before: str, after: str, into: str | None, as_json: bool, **given: Any) -> int:
    """Measure old against new, in turns: before, after, after, before …

    A machine that warms up or gets busy then slows both alike. The number of a run is its wall
    time, or what it prints (--unit, --read). The metric is kept for the next note, or added to
    one with --into. A run that fails stops it all, and nothing is written.
    """
    wanted = runs.Wanted(**given)
    project = find_project(Path.cwd())
    # An hour of runs must not end with a mistyped id, or without a place for what was measured.
    if into is not None:
        notes.find(project, into)
    root = git.root_around(Path.cwd()) if into is None else project.root
    data = _measured(before, after, wanted)
    metric = metric_options.understood(data)
    file = metric_telling.place([data], root=root, project=project, into=into, yields=False)
    if as_json:
        console.data({**metric_telling.plain(data), "note": file})
        return 0
    for line in metric_telling.summary_lines(metric):
        console.out(line)
    metric_telling.say_where(file)
    metric_telling.say_what_lacks(metric)
    if not wanted.called:
        console.notice("`--name` gives it a name under which later notes can measure it again.")
    return 0


def _measured(before: str, after: str, wanted: runs.Wanted) -> Data:
    """The metric as the data of a note, from real runs."""
    method = wanted.method(Path.cwd())
    argv: dict[Side, list[str]] = dict(
        zip(("before", "after"), argv_of(before, after), strict=True)
    )
    turns = alternating(wanted.runs, warmup=wanted.warmup)
    values: runs.Values = []
    try:
        runs.make(turns, argv, method, quiet=wanted.quiet, so_far=values)
    except KeyboardInterrupt:
        _say_stopped(values, (before, after), wanted, method)
        raise
    return _metric(values, (before, after), wanted, method)


def _metric(
    values: runs.Values, commands: tuple[str, str], wanted: runs.Wanted, method: Method
) -> Data:
    described = wanted.described(method.reader, otherwise=one_line(commands[1]))
    described["sample"] = described["sample"] or runs.default_sample(commands)
    data = metric_of(*by_side(values), **described, order="interleaved")
    return cleaned(metric_options.with_target(data, wanted.target))


def _say_stopped(
    values: runs.Values, commands: tuple[str, str], wanted: runs.Wanted, method: Method
) -> None:
    """What was measured until the interrupt."""
    # It is not kept: to stop when the numbers please would be to choose them.
    pairs = len(by_side(values)[0])
    console.notice(f"\nStopped after {pairs} of {wanted.runs} pairs.")
    if pairs:
        metric = metric_options.understood(_metric(values, commands, wanted, method))
        for line in metric_telling.summary_lines(metric):
            console.notice(line)

"""The two sides of a baseline: what is measured before, and again after the deploy."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote import git
from changenote.capture import baselines
from changenote.capture.baselines import Baseline
from changenote.capture.draft import cleaned
from changenote.capture.measuring import Side, repeated
from changenote.capture.outputs import without_secrets
from changenote.cli import console
from changenote.cli.measuring import metric_options, runs
from changenote.errors import NoCommits, UsageProblem

Data = dict[str, Any]


def blank(name: str, wanted: runs.Wanted, root: Path) -> Baseline:
    """What is known of a baseline before it is measured; texts without secrets."""
    given = {"name": name, "metric": wanted.called, "sample": wanted.sample}
    texts = cleaned({**given, "conditions": wanted.conditions})
    return Baseline(
        **texts,
        at=datetime.now(UTC),
        commit=_commit(root),
        host=os.uname().nodename,
        better=wanted.better,
        reads=wanted.form,
        select=wanted.select,
        unit=wanted.unit,
    )


def _commit(root: Path) -> str | None:
    try:
        return git.commit_id("HEAD", root)
    except NoCommits:
        return None


def measured(baseline: Baseline, argv: Sequence[str], wanted: runs.Wanted) -> Baseline:
    """The baseline with the numbers of real runs."""
    named = replace(wanted, called=wanted.called or baseline.name)
    described, values = _runs(argv, "before", named, Path.cwd())
    line, prepare = _line(argv), wanted.prepare
    return replace(
        baseline,
        command=without_secrets(line),
        prepare=prepare and without_secrets(prepare),
        is_whole=without_secrets(f"{line}\n{prepare}") == f"{line}\n{prepare}",
        run_in=_inside(Path.cwd(), git.root_around(Path.cwd())),
        warmup=wanted.warmup,
        better=described["better"],
        deterministic=described["deterministic"],
        unit=described["unit"],
        tool=(described["source"] or {}).get("tool"),
        values=tuple(values),
    )


def _inside(folder: Path, root: Path) -> str:
    return folder.resolve().relative_to(root.resolve()).as_posix()


def _runs(
    argv: Sequence[str], side: Side, wanted: runs.Wanted, folder: Path
) -> tuple[Data, list[float]]:
    """What is known of the metric, and its numbers on one side."""
    method = wanted.method(folder)
    words = ["sh", "-c", _line(argv)]  # always, so that both sides pay for a shell
    turns = repeated(side, wanted.runs, warmup=wanted.warmup)
    made: runs.Values = []
    runs.make(turns, {side: words}, method, quiet=wanted.quiet, so_far=made)
    described = wanted.described(method.reader, otherwise=wanted.called or "")
    return described, [value for turn, value in made if not turn.is_warm_up]


def like(baseline: Baseline, given: Data) -> runs.Wanted:
    """What was asked for, and where nothing was, as it was for the baseline."""
    same = {
        "runs": given["runs"] or len(baseline.values) or 1,
        "called": given["called"] or baseline.metric or baseline.name,
        "better": given["better"] or baseline.better,
        "conditions": baselines.both_conditions(baseline.conditions, given["conditions"]),
    }
    return runs.Wanted(
        **{**given, **same}, form=baseline.reads, select=baseline.select, unit=baseline.unit
    )


def again(root: Path, baseline: Baseline, argv: Sequence[str], wanted: runs.Wanted) -> Data:
    """The metric of a baseline of numbers and of runs made now."""
    folder = Path.cwd()
    if not argv:
        argv, folder = _same_command(baseline), root / baseline.run_in
        prepare, warmup = wanted.prepare or baseline.prepare, wanted.warmup or baseline.warmup
        wanted = replace(wanted, prepare=prepare, warmup=warmup)
        console.notice(f"Running again: {baseline.command}")
    described, values = _runs(argv, "after", wanted, folder)
    commands = (baseline.command or "", _line(argv))
    described["sample"] = described["sample"] or baseline.sample or runs.default_sample(commands)
    del described["unit"]
    data = baselines.compared_values(baseline, values, **described)
    return cleaned(metric_options.with_target(data, wanted.target))


def _line(argv: Sequence[str]) -> str:
    """The words of a command as a line for a shell; one that has spaces is such a line already."""
    import shlex

    return argv[0] if len(argv) == 1 else shlex.join(argv)


def _same_command(baseline: Baseline) -> list[str]:
    if baseline.command is None or not baseline.is_whole:
        raise UsageProblem(
            f"the command of the baseline held a secret that was not kept: {baseline.command}",
            expected="the command, after --",
            hint=f"changenote baseline after {quoted(baseline.name)} -- CMD",
        )
    return [baseline.command]


def imported(
    root: Path, baseline: Baseline, files: Sequence[Path], given: Data, of_files: Data
) -> tuple[list[Data], list[str]]:
    """The metrics of a baseline of files and of the files after, and remarks about them."""
    told = {"name": given["called"], "better": given["better"], **of_files}
    told = {key: value for key, value in told.items() if value}
    found = baselines.compared_files(root, baseline, files, **told)
    return [_with_options(cleaned(metric), given) for metric in found.metrics], [*found.remarks]


def _with_options(metric: Data, given: Data) -> Data:
    conditions = baselines.both_conditions(metric.get("conditions", {}), given["conditions"])
    options = {"sample": given["sample"], "conditions": conditions}
    told = {**metric, **{key: value for key, value in options.items() if value}}
    return metric_options.with_target(told, given["target"])


def moved(baseline: Baseline) -> list[str]:
    """What makes the two sides hard to compare."""
    here = os.uname().nodename
    if baseline.host in (None, here):
        return []
    return [f"The baseline was measured on {baseline.host}, and this is {here}."]


def quoted(name: str) -> str:
    """A name as a word of a command line."""
    import shlex

    return shlex.quote(name)

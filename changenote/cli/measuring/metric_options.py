"""Options that describe a metric."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from changenote.capture.draft import cleaned
from changenote.capture.metrics import parse_numbers
from changenote.checks.characters import check_characters
from changenote.cli.options import Function
from changenote.errors import UsageProblem
from changenote.model.note import Metric
from changenote.model.problems import dotted
from changenote.model.reading import keys_of, read
from changenote.model.units import converted, is_time

Target = tuple[float, str | None]
"""The number to reach, and its unit if one was given."""


def describing_a_metric(function: Function) -> Function:
    """The options that say what a metric is, and what it is to its note."""
    for option in reversed(_AIMS):
        function = option(function)
    return naming_a_metric(function)


def naming_a_metric(function: Function) -> Function:
    """The options that say what a metric is; the command's function takes them as keywords."""
    for option in reversed(_NAMES):
        function = option(function)
    return function


def _conditions(
    _context: click.Context, _parameter: click.Parameter, given: Sequence[str]
) -> Mapping[str, str]:
    pairs = [word.partition("=") for word in given]
    for word, (key, equals, value) in zip(given, pairs, strict=True):
        if not (key.strip() and equals and value.strip()):
            raise click.BadParameter(f"{word!r} has not the form KEY=VALUE, such as cache=warm")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _target(
    _context: click.Context, _parameter: click.Parameter, given: str | None
) -> Target | None:
    numbers, unit = (parse_numbers(given) if given else None) or ((), None)
    if given and len(numbers) != 1:
        raise click.BadParameter(f"{given!r} is not one number, such as '400 ms'")
    return (numbers[0], unit) if given else None


_NAMES = (
    click.option(
        "--name", "called", metavar="TEXT", help="What the metric is called: `GET /cart p95`."
    ),
    click.option("--better", type=click.Choice(["lower", "higher"]), help="The better direction."),
    click.option(
        "--conditions",
        "-c",
        multiple=True,
        metavar="KEY=VALUE",
        callback=_conditions,
        help="A circumstance: cache=warm, load=50rps … Can be repeated.",
    ),
    click.option("--sample", metavar="TEXT", help="What one number is: a load-test run …"),
)
_AIMS = (
    click.option("--primary", is_flag=True, help="The headline of the note comes from it."),
    click.option(
        "--target", callback=_target, metavar="NUMBER", help="The number to reach: '400 ms'."
    ),
)


def refuse_unclear_target(target: Target | None) -> None:
    """Raise when a target for a wall time, in seconds or milliseconds, says neither."""
    if target is not None and not is_time(target[1]):
        raise UsageProblem(
            "a target for a wall time needs a unit of time",
            expected="--target '400 ms' or --target '1.5 s'",
            hint="Add the unit, and run the same command again.",
        )


def with_target(metric: Mapping[str, Any], target: Target | None) -> dict[str, Any]:
    """The metric's data with the target in its unit. Raises `UsageProblem` if that cannot be."""
    if target is None:
        return dict(metric)
    (number, own), unit = target, metric["unit"]
    same = converted([number], own or unit, unit)
    if same is None:
        raise UsageProblem(
            f"the target is in {own}, and the metric in {unit}",
            expected="units of one kind",
            hint="Give the target in the unit of the metric.",
        )
    known = {**metric, "target": int(same[0]) if float(same[0]).is_integer() else same[0]}
    return {key: known[key] for key in keys_of(Metric) if key in known}


def understood(data: Mapping[str, Any]) -> Metric:
    """The metric in the data for a note. Raises `UsageProblem` when a part of it is wrong."""
    metric, problems = read(Metric, data)
    if metric is None or problems:
        first = problems[0]
        raise UsageProblem(
            f"the metric's {dotted(first.path)} is {first.found}",
            expected=first.expected,
            hint=first.remedy or "Say it in another way.",
        )
    _refuse_unseen(metric)
    return metric


def _refuse_unseen(metric: Metric) -> None:
    texts = cleaned({"name": metric.name, "unit": metric.unit or "", "sample": metric.sample or ""})
    found = check_characters([((key,), text, False) for key, text in texts.items()])
    if found or not texts["name"].strip():
        what = f"{dotted(found[0].path)} has {found[0].found}" if found else "name is blank"
        raise UsageProblem(
            f"the metric's {what}",
            expected="text that is what it looks like",
            hint="Say it in another way.",
        )

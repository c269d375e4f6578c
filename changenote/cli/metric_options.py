"""Options that describe a metric."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from changenote.cli.options import Function
from changenote.errors import UsageProblem
from changenote.model.note import Metric
from changenote.model.problems import dotted
from changenote.model.reading import read


def describing_a_metric(function: Function) -> Function:
    """The options that say what a metric is; the command's function takes them as `described`."""
    for option in reversed(_OPTIONS):
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


_OPTIONS = (
    click.option(
        "--name", "called", metavar="TEXT", help="What the metric is called: `GET /cart p95`."
    ),
    click.option("--better", type=click.Choice(["lower", "higher"]), help="The better direction."),
    click.option("--primary", is_flag=True, help="The headline of the note comes from it."),
    click.option("--target", type=float, metavar="NUMBER", help="The number to reach."),
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
    return metric

"""Making the runs of a measurement: options, progress on stderr, and what stops it."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import click

from changenote.capture.measuring import MOST_PAIRS, Method, Side, Turn, measured
from changenote.capture.metrics import direction
from changenote.capture.outputs import NumberReader, Reader, ResultReader, one_line
from changenote.capture.results import formats
from changenote.cli import console
from changenote.cli.measuring.metric_options import (
    Target,
    refuse_unclear_target,
    understood,
    with_target,
)
from changenote.cli.options import Function
from changenote.errors import MeasuringFailed, UsageProblem
from changenote.model.measures import quantity
from changenote.records import record

Values = list[tuple[Turn, float]]


def making_runs(
    *, default: int | None, fewest: int, counted: str = "How many runs."
) -> Callable[[Function], Function]:
    """The options that say how runs are made; the command's function takes them as keywords."""
    return _with(
        click.option(
            "-n",
            "--runs",
            type=click.IntRange(fewest, MOST_PAIRS),
            default=default,
            metavar="NUMBER",
            help=counted,
        ),
        click.option(
            "--warmup",
            type=click.IntRange(0, 100),
            default=0,
            metavar="NUMBER",
            help="How many runs before those that count.",
        ),
        click.option(
            "--prepare",
            metavar="CMD",
            help="Run before every run, not measured; $CHANGENOTE_SIDE is before or after.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(0, min_open=True),
            callback=_is_number,
            metavar="SECONDS",
            help="Stop a run that takes longer.",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Show no progress."),
    )


def _is_number(
    _context: click.Context, _parameter: click.Parameter, given: float | None
) -> float | None:
    if given != given:  # "nan", which is in no range and out of none
        raise click.BadParameter("it is no number")
    return given


def taking_numbers(function: Function) -> Function:
    """The options that say what the number of a run is."""
    return _with(
        click.option(
            "--read",
            "form",
            type=click.Choice([*formats(), ResultReader.ANY]),
            metavar="FORMAT",
            help="Take the number from a tool's result on stdout.",
        ),
        click.option("--select", metavar="NAME", help="With --read: which of its series."),
        click.option(
            "--unit",
            metavar="UNIT",
            help="Take the number that is printed on stdout, in this unit, not the wall time.",
        ),
    )(function)


def _with(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    def decorated(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorated


@record
class Wanted:
    """What was asked for: how runs are made, and what the metric is called."""

    runs: int
    warmup: int
    prepare: str | None
    timeout: float | None
    form: str | None
    select: str | None
    unit: str | None
    quiet: bool
    called: str | None
    better: Any
    primary: bool = False
    target: Target | None = None
    conditions: Mapping[str, str]
    sample: str | None

    def reader(self) -> Reader | None:
        """What takes the number from a run's output; None measures its wall time.

        Raises `UsageProblem` for what would only be seen after all runs: no direction, a target
        of another kind, a name that no note can have.
        """
        told = {"unit": self.unit, "sample": self.sample, "conditions": self.conditions}
        understood({"name": self.called or "m", **told})
        if self.form:
            return ResultReader(self.form, select=self.select, unit=self.unit)
        if self.select:
            raise UsageProblem(
                "--select without --read",
                expected="--read FORMAT, from whose series one is selected",
                hint="Say which tool's result the command prints, or leave --select out.",
            )
        if self.unit is None:
            refuse_unclear_target(self.target)
            return None
        with_target({"unit": self.unit}, self.target)
        if not (self.better or direction(self.called or "", self.unit)):
            raise no_direction(self.called or f"a number in {self.unit}")
        return NumberReader(self.unit)

    def method(self, folder: Path) -> Method:
        """How the runs are made, in a folder."""
        return Method(
            folder=folder, prepare=self.prepare, reader=self.reader(), timeout=self.timeout
        )

    def described(self, reader: Reader | None, otherwise: str) -> dict[str, Any]:
        """The keys of the metric that are not its numbers; `otherwise` is its name if none was."""
        series = reader.found if isinstance(reader, ResultReader) else None
        name = self.called or (series.name if series else otherwise)
        unit = reader.unit if reader else None
        known = (series.better if series else None) or direction(name, unit or "s")
        conditions = {**(series.conditions if series else {}), **self.conditions}
        return {
            "name": name[:200],
            "unit": unit,
            "better": self.better or known,
            "primary": self.primary,
            "deterministic": bool(series and series.deterministic),
            "sample": self.sample,
            "conditions": conditions,
            "source": {"tool": series.tool} if series else None,
        }


def no_direction(name: str) -> UsageProblem:
    """The error that nothing tells which direction is better."""
    return UsageProblem(
        f"nothing tells whether lower or higher is better for {name}",
        expected="--better lower or --better higher",
        hint="Add it, and run the same command again.",
    )


def make(
    turns: Sequence[Turn],
    argv: Mapping[Side, Sequence[str]],
    method: Method,
    *,
    quiet: bool,
    so_far: Values,
) -> None:
    """Make the runs and put their numbers into `so_far`, where an interrupt leaves those made.

    Raises `MeasuringFailed` after showing what the run had printed.
    """
    try:
        with _ended_like_an_interrupt():
            _make(turns, argv, method, quiet=quiet, so_far=so_far)
    except MeasuringFailed as error:
        for line in error.output.splitlines():
            console.notice(f"  | {line}")
        raise


def _make(
    turns: Sequence[Turn],
    argv: Mapping[Side, Sequence[str]],
    method: Method,
    *,
    quiet: bool,
    so_far: Values,
) -> None:
    started = monotonic()
    redraws = console.has_status() and not quiet
    try:
        for turn in turns:
            if redraws:
                seconds = monotonic() - started
                console.status(_status(turn, len(turns), so_far, seconds, method.unit))
            value = measured(turn, argv[turn.side], method)
            so_far.append((turn, value))
            if not (redraws or quiet):
                console.notice(f"{turn}: {shown(value, method.unit)}")
    finally:
        if redraws:
            console.status("")


def _status(turn: Turn, count: int, so_far: Values, seconds: float, unit: str | None) -> str:
    last = {t.side: f"{t.side} {shown(value, unit)}" for t, value in so_far[-4:]}
    parts = [str(turn)]
    parts += [f"last {', '.join(sorted(last.values(), reverse=True))}"] if last else []
    if len(so_far) >= 2:
        left = seconds / len(so_far) * (count - len(so_far))
        parts.append(f"about {_rough(left)} left")
    return "; ".join(parts)


def shown(value: float, unit: str | None) -> str:
    """The number of a run; without a unit it is in seconds."""
    if unit is None:
        value, unit = (value * 1000, "ms") if value < 1 else (value, "s")
    return quantity(value, unit, digits=4)


def _rough(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


@contextmanager
def _ended_like_an_interrupt() -> Iterator[None]:
    """Asked to end in another way, the commands that run must be stopped too."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    asked = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, interrupt) for number in asked]
    try:
        yield
    finally:
        for number, handler in zip(asked, before, strict=True):
            signal.signal(number, handler)


def default_sample(commands: Sequence[str]) -> str:
    """What one number is, in words: which command was run."""
    shown = [f"`{one_line(command)}`" for command in dict.fromkeys(commands)]
    return (
        f"run of {shown[0]}" if len(shown) == 1 else f"run of {shown[0]} before, {shown[1]} after"
    )

"""Measure commands: in which order they run, what a run gave, and the metric that comes of it.

Old and new are run in turns (before, after, after, before …), because a machine that gets warmer
or busier then slows both alike. Each pair is compared with itself, and a steady drift falls on
both sides equally. Starting a shell costs the same on both sides and is not subtracted.
"""

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import which
from typing import Any, Literal

from changenote.capture.outputs import Reader, one_line
from changenote.capture.stopwatch import MOST_READ, Ended, timed
from changenote.capture.tail import Tail
from changenote.errors import ChangenoteError, MeasuringFailed
from changenote.model.note import Metric
from changenote.model.ranks import median
from changenote.model.reading import keys_of
from changenote.model.redaction.environment import secret_values
from changenote.patterns import pattern
from changenote.records import record

Side = Literal["before", "after"]
FEWEST_PAIRS, MOST_PAIRS = 6, 100
"""Fewer can show nothing; more samples than that are not kept in a note."""

_PIECE = 65_536
_SIMPLE = pattern(r"[\w./:@%+,-]+(?: +[\w./:@%+,=-]+)*", 0)


@record
class Turn:
    """One run to make. `number` counts from 1 on each side; warm-up runs count for themselves."""

    side: Side
    number: int
    of: int
    is_warm_up: bool = False

    def __str__(self) -> str:
        kind = "warm-up run" if self.is_warm_up else "run"
        return f"{self.side}, {kind} {self.number} of {self.of}"


@record
class Method:
    """How runs are made: what is run first, in which folder, for how long, and what is taken.

    Without a `reader` a run's number is its wall time in seconds.
    """

    folder: Path
    prepare: str | None = None
    reader: Reader | None = None
    timeout: float | None = None

    @property
    def unit(self) -> str | None:
        """The unit of the numbers; None for seconds of wall time, or not known before a run."""
        return self.reader.unit if self.reader else None


def alternating(pairs: int, *, warmup: int = 0) -> list[Turn]:
    """The runs of both sides in ABBA order, pairs of warm-up runs first."""
    return [*_alternating(warmup, is_warm_up=True), *_alternating(pairs, is_warm_up=False)]


def repeated(side: Side, runs: int, *, warmup: int = 0) -> list[Turn]:
    """The runs of one side, warm-up runs first."""
    every = ((warmup, True), (runs, False))
    return [
        Turn(side=side, number=number, of=count, is_warm_up=is_warm_up)
        for count, is_warm_up in every
        for number in range(1, count + 1)
    ]


def _alternating(pairs: int, *, is_warm_up: bool) -> Iterator[Turn]:
    order: tuple[Side, Side] = ("before", "after")
    for number in range(1, pairs + 1):
        for side in order:
            yield Turn(side=side, number=number, of=pairs, is_warm_up=is_warm_up)
        order = (order[1], order[0])


def argv_of(*commands: str) -> list[list[str]]:
    """Command lines as words to run: through a shell, or all without one where none needs it.

    One shell for all or for none, or its start would be measured on one side only.
    """
    if all(_is_simple(command) for command in commands):
        return [command.split() for command in commands]
    return [["sh", "-c", command] for command in commands]


def _is_simple(command: str) -> bool:
    """Is it a program and plain words, without anything that only a shell understands?"""
    return bool(_SIMPLE.fullmatch(command)) and which(command.split()[0]) is not None


def measured(turn: Turn, argv: Sequence[str], method: Method) -> float:
    """Make one run: its number, in seconds or as its output says. Raises `MeasuringFailed`."""
    if method.prepare is not None:
        environment = {**os.environ, "CHANGENOTE_SIDE": turn.side}
        prepared = timed(
            ["sh", "-c", method.prepare],
            folder=method.folder,
            keeps_output=True,
            timeout=method.timeout,
            environment=environment,
        )
        _refuse_failed(f"the preparation of {turn}", method.prepare, prepared, method)
    reads = method.reader is not None
    ended = timed(argv, folder=method.folder, keeps_output=reads, timeout=method.timeout)
    _refuse_failed(str(turn), _as_typed(argv), ended, method)
    return _read(turn, argv, ended, method.reader) if method.reader else ended.seconds


def _as_typed(argv: Sequence[str]) -> str:
    return argv[2] if list(argv[:2]) == ["sh", "-c"] else shlex.join(argv)


def _refuse_failed(what: str, command: str, ended: Ended, method: Method) -> None:
    if ended.exit == 0 and not ended.stopped:
        return
    how = f"ended with exit code {ended.exit}"
    if ended.stopped == "late":
        how = f"was stopped: it took longer than {method.timeout:g} s (`--timeout`)"
    elif ended.stopped == "full":
        how = "was stopped: it printed more than can be kept"
    shown = one_line(command)
    raise MeasuringFailed(
        f"{what}: `{shown}` {how}",
        expected="exit code 0 from every run, because a run that fails does something else",
        hint=f"Run it by hand to see why: {shown}",
        output=_last_lines(ended.printed, ended.complaint),
    )


def _last_lines(*outputs: bytes) -> str:
    """The last lines of what was printed, without secrets."""
    tail = Tail(streams=len(outputs))
    for stream, output in enumerate(outputs):
        for start in range(0, len(output), _PIECE):  # a tail keeps the last pieces, in no time
            tail.add(stream, output[start : start + _PIECE])
    return tail.text(secret_values(os.environ))


def _read(turn: Turn, argv: Sequence[str], ended: Ended, reader: Reader) -> float:
    try:
        if len(ended.printed) > MOST_READ:
            raise ChangenoteError(
                "more output than can be read", expected=f"at most {MOST_READ // 10**6} MB"
            )
        return reader(ended.printed)
    except ChangenoteError as error:
        raise MeasuringFailed(
            f"{turn}: {error.what}",
            expected=error.expected,
            hint=error.hint or f"Run it by hand: {one_line(_as_typed(argv))}",
            output=_last_lines(ended.complaint),
        ) from error


def metric_of(
    before: Sequence[float], after: Sequence[float], *, unit: str | None, **described: Any
) -> dict[str, Any]:
    """The runs as the data of a note's metric; numbers without a unit are seconds measured here.

    `described` has its other keys: name, better, conditions …; empty ones are left out.
    """
    if unit is None:
        before, after, unit = _in_readable_time(before, after)
    sides = {"before": [_written(v) for v in before], "after": [_written(v) for v in after]}
    data = {**described, "unit": unit, **sides}
    return {key: data[key] for key in keys_of(Metric) if not _is_empty(data.get(key))}


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", {})


def _in_readable_time(
    before: Sequence[float], after: Sequence[float]
) -> tuple[list[float], list[float], str]:
    """Seconds as milliseconds where most are below one, with the digits a stopwatch is good for."""
    scale, unit = (1000, "ms") if median([*before, *after]) < 1 else (1, "s")
    first, second = ([float(f"{v * scale:.6g}") for v in side] for side in (before, after))
    return first, second, unit


def _written(value: float) -> float:
    """Whole numbers without a point, as people write them."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def by_side(values: Sequence[tuple[Turn, float]]) -> tuple[list[float], list[float]]:
    """The numbers before and after in the order of their pairs, warm-up runs left out.

    The last pair is left out as well while it is only half there.
    """
    counted = [(turn, value) for turn, value in values if not turn.is_warm_up]
    before = [value for turn, value in counted if turn.side == "before"]
    after = [value for turn, value in counted if turn.side == "after"]
    whole = min(len(before), len(after))
    return before[:whole], after[:whole]

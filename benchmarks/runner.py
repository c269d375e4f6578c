"""Runs commands by turns and counts the processor time of each, child processes included."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

WARM_UP = 2
"""Rounds at the start that are not counted: files get into memory, caches and bytecode appear."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One command; `shown` is how the report writes it, `prepare` runs unmeasured before each."""

    name: str
    command: tuple[str | Path, ...]
    shown: str
    folder: Path
    prepare: Callable[[], None] = _nothing


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run, in seconds: processor time (user and system, with all children) and time passed."""

    cpu: float
    wall: float


def measure(
    contenders: Sequence[Contender],
    *,
    rounds: int,
    environment: Mapping[str, str],
    title: str,
) -> dict[str, list[Sample]]:
    """One sample per contender and round, in the order of the rounds."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for number in range(-WARM_UP, rounds):
        _progress(title, number, rounds)
        for contender in in_turn(contenders, number):
            sample = _run(contender, environment)
            if number >= 0:
                samples[contender.name].append(sample)
    return samples


def in_turn(contenders: Sequence[Contender], number: int) -> list[Contender]:
    """The order of one round: each round starts with the next one, every second goes backwards.

    So nobody always runs first, or always after the same neighbour.
    """
    start = number % len(contenders)
    order = [*contenders[start:], *contenders[:start]]
    return order[::-1] if number % 2 else order


def _run(contender: Contender, environment: Mapping[str, str]) -> Sample:
    contender.prepare()
    with TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            contender.command,
            cwd=contender.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait once more
        if process.returncode:
            said.seek(0)
            raise SystemExit(_failed(contender, process.returncode, said.read()))
    return Sample(cpu=usage.ru_utime + usage.ru_stime, wall=wall)


def _failed(contender: Contender, code: int, said: bytes) -> str:
    text = said.decode("utf-8", "replace").strip()
    return f"`{contender.shown}` ended with {code}, so there is nothing to compare:\n{text}"


def _progress(title: str, number: int, rounds: int) -> None:
    now = f"round {number + 1} of {rounds}" if number >= 0 else "warming up"
    end = "\n" if number + 1 == rounds or not sys.stderr.isatty() else "\r"
    print(f"{title}: {now}   ", end=end, file=sys.stderr, flush=True)

"""Measures by turns: commands with all their children, and acts that are no command."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

WARM_UP = 2
"""Rounds at the start that are not counted: files get into memory, caches and bytecode appear."""

Quantity = Literal["cpu", "wall", "memory", "written", "files", "loaded", "typing"]
"""Seconds of processor and passed; bytes held, written, in how many files, loaded; seconds that a
letter waits."""

Sample = Mapping[Quantity, float]

_LAUNCHER = Path(__file__).with_name("launcher.py")


class TooLong(Exception):  # noqa: N818  # named for its cause
    """A command did not end within its time."""


class Contender(Protocol):
    """Who takes turns: `shown` is how the report writes it."""

    @property
    def name(self) -> str: ...
    @property
    def shown(self) -> str: ...
    def sample(self, environment: Mapping[str, str]) -> Sample:
        """One run."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command; `prepare` runs unmeasured before each run, `writes` is a folder it fills."""

    name: str
    command: tuple[str | Path, ...]
    shown: str
    folder: Path
    prepare: Callable[[], None] = _nothing
    writes: Path | None = None
    limit: float | None = None

    def sample(self, environment: Mapping[str, str]) -> Sample:
        """One run, and the bytes and files in the folder that it filled."""
        self.prepare()
        used = _run(self, environment)
        if self.writes is None:
            return used
        return {**used, "written": size(self.writes), "files": count(self.writes)}


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that is measured in its own way."""

    name: str
    shown: str
    act: Callable[[], Sample]

    def sample(self, environment: Mapping[str, str]) -> Sample:  # noqa: ARG002  # it has its own
        """One run."""
        return self.act()


def measure(
    contenders: Sequence[Contender],
    *,
    rounds: int,
    environment: Mapping[str, str],
    title: str,
    warm_up: int = WARM_UP,
    seconds: float | None = None,
) -> dict[str, list[Sample]]:
    """One sample per contender and round, in the order of the rounds.

    No round is begun when so many seconds have passed, but one is always measured. Who takes too
    long has no samples and no more turns.
    """
    left = list(contenders)
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    start = time.monotonic()
    for number in range(-warm_up, rounds):
        if number > 0 and seconds is not None and time.monotonic() - start > seconds:
            break
        _progress(title, number, rounds)
        for contender in in_turn(left, number):
            sample = _sample(contender, environment, title)
            if sample is None:
                left.remove(contender)
                samples[contender.name].clear()
            elif number >= 0:
                samples[contender.name].append(sample)
    return samples


def _sample(contender: Contender, environment: Mapping[str, str], title: str) -> Sample | None:
    """One run; None, and a word to whoever watches, when it takes too long."""
    try:
        return contender.sample(environment)
    except TooLong as error:
        print(f"{title}: {error}", file=sys.stderr)
        return None


def in_turn(contenders: Sequence[Contender], number: int) -> list[Contender]:
    """The order of one round: each round starts with the next one, every second goes backwards.

    So nobody always runs first, or always after the same neighbour.
    """
    start = number % max(len(contenders), 1)
    order = [*contenders[start:], *contenders[:start]]
    return order[::-1] if number % 2 else order


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def count(folder: Path) -> int:
    """Files below a folder."""
    return sum(path.is_file() for path in folder.rglob("*"))


def _run(command: Command, environment: Mapping[str, str]) -> Sample:
    with TemporaryDirectory(prefix="benchmark-run-") as folder:
        report, said = Path(folder, "report.json"), Path(folder, "said")
        with said.open("wb") as stderr:
            _launched(command, environment, report, stderr.fileno())
        used: dict[str, Any] = (
            json.loads(report.read_text("utf-8")) if report.is_file() else {"code": "no start"}
        )
        if code := used["code"]:
            raise SystemExit(_failed(command, code, said.read_bytes()))
    return {"cpu": used["cpu"], "wall": used["wall"], "memory": used["memory"]}


def _launched(command: Command, environment: Mapping[str, str], report: Path, stderr: int) -> None:
    process = subprocess.Popen(
        (sys.executable, "-I", "-S", _LAUNCHER, report, *command.command),
        cwd=command.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        start_new_session=True,
    )
    try:
        process.wait(command.limit)
    except subprocess.TimeoutExpired as error:
        raise TooLong(f"`{command.shown}` took over {command.limit:.0f} s") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _failed(command: Command, code: int | str, said: bytes) -> str:
    text = said.decode("utf-8", "replace").strip()
    return f"`{command.shown}` ended with {code}, so there is nothing to compare:\n{text}"


def _progress(title: str, number: int, rounds: int) -> None:
    now = f"round {number + 1} of {rounds}" if number >= 0 else "warming up"
    end = "\n" if number + 1 == rounds or not sys.stderr.isatty() else "\r"
    print(f"{title}: {now}   ", end=end, file=sys.stderr, flush=True)

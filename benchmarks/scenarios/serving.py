"""A note saved in an editor, until its page is there to be read."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.promises import Limit, Scenario
from benchmarks.runner import Act, Sample, TooLong
from benchmarks.scenarios.building import change, home

_SAVED = "site serve, one note saved"
_START, _ANSWER = 900, 300  # seconds that it may take to start, and to show a change
_PAUSE = 0.05


def serve(bench: Bench) -> Scenario:
    """`changenote site serve` on many notes."""
    folder, _ = home(bench, bench.large)
    server = bench.closing.enter_context(_served(bench, folder))
    return Scenario(
        name="serve",
        title=f"Save one note of {bench.large:,} and look at it",
        rounds=10,
        warm_up=1,
        seconds=120,
        contenders=[Act(name=_SAVED, shown="changenote site serve", act=server.saved)],
        limits=[Limit(ours=_SAVED, of="cpu", at_most=1)],
        remark="Processor time of the server and its children from the moment a note is saved until"
        " its page has been fetched with the new text in it.",
    )


@dataclass(frozen=True)
class _Server:
    process: subprocess.Popen[bytes]
    address: str
    notes: list[Path]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def saved(self) -> Sample:
        """Save another note and ask for its page until it shows what was saved."""
        number = next(self.numbers)
        file = self.notes[number * 97 % len(self.notes)]
        sentence = f"Served {number} times."
        start, cpu = time.perf_counter(), processes.used(self.process.pid)
        change(file, sentence)
        self.shows(f"changes/{file.name[:15]}/", sentence, _ANSWER)
        return {
            "cpu": processes.used(self.process.pid) - cpu,
            "wall": time.perf_counter() - start,
            "memory": processes.held(self.process.pid),
        }

    def shows(self, path: str, words: str, seconds: float) -> None:
        """Wait until a page has these words."""
        end = time.monotonic() + seconds
        while words not in self._page(path):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended with {self.process.returncode}")
            if time.monotonic() > end:
                raise TooLong(f"{path} does not show {words!r} after {seconds} s")
            time.sleep(_PAUSE)

    def _page(self, path: str) -> str:
        try:
            with urlopen(self.address + path, timeout=_ANSWER) as answer:  # noqa: S310  # our own server
                return str(answer.read().decode())
        except (URLError, ConnectionError):
            return ""


@contextmanager
def _served(bench: Bench, folder: Path) -> Iterator[_Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        (bench.ours / "changenote", "site", "serve", "--port", str(port)),
        cwd=folder,
        env=bench.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    notes = sorted(folder.glob("changes/*/*.yaml"))
    server = _Server(process, f"http://127.0.0.1:{port}/", notes)
    try:
        server.shows(f"changes/{notes[0].name[:15]}/", "</html>", _START)
        yield server
    finally:
        process.terminate()
        process.wait()

"""One run of a command, with how long it took and how it ended."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from select import select
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO, Literal

from changenote.errors import ChangenoteError
from changenote.records import record

MOST_READ = 50_000_000
"""Bytes of output that are read; more is an error of the reader, never cut off silently."""
MOST_COMPLAINT = 200_000_000
"""Bytes on stderr before a run is stopped: they are kept on the disk as long as it goes on."""

_COMPLAINT = 1_000_000  # bytes of the end of stderr; far more than is ever shown
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_GRACE = 2.0  # seconds to end by itself when it was asked to
_GLANCE = 0.1  # seconds between two looks at how much was printed


@record
class Ended:
    """How a run ended. `exit` is 128 + N after signal N; `printed` is empty unless asked for.

    `stopped` says why we stopped it, where we did: it was too late, or printed too much.
    """

    seconds: float
    exit: int
    stopped: Literal["late", "full"] | None
    printed: bytes
    complaint: bytes


def timed(
    argv: Sequence[str],
    *,
    folder: Path,
    keeps_output: bool,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run a command to its end, nothing on its stdin. Raises `ChangenoteError` if it cannot start.

    The time is from starting it to the end of the process itself: what it leaves running in the
    background is not waited for, and lives on. An interrupt stops the command and all it started.
    """
    with TemporaryFile() as out, TemporaryFile() as err:
        stdout = out if keeps_output else subprocess.DEVNULL
        with _Interrupts() as interrupts:
            started = perf_counter()
            process = _started(argv, folder, environment, stdout, err)
            watch = _Watch(process, timeout, ((out, MOST_READ), (err, MOST_COMPLAINT)))
            try:
                with watch:
                    interrupts.or_the_end_of(process)
                seconds = perf_counter() - started
            finally:
                if process.returncode is None:
                    _stop(process)
        return Ended(
            seconds=seconds,
            exit=process.returncode if process.returncode >= 0 else 128 - process.returncode,
            stopped=watch.stopped,
            printed=_from(out, 0),
            complaint=_from(err, max(os.fstat(err.fileno()).st_size - _COMPLAINT, 0)),
        )


def _started(
    argv: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None,
    stdout: IO[bytes] | int,
    stderr: IO[bytes],
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            process_group=0,  # so that it can be stopped with all that it started
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ChangenoteError(
            f"{argv[0]} cannot be started in {folder}: {(why or str(error)).lower()}",
            expected="a command that can be run from here",
            hint="Run it by hand first.",
        ) from error


class _Interrupts:
    """From before a command starts until it has ended: interrupts are noted, then handled.

    One that came between two lines would leave the command running. In `process.wait()`, one that
    comes after Python last looked for it and before the system waits is not noticed until the
    command ends; `wait(timeout)` looks only every 50 ms, far too rarely for a stopwatch. So every
    signal rings a bell that stays rung: whichever thread gets it, and whenever.
    """

    def __enter__(self) -> "_Interrupts":
        self._noted: list[int] = []
        self._rung, self._bell = os.pipe()
        os.set_blocking(self._bell, False)
        with _undisturbed():
            self._other_bell = signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
            # Whoever started us may have it ignored; then nobody is told how a command ended.
            self._before = {signal.SIGCHLD: signal.signal(signal.SIGCHLD, lambda *_: None)}
            for number in _INTERRUPTS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def _note(self, number: int, _frame: object) -> None:
        self._noted.append(number)

    def __exit__(self, *_: object) -> None:
        with _undisturbed():
            signal.set_wakeup_fd(self._other_bell)
            for number, handler in self._before.items():
                signal.signal(number, handler)
        os.close(self._bell)
        os.close(self._rung)
        for noted in self._noted:
            signal.raise_signal(noted)

    def or_the_end_of(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for whichever comes first."""
        while process.poll() is None and not self._noted:
            select([self._rung], [], [])
            os.read(self._rung, 1000)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no signal come between two lines."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the command and all it started to end, and see to it."""
    try:
        _signal(process, signal.SIGTERM)
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


class _Watch:
    """A thread that stops a command which takes too long, or fills the disk."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        timeout: float | None,
        outputs: Sequence[tuple[IO[bytes], int]],
    ) -> None:
        self.stopped: Literal["late", "full"] | None = None
        self._process = process
        self._until = None if timeout is None else perf_counter() + timeout
        self._outputs = outputs
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(self._pause()):
            if self._until is not None and perf_counter() >= self._until:
                self.stopped = "late"
            elif any(os.fstat(out.fileno()).st_size > most for out, most in self._outputs):
                self.stopped = "full"
            if self.stopped:
                _signal(self._process, signal.SIGKILL)
                return

    def _pause(self) -> float:
        left = _GLANCE if self._until is None else self._until - perf_counter()
        return max(min(left, _GLANCE), 0)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the whole group of the command; its leader may be gone while others live."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # macOS refuses for a group of the dead
        return


def _from(stream: IO[bytes], start: int) -> bytes:
    stream.seek(start)
    return stream.read(MOST_READ + 1)

"""One run of a command, with how long it took and how it ended."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO

from changenote.errors import ChangenoteError
from changenote.records import record

MOST_READ = 50_000_000
"""Bytes of output that are read; more is an error of the reader, never cut off silently."""

_COMPLAINT = 1_000_000  # bytes of the end of stderr; far more than is ever shown
_GRACE = 2.0  # seconds to end by itself when it was asked to


@record
class Ended:
    """How a run ended. `exit` is 128 + N after signal N; `printed` is empty unless asked for."""

    seconds: float
    exit: int
    timed_out: bool
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
        started = perf_counter()
        process = _started(argv, folder, environment, stdout, err)
        with _stopped_if_interrupted(process), _stopped_after(timeout, process) as late:
            # Not `wait(timeout)`: that one looks only every 50 ms, far too rarely for a stopwatch.
            process.wait()
        seconds = perf_counter() - started
        return Ended(
            seconds=seconds,
            exit=process.returncode if process.returncode >= 0 else 128 - process.returncode,
            timed_out=late.is_set(),
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


@contextmanager
def _stopped_if_interrupted(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        try:
            _signal(process, signal.SIGTERM)
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal(process, signal.SIGKILL)
            process.wait()
        raise


@contextmanager
def _stopped_after(
    timeout: float | None, process: subprocess.Popen[bytes]
) -> Iterator[threading.Event]:
    late = threading.Event()

    def stop() -> None:
        late.set()
        _signal(process, signal.SIGKILL)

    timer = threading.Timer(timeout, stop) if timeout is not None else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield late
    finally:
        if timer:
            timer.cancel()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the whole group of the command; its leader may be gone while others live."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # macOS refuses for a group of the dead
        return


def _from(stream: IO[bytes], start: int) -> bytes:
    stream.seek(start)
    return stream.read(MOST_READ + 1)

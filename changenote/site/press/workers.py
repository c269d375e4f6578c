"""Pieces of work divided among processes: each takes the next one until there is none left.

The others are forked from this one, so that they know all that it knows, and tell at their end what
they did. What none of them got done is left to this one: their errors come up again where they can
be told as always, and one that the system ended takes nothing with it.
"""

import gc
import logging
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging.handlers import QueueHandler
from pathlib import Path
from typing import Any, NoReturn

_MOST = 4
"""Processes: each needs memory of its own."""

_PAYS = 600
"""Pages and files: below, starting processes takes longer than they save."""

_FITS = 20_000
"""Pages and files: above, what processes do not share would not fit into the memory of a build."""

_ENDING = (signal.SIGINT, signal.SIGTERM)

_SIZE = 4  # bytes of the number of a piece
MOST_PIECES = 1000
"""Their numbers go into the smallest pipe that Linux has."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of the work: what others than this process made, and the pieces left to it.

    `lost` is the number of processes that ended before they told anything.
    """

    results: tuple[Any, ...]
    left: tuple[int, ...]
    lost: int


@dataclass(frozen=True)
class _Worker:
    process: int
    told: int
    """Where it says at its end what it did."""


@dataclass
class _Queue:
    """The numbers of the pieces that nobody has taken yet: a pipe, which all processes read."""

    pieces: int
    taken: list[int] = field(default_factory=list)
    """By this process, and done."""
    _end: int = -1

    def __enter__(self) -> "_Queue":
        self._end, start = os.pipe()
        os.write(start, b"".join(n.to_bytes(_SIZE, "big") for n in range(self.pieces)))
        os.close(start)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._end)

    def work_off(self, work: Callable[[int], None], goes_on: Callable[[], bool]) -> None:
        """Do pieces as long as there are some. After an error nobody gets another one."""
        while goes_on() and (number := os.read(self._end, _SIZE)):
            piece = int.from_bytes(number, "big")
            try:
                work(piece)
            except Exception:  # whatever it is, it comes up again where this piece is made up for
                while os.read(self._end, MOST_PIECES * _SIZE):
                    pass
                return
            self.taken.append(piece)


def processes_for(plans: int, chosen: int | None = None) -> int:
    """In how many processes so many pages and files are made; as many as `chosen`, if it can be."""
    if not can_fork():
        return 1
    if chosen:
        return chosen
    return min(cores(), _MOST) if _PAYS <= plans <= _FITS else 1


def can_fork() -> bool:
    """Is a copy of this process one that works? Elsewhere, and beside threads, it may hang."""
    return sys.platform == "linux" and sum(1 for _ in Path("/proc/self/task").iterdir()) == 1


def cores() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def divided(
    pieces: int, processes: int, work: Callable[[int], None], result: Callable[[], object]
) -> Done:
    """Do pieces of work, by their numbers, in some processes, of which this is one.

    `result` gives what the others tell of all that they did; this one knows. What they log comes
    out here.
    """
    with _Queue(pieces) as queue, _forked(processes - 1, queue, work, result) as workers:
        queue.work_off(work, lambda: True)
        told = [_told(worker) for worker in workers]
    done = {*queue.taken, *(piece for one in told if one for piece in one[0])}
    for record in (record for one in told if one for record in one[2]):
        logging.getLogger(record.name).handle(record)
    return Done(
        results=tuple(one[1] for one in told if one),
        left=tuple(piece for piece in range(pieces) if piece not in done),
        lost=told.count(None),
    )


@contextmanager
def _forked(
    number: int, queue: _Queue, work: Callable[[int], None], result: Callable[[], object]
) -> Iterator[list[_Worker]]:
    """Other processes that work, until they have told what they did; then there are none."""
    workers: list[_Worker] = []
    before = signal.signal(signal.SIGTERM, _ended)
    gc.freeze()  # what all of them have stays shared as long as nobody writes into it
    try:
        with suppress(OSError), _undisturbed():  # where no more processes may be, fewer do it all
            for _ in range(number):
                workers.append(_fork(queue, work, result))
        yield workers
    finally:
        with _undisturbed():  # who presses Ctrl-C twice leaves none of them behind
            gc.unfreeze()
            for worker in workers:
                with suppress(ProcessLookupError):
                    os.kill(worker.process, signal.SIGKILL)
                os.waitpid(worker.process, 0)
        signal.signal(signal.SIGTERM, before)


def _ended(number: int, _: object) -> NoReturn:
    """On the way out of a build, the other processes are ended too."""
    raise SystemExit(128 + number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Time in which a signal waits: Python drops what it raises right after a fork."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _fork(queue: _Queue, work: Callable[[int], None], result: Callable[[], object]) -> _Worker:
    parent, (told, tells) = os.getpid(), os.pipe()
    process = os.fork()
    if not process:
        _work(queue, work, result, parent=parent, tells=tells)
    os.close(tells)
    return _Worker(process, told)


def _work(
    queue: _Queue,
    work: Callable[[int], None],
    result: Callable[[], object],
    *,
    parent: int,
    tells: int,
) -> NoReturn:
    """The life of another process. Nothing of what the first one would do at its end is done."""
    code = 1
    try:
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        records = _kept_records()
        queue.work_off(work, lambda: os.getppid() == parent)
        with os.fdopen(tells, "wb") as file:
            pickle.dump((queue.taken, result(), records), file, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)


def _told(worker: _Worker) -> tuple[list[int], Any, list[logging.LogRecord]] | None:
    """The pieces that a process did, its result, and what it logged; None when it is gone."""
    with os.fdopen(worker.told, "rb") as file:
        raw = file.read()
    try:
        told: tuple[list[int], Any, list[logging.LogRecord]] = pickle.loads(raw)  # noqa: S301  # our own
    except (EOFError, pickle.UnpicklingError):
        return None
    return told


class _Keeping(QueueHandler):
    """Keeps what is logged, ready to be told to another process."""

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []
        super().__init__(self.records)  # type: ignore[arg-type]  # only `enqueue` looks at it

    def enqueue(self, record: logging.LogRecord) -> None:
        """Keep a record without what only this process could print."""
        self.records.append(record)


def _kept_records() -> list[logging.LogRecord]:
    """What is logged from now on, and goes nowhere else."""
    keeping = _Keeping()
    every = (logging.getLogger(), *logging.Logger.manager.loggerDict.values())
    for logger in every:
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers = [keeping]
            logger.propagate = False
    return keeping.records

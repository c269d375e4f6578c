"""A command run as if nobody stood between: its streams, its signals, and how it ends.

`passed_through` is for streams that are pipes or files; `terminal` does the same for a person at a
terminal. What the command prints is seen on its way, and neither held back nor changed.
"""

import contextlib
import errno
import os
import select
import shutil
import signal
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any

Seen = Callable[[int, bytes], None]
"""Is told the number of a stream and what was printed there."""

Attend = Callable[[int], None]

WATCHED = frozenset(
    {
        signal.SIGTERM,
        signal.SIGHUP,
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGCHLD,
        signal.SIGCONT,
        signal.SIGWINCH,
    }
)
_CHUNK = 262_144
_QUIET = 50  # milliseconds without output after the end: the rest is of what runs on behind it
_LONGEST = 1.0  # seconds of output after the end that still count as the command's own


@contextlib.contextmanager
def watching() -> Iterator[Callable[[], None]]:
    """Hold signals back so that `supervise` meets them one by one.

    Gives what a command's own process must do before anything else: let them through again.
    """
    children = signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # may be ignored, so never reported
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        yield lambda: _restore(before)
    finally:
        _restore(before)
        signal.signal(signal.SIGCHLD, children)


def _restore(mask: set[signal.Signals | int]) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def started(argv: Sequence[str], **how: Any) -> "subprocess.Popen[bytes]":
    """The command as a process. Raises `OSError` as the system does when it cannot be started.

    Every file that we were given open stays open for it (`<(…)`, the job server of make).
    """
    try:
        return subprocess.Popen(argv, close_fds=False, **how)
    except OSError as error:
        script = shutil.which(argv[0])
        if error.errno != errno.ENOEXEC or not script:
            raise
        # A script that does not say who reads it is read by a shell, as every shell does.
        return subprocess.Popen(["/bin/sh", script, *argv[1:]], close_fds=False, **how)


def supervise(pid: int, *, shares_terminal: bool, attend: Attend = lambda _: None) -> int:
    """Wait for a process, hand on to it the signals that we get; its wait status.

    `shares_terminal`: what the keys of the terminal send reaches it without us, and twice would
    be once too often. `attend` is told of SIGTSTP when it stopped, of SIGCONT and of SIGWINCH.
    """
    while True:
        info = signal.sigwaitinfo(WATCHED)
        if info.si_signo == signal.SIGCHLD:
            for status in _news_of(pid):
                if not os.WIFSTOPPED(status):
                    return status
                attend(signal.SIGTSTP)
        elif info.si_signo in (signal.SIGCONT, signal.SIGWINCH):
            attend(info.si_signo)
        elif not (shares_terminal and info.si_code > 0):  # the kernel's own are above zero
            os.kill(pid, info.si_signo)


def _news_of(pid: int) -> Iterator[int]:
    while True:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if not found:
            return
        yield status
        if not os.WIFSTOPPED(status):
            return


def passed_through(argv: Sequence[str], seen: Seen) -> int:
    """Run a command on our stdin, its output through us; its wait status. Raises `OSError`."""
    # What goes to one place in the end goes through one pipe, or its order would be lost.
    together = os.path.samestat(os.fstat(1), os.fstat(2))
    pipes = [os.pipe() for _ in range(1 if together else 2)]
    with watching() as let_signals_through:
        try:
            process = started(
                argv, stdout=pipes[0][1], stderr=pipes[-1][1], preexec_fn=let_signals_through
            )
        except BaseException:
            for source, _ in pipes:
                os.close(source)
            raise
        finally:
            for _, sink in pipes:
                os.close(sink)
        with passing_on([(source, 1 + at) for at, (source, _) in enumerate(pipes)], seen):
            status = supervise(process.pid, shares_terminal=True)
    process.returncode = os.waitstatus_to_exitcode(status)  # it need not be waited for any more
    return status


@contextlib.contextmanager
def passing_on(ways: Sequence[tuple[int, int]], seen: Seen) -> Iterator[None]:
    """Pass on what comes from each source to its target, until the body has ended, and the rest.

    The sources are closed as soon as nothing more comes or can be passed on. What others still
    keep open is left to a process of its own, so that it neither holds us up nor is broken off.
    """
    ended, bell = os.pipe()
    threads = [
        threading.Thread(target=_pass_on, args=(at, way, ended, seen), daemon=True)
        for at, way in enumerate(ways)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        os.close(bell)
        for thread in threads:
            thread.join()
        os.close(ended)


def _pass_on(number: int, way: tuple[int, int], ended: int, seen: Seen) -> None:
    source, target = way
    try:
        for data in _arriving(source, ended):
            seen(number, data)
            write(target, data)
    except _StillOpen:
        _hand_over(source, target)
    except OSError:
        pass  # the reader went away, as the command shall notice when it prints again
    finally:
        os.close(source)


class _StillOpen(Exception):  # noqa: N818 - named for its cause
    """The command has ended, but something that it started can still print."""


def _arriving(source: int, ended: int) -> Iterator[bytes]:
    poll = select.poll()
    poll.register(source, select.POLLIN)
    poll.register(ended, select.POLLIN)
    until: float | None = None
    while True:
        ready = [handle for handle, _ in poll.poll(None if until is None else _QUIET)]
        if ended in ready:
            poll.unregister(ended)
            until = monotonic() + _LONGEST
        if source in ready:
            data = _read(source)
            if not data:
                return
            yield data
        if until is not None and (not ready or monotonic() > until):
            raise _StillOpen


def _read(source: int) -> bytes:
    try:
        return os.read(source, _CHUNK)
    except OSError as error:
        if error.errno != errno.EIO:  # how a terminal says that nobody has it open
            raise
        return b""


def write(target: int, data: bytes) -> None:
    """Write all of it, even where a neighbour has made the target one that does not wait."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(target, rest) :]
        except BlockingIOError:
            poll = select.poll()
            poll.register(target, select.POLLOUT)
            poll.poll()


def _hand_over(source: int, target: int) -> None:
    """Let a process go on with it. Who waits for the end of a pipe does not wait for that one."""
    kind = os.fstat(target).st_mode
    nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    out = nowhere if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) else target
    with contextlib.suppress(OSError):
        os.posix_spawnp(
            "cat",
            ["cat"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, source, 0),
                (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, nowhere, 2),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=[signal.SIGPIPE],
        )
    os.close(nowhere)

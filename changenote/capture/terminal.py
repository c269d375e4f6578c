"""A command run for a person at a terminal: on a terminal of its own, which ours shows.

Two processes lie between. We copy keys and output. A leader, which has the inner terminal, starts
the command in a group of its own as a shell does: so Ctrl-Z stops it, and what it leaves behind in
the background is not hung up on when it ends.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import threading
import tty
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from changenote.capture import process
from changenote.capture.process import Seen
from changenote.errors import BUG, DONE

_OURS = 0
_NO_SIZE = struct.pack("HHHH", 0, 0, 0, 0)


def is_ours() -> bool:
    """Are all three streams one terminal, and is it us whom its keys are for?"""
    if not all(map(os.isatty, (0, 1, 2))):
        return False
    one = {os.fstat(stream).st_rdev for stream in (0, 1, 2)}
    return len(one) == 1 and _is_in_front()


def _is_in_front() -> bool:
    try:
        return os.tcgetpgrp(_OURS) == os.getpgrp()
    except OSError:  # a terminal that controls nobody, so there is no background
        return True


def run(argv: Sequence[str], seen: Seen) -> int:
    """Run a command on a terminal like ours; its wait status. Raises `OSError` if it cannot start.

    Our terminal is as it was when this returns.
    """
    with process.watching() as let_signals_through:
        settings, size = termios.tcgetattr(_OURS), _size()
        report, reported = os.pipe()
        leader, screen = pty.fork()
        if leader == 0:
            _lead(argv, reported, (settings, size), let_signals_through)
        os.close(reported)
        try:
            return _shown(leader, screen, report, settings, seen)
        finally:
            os.close(screen)
            os.close(report)


def _size() -> bytes:
    return fcntl.ioctl(_OURS, termios.TIOCGWINSZ, _NO_SIZE)


# --- The leader: a process of its own that never returns ------------------------------------------


def _lead(
    argv: Sequence[str],
    report: int,
    looks: tuple[list[Any], bytes],
    let_signals_through: Callable[[], None],
) -> NoReturn:
    """Start the command on the inner terminal, wait for it, report how it ended."""
    ended = BUG
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        termios.tcsetattr(_OURS, termios.TCSANOW, looks[0])
        fcntl.ioctl(_OURS, termios.TIOCSWINSZ, looks[1])

        def come_to_front() -> None:
            os.tcsetpgrp(_OURS, os.getpid())
            let_signals_through()

        command = process.started(argv, process_group=0, preexec_fn=come_to_front)
        status = process.supervise(command.pid, shares_terminal=True, attend=_pause)
        # Whoever is in front when the leader ends is hung up on; that shall be nobody else.
        os.tcsetpgrp(_OURS, os.getpgrp())
        os.write(report, b"ended %d" % status)
        ended = DONE
    except OSError as error:
        os.write(report, b"failed %d" % (error.errno or 0))
    finally:
        os._exit(ended)


def _pause(number: int) -> None:
    """The command was stopped: stop as well, which stops us all, and go on with it later."""
    if number == signal.SIGTSTP:
        in_front = os.tcgetpgrp(_OURS)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.tcsetpgrp(_OURS, in_front)
        os.killpg(in_front, signal.SIGCONT)


# --- We: keys in, output out ----------------------------------------------------------------------


def _shown(leader: int, screen: int, report: int, settings: list[Any], seen: Seen) -> int:
    keys = _Keys(screen)

    def attend(number: int) -> None:
        if number == signal.SIGTSTP:
            _restore(settings)
            os.kill(0, signal.SIGTSTP)  # the shell that waits for us sees a stopped command
        if number == signal.SIGWINCH:
            fcntl.ioctl(screen, termios.TIOCSWINSZ, _size())
        else:
            _take_over(screen)
            keys.go_on()
            os.kill(leader, signal.SIGCONT)

    try:
        _take_over(screen)
        with keys, process.passing_on([(os.dup(screen), 1)], seen):
            status = process.supervise(leader, shares_terminal=False, attend=attend)
    finally:
        _restore(settings)
    word, _, number = os.read(report, 100).decode().partition(" ")
    if word == "failed":
        raise OSError(int(number), os.strerror(int(number)))
    return int(number) if word == "ended" else status


def _take_over(screen: int) -> None:
    """Every key goes to the command; in the background, none is ours to take."""
    with contextlib.suppress(termios.error, OSError):
        if _is_in_front():
            tty.setraw(_OURS, termios.TCSANOW)
            fcntl.ioctl(screen, termios.TIOCSWINSZ, _size())


def _restore(settings: list[Any]) -> None:
    with contextlib.suppress(termios.error, OSError):  # the terminal may have gone away
        if _is_in_front():
            termios.tcsetattr(_OURS, termios.TCSANOW, settings)


class _Keys:
    """A thread that passes on what is typed, as long as we are in front."""

    def __init__(self, screen: int) -> None:
        self._screen = screen
        self._ended, self._bell = os.pipe()
        self._in_front = threading.Event()
        self._thread = threading.Thread(target=self._pass_on, daemon=True)

    def go_on(self) -> None:
        """We may be in front again."""
        self._in_front.set()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        os.close(self._bell)
        self._in_front.set()
        self._thread.join(1)
        os.close(self._ended)

    def _pass_on(self) -> None:
        poll = select.poll()
        poll.register(_OURS, select.POLLIN)
        poll.register(self._ended, select.POLLIN)
        with contextlib.suppress(OSError):
            while self._ended not in [handle for handle, _ in poll.poll()]:
                if not _is_in_front():
                    self._in_front.wait()
                    self._in_front.clear()
                    continue
                typed = os.read(_OURS, 4096)
                if not typed:
                    return
                process.write(self._screen, typed)

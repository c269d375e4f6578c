"""Looks at a Python program while it runs, when this folder is on its PYTHONPATH.

Python loads a module of this name at its start. Every few milliseconds of processor time it notes
what is running, and what time was used since the last look; at its end the program writes that to
the folder named by LOOKS.
"""

import atexit
import json
import os
import resource
import signal
from collections import defaultdict
from types import FrameType

_EVERY = 0.002  # seconds of processor time

_stacks: dict[str, float] = defaultdict(float)
_functions: dict[str, float] = defaultdict(float)
_children: dict[str, float] = defaultdict(float)
_last = (0.0, 0.0)
_exit, _PROCESS = os._exit, os.getpid()


def _used() -> tuple[float, float]:
    """Seconds of processor: of this process, and of those it waited for."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, children = (usage.ru_utime + usage.ru_stime for usage in each)
    return own, children


def _look(_: int, frame: FrameType | None) -> None:
    global _last  # noqa: PLW0603  # a signal has nothing else to keep it in
    own, children = _used()
    running = _running(frame)
    stack = "\n".join(running)
    _stacks[stack] += own - _last[0]
    _functions[running[0] if running else "?"] += own - _last[0]
    if ended := children - _last[1]:
        _children[stack] += ended
    _last = own, children


def _running(frame: FrameType | None) -> list[str]:
    """The functions that are running, innermost first."""
    found: list[str] = []
    while frame:
        found.append(f"{frame.f_code.co_filename}: {frame.f_code.co_qualname}")
        frame = frame.f_back
    return found


def _write() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    _look(0, None)
    seen = {"stacks": _stacks, "functions": _functions, "children": _children}
    with open(f"{os.environ['LOOKS']}/{os.getpid()}.json", "w") as file:  # noqa: PTH123  # as small as can be
        json.dump(seen, file)


def _write_and_exit(code: int) -> None:
    """In place of `os._exit`, with which `changenote` ends: nothing is called after that."""
    if os.getpid() == _PROCESS:
        _write()
    _exit(code)


if "LOOKS" in os.environ:
    atexit.register(_write)
    os._exit = _write_and_exit  # type: ignore[assignment]  # it does not come back either
    signal.signal(signal.SIGPROF, _look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

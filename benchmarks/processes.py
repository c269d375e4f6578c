"""What a process and all that come from it have used, read from /proc."""

import os

from benchmarks import launcher

_TICKS = os.sysconf("SC_CLK_TCK")


def used(process: int) -> float:
    """Seconds of processor of a process and of everything below it, ended or not."""
    return sum(_ticks(one) for one in launcher.tree(process)) / _TICKS


def held(process: int) -> int:
    """Bytes of memory that they hold now; what they share counts once."""
    return sum(map(launcher.held, launcher.tree(process)))


def _ticks(process: int) -> int:
    """User and system time, and that of its children who have ended."""
    fields = launcher.read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))

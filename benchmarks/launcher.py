"""Runs one command and writes down what it used: `python -I -S launcher.py REPORT COMMAND …`.

A process of its own, as small as Python can be: Linux counts the memory of whoever starts a command
as that command's, so a program that holds ten thousand notes may not start one that is measured.
"""

import json
import os
import sys
import threading
import time

_EVERY = 0.25  # seconds from one look at the memory to the next; shorter commands get none
_PATIENCE = 20  # times as long as one look takes: looking must not slow what is looked at


def main(report: str, command: list[str]) -> None:
    """Run it, wait for it and all its children, and write one line of JSON."""
    memory, done = [0], threading.Event()
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    watch = threading.Thread(target=_watch, args=(process, memory, done), daemon=True)
    watch.start()
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    done.set()
    watch.join()
    used = {
        "code": os.waitstatus_to_exitcode(status),
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": wall,
        "memory": max(usage.ru_maxrss * 1024, memory[0]),
    }
    with open(report, "w") as file:  # noqa: PTH123  # pathlib is as large as all of this
        json.dump(used, file)


def _watch(process: int, memory: list[int], done: threading.Event) -> None:
    """Keep the most that the processes held together: the kernel knows only the largest of them."""
    pause = _EVERY
    while not done.wait(pause):
        start = time.perf_counter()
        memory[0] = max(memory[0], sum(map(held, tree(process))))
        pause = max(_EVERY, _PATIENCE * (time.perf_counter() - start))


def tree(process: int) -> list[int]:
    """A process and all that come from it."""
    parents = {int(name): _parent(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208
    found = [process]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found


def _parent(process: str) -> int:
    fields = read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def held(process: int) -> int:
    """Bytes of memory of a process; what it shares with others counts in parts."""
    for line in read(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def read(path: str) -> str:
    """A file of /proc; empty when the process has ended meanwhile."""
    try:
        with open(path) as file:  # noqa: PTH123  # as above
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

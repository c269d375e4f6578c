"""Processes that are killed at a system call, or whose system calls fail: `strace` does both."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.workshop import IDENTITY, Done, Workshop

_CALL = re.compile(r"(\w+)\(")
_MAKES = re.compile(r"O_TMPFILE|O_CREAT")


@dataclass(frozen=True)
class Call:
    """A system call of a process: its name, and the how many of that name it is."""

    name: str
    number: int


def started(shop: Workshop, program: Sequence[str], *arguments: str) -> subprocess.Popen[str]:
    """A command that runs, of our program or of another one that is made of it."""
    return subprocess.Popen(
        [*program, *arguments],
        cwd=shop.folder,
        env={**os.environ, **IDENTITY, **shop.environment, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Done:
    """How a command ended; the code of a killed one is the negative number of the signal."""
    out, err = process.communicate()
    return Done(process.returncode, out, err)


def calls_of_a_write(shop: Workshop, program: Sequence[str], *arguments: str) -> list[Call]:
    """What a command asks of the system from its first new file among the notes on."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as log:
        traced = ["strace", "-qq", "-y", "-s0", "-o", log.name, "-e", "trace=%file,%desc"]
        ended(started(shop, [*traced, *program], *arguments))
        lines = log.read().splitlines()
    return list(_among(lines, str(shop.folder / "changes")))


def _among(lines: Sequence[str], folder: str) -> Iterator[Call]:
    count: Counter[str] = Counter()
    has_begun = False
    for line in lines:
        found = _CALL.match(line)
        if found is None:
            continue
        count[found[1]] += 1
        is_there = folder in line
        has_begun = has_begun or bool(is_there and _MAKES.search(line))
        if has_begun and is_there:
            yield Call(found[1], count[found[1]])


@dataclass(frozen=True)
class Interrupted:
    """How a command ended, and whether the call that was chosen was about its notes at all."""

    done: Done
    is_struck: bool


def interrupted(
    shop: Workshop, program: Sequence[str], call: Call, by: str, *arguments: str
) -> Interrupted:
    """What came of a command of which one call fails: `by` is KILL, or the name of an error."""
    what = "signal=KILL" if by == "KILL" else f"error={by}"
    inject = f"inject={call.name}:{what}:when={call.number}"
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as log:
        at = ["strace", "-qq", "-y", "-o", log.name, "-e", f"trace={call.name}", "-e", inject]
        done = ended(started(shop, [*at, *program], *arguments))
        struck = [line for line in log if "(INJECTED)" in line]
    folder = str(shop.folder / "changes")
    return Interrupted(done, is_struck=any(folder in line for line in struck))


OURS = (sys.executable, "-m", "changenote")

_IN_PLACE = """
from pathlib import Path
from changenote.store import files
def create(path, text, *, mode=0o666):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
def replace(path, text, *, was):
    path.write_text(text)
files.create, files.replace = create, replace
"""
_THEN = """
from changenote.cli import main
main()
"""
_COUNTER = """
from pathlib import Path
from changenote.store import notes
def counted(now, random_bits):
    return f"20261122-{len(list(Path('changes').rglob('*.yaml'))):06}"
notes.new_id = counted
"""


def in_place() -> tuple[str, ...]:
    """Our program, but that it writes every file in its place."""
    return (sys.executable, "-c", _IN_PLACE + _THEN)


def counting() -> tuple[str, ...]:
    """Our program, but that it counts the notes for the id of the next one."""
    return (sys.executable, "-c", _COUNTER + _THEN)


def fresh(template: Path) -> Workshop:
    """A copy of a repository, in a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="changenote-trust-")) / "shop"
    shutil.copytree(template, folder)
    return Workshop(folder)

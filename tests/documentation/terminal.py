"""A conversation in a terminal: questions are waited for, answers typed."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from pexpect import EOF
from pexpect.fdpexpect import fdspawn

_QUESTION = re.compile(
    r"^(?P<label>[A-Z][^\n\[]*\?|Kind|Service|Undo it with|Enter saves the note[^\n:]*)"
    r"(?: \[[^\n]*\])?(?:\s+\([^)]*\))?: ?(?P<answer>[^\n]*)$",
    re.M,
)
_REDRAWN = re.compile(r"[^\n]*\r(?:\x1b\[K)?")


def converse(command: str, shown: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command in a terminal and give the answers that a transcript shows, if it shows any.

    Returns what stands on the screen in the end.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
    process = subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        return _screen(fdspawn(ours, encoding="utf-8", timeout=60), shown)
    finally:
        process.kill()
        process.wait()


def _screen(child: "fdspawn[str]", shown: str) -> str:
    screen = StringIO()
    child.logfile_read = screen
    for question in _QUESTION.finditer(shown):
        label = re.escape(question["label"])
        found = child.expect([rf"{label}(?: \[[^\r\n]*\])?(?:\s+\([^)]*\))?: ", EOF])
        assert found == 0, f"{question['label']!r} was not asked:\n{screen.getvalue()}"
        child.sendline(question["answer"])
    child.expect(EOF)
    child.close()
    return _REDRAWN.sub("", screen.getvalue().replace("\r\n", "\n"))

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

_QUESTION = re.compile(r"^(?P<label>\S[^\n\[]*?)(?: \[[^\n]*\])?: ?(?P<answer>[^\n]*)$", re.M)
_START = "leaves it empty.\n"


def converse(command: str, shown: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command in a terminal and give the answers that a transcript shows.

    Returns everything that stood on the screen.
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
        return _screen(fdspawn(ours, encoding="utf-8", timeout=30), shown)
    finally:
        process.kill()
        process.wait()


def _screen(child: "fdspawn[str]", shown: str) -> str:
    screen = StringIO()
    child.logfile_read = screen
    for question in _QUESTION.finditer(shown.partition(_START)[2]):
        child.expect(rf"{re.escape(question['label'])}(?: \[[^\r\n]*\])?: ")
        child.sendline(question["answer"])
    child.expect(EOF)
    child.close()
    return screen.getvalue().replace("\r\n", "\n")

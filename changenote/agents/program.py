"""This program, run as a process of its own for every call.

Its JSON is documented, what it prints never mixes with the protocol, a fault ends one call and not
the server, and the notes are those that are on disk now.
"""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from subprocess import PIPE
from typing import Any

import anyio

from changenote.errors import DONE, FINDINGS, ChangenoteError
from changenote.records import record

PATIENCE = 300
"""Seconds after which a call is given up."""

AT_ONCE = 4
"""Calls that run at the same time; others wait."""

_ITSELF = (sys.executable, "-P", "-m", "changenote")
# -P: what lies in the repository is never imported, whatever it is called.


@record
class Ended:
    """What a call printed: the result, and what was said beside it."""

    out: str
    notices: str

    @property
    def data(self) -> Any:
        """The JSON in the result."""
        return json.loads(self.out)


class Refused(Exception):  # noqa: N818 - named for its cause
    """A call ended with an error; the text says what failed, in the house shape."""

    @classmethod
    def by(cls, error: ChangenoteError) -> "Refused":
        """A call that ended with one of our own errors."""
        return cls("\n".join(error.lines()))


Program = Callable[..., Awaitable[Ended]]
"""Takes the words of a command line, and `given`, what is on its stdin."""


def program(folder: Path) -> Program:
    """This program, in a folder; a call raises `Refused`."""
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def run(*words: str, given: str = "") -> Ended:
        async with limiter:
            return await _ended(folder, words, given)

    return run


async def _ended(folder: Path, words: tuple[str, ...], given: str) -> Ended:
    try:
        with anyio.fail_after(PATIENCE):
            done = await anyio.run_process(
                [*_ITSELF, *(word.encode() for word in words)],
                input=given.encode(),
                stdout=PIPE,
                stderr=PIPE,
                check=False,
                cwd=folder,
                env={**os.environ, **_PLAIN},
            )
    except TimeoutError:
        raise Refused.by(_too_slow(words[0])) from None
    out, err = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
    if done.returncode not in ((DONE, FINDINGS) if out else (DONE,)):
        said = Refused(err.strip())
        raise said if str(said) else Refused.by(_stopped(words[0], done.returncode))
    return Ended(out=out, notices=err)


_PLAIN = {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}


def _too_slow(command: str) -> ChangenoteError:
    return ChangenoteError(
        f"`changenote {command}` took more than {PATIENCE} s",
        expected="an answer by then",
        retry="safe, files are written whole or not at all",
        hint="Ask for less, or run it in a terminal.",
    )


def _stopped(command: str, code: int) -> ChangenoteError:
    return ChangenoteError(
        f"`changenote {command}` ended with {code} and said nothing",
        expected="an answer",
        retry="safe, files are written whole or not at all",
        hint="Call it again; if it ends in the same way, run it in a terminal.",
    )

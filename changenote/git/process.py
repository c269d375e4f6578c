"""Git as a process: what it is asked, in which surroundings, and what its refusals mean.

The environment is scrubbed; there is no pager, no prompt, no hook and no helper of the user's.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from changenote.errors import GitFailed

_SAFE = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
)
_DIFFERING = ("log", "diff", "diff-tree")
_PLAIN = ("--no-ext-diff", "--no-textconv", "-z")
"""With these, what tells of differences runs no program of the repository and quotes no path."""

_KEPT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES")


def ask(
    arguments: Sequence[str],
    folder: Path,
    *,
    given: bytes | None = None,
    seconds: float | None = None,
) -> bytes:
    """What git prints for an answer. Raises `GitFailed` when it refuses, is missing or too slow."""
    result = run(arguments, folder, given, seconds)
    if result.returncode:
        raise failed(arguments, result.stderr)
    return result.stdout


def run(
    arguments: Sequence[str],
    folder: Path,
    given: bytes | None = None,
    seconds: float | None = None,
    more: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """What came of asking git, with `more` in its environment; refusals too.

    Raises `GitFailed` when it is missing or too slow.
    """
    try:
        return subprocess.run(
            _command_line(arguments),
            cwd=folder,
            env={**_environment(), **(more or {})},
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise GitFailed(
            f"git {arguments[0]} took longer than {seconds:.0f} s",
            expected="an answer in time",
            hint="Run the same git command by hand to see more.",
        ) from error
    except FileNotFoundError as error:
        raise GitFailed(
            "git was not found", expected="git on the PATH", hint="Install git."
        ) from error
    except PermissionError as error:
        raise GitFailed("git cannot be started", expected="a git that may be run") from error


def talking(
    arguments: Sequence[str], folder: Path, *, more: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """A git process to ask and to read from, with `more` in its environment.

    Raises `OSError` when git cannot be started.
    """
    return subprocess.Popen(
        _command_line(arguments),
        cwd=folder,
        env={**_environment(), **more},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _command_line(arguments: Sequence[str]) -> list[str]:
    question, *rest = arguments
    plain = _PLAIN if question in _DIFFERING else ()
    return ["git", *_SAFE, question, *plain, *rest]


def _environment() -> dict[str, str]:
    """The environment without what would point git elsewhere or make it ask."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def failed(arguments: Sequence[str], said: bytes) -> GitFailed:
    """The error for a refusal, from what git said."""
    message = said.decode("utf-8", "replace").strip()
    last = message.splitlines()[-1] if message else "no reason given"
    if "dubious ownership" in message:
        return GitFailed(
            "git does not trust this repository: it belongs to another user",
            expected="a repository of your own",
            hint="git config --global --add safe.directory PATH tells git that it is fine.",
        )
    return GitFailed(
        f"git {arguments[0]} failed: {last.removeprefix('fatal: ')}",
        expected="an answer from git",
        hint="Run the same git command by hand to see more.",
    )


def moment(told: str) -> datetime:
    """A time as git tells it; the beginning of 1970, as git shows it, where a commit has none."""
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)

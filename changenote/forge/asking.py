"""Asking a forge by the program that the user is logged in with: `gh` or `glab`. Nothing is sent
but the repository's name and a commit's id, nothing is asked of the user, and no answer is waited
for longer than `SECONDS`.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from changenote.forge.links import Repository
from changenote.records import record

SECONDS = 3.0
MOST_BYTES = 2_000_000

_QUIET = {
    "GH_PROMPT_DISABLED": "1",
    "GH_NO_UPDATE_NOTIFIER": "1",
    "GLAB_CHECK_UPDATE": "false",
    "NO_PROMPT": "1",
    "NO_COLOR": "1",
}


@record
class Program:
    """A forge's own program, and where it keeps who is logged in where."""

    name: str
    tokens: tuple[str, ...]
    host_of_tokens: str
    folder: str
    folder_named_by: str
    file: str


_PROGRAMS = {
    "github": Program(
        name="gh",
        tokens=("GH_TOKEN", "GITHUB_TOKEN"),
        host_of_tokens="github.com",
        folder="gh",
        folder_named_by="GH_CONFIG_DIR",
        file="hosts.yml",
    ),
    "gitlab": Program(
        name="glab",
        tokens=("GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"),
        host_of_tokens="gitlab.com",
        folder="glab-cli",
        folder_named_by="GLAB_CONFIG_DIR",
        file="config.yml",
    ),
}


def can_ask(repository: Repository, environment: Mapping[str, str]) -> bool:
    """Is the forge's program there, and logged in to this repository's forge?

    No process is started for it.
    """
    from shutil import which

    program = _PROGRAMS.get(repository.forge)
    if program is None or which(program.name, path=environment.get("PATH")) is None:
        return False
    host = _host_and_path(repository)[0]
    has_token = any(environment.get(token) for token in program.tokens)
    return (has_token and host == program.host_of_tokens) or _is_known(host, program, environment)


def _is_known(host: str, program: Program, environment: Mapping[str, str]) -> bool:
    own = environment.get(program.folder_named_by)
    settings = environment.get("XDG_CONFIG_HOME") or f"{environment.get('HOME', '')}/.config"
    file = Path(own or f"{settings}/{program.folder}") / program.file
    with suppress(OSError):
        return f"{host}:".encode() in file.read_bytes()
    return False


def pull_requests_with(repository: Repository, commit: str) -> list[Mapping[str, Any]] | None:
    """What the forge answers about the pull requests that hold a commit; None when it does not.

    Its own JSON, as `capture.pull_request` reads it.
    """
    import json

    answer = _answer(_question(repository, commit))
    with suppress(ValueError, RecursionError):
        found = json.loads(answer)
        if isinstance(found, list):
            return [item for item in found if isinstance(item, dict)]
    return None


def _question(repository: Repository, commit: str) -> list[str]:
    from urllib.parse import quote

    host, path = _host_and_path(repository)
    name = _PROGRAMS[repository.forge].name
    if repository.forge == "github":
        return [name, "api", "--hostname", host, f"repos/{path}/commits/{commit}/pulls"]
    project = f"projects/{quote(path, safe='')}"
    question = f"{project}/repository/commits/{commit}/merge_requests"
    return [name, "api", "--hostname", host, question]


def _host_and_path(repository: Repository) -> tuple[str, str]:
    host, _, path = repository.web.partition("://")[2].partition("/")
    return host, path


def _answer(command: list[str]) -> bytes:
    """What a program prints in time; nothing when it fails, and it and its children are ended."""
    import signal
    import subprocess

    with (
        suppress(OSError),
        subprocess.Popen(
            command,
            env={**os.environ, **_QUIET},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process,
    ):
        try:
            out, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return b""
        return out if process.returncode == 0 and len(out) <= MOST_BYTES else b""
    return b""

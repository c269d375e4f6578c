"""GitHub on this machine: the npm package `emulate`, which nobody here wrote."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEB = Path(__file__).parents[1] / ".venv/web/node_modules"
NODE = Path(sys.executable).with_name("node")

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine, whatever proxy the environment names."""

BOT, DANA = "token-of-the-bot", "token-of-dana"
_SEED = {
    "tokens": {
        BOT: {"login": "change-bot", "scopes": ["repo", "user"]},
        DANA: {"login": "dana", "scopes": ["repo", "user"]},
    },
    "github": {
        "users": [{"login": "change-bot"}, {"login": "dana"}],
        "repos": [{"owner": "dana", "name": "shop", "auto_init": True}],
    },
}


def free_port() -> int:
    """A port at which nobody listens now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until somebody listens at a port; a test that hangs is stopped from outside."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise AssertionError(f"{process.args!r} ended with {process.returncode}")


@contextmanager
def node(port: int, *arguments: str) -> Iterator[None]:
    """A program of Node that listens at a port, until the end of the block.

    `node` is a script that starts the real one, so all of its group is ended.
    """
    process = subprocess.Popen(
        [str(NODE), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port, process)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(frozen=True)
class GitHubHere:
    """The emulator, with one repository, `dana/shop`, and one pull request in it, number 1."""

    port: int

    @property
    def api(self) -> str:
        """Where its API is, by the name that it uses in links."""
        return f"http://localhost:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        data: Any = None,
        token: str = DANA,
        repository: str = "dana/shop",
    ) -> Any:
        """What it answers to a question of its own, from outside of changenote."""
        request = urllib.request.Request(  # noqa: S310 - this machine
            f"{self.api}/repos/{repository}{path}",
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={"Authorization": f"Bearer {token}"},
        )
        with NO_PROXY.open(request) as answer:
            return json.load(answer)

    def comments(self) -> list[dict[str, Any]]:
        """Every comment on the pull request."""
        found: list[dict[str, Any]] = []
        page = 1
        while more := self.ask("GET", f"/issues/1/comments?per_page=100&page={page}"):
            found += more
            page += 1
        return found


@contextmanager
def github(folder: Path) -> Iterator[GitHubHere]:
    """The emulator until the end of the block; `folder` is for its seed."""
    seed = folder / "seed.json"
    seed.write_text(json.dumps(_SEED))
    port = free_port()
    program = str(WEB / "emulate/dist/index.js")
    more = ("start", "--service", "github", "--port", str(port), "--seed", str(seed))
    with node(port, program, *more):
        here = GitHubHere(port)
        _open_pull_request(here)
        yield here


def _open_pull_request(here: GitHubHere) -> None:
    main = here.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    here.ask("POST", "/git/refs", {"ref": "refs/heads/cache", "sha": main})
    here.ask("PUT", "/contents/a.txt", {"message": "a", "content": "YQ==", "branch": "cache"})
    here.ask("POST", "/pulls", {"title": "Cache", "head": "cache", "base": "main", "body": ""})

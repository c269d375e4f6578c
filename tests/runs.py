"""GitHub's runs and what they leave behind, which the emulator does not have; they have tests."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

from tests.emulator import NO_PROXY
from tests.far_end import Reply, Request, serving

FORK = "mallory/shop"
BRANCH = "cache totals/#1&x=y"  # git takes it, and a careless question to a server does not
COMMIT = "9be27d19be27d19be27d19be27d19be27d19be27"
RUN = 30433642
NAME, FILE = "changenote-result", "changenote-result.json"


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip of files."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def pull(number: int, *, base: str = "main", **head: Any) -> dict[str, Any]:
    """A pull request as GitHub's API tells of it."""
    usual: dict[str, Any] = {"ref": BRANCH, "sha": COMMIT, "repo": {"full_name": FORK}}
    web = "https://github.com/acme/shop/pull"
    return {
        "number": number,
        "html_url": f"{web}/{number}",
        "body": "",
        "head": {**usual, **head},
        "base": {"ref": base},
    }


@dataclass
class Runs:
    """A repository with one run; `behind` is a forge that answers all other questions.

    The emulator has no statuses either, which are kept here, the newest first, and it names no file
    that a pull request changes.
    """

    left: bytes = b""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    behind: str = ""
    port: int = 0
    store: int = 0
    asked: list[Request] = field(default_factory=list)
    asked_of_store: list[Request] = field(default_factory=list)

    @property
    def web(self) -> str:
        """Its address as a host."""
        return f"http://localhost:{self.port}"

    def leave(self, packed: bytes, **more: Any) -> None:
        """Let the run leave something behind."""
        self.left = packed
        number = len(self.artifacts) + 1
        usual = {"id": number, "name": NAME, "size_in_bytes": len(packed), "expired": False}
        self.artifacts.append({**usual, **more})

    def reply(self, request: Request) -> Reply:
        """What the API says."""
        self.asked.append(request)
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        if parts.path.endswith("/pulls") and self.pulls:
            return Reply(data=self.pulls if query["head"] == [f"mallory:{BRANCH}"] else [])
        if parts.path.endswith(f"/actions/runs/{RUN}/artifacts"):
            return Reply(data={"total_count": len(self.artifacts), "artifacts": self.artifacts})
        if "/actions/artifacts/" in parts.path:
            there = f"http://127.0.0.1:{self.store}/signed/zip?sig=a%2Bb&se=2026"
            return Reply(302, headers={"Location": there}, raw=b"")
        if request.method == "POST" and "/statuses/" in parts.path:
            self.statuses.insert(0, {**request.data, "of": parts.path.rpartition("/")[2]})
            return Reply(201, data=self.statuses[0])
        if parts.path.endswith("/statuses"):
            return Reply(data=self.statuses)
        if parts.path.endswith("/files"):
            return Reply(data=[{"filename": name} for name in self.files])
        return self._passed_on(request) if self.behind else Reply(404, data={"message": "none"})

    def _passed_on(self, request: Request) -> Reply:
        kept = ("authorization", "content-type", "accept")
        asked = urllib.request.Request(  # noqa: S310 - this machine
            f"{self.behind}{request.path}",
            method=request.method,
            data=request.body or None,
            headers={k: v for k, v in request.headers.items() if k in kept},
        )
        try:
            with NO_PROXY.open(asked) as answer:
                return Reply(answer.status, raw=answer.read())
        except HTTPError as error:
            return Reply(error.code, raw=error.read())

    def reply_of_store(self, request: Request) -> Reply:
        """What the host says that keeps the files."""
        self.asked_of_store.append(request)
        return Reply(raw=self.left)


@contextmanager
def runs(**more: Any) -> Iterator[Runs]:
    """A repository with a run, until the end of the block."""
    here = Runs(**more)
    with serving(here.reply) as here.port, serving(here.reply_of_store) as here.store:
        yield here


def event(folder: Path, **changes: Any) -> str:
    """The file with the event `workflow_run` of a fork's branch, with some changes to the run."""
    told = json.loads(
        (Path(__file__).parent / "data/webhooks/workflow_run-completed-0.json").read_text()
    )
    told["workflow_run"] |= {
        "id": RUN,
        "event": "pull_request",
        "head_branch": BRANCH,
        "head_sha": COMMIT,
        "pull_requests": [],  # as it is for forks
        "head_repository": {**told["workflow_run"]["head_repository"], "full_name": FORK},
        **changes,
    }
    file = folder / "event.json"
    file.write_text(json.dumps(told))
    return str(file)

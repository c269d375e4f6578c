"""Every request to GitHub is one that GitHub's own description of its API allows.

The description is the npm package `@octokit/openapi`; `prism` holds requests against it.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError

import pytest

from changenote.errors import ForgeFailed
from changenote.forge.api import Status
from changenote.forge.connecting import Wanted, connected, runs
from changenote.forge.github import GitHub
from changenote.forge.links import Repository
from changenote.forge.runs import Artifact
from tests.emulator import WEB, free_port, node
from tests.far_end import Reply, Request, serving

HEAD = "9be27d19be27d19be27d19be27d19be27d19be27"
STATUS = Status(
    context="change note", state="pending", description="a draft", url="https://x.example/"
)
USED = (
    "/user",
    "/repos/{owner}/{repo}/pulls",
    "/repos/{owner}/{repo}/pulls/{pull_number}",
    "/repos/{owner}/{repo}/pulls/{pull_number}/files",
    "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    "/repos/{owner}/{repo}/commits/{ref}/statuses",
    "/repos/{owner}/{repo}/statuses/{sha}",
    "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
)


class _InPlace(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        """Nobody goes where an example leads."""


_IN_PLACE = urllib.request.build_opener(urllib.request.ProxyHandler({}), _InPlace)
_REFERENCE = re.compile(r'"#/components/([^/"]+)/([^"]+)"')


def description() -> dict[str, Any]:
    """What GitHub's description says of the paths that are used; the whole would take a minute."""
    file = WEB / "@octokit/openapi/generated/api.github.com.json"
    whole = json.loads(file.read_bytes())
    kept = {path: whole["paths"][path] for path in USED}
    components: dict[str, dict[str, Any]] = {}
    waiting = [json.dumps(kept)]
    while waiting:
        for kind, name in _REFERENCE.findall(waiting.pop()):
            known = components.setdefault(kind, {})
            if name not in known:
                known[name] = whole["components"][kind][name]
                waiting.append(json.dumps(known[name]))
    return {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "paths": kept,
        "components": components,
    }


@dataclass
class Judge:
    """Stands before prism, and keeps what it says against each request.

    It also says that some of GitHub's own examples are not as GitHub describes them.
    """

    prism: int
    port: int = 0
    said: dict[str, list[Any]] = field(default_factory=dict)

    def reply(self, request: Request) -> Reply:
        """What prism answers."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.prism}{request.path}",
            method=request.method,
            data=request.body or None,
            headers={k: v for k, v in request.headers.items() if k not in ("host", "connection")},
        )
        try:
            with _IN_PLACE.open(asked) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except HTTPError as error:
            status, headers, body = error.code, error.headers, error.read()
        about = json.loads(headers.get("sl-violations", "[]"))
        found = [one for one in about if one["location"][0] == "request"]
        if status >= 400:  # what stops it is told in the answer alone
            found.append(json.loads(body))
        self.said[f"{request.method} {request.path}"] = found
        return Reply(status, raw=body)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Prism, which gives the description's own examples for answers."""
    file = tmp_path_factory.mktemp("prism") / "github.json"
    file.write_text(json.dumps(description()))
    port = free_port()
    program = str(WEB / "@stoplight/prism-cli/dist/index.js")
    of = Judge(port)
    with node(port, program, "mock", "--port", str(port), str(file)), serving(of.reply) as of.port:
        yield of


def test_github_describes_every_request_that_is_made(judge: Judge) -> None:
    base = f"http://127.0.0.1:{judge.port}"
    repository = Repository(forge="github", web=f"{base}/acme/shop")
    token = {"GH_ENTERPRISE_TOKEN": "token"}
    wanted = Wanted(repository=repository, environment=token, api=base, remotes=(repository.web,))
    forge = connected(wanted)
    assert isinstance(forge, GitHub)

    assert forge.account() == "octocat"
    assert forge.pull_request(1347).number == 1347
    assert list(forge.pull_requests_of(HEAD))
    forge.pull_requests_from("cache")
    assert list(forge.paths(1347)) == ["file1.txt"]
    assert list(forge.messages(1347)) == ["Fix all the bugs"]
    assert next(iter(forge.comments(1347))).author == "octocat"
    forge.create_comment(1347, "text")
    forge.edit_comment(1347, 42, "text")
    forge.delete_comment(1347, 42)
    assert forge.status(HEAD, "change note") is None
    forge.set_status(HEAD, STATUS)
    of_runs = runs(wanted)
    of_runs.pull_request(repository="mallory/shop", branch="a b&c", commit=HEAD, target="main")
    assert of_runs.artifact(30433642, "Rails") is not None
    with pytest.raises(ForgeFailed, match="does not say where artifact 11 is"):
        of_runs.packed(Artifact(id=11, size=9))

    assert len(judge.said) == 15
    assert {request: found for request, found in judge.said.items() if found} == {}


def test_a_request_that_github_does_not_describe_would_be_seen(judge: Judge) -> None:
    path = f"/repos/acme/shop/statuses/{HEAD}"
    headers = {"content-type": "application/json", "authorization": "Bearer token"}

    judge.reply(Request("POST", path, headers, b'{"state": "fine"}'))
    judge.reply(Request("GET", "/repos/acme/shop/statii", headers, b""))

    [wrong] = judge.said.pop(f"POST {path}")
    assert wrong["validation"][0]["location"] == ["body", "state"]
    assert judge.said.pop("GET /repos/acme/shop/statii")

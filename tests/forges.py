"""Forges on this machine: GitHub, GitLab and Gitea as small servers with a memory, which have tests."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.far_end import Reply, Request, serving

TOKEN = "a-token-of-the-bot"
BOT = "change-bot"
HEAD = "9be27d19be27d19be27d19be27d19be27d19be27"

_PAGE = 20
"""Items on a page at the most, whatever is asked for: many pages of few comments."""


@dataclass
class Remembered:
    """What a forge knows of its one repository, `acme/tools/shop` or `acme/shop`."""

    kind: str
    port: int = 0
    comments: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    body: str = "What it does"
    branch: str = "cache"
    rival: str = ""
    """What another run of the same account writes just before our first comment."""
    head: str = HEAD
    paths: tuple[str, ...] = ("src/cart.py",)
    messages: tuple[str, ...] = ("Cache totals",)
    others: int = 0
    """Pull requests of the same branch, beside number 412."""
    page_instead_of_writing: bytes = b""
    """What a login in between answers where something is to be changed."""

    @property
    def web(self) -> str:
        """The repository's address."""
        path = "acme/tools/shop" if self.kind == "gitlab" else "acme/shop"
        return f"http://127.0.0.1:{self.port}/{path}"

    @property
    def api(self) -> str:
        """Where a forge of this kind has its API."""
        version = {"github": "v3", "gitlab": "v4", "gitea": "v1"}[self.kind]
        return f"http://127.0.0.1:{self.port}/api/{version}"

    @property
    def variable(self) -> str:
        """The environment variable that has its token."""
        return {
            "github": "GH_ENTERPRISE_TOKEN",
            "gitlab": "GITLAB_TOKEN",
            "gitea": "GITEA_TOKEN",
        }[self.kind]

    @property
    def writes(self) -> list[str]:
        """Method and path of every request that changed something."""
        return [f"{r.method} {r.path}" for r in self.requests if r.method != "GET"]

    def say(self, body: str, author: str = "dana") -> None:
        """Somebody writes a comment."""
        self.comments.append({"id": 1000 + len(self.comments), "author": author, "body": body})

    def reply(self, request: Request) -> Reply:
        """What it says to a request."""
        self.requests.append(request)
        headers = request.headers
        given = headers.get("authorization", "").split(" ")[-1]
        if given != TOKEN:
            return Reply(401, data={"message": "Bad credentials"})
        if self.page_instead_of_writing and request.method != "GET":
            return Reply(raw=self.page_instead_of_writing)
        path = urlsplit(request.path).path
        for method, shape, answer in _ROUTES[self.kind]:
            if request.method == method and (found := re.fullmatch(shape, path)):
                reply: Reply = answer(self, request, *found.groups())
                return reply
        return Reply(404, data={"message": f"404 Not Found {unquote(path)}"})

    def paged(self, request: Request, items: list[Any]) -> Reply:
        """One page of a list, with the link to the next one."""
        parts = urlsplit(request.path)
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        more = {}
        if len(items) > page * _PAGE:
            following = f"http://127.0.0.1:{self.port}{parts.path}?page={page + 1}"
            more["Link"] = f'<{following}>; rel="next"'
        return Reply(data=items[(page - 1) * _PAGE : page * _PAGE], headers=more)


def _user(forge: Remembered, _request: Request) -> Reply:
    name = "username" if forge.kind == "gitlab" else "login"
    return Reply(data={name: BOT, "id": 7})


def _comment(forge: Remembered, item: dict[str, Any]) -> dict[str, Any]:
    if forge.kind == "gitlab":
        author = {"author": {"username": item["author"]}}
        return {"id": item["id"], "body": item["body"], "system": False, **author}
    return {"id": item["id"], "body": item["body"], "user": {"login": item["author"]}}


def _comments(forge: Remembered, request: Request) -> Reply:
    return forge.paged(request, [_comment(forge, item) for item in forge.comments])


def _create(forge: Remembered, request: Request) -> Reply:
    if forge.rival:
        forge.say(forge.rival, BOT)
    forge.say(request.data["body"], BOT)
    return Reply(201, data=_comment(forge, forge.comments[-1]))


def _edit(forge: Remembered, request: Request, number: str) -> Reply:
    item = next(item for item in forge.comments if item["id"] == int(number))
    if item["author"] != BOT:
        return Reply(403, data={"message": "not yours"})
    item["body"] = request.data["body"]
    return Reply(data=_comment(forge, item))


def _delete(forge: Remembered, _request: Request, number: str) -> Reply:
    forge.comments = [item for item in forge.comments if item["id"] != int(number)]
    return Reply(204, raw=b"")


def _pull(forge: Remembered, _request: Request) -> Reply:
    return Reply(data=_pull_request(forge))


def _pulls(forge: Remembered, request: Request) -> Reply:
    numbers = range(412, 413 + forge.others)
    return forge.paged(request, [_pull_request(forge, number) for number in numbers])


def _pull_request(forge: Remembered, number: int = 412) -> dict[str, Any]:
    if forge.kind == "gitlab":
        url = f"{forge.web}/-/merge_requests/{number}"
        head = {"sha": forge.head, "source_branch": forge.branch}
        return {"iid": number, "web_url": url, "description": forge.body, **head}
    place = "pull" if forge.kind == "github" else "pulls"
    url = f"{forge.web}/{place}/{number}"
    head = {"ref": forge.branch, "sha": forge.head}
    return {"number": number, "html_url": url, "body": forge.body, "head": head}


def _files(forge: Remembered, request: Request) -> Reply:
    if forge.kind == "gitlab":
        items = [{"new_path": path, "old_path": path, "diff": "@@"} for path in forge.paths]
    else:
        items = [{"filename": path, "status": "modified"} for path in forge.paths]
    return forge.paged(request, items)


def _commits(forge: Remembered, request: Request) -> Reply:
    told = [{"message": message} for message in forge.messages]
    items = told if forge.kind == "gitlab" else [{"sha": HEAD, "commit": one} for one in told]
    return forge.paged(request, items)


def _statuses(forge: Remembered, request: Request) -> Reply:
    return forge.paged(request, list(reversed(forge.statuses)))


def _set_status(forge: Remembered, request: Request) -> Reply:
    told = request.data
    if forge.kind == "gitlab":
        same = [s for s in forge.statuses if s["name"] == told["name"]][-1:]
        if same and same[0]["status"] == told["state"] == "pending":
            message = {"state": ["Cannot transition status via :enqueue from :pending"]}
            return Reply(400, data={"message": message})
    key = "state" if forge.kind == "github" else "status"
    forge.statuses.append({**told, key: told["state"]})
    return Reply(201, data=forge.statuses[-1])


_GITLAB = r"/api/v4/projects/acme%2Ftools%2Fshop"
_GITEA = r"/api/v1/repos/acme/shop"
_GITHUB = r"/api/v3/repos/acme/shop"


def _routes_like_github(api: str, start: str) -> list[tuple[str, str, Any]]:
    return [
        ("GET", f"{api}/user", _user),
        ("GET", f"{start}/issues/412/comments", _comments),
        ("POST", f"{start}/issues/412/comments", _create),
        ("PATCH", rf"{start}/issues/comments/(\d+)", _edit),
        ("DELETE", rf"{start}/issues/comments/(\d+)", _delete),
        ("GET", f"{start}/pulls/412", _pull),
        ("GET", f"{start}/pulls/412/files", _files),
        ("GET", f"{start}/pulls/412/commits", _commits),
        ("GET", f"{start}/pulls", _pulls),
        ("GET", f"{start}/commits/{HEAD}/pulls", _pulls),
        ("GET", f"{start}/commits/{HEAD}/pull", _pull),
        ("GET", rf"{start}/commits/[0-9a-f]+/statuses", _statuses),
        ("POST", rf"{start}/statuses/[0-9a-f]+", _set_status),
    ]


_ROUTES: dict[str, list[tuple[str, str, Any]]] = {
    "github": _routes_like_github("/api/v3", _GITHUB),
    "gitea": _routes_like_github("/api/v1", _GITEA),
    "gitlab": [
        ("GET", "/api/v4/user", _user),
        ("GET", f"{_GITLAB}/merge_requests/412/notes", _comments),
        ("POST", f"{_GITLAB}/merge_requests/412/notes", _create),
        ("PUT", rf"{_GITLAB}/merge_requests/412/notes/(\d+)", _edit),
        ("DELETE", rf"{_GITLAB}/merge_requests/412/notes/(\d+)", _delete),
        ("GET", f"{_GITLAB}/merge_requests/412", _pull),
        ("GET", f"{_GITLAB}/merge_requests/412/diffs", _files),
        ("GET", f"{_GITLAB}/merge_requests/412/commits", _commits),
        ("GET", f"{_GITLAB}/merge_requests", _pulls),
        ("GET", f"{_GITLAB}/repository/commits/{HEAD}/merge_requests", _pulls),
        ("GET", rf"{_GITLAB}/repository/commits/[0-9a-f]+/statuses", _statuses),
        ("POST", rf"{_GITLAB}/statuses/[0-9a-f]+", _set_status),
    ],
}


@contextmanager
def forge_of_kind(kind: str) -> Iterator[Remembered]:
    """A forge with one repository and one pull request, number 412."""
    forge = Remembered(kind)
    with serving(forge.reply) as port:
        forge.port = port
        yield forge

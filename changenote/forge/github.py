"""GitHub and GitHub Enterprise."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from changenote.errors import ForgeFailed
from changenote.forge.api import (
    Comment,
    PullRequest,
    State,
    Status,
    comment_in,
    mapping,
    named_paths,
    status_in,
    text,
    whole,
)
from changenote.forge.http import Client

HEADERS = {"X-GitHub-Api-Version": "2022-11-28"}

_PAGE: dict[str, str | int] = {"per_page": 100}
_STATES: dict[str, State] = {"success": "success", "pending": "pending", "failure": "failure"}


class GitHub:
    """A repository; `path` is OWNER/NAME."""

    page = _PAGE

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._owner = path.partition("/")[0]
        self._repository = f"/repos/{quote(path)}"

    def account(self) -> str:
        """See `Forge`."""
        return self._account

    @cached_property
    def _account(self) -> str:
        try:
            return text(mapping(self._client.get("/user").data).get("login"))
        except ForgeFailed as error:
            if error.status != 403:
                raise
            with suppress(ForgeFailed):
                if viewer := self._viewer():
                    return viewer
            raise

    def _viewer(self) -> str:
        """The account, for the token of a workflow, which may not ask for `/user`."""
        above = self._client.at(self._client.address.path.removesuffix("/v3"))
        query = {"query": "query { viewer { login } }"}
        answer = mapping(above.send("POST", "/graphql", query, is_repeatable=True).data)
        viewer = mapping(mapping(answer.get("data") or {}).get("viewer") or {})
        return text(viewer.get("login"))

    def pull_request(self, number: int) -> PullRequest:
        """See `Forge`."""
        return pull_request(self._client.get(f"{self._repository}/pulls/{number}").data)

    def pull_requests_of(self, commit: str) -> Sequence[PullRequest]:
        """See `Forge`."""
        path = f"{self._repository}/commits/{quote(commit)}/pulls"
        return [pull_request(item) for item in self._client.pages(path, self.page)]

    def pull_requests_from(self, branch: str) -> Sequence[PullRequest]:
        """See `Forge`."""
        return self._open(branch, {"head": f"{self._owner}:{branch}"})

    def _open(self, branch: str, query: Mapping[str, str]) -> Sequence[PullRequest]:
        """The open pull requests of a branch; `query` narrows down what is looked through."""
        found = self._client.pages(
            f"{self._repository}/pulls", {"state": "open", **query, **self.page}
        )
        return [one for one in map(pull_request, found) if one.branch == branch]

    def paths(self, number: int) -> Iterator[str]:
        """See `Forge`; GitHub names 3,000 files at the most."""
        found = self._client.pages(f"{self._repository}/pulls/{number}/files", self.page)
        return named_paths(found, ("filename", "previous_filename"))

    def messages(self, number: int) -> Iterator[str]:
        """See `Forge`; GitHub lists 250 commits at the most."""
        found = self._client.pages(f"{self._repository}/pulls/{number}/commits", self.page)
        return (text(mapping(mapping(item).get("commit") or {}).get("message")) for item in found)

    def comments(self, number: int) -> Iterator[Comment]:
        """See `Forge`."""
        return map(_comment, self._client.pages(self._thread(number), self.page))

    def create_comment(self, number: int, body: str) -> int:
        """See `Forge`."""
        return _comment(self._client.send("POST", self._thread(number), {"body": body}).data).id

    def edit_comment(self, number: int, comment: int, body: str) -> None:  # noqa: ARG002 - see `Forge`
        """See `Forge`."""
        path = f"{self._repository}/issues/comments/{comment}"
        mapping(self._client.send("PATCH", path, {"body": body}).data)

    def delete_comment(self, number: int, comment: int) -> None:  # noqa: ARG002 - see `Forge`
        """See `Forge`."""
        self._client.send("DELETE", f"{self._repository}/issues/comments/{comment}")

    def _thread(self, number: int) -> str:
        """Where what is said about a pull request is."""
        return f"{self._repository}/issues/{number}/comments"

    def status(self, commit: str, context: str) -> Status | None:
        """See `Forge`."""
        path = f"{self._repository}/commits/{quote(commit)}/statuses"
        found = map(_status, self._client.pages(path, self.page))
        return next((one for one in found if one.context == context), None)

    def set_status(self, commit: str, status: Status) -> None:
        """See `Forge`."""
        data = {
            "state": status.state,
            "context": status.context,
            "description": status.description,
            **({"target_url": status.url} if status.url else {}),
        }
        mapping(
            self._client.send("POST", f"{self._repository}/statuses/{quote(commit)}", data).data
        )


def pull_request(data: object) -> PullRequest:
    """A pull request in GitHub's shape."""
    found = mapping(data)
    head: Mapping[str, Any] = mapping(found.get("head") or {})
    return PullRequest(
        number=whole(found.get("number")),
        url=text(found.get("html_url")),
        body=text(found.get("body")),
        head=text(head.get("sha")),
        branch=text(head.get("ref")),
    )


_comment = partial(comment_in, author="user", name="login")
_status = partial(status_in, context="context", states=_STATES)

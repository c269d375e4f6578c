"""GitLab, where a pull request is a merge request and a comment is a note."""

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
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

_PAGE: dict[str, str | int] = {"per_page": 100}
_STATES: dict[str, State] = {"success": "success", "pending": "pending", "running": "pending"}


class GitLab:
    """A project; `path` is that in its address, groups and all."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._project = f"/projects/{quote(path, safe='')}"

    def account(self) -> str:
        """See `Forge`."""
        return self._account

    @cached_property
    def _account(self) -> str:
        return text(mapping(self._client.get("/user").data).get("username"))

    def pull_request(self, number: int) -> PullRequest:
        """See `Forge`."""
        return _merge_request(self._client.get(f"{self._project}/merge_requests/{number}").data)

    def pull_requests_of(self, commit: str) -> Sequence[PullRequest]:
        """See `Forge`."""
        path = f"{self._project}/repository/commits/{quote(commit)}/merge_requests"
        return [_merge_request(item) for item in self._client.pages(path, _PAGE)]

    def pull_requests_from(self, branch: str) -> Sequence[PullRequest]:
        """See `Forge`."""
        query = {"state": "opened", "source_branch": branch, **_PAGE}
        found = self._client.pages(f"{self._project}/merge_requests", query)
        return [_merge_request(item) for item in found]

    def paths(self, number: int) -> Iterator[str]:
        """See `Forge`."""
        path = f"{self._project}/merge_requests/{number}/diffs"
        return named_paths(self._client.pages(path, _PAGE), ("new_path", "old_path"))

    def messages(self, number: int) -> Iterator[str]:
        """See `Forge`."""
        path = f"{self._project}/merge_requests/{number}/commits"
        return (text(mapping(item).get("message")) for item in self._client.pages(path, _PAGE))

    def comments(self, number: int) -> Iterator[Comment]:
        """See `Forge`; what GitLab itself writes into the thread is left out."""
        query = {"sort": "asc", "order_by": "created_at", **_PAGE}
        found = map(mapping, self._client.pages(self._thread(number), query))
        return (_note(item) for item in found if item.get("system") is not True)

    def create_comment(self, number: int, body: str) -> int:
        """See `Forge`."""
        return _note(self._client.send("POST", self._thread(number), {"body": body}).data).id

    def edit_comment(self, number: int, comment: int, body: str) -> None:
        """See `Forge`."""
        mapping(self._client.send("PUT", f"{self._thread(number)}/{comment}", {"body": body}).data)

    def delete_comment(self, number: int, comment: int) -> None:
        """See `Forge`."""
        self._client.send("DELETE", f"{self._thread(number)}/{comment}")

    def _thread(self, number: int) -> str:
        """Where what is said about a merge request is."""
        return f"{self._project}/merge_requests/{number}/notes"

    def status(self, commit: str, context: str) -> Status | None:
        """See `Forge`."""
        path = f"{self._project}/repository/commits/{quote(commit)}/statuses"
        found = map(_status, self._client.pages(path, {"name": context, **_PAGE}))
        return next((one for one in found if one.context == context), None)

    def set_status(self, commit: str, status: Status) -> None:
        """See `Forge`."""
        data = {
            "state": "failed" if status.state == "failure" else status.state,
            "name": status.context,
            "description": status.description,
            **({"target_url": status.url} if status.url else {}),
        }
        try:
            mapping(
                self._client.send("POST", f"{self._project}/statuses/{quote(commit)}", data).data
            )
        except ForgeFailed as error:
            # It refuses to make a pending one pending, and the words beside it stay the old ones.
            if error.status != 400 or "Cannot transition" not in error.what:
                raise


def _merge_request(data: object) -> PullRequest:
    found = mapping(data)
    return PullRequest(
        number=whole(found.get("iid")),
        url=text(found.get("web_url")),
        body=text(found.get("description")),
        head=text(found.get("sha")),
        branch=text(found.get("source_branch")),
    )


_note = partial(comment_in, author="author", name="username")
_status = partial(status_in, context="name", states=_STATES)

"""Runs of GitHub's pipelines: which pull request one was about, and a file that it left behind."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from changenote.errors import ForgeFailed
from changenote.forge.address import parsed
from changenote.forge.api import PullRequest, mapping, text, unlike, whole
from changenote.forge.github import pull_request
from changenote.forge.http import Client
from changenote.records import record

_PAGE = 100


@record
class Artifact:
    """What a run left behind, packed as a zip; `size` is in bytes, as the forge tells it."""

    id: int
    size: int


class Runs:
    """The runs in a repository; `path` is OWNER/NAME. Everything raises `ForgeFailed`."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._repository = f"/repos/{quote(path)}"

    def pull_request(
        self, *, repository: str, branch: str, commit: str, target: str
    ) -> PullRequest | None:
        """The open pull request of a branch, maybe of a fork, whose last commit is this one.

        Of several the one to the branch `target`; None when it is not clear which is meant.
        """
        head = f"{repository.partition('/')[0]}:{branch}"
        query: dict[str, str | int] = {"state": "open", "head": head, "per_page": _PAGE}
        every = map(mapping, self._client.pages(f"{self._repository}/pulls", query))
        found = [one for one in every if _head(one) == (repository.casefold(), branch, commit)]
        best = [one for one in found if _part(one, "base").get("ref") == target] or found
        return pull_request(best[0]) if len(best) == 1 else None

    def artifact(self, run: int, name: str) -> Artifact | None:
        """The newest artifact of a run with a name; None when there is none, or none any more."""
        path = f"{self._repository}/actions/runs/{run}/artifacts"
        answer = self._client.get(path, {"name": name, "per_page": _PAGE})
        listed = mapping(answer.data).get("artifacts")
        if not isinstance(listed, list):
            raise unlike("a list of artifacts")
        every = (item for item in map(mapping, listed) if item.get("name") == name)
        found = [
            Artifact(id=whole(item.get("id")), size=whole(item.get("size_in_bytes")))
            for item in every
            if item.get("expired") is not True
        ]
        return max(found, key=lambda one: one.id, default=None)

    def packed(self, artifact: Artifact) -> bytes:
        """The zip of an artifact.

        GitHub keeps it on another host and sends its readers there: they go without the token.
        """
        place = self._client.leads_to(f"{self._repository}/actions/artifacts/{artifact.id}/zip")
        parts = urlsplit(place)
        address = parsed(f"{parts.scheme}://{parts.netloc}")
        if address is None:
            raise ForgeFailed(
                f"{self._client.address.name} does not say where artifact {artifact.id} is",
                expected="an address that starts with https://",
                hint="Run the same command again.",
            )
        return Client(address).get(f"{parts.path}?{parts.query}").body


def _head(pull_request: Mapping[str, Any]) -> tuple[str, str, str]:
    """The repository, branch and last commit that a pull request comes from."""
    head = _part(pull_request, "head")
    repository = text(_part(head, "repo").get("full_name"))
    return repository.casefold(), text(head.get("ref")), text(head.get("sha"))


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A part of an answer that may be null: the repository of a fork that was deleted."""
    return mapping(data.get(key) or {})

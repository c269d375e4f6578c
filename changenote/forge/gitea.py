"""Gitea, Forgejo and Codeberg: their API is GitHub's, but for a few places."""

from collections.abc import Sequence
from urllib.parse import quote

from changenote.errors import ForgeFailed
from changenote.forge.api import PullRequest
from changenote.forge.github import GitHub, pull_request

_PAGE: dict[str, str | int] = {"limit": 50}


class Gitea(GitHub):
    """A repository; `path` is OWNER/NAME."""

    page = _PAGE

    def pull_requests_of(self, commit: str) -> Sequence[PullRequest]:
        """See `Forge`; Gitea knows the one that was merged by it."""
        path = f"{self._repository}/commits/{quote(commit)}/pull"
        try:
            return [pull_request(self._client.get(path).data)]
        except ForgeFailed as error:
            if error.status == 404:
                return []
            raise

    def pull_requests_from(self, branch: str) -> Sequence[PullRequest]:
        """See `Forge`; there is no question for one branch."""
        return self._open(branch, {})

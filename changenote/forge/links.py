"""Addresses of commits, files and pull requests on a forge, without asking it anything."""

import os
from urllib.parse import quote

from changenote.git import real_path
from changenote.patterns import pattern
from changenote.records import record

_SCP = pattern(r"(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9.-]+):(?!//)(?P<path>[^\s:].*)")
_URL = pattern(
    r"(?P<scheme>https?|ssh|git)://(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9.-]+)(?P<port>:\d+)?/(?P<path>\S+)",
    holds=("://",),
)

_COMMIT = pattern(r"[0-9a-f]{7,64}")

_PULL_REQUESTS = {
    "github": "pull",
    "gitlab": "-/merge_requests",
    "gitea": "pulls",
    "bitbucket": "pull-requests",
}
_FILES = {"github": "blob", "gitlab": "-/blob", "gitea": "src/commit", "bitbucket": "src"}
_COMMITS = {"github": "commit", "gitlab": "-/commit", "gitea": "commit", "bitbucket": "commits"}
_COMPARISONS = {
    "github": "compare",
    "gitlab": "-/compare",
    "gitea": "compare",
    "bitbucket": "branches/compare",
}
_ISSUES = {"github": "issues", "gitlab": "-/issues", "gitea": "issues", "bitbucket": "issues"}
_TAGS = {"github": "releases/tag", "gitlab": "-/tags", "gitea": "src/tag", "bitbucket": "src"}

FORGES = tuple(_PULL_REQUESTS)


@record
class Repository:
    """A repository on a forge; `web` is its address without a slash at the end."""

    forge: str
    web: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.web.rpartition("/")[2]

    def pull_request(self, number: int) -> str:
        """Address of a pull or merge request."""
        return f"{self.web}/{_PULL_REQUESTS[self.forge]}/{number}"

    def issue(self, number: int) -> str:
        """Address of an issue."""
        return f"{self.web}/{_ISSUES[self.forge]}/{number}"

    def commit(self, sha: str) -> str:
        """Address of a commit."""
        return f"{self.web}/{_COMMITS[self.forge]}/{quote(sha)}"

    def compare(self, base: str, head: str) -> str:
        """Address of the difference between two commits."""
        if self.forge == "bitbucket":
            return f"{self.web}/{_COMPARISONS[self.forge]}/{quote(head)}%0D{quote(base)}"
        return f"{self.web}/{_COMPARISONS[self.forge]}/{quote(base)}...{quote(head)}"

    def tag(self, name: str) -> str:
        """Address of a tag."""
        return f"{self.web}/{_TAGS[self.forge]}/{quote(name)}"

    def blob(self, revision: str, path: str) -> str:
        """Address of a file, named as notes have it, as it was at a revision."""
        place = _FILES[self.forge]
        if self.forge == "gitea" and not _COMMIT.fullmatch(revision):
            place = "src/branch"
        return f"{self.web}/{place}/{quote(revision)}/{quote(os.fsencode(real_path(path)))}"


def parse_remote(url: str, forge: str | None = None) -> Repository | None:
    """The repository behind a git remote's address; None for a path or an unknown shape.

    The forge is guessed from the host's name when it is not given, GitHub's shape if all fails.
    A user name or password in the address is dropped.
    """
    match = _URL.fullmatch(url.strip()) or _SCP.fullmatch(url.strip())
    if not match:
        return None
    host, path = match["host"].lower(), match["path"].strip("/").removesuffix(".git")
    if not path or ("." not in host and host != "localhost"):
        return None
    groups = match.groupdict()
    scheme = "http" if groups.get("scheme") == "http" else "https"
    port = (groups.get("port") or "") if groups.get("scheme") in ("http", "https") else ""
    return Repository(forge=forge or forge_of(host), web=f"{scheme}://{host}{port}/{path}")


def forge_of(host: str) -> str:
    """The kind of forge that a host's name speaks of; `github` when it says nothing."""
    for forge in FORGES:
        if forge in host:
            return forge
    return "gitea" if "codeberg" in host or "forgejo" in host else "github"

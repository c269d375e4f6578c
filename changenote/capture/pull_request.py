"""A pull or merge request as the forges tell of it → parts of a note. Pure.

What a forge says is text by many hands: whatever has an unexpected type or shape is not there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from changenote.capture.prose import reason_in
from changenote.capture.subjects import (
    cleaned_title,
    issues_closed,
    kind_told,
    pull_request_number,
    shortened_reason,
)
from changenote.git import Commit
from changenote.patterns import pattern
from changenote.records import record

State = Literal["open", "merged", "closed"]

_SHA = pattern(r"(?=.*[^0])[0-9a-f]{7,64}")
_ADDRESS = pattern(r"https?://[^\s<>\"]{1,2000}")
_LAST_WORD = pattern(r"[a-z]+")  # of `kind/bug`, `type: bug` and `type::bug`
_TOO_LARGE = 10**18
_KIND_OF_LABEL = {
    "bug": "fix",
    "bugfix": "fix",
    "fix": "fix",
    "enhancement": "feature",
    "feature": "feature",
    "performance": "performance",
    "perf": "performance",
    "security": "security",
    "documentation": "docs",
    "docs": "docs",
    "dependencies": "dependency",
    "dependency": "dependency",
    "database": "database",
    "migration": "database",
    "infrastructure": "infrastructure",
    "ci": "infrastructure",
    "cache": "cache",
}


@record
class PullRequest:
    """One pull or merge request; `title` is empty where only its number is told.

    `merge_commit` is what came of it on the main line, `commits` how many it had, if that is known.
    `base` and `head` are branches, `base_commit` and `head_commit` where they were.
    """

    number: int
    title: str = ""
    body: str = ""
    author: str | None = None
    url: str | None = None
    state: State = "open"
    merged_at: datetime | None = None
    merge_commit: str | None = None
    base: str | None = None
    head: str | None = None
    base_commit: str | None = None
    head_commit: str | None = None
    commits: int | None = None
    labels: tuple[str, ...] = ()


def of_github(data: Mapping[str, Any]) -> PullRequest | None:
    """From GitHub's or Gitea's JSON of a pull request, in an event or an answer of its API.

    One that was closed without being merged has a `merge_commit_sha` all the same: the trial merge.
    """
    number = whole(data.get("number"))
    if number is None:
        return None
    merged_at = moment(data.get("merged_at"))
    is_merged = data.get("merged") is True or merged_at is not None
    base, head, author = part(data, "base"), part(data, "head"), part(data, "user")
    login = text(author.get("login")) if author.get("type") != "Bot" else None
    return PullRequest(
        number=number,
        title=text(data.get("title")) or "",
        body=text(data.get("body")) or "",
        author=f"@{login}" if login else None,
        url=address(data.get("html_url")),
        state="merged" if is_merged else "closed" if data.get("state") == "closed" else "open",
        merged_at=merged_at,
        merge_commit=sha(data.get("merge_commit_sha")) if is_merged else None,
        base=text(base.get("ref")),
        head=text(head.get("ref")),
        base_commit=sha(base.get("sha")),
        head_commit=sha(head.get("sha")),
        commits=whole(data.get("commits")),
        labels=_names(data.get("labels")),
    )


def of_gitlab(data: Mapping[str, Any]) -> PullRequest | None:
    """From GitLab's JSON of a merge request, as its API answers."""
    number = whole(data.get("iid"))
    if number is None:
        return None
    is_merged = data.get("state") == "merged"
    merge_commit = data.get("merge_commit_sha") or data.get("squash_commit_sha")
    return PullRequest(
        number=number,
        title=text(data.get("title")) or "",
        body=text(data.get("description")) or "",
        author=text(part(data, "author").get("name")),
        url=address(data.get("web_url")),
        state="merged" if is_merged else "closed" if data.get("state") == "closed" else "open",
        merged_at=moment(data.get("merged_at")),
        merge_commit=sha(merge_commit) if is_merged else None,
        base=text(data.get("target_branch")),
        head=text(data.get("source_branch")),
        head_commit=sha(data.get("sha")),
        labels=_names(data.get("labels")),
    )


def reason_of(pull_request: PullRequest) -> str:
    """Why the change was made, as far as the description says it."""
    return shortened_reason(reason_in(pull_request.body))


def kind_of(pull_request: PullRequest) -> str:
    """The kind that the title's prefix names, or else a label, or else the title's words."""
    words = (_LAST_WORD.findall(label.lower())[-1:] for label in pull_request.labels)
    found = (_KIND_OF_LABEL.get(word) for last in words for word in last)
    label = next((kind for kind in found if kind), "")
    return kind_told(pull_request.title, cleaned_title(pull_request.title), label)


def issues_of(pull_request: PullRequest) -> tuple[int, ...]:
    """The issues that it closes."""
    return issues_closed([pull_request.title, pull_request.body])


def start_of(pull_request: PullRequest, merge: Commit) -> str:
    """The revision before a merged pull request, whose last commit on the main line is `merge`.

    That is the commit before, unless its commits were put on the main line one by one.
    """
    is_one = len(merge.parents) > 1 or pull_request_number(merge.subject, merge.body) is not None
    same_title = cleaned_title(merge.subject) == cleaned_title(pull_request.title)
    count = 1 if is_one or same_title else pull_request.commits or 1
    return f"{merge.sha}~{count}"


def part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A mapping inside another; an empty one when there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str | None:
    """A text with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def whole(value: object) -> int | None:
    """A number that counts or names something."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _TOO_LARGE else None


def sha(value: object) -> str | None:
    """The id of a commit; not the zeros that stand for none."""
    return value if isinstance(value, str) and _SHA.fullmatch(value) else None


def address(value: object) -> str | None:
    """An address on the web."""
    return value if isinstance(value, str) and _ADDRESS.fullmatch(value) else None


def moment(value: object) -> datetime | None:
    """An instant, if the text says its zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _names(labels: object) -> tuple[str, ...]:
    """The names in a list of labels: texts, or mappings with a name."""
    if not isinstance(labels, Sequence) or isinstance(labels, str):
        return ()
    named = (item.get("name") if isinstance(item, Mapping) else item for item in labels)
    return tuple(name for name in named if isinstance(name, str))

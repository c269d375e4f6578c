"""What is asked of a forge, whichever it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from changenote.errors import ForgeFailed
from changenote.records import record

State = Literal["success", "pending", "failure"]


@record
class Comment:
    """A comment on a pull request; `author` is the account's name for machines."""

    id: int
    author: str
    body: str


@record
class PullRequest:
    """A pull or merge request; `head` is the last commit of it."""

    number: int
    url: str
    body: str
    head: str
    branch: str


@record
class Status:
    """What a forge shows beside a commit; `context` is its name there, and its key."""

    context: str
    state: State
    description: str
    url: str


class Forge(Protocol):
    """One repository on a forge. Everything raises `ForgeFailed`."""

    def account(self) -> str:
        """The account that the token belongs to."""

    def pull_request(self, number: int) -> PullRequest:
        """One pull request."""

    def pull_requests_of(self, commit: str) -> Sequence[PullRequest]:
        """The pull requests that hold a commit."""

    def pull_requests_from(self, branch: str) -> Sequence[PullRequest]:
        """The open pull requests of a branch of this repository."""

    def paths(self, number: int) -> Iterator[str]:
        """The paths that a pull request changes; of a renamed file both."""

    def messages(self, number: int) -> Iterator[str]:
        """The messages of a pull request's commits."""

    def comments(self, number: int) -> Iterator[Comment]:
        """Every comment on a pull request, oldest first."""

    def create_comment(self, number: int, body: str) -> int:
        """Write a comment; its id."""

    def edit_comment(self, number: int, comment: int, body: str) -> None:
        """Write a comment anew."""

    def delete_comment(self, number: int, comment: int) -> None:
        """Take a comment away."""

    def status(self, commit: str, context: str) -> Status | None:
        """What is shown beside a commit under a name; None when there is nothing."""

    def set_status(self, commit: str, status: Status) -> None:
        """Show something beside a commit."""


def mapping(value: object) -> Mapping[str, Any]:
    """A mapping in an answer. Raises `ForgeFailed` when it is something else."""
    if isinstance(value, Mapping):
        return value
    raise unlike("an object")


def text(value: object) -> str:
    """A text in an answer; empty when it has none."""
    return value if isinstance(value, str) else ""


def named_paths(items: Iterable[object], keys: Sequence[str]) -> Iterator[str]:
    """The paths that items of a list name under some keys, each item's own once."""
    for item in items:
        named = (text(mapping(item).get(key)) for key in keys)
        yield from dict.fromkeys(path for path in named if path)


def comment_in(data: object, *, author: str, name: str) -> Comment:
    """A comment in an answer; `author` is the key of who wrote it, and `name` of what they are
    called there. One of a deleted account has no author.
    """
    found = mapping(data)
    who = mapping(found.get(author) or {})
    return Comment(
        id=whole(found.get("id")), author=text(who.get(name)), body=text(found.get("body"))
    )


def status_in(data: object, *, context: str, states: Mapping[str, State]) -> Status:
    """A status in an answer; `context` is the key of its name, and `states` what the forge calls
    those that are no failure. GitHub says `state`, all others `status`.
    """
    found = mapping(data)
    return Status(
        context=text(found.get(context)),
        state=states.get(text(found.get("state") or found.get("status")), "failure"),
        description=text(found.get("description")),
        url=text(found.get("target_url")),
    )


def whole(value: object) -> int:
    """A number in an answer. Raises `ForgeFailed` when it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise unlike("a number")


def unlike(expected: str) -> ForgeFailed:
    """The error that an answer has another shape than the forge's documentation says."""
    return ForgeFailed(
        f"the forge answered with something else than {expected}",
        expected=f"{expected}, as its API documents it",
        retry="not before the cause is found",
        hint="Is `forge:` in config.yaml the right kind, and is the forge a recent version?",
    )

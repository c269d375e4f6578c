"""Which merged pull requests have a note: by number, and by the commits that a note is about."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

from changenote import git
from changenote.capture.subjects import pull_request_number
from changenote.errors import GitFailed, NotARepository, UnknownRevision
from changenote.git import Commit
from changenote.model.deployments import DAY, Noted, Period, Shipment, noted
from changenote.store.project import Project

_EARLIEST = 365 * DAY  # git takes the first days of its calendar for today
_ALL = 2**31 - 1  # commits of a branch


class Shipped(NamedTuple):
    """What a note says of its deployment, and the commits between which its change lies."""

    shipment: Shipment
    base: str | None
    head: str | None


def merged_and_noted(project: Project, period: Period, every: Sequence[Shipped]) -> Noted | str:
    """The pull requests that the default branch got in a period, or why that is not known."""
    branch = project.config.default_branch
    if not project.is_repository:
        return "this is no git repository"
    try:
        root = git.root_around(project.root)
        head = _head(branch, root)
        if head is None:
            return f"there is no branch {branch} (`default_branch` in the config names it)"
        if git.is_shallow(root):
            return "this clone is shallow, older commits are missing"
        merged = _merged(project, root, head, period)
        places = _places(head, root) if merged else {}
        numbers = [number for _, number in merged]
        return noted(numbers, (_with_numbers(one, merged, places) for one in every))
    except (GitFailed, NotARepository) as error:
        return error.what


def _head(branch: str, root: Path) -> str | None:
    """The last commit of a branch, here or where it was fetched from."""
    for name in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"):
        with suppress(UnknownRevision):
            return git.commit_id(name, root)
    return None


def _merged(
    project: Project, root: Path, head: str, period: Period
) -> tuple[tuple[Commit, int], ...]:
    """Pull requests that touched more than notes, from the first day of the period on.

    From its first minute on would leave out those that were merged just before the first deploy.
    """
    start = datetime.fromtimestamp(max(period.start, _EARLIEST), UTC)
    commits = git.commits(
        None,
        head,
        root,
        first_parent=True,
        outside=project.notes_within(root),
        since=datetime.combine(start, time(), UTC),
    )
    named = ((commit, pull_request_number(commit.subject, commit.body)) for commit in commits)
    return tuple((commit, number) for commit, number in named if number is not None)


def _places(head: str, root: Path) -> Mapping[str, int]:
    """How many commits of the branch came after each of them."""
    return {one.sha: place for place, one in enumerate(git.first_parents(head, root, most=_ALL))}


def _with_numbers(
    one: Shipped, merged: Sequence[tuple[Commit, int]], places: Mapping[str, int]
) -> Shipment:
    """What a note says, with the pull requests that came in with the commits it is about."""
    shipment = one.shipment
    more = [number for commit, number in merged if _is_about(one, commit, places)]
    return shipment._replace(pull_requests=[*shipment.pull_requests, *more])


def _is_about(note: Shipped, commit: Commit, places: Mapping[str, int]) -> bool:
    """Does a commit of the branch lie between those that a note names, or merge the last one?

    A note that begins at no commit is about all before its last one; one that begins at a commit
    which is not on the branch is about the last one alone.
    """
    if note.head in commit.parents[1:]:
        return True
    end, place = places.get(note.head or ""), places[commit.sha]
    if end is None:
        return False
    start = places.get(note.base, end + 1) if note.base else len(places)
    return end <= place < start

"""Commits and tags: what came before what."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from changenote.errors import UnknownRevision
from changenote.git.process import ask, moment, run
from changenote.git.repository import commit_id, known_commit, root_around, without_filters
from changenote.records import record

_NOBODY = "%aN <%aE>"  # stays as it was asked for where a commit names no author
_TAG = "tag: refs/tags/"
_BRANCH = "HEAD -> refs/heads/"


@record
class Commit:
    """One commit: people as `Name <address>`, times with their zones."""

    sha: str
    parents: tuple[str, ...]
    author: str
    authored: datetime
    committed: datetime
    subject: str
    body: str


@record
class Ancestor:
    """A commit on the way back; `branch` is the one that is checked out at it."""

    sha: str
    parents: tuple[str, ...]
    tags: tuple[str, ...]
    branch: str | None


@record
class Tag:
    """A tag: the commit it names, and when it was made (of a lightweight one: that commit)."""

    name: str
    commit: str
    at: datetime


def commits(
    base: str | None,
    head: str,
    folder: Path,
    *,
    first_parent: bool,
    most: int | None = None,
    outside: str | None = None,
    since: datetime | None = None,
) -> list[Commit]:
    """The commits that `head` has and `base` has not, newest first, `most` at the most.

    Those that touch nothing `outside` one folder, or are older than `since`, are left out.
    """
    form = f"%H%x00%P%x00{_NOBODY}%x00%aI%x00%cI%x00%s%x00%b"
    arguments = ["log", f"--format={form}", "--no-color", "--end-of-options"]
    if first_parent:
        arguments.insert(1, "--first-parent")
    if most is not None:
        arguments.insert(1, f"--max-count={most}")
    if since is not None:
        arguments.insert(1, f"--since={since.isoformat(timespec='seconds')}")
    arguments += [f"{base}..{head}" if base else head, "--"]
    if outside is not None:
        arguments.append(f":(top,exclude,literal){outside}")
    fields = iter(os.fsdecode(ask(arguments, folder)).split("\0"))
    return [_commit(*told) for told in zip(*[fields] * 7, strict=False)]


def _commit(
    sha: str, parents: str, author: str, authored: str, committed: str, subject: str, body: str
) -> Commit:
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author="" if author == _NOBODY else author,
        authored=moment(authored),
        committed=moment(committed),
        subject=subject,
        body=body.strip(),
    )


def first_parents(head: str, folder: Path, *, most: int) -> list[Ancestor]:
    """A commit and those before it along first parents, newest first, `most` at the most."""
    arguments = ["log", "--first-parent", f"--max-count={most}", "--format=%H%x00%P%x00%D"]
    arguments += ["--decorate=full", "--no-color", "--end-of-options", head, "--"]
    fields = os.fsdecode(ask(arguments, folder)).split("\0")
    records = zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
    return [_ancestor(sha, parents, refs.split(", ")) for sha, parents, refs in records]


def _ancestor(sha: str, parents: str, refs: Sequence[str]) -> Ancestor:
    return Ancestor(
        sha=sha,
        parents=tuple(parents.split()),
        tags=tuple(r.removeprefix(_TAG) for r in refs if r.startswith(_TAG)),
        branch=next((r.removeprefix(_BRANCH) for r in refs if r.startswith(_BRANCH)), None),
    )


def tags(folder: Path, *, within: str | None = None) -> list[Tag]:
    """Every tag of a commit, with the time at which it was made; those in a commit's history."""
    form = "%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)"
    merged = [f"--merged={within}"] if within else []
    arguments = ["for-each-ref", f"--format={form}", *merged, "refs/tags"]
    lines = os.fsdecode(ask(arguments, folder)).split("\n")  # others may be in a name
    found = (line.split("\0") for line in lines if line)
    return [
        Tag(name=name, commit=tagged or commit, at=moment(at))
        for name, commit, tagged, at in found
        if at
    ]


def tag_before(head: str, folder: Path) -> tuple[str, str] | None:
    """Name and commit of the nearest tag on the way back from a commit, its own tags left out."""
    found = run(["describe", "--tags", "--abbrev=0", "--end-of-options", f"{head}^"], folder)
    name = os.fsdecode(found.stdout).strip()
    return (name, commit_id(f"refs/tags/{name}", folder)) if name else None


def parents_between(base: str, head: str, folder: Path) -> dict[str, tuple[str, ...]]:
    """The parents of every commit that `head` has and `base` has not, children before parents."""
    arguments = ["rev-list", "--topo-order", "--parents", "--end-of-options", f"{base}..{head}"]
    lines = ask([*arguments, "--"], folder).decode().splitlines()
    return {sha: tuple(parents) for sha, *parents in map(str.split, lines)}


def merge_base(first: str, second: str, folder: Path) -> str | None:
    """The commit where two lines of history part; None when they have none or one is unknown."""
    ends = [end for name in (first, second) if (end := known_commit(name, folder))]
    if len(ends) < 2:
        return None
    result = run(["merge-base", "--end-of-options", *ends], folder)
    return result.stdout.decode().split("\n")[0] or None if result.returncode == 0 else None


def distance(base: str, head: str, folder: Path) -> int | None:
    """How many commits `head` has that `base` has not; None when base is no ancestor of head."""
    result = run(["rev-list", "--left-right", "--count", f"{base}...{head}"], folder)
    if result.returncode:
        return None
    only_base, only_head = result.stdout.split()
    return None if int(only_base) else int(only_head)


def is_between(sha: str, base: str | None, head: str, folder: Path) -> bool:
    """Is a commit in the history of `head` and not in that of `base`? False for unknown ones."""
    if sha == head:
        return True
    commit = known_commit(sha, folder)
    if commit is None or _is_ancestor(commit, head, folder) != 0:
        return False
    return base is None or _is_ancestor(commit, base, folder) == 1


def _is_ancestor(commit: str, of: str, folder: Path) -> int:
    return run(["merge-base", "--is-ancestor", "--end-of-options", commit, of], folder).returncode


def outside(shas: Sequence[str], base: str, folder: Path) -> set[str]:
    """Those commits that are not in the history of `base`; this clone must have all of them."""
    if not shas:
        return set()
    given = "".join(f"{sha}\n" for sha in (*shas, f"^{base}")).encode()
    found = set(ask(["rev-list", "--stdin"], folder, given=given).decode().split())
    return found.intersection(shas)


def remote_branches_with(commit: str, folder: Path) -> list[str]:
    """The branches of remotes that have a commit, as far as this clone knows."""
    arguments = ["for-each-ref", "--format=%(refname:strip=2)", "--contains", commit]
    names = os.fsdecode(ask([*arguments, "refs/remotes"], folder)).split("\n")
    return [name for name in names if name]


def last_commit_of(path: str, folder: Path) -> str | None:
    """The newest commit that touched a file; None when it is in none."""
    found = run(["log", "--max-count=1", "--format=%H", "--", f":(literal){path}"], folder)
    return found.stdout.decode().rstrip("\0") or None if found.returncode == 0 else None


def moment_of_last_commit(folder: Path) -> str | None:
    """When the last commit was made, in seconds since 1970; None where there is none."""
    found = run(["log", "--max-count=1", "--format=%ct", "--"], folder)
    return found.stdout.decode().rstrip("\0") or None if found.returncode == 0 else None


def blamed(path: str, line: int, folder: Path) -> str:
    """The commit that last changed one line of a file. Raises `UnknownRevision`.

    Without a repository or a commit: `NotARepository`, `NoCommits`.
    """
    arguments = ["blame", "--no-textconv", "--porcelain", f"-L{line},{line}", "--", path]
    result = run(arguments, folder, more=without_filters(folder))
    if result.returncode:
        commit_id("HEAD", root_around(folder))
        said = os.fsdecode(result.stderr).strip().removeprefix("fatal: ")
        raise UnknownRevision(
            f"git cannot say who wrote {path}:{line}: {said}",
            expected="a line of a file that git knows",
            hint="Without `:LINE`, the notes that touched the file are shown.",
        )
    return result.stdout.split(b" ", 1)[0].decode()

"""A git repository of the same shape as a published history, with made-up file contents.

Messages, author pseudonyms, dates, tags, renames and line counts are those of the history. The
contents say nothing and depend on nothing else, so the commit ids are the same every time.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.demo.contents import Files, lengths_before
from tests.demo.history import Commit, read_history

REMOTE = "https://github.com/withastro/astro.git"
BRANCH = "main"


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """A commit of the history with its id, and its parent's, in the rebuilt repository."""

    commit: Commit
    sha: str
    parent: str


def rebuild(history: Path, repository: Path) -> list[Rebuilt]:
    """Make the repository in an empty or missing folder; its commits, oldest first."""
    commits = read_history(history)
    repository.mkdir(parents=True, exist_ok=True)
    _git(repository, "init", "--quiet", "--template=", "--object-format=sha1")
    _git(repository, "symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
    _git(repository, "fast-import", "--quiet", "--done", stream="".join(_stream(commits)))
    for name, value in _SETTINGS.items():
        _git(repository, "config", name, value)
    _git(repository, "reset", "--quiet", "--hard")
    base, *shas = _git(repository, "rev-list", "--reverse", BRANCH).split()
    parents = [base, *shas]
    return [
        Rebuilt(commit=commit, sha=sha, parent=parent)
        for commit, sha, parent in zip(commits, shas, parents[:-1], strict=True)
    ]


_SETTINGS = {
    "core.autocrlf": "false",
    "remote.origin.url": REMOTE,
    "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
    "user.name": "Demo",
    "user.email": "demo@example.com",
}


def _stream(commits: list[Commit]) -> Iterator[str]:
    """What `git fast-import` reads: the base commit, then every commit and its tags."""
    files = Files(lengths_before(change for commit in commits for change in commit.changes))
    started = commits[0].committed - timedelta(hours=1)
    yield _header("demo", started, started, "Start with the files that later commits touch")
    yield from (_written(path, files.text(path)) for path in files)
    for commit in commits:
        yield _header(commit.author, commit.authored, commit.committed, commit.message)
        for change in commit.changes:
            files.apply(change, by=commit.sha)
        yield from _file_commands(commit, files)
        yield from (f"reset refs/tags/{tag}\nfrom refs/heads/{BRANCH}\n" for tag in commit.tags)
    yield "done\n"


def _header(author: str, authored: datetime, committed: datetime, message: str) -> str:
    person = f"{author} <{author}@example.com>"
    return (
        f"commit refs/heads/{BRANCH}\n"
        f"author {person} {authored.timestamp():.0f} {authored:%z}\n"
        f"committer {person} {committed.timestamp():.0f} {committed:%z}\n"
        f"{_data(message)}"
    )


def _file_commands(commit: Commit, files: Files) -> Iterator[str]:
    for change in commit.changes:
        if change.renamed_from:
            yield f"D {change.renamed_from}\n"
        if change.status == "D":
            yield f"D {change.path}\n"
        else:
            yield _written(change.path, files.text(change.path))


def _written(path: str, text: str) -> str:
    return f"M 100644 inline {path}\n{_data(text)}"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _git(repository: Path, *arguments: str, stream: str = "") -> str:
    # A git hook that calls make sets GIT_DIR, which would lead to the wrong repository.
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env=surroundings,
        input=stream.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode()

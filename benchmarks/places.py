"""Folders to measure in: repositories with a history, with notes, with another tool's notes."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.notes import Data, notes, path_of, reno_note
from changenote.store.emitting import dump

_PERSON = "Dana Dev <dana@example.com>"
_START = 1_609_800_000  # 2021-01-05
_COMMITS = 50


@dataclass(frozen=True)
class Commit:
    """What one commit says and holds."""

    message: str
    files: Mapping[str, str]


def environment(home: Path) -> dict[str, str]:
    """The environment of every measured command: nobody's settings, no terminal's wishes."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
    }


def shop(folder: Path) -> Path:
    """A repository with 50 squashed pull requests, a tag six commits back and a remote."""
    made_up = enumerate(notes(_COMMITS))
    repository(folder, (_pull_request(number, data) for number, data in made_up))
    _git(folder, "tag", "v2.13.0", "HEAD~6")
    _git(folder, "remote", "add", "origin", "git@github.com:acme/shop.git")
    return folder


def copied(original: Path, folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A copy of a repository with some files more, not committed."""
    shutil.copytree(original, folder)
    _write(folder, files or {})
    return folder


def change_notes(folder: Path, total: int) -> Path:
    """A repository with made-up change notes, a commit for each."""
    return repository(folder, (Commit(d["title"], {path_of(d): dump(d)}) for d in notes(total)))


def reno_notes(folder: Path, total: int, *, one_commit: bool) -> Path:
    """A repository with the same changes as reno's notes, a commit for each or one for all."""
    commits = [Commit(d["title"], {_reno_path(d): reno_note(d)}) for d in notes(total)]
    if one_commit:
        every = {path: text for commit in commits for path, text in commit.files.items()}
        commits = [Commit("Bring the notes", every)]
    return repository(folder, commits)


def only(folder: Path) -> Callable[[], None]:
    """A function that removes every file that came into a folder since now."""
    kept = set(_files(folder))

    def remove_new() -> None:
        for path in set(_files(folder)) - kept:
            path.unlink()

    return remove_new


def repository(folder: Path, commits: Iterable[Commit]) -> Path:
    """A git repository with these commits on branch main, checked out."""
    folder.mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "config", "user.name", "Dana Dev")
    _git(folder, "config", "user.email", "dana@example.com")
    stream = b"".join(_imported(number, commit) for number, commit in enumerate(commits))
    _git(folder, "fast-import", "--quiet", given=stream)
    _git(folder, "reset", "-q", "--hard")
    return folder


def _imported(number: int, commit: Commit) -> bytes:
    """A commit as `git fast-import` reads it, an hour after the one before."""
    lines = ["commit refs/heads/main", f"committer {_PERSON} {_START + 3600 * number} +0000"]
    lines += [_data(commit.message)]
    lines += [f"M 100644 inline {path}\n{_data(text)}" for path, text in commit.files.items()]
    return "\n".join([*lines, ""]).encode()


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _pull_request(number: int, made_up: Data) -> Commit:
    """The code of a made-up change; what it added is what its note counts."""
    files = {
        f["path"]: "".join(f"line {i} of change {number}\n" for i in range(f["added"]))
        for f in made_up["files"]
    }
    title = f"{made_up['kind']}: {made_up['title'][:60]} (#{number + 1})"
    return Commit(f"{title}\n\n{made_up['reason']}\n", files)


def _reno_path(data: Data) -> str:
    """Reno's own names end in sixteen hexadecimal digits."""
    return f"releasenotes/notes/{data['kind']}-{data['id'].encode()[-8:].hex()}.yaml"


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _git(folder: Path, *arguments: str, given: bytes | None = None) -> None:
    subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment(folder.parent / "home"),
        input=given,
        capture_output=True,
        check=True,
    )

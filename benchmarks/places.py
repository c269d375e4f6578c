"""Folders to measure in: repositories with a history, with notes, with another tool's notes."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from benchmarks import retold
from benchmarks.notes import SEED, Data, notes, path_of
from changenote.store.emitting import dump

_PERSON = "Dana Dev <dana@example.com>"
_START = 1_609_800_000  # 2021-01-05
_COMMITS = 50

_ANTSIBULL = """\
changes_file: changelog.yaml
changes_format: combined
is_other_project: true
keep_fragments: false
notesdir: fragments
output: [{file: CHANGELOG.rst, format: rst}]
sections:
  - [minor_changes, Minor Changes]
  - [security_fixes, Security Fixes]
  - [bugfixes, Bugfixes]
title: Shop
trivial_section_name: trivial
use_fqcn: true
"""
_MKDOCS = """\
site_name: Change notes
theme:
  name: material
  font: false
plugins: [search]
markdown_extensions:
  - tables
  - toc: {permalink: true}
  - pymdownx.highlight
  - pymdownx.superfences
validation: {nav: {omitted_files: ignore}}
nav:
  - index.md
"""


@dataclass(frozen=True)
class Commit:
    """What one commit says and holds."""

    message: str
    files: Mapping[str, str]
    at: datetime | None = None
    """When it was made; without that, an hour after the one before."""


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


def change_notes(folder: Path, total: int, seed: int = SEED) -> Path:
    """A repository with made-up change notes, a commit for each, made when its change shipped."""
    return repository(folder, map(_noted, notes(total, seed)))


def reno_notes(folder: Path, total: int, *, one_commit: bool) -> Path:
    """A repository with the same changes as reno's notes, a commit for each or one for all."""
    commits = [Commit(d["title"], {_reno_path(d): retold.reno_note(d)}) for d in notes(total)]
    if one_commit:
        every = {path: text for commit in commits for path, text in commit.files.items()}
        commits = [Commit("Bring the notes", every)]
    return repository(folder, commits)


def antsibull_notes(folder: Path, total: int) -> Path:
    """The same changes as fragments of antsibull-changelog, all in one commit."""
    files = {
        f"changelogs/fragments/{d['id']}.yml": retold.antsibull_fragment(d) for d in notes(total)
    }
    files["changelogs/config.yaml"] = _ANTSIBULL
    return repository(folder, [Commit("Bring the notes", files)])


def towncrier_notes(folder: Path, total: int) -> Path:
    """The same changes as fragments of towncrier, all in one commit."""
    kinds = {"feature": "feature", "fix": "bugfix", "docs": "doc"}
    files = {
        f"newsfragments/{number}.{kinds.get(d['kind'], 'misc')}.md": retold.fragment(d)
        for number, d in enumerate(notes(total), 1)
    }
    files["towncrier.toml"] = '[tool.towncrier]\ndirectory = "newsfragments"\n'
    return repository(folder, [Commit("Bring the notes", files)])


def commits(folder: Path, total: int) -> Path:
    """The same changes as messages of commits."""
    return repository(
        folder, (Commit(retold.conventional(d), {"x": d["id"]}) for d in notes(total))
    )


def pages(folder: Path, total: int, *, listed: bool = False) -> Path:
    """The same changes as hand-written pages of MkDocs, in its navigation only when `listed`."""
    files = {f"docs/notes/{d['id']}.md": retold.page(d) for d in notes(total)}
    entries = [name.removeprefix("docs/") for name in files] if listed else []
    files["docs/index.md"] = "# Change notes\n\nWhat shipped, why, and how to undo it.\n"
    files["mkdocs.yml"] = _MKDOCS + "".join(f"  - {name}\n" for name in entries)
    _write(folder, files)
    return folder


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
    with TemporaryFile() as stream:  # the history of a hundred thousand notes is large
        stream.writelines(_imported(number, commit) for number, commit in enumerate(commits))
        stream.seek(0)
        _git(folder, "fast-import", "--quiet", given=stream)
    _git(folder, "reset", "-q", "--hard")
    return folder


def committed(folder: Path) -> None:
    """Make a folder of files a repository with one commit."""
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", "-A")
    person = ("-c", "user.name=Dana Dev", "-c", "user.email=dana@example.com")
    _git(folder, *person, "commit", "-q", "-m", "Bring the notes")


def _imported(number: int, commit: Commit) -> bytes:
    """A commit as `git fast-import` reads it."""
    at = int(commit.at.timestamp()) if commit.at else _START + 3600 * number
    lines = ["commit refs/heads/main", f"committer {_PERSON} {at} +0000"]
    lines += [_data(commit.message)]
    lines += [f"M 100644 inline {path}\n{_data(text)}" for path, text in commit.files.items()]
    return "\n".join([*lines, ""]).encode()


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _noted(made_up: Data) -> Commit:
    shipped = datetime.fromisoformat(made_up["shipped"]["at"])
    return Commit(made_up["title"], {path_of(made_up): dump(made_up)}, at=shipped)


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


def _git(folder: Path, *arguments: str, given: IO[bytes] | None = None) -> None:
    subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment(folder.parent / "home"),
        stdin=given or subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )

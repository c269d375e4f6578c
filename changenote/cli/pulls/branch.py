"""A branch: where it begins, which notes it has, what it changes, and what it says of itself."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from changenote import git
from changenote.capture.subjects import wants_no_note, why_no_note
from changenote.checks.fillers import is_excuse
from changenote.cli.writing.elsewhere import start_told, told_by_pipeline
from changenote.errors import ChangenoteError, ShallowClone, UnknownRevision
from changenote.model.identity import id_in_file_name
from changenote.records import record
from changenote.store.project import Project

if TYPE_CHECKING:
    from changenote.capture.pipeline import Found

MOST_COMMITS = 200
"""So many commits are looked through for a reason why no note is needed."""


@record
class Told:
    """A branch, as git and the pipeline tell of it.

    `base` is the commit where it begins, `files` are the notes that it adds, committed or not, and
    `paths` what else its commits change; all are named from the project's folder. `why` is the
    reason for which it says that it needs no note; `gives_no_reason` that it says so without one
    that counts. `number` is that of its pull request.
    """

    base: str
    files: tuple[str, ...]
    paths: tuple[str, ...]
    why: str
    gives_no_reason: bool
    number: int | None


def told(project: Project, since: str | None = None) -> Told:
    """What there is to know of the branch that is checked out, from a revision or its beginning.

    Raises `ShallowClone` and `UnknownRevision` when it is not known where it begins.
    """
    pipeline = told_by_pipeline(os.environ, git.root_around(project.root))
    found = pipeline.pull_request if pipeline else None
    base = _since(since, project) if since else _beginning(project, pipeline)
    texts = [*([found.body] if found else []), *messages(base, "HEAD", project)]
    why = reason(texts)
    return Told(
        base=base,
        files=tuple(notes_added(base, project)),
        paths=tuple(paths(base, "HEAD", project)),
        why=why,
        gives_no_reason=not why and any(map(wants_no_note, texts)),
        number=found.number if found else None,
    )


def notes_added(base: str, project: Project) -> list[str]:
    """The files of the notes that are not in a commit, in order."""
    files = git.files_added(base, project.notes.name, project.root)
    return [file for file in files if id_in_file_name(Path(file).name)]


def paths(base: str, head: str, project: Project) -> list[str]:
    """The paths that differ between two commits, without those of the notes folder."""
    return without_notes(git.paths_changed(base, head, project.root), project)


def without_notes(every: Iterable[str], project: Project) -> list[str]:
    """Those paths that are not in the notes folder."""
    return [path for path in every if not path.startswith(f"{project.notes.name}/")]


def inside(every: Iterable[str], project: Project) -> list[str]:
    """Those paths of the repository that are in the project's folder, named from it."""
    top = project.root.resolve().relative_to(git.root_around(project.root).resolve())
    start = "" if top == Path() else f"{top.as_posix()}/"
    return [path.removeprefix(start) for path in every if path.startswith(start)]


def messages(base: str, head: str, project: Project) -> list[str]:
    """What the newest commits between two say, below their subjects."""
    found = git.commits(base, head, project.root, first_parent=False, most=MOST_COMMITS)
    return [commit.body for commit in found]


def reason(texts: Iterable[str]) -> str:
    """WHY, of the first text that says `Change-Note: not needed, WHY`; else empty.

    A WHY that says nothing does not count.
    """
    found = (why for text in texts if (why := why_no_note(text)))
    return next((why for why in found if not is_excuse(why)), "")


def left_at(head: str, project: Project, branch: str | None = None) -> str | None:
    """Where a commit's history left a branch, as it was fetched or else as it is here.

    The branch is the default one unless another is named.
    """
    branch = branch or project.config.default_branch
    refs = (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}")
    bases = (git.merge_base(ref, head, project.root) for ref in refs)
    return next((base for base in bases if base), None)


def _since(revision: str, project: Project) -> str:
    commit = git.commit_id(revision, project.root)
    base = git.merge_base(commit, "HEAD", project.root)
    if base is None:
        raise UnknownRevision(
            f"{revision} and HEAD have no history in common",
            expected="a commit, tag or branch that this branch came from",
            hint="`git log --oneline` shows the commits of this branch.",
        )
    return base


def _beginning(project: Project, found: "Found | None") -> str:
    """Where the branch begins: at its target, or before what was pushed or merged last."""
    head = git.commit_id("HEAD", project.root)
    pull_request = found.pull_request if found else None
    if pull_request and pull_request.state == "merged":
        start = start_told(found, project.root, "HEAD")
        return git.commit_id(start[1], project.root) if start else head
    left = left_at("HEAD", project, pull_request.base if pull_request else None)
    before = git.merge_base(found.before, "HEAD", project.root) if found and found.before else None
    if left == head and not pull_request:  # on the default branch itself
        return before or left
    if base := left or before:
        return base
    raise _unknown(project)


def _unknown(project: Project) -> ChangenoteError:
    if git.is_shallow(project.root):
        return ShallowClone(
            "this clone is shallow, and where the branch begins is not in it",
            expected="the whole history",
            hint="In a pipeline: `fetch-depth: 0`, `GIT_DEPTH: 0`; else `git fetch --unshallow`.",
        )
    branch = project.config.default_branch
    return UnknownRevision(
        f"it is not known where this branch begins: there is no branch {branch} here",
        expected=f"origin/{branch}, {branch}, or --since",
        hint="`default_branch` in config.yaml names another one.",
    )

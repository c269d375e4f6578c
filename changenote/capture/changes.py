"""A git range → files, commits, people, pull requests and a suggested revert."""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from changenote import git
from changenote.capture.subjects import Told, told

_LOCK_FILES = frozenset(
    (
        "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb "
        "deno.lock poetry.lock uv.lock pdm.lock Pipfile.lock pixi.lock conda-lock.yml Cargo.lock "
        "go.sum composer.lock Gemfile.lock mix.lock Podfile.lock Package.resolved "
        "packages.lock.json gradle.lockfile flake.lock pubspec.lock Cartfile.resolved "
        ".terraform.lock.hcl"
    ).split()
)
_GENERATED = re.compile(
    r"\.min\.(?:js|css)$|\.(?:js|css)\.map$|_pb2(?:_grpc)?\.pyi?$|\.pb\.go$|\.snap$"
    r"|(?:^|/)(?:node_modules|__snapshots__|__generated__)/"
)
_CHANGES = {
    "A": "added",
    "M": "modified",
    "D": "deleted",
    "R": "renamed",
    "C": "copied",
    "T": "type_changed",
}
MOST_FILES = 500
MOST_REVERTS = 10


@dataclass(frozen=True, kw_only=True)
class Range:
    """The commits a note is about; `base` None means from the very first commit.

    `since` says in words where the range starts.
    """

    base: str | None
    head: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What git knows about a shipped change."""

    range: Range
    told: Told
    files: tuple[dict[str, object], ...]
    files_omitted: dict[str, int]
    first_commit_at: datetime | None
    version: str | None
    revert: tuple[str, ...]
    commits: int


def choose_range(
    root: Path, *, base: str | None, head: str, noted: Sequence[tuple[str, str]], branch: str
) -> Range:
    """The range that a new note is about.

    `base` wins when given. Else it is the nearest of: the last commit of a recent note (`noted`:
    id and commit), the last tag before `head`, and the point where this branch left `branch`. A
    commit that a note ends with already gives an empty range.
    """
    head_id = git.commit_id(head, root)
    if base is not None:
        return Range(base=git.commit_id(base, root), head=head_id, since=base)
    candidates = [(f"note {note_id}", sha) for note_id, sha in noted]
    candidates += [(f"tag {name}", sha) for name, sha in git.tags_before(head_id, root)]
    candidates += _branch_point(root, head_id, branch)
    distances = [(git.distance(sha, head_id, root), since, sha) for since, sha in candidates]
    near = [(d, since, sha) for d, since, sha in distances if d is not None]
    if near:
        _, since, sha = min(near, key=lambda n: n[0])
        return Range(base=sha, head=head_id, since=since)
    return _last_change(root, head_id)


def _branch_point(root: Path, head: str, branch: str) -> list[tuple[str, str]]:
    for name in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        found = git.merge_base(name, head, root)
        if found and found != head:
            return [(f"branch {branch}", found)]
    return []


def _last_change(root: Path, head: str) -> Range:
    """With nothing to count from: what the newest commit (or merge) brought."""
    parents = git.commits(None, head, root, first_parent=True, most=1)[0].parents
    if not parents:
        return Range(base=None, head=head, since="the first commit")
    return Range(base=parents[0], head=head, since="the commit before")


def gather(root: Path, chosen: Range, *, notes_folder: str, generated: Sequence[str]) -> Facts:
    """What git knows about a range. Files of the notes folder itself do not count."""
    main_line = git.commits(chosen.base, chosen.head, root, first_parent=True, outside=notes_folder)
    every = main_line
    if any(len(c.parents) > 1 for c in main_line):
        every = git.commits(
            chosen.base, chosen.head, root, first_parent=False, outside=notes_folder
        )
    differences = [
        d
        for d in git.differences(chosen.base or git.EMPTY_TREE, chosen.head, root)
        if not d.path.startswith(f"{notes_folder}/")
    ]
    files, omitted = listed_files(differences, _generated(differences, root, generated))
    return Facts(
        range=chosen,
        told=told(main_line, every),
        files=tuple(files),
        files_omitted=omitted,
        first_commit_at=min((c.authored for c in every), default=None),
        version=git.tag_at(chosen.head, root),
        revert=revert_steps(main_line, chosen),
        commits=len(every),
    )


def _generated(
    differences: Sequence[git.FileDifference], root: Path, globs: Sequence[str]
) -> set[str]:
    paths = [d.path for d in differences]
    by_name = {p for p in paths if _GENERATED.search(p)}
    by_glob = {p for p in paths for g in globs if fnmatch.fnmatchcase(p, g)}
    attributes = (root / ".gitattributes").is_file()
    return by_name | by_glob | (git.generated_paths(paths, root) if attributes else set())


def listed_files(
    differences: Sequence[git.FileDifference], generated: set[str]
) -> tuple[list[dict[str, object]], dict[str, int]]:
    """The files to list in a note as plain data, and how many were only counted, by cause."""
    files: list[dict[str, object]] = []
    omitted: dict[str, int] = {}
    for d in differences:
        if d.path.rpartition("/")[2] in _LOCK_FILES:
            omitted["lock"] = omitted.get("lock", 0) + 1
        elif d.path in generated:
            omitted["generated"] = omitted.get("generated", 0) + 1
        elif len(files) >= MOST_FILES:
            omitted["more"] = omitted.get("more", 0) + 1
        else:
            files.append(_file(d))
    return files, omitted


def _file(d: git.FileDifference) -> dict[str, object]:
    entry: dict[str, object] = {
        "path": git.written_path(d.path),
        "change": _CHANGES.get(d.status, "modified"),
    }
    if d.source:
        entry["from"] = git.written_path(d.source)
    if d.added:
        entry["added"] = d.added
    if d.removed:
        entry["removed"] = d.removed
    return entry


def revert_steps(main_line: Sequence[git.Commit], chosen: Range) -> tuple[str, ...]:
    """Commands that revert a range, newest first; none when it is too long or the first commit.

    A merge is reverted against its first parent. Reverting one by one stops at the commit that
    conflicts, where a person can take over.
    """
    if chosen.base is None or not main_line:
        return ()
    if len(main_line) > MOST_REVERTS:
        linear = all(len(c.parents) == 1 for c in main_line)
        return (f"git revert --no-edit {chosen.base}..{chosen.head}",) if linear else ()
    return tuple(
        f"git revert --no-edit {'-m 1 ' if len(c.parents) > 1 else ''}{c.sha}" for c in main_line
    )

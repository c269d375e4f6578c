"""A git range → files, commits, people, pull requests and a suggested revert."""

import fnmatch
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from changenote import git
from changenote.capture.subjects import Told, told
from changenote.capture.way_back import revert_steps
from changenote.errors import GitFailed, ShallowClone, UsageProblem
from changenote.patterns import pattern
from changenote.records import record

_LOCK_FILES = frozenset(
    (
        "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb "
        "deno.lock poetry.lock uv.lock pdm.lock Pipfile.lock pixi.lock conda-lock.yml Cargo.lock "
        "go.sum composer.lock Gemfile.lock mix.lock Podfile.lock Package.resolved "
        "packages.lock.json gradle.lockfile flake.lock pubspec.lock Cartfile.resolved "
        ".terraform.lock.hcl"
    ).split()
)
_GENERATED = pattern(
    r"\.min\.(?:js|css)$|\.(?:js|css)\.map$|_pb2(?:_grpc)?\.pyi?$|\.pb\.go$|\.snap$"
    r"|(?:^|/)(?:node_modules|__snapshots__|__generated__)/",
    holds=(
        ".min.",
        ".map",
        "_pb2",
        ".pb.go",
        ".snap",
        "node_modules/",
        "__snapshots__/",
        "__generated__/",
    ),
)
_CHANGES = {
    "A": "added",
    "M": "modified",
    "D": "deleted",
    "R": "renamed",
    "C": "copied",
    "T": "type_changed",
}
PULL_REQUEST_TEMPLATES = (
    ".github/pull_request_template.md",
    ".github/PULL_REQUEST_TEMPLATE.md",
    "docs/pull_request_template.md",
    "pull_request_template.md",
    "PULL_REQUEST_TEMPLATE.md",
    ".gitlab/merge_request_templates/Default.md",
    ".gitea/pull_request_template.md",
)
SET_UP = (
    *("mkdocs.yml", "mkdocs.yaml", "docs/.gitkeep", ".gitignore", "AGENTS.md"),
    *PULL_REQUEST_TEMPLATES,
)
"""What `changenote init` writes beside the notes folder."""
_ID = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
MOST_FILES = 500
MOST_NAMED = 100  # pull requests, issues and authors each; more is no one change
_FAR = 1000  # commits along first parents in which a note or tag is looked for


@record
class Ended:
    """A note, the last commit of its change, and its file from the top of the repository."""

    id: str
    commit: str
    file: str = ""


@record
class Range:
    """The commits a note is about; `base` None means from the very first commit.

    `since` says in words where the range starts; `version` is a tag at its end.
    """

    base: str | None
    head: str
    since: str
    version: str | None


@record
class Facts:
    """What git knows about a shipped change; `caveats` are sentences about what it cannot know."""

    range: Range
    told: Told
    files: tuple[dict[str, object], ...]
    files_omitted: dict[str, int]
    first_commit_at: datetime | None
    version: str | None
    revert: tuple[str, ...]
    commits: int
    caveats: tuple[str, ...] = ()


def choose_range(
    root: Path,
    *,
    base: str | None,
    head: str,
    noted: Sequence[Ended],
    branch: str,
    told: tuple[str, str] | None = None,
) -> Range:
    """The range that a new note is about.

    `base` wins when given: the range starts where `head` left it. Else it is the nearest of: the
    last commit of a recent note (`noted`), the last tag before `head`, the point where this branch
    left `branch`, and the start that a pipeline told (in words, and a revision). A commit that a
    note ends with already gives an empty range; where a squash took it away, the commit that came
    of it is where the note ends.

    In a shallow clone the nearest of those that are in it is still the nearest. Without any, the
    range is the last commit, and says so. Raises `ShallowClone` when not even that one's parent is
    in the clone.
    """
    line = _line_of_first_parents(root, head, most=_FAR if base is None else 1)
    head_id = line[0].sha
    version = next(iter(line[0].tags), None)
    if base is not None:
        start = _start(root, base, head_id)
        return Range(base=start, head=head_id, since=base, version=version)
    candidates = [*_notes_on(root, line, noted), *_tag_on(line), *_branch_point(root, line, branch)]
    candidates += _told_start(root, line, told)
    if not candidates and (tag := git.tag_before(head_id, root)):
        candidates = [(0, f"tag {tag[0]}", tag[1])]
    if candidates:
        _, since, start = min(candidates, key=lambda c: c[0])
        return Range(base=start, head=head_id, since=since, version=version)
    parents = line[0].parents
    since = "the commit before" if parents else "the first commit"
    if git.is_shallow(root):
        if not parents:
            raise _cut_off(told)
        since += " (this clone is shallow, and has neither a note nor a tag to begin at)"
    return Range(base=next(iter(parents), None), head=head_id, since=since, version=version)


def _line_of_first_parents(root: Path, head: str, *, most: int) -> list[git.Ancestor]:
    """From a commit back. What is wrong with its name is asked only when git does not know it."""
    if head != "HEAD":
        head = git.commit_id(head, root)
    try:
        return git.first_parents(head, root, most=most)
    except GitFailed:
        git.commit_id(head, root)
        raise


def _start(root: Path, base: str, head: str) -> str:
    """Where a commit left the line of another: that other one, unless it has moved on since."""
    base_id = git.commit_id(base, root)
    shared = git.merge_base(base_id, head, root)
    if shared == head != base_id:
        raise UsageProblem(
            f"{base} does not come before {head[:12]} but after it",
            expected="a --base that is older than --head",
            hint="`git log --oneline` shows the commits, newest first.",
        )
    return shared or base_id


def _cut_off(told: tuple[str, str] | None = None) -> ShallowClone:
    deepen = "`git fetch --unshallow` brings them. In a pipeline, check out the whole history."
    if told and _ID.fullmatch(told[1]):
        deepen = f"`git fetch --depth=1 origin {told[1]}` brings {told[0]}, and `--base {told[1]}` "
        deepen += "begins there. `git fetch --unshallow` brings all."
    return ShallowClone(
        "this clone is shallow: the commits before the change are not in it",
        expected="the commit before the change",
        hint=deepen,
    )


Candidate = tuple[int, str, str]
"""How many commits back, what it is, and its id."""


def _notes_on(root: Path, line: Sequence[git.Ancestor], noted: Sequence[Ended]) -> list[Candidate]:
    """Notes that end on the line of first parents, or in what was merged into it."""
    places = {ancestor.sha: number for number, ancestor in enumerate(line)}
    found: list[Candidate] = []
    for note in reversed(noted):
        sha = note.commit
        back = places.get(sha)
        if back is None:
            back = git.distance(sha, line[0].sha, root)
        if back is None and not found and (landed := _landing(note, line[0].sha, root)):
            sha, back = landed, places.get(landed)  # of an older note it would be further back
        if back is not None:
            found.append((back, f"note {note.id}", sha))
    return found[::-1]


def _landing(note: Ended, head: str, root: Path) -> str | None:
    from changenote.capture.landing import landing  # only for what was squashed

    folder = note.file.rpartition("/")[0].rpartition("/")[0]
    return landing(note.file, head, root, notes_folder=folder) if note.file else None


def _tag_on(line: Sequence[git.Ancestor]) -> list[Candidate]:
    tagged = ((n, f"tag {a.tags[0]}", a.sha) for n, a in enumerate(line) if n and a.tags)
    return list(islice(tagged, 1))


def _told_start(
    root: Path, line: Sequence[git.Ancestor], told: tuple[str, str] | None
) -> Iterator[Candidate]:
    """Where a pipeline says that the change begins, if this clone has that commit."""
    if told is None:
        return
    found = git.merge_base(told[1], line[0].sha, root)
    if found and found != line[0].sha:
        places = {ancestor.sha: number for number, ancestor in enumerate(line)}
        back = places.get(found) or git.distance(found, line[0].sha, root)
        if back is not None:
            yield back, told[0], found


def _branch_point(root: Path, line: Sequence[git.Ancestor], branch: str) -> list[Candidate]:
    """Where a branch other than the one that ships left it."""
    head = line[0]
    if head.branch == branch:
        return []
    for name in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        found = git.merge_base(name, head.sha, root)
        if found and found != head.sha:
            back = git.distance(found, head.sha, root)
            return [(back, f"branch {branch}", found)] if back is not None else []
    return []


def gather(root: Path, chosen: Range, *, notes_folder: str, generated: Sequence[str]) -> Facts:
    """What git knows about a range. Files of the notes folder itself do not count."""
    main_line = git.commits(chosen.base, chosen.head, root, first_parent=True, outside=notes_folder)
    every, cut_off = _every(root, chosen, main_line, notes_folder)
    found = git.differences(chosen.base or git.EMPTY_TREE, chosen.head, root)
    set_up = _set_up_commit(root, chosen, found, f"{notes_folder}/")
    main_line = [c for c in main_line if c.sha != set_up]
    every = [c for c in every if c.sha != set_up]
    ours = SET_UP if set_up else ()
    differences = [
        d for d in found if not d.path.startswith(f"{notes_folder}/") and d.path not in ours
    ]
    files, omitted = listed_files(differences, generated_among(differences, root, generated))
    return Facts(
        range=chosen,
        told=told(main_line, every),
        files=tuple(files),
        files_omitted=omitted,
        first_commit_at=min((c.authored for c in every), default=None),
        version=chosen.version,
        revert=revert_steps(
            root, chosen.base, chosen.head, main_line=main_line, ours={c.sha for c in every}
        ),
        commits=len(every),
        caveats=tuple(_caveats(differences, cut_off=cut_off, root=root)),
    )


def _caveats(
    differences: Sequence[git.FileDifference], *, cut_off: bool, root: Path
) -> Iterator[str]:
    if cut_off:
        yield (
            "This clone is shallow: of each merged branch only the newest commit is known. "
            "`git fetch --unshallow` brings the others, and their authors."
        )
    counted = any(d.added is not None for d in differences)
    if differences and not counted and git.is_partial(root):
        yield (
            "This clone lacks the contents of files, and git could not fetch them: no lines are "
            "counted and no renames found."
        )


def _every(
    root: Path, chosen: Range, main_line: Sequence[git.Commit], notes_folder: str
) -> tuple[list[git.Commit], bool]:
    """The commits of a range with those that were merged into it, and whether some are missing.

    Where a shallow clone is cut off below a merged branch, git takes old commits of the main line
    for the branch's: then only the newest commit of each merged branch is sure to be part of it.
    """
    if all(len(c.parents) < 2 for c in main_line):
        return list(main_line), False
    every = git.commits(chosen.base, chosen.head, root, first_parent=False, outside=notes_folder)
    if chosen.base is None or all(c.parents for c in every) or not git.is_shallow(root):
        return every, False
    sure = {sha for c in main_line for sha in (c.sha, *c.parents[1:])}
    return [c for c in every if c.sha in sure], True


def _set_up_commit(
    root: Path, chosen: Range, found: Sequence[git.FileDifference], notes_folder: str
) -> str | None:
    """The commit of the range that only set changenote up: it is no part of what shipped.

    A rollback that reverted it would take the notes' config and the site away.
    """
    config = f"{notes_folder}config.yaml"
    if not any(d.path == config and d.status == "A" for d in found):
        return None
    commit = git.added_by(config, chosen.head, root)
    paths = git.paths_touched(commit, root) if commit else []
    is_only_set_up = all(path.startswith(notes_folder) or path in SET_UP for path in paths)
    return commit if is_only_set_up else None


def generated_among(
    differences: Sequence[git.FileDifference], root: Path, globs: Sequence[str]
) -> set[str]:
    """The paths of generated files: by their names, a team's globs and .gitattributes."""
    paths = [d.path for d in differences]
    by_name = {path for path in paths if _is_generated(path, globs)}
    attributes = (root / ".gitattributes").is_file()
    return by_name | (git.generated_paths(paths, root) if attributes else set())


def _is_generated(path: str, globs: Sequence[str]) -> bool:
    return bool(_GENERATED.search(path)) or any(fnmatch.fnmatchcase(path, g) for g in globs)


def need_not_be_listed(
    paths: Collection[str], *, notes_folder: str, generated: Sequence[str]
) -> set[str]:
    """Those of the paths that a range touched which a note may leave out without counting them.

    They are lock files, generated files, the notes folder's own and what set changenote up.
    """
    is_set_up = f"{notes_folder}/config.yaml" in paths
    return {
        path
        for path in paths
        if path.startswith(f"{notes_folder}/")
        or (is_set_up and path in SET_UP)
        or path.rpartition("/")[2] in _LOCK_FILES
        or _is_generated(path, generated)
    }


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

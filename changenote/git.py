"""Questions to git as small functions; plain values come out.

Every call has a scrubbed environment, no pager, no prompt, no external helpers; output is read as
NUL-separated bytes. Bytes that are not UTF-8 become surrogates (`os.fsdecode`), see `written_path`.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path

from changenote.errors import GitFailed, NoCommits, NotARepository, UnknownRevision
from changenote.patterns import pattern
from changenote.records import record

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_SAFE = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
)
_HEADING = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TAG = "tag: refs/tags/"
_BRANCH = "HEAD -> refs/heads/"
_PATIENCE = 20  # seconds for contents that a partial clone has to fetch first
_IN_NO_MESSAGE = "\x01"  # with this for `core.commentChar`, no line is a comment
_KEPT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES")


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


@record
class Addition:
    """The commit that added a file, and when it was made by its author."""

    commit: str
    at: datetime


@record
class FileDifference:
    """One file that differs; counts are None for a binary file. `source` is the path before."""

    status: str
    path: str
    source: str | None
    added: int | None
    removed: int | None


def ask(
    arguments: Sequence[str],
    folder: Path,
    *,
    given: bytes | None = None,
    seconds: float | None = None,
) -> bytes:
    """What git prints for an answer. Raises `GitFailed` when it refuses, is missing or too slow."""
    result = _run(arguments, folder, given, seconds)
    if result.returncode:
        raise _failed(arguments, result.stderr)
    return result.stdout


def _run(
    arguments: Sequence[str],
    folder: Path,
    given: bytes | None = None,
    seconds: float | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=folder,
            env=_environment(),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise GitFailed(
            f"git {arguments[0]} took longer than {seconds:.0f} s",
            expected="an answer in time",
            hint="Run the same git command by hand to see more.",
        ) from error
    except FileNotFoundError as error:
        raise GitFailed(
            "git was not found", expected="git on the PATH", hint="Install git."
        ) from error
    except PermissionError as error:
        raise GitFailed("git cannot be started", expected="a git that may be run") from error


def talking(
    arguments: Sequence[str], folder: Path, *, more: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """A git process to ask and to read from, with `more` in its environment.

    Raises `OSError` when git cannot be started.
    """
    return subprocess.Popen(
        ["git", *_SAFE, *arguments],
        cwd=folder,
        env={**_environment(), **more},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def common_folder(root: Path) -> Path | None:
    """Where the repository of a work tree keeps what its linked work trees share; None: no idea.

    Git is asked only where there is no `.git` to be seen.
    """
    folder = root / ".git"
    try:
        if folder.is_file():
            folder = root / os.fsdecode(folder.read_bytes().removeprefix(b"gitdir:").strip())
        common = folder / "commondir"
        folder = folder / os.fsdecode(common.read_bytes().strip()) if common.is_file() else folder
    except OSError:
        return None
    if folder.is_dir():
        return folder
    asked = _run(["rev-parse", "--path-format=absolute", "--git-common-dir"], root)
    return Path(os.fsdecode(asked.stdout).removesuffix("\n")) if not asked.returncode else None


def _environment() -> dict[str, str]:
    """The environment without what would point git elsewhere or make it ask."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def _failed(arguments: Sequence[str], said: bytes) -> GitFailed:
    message = said.decode("utf-8", "replace").strip()
    last = message.splitlines()[-1] if message else "no reason given"
    if "dubious ownership" in message:
        return GitFailed(
            "git does not trust this repository: it belongs to another user",
            expected="a repository of your own",
            hint="git config --global --add safe.directory PATH tells git that it is fine.",
        )
    return GitFailed(
        f"git {arguments[0]} failed: {last.removeprefix('fatal: ')}",
        expected="an answer from git",
        hint="Run the same git command by hand to see more.",
    )


def hooks_folder(root: Path) -> tuple[Path, str | None]:
    """Where git looks for the hooks of a work tree, and which of its configs says so.

    The config is `system`, `global`, `local` or `worktree`; None where none has core.hooksPath.
    """
    asked = ["config", "-z", "--show-scope", "--type=path", "--get-all", "core.hooksPath"]
    fields = os.fsdecode(_run(asked, root).stdout).split("\0")
    # Our own questions to git name another folder, so that no hook is run: its scope is `command`.
    told = [
        (root / folder, scope)
        for scope, folder in zip(fields[0::2], fields[1::2], strict=False)
        if scope != "command"
    ]
    return told[-1] if told else ((common_folder(root) or root / ".git") / "hooks", None)


def is_set(key: str, folder: Path) -> bool:
    """Does git's config say yes to something?"""
    asked = _run(["config", "--type=bool", "--get", key], folder)
    return asked.stdout.strip() == b"true"


def root_around(folder: Path) -> Path:
    """The root of the work tree around a folder. Raises `NotARepository`.

    Git is asked only where there is no `.git` to be seen, because each process costs a new note
    two milliseconds; whether it trusts the repository, it says with the next question.
    """
    for around in (folder, *folder.parents):
        if (around / ".git").exists():
            return around
    result = _run(["rev-parse", "--path-format=absolute", "--show-toplevel"], folder)
    if result.returncode == 0:
        return Path(os.fsdecode(result.stdout).removesuffix("\n"))
    if b"dubious ownership" in result.stderr:
        raise _failed(["rev-parse"], result.stderr)
    raise NotARepository(
        f"{folder} is not in the work tree of a git repository",
        expected="a folder inside a git repository",
        hint="Go into your project's folder, or make a repository with `git init`.",
    )


def commit_id(revision: str, folder: Path) -> str:
    """The full id of a commit. Raises `UnknownRevision`, or `NoCommits` for HEAD without any."""
    arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    result = _run(arguments, folder)
    if result.returncode == 0:
        return result.stdout.decode().strip()
    _refuse_what_git_refuses(folder)
    if revision == "HEAD":
        raise NoCommits(
            "this repository has no commit yet",
            expected="at least one commit: a change note describes commits",
            hint="Commit the change first, then run the same command again.",
        )
    raise UnknownRevision(
        f"git knows no commit {revision!r}",
        expected="a commit, tag or branch",
        hint="`git log --oneline` and `git tag` show them. In a shallow clone, "
        "`git fetch --unshallow` brings the rest.",
    )


def _refuse_what_git_refuses(folder: Path) -> None:
    """Raise when there is a `.git` which git does not trust, or does not take for a repository."""
    asked = _run(["rev-parse", "--show-toplevel"], folder)
    if asked.returncode:
        raise _failed(["rev-parse", "--show-toplevel"], asked.stderr)


def settings(folder: Path) -> dict[str, str]:
    """The user's name and address, the editor and the remotes' addresses, by lower-case key."""
    pattern = r"^(user\.|core\.editor$|remote\..*\.url$|init\.defaultbranch$)"
    result = _run(["config", "--includes", "-z", "--get-regexp", pattern], folder)
    entries = os.fsdecode(result.stdout).split("\0")
    return dict(entry.split("\n", 1) for entry in entries if "\n" in entry)


def branch(folder: Path) -> str | None:
    """The name of the branch that is checked out; None when HEAD is detached."""
    result = _run(["symbolic-ref", "--quiet", "--short", "HEAD"], folder)
    return os.fsdecode(result.stdout).strip() or None


def remote_default_branch(folder: Path) -> str | None:
    """The branch that `origin/HEAD` names, as far as this clone knows."""
    result = _run(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"], folder)
    return os.fsdecode(result.stdout).strip().removeprefix("origin/") or None


def first_parents(head: str, folder: Path, *, most: int) -> list[Ancestor]:
    """A commit and those before it along first parents, newest first, `most` at the most."""
    arguments = ["log", "--first-parent", f"--max-count={most}", "--format=%H%x00%P%x00%D%x00"]
    arguments += ["--decorate=full", "--no-color", "--end-of-options", head, "--"]
    fields = os.fsdecode(ask(arguments, folder)).split("\0")
    records = zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
    return [
        _ancestor(sha.lstrip("\n"), parents, refs.split(", ")) for sha, parents, refs in records
    ]


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
    lines = os.fsdecode(ask(arguments, folder)).splitlines()
    found = (line.split("\0") for line in lines)
    return [
        Tag(name=name, commit=tagged or commit, at=datetime.fromisoformat(at))
        for name, commit, tagged, at in found
        if at
    ]


def tag_before(head: str, folder: Path) -> tuple[str, str] | None:
    """Name and commit of the nearest tag on the way back from a commit, its own tags left out."""
    found = _run(["describe", "--tags", "--abbrev=0", "--end-of-options", f"{head}^"], folder)
    name = os.fsdecode(found.stdout).strip()
    return (name, commit_id(f"refs/tags/{name}", folder)) if name else None


def parents_between(base: str, head: str, folder: Path) -> dict[str, tuple[str, ...]]:
    """The parents of every commit that `head` has and `base` has not, children before parents."""
    arguments = ["rev-list", "--topo-order", "--parents", "--end-of-options", f"{base}..{head}"]
    lines = ask([*arguments, "--"], folder).decode().splitlines()
    return {sha: tuple(parents) for sha, *parents in map(str.split, lines)}


def is_shallow(folder: Path) -> bool:
    """Is this a clone that was cut off, so that old commits are missing?"""
    if common := common_folder(folder):
        return (common / "shallow").exists()
    result = _run(["rev-parse", "--is-shallow-repository"], folder)
    return result.stdout.strip() == b"true"


def merge_base(first: str, second: str, folder: Path) -> str | None:
    """The commit where two lines of history part; None when they have none or one is unknown."""
    result = _run(["merge-base", "--end-of-options", first, second], folder)
    return result.stdout.decode().split("\n")[0] or None if result.returncode == 0 else None


def distance(base: str, head: str, folder: Path) -> int | None:
    """How many commits `head` has that `base` has not; None when base is no ancestor of head."""
    result = _run(["rev-list", "--left-right", "--count", f"{base}...{head}"], folder)
    if result.returncode:
        return None
    only_base, only_head = result.stdout.split()
    return None if int(only_base) else int(only_head)


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
    form = "%H%x00%P%x00%aN <%aE>%x00%aI%x00%cI%x00%s%x00%b%x00%x01"
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
    out = os.fsdecode(ask(arguments, folder))
    return [_commit(text.lstrip("\n")) for text in out.split("\0\1") if text.strip("\n")]


def _commit(text: str) -> Commit:
    sha, parents, author, authored, committed, subject, body = text.split("\0", 6)
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author=author,
        authored=datetime.fromisoformat(authored),
        committed=datetime.fromisoformat(committed),
        subject=subject,
        body=body.strip(),
    )


def differences(base: str, head: str, folder: Path) -> list[FileDifference]:
    """The files that differ between two commits (or trees), in git's order, renames found.

    A partial clone lacks contents. Where git cannot fetch them, or not in time, neither renames nor
    counts are known: a moved file is one deleted and one added.
    """
    ends = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"]
    ends += ["--end-of-options", base, head, "--"]
    partial = is_partial(folder)
    try:
        arguments = ["diff", "--raw", "--numstat", "-z", "-M", "-l2000", *ends]
        out = ask(arguments, folder, seconds=_PATIENCE if partial else None)
    except GitFailed:
        if not partial:
            raise
        out = ask(["diff", "--raw", "-z", "--no-renames", *ends], folder)
    return list(_parsed_differences(os.fsdecode(out)))


def differences_of(
    changes: Sequence[tuple[str, str | None]], folder: Path
) -> dict[str, list[FileDifference]]:
    """`differences` for many changes in one go, by their last commit.

    A change is its last commit and the commit before it (None: its last commit is a first one).
    """
    given = "".join(f"{head} {base}\n" if base else f"{head}\n" for head, base in changes).encode()
    usual = ["diff-tree", "--stdin", "--root", "-r", "--raw", "-z", "--no-ext-diff"]
    usual += ["--no-textconv", "--ignore-submodules=none"]
    partial = is_partial(folder)
    try:
        arguments = [*usual, "--numstat", "-M", "-l2000"]
        out = ask(arguments, folder, given=given, seconds=_PATIENCE if partial else None)
    except GitFailed:
        if not partial:
            raise
        out = ask([*usual, "--no-renames"], folder, given=given)
    found: dict[str, list[FileDifference]] = {head: [] for head, _ in changes}
    for head, part in _parts(os.fsdecode(out)):
        found[head] = list(_parsed_differences(part))
    return found


def _parts(out: str) -> Iterator[tuple[str, str]]:
    """The differences that follow each commit's id, where a path may look like one."""
    fields = iter(out.split("\0"))
    head, part = "", list[str]()
    for entry in fields:
        if _HEADING.fullmatch(entry):
            if head:
                yield head, "\0".join(part)
            head, part = entry, []
            continue
        is_change = entry.startswith(":")
        paths = int(is_change) + (is_change and entry.rsplit(" ", 1)[1][0] in "RC")
        paths = 2 if entry.endswith("\t") else paths  # counts of a rename
        part += [entry, *islice(fields, paths)]
    if head:
        yield head, "\0".join(part)


def is_partial(folder: Path) -> bool:
    """Is this a clone whose files' contents are fetched when they are needed?"""
    common = common_folder(folder)
    try:
        return b"promisor" in (common / "config").read_bytes() if common else False
    except OSError:
        return False


def trees(commits: Sequence[str], folder: Path) -> dict[str, str]:
    """The tree of each commit that this clone has, asked in one go."""
    given = "".join(f"{sha}^{{tree}}\n" for sha in commits).encode()
    out = ask(["cat-file", "--batch-check=%(objectname)"], folder, given=given).decode()
    answers = zip(commits, out.splitlines(), strict=True)
    return {sha: answer for sha, answer in answers if not answer.endswith(" missing")}


def paths_between(
    pairs: Sequence[tuple[str, str]], folder: Path
) -> dict[tuple[str, str], set[str]]:
    """The paths that differ between two trees, for many pairs in one go; a renamed file is two."""
    given = "".join(f"{first} {second}\n" for first, second in pairs).encode()
    arguments = ["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames"]
    fields = iter(os.fsdecode(ask(arguments, folder, given=given)).split("\0"))
    found: dict[tuple[str, str], set[str]] = {pair: set() for pair in pairs}
    paths: set[str] = set()
    for entry in fields:
        *headings, change = entry.split("\n")
        if headings:  # the pair that the following paths are of; those before it differ in nothing
            first, second = headings[-1].split(" ")
            paths = found[first, second]
        if change:
            paths.add(next(fields))
    return found


def _parsed_differences(out: str) -> Iterator[FileDifference]:
    fields = iter(out.split("\0"))
    changes: list[tuple[str, str, str | None]] = []
    counts: dict[str, tuple[int | None, int | None]] = {}
    for entry in fields:
        if entry.startswith(":"):
            status = entry.rsplit(" ", 1)[1][0]
            first = next(fields)
            moved = status in "RC"
            changes.append((status, next(fields) if moved else first, first if moved else None))
        elif entry:
            added, removed, path = entry.split("\t", 2)
            if not path:  # a rename: the two paths follow as records of their own
                next(fields)
                path = next(fields)
            counts[path] = (_count(added), _count(removed))
    for status, path, source in changes:
        added_lines, removed_lines = counts.get(path, (None, None))
        yield FileDifference(
            status=status, path=path, source=source, added=added_lines, removed=removed_lines
        )


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)


def added_by(path: str, head: str, folder: Path) -> str | None:
    """The newest commit in the history of `head` that added a file."""
    arguments = ["log", "--max-count=1", "--diff-filter=A", "--format=%H", "--end-of-options"]
    return ask([*arguments, head, "--", f":(top,literal){path}"], folder).decode().strip() or None


def additions(folder: Path) -> dict[str, Addition]:
    """When and by which commit each file below a folder was last added; paths from the root.

    All in one go. Where a clone was cut off, everything seems to come with its first commits: what
    these added is left out. Raises `NoCommits` where there is none.
    """
    arguments = ["log", "--root", "--diff-filter=A", "--no-renames", "--no-relative", "--name-only"]
    form = "--format=format:%x00%H%x00%aI%x00%P"
    result = _run([*arguments, "--no-ext-diff", "-z", form, "--", "."], folder)
    if result.returncode:
        commit_id("HEAD", folder)
        raise _failed(arguments, result.stderr)
    cut_off = is_shallow(folder)
    found: dict[str, Addition] = {}
    for path, addition, is_first in _parsed_additions(os.fsdecode(result.stdout)):
        if not (is_first and cut_off):
            found.setdefault(path, addition)
    return found


def _parsed_additions(out: str) -> Iterator[tuple[str, Addition, bool]]:
    """Each path with its commit, newest first, and whether that has no parent."""
    fields = iter(out.split("\0"))
    addition, parents = Addition(commit="", at=datetime.min), ""
    for path in fields:
        if path:
            yield path, addition, not parents
        elif sha := next((field for field in fields if field), ""):
            addition = Addition(commit=sha, at=datetime.fromisoformat(next(fields)))
            parents, _, first = next(fields).partition("\n")
            yield first, addition, not parents


def renames(folder: Path) -> dict[str, str]:
    """What each file below a folder was called before it got its name, where it stayed as it was.

    The last name of each; paths from the root. Empty where there is no commit.
    """
    arguments = ["log", "--diff-filter=R", "-M100%", "--name-status", "--format=format:"]
    found: dict[str, str] = {}
    fields = iter(_history(arguments, folder))
    for _status, before, after in zip(fields, fields, fields, strict=False):
        found.setdefault(after, before)
    return found


def deletions(folder: Path, below: str) -> set[str]:
    """The files below a path in a folder that a commit took away, then or for ever.

    The path may be gone, too; paths are from the root. Empty where there is no commit.
    """
    arguments = ["log", "--diff-filter=D", "--no-renames", "--name-only", "--format=format:"]
    return set(_history(arguments, folder, below))


def _history(arguments: list[str], folder: Path, below: str = ".") -> list[str]:
    """The fields of what git says of the commits that changed what is below, newest first."""
    more = ["--no-relative", "--no-ext-diff", "-z", "--", below]
    result = _run([*arguments, *more], folder)
    return [field for field in os.fsdecode(result.stdout).split("\0") if field.strip("\n")]


def paths_touched(commit: str, folder: Path) -> list[str]:
    """The paths that differ between a commit and its first parent."""
    arguments = ["diff-tree", "--root", "-r", "-z", "--name-only", "--no-commit-id", "-m"]
    out = os.fsdecode(ask([*arguments, "--first-parent", "--end-of-options", commit], folder))
    return [path for path in out.split("\0") if path]


def generated_paths(paths: Sequence[str], folder: Path) -> set[str]:
    """Those paths that .gitattributes calls `linguist-generated`."""
    if not paths:
        return set()
    given = b"\0".join(os.fsencode(p) for p in paths) + b"\0"
    out = ask(["check-attr", "-z", "--stdin", "linguist-generated"], folder, given=given)
    fields = os.fsdecode(out).split("\0")
    records = zip(fields[0::3], fields[2::3], strict=False)
    return {path for path, value in records if value in ("set", "true")}


def blamed(path: str, line: int, folder: Path) -> str:
    """The commit that last changed one line of a file. Raises `UnknownRevision`.

    Without a repository or a commit: `NotARepository`, `NoCommits`.
    """
    arguments = ["blame", "--no-textconv", "--porcelain", f"-L{line},{line}", "--", path]
    result = _run(arguments, folder)
    if result.returncode:
        commit_id("HEAD", root_around(folder))
        said = os.fsdecode(result.stderr).strip().removeprefix("fatal: ")
        raise UnknownRevision(
            f"git cannot say who wrote {path}:{line}: {said}",
            expected="a line of a file that git knows",
            hint="Without `:LINE`, the notes that touched the file are shown.",
        )
    return result.stdout.split(b" ", 1)[0].decode()


def files_added(base: str, within: str, folder: Path) -> list[str]:
    """The files in a folder that are not in a commit, tracked or not; ignored ones are left out.

    They are named from `folder`, and so is the folder `within` it.
    """
    ends = ["--no-ext-diff", "--no-renames", "--diff-filter=A", "--name-only", "--relative", "-z"]
    added = ask(["diff", *ends, "--end-of-options", base, "--", within], folder)
    new = ask(["ls-files", "--others", "--exclude-standard", "-z", "--", within], folder)
    return sorted({name for name in os.fsdecode(added + new).split("\0") if name})


def files_tracked(pattern: str, folder: Path) -> list[str]:
    """The files in a folder, committed or staged, whose paths git finds for a pattern."""
    out = ask(["ls-files", "-z", "--", f":(glob){pattern}"], folder)
    return [path for path in os.fsdecode(out).split("\0") if path]


def files_staged(base: str, within: str, folder: Path) -> list[str]:
    """The files in a folder that are staged or committed and not in a commit, named from it."""
    ends = ["--cached", "--no-ext-diff", "--no-renames", "--diff-filter=A", "--name-only", "-z"]
    out = ask(["diff", *ends, "--relative", "--end-of-options", base, "--", within], folder)
    return [path for path in os.fsdecode(out).split("\0") if path]


def paths_changed(base: str, head: str, folder: Path) -> list[str]:
    """The paths in a folder that differ between two commits, named from it; a renamed one twice."""
    ends = ["--no-ext-diff", "--no-renames", "--name-only", "--relative", "-z"]
    out = ask(["diff", *ends, "--end-of-options", base, head, "--", "."], folder)
    return [path for path in os.fsdecode(out).split("\0") if path]


def last_commit_of(path: str, folder: Path) -> str | None:
    """The newest commit that touched a file; None when it is in none."""
    arguments = ["log", "--max-count=1", "--format=%H", "--", path]
    found = _run(arguments, folder)
    return found.stdout.decode().strip() or None if found.returncode == 0 else None


def moment_of_last_commit(folder: Path) -> str | None:
    """When the last commit was made, in seconds since 1970; None where there is none."""
    found = _run(["log", "--max-count=1", "--format=%ct"], folder)
    return found.stdout.decode().strip() or None if found.returncode == 0 else None


def message(folder: Path) -> bytes:
    """The message of the last commit, with one line end after it."""
    found = ask(["log", "--max-count=1", "--format=%B", commit_id("HEAD", folder)], folder)
    return found.rstrip(b"\n") + b"\n"


def with_trailers(
    message: bytes, key: str, values: Sequence[str], folder: Path, *, has_comments: bool = True
) -> bytes:
    """A commit's message with trailers more, where it does not have them.

    They stand above the comments at its end, if it has any; else `#` is a letter as any other.
    """
    # What stands before the subject would make git take the subject for a trailer, and so would a
    # subject without a line end, as `git merge -m` leaves it: no blank line would be between them.
    start = _start_of_subject(message, folder, has_comments=has_comments)
    rest = message[start:] if message.endswith(b"\n") else message[start:] + b"\n"
    arguments = ["interpret-trailers", "--no-divider", "--if-exists=addIfDifferent"]
    arguments += ["--if-missing=add", "--where=end"]
    arguments += [f"--trailer={key}: {value}" for value in values]
    settings = () if has_comments else ("-c", f"core.commentChar={_IN_NO_MESSAGE}")
    return message[:start] + ask([*settings, *arguments], folder, given=rest)


def _start_of_subject(message: bytes, folder: Path, *, has_comments: bool) -> int:
    """Where the first line begins that is neither blank nor a comment; 0 where there is none."""
    options = ["--strip-comments"] if has_comments else []
    subject = ask(["stripspace", *options], folder, given=message).split(b"\n", 1)[0]
    return (b"\n" + message).index(b"\n" + subject)


def without_comments(message: bytes, folder: Path) -> bytes:
    """A commit's message as git takes it, without the lines that are meant for its author."""
    return ask(["stripspace", "--strip-comments"], folder, given=message)


def is_rebasing(root: Path) -> bool:
    """Is a rebase under way in a work tree?"""
    asked = ["rev-parse", "--git-path", "rebase-merge", "--git-path", "rebase-apply"]
    folders = os.fsdecode(ask(asked, root)).splitlines()
    return any((root / folder).is_dir() for folder in folders)


def reword(message: bytes, folder: Path) -> None:
    """Give the last commit another message; what is staged stays staged."""
    # Its hooks were run when it was made, and what they look at has not changed.
    arguments = ["commit", "--quiet", "--amend", "--only", "--allow-empty", "--cleanup=verbatim"]
    ask([*arguments, "--file=-"], folder, given=message)


def remote_branches_with(commit: str, folder: Path) -> list[str]:
    """The branches of remotes that have a commit, as far as this clone knows."""
    arguments = ["for-each-ref", "--format=%(refname:strip=2)", "--contains", commit]
    return os.fsdecode(ask([*arguments, "refs/remotes"], folder)).splitlines()


def is_between(sha: str, base: str | None, head: str, folder: Path) -> bool:
    """Is a commit in the history of `head` and not in that of `base`? False for unknown ones."""
    if sha == head:
        return True
    inside = (
        _run(["merge-base", "--is-ancestor", "--end-of-options", sha, head], folder).returncode == 0
    )
    if not inside or base is None:
        return inside
    return (
        _run(["merge-base", "--is-ancestor", "--end-of-options", sha, base], folder).returncode == 1
    )


def outside(shas: Sequence[str], base: str, folder: Path) -> set[str]:
    """Those commits that are not in the history of `base`; this clone must have all of them."""
    if not shas:
        return set()
    given = "".join(f"{sha}\n" for sha in (*shas, f"^{base}")).encode()
    found = set(ask(["rev-list", "--stdin"], folder, given=given).decode().split())
    return found.intersection(shas)


def paths_at(commit: str, within: str, folder: Path) -> list[str]:
    """The files of a commit below a path from the folder."""
    arguments = ["ls-tree", "-r", "-z", "--name-only", commit, "--", f"{within}/"]
    return [path for path in os.fsdecode(ask(arguments, folder)).split("\0") if path]


def written_path(path: str) -> str:
    """A path as text for a note: as it is, or as git quotes it when that could be misread.

    Misread are bytes that are not UTF-8, characters that cannot be seen, a quote at the start and
    what looks like a path from the root of a disk. Quoted like git's own output (`"caf\\351"`):
    double quotes, C escapes, octal bytes. `real_path` turns it back.
    """
    raw = os.fsencode(path)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _c_quoted(raw)
    if _MISREAD.search(text) or not (text.isascii() or _unseen().search(text) is None):
        return _c_quoted(raw)
    return text


def quoted_path(path: str) -> str:
    """A path in the quotes that git reads where a bare one could be taken for something else."""
    return _c_quoted(os.fsencode(path))


def real_path(written: str) -> str:
    """A path that a note has as text, as the file system knows it."""
    if len(written) < 2 or not (written.startswith('"') and written.endswith('"')):
        return written
    inside = os.fsencode(written[1:-1])
    return os.fsdecode(_ESCAPED.sub(lambda m: _byte(m[1].decode()), inside))


_MISREAD = pattern(r'^"|^\\|^[A-Za-z]:|[\x00-\x1f\x7f]')


@cache  # slow to compile, and few paths are not ASCII
def _unseen() -> re.Pattern[str]:
    # Joiners stay between characters that need them, as in emoji; so do tags after a flag.
    return re.compile(
        r"[\x80-\x9f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]"
        r"|(?:(?<=[\x20-\x7e])|^)[\u200c\u200d]|[\u200c\u200d](?=[\x20-\x7e]|$)"
        r"|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]"
    )


_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_BYTES = {letter: byte for byte, letter in _ESCAPES.items()}
_ESCAPED = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


def _c_quoted(raw: bytes) -> str:
    shown = (
        f"\\{_ESCAPES[b]}" if b in _ESCAPES else chr(b) if 32 <= b < 127 else f"\\{b:03o}"
        for b in raw
    )
    return '"' + "".join(shown) + '"'


def _byte(escape: str) -> bytes:
    return bytes([_BYTES[escape] if escape in _BYTES else int(escape, 8) % 256])

"""Which repository this is, what its config says, and which commit a name means."""

import os
from pathlib import Path

from changenote.errors import NoCommits, NotARepository, UnknownRevision
from changenote.git.process import ask, failed, run
from changenote.patterns import pattern

_ID = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")


def root_around(folder: Path) -> Path:
    """The root of the work tree around a folder. Raises `NotARepository`.

    Git is asked only where there is no `.git` to be seen, because each process costs a new note
    two milliseconds; whether it trusts the repository, it says with the next question.
    """
    for around in (folder, *folder.parents):
        if (around / ".git").exists():
            return around
    result = run(["rev-parse", "--path-format=absolute", "--show-toplevel"], folder)
    if result.returncode == 0:
        return Path(os.fsdecode(result.stdout).removesuffix("\n"))
    if b"dubious ownership" in result.stderr:
        raise failed(["rev-parse"], result.stderr)
    raise NotARepository(
        f"{folder} is not in the work tree of a git repository",
        expected="a folder inside a git repository",
        hint="Go into your project's folder, or make a repository with `git init`.",
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
    asked = run(["rev-parse", "--path-format=absolute", "--git-common-dir"], root)
    return Path(os.fsdecode(asked.stdout).removesuffix("\n")) if not asked.returncode else None


def commit_id(revision: str, folder: Path) -> str:
    """The full id of a commit. Raises `UnknownRevision`, or `NoCommits` for HEAD without any."""
    if commit := _resolved(revision, folder):
        return commit
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


def known_commit(revision: str, folder: Path) -> str | None:
    """An id as it is, and so is HEAD; else the id of the commit that is meant, if git knows one."""
    is_plain = revision == "HEAD" or _ID.fullmatch(revision)
    return revision if is_plain else _resolved(revision, folder)


def _resolved(revision: str, folder: Path) -> str | None:
    arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    found = os.fsdecode(run(arguments, folder).stdout).strip()
    return found if _ID.fullmatch(found) else None  # of `^main` it is the id with a `^`


def _refuse_what_git_refuses(folder: Path) -> None:
    """Raise when there is a `.git` which git does not trust, or does not take for a repository."""
    asked = run(["rev-parse", "--show-toplevel"], folder)
    if asked.returncode:
        raise failed(["rev-parse", "--show-toplevel"], asked.stderr)


def settings(folder: Path) -> dict[str, str]:
    """The user's name and address, the editor and the remotes' addresses, by lower-case key."""
    pattern = r"^(user\.|core\.editor$|remote\..*\.url$|init\.defaultbranch$)"
    result = run(["config", "--includes", "-z", "--get-regexp", pattern], folder)
    entries = os.fsdecode(result.stdout).split("\0")
    return dict(entry.split("\n", 1) for entry in entries if "\n" in entry)


def is_set(key: str, folder: Path) -> bool:
    """Does git's config say yes to something?"""
    asked = run(["config", "--type=bool", "--get", key], folder)
    return asked.stdout.strip() == b"true"


def without_filters(folder: Path) -> dict[str, str]:
    """An environment for git in which it runs no filter that a config has for files on disk."""
    asked = ["config", "--name-only", "-z", "--get-regexp", r"^filter\."]
    keys = sorted(set(os.fsdecode(run(asked, folder).stdout).split("\0")) - {""})
    told = {"GIT_CONFIG_COUNT": str(len(keys))}
    for number, key in enumerate(keys):
        is_needed = key.endswith(".required")
        told |= {
            f"GIT_CONFIG_KEY_{number}": key,
            f"GIT_CONFIG_VALUE_{number}": "false" if is_needed else "",
        }
    return told


def branch(folder: Path) -> str | None:
    """The name of the branch that is checked out; None when HEAD is detached."""
    result = run(["symbolic-ref", "--quiet", "--short", "HEAD"], folder)
    return os.fsdecode(result.stdout).strip() or None


def remote_default_branch(folder: Path) -> str | None:
    """The branch that `origin/HEAD` names, as far as this clone knows."""
    result = run(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"], folder)
    return os.fsdecode(result.stdout).strip().removeprefix("origin/") or None


def hooks_folder(root: Path) -> tuple[Path, str | None]:
    """Where git looks for the hooks of a work tree, and which of its configs says so.

    The config is `system`, `global`, `local` or `worktree`; None where none has core.hooksPath.
    """
    asked = ["config", "-z", "--show-scope", "--type=path", "--get-all", "core.hooksPath"]
    fields = os.fsdecode(run(asked, root).stdout).split("\0")
    # Our own questions to git name another folder, so that no hook is run: its scope is `command`.
    told = [
        (root / folder, scope)
        for scope, folder in zip(fields[0::2], fields[1::2], strict=False)
        if scope != "command"
    ]
    return told[-1] if told else ((common_folder(root) or root / ".git") / "hooks", None)


def is_shallow(folder: Path) -> bool:
    """Is this a clone that was cut off, so that old commits are missing?"""
    if common := common_folder(folder):
        return (common / "shallow").exists()
    result = run(["rev-parse", "--is-shallow-repository"], folder)
    return result.stdout.strip() == b"true"


def is_partial(folder: Path) -> bool:
    """Is this a clone whose files' contents are fetched when they are needed?"""
    common = common_folder(folder)
    try:
        return b"promisor" in (common / "config").read_bytes() if common else False
    except OSError:
        return False


def is_rebasing(root: Path) -> bool:
    """Is a rebase under way in a work tree?"""
    asked = ["rev-parse", "--git-path", "rebase-merge", "--git-path", "rebase-apply"]
    folders = os.fsdecode(ask(asked, root)).removesuffix("\n").split("\n")
    return any((root / folder).is_dir() for folder in folders)

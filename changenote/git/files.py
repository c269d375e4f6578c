"""When files came, went and were renamed."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from changenote.git.process import ask, failed, moment, run
from changenote.git.repository import commit_id, is_shallow
from changenote.records import record


@record
class Addition:
    """The commit that added a file, and when it was made by its author."""

    commit: str
    at: datetime


def added_by(path: str, head: str, folder: Path) -> str | None:
    """The newest commit in the history of `head` that added a file."""
    arguments = ["log", "--max-count=1", "--diff-filter=A", "--format=%H", "--end-of-options"]
    found = ask([*arguments, head, "--", f":(top,literal){path}"], folder)
    return found.decode().rstrip("\0") or None


def additions(folder: Path) -> dict[str, Addition]:
    """When and by which commit each file below a folder was last added; paths from the root.

    All in one go. Where a clone was cut off, everything seems to come with its first commits: what
    these added is left out. Raises `NoCommits` where there is none.
    """
    arguments = ["log", "--root", "--diff-filter=A", "--no-renames", "--no-relative", "--name-only"]
    form = "--format=format:%x00%H%x00%aI%x00%P"
    result = run([*arguments, form, "--", "."], folder)
    if result.returncode:
        commit_id("HEAD", folder)
        raise failed(arguments, result.stderr)
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
            addition = Addition(commit=sha, at=moment(next(fields)))
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
    result = run([*arguments, "--no-relative", "--", f":(literal){below}"], folder)
    return [field for field in os.fsdecode(result.stdout).split("\0") if field.strip("\n")]


def files_added(base: str, within: str, folder: Path) -> list[str]:
    """The files in a folder that are not in a commit, tracked or not; ignored ones are left out.

    They are named from `folder`, and so is the folder `within` it.
    """
    # To compare with files on disk, git would run the filters that a repository has for them.
    known = _names_in_index(base, within, folder, "--ita-visible-in-index")
    tracked = (name for name in known if (folder / name).is_file())
    asked = ["ls-files", "--others", "--exclude-standard", "-z", "--", f":(literal){within}"]
    return sorted({*tracked, *_names(ask(asked, folder))})


def files_tracked(pattern: str, folder: Path) -> list[str]:
    """The files in a folder, committed or staged, whose paths git finds for a pattern."""
    return _names(ask(["ls-files", "-z", "--", f":(glob){pattern}"], folder))


def files_staged(base: str, within: str, folder: Path) -> list[str]:
    """The files in a folder that are staged or committed and not in a commit, named from it."""
    return _names_in_index(base, within, folder)


def _names_in_index(base: str, within: str, folder: Path, *more: str) -> list[str]:
    asked = ["diff", "--cached", "--no-renames", "--diff-filter=A", "--name-only", "--relative"]
    asked += [*more, "--end-of-options", base, "--", f":(literal){within}"]
    return _names(ask(asked, folder))


def paths_at(commit: str, within: str, folder: Path) -> list[str]:
    """The files of a commit below a path from the folder."""
    arguments = ["ls-tree", "-r", "-z", "--name-only", commit, "--", f"{within}/"]
    return _names(ask(arguments, folder))


def _names(out: bytes) -> list[str]:
    return [name for name in os.fsdecode(out).split("\0") if name]

"""Which files differ between commits."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from changenote.errors import GitFailed
from changenote.git.process import ask
from changenote.git.repository import is_partial
from changenote.patterns import pattern
from changenote.records import record

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_HEADING = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PATIENCE = 20  # seconds for contents that a partial clone has to fetch first


@record
class FileDifference:
    """One file that differs; counts are None for a binary file. `source` is the path before."""

    status: str
    path: str
    source: str | None
    added: int | None
    removed: int | None


def differences(base: str, head: str, folder: Path) -> list[FileDifference]:
    """The files that differ between two commits (or trees), in git's order, renames found.

    A partial clone lacks contents. Where git cannot fetch them, or not in time, neither renames nor
    counts are known: a moved file is one deleted and one added.
    """
    ends = ["--no-color", "--ignore-submodules=none", "--end-of-options", base, head, "--"]
    partial = is_partial(folder)
    try:
        arguments = ["diff", "--raw", "--numstat", "-M", "-l2000", *ends]
        out = ask(arguments, folder, seconds=_PATIENCE if partial else None)
    except GitFailed:
        if not partial:
            raise
        out = ask(["diff", "--raw", "--no-renames", *ends], folder)
    return list(_parsed_differences(os.fsdecode(out)))


def differences_of(
    changes: Sequence[tuple[str, str | None]], folder: Path
) -> dict[str, list[FileDifference]]:
    """`differences` for many changes in one go, by their last commit.

    A change is its last commit and the commit before it (None: its last commit is a first one).
    """
    given = "".join(f"{head} {base}\n" if base else f"{head}\n" for head, base in changes).encode()
    usual = ["diff-tree", "--stdin", "--root", "-r", "--raw", "--ignore-submodules=none"]
    partial = is_partial(folder)
    try:
        arguments = [*usual, "--numstat", "-M", "-l2000", "--"]
        out = ask(arguments, folder, given=given, seconds=_PATIENCE if partial else None)
    except GitFailed:
        if not partial:
            raise
        out = ask([*usual, "--no-renames", "--"], folder, given=given)
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
    arguments = ["diff-tree", "--stdin", "-r", "--raw", "--no-renames", "--"]
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


def paths_touched(commit: str, folder: Path) -> list[str]:
    """The paths that differ between a commit and its first parent."""
    arguments = ["diff-tree", "--root", "-r", "--name-only", "--no-commit-id", "-m"]
    arguments += ["--first-parent", "--end-of-options", commit, "--"]
    out = os.fsdecode(ask(arguments, folder))
    return [path for path in out.split("\0") if path]


def paths_changed(base: str, head: str, folder: Path) -> list[str]:
    """The paths in a folder that differ between two commits, named from it; a renamed one twice."""
    ends = ["--no-renames", "--name-only", "--relative"]
    out = ask(["diff", *ends, "--end-of-options", base, head, "--", "."], folder)
    return [path for path in os.fsdecode(out).split("\0") if path]


def generated_paths(paths: Sequence[str], folder: Path) -> set[str]:
    """Those paths that .gitattributes calls `linguist-generated`."""
    if not paths:
        return set()
    given = b"\0".join(os.fsencode(p) for p in paths) + b"\0"
    out = ask(["check-attr", "-z", "--stdin", "linguist-generated"], folder, given=given)
    fields = os.fsdecode(out).split("\0")
    records = zip(fields[0::3], fields[2::3], strict=False)
    return {path for path, value in records if value in ("set", "true")}

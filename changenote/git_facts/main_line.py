"""The main line of a repository's history: each commit on it, with all that it brought.

What was merged counts once, at the merge: that is when it reached everybody.
"""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, Literal

from changenote import git
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import index
from changenote.store.project import Project

_HEADING = pattern(r"([0-9a-f]{40}(?:[0-9a-f]{24})?) ([0-9a-f ]*) (-?\d+)")
_NEVER = 253_402_300_799  # the end of the year 9999: what is known since then is nothing
_YEARS = range(1971, 2100)  # git reads other years of `--since` as something else
_FORMAT = "--format=%H %P %ct"
_USUAL = (
    *("log", "-z", "--name-status", "--first-parent", "--diff-merges=first-parent"),
    *("--no-ext-diff", "--no-color", "--ignore-submodules=none", "-l200", _FORMAT),
)
# Nothing is fetched for it: a clone that lacks something tells less.
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}

Change = tuple[str, str | None]
"""A path, and what it was called before if it was renamed; both as a note has them."""


@record
class Landing:
    """A commit of the main line: the heads of what it merged, and what it changed.

    `at` is when it was committed, in seconds since 1970. The first one of all follows no other.
    """

    sha: str
    merged: tuple[str, ...]
    at: int
    changes: tuple[Change, ...]
    follows_another: bool = True


@record
class MainLine:
    """Commits of the main line, oldest first. What landed until `known_since` may be missing.

    That is in seconds since 1970, and 0 when nothing is missing that was asked for.
    """

    landings: tuple[Landing, ...]
    known_since: int = 0


def main_line(project: Project, head: str, since: datetime, *, limit: float) -> MainLine:
    """The line that ends with the commit `head`, remembered for as long as it does.

    What landed before the day of `since`, in UTC, is left out. Git has `limit` seconds; what it
    told by then counts.
    """
    top = git.root_around(project.root)
    (row,) = index.derived(
        project.cache,
        "main line",
        {"HEAD": head.encode()},
        lambda *_: _plain(_read(top, head, since, limit)),
        depends_on=f"{since.date()} {_cut_off_at(top)!r}",
    ).values()
    landings = (
        Landing(sha=sha, merged=tuple(merged), at=at, changes=tuple((p, s) for p, s in changes))
        for sha, merged, at, changes in row["landings"]
    )
    return MainLine(landings=tuple(landings), known_since=row["known_since"])


def _plain(line: MainLine) -> dict[str, Any]:
    landings = [[one.sha, one.merged, one.at, one.changes] for one in line.landings]
    return {"landings": landings, "known_since": line.known_since}


def _cut_off_at(top: Path) -> bytes:
    """The commits where a shallow clone ends."""
    common = git.common_folder(top)
    try:
        return (common / "shallow").read_bytes() if common else b""
    except OSError:
        return b""


def _read(top: Path, head: str, since: datetime, limit: float) -> MainLine:
    out, ended = _asked(top, head, since, "-M", limit)
    if ended == "failed":  # contents are missing that would have to be compared
        out, ended = _asked(top, head, since, "-M100%", limit)
    newest_first = list(_landings(out))
    known_since = 0
    if ended != "whole":  # the last one may be told by half
        known_since = newest_first.pop().at if newest_first else _NEVER
    elif newest_first and not newest_first[-1].follows_another and git.is_shallow(top):
        known_since = newest_first.pop().at  # where the clone is cut off, it seems to add all files
    return MainLine(landings=tuple(reversed(newest_first)), known_since=known_since)


def _asked(
    top: Path, head: str, since: datetime, renames: str, limit: float
) -> tuple[bytes, Literal["whole", "late", "failed"]]:
    """What git told of the line, newest first, and whether that is all."""
    arguments = [*_USUAL, renames]
    if since.year in _YEARS:
        arguments.append(f"--since-as-filter={since:%Y-%m-%dT00:00:00Z}")
    process = git.talking([*arguments, "--end-of-options", head, "--"], top, more=_NO_FETCH)
    try:
        out, _ = process.communicate(timeout=limit)
    except TimeoutExpired:
        process.kill()
        return process.communicate()[0], "late"
    return out, "failed" if process.returncode else "whole"


def _landings(out: bytes) -> Iterator[Landing]:
    """The answers of `git log -z --name-status`; a last one that was cut off may lack changes."""
    fields = iter(os.fsdecode(out).split("\0"))
    heading, changes = None, list[Change]()
    for entry in fields:
        if found := _HEADING.fullmatch(entry):
            if heading:
                yield _landing(heading, changes)
            heading, changes = found, []
        elif status := entry.lstrip("\n"):
            changes.append(_change(status, fields))
    if heading:
        yield _landing(heading, changes)


def _change(status: str, fields: Iterator[str]) -> Change:
    first = git.written_path(next(fields, ""))
    return (git.written_path(next(fields, "")), first) if status[0] in "RC" else (first, None)


def _landing(heading: re.Match[str], changes: Sequence[Change]) -> Landing:
    parents = heading[2].split()
    return Landing(
        sha=heading[1],
        merged=tuple(parents[1:]),
        at=min(max(int(heading[3]), 0), _NEVER),
        follows_another=bool(parents),
        changes=tuple(changes),
    )

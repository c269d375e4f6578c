"""The main line of a repository's history: each commit on it, with all that it brought.

What was merged counts once, at the merge: that is when it reached everybody.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, Literal

from changenote import git
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import answers
from changenote.store.project import Project

_HEADING = pattern(r"([0-9a-f]{40}(?:[0-9a-f]{24})?) ([0-9a-f ]*) (-?\d+)")
_NEVER = 253_402_300_799  # the end of the year 9999: what is known since then is nothing
_YEARS = range(1971, 2100)  # git reads other years of `--since` as something else
_FORMAT = "--format=%H %P %ct"
_USUAL = (
    *("log", "--name-status", "--first-parent", "--diff-merges=first-parent"),
    *("--no-color", "--ignore-submodules=none", "-l200", _FORMAT),
)
# Nothing is fetched for it: a clone that lacks something tells less.
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}

_KIND = "main line"
_FAR = 1000  # commits back that a line is looked for which is known: a hundredth of a second

Ended = Literal["whole", "late", "failed"]
Row = dict[str, Any]
"""A line as plain JSON data."""

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
    told by then counts. Of a line that went on since it was read, only what is new is read.
    """
    top = git.root_around(project.root)
    start = f"{since.date()} {_cut_off_at(top)!r}"

    def read(_fresh: Mapping[str, bytes]) -> dict[str, Row]:
        before = _known_before(project.cache, top, head, start, limit)
        return {head: _plain(_read(top, head, since, limit, before))}

    rows = answers.answered(
        project.cache, _KIND, {head: b""}, read, depends_on=start, holds=_is_sound
    )
    return _line(rows[head])


def _known_before(
    cache: Path, top: Path, head: str, start: str, limit: float
) -> tuple[str, MainLine] | None:
    """The last commit on the way back from `head` whose whole line is known, and that line.

    It is on the line itself: what was merged has another line, though it is an ancestor as well.
    """
    arguments = ["rev-list", "--first-parent", f"--max-count={_FAR}", "--end-of-options", head]
    out, ended = _answer([*arguments, "--"], top, limit)
    on_line = out.decode().split() if ended == "whole" else []
    rows = answers.known(cache, _KIND, dict.fromkeys(on_line, b""), depends_on=start)
    found = (sha for sha in on_line if _is_sound(rows.get(sha)) and rows[sha]["whole"])
    return next(((sha, _line(rows[sha])) for sha in found), None)


def _is_sound(row: Any) -> bool:
    """Is it a row as it is written here? The file that it comes from may be damaged."""
    try:
        kinds = [type(row[name]) for name in ("landings", "known_since", "whole")]
        return kinds == [list, int, bool] and all(map(_is_landing, row["landings"]))
    except (TypeError, KeyError, ValueError):
        return False


def _is_landing(values: Sequence[Any]) -> bool:
    sha, merged, at, changes = values
    texts = [sha, *merged, *(path for path, _ in changes)]
    sources = [source for _, source in changes if source is not None]
    return type(at) is int and all(type(text) is str for text in texts + sources)


def _line(row: Row) -> MainLine:
    landings = (
        Landing(sha=sha, merged=tuple(merged), at=at, changes=tuple((p, s) for p, s in changes))
        for sha, merged, at, changes in row["landings"]
    )
    return MainLine(landings=tuple(landings), known_since=row["known_since"])


def _plain(told: tuple[MainLine, bool]) -> Row:
    line, whole = told
    landings = [[one.sha, one.merged, one.at, one.changes] for one in line.landings]
    return {"landings": landings, "known_since": line.known_since, "whole": whole}


def _cut_off_at(top: Path) -> bytes:
    """The commits where a shallow clone ends."""
    common = git.common_folder(top)
    try:
        return (common / "shallow").read_bytes() if common else b""
    except OSError:
        return b""


def _read(
    top: Path, head: str, since: datetime, limit: float, before: tuple[str, MainLine] | None
) -> tuple[MainLine, bool]:
    """The line, and whether git told all of it as well as it can: then it can be continued."""
    if before:
        known, line = before
        out, ended = _asked(top, f"{known}..{head}", since, "-M", limit)
        if ended == "whole":
            new = tuple(reversed(list(_landings(out))))
            return MainLine(landings=line.landings + new, known_since=line.known_since), True
        if ended == "late":  # all of it would take no less time
            return _as_told(top, out, ended), False
    out, ended = _asked(top, head, since, "-M", limit)
    whole = ended == "whole"
    if ended == "failed":  # contents are missing that would have to be compared
        out, ended = _asked(top, head, since, "-M100%", limit)
    return _as_told(top, out, ended), whole


def _as_told(top: Path, out: bytes, ended: Ended) -> MainLine:
    newest_first = list(_landings(out))
    known_since = 0
    if ended != "whole":  # the last one may be told by half
        known_since = newest_first.pop().at if newest_first else _NEVER
    elif newest_first and not newest_first[-1].follows_another and git.is_shallow(top):
        known_since = newest_first.pop().at  # where the clone is cut off, it seems to add all files
    return MainLine(landings=tuple(reversed(newest_first)), known_since=known_since)


def _asked(
    top: Path, commits: str, since: datetime, renames: str, limit: float
) -> tuple[bytes, Ended]:
    """What git told of a commit's line or a range of it, newest first, and whether it is all."""
    arguments = [*_USUAL, renames]
    if since.year in _YEARS:
        arguments.append(f"--since-as-filter={since:%Y-%m-%dT00:00:00Z}")
    return _answer([*arguments, "--end-of-options", commits, "--"], top, limit)


def _answer(arguments: Sequence[str], top: Path, limit: float) -> tuple[bytes, Ended]:
    process = git.talking(arguments, top, more=_NO_FETCH)
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

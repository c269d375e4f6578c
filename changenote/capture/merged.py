"""The changes that were merged in a range, one by one: which commits came in together, and when
they shipped. Pure: commits, tags and file differences in, facts for a note of each out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from changenote.capture.changes import SET_UP, Facts, Range, listed_files
from changenote.capture.subjects import (
    MergeKind,
    change_note,
    is_back_merge,
    merge_kind,
    pull_request_number,
    told,
)
from changenote.git import Commit, FileDifference, Tag
from changenote.patterns import pattern
from changenote.records import record

_VERSION = pattern(r"(?P<family>.*?)(?P<numbers>\d+(?:\.\d+)+|\d[\d-]*$)(?P<rest>.*)")
_MOST_REVERTS = 10
_DEEPEST = 20  # branches merged into branches


@record
class Merged:
    """One change of the main line; newest commit first in both lists.

    `line` are its commits on the main line, `every` those with what was merged. `number` is its
    pull request's, None when no message names one. `came_with` is the commit of the main line that
    has it: its own last one, or the merge of a branch into which it had been merged before.
    """

    number: int | None
    kind: MergeKind
    line: tuple[Commit, ...]
    every: tuple[Commit, ...]
    came_with: str

    @property
    def head(self) -> str:
        """The last commit of it."""
        return self.line[0].sha

    @property
    def base(self) -> str | None:
        """The commit before it; None before the first commit of all."""
        return next(iter(self.line[-1].parents), None)

    @property
    def wanted(self) -> str | None:
        """What a trailer `Change-Note:` in it says, see `subjects.change_note`."""
        said = (change_note(commit) for commit in self.every)
        return next((words for words in said if words is not None), None)


@record
class Apart:
    """A range taken apart, oldest first: what came in by pull requests and merges, and the rest.

    `direct` are commits that no message gives to a pull request, `back_merges` merges that only
    brought a branch up to date. Of a pull request that came in more than once, `merged` has the
    last time and `again` the others.
    """

    merged: tuple[Merged, ...]
    direct: tuple[Merged, ...]
    back_merges: tuple[Merged, ...]
    again: tuple[Merged, ...]


def taken_apart(main_line: Sequence[Commit], every: Sequence[Commit], branch: str) -> Apart:
    """A range by its commits, newest first: those along first parents, and all of them.

    `branch` is the one that ships.
    """
    merged: list[Merged] = []
    direct: list[Merged] = []
    back: list[Merged] = []
    for change in _changes(main_line, every, branch):
        if change.number is None and change.kind == "direct":
            direct.append(change)
        elif change.number is None and is_back_merge(change.line[0], branch):
            back.append(change)
        else:
            merged.append(change)
    last = {change.number: change for change in merged}
    again = [c for c in merged if c.number is not None and last[c.number] is not c]
    return Apart(
        merged=tuple(c for c in merged if c not in again),
        direct=tuple(direct),
        back_merges=tuple(back),
        again=tuple(again),
    )


def _changes(
    line: Sequence[Commit], every: Sequence[Commit], branch: str, carrier: str = "", depth: int = 0
) -> Iterator[Merged]:
    """The changes of a line, oldest first.

    A merge of a branch that pull requests were merged into is those pull requests.
    """
    brought = _brought(line, every)
    for group in _groups(line):
        newest = group[0]
        came_with = carrier or newest.sha
        inside = brought.get(newest.sha, [])
        side = _first_parents(newest, inside)
        if depth < _DEEPEST and _has_pull_requests(side) and _only_brings(newest, branch):
            yield from _changes(side, inside, branch, came_with, depth + 1)
        else:
            yield _change(group, brought, came_with)


def _first_parents(merge: Commit, inside: Sequence[Commit]) -> list[Commit]:
    """The line of first parents that a merge of one branch brought, newest first."""
    known = {commit.sha: commit for commit in inside}
    line = []
    at = merge.parents[1] if len(merge.parents) == 2 else ""
    while commit := known.get(at):
        line.append(commit)
        at = next(iter(commit.parents), "")
    return line


def _has_pull_requests(line: Sequence[Commit]) -> bool:
    return any(pull_request_number(c.subject, c.body) is not None for c in line)


def _only_brings(merge: Commit, branch: str) -> bool:
    number = pull_request_number(merge.subject, merge.body)
    return number is None or is_back_merge(merge, branch)


def _groups(main_line: Sequence[Commit]) -> Iterator[list[Commit]]:
    """Commits of the main line by pull request, oldest first: a rebase has several in a row."""
    group: list[Commit] = []
    last: int | None = None
    for commit in reversed(main_line):
        number = pull_request_number(commit.subject, commit.body)
        if group and (number is None or number != last):
            yield group
            group = []
        group.insert(0, commit)
        last = number
    if group:
        yield group


def _change(
    line: Sequence[Commit], brought: Mapping[str, Sequence[Commit]], came_with: str
) -> Merged:
    newest = line[0]
    return Merged(
        number=pull_request_number(newest.subject, newest.body),
        kind=merge_kind(line),
        line=tuple(line),
        every=tuple(c for commit in line for c in (commit, *brought.get(commit.sha, ()))),
        came_with=came_with,
    )


def _brought(main_line: Sequence[Commit], every: Sequence[Commit]) -> dict[str, list[Commit]]:
    """For each merge of the main line the commits that it was the first to bring, newest first."""
    on_line = {commit.sha for commit in main_line}
    others = {commit.sha: commit for commit in every if commit.sha not in on_line}
    places = {commit.sha: place for place, commit in enumerate(every)}
    brought: dict[str, list[Commit]] = {}
    for merge in reversed(main_line):
        found = []
        waiting = list(merge.parents[1:])
        while waiting:
            if commit := others.pop(waiting.pop(), None):
                found.append(commit)
                waiting += commit.parents
        brought[merge.sha] = sorted(found, key=lambda commit: places[commit.sha])
    return brought


def shipped_in(
    main_line: Sequence[Commit], tags: Sequence[Tag], end: str
) -> dict[str, tuple[str | None, datetime]]:
    """By commit of the main line: the first version that has it, and when that was tagged.

    Versions are the tags named like `end` (`astro@7.1.2` like `astro@7.2.0`), and `end` itself. A
    commit that no version has yet shipped when it was committed.
    """
    match = _VERSION.match(end)
    family = match["family"] if match else None
    named = {tag.commit: tag for tag in tags if _is_release(tag.name, family)}
    named |= {tag.commit: tag for tag in tags if tag.name == end}
    shipped: dict[str, tuple[str | None, datetime]] = {}
    version: Tag | None = None
    for commit in main_line:
        version = named.get(commit.sha, version)
        shipped[commit.sha] = (version.name, version.at) if version else (None, commit.committed)
    return shipped


def _is_release(name: str, family: str | None) -> bool:
    """Is it a version of a family, and no trial of one (`v2.0.0-rc1`)?"""
    match = _VERSION.fullmatch(name)
    return bool(match and match["family"] == family and not match["rest"])


def facts_of(
    change: Merged,
    differences: Sequence[FileDifference],
    *,
    generated: set[str],
    notes_folder: str,
) -> Facts | None:
    """What git knows of one change; None when it is nothing but notes and their set-up."""
    config = f"{notes_folder}/config.yaml"
    is_set_up = any(d.path == config and d.status == "A" for d in differences)
    ours = SET_UP if is_set_up else ()
    shipped = [d for d in differences if not d.path.startswith(f"{notes_folder}/")]
    if differences and all(d.path in ours for d in shipped):
        return None
    files, omitted = listed_files(shipped, generated)
    return Facts(
        range=Range(base=change.base, head=change.head, since="", version=None),
        told=told(change.line, change.every),
        files=tuple(files),
        files_omitted=omitted,
        first_commit_at=min(commit.authored for commit in change.every),
        version=None,
        revert=_revert(change),
        commits=len(change.every),
    )


def _revert(change: Merged) -> tuple[str, ...]:
    """Commands that take one change back, newest commit first."""
    if change.base is None:
        return ()
    if len(change.line) > _MOST_REVERTS:
        return (f"git revert --no-edit {change.base}..{change.head}",)
    return tuple(
        f"git revert --no-edit {'-m 1 ' if len(c.parents) > 1 else ''}{c.sha}" for c in change.line
    )


def noted_on(line: Sequence[Commit], base: str | None, head: str) -> Collection[str]:
    """Those commits of a line (newest first) that a note from one commit to another is about."""
    places = {commit.sha: place for place, commit in enumerate(line)}
    if head not in places:
        return ()
    end = places.get(base, len(line)) if base else len(line)
    return {commit.sha for commit in line[places[head] : end]}

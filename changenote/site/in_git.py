"""What git tells of the notes of a book: which reverts still apply, what changed since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import or_
from pathlib import Path
from typing import NamedTuple

from changenote import git
from changenote.capture.changes import need_not_be_listed
from changenote.config import Config
from changenote.errors import ChangenoteError
from changenote.git_facts.drift import Drifted, Past
from changenote.git_facts.main_line import main_line
from changenote.git_facts.reverts import Plan, each_applies, plan_of
from changenote.model.identity import created_on
from changenote.model.note import Note, Source, shipped_at
from changenote.site.book import Book, InGit, Published
from changenote.store.project import CONFIG, Project

HISTORY, REVERTS = 5, 3
"""Seconds that a site waits for its history and for its reverts; what is not told by then is not.

Seven thousand commits take half a second, a hundred reverts up to one.
"""


def in_git(
    project: Project, entries: Sequence[Published], before: Book | None = None
) -> tuple[str, dict[str, InGit]]:
    """The commit that is checked out, and what git tells of each note as of it, by file.

    Both are empty where there is no repository, no git, or no commit yet. As long as git would tell
    the same as for the book `before`, that is not asked again.
    """
    if not project.is_repository or not entries:
        return "", {}
    try:
        head = git.commit_id("HEAD", project.root)
        if before and _would_tell_the_same(before, project.config, entries, head):
            return head, {entry.file: before.in_git[entry.file] for entry in entries}
        return head, _told(project, entries, head)
    except (ChangenoteError, OSError):
        return "", {}


def _would_tell_the_same(
    before: Book, config: Config, entries: Sequence[Published], head: str
) -> bool:
    """Are the commit and the config the same, and of all notes what git is asked with?"""
    name = entries[0].source
    source = before.source(name)
    if (source.commit, source.config) != (head, config):
        return False
    known = {entry.file: entry for entry in before.entries if entry.source == name}
    return len(known) == len(entries) and all(
        entry.file in before.in_git and _asks_the_same(known.get(entry.file), entry)
        for entry in entries
    )


def _asks_the_same(known: Published | None, entry: Published) -> bool:
    if known is entry:
        return True
    return known is not None and _asked_with(known.note) == _asked_with(entry.note)


def _asked_with(note: Note) -> tuple[object, ...]:
    whole = (note.id, note.status, note.shipped, note.source, note.files, note.revision)
    return (*whole, note.rollback)


class _Asked(NamedTuple):
    """A note, and what git is asked of it that is taken from inside it, once."""

    file: str
    note: Note
    plan: Plan | None
    source: Source | None
    paths: tuple[str, ...]


def _asked(entries: Iterable[Published]) -> list[_Asked]:
    """What git is asked of each note; the same path is the same text."""
    met: dict[str, str] = {}
    return [
        _Asked(
            file=entry.file,
            note=entry.note,
            plan=plan_of(entry.note),
            source=entry.note.source,
            paths=tuple(met.setdefault(file.path, file.path) for file in entry.note.files),
        )
        for entry in entries
    ]


def _told(project: Project, entries: Sequence[Published], head: str) -> dict[str, InGit]:
    asked = _asked(entries)
    plans = {one.file: one.plan for one in asked if one.plan}
    applies = each_applies(project, plans, head, limit=REVERTS)
    past = Past(main_line(project, head, _oldest(entries), limit=HISTORY))
    notes = past.of_notes(_in_repository(project.notes))
    optional = _optional(project, asked)
    written_down = _written_down(asked, past, notes)
    found = {}
    for one in asked:
        own = notes.get(one.note.id, 0)
        drifted, commits = _drift(one, past, own=own, written_down=written_down, optional=optional)
        found[one.file] = InGit(
            applies=applies.get(one.file),
            drifted=drifted,
            drifted_by=commits,
            revisions=_revisions(one.note, past, own),
            revised=past.time(own) if own else None,
            commit=past.commit(own) if own else "",
        )
    return found


def _oldest(entries: Sequence[Published]) -> datetime:
    """The moment from which on history matters to any of the notes."""
    shipped = (shipped_at(entry.note) for entry in entries)
    return min([*filter(None, shipped), *(_created(entry.note) for entry in entries)])


def _created(note: Note) -> datetime:
    return datetime.combine(created_on(note.id) or date.min, time.min, UTC)


def _in_repository(folder: Path) -> str:
    """The path of a folder from the root of the repository that it is in."""
    folder = folder.resolve()
    return folder.relative_to(git.root_around(folder).resolve()).as_posix()


def _optional(project: Project, asked: Iterable[_Asked]) -> set[str]:
    """Files that say nothing about a note when they change: generated ones and the notes' own."""
    folder = project.notes.name
    paths = {path for one in asked for path in one.paths}
    # With it among them, files would count as set-up that are so in one change only.
    config = f"{folder}/{CONFIG}"
    generated = project.config.generated
    optional = need_not_be_listed(paths - {config}, notes_folder=folder, generated=generated)
    return optional | {config}


def _written_down(asked: Iterable[_Asked], past: Past, notes: Mapping[str, int]) -> int:
    """The commits that notes tell of, drafts aside: they make no earlier note stale.

    A change that was squashed on its way is the commit that brought its note.
    """
    found = 0
    for one in (one for one in asked if one.note.status != "draft"):
        told = past.told_by(one.source.base, one.source.head) if one.source else 0
        found |= told or past.first(notes.get(one.note.id, 0))
    return found


def _drift(
    asked: _Asked, past: Past, *, own: int, written_down: int, optional: Collection[str]
) -> tuple[tuple[Drifted, ...], int]:
    """The files that changed after a live note without a note, and by how many commits.

    Commits that changed the note as well are its `own`.
    """
    note, head = asked.note, asked.source.head if asked.source else None
    shipped = shipped_at(note)
    moment = max(shipped.timestamp() if shipped else 0, _reviewed(note))
    is_dated = shipped is not None or past.has(head)
    if note.status != "shipped" or not is_dated or not past.is_known_from(moment):
        return (), 0
    start = past.after(moment, head)
    if not past.has(head):  # rebased or squashed: its commits came before the note, or with it
        start = max(start, past.after_first(own))
    paths = [path for path in asked.paths if path not in optional]
    found = list(past.drifted(paths, start, own | written_down))
    files = sorted((file for file, _ in found), key=lambda file: (-file.commits, file.path))
    every = reduce(or_, (commits for _, commits in found), 0)
    return tuple(files), every.bit_count()


def _reviewed(note: Note) -> float:
    """The end of the day of the last review, in seconds since 1970; 0 when there was none."""
    revision = note.revision
    if not revision or not revision.last_reviewed or revision.status == "unreviewed":
        return 0
    return datetime.combine(revision.last_reviewed, time.max, UTC).timestamp()


def _revisions(note: Note, past: Past, own: int) -> int:
    """How many commits changed the note itself; 0 where its first one may not be known."""
    return own.bit_count() if past.is_known_from(_created(note).timestamp()) else 0

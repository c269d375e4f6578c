"""`changenote supersede`: one change replaces another, written at both ends."""

from collections.abc import Iterator

import click

from changenote.cli import console, options
from changenote.cli.writing.updating import prepare, report, write
from changenote.errors import NoSuchNote, UsageProblem
from changenote.model.note import Note
from changenote.store import notes
from changenote.store.editing import with_item, with_value
from changenote.store.project import Project


@click.command()
@options.note_id("old", metavar="OLD")
@options.note_id("new", metavar="NEW")
@options.dry_run
@options.as_json
def command(old: str, new: str, dry_run: bool, as_json: bool) -> int:
    """Say that the change NEW replaces the change OLD, in both notes.

    OLD gets `status: superseded`, unless it was rolled back, and NEW gets OLD's id under
    `supersedes`. If something comes between the two, `changenote check` says so, and the same
    command goes on.
    """
    project = options.project_with_notes()
    older = prepare(project, old, _superseded)
    newer = prepare(project, new, lambda note, text: _superseding(note, text, older.id))
    _refuse_loops(project, older.note, newer.note)
    if not dry_run:
        _mind_the_order(older.note, newer.note)
        write(older, newer)
    done = f"{newer.id} replaces {older.id}, {older.note.title!r}."
    return report(older, newer, done=done, as_json=as_json, dry_run=dry_run)


def _superseded(note: Note, text: str) -> str:
    # That a change was rolled back is worth more than that another one came after it.
    is_said = note.status in ("superseded", "rolled_back")
    return text if is_said else with_value(text, ("status",), "superseded")


def _superseding(note: Note, text: str, older: str) -> str:
    return text if older in note.supersedes else with_item(text, ("supersedes",), older)


def _refuse_loops(project: Project, older: Note, newer: Note) -> None:
    if older.id == newer.id:
        raise UsageProblem(
            f"{newer.id} cannot replace itself",
            expected="two notes: the old one, then the new one",
            hint="`changenote list` shows the ids.",
        )
    if newer.id in _replaced_by(project, older):
        raise UsageProblem(
            f"{older.id} replaces {newer.id} already, itself or through others",
            expected="the old note first, then the new one",
            hint=f"`changenote show {older.id}` shows what it replaces.",
        )


def _replaced_by(project: Project, note: Note) -> set[str]:
    """The ids of all notes that a note replaces, and that those replace."""
    found: set[str] = set()
    waiting = list(note.supersedes)
    while waiting:
        note_id = waiting.pop()
        if note_id not in found:
            found.add(note_id)
            waiting.extend(_supersedes(project, note_id))
    return found


def _supersedes(project: Project, note_id: str) -> Iterator[str]:
    try:
        stored = notes.read(project, notes.find(project, note_id))
    except NoSuchNote:
        return
    yield from stored.note.supersedes if stored.note else ()


def _mind_the_order(older: Note, newer: Note) -> None:
    first = older.shipped.at if older.shipped else None
    second = newer.shipped.at if newer.shipped else None
    if first and second and second < first:
        console.notice(f"Mind: {newer.id} shipped before {older.id}, which it replaces.")

"""`changenote rollback`: how to undo a change, offline, without searching."""

from datetime import UTC, datetime
from pathlib import Path

import click

from changenote.cli import console, library, note_text, options
from changenote.cli.show import readable
from changenote.errors import FINDINGS, NoSuchNote, UsageProblem
from changenote.model.note import Note
from changenote.store import notes
from changenote.store.project import Project, find_project

_DONE_WITH = ("rolled_back", "superseded")


@click.command()
@options.note_id(required=False)
@click.option("--last", is_flag=True, help="The change that shipped last.")
@click.option("--service", metavar="NAME", help="The change of this service that shipped last.")
@click.option("--commands", "only_commands", is_flag=True, help="Print just the commands.")
def command(name: str | None, last: bool, service: str | None, only_commands: bool) -> int:
    """How to undo a change: one plain screen, offline. Nothing is run.

    ID is an id, or the start or end of one; or say --last, or --service NAME.
    """
    if bool(name) + (last or bool(service)) != 1:
        raise UsageProblem(
            "it is not clear which change is meant", expected="one of: ID, --last, --service NAME"
        )
    project = find_project(Path.cwd())
    path = notes.find(project, name) if name else _last(project, service)
    note = readable(notes.read(project, path))
    return _print_commands(note) if only_commands else _print(note)


def _last(project: Project, service: str | None) -> Path:
    for row in library.rows(project):
        shown = row.shown
        is_it = shown["shipped_at"] and service in (None, shown["service"])
        if is_it and shown["status"] not in _DONE_WITH:
            return project.root / row.file
    of = f" of {service}" if service else ""
    raise NoSuchNote(
        f"no shipped change{of} is noted in {project.notes.name}/",
        expected="a note with shipped.at that is not rolled back",
        hint="`changenote list` shows all notes.",
    )


def _print(note: Note) -> int:
    now = datetime.now(UTC)
    console.styled(f"Undo: {note.title}", bold=True)
    for line in note_text.heading(note, now):
        console.out(line)
    if note.status in _DONE_WITH:
        console.styled(f"This change is {note.status.replace('_', ' ')} already.", fg="yellow")
    console.out()
    for line in note_text.rollback_lines(note.rollback, now, console.width()):
        console.out(line)
    return 0 if note.rollback else FINDINGS


def _print_commands(note: Note) -> int:
    steps = note.rollback.steps if note.rollback else ()
    for step in steps:
        console.out(step.run.rstrip("\n"))
    if not steps:
        console.notice(f"{note.id} has no rollback steps: `changenote show {note.id}`")
    return 0 if steps else FINDINGS

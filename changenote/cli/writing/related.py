"""`changenote related`: notes that belong together, written at both ends."""

from collections.abc import Sequence

import click

from changenote.cli import options
from changenote.cli.writing.updating import Updated, prepare, report, write
from changenote.errors import UsageProblem
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.store import notes
from changenote.store.editing import with_item
from changenote.store.project import Project


@click.command()
@options.note_id("name")
@options.note_id("others", metavar="OTHER...", nargs=-1)
@options.dry_run
@options.as_json
def command(name: str, others: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """Say that a note is related to others: it and each of them name the other under `related`."""
    project = options.project_with_notes()
    first, *rest = _ids(project, (name, *others))
    updates = [_related(project, name, rest), *(_related(project, i, [first]) for i in others)]
    if not dry_run:
        write(*updates)
    done = f"{first} and {', '.join(rest)} name each other."
    return report(*updates, done=done, as_json=as_json, dry_run=dry_run)


def _ids(project: Project, names: Sequence[str]) -> list[str]:
    ids = [id_in_file_name(notes.find(project, name).name) or name for name in names]
    if len(set(ids)) < len(ids):
        raise UsageProblem(
            f"{next(i for i in ids if ids.count(i) > 1)} is named twice",
            expected="ids of different notes",
            hint="`changenote list` shows the ids.",
        )
    return ids


def _related(project: Project, name: str, others: Sequence[str]) -> Updated:
    def edit(note: Note, text: str) -> str:
        for other in others:
            text = text if other in note.related else with_item(text, ("related",), other)
        return text

    return prepare(project, name, edit)

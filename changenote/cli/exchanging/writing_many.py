"""Many new notes at once, with a bar on a terminal that says how far it is."""

from collections.abc import Sequence
from typing import Any

from changenote.cli import console
from changenote.cli.writing.saving import note_text
from changenote.model.identity import file_name
from changenote.store import notes
from changenote.store.project import Project

Data = dict[str, Any]

_SHOWN_EVERY = 20
_BAR = 30  # columns


def paths(project: Project, every: Sequence[Data]) -> list[str]:
    """Where the notes would lie."""
    named = ((data["id"], file_name(data["id"], data["title"])) for data in every)
    return [project.relative(project.notes / of[:4] / name) for of, name in named]


def written(project: Project, every: Sequence[Data]) -> list[str]:
    """Write the notes, whose ids are free; their paths. Those before an interruption stay."""
    made = []
    try:
        for number, data in enumerate(every):
            _show(number, len(every))
            text = note_text(project, data)
            made.append(notes.create_as(project, data["id"], data["title"], text).file)
    finally:
        console.status("")
    return made


def _show(done: int, total: int) -> None:
    if done % _SHOWN_EVERY == 0:
        full = _BAR * done // total
        console.status(f"[{'#' * full}{'.' * (_BAR - full)}] {done} of {total} notes")

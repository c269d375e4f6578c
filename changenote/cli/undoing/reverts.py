"""Does a note's plan to revert still work? Asked where it takes no time that anybody notices."""

from contextlib import suppress
from pathlib import Path

from changenote import git
from changenote.capture import landing
from changenote.capture.reverting import revert_commits, reverts_cleanly
from changenote.cli.reading.note_text import labelled
from changenote.errors import ChangenoteError
from changenote.model.note import Note
from changenote.store.project import Project, within

PATIENCE = 3
"""Seconds that somebody who needs the steps now is made to wait at the most."""


def applies_line(project: Project, note: Note, file: str, width: int) -> list[str]:
    """`Reverting  applies cleanly onto abc1234`; nothing when it cannot be told or is over."""
    said = elsewhere(project, note, file) or in_words(project.root, note)
    return labelled("Reverting", said, width)


def elsewhere(project: Project, note: Note, file: str) -> str | None:
    """What to say where the change came into this history by another commit.

    None where it did not, or where git cannot say.
    """
    with suppress(ChangenoteError):
        return _elsewhere(project, note, file)
    return None


def _elsewhere(project: Project, note: Note, file: str) -> str | None:
    root = git.root_around(project.root)
    steps = [step.run for step in note.rollback.steps] if note.rollback else []
    found = landing.elsewhere(
        (revert.revision for revert in revert_commits(steps)),
        within(project, root, file),
        [git.real_path(one.path) for one in note.files],
        root,
        notes_folder=project.notes_within(root),
    )
    if found is None:
        return None
    said = f"{found.revision[:12]} is not in this history: it was squashed or rebased."
    if found.landed is None:
        return f"{said} `git log -- FILE` of a file that it touched shows where it landed."
    how = f"`git revert --no-edit {found.landed}`"
    return f"{said} The change landed as {found.landed[:12]}: {how}"


def in_words(root: Path, note: Note) -> str | None:
    """`applies cleanly onto abc1234`; None when there is nothing to revert, or it is over."""
    steps = [step.run for step in note.rollback.steps] if note.rollback else []
    reverts = revert_commits(steps)
    if not reverts or note.status in ("rolled_back", "superseded"):
        return None
    return reverts_cleanly(root, reverts, limit=PATIENCE).in_words

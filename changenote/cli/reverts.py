"""Does a note's plan to revert still work? Asked where it takes no time that anybody notices."""

from pathlib import Path

from changenote.capture.reverting import revert_commits, reverts_cleanly
from changenote.cli.note_text import labelled
from changenote.model.note import Note

PATIENCE = 3
"""Seconds that somebody who needs the steps now is made to wait at the most."""


def applies_line(root: Path, note: Note, width: int) -> list[str]:
    """`Reverting  applies cleanly onto abc1234`; nothing when it cannot be told or is over."""
    return labelled("Reverting", in_words(root, note), width)


def in_words(root: Path, note: Note) -> str | None:
    """`applies cleanly onto abc1234`; None when there is nothing to revert, or it is over."""
    steps = [step.run for step in note.rollback.steps] if note.rollback else []
    reverts = revert_commits(steps)
    if not reverts or note.status in ("rolled_back", "superseded"):
        return None
    return reverts_cleanly(root, reverts, limit=PATIENCE).in_words

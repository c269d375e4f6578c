"""The rollback: steps that can be run as they stand, and a rehearsal of exactly those steps."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from changenote.checks.runnable import judged
from changenote.model.note import Note, Rehearsal, Step
from changenote.model.problems import Path, Problem, shown
from changenote.model.rehearsal import steps_sha256

STALE_AFTER = timedelta(days=90)

_REHEARSED: Path = ("rollback", "rehearsed")


def check_rollback(note: Note, now: datetime) -> Iterator[Problem]:
    """What is wrong with the steps of a note's rollback, and with its rehearsal."""
    if note.rollback is None:
        return
    for index, step in enumerate(note.rollback.steps):
        yield from _check_step(step, ("rollback", "steps", index, "run"))
    if note.rollback.rehearsed:
        yield from _check_rehearsal(note.rollback.rehearsed, note.rollback.steps, now)


def _check_step(step: Step, path: Path) -> Iterator[Problem]:
    judgement = judged(step.run)
    if judgement == "prose":
        yield Problem(
            rule="prose-step",
            path=path,
            found=shown(step.run),
            expected="a command to paste",
            remedy="Write the command; what to look at goes to `expect`, who decides to `decider`.",
        )
    elif judgement == "placeholder":
        yield Problem(
            rule="placeholder-step",
            path=path,
            found=shown(step.run),
            expected="the whole command, with nothing left to fill in",
            remedy="Write the real value: at night nobody looks it up.",
        )


def _check_rehearsal(
    rehearsed: Rehearsal, steps: tuple[Step, ...], now: datetime
) -> Iterator[Problem]:
    yield from _check_hash(rehearsed, steps_sha256(steps))
    if rehearsed.at and now - rehearsed.at > STALE_AFTER:
        yield Problem(
            rule="rehearsal-stale",
            path=(*_REHEARSED, "at"),
            found=f"a rehearsal on {rehearsed.at:%Y-%m-%d}",
            expected=f"one in the last {STALE_AFTER.days} days",
            remedy="Rehearse the steps again.",
        )


def _check_hash(rehearsed: Rehearsal, current: str) -> Iterator[Problem]:
    if rehearsed.steps_sha256 is None:
        yield Problem(
            rule="rehearsal-void",
            path=_REHEARSED,
            found="a rehearsal without the hash of its steps",
            expected="proof that these steps were rehearsed",
            remedy=f'If they were, add `steps_sha256: "{current}"`.',
        )
    elif rehearsed.steps_sha256.lower() != current:
        yield Problem(
            rule="rehearsal-void",
            path=(*_REHEARSED, "steps_sha256"),
            found="a rehearsal of other steps than these",
            expected=f"the hash of these steps, {current}",
            remedy="Rehearse the steps as they are now, then write their hash.",
        )

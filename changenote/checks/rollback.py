"""The rollback: steps that can be run as they stand, and a rehearsal of exactly those steps."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from changenote.checks.boilerplate import fits_any_change, names_the_newest
from changenote.checks.runnable import judged, lacks_secret
from changenote.model.note import Note, Rehearsal, Rollback, Step
from changenote.model.problems import Path, Problem, shown
from changenote.model.rehearsal import is_of, steps_sha256
from changenote.model.secrets import NOTHING, Allowed, secrets_in
from changenote.patterns import pattern

STALE_AFTER = timedelta(days=90)

_REHEARSED: Path = ("rollback", "rehearsed")
_REHEARSED_KINDS = ("database",)
# Git says itself whether it worked: there is a commit, or there are conflicts.
_REVERT = pattern(
    r"\s*git revert\b(?:\s+-\S+(?:\s+1)?)*\s+[0-9a-f]{7,64}(?:\.\.[0-9a-f]{7,64})?\s*",
    holds=("git revert",),
)


def check_rollback(note: Note, now: datetime, allowed: Allowed = NOTHING) -> Iterator[Problem]:
    """What is wrong with the steps of a note's rollback, and with its rehearsal."""
    if note.rollback is None:
        return
    for index, step in enumerate(note.rollback.steps):
        yield from _check_step(step, ("rollback", "steps", index, "run"))
    if note.status != "draft":
        yield from _check_plan(note.rollback)
        yield from _check_expectations(note.rollback.steps)
        yield from _check_reach(note, note.rollback.steps)
        yield from _check_never_rehearsed(note, note.rollback)
    if note.rollback.rehearsed:
        yield from _check_rehearsal(note.rollback.rehearsed, note.rollback.steps, now, allowed)


def stale_from(note: Note) -> Iterator[datetime]:
    """The moment from which on a note's rehearsal is too old, if it has one."""
    rehearsed = note.rollback.rehearsed if note.rollback else None
    if rehearsed and rehearsed.at:
        with suppress(OverflowError):  # that calendar ends before
            yield rehearsed.at + STALE_AFTER


def _check_step(step: Step, path: Path) -> Iterator[Problem]:
    judgement = judged(step.run)
    if lacks_secret(step.run):
        yield Problem(
            rule="redacted-command",
            path=path,
            found=f"a step that lacks a secret: {shown(step.run)}",
            expected="a command that runs as it stands, with a variable for the secret",
            remedy="Write a variable such as $DEPLOY_PASSWORD, and write where it is set.",
        )
    elif judgement == "prose":
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


def _check_plan(rollback: Rollback) -> Iterator[Problem]:
    """Words that could stand in any plan, and steps that undo another change than this one."""
    for key, text, expected in (
        ("when", rollback.when, "what must be seen here to roll back: a number, a message, a page"),
        ("verify", rollback.verify, "what shows here that it worked: a number, a page, an output"),
        ("fallback", rollback.fallback, "what to do here when the steps do not work"),
    ):
        if text and fits_any_change(text):
            yield Problem(
                rule="boilerplate-rollback",
                path=("rollback", key),
                found=shown(text),
                expected=expected,
            )
    for index, step in enumerate(rollback.steps):
        if names_the_newest(step.run):
            yield Problem(
                rule="boilerplate-rollback",
                path=("rollback", "steps", index, "run"),
                found=shown(step.run),
                expected="the id of the commit: on the day it is run HEAD is another one",
            )


def _check_expectations(steps: tuple[Step, ...]) -> Iterator[Problem]:
    """Steps after which nobody knows whether they worked; one remark for all of them."""
    silent = [i for i, s in enumerate(steps) if not s.expect and not _REVERT.fullmatch(s.run)]
    if silent:
        count = f"{len(silent)} of {len(steps)} steps" if len(steps) > 1 else "a step"
        yield Problem(
            rule="step-without-expect",
            path=("rollback", "steps", silent[0]),
            found=f"{count} without `expect`",
            expected="what each step prints or changes when it worked",
            remedy="Add `expect:`, such as `expect: HTTP 200`.",
        )


def _check_reach(note: Note, steps: tuple[Step, ...]) -> Iterator[Problem]:
    """A change that was deployed by hand, and a way back that ends in the repository."""
    deployed = any(command.purpose == "deploy" for command in note.commands)
    if deployed and steps and all(_REVERT.fullmatch(step.run) for step in steps):
        yield Problem(
            rule="revert-not-deployed",
            path=("rollback", "steps"),
            found="a revert, of a change that a command deployed",
            expected="a step that brings what was reverted to where the change runs",
            remedy="Add the deployment as the last step, or write who deploys in `verify`.",
        )


def _check_never_rehearsed(note: Note, rollback: Rollback) -> Iterator[Problem]:
    if note.kind in _REHEARSED_KINDS and rollback.steps and not rollback.rehearsed:
        yield Problem(
            rule="never-rehearsed",
            path=("rollback",),
            found=f"the rollback of a {note.kind} change that was never run",
            expected="a rehearsal of these steps, on a copy",
            remedy="Run `changenote rehearse ID --environment NAME`, where it does no harm.",
        )


def _check_rehearsal(
    rehearsed: Rehearsal, steps: tuple[Step, ...], now: datetime, allowed: Allowed
) -> Iterator[Problem]:
    yield from _check_proof(rehearsed, steps, allowed)
    if rehearsed.at and now - rehearsed.at > STALE_AFTER:
        yield Problem(
            rule="rehearsal-stale",
            path=(*_REHEARSED, "at"),
            found=f"a rehearsal on {rehearsed.at:%Y-%m-%d}",
            expected=f"one in the last {STALE_AFTER.days} days",
            remedy="Run `changenote rehearse ID --environment NAME` again.",
        )


def _check_proof(
    rehearsed: Rehearsal, steps: tuple[Step, ...], allowed: Allowed
) -> Iterator[Problem]:
    proven = is_of(rehearsed, steps)
    # By the hash of steps with a secret others could try what it is.
    current = "" if proven or _tell(steps, allowed) else steps_sha256(steps)
    if proven is None:
        yield Problem(
            rule="rehearsal-void",
            path=_REHEARSED,
            found="a rehearsal without the hash of its steps",
            expected="proof that these steps were rehearsed",
            remedy=f'If they were, add `steps_sha256: "{current}"`.'
            if current
            else "Take the secret out of them, and rehearse them then.",
        )
    elif not proven:
        yield Problem(
            rule="rehearsal-void",
            path=(*_REHEARSED, "steps_sha256"),
            found="a rehearsal of other steps than these",
            expected=f"the hash of these steps{current and f', {current}'}",
            remedy="Run `changenote rehearse ID --environment NAME` on the steps as they are now.",
        )


def _tell(steps: tuple[Step, ...], allowed: Allowed) -> bool:
    texts = [text for step in steps for text in (step.run, step.expect or "")]
    return any(secrets_in(text, "", allowed) for text in texts)

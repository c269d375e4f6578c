"""A plan to revert, held against where the branch stands today."""

from collections.abc import Iterator, Sequence
from typing import Literal

from changenote.model.note import Note
from changenote.model.problems import Path, Problem

_NAMED = 3


def check_revert(
    note: Note,
    state: Literal["clean", "undone", "conflicts", "refused", "unknown"],
    *,
    commit: str | None,
    paths: Sequence[str],
    why: str,
    onto: str,
) -> Iterator[Problem]:
    """That the plan no longer works on the commit `onto`, or that it was carried out already.

    `commit` is the one whose revert conflicts in `paths`, or at which git stops; `why` says why.
    """
    if state == "undone":
        yield Problem(
            rule="revert-done",
            path=("status",),
            found=f"{note.status}, but as of {onto[:7]} its reverts change nothing any more",
            expected="rolled_back, when the change was taken back",
            remedy=f"`changenote set {note.id} status=rolled_back`, or mend the steps.",
        )
    elif state in ("conflicts", "refused"):
        yield _stale(note, commit or "", list(paths), why, onto)


def check_landing(note: Note, commit: str, landed: str | None) -> Problem:
    """That the plan reverts a commit which is not there, and by which the change landed instead."""
    remedy = "`git log -- FILE` of a file that it touched shows where it landed."
    if landed:
        remedy = f"`changenote edit {note.id}`: `git revert --no-edit {landed}` in its place."
    return Problem(
        rule="revert-elsewhere",
        path=_step_with(note, commit),
        found=f"reverting {commit[:12]}, which is not in this history: squashed or rebased",
        expected="a commit that every clone has",
        remedy=remedy,
    )


def _stale(note: Note, commit: str, paths: list[str], why: str, onto: str) -> Problem:
    rest = len(paths) - _NAMED
    named = ", ".join(paths[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    how = f"conflicts in {named}" if paths else why
    return Problem(
        rule="revert-conflicts",
        path=_step_with(note, commit),
        found=f"reverting {commit[:7]} onto {onto[:7]}: {how}",
        expected="a revert that applies as it stands",
        remedy="Revert what came after it as well, or say another way: a flag, a forward fix.",
    )


def _step_with(note: Note, commit: str) -> Path:
    steps = note.rollback.steps if note.rollback else ()
    found = (n for n, step in enumerate(steps) if commit[:7] in step.run)
    number = next(found, None)
    return ("rollback", "steps") if number is None else ("rollback", "steps", number, "run")

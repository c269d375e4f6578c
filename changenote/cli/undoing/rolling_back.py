"""`changenote rollback --run`: the way back, run in an emergency and written down."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from changenote.capture.journal import as_command
from changenote.cli import console
from changenote.cli.reading import note_text
from changenote.cli.undoing import running
from changenote.cli.writing.finishing import REVIEW
from changenote.errors import FINDINGS, StepFailed, UsageProblem
from changenote.model.note import Note, seconds
from changenote.store.editing import with_item, with_value
from changenote.store.notes import StoredNote
from changenote.store.project import Project


def roll_back(
    project: Project,
    stored: StoredNote,
    screen: Callable[[Note], int],
    *,
    yes: bool,
    mark: bool,
    dry_run: bool,
    from_step: int | None,
) -> int:
    """Show everything, run the steps, offer to mark the note; the exit code."""
    plan = running.plan(project, stored)
    first = from_step or 1
    _refuse_too_far(plan, first)
    if dry_run:
        for line in running.describe(plan, first):
            console.out(line)
        return 0
    _refuse_what_is_not_live(plan.note, yes=yes)
    _refuse_what_nobody_read(plan.note, yes=yes)
    running.refuse_without_answer(yes=yes)
    screen(plan.note)
    _warn_when_late(plan)
    for line in running.how(plan):
        console.notice(line)
    ran = _run(plan, first, yes=yes)
    unjudged = [number for number, step in enumerate(ran, first) if step.is_met is None]
    console.notice(f"\n{_ended(len(ran), unjudged)}")
    if plan.rollback.verify:
        console.notice(f"Verify: {plan.rollback.verify.strip()}")
    is_wanted = mark or (not yes and running.is_yes(_QUESTION))
    _mark(plan, ran, is_wanted=is_wanted and not unjudged)
    return FINDINGS if mark and unjudged else 0


def _ended(count: int, unjudged: Sequence[int]) -> str:
    """How it ended, with the steps that nobody could say it of."""
    said = f"{'The step' if count == 1 else f'All {count} steps'} ran to the end."
    if not unjudged:
        return said
    numbers = ", ".join(map(str, unjudged))
    which = f"step {numbers}" if len(unjudged) == 1 else f"steps {numbers}"
    return f"{said} Whether {which} did what was expected, nobody has judged: look yourself."


_QUESTION = "Mark the note rolled back, with these commands?"


def _refuse_too_far(plan: running.Plan, first: int) -> None:
    if first > plan.count:
        raise UsageProblem(
            f"there is no step {first}: {plan.note.id} has {plan.count}",
            expected=f"a number from 1 to {plan.count}",
            retry="safe, nothing was run",
            hint=f"`changenote rollback {plan.note.id}` shows the steps.",
        )


def _refuse_what_is_not_live(note: Note, *, yes: bool) -> None:
    """Undone twice, or from below the change that replaced it, it may break what works."""
    if yes and note.status in ("rolled_back", "superseded"):
        raise UsageProblem(
            f"{note.id} is {note.status.replace('_', ' ')} already",
            expected="a change that is live",
            retry="safe, nothing was run",
            hint="Without --yes you are asked before each step.",
        )


def _refuse_what_nobody_read(note: Note, *, yes: bool) -> None:
    """The steps of a machine's draft are a guess until a person has read them."""
    if yes and note.status == "draft" and REVIEW in note.flags:
        raise UsageProblem(
            f"{note.id} is a draft that no person has read",
            expected="a reviewed note, or somebody who says yes to each step",
            retry="safe, nothing was run",
            hint="Without --yes you are asked before each step.",
        )


def _warn_when_late(plan: running.Plan) -> None:
    """Say so when the time is over in which the steps were meant to work."""
    shipped = plan.note.shipped.at if plan.note.shipped else None
    limit = plan.rollback.time_limit
    now = datetime.now(UTC)
    if shipped and limit and now - shipped > timedelta(seconds=seconds(limit)):
        console.notice(
            f"Mind: the time limit of {limit} is over, it shipped {note_text.age(shipped, now)}."
        )


def _run(plan: running.Plan, first: int, *, yes: bool) -> list[running.Ran]:
    note = plan.note
    environment = note.shipped.environment if note.shipped else None
    try:
        return running.run_steps(
            plan,
            purpose="rollback",
            environment=environment or plan.project.config.environment,
            yes=yes,
            first=first,
        )
    except StepFailed as error:
        for label, text in (
            ("Fallback", plan.rollback.fallback),
            ("No return", plan.rollback.point_of_no_return),
            ("Decides", plan.rollback.decider),
        ):
            for line in note_text.labelled(label, text, console.width()):
                console.notice(line)
        again = f"`changenote rollback {note.id} --run --from-step {error.step}` goes on there."
        error.hint = f"{error.hint} {again}".strip()
        raise


def _mark(plan: running.Plan, ran: Sequence[running.Ran], *, is_wanted: bool) -> None:
    if not is_wanted:
        console.notice(
            f"The note is as it was. `changenote set {plan.note.id} status=rolled_back` marks it."
        )
        return
    commands = [as_command(step.entry) for step in ran]

    def edit(_note: Note, text: str) -> str:
        for command in commands:
            text = with_item(text, ("commands",), command)
        return with_value(text, ("status",), "rolled_back")

    mark = f"Mend that; then `changenote set {plan.note.id} status=rolled_back` marks the note."
    console.out(running.write_down(plan, edit, instead=mark))
    console.notice(f"{plan.note.title}: rolled back.")

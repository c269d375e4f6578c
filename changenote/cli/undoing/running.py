"""Running a note's rollback steps: what may be run, shown and asked first, one by one, journalled.

Exactly what is shown is run: a step with characters that a terminal hides or acts on is refused,
and if the note's file changes while somebody is asked, nothing more is run.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, suppress
from dataclasses import replace
from pathlib import Path

import click

from changenote import git
from changenote.capture import journal
from changenote.capture.expectations import Ended, Judgement, judged
from changenote.capture.journal import Entry
from changenote.capture.recorder import record as run_recorded
from changenote.capture.tail import MOST_BYTES, MOST_LINES
from changenote.checks import runnable
from changenote.checks.characters import check_characters
from changenote.cli import console
from changenote.errors import (
    ChangedOnDisk,
    ChangenoteError,
    NotRunnable,
    StepFailed,
    UsageProblem,
)
from changenote.model.note import Note, Rollback, Step
from changenote.model.problems import shown
from changenote.model.redaction import redact
from changenote.records import record
from changenote.store import files, notes
from changenote.store.project import Project

ENVIRONMENT = "CHANGENOTE_ENVIRONMENT"
"""Is set for every step, so that the same steps can be rehearsed elsewhere."""


@record
class Plan:
    """The steps of a note as they were read, and where and by what they are run."""

    project: Project
    stored: notes.StoredNote
    note: Note
    rollback: Rollback
    root: Path
    shell: str

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.rollback.steps)


@record
class Ran:
    """A step that was run; `is_met` None: nobody could tell whether it did what was expected."""

    step: Step
    entry: Entry
    is_met: bool | None


def plan(project: Project, stored: notes.StoredNote) -> Plan:
    """What would be run. Raises `NotRunnable` when anything is in the way."""
    note = stored.note
    if note is None:
        from changenote.cli.reading.first_wrong import first_wrong

        _, problem = first_wrong(stored)
        raise NotRunnable(
            f"{stored.file} is not a valid note, so its steps are not run: found {problem.found}",
            expected=problem.expected,
            retry="safe, nothing was run",
            hint="`changenote rollback ID` shows what can be read, to be pasted by hand.",
        )
    if note.rollback is None or not note.rollback.steps:
        raise NotRunnable(
            f"{note.id} has no steps to run",
            expected="rollback.steps with commands",
            retry="safe, nothing was run",
            hint=f"`changenote rollback {note.id}` shows what else it says.",
        )
    _refuse_what_cannot_be_run(note, note.rollback.steps)
    return Plan(
        project=project,
        stored=stored,
        note=note,
        rollback=note.rollback,
        root=git.root_around(project.root) if project.is_repository else project.root,
        shell="bash" if shutil.which("bash") else "sh",
    )


def _refuse_what_cannot_be_run(note: Note, steps: Sequence[Step]) -> None:
    """Name every step that is no command, or is another one than it seems."""
    wrong = [f"step {n} {why}" for n, step in enumerate(steps, 1) if (why := _objection(step.run))]
    if wrong:
        raise NotRunnable(
            "; ".join(wrong),
            expected="commands to run as they stand, without hidden characters",
            retry="safe, nothing was run",
            hint=f"`changenote check` says more, `changenote edit {note.id}` opens the note.",
        )


def _objection(run: str) -> str:
    found = check_characters([(("rollback", "steps", 0, "run"), run, False)])
    if found:
        return f"hides something: {found[0].found}"
    if console.clean(run) != run:
        return "hides a character that a terminal would act on"
    if runnable.lacks_secret(run):
        return f"lacks a secret that was taken out of it ({shown(run)})"
    judgement = runnable.judged(run)
    if judgement == "prose":
        return f"is prose, no command ({shown(run)})"
    return f"has a hole to be filled in first ({shown(run)})" if judgement != "command" else ""


def refuse_without_answer(*, yes: bool) -> None:
    """Raise `UsageProblem` when nobody can be asked and nobody has said yes."""
    if not yes and not console.is_interactive():
        raise UsageProblem(
            "nothing is run without being told yes, and nobody can be asked here",
            expected="a terminal, or --yes",
            retry="safe, nothing was run",
            hint="`--dry-run` shows what would be run.",
        )


def how(plan: Plan) -> Iterator[str]:
    """Where and by what the steps are run."""
    yield ""
    yield f"Each step is run with `{plan.shell} -e -c` in {plan.root}"


def describe(plan: Plan, first: int = 1) -> Iterator[str]:
    """The steps as they are run, every line of them, and how."""
    yield from how(plan)
    for number in range(first, plan.count + 1):
        yield from _shown_step(plan, number)


def _shown_step(plan: Plan, number: int) -> Iterator[str]:
    """A step with a mark before each of its lines, so that none can pass for one of ours."""
    step = plan.rollback.steps[number - 1]
    lines = step.run.strip("\n").split("\n")
    size = f" · {len(lines)} lines" if len(lines) > 1 else ""
    takes = f" · takes {step.takes}" if step.takes else ""
    yield ""
    yield f"Step {number} of {plan.count}{size}{takes}"
    yield f"  $ {lines[0]}"
    yield from (f"  > {line}" for line in lines[1:])
    if step.expect:
        yield f"  expected: {' '.join(step.expect.split())}"


def run_steps(
    plan: Plan, *, purpose: str, environment: str | None, yes: bool, first: int = 1
) -> list[Ran]:
    """Run the steps from the `first` on, each shown and asked for before, unless told `yes`.

    Every step is in the journal from before it starts. Raises `StepFailed` at the first that did
    not do what it should, and when somebody says no or presses Ctrl-C between two steps.
    """
    if environment:
        os.environ[ENVIRONMENT] = environment
    running = _Running(plan, purpose, asks=not yes)
    for number in range(first, plan.count + 1):
        running.take(number, first=first)
    return running.done


class _Running:
    """The steps on their way; `asks`: somebody is there to answer."""

    def __init__(self, plan: Plan, purpose: str, *, asks: bool) -> None:
        self._plan = plan
        self._purpose = purpose
        self._asks = asks
        self._is_told_all = not asks
        self._raw: bytes | None = plan.stored.raw
        self.done: list[Ran] = []

    def take(self, number: int, *, first: int) -> None:
        """Show a step, ask, run it and judge how it ended."""
        for line in _shown_step(self._plan, number):
            console.notice(line)
        if not self._is_told_all:
            self._ask(number, first)
        if notes.bytes_of(self._plan.stored.path) != self._raw:
            raise self._changed(number)
        step = self._plan.rollback.steps[number - 1]
        entry = self._run(step)
        self._raw = notes.bytes_of(self._plan.stored.path)  # a step may revert the note's file too
        self.done.append(Ran(step=step, entry=entry, is_met=self._is_met(number, step, entry)))

    def _ask(self, number: int, first: int) -> None:
        rest = ", a: this and all that follow" if number < self._plan.count else ""
        try:
            answer = _answer(f"Run step {number}? [y: yes{rest}, N: no]", "yan" if rest else "yn")
        except click.Abort:
            if number == first:
                raise
            answer = "n"
        if answer == "n":
            raise self._at(number, self._stopped(number))
        self._is_told_all = answer == "a"

    def _run(self, step: Step) -> Entry:
        line = redact(step.run.strip())
        argv = [self._plan.shell, "-e", "-c", step.run]
        with chdir(self._plan.root):
            entry = run_recorded(
                argv,
                root=self._plan.root,
                purpose=self._purpose,
                starting=lambda started: self._journal(replace(started, run=line)),
            )
        self._journal(replace(entry, run=line))
        return replace(entry, run=line)

    def _journal(self, entry: Entry) -> None:
        """Write it down where that is possible; nothing else may stop the way back."""
        try:
            journal.append(self._plan.root, entry)
        except ChangenoteError as error:
            console.notice(f"Not recorded in the journal: {error.what}.")

    def _is_met(self, number: int, step: Step, entry: Entry) -> bool | None:
        """Did a step do what was expected? None: nobody can tell. Raises `StepFailed` for no."""
        judgement = judged(step.expect, _ended(entry))
        if judgement.verdict == "unclear" and self._asks:
            expected = " ".join((step.expect or "").split())
            console.notice(f"Expected: {expected}")
            with suppress(click.Abort):
                if _answer("Did you see it? [y: yes, N: no]", "yn") == "y":
                    return True
            judgement = Judgement(verdict="missed", why="you did not see what was expected")
        if judgement.verdict == "unclear":
            console.notice(f"Not judged: {judgement.why}.")
            return None
        if judgement.verdict == "missed":
            raise self._at(number, self._failed(number, step, entry, judgement.why))
        return True

    def _failed(self, number: int, step: Step, entry: Entry, why: str) -> StepFailed:
        last = entry.output.strip().splitlines()[-1:]
        seen = f"; it said last: {shown(last[0], limit=100)}" if last else ""
        signal = f" ({entry.signal})" if entry.signal else ""
        return StepFailed(
            f"step {number} of {self._plan.count} failed: {why}{signal}{seen}",
            expected=shown(step.expect, limit=200) if step.expect else "exit 0",
            retry=self._retry(number),
            hint=_repair(step),
        )

    def _at(self, number: int, error: StepFailed) -> StepFailed:
        error.step = number
        return error

    def _stopped(self, number: int) -> StepFailed:
        ran = f"up to step {number - 1} all were run" if number > 1 else "nothing was run"
        return StepFailed(
            f"stopped before step {number} of {self._plan.count}: {ran}",
            expected="a yes to every step",
            retry=self._retry(number - 1) if self.done else "safe, nothing was run",
        )

    def _changed(self, number: int) -> ChangedOnDisk:
        ran = f"the steps before {number} were run" if self.done else "nothing was run"
        return ChangedOnDisk(
            f"{self._plan.stored.file} was changed while you were asked",
            expected="the note as it was shown",
            retry=f"safe after looking at what changed; {ran}",
            hint=f"`changenote rollback {self._plan.note.id}` shows it as it is now.",
        )

    def _retry(self, number: int) -> str:
        """From the start, the steps up to a number would be run twice."""
        steps = "step 1 may" if number == 1 else f"steps 1 to {number} may all"
        return f"only if {steps} be run twice; the note is unchanged"


def _repair(step: Step) -> str:
    if "git revert" in step.run:
        return "`git status` shows a revert that is half done, `git revert --abort` takes it back."
    return "Look at what it said and find out what it did before anything is run again."


def _ended(entry: Entry) -> Ended:
    is_whole = entry.lines <= MOST_LINES and entry.bytes <= MOST_BYTES
    return Ended(exit=entry.exit or 0, output=entry.output, is_whole=is_whole)


def _answer(question: str, choices: str) -> str:
    """One of some letters; Enter is `n`. Raises `click.Abort` for Ctrl-C."""
    while True:
        typed: str = click.prompt(question, default="n", show_default=False, err=True)
        letter = typed.strip().lower()[:1]
        if letter in choices:
            return letter


def is_yes(question: str) -> bool:
    """Ask a question that Enter and Ctrl-C answer with no."""
    try:
        return _answer(f"{console.clean(question)} [y: yes, N: no]", "yn") == "y"
    except click.Abort:
        return False


Change = Callable[[Note, str], str]


def write_down(plan: Plan, edit: Change, *, instead: str = "") -> str:
    """Change the note after its steps were run; the file.

    A revert may have taken the note's file away with the change: then it is put back, because it
    tells what happened. When it cannot be written, the error lets nobody run the steps again for
    that, and says what to do `instead`.
    """
    try:
        return _written_down(plan, edit)
    except ChangenoteError as error:
        error.retry = "only if the steps may be run twice: all of them were run"
        error.hint = instead or error.hint
        raise


def _written_down(plan: Plan, edit: Change) -> str:
    from changenote.cli.writing.updating import update

    if plan.stored.path.exists():
        return update(plan.project, str(plan.stored.path), edit).file
    text = edit(plan.note, plan.stored.raw.decode("utf-8", "surrogateescape"))
    files.create(plan.stored.path, text)
    console.notice("The steps took the note's file away with the change; it is put back.")
    return plan.stored.file

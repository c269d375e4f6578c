"""`changenote rehearse`: run the way back where it does no harm, and keep the evidence."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from changenote import git
from changenote.capture.journal import as_command
from changenote.checks.git_alone import is_git_alone
from changenote.cli import console, options
from changenote.cli.undoing import running
from changenote.errors import ChangedOnDisk, NotRunnable, StepFailed, UsageProblem
from changenote.model.note import Note, duration
from changenote.model.rehearsal import steps_sha256
from changenote.patterns import pattern
from changenote.store import notes
from changenote.store.editing import with_value
from changenote.store.project import find_project

_OURS = pattern(rf"\$\{{{running.ENVIRONMENT}(?::?-[^}}]*)?\}}|\bNODE_ENV=production\b")


@click.command()
@options.note_id()
@click.option("--environment", metavar="NAME", required=True, help="Where: staging, a copy …")
@click.option("--by", metavar="NAME", help="Who rehearses; else the name that git knows.")
@click.option("--yes", is_flag=True, help="Run every step without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be run, and run nothing.")
@click.option(
    "--yes-in-production", is_flag=True, help="Run them where the change is live all the same."
)
def command(
    name: str,
    environment: str,
    by: str | None,
    yes: bool,
    dry_run: bool,
    yes_in_production: bool,
) -> int:
    """Run the rollback steps of a note somewhere harmless, one by one, and keep the evidence.

    Each step is shown whole and asked for, then run with `bash -e -c` in the repository's root with
    CHANGENOTE_ENVIRONMENT set to --environment. The first failure stops it, exit code 1. What
    `expect` says is judged by itself when it is texts in quotes, `HTTP 200` or `exit 0`, joined by
    words such as `and`; or when the output has it word for word. Else you are asked; with --yes
    nobody is, and it does not count as met. `verify` is asked for at the end; with --yes it is
    shown as not verified. Steps of git alone reach no environment, so with --yes they are not run.

    When every step did what was expected, time, place and the hash of the steps are written to the
    note. They hold until a step is edited. A step that names the environment where the change is
    live is not run elsewhere; write ${CHANGENOTE_ENVIRONMENT:-production} instead.
    """
    project = find_project(Path.cwd())
    plan = running.plan(project, notes.read(project, notes.find(project, name)))
    if not yes_in_production:
        _refuse_production(plan, environment)
    if dry_run:
        for line in running.describe(plan):
            console.out(line)
        return 0
    running.refuse_without_answer(yes=yes)
    is_here_only = _is_here_only(plan, environment)
    if yes and is_here_only:
        raise _proves_nothing(plan, environment)
    console.notice(f"Rehearsal on {environment}: {plan.note.title}")
    _mind_the_branch(plan)
    is_shown_first = not yes and plan.count > 1  # a single step is shown when it is asked for
    for line in running.describe(plan) if is_shown_first else running.how(plan):
        console.notice(line)
    ran = running.run_steps(plan, purpose="rehearse", environment=environment, yes=yes)
    _refuse_unjudged(ran)
    is_verified = _verify(plan, environment, yes=yes, is_here_only=is_here_only)
    console.out(_write(plan, ran, environment, by or _user(plan)))
    unproved = "" if is_verified else ", but not verified"
    console.notice(
        f"Rehearsed on {environment} in {_took(ran)}{unproved}. It holds until a step is edited."
    )
    return 0


def _refuse_production(plan: running.Plan, environment: str) -> None:
    """Raise where the steps would be run, or would act, on what people use."""
    live = _live(plan)
    if environment.casefold() in live:
        raise UsageProblem(
            f"{environment} is where the change is live: a rehearsal there undoes it",
            expected="an environment where that does no harm",
            retry="safe, nothing was run",
            hint="`--environment staging`; or --yes-in-production, if that is what you want.",
        )
    named = list(_naming(plan, live - {environment.casefold()}))
    if named:
        raise NotRunnable(
            f"{', '.join(named)}: on {environment} it would still act there",
            expected="steps that go where they are rehearsed",
            retry="safe, nothing was run",
            hint=f"Write ${{{running.ENVIRONMENT}:-production}} for the name: it is set to "
            "--environment. If the step does no harm there, add --yes-in-production.",
        )


def _live(plan: running.Plan) -> set[str]:
    shipped = plan.note.shipped
    known = (shipped.environment if shipped else None, plan.project.config.environment)
    return {name.casefold() for name in known if name} | {"production", "prod"}


def _naming(plan: running.Plan, live: set[str]) -> Iterator[str]:
    names = "|".join(re.escape(name) for name in sorted(live))
    whole_word = re.compile(rf"(?<![^\W_])(?:{names})(?![^\W_])", re.I)
    for number, step in enumerate(plan.rollback.steps, 1):
        if found := whole_word.search(_OURS.sub(" ", step.run)):
            yield f"step {number} names {found[0]}"


def _is_here_only(plan: running.Plan, environment: str) -> bool:
    """Do the steps change the repository alone? A push that names the environment may deploy."""
    whole_word = re.compile(rf"(?<![^\W_]){re.escape(environment)}(?![^\W_])", re.I)
    runs = [step.run for step in plan.rollback.steps]
    names_it = any(running.ENVIRONMENT in run or whole_word.search(run) for run in runs)
    return not names_it and all(map(is_git_alone, runs))


def _proves_nothing(plan: running.Plan, environment: str) -> NotRunnable:
    return NotRunnable(
        f"the steps only change the repository: that proves nothing on {environment}",
        expected=f"a step that reaches {environment}, such as the deploy",
        retry="safe, nothing was run",
        hint=f"Add it with `changenote edit {plan.note.id}`, or rehearse without --yes and judge"
        " yourself.",
    )


def _mind_the_branch(plan: running.Plan) -> None:
    """Say what `git revert` changes besides the environment."""
    if any("git revert" in step.run for step in plan.rollback.steps):
        on = git.branch(plan.root) if plan.project.is_repository else None
        console.notice(
            f"Mind: `git revert` makes commits here{f', on branch {on}' if on else ''}."
            " A branch or clone of its own can be thrown away afterwards."
        )


def _refuse_unjudged(ran: Sequence[running.Ran]) -> None:
    unjudged = [str(number) for number, step in enumerate(ran, 1) if step.is_met is None]
    if unjudged:
        raise StepFailed(
            f"all steps ran, but nobody judged what was expected of step {', '.join(unjudged)}",
            expected='expectations that are met for sure: `"a text"`, `HTTP 200`, `exit 0`',
            retry=f"only if steps 1 to {len(ran)} may be run twice; the note is unchanged",
            hint="Put what must be printed in quotes, or rehearse in a terminal without --yes.",
        )


def _verify(plan: running.Plan, environment: str, *, yes: bool, is_here_only: bool) -> bool:
    """Show how one sees that it worked, and ask: was it seen? Nobody is asked with `yes`.

    Raises `StepFailed` for a no.
    """
    verify = plan.rollback.verify or (f"the change is undone on {environment}" * is_here_only)
    if not verify:
        return True
    if is_here_only:
        console.notice(
            f"\nThese steps change the repository only; nothing on {environment} changes by itself."
        )
    console.notice(f"\nVerify: {verify.strip()}")
    if yes:
        console.notice("Not verified: nobody was asked.")
        return False
    if not running.is_yes("Is it so?"):
        raise StepFailed(
            "all steps ran, but it was not seen that they worked",
            expected=" ".join(verify.split()),
            retry=f"only if steps 1 to {plan.count} may be run twice; the note is unchanged",
            hint="`verify` can name something that is seen in a rehearsal as well.",
        )
    return True


def _write(plan: running.Plan, ran: Sequence[running.Ran], environment: str, by: str) -> str:
    evidence = {
        "at": as_command(ran[0].entry)["at"],
        "environment": environment,
        "by": by,
        "took": _took(ran),
        "steps_sha256": steps_sha256(plan.rollback.steps),
    }

    def edit(note: Note, text: str) -> str:
        steps = note.rollback.steps if note.rollback else ()
        if steps_sha256(steps) != evidence["steps_sha256"]:
            raise ChangedOnDisk(
                f"the steps of {note.id} were edited while they were rehearsed",
                expected="the steps that were run",
                hint="Rehearse the steps as they are now.",
            )
        return with_value(text, ("rollback", "rehearsed"), evidence)

    return running.write_down(plan, edit)


def _took(ran: Sequence[running.Ran]) -> str:
    return duration(sum(step.entry.seconds or 0 for step in ran))


def _user(plan: running.Plan) -> str:
    """Who is at work, as far as git knows."""
    import getpass

    known = git.settings(plan.root) if plan.project.is_repository else {}
    return known.get("user.name") or getpass.getuser()

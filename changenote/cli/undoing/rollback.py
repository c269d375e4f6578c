"""`changenote rollback`: how to undo a change, offline, without searching."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changenote.checks.runnable import judged
from changenote.cli import console, options
from changenote.cli.reading import note_text
from changenote.errors import FINDINGS, NoSuchNote, UsageProblem
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note, Rollback
from changenote.model.outcome import trouble
from changenote.model.reading import read
from changenote.store import notes
from changenote.store.project import Project

if TYPE_CHECKING:
    from changenote.cli.reading.library import Row

_DAY = len("20261122")
_DONE_WITH = ("rolled_back", "superseded")
_TOLD = ("id", "title", "kind", "status", "owner", "service", "shipped", "rollback")

Data = dict[str, Any]


@click.command()
@options.note_id(required=False)
@click.option("--last", is_flag=True, help="The change that shipped last.")
@click.option("--service", metavar="NAME", help="The change of this service that shipped last.")
@click.option(
    "--pr", "number", type=click.IntRange(1), metavar="N", help="The change of this pull request."
)
@click.option("--commands", "only_commands", is_flag=True, help="Print just the commands.")
@options.as_json
@click.option("--run", "is_run", is_flag=True, help="Run the steps: each is shown and asked for.")
@click.option("--yes", is_flag=True, help="With --run: run every step without asking.")
@click.option("--mark", is_flag=True, help="With --run: mark the note rolled back in the end.")
@click.option("--dry-run", is_flag=True, help="With --run: show what would be run, run nothing.")
@click.option(
    "--from-step", type=click.IntRange(1), metavar="N", help="With --run: begin with step N."
)
def command(
    name: str | None,
    last: bool,
    service: str | None,
    number: int | None,
    only_commands: bool,
    as_json: bool,
    is_run: bool,
    **running: Any,
) -> int:
    """How to undo a change: one plain screen, offline. Nothing is run without --run.

    ID is an id, the start or end of one, or a file's path; or say --last, --service NAME, or --pr N
    for the note that names a pull request.

    With --run the steps are run one by one with `bash -e -c` in the repository's root, each after
    it was shown and you said yes. The first that fails, or does not do what it should, stops it.
    """
    if bool(name) + (last or bool(service)) + (number is not None) != 1:
        raise UsageProblem(
            "it is not clear which change is meant",
            expected="one of: ID, --last, --service NAME, --pr N",
            hint="`changenote list` shows the ids.",
        )
    _refuse_idle_options(is_run, running)
    _refuse_two_outputs(is_run, only_commands, as_json)
    project = options.project_with_notes()
    complete = None
    if number is not None:
        path = _of_pull_request(project, number)
    elif name:
        path = notes.find(project, name)
    else:
        path, complete = _last(project, service)
    stored = notes.read(project, path)
    if is_run:
        from changenote.cli.undoing.rolling_back import roll_back

        return roll_back(
            project, stored, lambda note: _print(project, note, stored.file), **running
        )
    code = _told(project, stored, as_json=as_json, only_commands=only_commands)
    if complete:
        _say_complete(complete)
    return code


def _told(project: Project, stored: notes.StoredNote, *, as_json: bool, only_commands: bool) -> int:
    """Print how to undo the change, in the form that was asked for; the exit code."""
    if as_json:
        return _print_data(project, stored)
    if stored.note is None:
        return _print_salvaged(stored, only_commands)
    if only_commands:
        return _print_commands(project, stored.note, stored.file)
    return _print(project, stored.note, stored.file)


def _refuse_idle_options(is_run: bool, running: dict[str, Any]) -> None:
    """Raise for options that would do nothing: who types them expects something."""
    given = [f"--{key.replace('_', '-')}" for key, value in running.items() if value]
    if given and not is_run:
        raise UsageProblem(
            f"{given[0]} means nothing without --run",
            expected="--run as well, or none of them",
            retry="safe, nothing was run",
            hint="`changenote rollback ID --run --dry-run` shows what would be run.",
        )


def _refuse_two_outputs(is_run: bool, only_commands: bool, as_json: bool) -> None:
    """Raise for options of which each decides what is printed."""
    says = {"--commands prints": only_commands, "--json prints": as_json, "--run runs": is_run}
    given = [words for words, is_given in says.items() if is_given]
    if len(given) > 1:
        raise UsageProblem(
            " and ".join(given),
            expected="one of them",
            retry="safe, nothing was run",
            hint="`changenote rollback --help` says what they do.",
        )


def _of_pull_request(project: Project, number: int) -> Path:
    """The one note that names a pull request. Raises when there are several: each has its own."""
    from changenote.cli.pulls import pull_requests  # only here, and one note needs none

    found = pull_requests.naming(project, number)
    if len(found) == 1:
        return found[0]
    ids = ", ".join(str(id_in_file_name(path.name)) for path in found)
    raise UsageProblem(
        f"pull request {number} has {len(found)} notes: {ids}",
        expected="one of them",
        retry="safe, nothing was run",
        hint="`changenote rollback ID` shows how to undo one; begin with the newest.",
    )


def _last(project: Project, service: str | None) -> "tuple[Path, Row | None]":
    """The change that shipped last; a newer file that cannot be read might be it.

    With a draft comes the newest note that is none: it is of another change, but has all its parts.
    """
    from changenote.cli.reading import library  # all that a query needs, and one note needs none

    rows, unreadable = library.all_rows(project)
    library.say_whose(project)
    meant = [r for r in rows if _is_meant(r.shown, service)]
    row = next(iter(meant), None)
    complete = None
    if row and row.shown["status"] == "draft":
        complete = next((r for r in meant if r.shown["status"] != "draft"), None)
        other = f" The newest complete one is {complete.id}." if complete else ""
        console.notice(f"The change that shipped last has only a draft, {row.id}.{other}")
    hidden = [f for f in unreadable if row is None or Path(f).name > row.id]
    if hidden:
        return project.root / max(hidden, key=lambda file: Path(file).name), None
    _say_what_may_be_newer(row, unreadable)
    same = [r.file for r in rows if row and r.id == row.id]
    if row and len(same) > 1:
        raise notes.shared_id(row.id, sorted(same))
    if row:
        return project.root / row.file, complete
    of = f" of {service}" if service else ""
    raise NoSuchNote(
        f"no shipped change{of} is noted in {project.notes.name}/",
        expected="a note with shipped.at that is not rolled back",
        hint="`changenote list` shows all notes.",
    )


def _say_complete(row: "Row") -> None:
    """What to read after a draft, whose steps may be missing or only git's guess."""
    at = str(row.shown["shipped_at"])[: len("2026-11-22T14:05")].replace("T", " ")
    console.notice(
        f"\nThat was a draft. The newest complete note is of another change, shipped {at} UTC.\n"
        f"  next: changenote rollback {row.id} ({row.shown['title']})"
    )


def _say_what_may_be_newer(row: "Row | None", unreadable: Sequence[str]) -> None:
    """A notice of the files of the same day that could not be read: ids have no hours."""
    same_day = [f for f in unreadable if row and Path(f).name[:_DAY] == row.id[:_DAY]]
    if not same_day:
        return
    first = same_day[-1]
    more = f" and {len(same_day) - 1} more" if len(same_day) > 1 else ""
    console.notice(
        f"A newer change may be missing: {first}{more} could not be read.\n"
        f"  next: changenote rollback {id_in_file_name(Path(first).name) or first}"
    )


def _is_meant(shown: dict[str, Any], service: str | None) -> bool:
    is_it = bool(shown["shipped_at"]) and service in (None, shown["service"])
    return is_it and shown["status"] not in _DONE_WITH


def _print(project: Project, note: Note, file: str) -> int:
    code = _screen(note)
    if _may_revert(project, note):
        from changenote.cli.undoing.reverts import applies_line

        for line in applies_line(project, note, file, console.width()):
            console.out(line)
    return code


def _screen(note: Note) -> int:
    now = datetime.now(UTC)
    mark = "  [draft]" if note.status == "draft" else ""
    console.styled(f"Undo: {note.title}{mark}", bold=True)
    for line in note_text.heading(note, now):
        console.out(line)
    for line in note_text.labelled("Outcome", trouble(note), console.width()):
        console.styled(line, fg="yellow")
    if note.status in _DONE_WITH:
        console.styled(f"This change is {note.status.replace('_', ' ')} already.", fg="yellow")
    if note.status == "draft":
        console.styled("This note is a draft: its steps may be missing, or a guess.", fg="yellow")
    return _print_rollback(note.rollback, now, note.id)


def _print_rollback(rollback: Rollback | None, now: datetime, name: str) -> int:
    console.out()
    for line in note_text.rollback_lines(rollback, now, console.width()):
        console.out(line)
    if rollback is None:
        _say_where_else(name)
    return 0 if rollback else FINDINGS


def _say_where_else(name: str) -> None:
    """What helps where a note does not say how to undo the change."""
    console.notice(
        f"  next: changenote show {name} (its commits and pull request)\n"
        "        changenote trace FILE (other notes about a file that it touched)"
    )


def _print_data(project: Project, stored: notes.StoredNote) -> int:
    """The rollback as it is written, what the note is, and what is worked out under `derived`."""
    from changenote.model.reading import resolved
    from changenote.model.writing import canonical

    rollback = stored.note.rollback if stored.note else _salvaged(stored)
    written = {key: value for key, value in _data_of(stored).items() if key in _TOLD}
    derived = {
        "path": stored.file,
        "steps": [judged(step.run) for step in rollback.steps] if rollback else [],
        "reverting": _reverting(project, stored.note, stored.file) if stored.note else None,
    }
    console.data({**canonical(resolved(written)), "derived": derived})
    if rollback is None:
        _say_where_else(stored.note.id if stored.note else stored.file)
    return 0 if rollback else FINDINGS


def _reverting(project: Project, note: Note, file: str) -> str | None:
    """Do the reverts in the steps apply to what is checked out? None: there are none."""
    if not _may_revert(project, note):
        return None
    from changenote.cli.undoing.reverts import elsewhere, in_words

    return elsewhere(project, note, file) or in_words(project.root, note)


def _may_revert(project: Project, note: Note) -> bool:
    """Is it worth to look? Mostly it is not, and what looks is slow to load."""
    steps = note.rollback.steps if note.rollback else ()
    return project.is_repository and any("git revert" in step.run for step in steps)


def _print_salvaged(stored: notes.StoredNote, only_commands: bool) -> int:
    rollback = _salvaged(stored)
    if only_commands:
        return _print_steps(rollback, stored.file)
    console.styled(f"Undo: {_data_of(stored).get('title', stored.file)}", bold=True)
    return _print_rollback(rollback, datetime.now(UTC), stored.file)


def _salvaged(stored: notes.StoredNote) -> Rollback | None:
    """The rollback of a note of which something else is wrong, with notices that say so.

    Raises `InvalidNote` when that is wrong too.
    """
    from changenote.cli.reading.first_wrong import first_wrong
    from changenote.cli.reading.show import readable  # with the statistics, and mostly all is well

    rollback, problems = read(Rollback, _data_of(stored).get("rollback"))
    if rollback is None or problems or not _is_whole(stored):
        readable(stored)
    place, first = first_wrong(stored)
    console.notice(f"{place}: found {first.found}, expected {first.expected}.")
    console.notice(
        "Only the rollback of this note could be read. Make sure it is the one you mean."
    )
    return rollback


def _data_of(stored: notes.StoredNote) -> Data:
    return stored.data if isinstance(stored.data, dict) else {}


def _is_whole(stored: notes.StoredNote) -> bool:
    """Is what is wrong with the text of a note all outside of its rollback?"""
    return all(p.path and p.path[0] != "rollback" for p in stored.document.problems)


def _print_commands(project: Project, note: Note, file: str) -> int:
    if note.status == "draft":
        console.notice(f"{note.id} is a draft: its steps may be missing, or a guess.")
    if _may_revert(project, note):
        from changenote.cli.undoing.reverts import elsewhere

        if said := elsewhere(project, note, file):
            console.notice(said)
    return _print_steps(note.rollback, note.id)


def _print_steps(rollback: Rollback | None, name: str) -> int:
    steps = rollback.steps if rollback else ()
    runnable = [step.run.rstrip("\n") for step in steps if judged(step.run) == "command"]
    for run in runnable:
        console.out(run)
    if not steps:
        console.notice(f"{name} has no rollback steps.")
        _say_where_else(name)
    elif len(runnable) < len(steps):
        console.notice(f"{len(steps) - len(runnable)} step(s) of {name} are no commands.")
    return 0 if steps and len(runnable) == len(steps) else FINDINGS

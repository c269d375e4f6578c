"""`changenote run`: run a command as if alone, and write down what it was and how it ended."""

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changenote import git
from changenote.capture import journal
from changenote.capture.journal import Entry
from changenote.capture.recorder import NotStarted, record
from changenote.cli import console
from changenote.errors import ChangenoteError, NotARepository, UsageProblem
from changenote.model.note import Note, duration
from changenote.store.project import Project, find_project

if TYPE_CHECKING:
    from changenote.cli.writing.updating import Updated

PURPOSES = ("deploy", "migrate", "measure", "verify", "rollback", "other")


class RunningCommand(click.Command):
    """A command that takes another one, whose words and options are its own."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """As click does, with the `--` that keeps the two apart."""
        return [*super().collect_usage_pieces(ctx)[:-1], "--", "CMD..."]


@click.command(cls=RunningCommand, context_settings={"allow_interspersed_args": False})
@click.option("--purpose", type=click.Choice(PURPOSES), help="What it is for; guessed if left out.")
@click.option("--into", "name", metavar="ID", help="Add it to this note as well.")
@click.argument("argv", metavar="CMD...", nargs=-1, type=click.UNPROCESSED)
def command(purpose: str | None, name: str | None, argv: tuple[str, ...]) -> int:
    """Run a command and record it: what it was, how it ended, how long it took.

    The command runs as it would by itself: on your terminal, with your keys and signals, and its
    exit code is the one you get. What it was, its exit code, times and last lines go into a
    journal in the repository's .git folder, which `changenote new` offers to the next note.
    Secrets are taken out first. Of the environment, nothing is recorded. Outside a git repository
    the command runs all the same, and it is said after that nothing was recorded.
    """
    if not argv:
        raise UsageProblem(
            "no command to run",
            expected="a command, best after --",
            hint="For example: changenote run --purpose deploy -- ./deploy.sh production",
        )
    keeper = _Keeper(Path.cwd(), may_be_nowhere=name is None)
    place = _note(name) if name is not None else None
    try:
        entry = record(argv, root=keeper.root or Path.cwd(), purpose=purpose, starting=keeper.keep)
    except NotStarted as error:
        keeper.keep(error.entry)
        keeper.complain()
        raise
    keeper.keep(entry)
    with contextlib.suppress(OSError):  # nobody reads stderr: the exit code is what counts
        keeper.complain()
        where = _put_into(place, entry) if place else ""
        if sys.stderr.isatty() and keeper.has_kept:
            console.hint(f"changenote: {_told(entry)}{where}")
    return entry.exit or 0


class _Keeper:
    """Writes to the journal; what goes wrong there must not stop the command, and is said after.

    Raises `ChangenoteError` where no journal can be, unless it `may_be_nowhere`.
    """

    def __init__(self, folder: Path, *, may_be_nowhere: bool) -> None:
        self.root: Path | None = None
        self._nowhere = ""
        self._problem: ChangenoteError | None = None
        try:
            root = git.root_around(folder)
            journal.journal_file(root)  # refused now, rather than after a deployment
            self.root = root
        except ChangenoteError as error:
            if not may_be_nowhere:
                raise
            is_none = isinstance(error, NotARepository)
            self._nowhere = "this is no git repository" if is_none else error.what

    @property
    def has_kept(self) -> bool:
        """Is the command in the journal?"""
        return self.root is not None and not self._problem

    def keep(self, entry: Entry) -> None:
        if self.root is None:
            return
        try:
            journal.append(self.root, entry)
            self._problem = None
        except ChangenoteError as error:
            self._problem = error

    def complain(self) -> None:
        if self._nowhere:
            console.notice(f"changenote: nothing was recorded, because {self._nowhere}")
        if self._problem:
            console.error(self._problem)


def _note(name: str) -> tuple[Project, "Updated"]:
    """The note to add to. Raises now what would be in the way later."""
    from changenote.cli.writing.updating import prepare  # only who names a note waits for it

    project = find_project(Path.cwd())
    return project, prepare(project, name, lambda _, text: text)


def _put_into(place: tuple[Project, "Updated"], entry: Entry) -> str:
    """Where it was added; nothing, and the reason on stderr, when it could not be."""
    from changenote.cli.writing.updating import update

    project, found = place
    try:
        updated = update(
            project, str(found.stored.path), lambda note, text: added(note, text, entry)
        )
    except ChangenoteError as error:
        error.retry = "not needed: the command has run"
        error.hint = f"`changenote commands add {found.id} {entry.id}` adds it to the note."
        console.error(error)
        return ""
    return f", in {updated.file}"


def added(note: Note, text: str, *entries: Entry) -> str:
    """The note's text with those commands that it has not got yet."""
    from changenote.store.editing import with_item

    there = {(command.run, command.at) for command in note.commands}
    for entry in entries:
        if (entry.run, entry.at and entry.at.replace(microsecond=0)) not in there:
            text = with_item(text, ("commands",), journal.as_command(entry))
    return text


def _told(entry: Entry) -> str:
    took = duration(entry.seconds or 0)
    ended = f"exit {entry.exit}" + (f" ({entry.signal})" if entry.signal else "")
    return f"recorded {entry.purpose or 'command'}, {ended} after {took}"

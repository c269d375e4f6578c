"""`changenote pr trailer`."""

import os
import sys
from pathlib import Path

import click

from changenote import git
from changenote.cli import console, options
from changenote.cli.pulls import pull_requests
from changenote.errors import NoSuchNote, UsageProblem
from changenote.store import files
from changenote.store.project import Project

KEY = "Change-Note"


@click.command("trailer", short_help="Name notes in the message of a commit.")
@options.note_id("names", metavar="[ID]...", required=False, nargs=-1)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Add it to the message in this file; `-` reads one and prints it.",
)
@click.option("--amend", is_flag=True, help="Add it to the last commit, if that was not pushed.")
@click.option("--dry-run", is_flag=True, help="Print the message, write nothing.")
def command(names: tuple[str, ...], file: Path | None, amend: bool, dry_run: bool) -> int:
    """Name notes in a commit's message: `Change-Note: ID`, as `git interpret-trailers` adds it.

    Without ID, the notes are those that this branch adds. Without --file and --amend, the trailers
    are printed. A message that has them stays as it is.

    \b
    gh pr merge 412 --merge --body "$(changenote pr trailer)"
    changenote pr trailer --file .git/MERGE_MSG
    """
    if file and amend:
        raise UsageProblem(
            "--file and --amend cannot both be meant",
            expected="one of them, or none",
            hint="`changenote pr trailer --help` has examples.",
        )
    project = options.project_with_notes()
    ids = _ids(project, names)
    if amend:
        return _amend(project, ids, dry_run=dry_run)
    if file is None:
        console.lines(f"{KEY}: {note_id}" for note_id in ids)
    elif str(file) == "-":
        console.raw(os.fsdecode(git.with_trailers(sys.stdin.buffer.read(), KEY, ids, project.root)))
    else:
        _into(project, file, ids, dry_run=dry_run)
    return 0


def _ids(project: Project, names: tuple[str, ...]) -> list[str]:
    if names:
        return [shown.note.id for shown in pull_requests.named(project, names)]
    ids = pull_requests.ids_of_branch(project)
    if not ids:
        raise NoSuchNote(
            "this branch adds no note",
            expected="a note that the default branch does not have, or ID",
            hint="`changenote list` shows the ids.",
        )
    return ids


def _into(project: Project, file: Path, ids: list[str], *, dry_run: bool) -> None:
    try:
        old = file.read_bytes()
    except OSError as error:
        raise UsageProblem(
            f"{file} cannot be read: {(error.strerror or 'an error').lower()}",
            expected="a file with the message of a commit",
            hint="A hook gets its name as first argument; a merge has .git/MERGE_MSG.",
        ) from error
    new = git.with_trailers(old, KEY, ids, project.root)
    if dry_run:
        console.raw(os.fsdecode(new))
    elif new != old:
        files.replace(file, new.decode("utf-8", "surrogateescape"), was=old)


def _amend(project: Project, ids: list[str], *, dry_run: bool) -> int:
    old = git.message(project.root)
    new = git.with_trailers(old, KEY, ids, project.root, has_comments=False)
    if dry_run:
        console.raw(os.fsdecode(new))
    elif new == old:
        console.notice("The last commit says so already. Nothing was changed.")
    else:
        _refuse_pushed(project)
        git.reword(new, project.root)
        console.notice("The last commit has a new message, and a new id.")
    return 0


def _refuse_pushed(project: Project) -> None:
    if branches := git.remote_branches_with("HEAD", project.root):
        raise UsageProblem(
            f"the last commit is on {branches[0]} already",
            expected="a commit that nobody else has: a new message makes it another commit",
            hint="`changenote pr link ID URL` links the note and its pull request without it.",
        )

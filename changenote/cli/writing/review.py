"""`changenote review`: a person has read a note and stands for it."""

from datetime import UTC, date, datetime

import click

from changenote.capture.draft import cleaned
from changenote.cli import options
from changenote.cli.writing.finishing import REVIEW, lacking, shipped
from changenote.cli.writing.updating import report, update
from changenote.errors import InvalidNote, UsageProblem
from changenote.model.note import Note, Revision
from changenote.store.editing import with_value, without
from changenote.store.project import Project


@click.command()
@options.note_id()
@click.option("--by", "person", metavar="NAME", help="Who read it; git's user when left out.")
@options.dry_run
@options.as_json
def command(name: str, person: str | None, dry_run: bool, as_json: bool) -> int:
    """Say that you have read a note, and that what it says is right.

    Writes who and when under `revision`, where `version` counts the reviews, and takes the flag
    `needs_human_review` away. A draft becomes `shipped`; while it lacks parts it is refused, and
    the parts are named. So, to finish what was drafted for you:

    \b
    changenote list status:draft owner:me    what waits for you
    changenote edit ID                       fill it in, or: changenote set ID reason="…"
    changenote review ID                     done
    """
    project = options.project_with_notes()
    reviewer = str(cleaned({"by": person or _git_user(project)})["by"])

    def edit(note: Note, text: str) -> str:
        text = _reviewed(note, text, reviewer, datetime.now(UTC).date())
        return _shipped(project, note, text) if note.status == "draft" else text

    updated = update(project, name, edit, dry_run=dry_run)
    done = f"Reviewed by {reviewer}; {updated.note.title!r} is {_in_words(updated.note)}."
    return report(updated, done=done, as_json=as_json, dry_run=dry_run)


def _git_user(project: Project) -> str:
    from changenote import git

    settings = git.settings(project.root) if project.is_repository else {}
    name = settings.get("user.name") or settings.get("user.email")
    if not name:
        raise UsageProblem(
            "it is not known who you are",
            expected="a name, with --by or in git's configuration",
            hint='git config user.name "Your Name"',
        )
    return name


def _reviewed(note: Note, text: str, reviewer: str, today: date) -> str:
    before = note.revision or Revision(version=0)
    is_reviewed = before.status == "reviewed"
    if (is_reviewed, before.by, before.last_reviewed) != (True, reviewer, today):
        facts = {
            "version": before.version + 1 if is_reviewed else max(before.version, 1),
            "status": "reviewed",
            "last_reviewed": today.isoformat(),
            "by": reviewer,
        }
        for key, value in facts.items():
            text = with_value(text, ("revision", key), value)
    for number in reversed([n for n, flag in enumerate(note.flags) if flag == REVIEW]):
        text = without(text, ("flags", number))
    return text


def _shipped(project: Project, note: Note, text: str) -> str:
    """A draft's text as shipped. Raises `InvalidNote` when it lacks something."""
    if lacks := lacking(project.config, text):
        count = f"{len(lacks)} part{'s' * (len(lacks) > 1)}"
        raise InvalidNote(
            f"{note.id} is a draft that still lacks {count}: {', '.join(lacks)}",
            expected="a complete draft",
            hint=f"`changenote edit {note.id}` or `changenote set {note.id} {lacks[0]}=…`"
            " fills it in; then review it again.",
        )
    return shipped(text)


def _in_words(note: Note) -> str:
    return note.status.replace("_", " ")

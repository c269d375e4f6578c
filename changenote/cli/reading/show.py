"""`changenote show`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.reading import note_text
from changenote.errors import InvalidNote, NoSuchNote, UsageProblem
from changenote.model.fields import Fields
from changenote.model.measures import headline, judge, sentence
from changenote.model.note import Note, primary_metric
from changenote.model.reading import resolved
from changenote.model.writing import canonical
from changenote.store import notes
from changenote.store.project import Project, find_project

_MOST_FILES = 20


@click.command()
@options.note_id(required=False)
@click.option("--last", is_flag=True, help="The newest note, the first that `list` shows.")
@click.option(
    "--pr", "number", type=click.IntRange(1), metavar="N", help="The notes of a pull request."
)
@options.as_json
def command(name: str | None, last: bool, number: int | None, as_json: bool) -> int:
    """Show one note. ID is an id, or the start or end of one; or say --last.

    With --pr 412, the notes that name pull request 412 are shown, one below the other; with --json
    they are a list, because there may be several.
    """
    if [bool(name), last, number is not None].count(True) != 1:
        raise UsageProblem(
            "it is not clear which note is meant",
            expected="either ID, --last or --pr",
            hint="`changenote list` shows the ids.",
        )
    if number is not None:
        return _show_all(options.project_with_notes(), number, as_json=as_json)
    project = find_project(Path.cwd())
    stored = notes.read(project, notes.find(project, name) if name else _newest())
    note = readable(stored)
    if as_json:
        console.data(_plain(stored, note))
        return 0
    _print(note, stored.file, project.config.fields)
    return 0


def _show_all(project: Project, number: int, *, as_json: bool) -> int:
    """Show the notes that name a pull request. Raises `NoSuchNote` when none does."""
    from changenote.cli.pulls import pull_requests  # only here, and most are shown by their id

    every = [notes.read(project, path) for path in pull_requests.naming(project, number)]
    if as_json:
        console.data([_plain(stored, readable(stored)) for stored in every])
        return 0
    for count, stored in enumerate(every):
        if count:
            console.out()
            console.out("-" * min(console.width(), 80))
        _print(readable(stored), stored.file, project.config.fields)
    return 0


def _newest() -> Path:
    """The file of the newest note. Raises when there is none that can be read."""
    from changenote.cli.reading import library  # all that is known of many, and one note needs none

    project = options.project_with_notes()
    rows, _ = library.all_rows(project)
    if rows:
        return project.root / rows[0].file
    raise NoSuchNote(
        f"there is no note in {project.notes.name}/ that can be read",
        expected="at least one",
        hint="`changenote new` writes the first note.",
    )


def readable(stored: notes.StoredNote) -> Note:
    """The note. Raises `InvalidNote` with the first place that could not be understood."""
    if stored.note is not None:
        return stored.note
    from changenote.cli.reading.first_wrong import first_wrong  # nearly every note can be read

    place, first = first_wrong(stored)
    raise InvalidNote(
        f"{place}: {first.found}",
        expected=first.expected,
        retry="safe, nothing was written",
        hint=f"`changenote check {stored.file}` lists everything that is wrong in it.",
    )


def _plain(stored: notes.StoredNote, note: Note) -> dict[str, Any]:
    """The note as it is written, and what is worked out from it under `derived`."""
    from changenote.model.verdict_data import judged  # people are told in words

    derived = {"path": stored.file, "metrics": [judged(judge(metric)) for metric in note.metrics]}
    return {**canonical(resolved(stored.data)), "derived": derived}


def _print(note: Note, file: str, fields: Fields) -> None:
    width = console.width()
    mark = "" if note.status == "shipped" else f"  [{note.status.replace('_', ' ')}]"
    console.styled(note.title + mark, bold=True)
    now = datetime.now(UTC)
    for line in (*note_text.heading(note, now), *_answer(note)):
        console.out(line)
    for title, lines in _sections(note, now, width, fields):
        if lines:
            console.out()
            console.styled(title, bold=True)
            for line in lines:
                console.out(f"  {line}" if line else "")
    console.out()
    console.out(file)


def _answer(note: Note) -> list[str]:
    """The verdict of the primary metric, in words."""
    verdict, metric = headline(note), primary_metric(note)
    if verdict is None or metric is None:
        return []
    from textwrap import wrap  # only here, and `rollback` needs this module too

    return wrap(f"{metric.name}: {sentence(metric, verdict)}", console.width())


def _sections(note: Note, now: datetime, width: int, fields: Fields) -> list[tuple[str, list[str]]]:
    source = note.source
    return [
        ("Undo it", note_text.rollback_lines(note.rollback, now, width - 2)),
        ("Why", _paragraphs(note.reason, width)),
        ("Expected", _paragraphs(note.expected, width)),
        ("How it went", note_text.outcome_lines(note, width - 2)),
        ("Did it help?", note_text.metric_lines(note, width - 2)),
        ("What was run", note_text.command_lines(note)),
        ("What was touched", note_text.file_lines(note, _MOST_FILES)),
        ("What was looked at", note_text.checklist_lines(note, width - 2)),
        ("Links", [*(source.pull_requests if source else ()), *(source.issues if source else ())]),
        ("Replaces", list(note.supersedes)),
        ("Related", list(note.related)),
        ("Tags", [", ".join(note.tags)] if note.tags else []),
        ("Fields of your own", note_text.own_lines(note, fields)),
        ("Review", note_text.review_lines(note)),
    ]


def _paragraphs(text: str | None, width: int) -> list[str]:
    return [line[11:] for line in note_text.labelled("", text, width + 9)] if text else []

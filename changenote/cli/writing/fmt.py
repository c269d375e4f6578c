"""`changenote fmt`: canonical form, comments and meaning untouched."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from changenote.cli import console, options
from changenote.cli.reading.first_wrong import first_wrong
from changenote.cli.writing.updating import diff_without_secrets
from changenote.errors import FINDINGS, InvalidNote
from changenote.store import notes
from changenote.store.formatting import formatted
from changenote.store.project import Project


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if it would.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
def command(paths: tuple[Path, ...], only_check: bool, diff: bool) -> int:
    """Put every note, or those named, in canonical form: key order, quotes, spacing.

    Meaning and comments stay; a note where that cannot be had is named and left alone.
    """
    project = options.project_with_notes()
    every = list(_chosen(project, paths))
    changed, failed = 0, 0
    for path in every:
        stored = notes.read(project, path)
        try:
            new = formatted(stored.raw.decode())
        except (InvalidNote, UnicodeDecodeError) as error:
            failed += 1
            console.notice(_left_alone(stored, error))
            continue
        if new.encode() != stored.raw:
            changed += 1
            if diff:
                allowed = project.config.allowed
                console.raw(diff_without_secrets(stored.file, stored.text, new, allowed))
            else:
                _apply(stored, new, only_check=only_check)
    would = "would change" if only_check or diff else "changed"
    console.notice(f"{changed} of {len(every)} notes {would}, {failed} left alone.")
    return FINDINGS if failed or (changed and only_check) else 0


def _left_alone(stored: notes.StoredNote, error: Exception) -> str:
    if all(problem.rule == "unknown-key" for problem in stored.problems):
        return f"{stored.file}: left alone: {error}"
    place, first = first_wrong(stored)
    return f"{place}: left alone: {first.found}"


def _chosen(project: Project, paths: Sequence[Path]) -> Iterator[Path]:
    every = notes.note_paths(project)
    if not paths:
        yield from every
    for path in paths:
        place = path.resolve()
        found = [p for p in every if place == p.resolve() or place in p.resolve().parents]
        if not found and not path.is_dir():
            why = "is not a note" if path.exists() else "does not exist"
            raise options.not_a_note(path, why)
        yield from found


def _apply(stored: notes.StoredNote, new: str, *, only_check: bool) -> None:
    if not only_check:
        notes.rewrite(stored, new)
    console.out(stored.file)

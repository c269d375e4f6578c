"""`changenote fmt`: canonical form, comments and meaning untouched."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

import click

from changenote.cli import console, options
from changenote.errors import FINDINGS, InvalidNote, UsageProblem
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
            console.notice(f"{stored.file}: left alone: {error}")
            continue
        if new.encode() != stored.raw:
            changed += 1
            _apply(stored, new, only_check, diff)
    would = "would change" if only_check or diff else "changed"
    console.notice(f"{changed} of {len(every)} notes {would}, {failed} left alone.")
    return FINDINGS if failed or (changed and only_check) else 0


def _chosen(project: Project, paths: Sequence[Path]) -> Iterator[Path]:
    if not paths:
        yield from notes.note_paths(project)
    for path in paths:
        if path.is_dir():
            inside = path.resolve()
            yield from (p for p in notes.note_paths(project) if inside in p.resolve().parents)
        elif path.is_file():
            yield path.absolute()
        else:
            raise UsageProblem(f"{path} does not exist", expected="a note, or a folder of notes")


def _apply(stored: notes.StoredNote, new: str, only_check: bool, diff: bool) -> None:
    if diff:
        lines = stored.text.splitlines(keepends=True), new.splitlines(keepends=True)
        console.raw("".join(unified_diff(*lines, f"a/{stored.file}", f"b/{stored.file}")))
    elif not only_check:
        notes.rewrite(stored, new)
    if not diff:
        console.out(stored.file)

"""`changenote trace`: from a file, or a line of it, to the notes that touched it."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import click

from changenote import git
from changenote.cli import console, library, options
from changenote.errors import UsageProblem
from changenote.model.note import FileTouched, Note
from changenote.patterns import pattern
from changenote.store import notes
from changenote.store.project import Project

_PLACE = pattern(r"(?P<path>.+?):(?P<line>[1-9]\d*)", re.S)


@click.command()
@click.argument("place", metavar="PATH[:LINE]")
@options.as_json
def command(place: str, as_json: bool) -> int:
    """Which notes touched this file or folder? With :LINE, which one wrote this line?

    Renames are followed as far as notes tell them.
    """
    project = options.project_with_notes()
    path, line = _path_and_line(project, place)
    rows = library.rows(project, labels=True)
    touching = _touching(project, rows, path)
    if line is not None:
        touching = _of_line(project, path, line, touching, rows)
    if as_json:
        console.data([row.shown for row, _ in touching])
    else:
        library.print_rows(row for row, _ in touching)
        if not touching:
            partly = _partly_listed(project, rows) if line is None else []
            is_known = line is not None or Path(place).exists()
            unknown = "" if is_known else " There is no such file now."
            console.notice(f"No note touched {place}{_as_far_as(partly)}.{unknown}")
    return 0


def _path_and_line(project: Project, place: str) -> tuple[str, int | None]:
    """The path from the root, and the line; a file named `a:3` wins over line 3."""
    match = _PLACE.fullmatch(place)
    if match and not Path(place).exists():
        return _from_root(project, match["path"]), int(match["line"])
    return _from_root(project, place), None


def _from_root(project: Project, path: str) -> str:
    absolute = Path(os.path.normpath(Path.cwd().resolve() / path))
    root = _root(project)
    try:
        inside = absolute.relative_to(root).as_posix()
    except ValueError:
        raise UsageProblem(
            f"{path} is outside of {root}",
            expected="a path in this project",
            hint="`changenote trace .` shows every note that touched a file.",
        ) from None
    return inside + ("/" if path.endswith("/") and inside != "." else "")


def _root(project: Project) -> Path:
    """Where the paths in notes start: the repository's root, which may lie above the project's."""
    is_inside = project.is_repository and not (project.root / ".git").exists()
    return (git.root_around(project.root) if is_inside else project.root).resolve()


def _touching(
    project: Project, rows: Sequence[library.Row], path: str
) -> list[tuple[library.Row, Note]]:
    """Rows and notes that name a path, or paths below it, or earlier names of it; newest first."""
    names = {path}
    found = []
    for row in rows:
        if not any(_may_touch(row, name) for name in names):
            continue
        note = notes.read(project, project.root / row.file).note
        hits = [f for f in note.files if _touches(f, names)] if note else []
        if note and hits:
            names.update(git.real_path(f.from_) for f in hits if f.from_ and not path.endswith("/"))
            found.append((row, note))
    return found


def _partly_listed(project: Project, rows: Sequence[library.Row]) -> list[tuple[library.Row, Note]]:
    """The notes that only count some of their files, so that they may have touched any."""
    found = []
    for row in rows:
        path = project.root / row.file
        if b"files_omitted" in (notes.bytes_of(path) or b""):
            note = notes.read(project, path).note
            found += [(row, note)] if note and note.files_omitted else []
    return found


def _as_far_as(partly: Sequence[tuple[library.Row, Note]]) -> str:
    if not partly:
        return ""
    ids = ", ".join(row.id for row, _ in partly[:5]) + (" …" if len(partly) > 5 else "")
    return f", as far as notes list their files; some only count them: {ids}"


def _touches(file: FileTouched, names: set[str]) -> bool:
    paths = [git.real_path(path) for path in (file.path, file.from_) if path]
    return any(_is_at(path, name) for path in paths for name in names)


def _may_touch(row: library.Row, name: str) -> bool:
    from changenote.model.facts import folded

    wanted = folded(name).rstrip("/")
    # What a quoted path is below can only be told from the note itself.
    return name == "." or any(f.startswith('"') or _is_at(f, wanted) for f in row.facts.files)


def _is_at(path: str, name: str) -> bool:
    return name == "." or path == name or path.startswith(name.rstrip("/") + "/")


def _of_line(
    project: Project,
    path: str,
    line: int,
    touching: Sequence[tuple[library.Row, Note]],
    rows: Sequence[library.Row],
) -> list[tuple[library.Row, Note]]:
    """The notes whose commits include the one that last changed the line."""
    sha = git.blamed(path, line, _root(project))
    if set(sha) == {"0"}:
        console.notice(f"{path}:{line} is not committed yet.")
        return []
    found = [(row, note) for row, note in touching if _includes(project, note, sha)]
    if not found:
        partly = _partly_listed(project, rows)
        found = [(row, note) for row, note in partly if _includes(project, note, sha)]
    if not found:
        console.notice(f"{path}:{line} was last changed by {sha[:12]}, which no note is about.")
    return found


def _includes(project: Project, note: Note, sha: str) -> bool:
    source = note.source
    if source is None or source.head is None:
        return False
    return git.is_between(sha, source.base, source.head, project.root)

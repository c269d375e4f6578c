"""`changenote trace`: from a file, or a line of it, to the notes that touched it."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from changenote import git
from changenote.cli import console, options
from changenote.cli.reading import library
from changenote.errors import UsageProblem
from changenote.model.note import Note
from changenote.patterns import pattern
from changenote.store.library import uncollected
from changenote.store.project import Project, within
from changenote.store.tables import Kind, as_json

Traced = tuple[library.Row, "Touched"]
"""A note, and which files it touched."""

_PLACE = pattern(r"(?P<path>.+?):(?P<line>[1-9]\d*)", re.S)


@click.command()
@click.argument("place", metavar="PATH[:LINE]")
@options.as_json
@uncollected()  # as in `list`
def command(place: str, as_json: bool) -> int:
    """Which notes touched this file or folder? With :LINE, which one wrote this line?

    Renames are followed as far as notes tell them.
    """
    project = options.project_with_notes()
    path, line = _path_and_line(project, place)
    every = library.Every(project)
    raws = every.all(_COLUMN)
    touching = _touching(_traced(every, raws, _that_may_touch(path, raws)), path)
    if line is not None:
        touching = _of_line(project, path, line, touching, lambda: _partly_listed(every, raws))
    if as_json:
        console.data([row.shown for row, _ in touching])
    else:
        library.print_rows(row for row, _ in touching)
        if not touching:
            partly = _partly_listed(every, raws) if line is None else []
            is_known = line is not None or Path(place).exists()
            unknown = "" if is_known else " There is no such file now."
            console.notice(f"No note touched {place}{_as_far_as(partly)}.{unknown}")
    library.say_whose(project)
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


class Touched(NamedTuple):
    """What a note says of where its change is: each file with its earlier name, if it had one."""

    is_partial: bool
    base: str | None
    head: str | None
    files: list[list[str | None]]


def _what_it_touched(note: Note, _file: str) -> bytes:
    source = note.source
    base, head = (source.base, source.head) if source else (None, None)
    files = [[file.path, file.from_] for file in note.files]
    return as_json([bool(note.files_omitted), base, head, files])


_COLUMN = library.Column(Kind(name="touched", is_raw=True), _what_it_touched)
_PARTIAL = b"[true,"


def _touched(raw: bytes) -> Touched:
    import json

    return Touched(*json.loads(raw))


def _traced(every: library.Every, raws: Mapping[str, bytes], files: list[str]) -> list[Traced]:
    """Some notes, newest first."""
    rows = library.newest_first(every.rows(files))
    return [(row, _touched(raws[row.file])) for row in rows]


def _that_may_touch(path: str, raws: Mapping[str, bytes]) -> list[str]:
    """All notes that name a path, paths below it or earlier names of it, and perhaps some more."""
    found: dict[str, bytes] = {}
    names: set[str] = set()
    new = {path}
    while new:
        names |= new
        parts = tuple(map(_as_written, _starts(new)))
        hits = {f: raw for f, raw in raws.items() if f not in found and _holds(raw, parts)}
        found |= hits
        files = (file for raw in found.values() for file in _touched(raw).files)
        earlier = (file[1] for file in files if _touches(file, names))
        new = {git.real_path(name) for name in earlier if name} - names
    return [file for file in raws if file in found]


def _as_written(start: str) -> bytes:
    """How a path that starts like this begins where it stands in a row."""
    return as_json(start)[:-1]


def _holds(raw: bytes, parts: Iterable[bytes]) -> bool:
    # With a backslash, a path may be written in another way than it is asked for.
    return b"\\" in raw or any(part in raw for part in parts)


def _touching(rows: Sequence[Traced], path: str) -> list[Traced]:
    """Rows of notes that name a path, or paths below it, or earlier names of it; newest first."""
    names = {path}
    found = []
    for row, touched in rows:
        starts = _starts(names)
        hits = [file for file in touched.files if _may_touch(file, starts)]
        sources = [file[1] for file in hits if _touches(file, names)]
        if sources:
            names.update(git.real_path(s) for s in sources if s and not path.endswith("/"))
            found.append((row, touched))
    return found


def _starts(names: Iterable[str]) -> tuple[str, ...]:
    """What every path that is meant starts with, as it is written in a note."""
    # What a quoted path is below can only be told from all of it.
    return ('"', *("" if name == "." else name.rstrip("/") for name in names))


def _may_touch(file: Sequence[str | None], starts: tuple[str, ...]) -> bool:
    return any(path.startswith(starts) for path in file if path)


def _partly_listed(every: library.Every, raws: Mapping[str, bytes]) -> list[Traced]:
    """The notes that only count some of their files, so that they may have touched any."""
    return _traced(every, raws, [file for file, raw in raws.items() if raw.startswith(_PARTIAL)])


def _as_far_as(partly: Sequence[Traced]) -> str:
    if not partly:
        return ""
    ids = ", ".join(row.id for row, _ in partly[:5]) + (" …" if len(partly) > 5 else "")
    return f", as far as notes list their files; some only count them: {ids}"


def _touches(file: Sequence[str | None], names: set[str]) -> bool:
    paths = [git.real_path(path) for path in file if path]
    return any(_is_at(path, name) for path in paths for name in names)


def _is_at(path: str, name: str) -> bool:
    return name == "." or path == name or path.startswith(name.rstrip("/") + "/")


def _of_line(
    project: Project,
    path: str,
    line: int,
    touching: Sequence[Traced],
    partly_listed: Callable[[], Sequence[Traced]],
) -> list[Traced]:
    """The notes whose commits include the one that last changed the line, or that came with it."""
    sha = git.blamed(path, line, _root(project))
    if set(sha) == {"0"}:
        console.notice(f"{path}:{line} is not committed yet.")
        return []
    found = [(row, touched) for row, touched in touching if _includes(project, touched, sha)]
    if not found:
        partly = partly_listed()
        found = [(row, touched) for row, touched in partly if _includes(project, touched, sha)]
    if not found:
        brought = set(git.paths_touched(sha, _root(project)))
        found = [
            (row, touched)
            for row, touched in touching
            if within(project, _root(project), row.file) in brought
        ]
    if not found:
        console.notice(f"{path}:{line} was last changed by {sha[:12]}, which no note is about.")
    return found


def _includes(project: Project, touched: Touched, sha: str) -> bool:
    if touched.head is None:
        return False
    return git.is_between(sha, touched.base, touched.head, project.root)

"""Find, read and write notes. Every file in the notes folder is a note or a reported problem."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from changenote.errors import ChangedOnDisk, NoSuchNote
from changenote.model.identity import (
    ID_LENGTH,
    are_of_year,
    file_name,
    id_in_file_name,
    letter_of_no_id,
    named,
    new_id,
)
from changenote.model.note import Note
from changenote.model.problems import Problem
from changenote.model.reading import read_note
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import codec, files
from changenote.store.project import CONFIG, SCHEMA, Project

_YEAR = pattern(r"\d{4}")
_BY_NAME = attrgetter("name")
_BESIDE_THE_YEARS = {CONFIG, SCHEMA, "README.md", ".gitignore", ".gitkeep", ".gitattributes"}


@record
class StoredNote:
    """One note's file, read. `note` is None when it could not be understood: see `problems`."""

    file: str
    path: Path
    raw: bytes
    document: codec.Document
    note: Note | None
    problems: list[Problem]

    @property
    def text(self) -> str:
        """The file's text, with replacement characters where it is not UTF-8."""
        return self.raw.decode("utf-8", "replace")

    @property
    def data(self) -> Any:
        """The note as plain data."""
        return self.document.data


@record
class Stray:
    """Something in the notes folder that is not a note, and why."""

    file: str
    path: Path
    problem: Problem

    @property
    def hides_a_note(self) -> bool:
        """Does a note seem to be there, which cannot be read?"""
        return self.problem.rule == "unreadable" or bool(id_in_file_name(Path(self.file).name))


def note_paths(project: Project) -> list[Path]:
    """Every note's file, oldest first by name."""
    return entries(project)[0]


def strays(project: Project) -> list[Stray]:
    """Everything in the notes folder that is neither a note nor belongs to one."""
    return entries(project)[1]


def entries(project: Project) -> tuple[list[Path], list[Stray]]:
    """`note_paths` and `strays`, found together."""
    notes, found = listed(project)
    return [Path(path) for path in notes.values()], found


def listed(project: Project) -> tuple[dict[str, str], list[Stray]]:
    """Where each note's file is, by its name as findings show it, oldest first; and strays.

    Only folders are followed to where they are: notes are no links. There may be a hundred
    thousand, so these are no `Path`s.
    """
    notes: dict[str, str] = {}
    found: list[Stray] = []
    if not project.notes.is_dir():
        return notes, found
    for entry in _sorted(project.notes):
        if _is_year(entry):
            with _unreadable_reported(project, entry, found):
                _year(project, entry, notes, found)
        elif entry.name == "templates" and entry.is_dir():
            continue  # a team's own page templates
        elif entry.name not in _BESIDE_THE_YEARS:
            found.append(_stray(project, entry, "a note under a year's folder"))
    return notes, found


def _is_year(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and bool(_YEAR.fullmatch(entry.name))


def _sorted(folder: Path | str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=_BY_NAME)


@contextmanager
def _unreadable_reported(
    project: Project, folder: os.DirEntry[str], found: list[Stray]
) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        path = Path(folder.path)
        found.append(Stray(file=project.relative(path), path=path, problem=unreadable(error)))


def _year(
    project: Project, year: os.DirEntry[str], notes: dict[str, str], found: list[Stray]
) -> None:
    names, others = _parted(year.path)
    if not are_of_year(names, year.name):
        names, others = [], _sorted(year.path)  # each is looked at by itself
    place, here = f"{project.relative(Path(year.path))}/", f"{year.path}{os.sep}"
    notes.update([(place + name, here + name) for name in names])
    ids = {name[:ID_LENGTH] for name in names} if others else set()
    folders = []
    for entry in others:
        note_id = id_in_file_name(entry.name)
        if note_id and entry.is_file(follow_symlinks=False):
            ids.add(note_id)
            notes[place + entry.name] = entry.path
            if note_id[:4] != year.name:
                found.append(_wrong_year(project, entry, note_id[:4]))
        elif entry.is_dir(follow_symlinks=False):
            folders.append(entry)
        else:
            found.append(_stray(project, entry, "a note named <id>-<words>.yaml"))
    for folder in folders:
        if folder.name not in ids:
            found.append(_stray(project, folder, "a folder named like the id of a note beside it"))
        else:
            with _unreadable_reported(project, folder, found):
                found.extend(_links_inside(project, folder))


def _parted(folder: str) -> tuple[list[str], list[os.DirEntry[str]]]:
    """The names of plain files in a folder, and what else is in it; both in order."""
    names, others = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                names.append(entry.name)  # to keep ten thousand entries would take longer
            else:
                others.append(entry)
    return sorted(names), sorted(others, key=_BY_NAME)


def _links_inside(project: Project, folder: os.DirEntry[str]) -> Iterator[Stray]:
    for entry in _sorted(folder.path):
        if entry.is_symlink():
            yield _stray(project, entry, "a file, not a link")


def _stray(project: Project, entry: os.DirEntry[str], expected: str) -> Stray:
    is_rest = entry.name.endswith(".tmp") and entry.name.startswith(".")
    remedy = "Delete it: it is the rest of an interrupted write." if is_rest else "Move it away."
    if entry.is_symlink():
        remedy = "Put the file itself there: links are not followed."
    elif entry.name.endswith((".yaml", ".yml")):
        remedy = "Rename it, for example with `changenote new --from FILE`, or move it away."
    letter = letter_of_no_id(entry.name)
    return Stray(
        file=project.relative(Path(entry.path).parent) + "/" + printable(entry.name),
        path=Path(entry.path),
        problem=Problem(
            rule="stray-file",
            path=(),
            found=printable(entry.name) + (f", with `{letter}` in its id" if letter else ""),
            expected=expected + ("; no id has i, l, o or u" if letter else ""),
            remedy=remedy,
        ),
    )


def printable(name: str) -> str:
    """A file's name, which may be any bytes, as text that can be written."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _wrong_year(project: Project, entry: os.DirEntry[str], year: str) -> Stray:
    return Stray(
        file=project.relative(Path(entry.path)),
        path=Path(entry.path),
        problem=Problem(
            rule="wrong-name",
            path=(),
            found=f"the folder {Path(entry.path).parent.name}",
            expected=f"the folder {year}, the year of its id",
            remedy=f"Move it to {year}/.",
        ),
    )


def read_all(project: Project) -> list[StoredNote]:
    """Every note, oldest first."""
    return [read(project, path) for path in note_paths(project)]


def read(project: Project, path: Path) -> StoredNote:
    """One note's file; what is wrong with it is in `problems`, never raised."""
    file = project.relative(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        return StoredNote(
            file=file,
            path=path,
            raw=b"",
            document=codec.Document(data=None),
            note=None,
            problems=[unreadable(error)],
        )
    return understood(file, path, raw)


def bytes_of(path: Path) -> bytes | None:
    """The bytes of a note's file; None when it cannot be read, which `check` reports."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def unreadable(error: OSError) -> Problem:
    """The problem that a file or folder cannot be read."""
    return Problem(
        rule="unreadable",
        path=(),
        found=(error.strerror or "an error").lower(),
        expected="a file that can be read",
        remedy="Look at its permissions.",
    )


def understood(file: str, path: Path, raw: bytes, *, with_places: bool = False) -> StoredNote:
    """A note from the bytes of its file; see `codec.load` for `with_places`."""
    document = codec.load(raw, with_places=with_places)
    problems = list(document.problems)
    note = None
    if document.is_empty:
        problems.append(nothing_in_it())
    elif document.data is not None:
        note, wrong = read_note(document.data)
        problems.extend(wrong)
    if any(p.rule != "unknown-key" for p in problems):
        note = None
    problems.extend(_wrong_name(path.name, note))
    return StoredNote(
        file=file, path=path, raw=raw, document=document, note=note, problems=problems
    )


def nothing_in_it() -> Problem:
    """The problem that a text holds only white space and comments."""
    return Problem(
        rule="wrong-type",
        path=(),
        found="nothing",
        expected="a note: keys with values",
        remedy="Delete the file, or `git log -- FILE` finds the note that was in it.",
    )


def _wrong_name(name: str, note: Note | None) -> list[Problem]:
    if note is None or id_in_file_name(name) == note.id:
        return []
    return [
        Problem(
            rule="wrong-name",
            path=("id",),
            found=note.id,
            expected=f"the id at the start of its file name, {name}",
            remedy="Rename the file: the id never changes.",
        )
    ]


def find(project: Project, name: str) -> Path:
    """The file of the one note that goes by an id, a start or end of one, or the file's path.

    Only file names are looked at. Raises `NoSuchNote` when there is none or more than one; of files
    that share an id, only a path tells which is meant.
    """
    wanted = id_in_file_name(Path(name).name) if name.endswith(".yaml") else name.strip().lower()
    by_id = _with_id_like(project, wanted) if wanted else {}
    found = named(wanted, by_id) if wanted else []
    if len(found) == 1:
        return _the_one(project, name, found[0], by_id[found[0]])
    if found:
        listed = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
        raise NoSuchNote(
            f"{len(found)} notes go by {name!r}: {listed}", expected="the id of one note"
        )
    hint = "`changenote list` shows them, `changenote search WORDS` finds one."
    hidden = [stray.file for stray in strays(project) if stray.hides_a_note and name in stray.file]
    if hidden:
        hint = f"{hidden[0]} is no note that can be read: `changenote check` says why."
    raise NoSuchNote(
        f"no note goes by {name!r}",
        expected=f"the id, or the end of one, of a note in {project.notes.name}/",
        hint=hint,
    )


def _the_one(project: Project, name: str, note_id: str, paths: list[Path]) -> Path:
    """The file that is meant of those with one id. Raises when the name does not tell."""
    if len(paths) == 1:
        return paths[0]
    if name.endswith(".yaml"):
        for given in (Path(name), project.root / name):
            if same := [path for path in paths if given.exists() and given.samefile(path)]:
                return same[0]
        alike = [path for path in paths if path.name == name]
        if len(alike) == 1:
            return alike[0]
    raise shared_id(note_id, [project.relative(path) for path in paths])


def shared_id(note_id: str, files: list[str]) -> NoSuchNote:
    """The error that several files have the id of the note that is meant."""
    return NoSuchNote(
        f"{len(files)} files have the id {note_id}: {', '.join(files)}",
        expected="an id that one file has, or the path of the file that is meant",
        retry="safe, nothing was done",
        hint="Give a file's path instead of the id. `changenote check` says how each gets its own.",
    )


def _with_id_like(project: Project, part: str) -> dict[str, list[Path]]:
    """The notes by their ids that hold a text; the names of all others are hardly looked at."""
    found: dict[str, list[Path]] = {}
    if not project.notes.is_dir():
        return found
    for year in filter(_is_year, _sorted(project.notes)):
        for name in _names_with(part, year.path):
            note_id, path = id_in_file_name(name), Path(year.path, name)
            if note_id and part in note_id and path.is_file() and not path.is_symlink():
                found.setdefault(note_id, []).append(path)
    return found


def _names_with(part: str, folder: str) -> list[str]:
    # Names alone: an object for each of ten thousand entries takes longer than to read them all.
    with suppress(OSError):
        return sorted(name for name in os.listdir(folder) if part in name)  # noqa: PTH208 - see above
    return []


@record
class Created:
    """A note that was just written, and the bytes that are on disk now."""

    id: str
    path: Path
    file: str
    raw: bytes


def create(
    project: Project, data: dict[str, Any], text_of: Callable[[dict[str, Any]], str], now: datetime
) -> Created:
    """Write a new note under an id of its own, which `text_of(data)` gets with the data.

    Two at the same moment make two notes: the name is taken exclusively, and drawn again if taken.
    """
    while True:
        note_id = new_id(now, int.from_bytes(os.urandom(4), "big") >> 2)
        title = data.get("title")
        name = file_name(note_id, title if isinstance(title, str) else "")
        path = project.notes / note_id[:4] / name
        if any(path.parent.glob(f"{note_id}*")):
            continue
        text = text_of({**data, "id": note_id})
        try:
            files.create(path, text)
        except FileExistsError:
            continue
        raw = text.encode("utf-8", "surrogateescape")
        return Created(id=note_id, path=path, file=project.relative(path), raw=raw)


def create_as(project: Project, note_id: str, title: str, text: str) -> Created:
    """Write a new note under an id that is known to be free, as that of an imported note is.

    Raises `ChangedOnDisk` when a file has taken its name since.
    """
    path = project.notes / note_id[:4] / file_name(note_id, title)
    try:
        files.create(path, text)
    except FileExistsError as error:
        raise ChangedOnDisk(
            f"{project.relative(path)} was made by somebody else just now",
            expected="a free name",
            hint="Run the same command again: it goes on where it stopped.",
        ) from error
    raw = text.encode("utf-8", "surrogateescape")
    return Created(id=note_id, path=path, file=project.relative(path), raw=raw)


def rewrite(note: StoredNote | Created, text: str) -> bytes:
    """Put a new text in a note's file, refused if somebody changed it since; the bytes of it."""
    files.replace(note.path, text, was=note.raw)
    return text.encode("utf-8", "surrogateescape")

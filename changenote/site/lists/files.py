"""Pages by folder and file: everything that touched `app/jobs/`, and the files in it."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from changenote.site.addresses import dotted_folder
from changenote.site.book import Page, Source
from changenote.site.edition import Edition
from changenote.site.lists.listing import asking, listing
from changenote.site.lists.tallies import tally
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.tree import Folder, above, name_within, parted, through
from changenote.site.wording import counted

NEWEST = 30
"""So many notes are on the page of a folder; the others are in the folders below, or searched."""

SHOWN = 100
"""So many files, and folders, of one folder have a line of their own: those that changed last."""

NAMED = 1000
"""So many more are at least named."""

COUNTED = 50
"""So many notes on a file are counted where one of them leads to the others: a note on a file that
every other change touches does not alter the pages of all of them."""

_NOTES_OF_A_FILE = 3

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, kw_only=True)
class FilePlace:
    """Where the notes on one file are listed, and how many there are in words.

    `anchor` is empty where a folder holds more files than its page names.
    """

    path: str
    anchor: str
    notes: str


@dataclass(frozen=True, kw_only=True)
class _Inner:
    """A folder as a line on the page of the one around it."""

    label: str
    path: str
    count: int
    newest: Row


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file as a line on its folder's page; `blob` is its address on the forge."""

    name: str
    anchor: str
    count: int
    rows: tuple[Row, ...]
    blob: str | None
    query: str


def file_place(edition: Edition, folder: str, name: str) -> FilePlace | None:
    """Where the notes on a file are listed, by its folder and its name in it (see `tree.parted`).

    None for a file that only one note touched.
    """
    known = _beside(edition, folder, name)
    if not known:
        return None
    notes, is_named = known
    return FilePlace(
        path=edition.places.folder(folder),
        anchor=_anchor(name) if is_named else "",
        notes=counted(notes, "note") if notes <= COUNTED else f"more than {COUNTED} notes",
    )


def beside(edition: Edition, path: str) -> tuple[int, bool] | None:
    """What `file_place` hangs on: how many notes touched a file, and whether its folder names it.

    None for a file that only one note touched; no more are counted than are told apart.
    """
    return _beside(edition, *parted(path))


def _beside(edition: Edition, folder: str, name: str) -> tuple[int, bool] | None:
    around = edition.tree.by_path.get(folder)
    notes = len(around.files.get(name, ())) if around else 0
    if not around or notes < 2:
        return None
    return min(notes, COUNTED + 1), len(around.files) <= SHOWN + NAMED


def file_plans(edition: Edition) -> Iterator[Plan]:
    """A page for every folder that notes touched, with the files in it."""
    for folder in edition.tree:
        yield Plan(
            edition.places.folder(folder.path),
            partial(_folder_page, edition, folder),
            partial(_depends, edition, folder),
        )


def _depends(edition: Edition, folder: Folder) -> Iterator[object]:
    rows = [edition.rows[number] for number in folder.notes]
    yield _of_repository(edition, folder.path)[0]
    yield from (_crumbs(edition, folder), len(rows), tally(rows))
    yield from edition.lines(rows[:NEWEST])
    insides = _insides(edition, folder)
    yield insides["unnamed"]
    for inner in (*insides["folders"], *insides["more_folders"]):
        yield inner.label, inner.path, inner.count, inner.newest.line
    for file in (*insides["files"], *insides["more_files"]):
        yield file.name, file.count, [row.line for row in file.rows]


def _folder_page(edition: Edition, folder: Folder) -> Page:
    path, title = edition.places.folder(folder.path), _title(folder)
    rows = [edition.rows[number] for number in folder.notes]
    content = edition.rendered(
        "site/folder.html.j2",
        path,
        title=title,
        crumbs=_crumbs(edition, folder),
        name=name_within(above(folder)[-1], folder) if folder.path else "",
        total=len(rows),
        tally=tally(rows),
        rows=rows[:NEWEST],
        query=_query(edition, f"{folder.path}/") if folder.path else "",
        **_insides(edition, folder),
    )
    description = f"{title}: {counted(len(rows), 'change note')} that touched it."
    return listing(path, title, description=description, content=content)


def _insides(edition: Edition, folder: Folder) -> dict[str, Any]:
    """Sub-folders and files: a line each for those that changed last, the names of the others."""
    folders, more_folders = _parted(folder.folders.items(), lambda item: item[1].notes)
    files, more_files = _parted(folder.files.items(), lambda item: item[1])
    return {
        "folders": tuple(_inner(edition, folder, inner) for _, inner in folders),
        "more_folders": tuple(_inner(edition, folder, inner) for _, inner in more_folders),
        "files": tuple(_file(edition, folder, name, notes) for name, notes in files),
        "more_files": tuple(_file(edition, folder, name, notes) for name, notes in more_files),
        "unnamed": max(0, len(folder.folders) - SHOWN - NAMED)
        + max(0, len(folder.files) - SHOWN - NAMED),
    }


def _parted(
    things: Iterable[tuple[str, _Thing]],
    notes_of: Callable[[tuple[str, _Thing]], Sequence[int]],
) -> tuple[list[tuple[str, _Thing]], list[tuple[str, _Thing]]]:
    """Those whose last note is the newest, and the others, both in order of their names."""
    newest_first = sorted(things, key=lambda item: (notes_of(item)[0], item[0]))
    shown, named = newest_first[:SHOWN], newest_first[SHOWN : SHOWN + NAMED]
    return sorted(shown, key=_by_name), sorted(named, key=_by_name)


def _by_name(item: tuple[str, object]) -> tuple[str, str]:
    return item[0].casefold(), item[0]


def _inner(edition: Edition, around: Folder, folder: Folder) -> _Inner:
    inside = through(folder)
    return _Inner(
        label=name_within(around, inside),
        path=edition.places.folder(inside.path),
        count=len(inside.notes),
        newest=edition.rows[inside.notes[0]],
    )


def _file(edition: Edition, folder: Folder, name: str, notes: Sequence[int]) -> _File:
    path = posixpath.join(folder.path, name)
    source, own = _of_repository(edition, path)
    return _File(
        name=name,
        anchor=_anchor(name),
        count=len(notes),
        rows=tuple(edition.rows[number] for number in notes[:_NOTES_OF_A_FILE]),
        blob=source.blob(own),
        query=_query(edition, path),
    )


def _of_repository(edition: Edition, path: str) -> tuple[Source, str]:
    """The repository that a path of the tree lies in, and the path in it."""
    branch, _, inside = path.partition("/")
    if branch in edition.branches:
        return edition.branches[branch], inside
    return edition.book.source(""), path


def _query(edition: Edition, path: str) -> str:
    """What asks for the notes on a file or folder."""
    source, own = _of_repository(edition, path)
    of = (asking("repo", source.name) if source.name else "", asking("file", own) if own else "")
    return " ".join(filter(None, of))


def _anchor(name: str) -> str:
    return f"file-{dotted_folder(name)}"


def _title(folder: Folder) -> str:
    return f"{folder.path}/" if folder.path else "Files"


def _crumbs(edition: Edition, folder: Folder) -> tuple[tuple[str, str], ...]:
    """The pages above a folder's, from the top: their own names, and paths."""
    around = above(folder)
    labels = [
        "Files",
        *(name_within(outer, inner) for outer, inner in pairwise(around)),
    ]
    return tuple(
        (label, edition.places.folder(one.path)) for label, one in zip(labels, around, strict=False)
    )

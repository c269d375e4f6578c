"""What a page says about the files of a change: a tree, with links to the forge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log1p
from typing import NamedTuple

from changenote.checks.links import why_outside
from changenote.forge.links import Repository
from changenote.model.note import FileTouched, Note
from changenote.site import tree
from changenote.site.edition import Edition
from changenote.site.lists.files import file_place
from changenote.site.row import Row

MARKS = {
    "added": "A", "modified": "M", "deleted": "D", "renamed": "R", "copied": "C",
    "type_changed": "T", "unknown": "·",
}  # fmt: skip

MOST_OPEN = 40
"""With more files than this the folders are closed at first."""

_LONGEST_BAR = 6


class File(NamedTuple):
    """A file by its name inside its folder, and where the notes on it are listed, if others are.

    `notes` says how many; it is empty where there is no other.
    `plus` and `minus` are the lengths of its bar, by the lines added and removed.
    """

    name: str
    touched: FileTouched
    address: str | None
    notes: str
    place: str
    anchor: str
    plus: int
    minus: int


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder with the files of the change that lie in it; `place` lists the notes on it.

    Folders with nothing in them but one other folder are one with it: `app/cart/`.
    """

    name: str
    place: str
    count: int
    lines: tuple[int, int] | None
    is_closed: bool
    folders: tuple["Folder", ...]
    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class _Context:
    edition: Edition
    row: Row
    by_path: Mapping[str, FileTouched]
    most_lines: int


def touched(edition: Edition, row: Row) -> Folder | None:
    """The files as a tree: its top, which has no name; None when there are none."""
    note, source = row.note, row.source
    named = (("/".join(tree.names_in(file.path)), file) for file in note.files)
    by_path = {source.in_tree(path): file for path, file in named if path}
    if not by_path:
        return None
    context = _Context(
        edition=edition,
        row=row,
        by_path=by_path,
        # A bar alone compares nothing.
        most_lines=max((f.added or 0) + (f.removed or 0) for f in note.files)
        if len(note.files) > 1
        else 0,
    )
    top = tree.tree([by_path]).by_path[source.branch]
    # One folder around all the others stays open: closed, it would hide everything.
    level = 2 if len(top.folders) + len(top.files) > 1 else 3
    return _folder(context, top, "", level if len(by_path) > MOST_OPEN else 0)


def lines_changed(note: Note) -> tuple[int, int] | None:
    """Lines added and removed in all files; None when nobody counted them."""
    return _lines(note.files)


def comparison(note: Note, repository: Repository | None) -> str | None:
    """Where the forge shows the whole difference."""
    if not repository or not note.source or not note.source.head:
        return None
    if note.source.base:
        return repository.compare(note.source.base, note.source.head)
    return repository.commit(note.source.head)


def _folder(context: _Context, folder: tree.Folder, name: str, levels_to_close: int) -> Folder:
    """A folder and what is in it; the one so many levels further down is closed."""
    inner = (tree.through(folder.folders[key]) for key in sorted(folder.folders))
    inside = list(_paths(folder))
    return Folder(
        name=name,
        place=context.edition.places.folder(folder.path),
        count=len(inside),
        lines=_lines([context.by_path[path] for path in inside]),
        is_closed=levels_to_close == 1,
        folders=tuple(
            _folder(context, f, tree.name_within(folder, f), levels_to_close - 1) for f in inner
        ),
        files=tuple(_file(context, folder, key) for key in sorted(folder.files)),
    )


def _paths(folder: tree.Folder) -> Iterator[str]:
    for name in folder.files:
        yield f"{folder.path}/{name}" if folder.path else name
    for inner in folder.folders.values():
        yield from _paths(inner)


def _file(context: _Context, folder: tree.Folder, name: str) -> File:
    path = f"{folder.path}/{name}" if folder.path else name
    one = context.by_path[path]
    place = file_place(context.edition, folder.path, name)
    plus, minus = _bar(one.added or 0, one.removed or 0, context.most_lines)
    return File(
        name=name,
        touched=one,
        address=_address(context.row.note, one, context.row.source.repository),
        notes=place.notes if place else "",
        place=place.path if place else "",
        anchor=place.anchor if place else "",
        plus=plus,
        minus=minus,
    )


def _bar(added: int, removed: int, most: int) -> tuple[int, int]:
    """A bar as long as there are lines, on a logarithmic scale, parted into plus and minus."""
    lines = added + removed
    if lines <= 0 or most <= 0:
        return 0, 0
    length = max(ceil(_LONGEST_BAR * log1p(lines) / log1p(most)), bool(added) + bool(removed))
    plus = min(max(round(length * added / lines), bool(added)), length - bool(removed))
    return plus, length - plus


def _lines(files: Sequence[FileTouched]) -> tuple[int, int] | None:
    added = [f.added for f in files if f.added is not None]
    removed = [f.removed for f in files if f.removed is not None]
    return (sum(added), sum(removed)) if added or removed else None


def _address(note: Note, touched: FileTouched, repository: Repository | None) -> str | None:
    """The file after the change; before it, when the change deleted it.

    None for a path with `..`: a browser would follow it into another repository.
    """
    if not repository or not note.source or why_outside(touched.path):
        return None
    revision = note.source.base if touched.change == "deleted" else note.source.head
    return repository.blob(revision, touched.path) if revision else None

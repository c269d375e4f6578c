"""What a page says about the files of a change: by folder, with links to the forge."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from changenote.forge.links import Repository
from changenote.model.note import FileTouched, Note

MARKS = {
    "added": "A", "modified": "M", "deleted": "D", "renamed": "R", "copied": "C",
    "type_changed": "T", "unknown": "·",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class File:
    """A file by its name inside its folder."""

    name: str
    touched: FileTouched
    address: str | None


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder with the files of the change that lie in it."""

    path: str
    files: tuple[File, ...]


def folders(note: Note, repository: Repository | None) -> Iterator[Folder]:
    """The files by folder, folders in order of the alphabet."""
    grouped: dict[str, list[File]] = {}
    for touched in note.files:
        folder, name = posixpath.split(touched.path)
        address = _address(note, touched, repository)
        grouped.setdefault(folder, []).append(File(name=name, touched=touched, address=address))
    for folder in sorted(grouped):
        yield Folder(path=f"{folder}/" if folder else "./", files=tuple(grouped[folder]))


def lines_changed(note: Note) -> tuple[int, int] | None:
    """Lines added and removed in all files; None when nobody counted them."""
    added = [f.added for f in note.files if f.added is not None]
    removed = [f.removed for f in note.files if f.removed is not None]
    return (sum(added), sum(removed)) if added or removed else None


def comparison(note: Note, repository: Repository | None) -> str | None:
    """Where the forge shows the whole difference."""
    if not repository or not note.source or not note.source.head:
        return None
    if note.source.base:
        return repository.compare(note.source.base, note.source.head)
    return repository.commit(note.source.head)


def _address(note: Note, touched: FileTouched, repository: Repository | None) -> str | None:
    """The file after the change; before it, when the change deleted it."""
    if not repository or not note.source:
        return None
    revision = note.source.base if touched.change == "deleted" else note.source.head
    return repository.blob(revision, touched.path) if revision else None

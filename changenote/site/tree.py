"""Folders and files that notes touched. Notes are numbers here: their places in a list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

DEEPEST = 30
"""Folders below this one are part of a file's name: a hostile path makes no thousand folders."""


@dataclass(kw_only=True)
class Folder:
    """A folder with its files and sub-folders by name, and the notes that touched any of them.

    `path` has no `/` at its end and is empty for the top. Notes are in the order of their numbers.
    """

    path: str
    parent: "Folder | None"
    notes: list[int] = field(default_factory=list)
    files: dict[str, list[int]] = field(default_factory=dict)
    folders: dict[str, "Folder"] = field(default_factory=dict)

    @property
    def is_passage(self) -> bool:
        """Is there nothing in it but one other folder?"""
        return self.parent is not None and not self.files and len(self.folders) == 1


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All folders, by their paths."""

    by_path: dict[str, Folder]

    def __iter__(self) -> Iterator[Folder]:
        """The folders with something to tell apart in them, in order of their paths."""
        for path in sorted(self.by_path):
            if not self.by_path[path].is_passage:
                yield self.by_path[path]

    def add(self, number: int, files: Iterable[str]) -> None:
        """The files of one more note, whose number is larger than those before."""
        for path, name in dict.fromkeys(parted(file) for file in files):
            if not name:
                continue  # `.` or `/` is no file
            folder = _folder(self.by_path, path)
            folder.files.setdefault(name, []).append(number)
            _count(folder, number)

    def notes_of(self, file: str) -> list[int]:
        """The notes that touched a file; none for a file that no note touched."""
        folder, name = parted(file)
        found = self.by_path.get(folder)
        return found.files.get(name, []) if found else []


def tree(touched: Iterable[Iterable[str]]) -> Tree:
    """The folders of the files that each note touched; effort grows with their number alone."""
    grown = bare()
    for number, files in enumerate(touched):
        grown.add(number, files)
    return grown


def bare() -> Tree:
    """A tree of no files, to which notes are added."""
    return Tree(by_path={"": Folder(path="", parent=None)})


def parted(file: str) -> tuple[str, str]:
    """A file's folder and its name."""
    parts = names_in(file)
    at = min(len(parts) - 1, DEEPEST)
    return "/".join(parts[:at]), "/".join(parts[at:])


def names_in(path: str) -> list[str]:
    """The folders of a path, and the file; `.`, doubled and trailing `/` are none."""
    return [name for name in path.split("/") if name not in ("", ".")]


def name_within(outer: Folder, inner: Folder) -> str:
    """`main/java/` for a folder in `src`: passages between them are part of its name."""
    return inner.path.removeprefix(outer.path).removeprefix("/") + "/"


def through(folder: Folder) -> Folder:
    """The first folder, from this one downwards, that is no mere passage."""
    while folder.is_passage:
        (folder,) = folder.folders.values()
    return folder


def above(folder: Folder) -> list[Folder]:
    """The folders around one that are no passages, the top first."""
    found: list[Folder] = []
    parent = folder.parent
    while parent:
        if not parent.is_passage:
            found.append(parent)
        parent = parent.parent
    return found[::-1]


def _folder(by_path: dict[str, Folder], path: str) -> Folder:
    missing: list[str] = []
    while path not in by_path:
        path, _, name = path.rpartition("/")
        missing.append(name)
    folder = by_path[path]
    for name in reversed(missing):
        inner = Folder(path=f"{folder.path}/{name}".removeprefix("/"), parent=folder)
        folder.folders[name] = by_path[inner.path] = folder = inner
    return folder


def _count(folder: Folder | None, number: int) -> None:
    """A note counts once in every folder around a file: where it is in, it is further up too."""
    while folder and (not folder.notes or folder.notes[-1] != number):
        folder.notes.append(number)
        folder = folder.parent

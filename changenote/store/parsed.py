"""Notes without their YAML: those that have not changed come from the cache."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from changenote.model.note import Note
from changenote.model.packing import packed, unpacker
from changenote.records import record
from changenote.store.library import Kind, Library
from changenote.store.notes import StoredNote, understood

_NOTE = Kind(name="note")
_AT_A_TIME = 500


@record
class Parsed:
    """A note's file: `note` is what it says, None when it could not be understood.

    `stored` is the file as it was read now; None when that was not necessary, and then there is no
    problem with it.
    """

    file: str
    note: Note | None
    stored: StoredNote | None


def parsed(library: Library, files: Iterable[str] | None = None) -> Iterator[Parsed]:
    """The notes in some files or in all, one after the other; without what cannot be read.

    Few are in memory at a time, if nobody keeps them. Equal values in them are the same objects.
    """
    unpack = unpacker()
    waiting = iter(list(library.digests if files is None else files))
    while some := list(islice(waiting, _AT_A_TIME)):
        known = library.known(_NOTE, some)
        for file in some:
            if data := known.pop(file, None):
                yield Parsed(file=file, note=unpack(data), stored=None)
            elif (raw := library.read(file)) is not None:
                stored = understood(file, Path(library.paths[file]), raw)
                remember(library, stored)
                yield Parsed(file=file, note=stored.note, stored=stored)
    library.save()


def remember(library: Library, stored: StoredNote) -> None:
    """Keep a note that was just read with `Library.read`, if there is nothing odd about it."""
    is_plain = stored.note is not None and not stored.problems
    library.put(_NOTE, stored.file, packed(stored.note) if is_plain and stored.note else None)

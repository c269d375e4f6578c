"""Notes without their YAML: those that have not changed come from the cache."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from changenote.model.note import Note
from changenote.model.packing import packed, unpacker
from changenote.records import record
from changenote.store.library import Kind, Library, uncollected
from changenote.store.notes import StoredNote, understood

_NOTE = Kind(name="note")
_AT_A_TIME = 500


@record
class Parsed:
    """A note's file, and what it says: the note, or the file as it was read just now."""

    file: str
    what: Note | StoredNote

    @property
    def note(self) -> Note | None:
        """The note; None when the file could not be understood."""
        return self.what if isinstance(self.what, Note) else self.what.note


def parsed(library: Library, files: Iterable[str] | None = None) -> Iterator[Parsed]:
    """What some files say, or all, one after the other; without what cannot be read.

    There is no problem with a file of which nothing but the note is given. Few are in memory at a
    time, if nobody keeps them, and equal values in them are the same objects.
    """
    unpack = unpacker()
    waiting = iter(list(library.digests if files is None else files))
    while some := list(islice(waiting, _AT_A_TIME)):
        known = library.known(_NOTE, some)
        with uncollected():
            made = {file: unpack(data) for file, data in known.items() if data}
        for file in some:
            if note := made.pop(file, None):
                yield Parsed(file=file, what=note)
            elif (raw := library.read(file)) is not None:
                stored = understood(file, Path(library.paths[file]), raw)
                remember(library, stored)
                yield Parsed(file=file, what=stored)
    library.save()


def remember(library: Library, stored: StoredNote) -> None:
    """Keep a note that was just read with `Library.read`, if there is nothing odd about it."""
    is_plain = stored.note is not None and not stored.problems
    library.put(_NOTE, stored.file, packed(stored.note) if is_plain and stored.note else None)

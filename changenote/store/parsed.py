"""Notes without their YAML: those that have not changed come from the cache."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from changenote.model.note import Note
from changenote.model.packing import Unpackers, packed
from changenote.records import record
from changenote.store.library import Library, uncollected
from changenote.store.notes import StoredNote, understood
from changenote.store.tables import Kind

_NOTE = Kind(name="note")
_AT_A_TIME = 500
_REMEMBERED = 20  # times as many, whose texts are shared


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
    unpackers = Unpackers()
    every = list(library.digests if files is None else files)
    for number, start in enumerate(range(0, len(every), _AT_A_TIME)):
        some = every[start : start + _AT_A_TIME]
        if number % _REMEMBERED == 0:
            unpackers.forget()
        known = library.known(_NOTE, some)
        with uncollected():
            made = {file: unpackers.note(data) for file, data in known.items() if data}
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

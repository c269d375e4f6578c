"""Notes of which only what lists show is at hand, a tenth of what they are in memory.

A folded note is a `Note` like any other. The rest of it is kept as bytes, and unfolded when it is
asked for; few are unfolded at a time. So a hundred thousand notes can be looked at again and again.
"""

from dataclasses import fields
from json import dumps, loads
from zlib import compress, decompress

from changenote.model.note import Note
from changenote.model.packing import Unpackers, packed

_AT_HAND = (
    *("schema", "id", "title", "kind", "status", "owner", "service", "shipped"),
    *("tags", "stack", "related", "supersedes", "flags", "revision"),
)
"""What sorts, groups and names notes; nobody needs to unfold one for that."""

_INSIDE = tuple(field.name for field in fields(Note) if field.name not in _AT_HAND)
_WHOLE = 8_000
_AT_A_TIME = 1_000
_FAST = 1  # of zlib's levels; the next ones save little


class FoldedNote(Note):
    """A note that unfolds itself, without a word about it, for whoever asks for the rest."""

    _folds: "Folds"
    _data: bytes

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FoldedNote) and self._data == other._data:
            return True
        return isinstance(other, Note) and unfolded(self) == unfolded(other)

    __hash__ = Note.__hash__


def _inside(name: str) -> property:
    return property(lambda self: getattr(unfolded(self), name))


for _name in _INSIDE:
    setattr(FoldedNote, _name, _inside(_name))


class Folds:
    """Folds notes from the time on when it met `whole` ones; `at_a_time` at most are unfolded."""

    def __init__(self, whole: int = _WHOLE, at_a_time: int = _AT_A_TIME) -> None:
        self._left = whole
        self._at_a_time = at_a_time
        self._open: dict[bytes, Note] = {}
        self._unpackers = Unpackers()

    def folded(self, note: Note) -> Note:
        """The same note, in less memory unless there are few of them."""
        self._left -= 1
        return note if self._left >= 0 else self._folded(note)

    def _folded(self, note: Note) -> Note:
        made, put = object.__new__(FoldedNote), object.__setattr__
        for name in _AT_HAND:
            put(made, name, getattr(note, name))
        text = dumps(packed(note), ensure_ascii=False, separators=(",", ":"))
        put(made, "_data", compress(text.encode("utf-8", "surrogatepass"), _FAST))
        put(made, "_folds", self)
        return made

    def unfolded(self, data: bytes) -> Note:
        """The whole note."""
        found = self._open.get(data)
        if found is None:
            if len(self._open) >= self._at_a_time:
                self._open.clear()
                self._unpackers.forget()
            text = decompress(data).decode("utf-8", "surrogatepass")
            found = self._open[data] = self._unpackers.note(loads(text))
        return found


def unfolded(note: Note) -> Note:
    """A note as it was before it was folded, if it was."""
    return note._folds.unfolded(note._data) if isinstance(note, FoldedNote) else note

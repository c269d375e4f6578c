"""`Note` ↔ a short list of plain JSON data, for a cache: made and read many times faster than YAML.

A record is the list of its values in the order of its fields, null where one is the default, cut
after the last that is not. Nothing is validated: only what `packed` gave may be unpacked, by the
same version of this program.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from itertools import zip_longest
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin

from changenote.model.note import Note

Packer = Callable[[Any], Any]
Unpacker = Callable[[Any], Any]

_SAID_ONCE = {"id", "title", "reason", "expected", "run", "output", "base", "head", "deployment"}
"""Fields with a text of their own in each note; other texts are mostly those of notes before."""

_NOTHING: Mapping[str, Any] = {}


def packed(note: Note) -> list[Any]:
    """A note as plain JSON data."""
    made: list[Any] = _packer(Note)(note)
    return made


@cache
def _packer(kind: Hashable) -> Packer:
    if is_dataclass(kind) and isinstance(kind, type):
        return _record_packer(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union_packer([_packer(a) for a in arguments if a is not NoneType])
    if origin is tuple:
        return _list_packer(_packer(arguments[0]))
    return _text_of_time if kind in (date, datetime) else _itself


def _record_packer(kind: type) -> Packer:
    parts = [(f.name, _default(f), _packer(cast(Hashable, f.type))) for f in fields(kind)]

    def pack(record: Any) -> list[Any]:
        values = [
            None if (value := getattr(record, name)) == default else packer(value)
            for name, default, packer in parts
        ]
        while values and values[-1] is None:
            values.pop()
        return values

    return pack


def _default(field: Any) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _union_packer(packers: list[Packer]) -> Packer:
    # One number, or a tuple of them: neither needs more than JSON does by itself.
    return packers[0] if len(packers) == 1 else _itself


def _list_packer(item: Packer) -> Packer:
    return lambda values: [item(value) for value in values]


def _itself(value: Any) -> Any:
    return value


def _text_of_time(value: date) -> str:
    return value.isoformat()


class Unpackers:
    """Makes notes of packed ones. Those that it makes share what is equal in them."""

    def __init__(self) -> None:
        self._met: dict[Any, Any] = {}
        self._made: dict[Any, Unpacker] = {}
        self.note: Callable[[list[Any]], Note] = self._of(Note)

    def forget(self) -> None:
        """Let go of the texts of all notes up to now, for their memory not to grow with each."""
        self._met.clear()

    def _of(self, kind: Any, name: str = "") -> Unpacker:
        """What unpacks values of a kind, in a field of some name."""
        key = (kind, name in _SAID_ONCE)
        if key not in self._made:
            self._made[key] = self._new(kind, name)
        return self._made[key]

    def _new(self, kind: Any, name: str) -> Unpacker:
        if is_dataclass(kind):
            return self._of_record(kind)
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            kinds = [a for a in arguments if a is not NoneType]
            return self._of(kinds[0], name) if len(kinds) == 1 else _number_or_numbers
        if origin is tuple:
            return _of_list(self._of(arguments[0], name))
        if origin is Literal or kind is str:
            return _itself if name in _SAID_ONCE else self._met_before
        if origin is not None:
            return self._mapping_met_before if arguments[1] is str else _itself
        return _OF_TEXT.get(kind, _itself)

    def _met_before(self, value: Any) -> Any:
        return self._met.setdefault(value, value)

    def _mapping_met_before(self, value: dict[str, str]) -> Mapping[str, str]:
        found: Mapping[str, str] = self._met.setdefault(tuple(value.items()), value)
        return found

    def _of_record(self, kind: Any) -> Unpacker:
        parts = [(f.name, _shared_default(f), self._of(f.type, f.name)) for f in fields(kind)]
        new, put = object.__new__, object.__setattr__  # not its own, which take time to check

        def unpack(values: list[Any]) -> Any:
            made = new(kind)
            for (name, default, unpacker), value in zip_longest(parts, values):
                put(made, name, default if value is None else unpacker(value))
            return made

        return unpack


def _shared_default(field: Any) -> Any:
    """The default; an empty mapping is one and the same for all notes, which never change."""
    default = _default(field)
    return _NOTHING if default == {} else default


def _of_list(item: Unpacker) -> Unpacker:
    return lambda values: tuple(map(item, values))


def _number_or_numbers(value: Any) -> Any:
    return tuple(value) if type(value) is list else value


_OF_TEXT: dict[Any, Unpacker] = {datetime: datetime.fromisoformat, date: date.fromisoformat}

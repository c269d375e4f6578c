"""The reference of the note and of the config, from their types."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from changenote.config import REQUIRED_ONCE_SHIPPED, Config
from changenote.model.note import BUILT_IN_KINDS, Note
from changenote.model.reading import keys_of
from tests.documentation.tables import code, either, row, table

_WORDS = {
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    datetime: "time with a zone",
    date: "day",
    Any: "anything",
}
_MANY = {"text": "texts", "number": "numbers", "id of a note": "ids of notes"}
_FORMS = {
    "duration": "duration such as `15s`, `2m30s`, `1h`",
    "sha": "commit id in quotes",
    "path": "path from the repository's root",
    "id": "id of a note",
    "kind": f"{', '.join(map(code, BUILT_IN_KINDS))}, or a kind of your config",
}
_ONCE_SHIPPED = frozenset((*REQUIRED_ONCE_SHIPPED, "shipped"))


def note() -> str:
    """Every key of a note: those of the note itself, then those of its parts."""
    return "\n".join(_sections(Note, "", _ONCE_SHIPPED))


def config() -> str:
    """Every key of the config."""
    return "\n".join(_sections(Config, "", frozenset()))


def _sections(kind: type, path: str, later: frozenset[str]) -> Iterator[str]:
    """Tables of keys; `later` has the places that are needed once a change has shipped."""
    if path:
        yield f"### {code(path)}\n"
        yield f"{(kind.__doc__ or '').splitlines()[0]}\n"
    places = [(_joined(path, key), field) for key, field in _keys(kind)]
    head = ("Key", "What it holds", "Form")
    yield table(head, (_row(place, field, place in later) for place, field in places))
    for place, field in places:
        inner = _inner(field.type)
        if inner:
            yield from _sections(inner, place + _each(field.type), later)


def _keys(kind: type) -> Iterator[tuple[str, Field[Any]]]:
    return zip(keys_of(kind), fields(kind), strict=True)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _inner(kind: Any) -> type | None:
    """The type of the parts that a field holds, if it holds any."""
    if is_dataclass(kind) and isinstance(kind, type):
        return kind
    return next((inner for part in get_args(kind) if (inner := _inner(part))), None)


def _each(kind: Any) -> str:
    """What a path has between a field and the keys of its parts: `steps[]`, `kinds.NAME`."""
    return {tuple: "[]", Mapping: ".NAME"}.get(get_origin(kind), "")


def _row(place: str, field: Field[Any], later: bool) -> str:
    always = field.default is MISSING and field.default_factory is MISSING
    needed = "**Needed.** " if always else "**Needed once shipped.** " if later else ""
    form = f"{_form(place, field)}{_default(field)}"
    return row(code(place.rpartition(".")[2]), f"{needed}{field.metadata['doc']}", form)


def _form(place: str, field: Field[Any]) -> str:
    facts = field.metadata
    words = _words(field.type, place, _FORMS.get(facts["format"], "text"))
    if not facts["length"]:
        return words
    least, most = facts["length"]
    unit = "of them" if "list of" in words else "characters"
    return f"{words}, {f'{least} to' if least else 'at most'} {most:,} {unit}"


def _words(kind: Any, place: str, text: str) -> str:
    """A type in plain words; `text` is what texts of this field are."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return f"[keys](#{_anchor(place)})"
    if origin is Literal:
        return either([str(word) for word in parts])
    if origin in (Union, UnionType):
        chosen = [_words(part, place, text) for part in parts if part is not NoneType]
        return ", or ".join(chosen)
    if origin is tuple:
        each = _words(parts[0], place, text).split(", or ")
        return f"list of {', or '.join(_MANY.get(one, one) for one in each)}"
    if origin is Mapping:
        return f"{_words(parts[1], place + '.NAME', text)}, by name"
    return text if kind is str else _WORDS[kind]


def _anchor(place: str) -> str:
    """The anchor that MkDocs and forges give to a part's heading."""
    return place.replace(".", "").replace("[]", "").lower()


def _default(field: Field[Any]) -> str:
    value = field.default
    if value in (MISSING, None, (), False):
        return ""
    return f"; {code(str(value).lower() if value is True else str(value))} when left out"

"""A note as plain data, and the canonical form of it: fixed key order, absent parts left out."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, cast, get_args, get_origin

from changenote.model.note import Note
from changenote.model.reading import is_null, keys_of

_AS_IT_IS = frozenset((str, int, float, bool))


def plain(note: Note) -> dict[str, Any]:
    """The note as data that JSON has, in reading order: times as ISO 8601, what is not said or
    as it always is left out.
    """
    return _plain_part(note)


def content_sha256(data: Mapping[str, Any]) -> str:
    """SHA-256 of what a note says, `plain(note)`, as 64 hexadecimal digits; how its file is laid
    out and commented makes no difference.

    Taken over canonical JSON in UTF-8: sorted keys, no white space, and whole numbers without a
    fraction.
    """
    import json
    from hashlib import sha256

    text = json.dumps(_whole(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(data: Mapping[str, Any]) -> dict[str, Any]:
    """The note's data with keys in reading order; unknown keys follow, absent values are gone."""
    return _ordered(data, Note)


def keys_at(path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the mapping at a path of a note knows, in reading order; none where all are
    free.
    """
    kind: type | None = Note
    for part in path:
        if isinstance(part, str):
            kind = _inner_types(kind).get(part) if kind else None
    return keys_of(kind) if kind else ()


def _plain_part(part: Any) -> dict[str, Any]:
    return {
        name: _plain_value(value)
        for key, name, default in _defaults(cast(Hashable, type(part)))
        if (value := getattr(part, key)) != default
    }


@cache
def _defaults(kind: Hashable) -> tuple[tuple[str, str, Any], ...]:
    """Each field with its key as it is written and its default; `...` where it has none."""
    return tuple((f.name, f.name.rstrip("_"), _default(f)) for f in fields(cast(type, kind)))


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return ... if field.default is MISSING else field.default


def _plain_value(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is tuple:
        return [item if type(item) in _AS_IT_IS else _plain_value(item) for item in value]
    if isinstance(value, str | int | float):
        return value
    if is_dataclass(value):
        return _plain_part(value)
    if isinstance(value, tuple | list):
        return [_plain_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _whole(value: Any) -> Any:
    """867 and 867.0 are one number, whichever way somebody wrote it."""
    # Most values are texts: a call for each would take twice as long.
    if isinstance(value, dict):
        return {key: v if type(v) is str else _whole(v) for key, v in value.items()}
    if isinstance(value, list):
        return [v if type(v) is str else _whole(v) for v in value]
    return int(value) if type(value) is float and value.is_integer() else value


def _ordered(data: Mapping[str, Any], kind: type) -> dict[str, Any]:
    known = keys_of(kind)
    inner = _inner_types(kind)
    keys = [k for k in known if k in data] + [k for k in data if k not in known]
    if "x" in known and "x" in data:
        keys = [k for k in keys if k != "x"] + ["x"]
    # A part of which every key is absent is absent itself.
    ordered = ((key, _value(data[key], inner.get(key))) for key in keys)
    return {key: value for key, value in ordered if not _is_absent(value)}


def _value(value: Any, kind: type | None) -> Any:
    if kind is not None and isinstance(value, Mapping):
        return _ordered(value, kind)
    if kind is not None and isinstance(value, list | tuple):
        return [_value(item, kind) for item in value]
    return value


def _is_absent(value: Any) -> bool:
    return is_null(value) or (isinstance(value, list | tuple | Mapping) and not value)


@cache
def _inner_types(kind: Any) -> dict[str, type]:
    return {
        f.name.rstrip("_"): inner for f in fields(kind) if (inner := _part_type(f.type)) is not None
    }


def _part_type(annotation: Any) -> type | None:
    """The dataclass inside `Part`, `Part | None` or `tuple[Part, ...]`."""
    if is_dataclass(annotation) and isinstance(annotation, type):
        return annotation
    if get_origin(annotation) is None and not get_args(annotation):
        return None
    found = (_part_type(a) for a in get_args(annotation) if a not in (NoneType, Ellipsis))
    return next((f for f in found if f is not None), None)

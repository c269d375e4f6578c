"""The canonical form of plain note data: fixed key order, absent parts left out."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

from changenote.model.note import Note
from changenote.model.reading import is_null, keys_of


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


def _ordered(data: Mapping[str, Any], kind: type) -> dict[str, Any]:
    known = keys_of(kind)
    inner = _inner_types(kind)
    keys = [k for k in known if k in data] + [k for k in data if k not in known]
    if "x" in known and "x" in data:
        keys = [k for k in keys if k != "x"] + ["x"]
    return {k: _value(data[k], inner.get(k)) for k in keys if not _is_absent(data[k])}


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

"""Bulk requests of OpenSearch and Elasticsearch, and the mapping of an index for them.

Both take the same: https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from changenote.exchange.exported import DERIVED, Exported, compact, document
from changenote.model.note import Note
from changenote.model.reading import keys_of

INDEX = "changenotes"

Data = dict[str, Any]

# A keyword of more than 32,766 bytes would refuse the whole document; four bytes a character.
_KEYWORD: Data = {"type": "keyword", "ignore_above": 8000}
_TITLE: Data = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
_KEPT: Data = {"type": "object", "enabled": False}
"""Kept and given back, but not searched: a field for each key somebody thinks of has no end."""

_SCALARS: dict[Any, Data] = {
    bool: {"type": "boolean"},
    int: {"type": "long", "ignore_malformed": True},
    float: {"type": "double", "ignore_malformed": True},
    datetime: {"type": "date", "ignore_malformed": True},
    date: {"type": "date", "ignore_malformed": True},
}
_JSON: dict[str, Data] = {
    "string": _KEYWORD,
    "boolean": _SCALARS[bool],
    "number": _SCALARS[float],
}


def pairs(notes: Iterable[Exported]) -> Iterator[str]:
    """For each note what to do with it, and the note: two lines. The same again replaces it."""
    for one in notes:
        action = {"index": {"_index": INDEX, "_id": one.key}}
        yield f"{compact(action)}\n{compact(document(one))}\n"


def mapping() -> Data:
    """The body with which the index is made: texts, words, times and numbers as what they are.

    What is not in it is kept in the documents and not searched.
    """
    derived = {key: _of_json(shape) for key, shape in DERIVED.items()}
    # So that a query can ask for the name and the verdict of one and the same metric.
    derived["metrics"] = {"type": "nested", **derived["metrics"]}
    known = {**_of_record(Note), "title": _TITLE, "derived": _properties(derived)}
    return {"mappings": _properties(known)}


def _properties(of: Mapping[str, Any]) -> Data:
    return {"dynamic": False, "properties": dict(of)}


def _of_record(kind: Any) -> Data:
    known = zip(keys_of(kind), fields(kind), strict=True)
    return {key: _of_type(field.type, field.metadata) for key, field in known}


def _of_type(kind: Any, facts: Mapping[str, Any]) -> Data:
    if is_dataclass(kind):
        return _properties(_of_record(kind))
    if kind is str:
        return _KEYWORD if facts["pattern"] or facts["format"] else {"type": "text"}
    if kind in _SCALARS:
        return _SCALARS[kind]
    origin, inner = get_origin(kind), [one for one in get_args(kind) if one is not NoneType]
    if origin is Literal:
        return _KEYWORD if isinstance(inner[0], str) else _SCALARS[int]
    if origin is Mapping:
        return _KEPT
    # A list has no type of its own, and a choice of types is a number or numbers.
    is_words = origin is tuple and inner[0] is str
    return _KEYWORD if is_words else _of_type(inner[0], facts)


def _of_json(shape: Data) -> Data:
    """The type of a key of `derived`."""
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if kinds[0] == "array":
        return _of_json(shape["items"])
    if kinds[0] == "object":
        return _properties({key: _of_json(inner) for key, inner in shape["properties"].items()})
    return _JSON[kinds[0]]

"""The JSON Schema of a note, for editors that complete and validate, made from the types."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from changenote.model.checklists import ANSWERS, BUILT_IN, Groups
from changenote.model.fields import Field, Fields
from changenote.model.note import Note
from changenote.model.reading import keys_of

NO_FIELDS: Fields = {}

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Any: {},
}


def json_schema(
    kinds: Sequence[str],
    services: Sequence[str] = (),
    *,
    groups: Groups = BUILT_IN,
    fields: Fields = NO_FIELDS,
) -> dict[str, Any]:
    """The schema (draft 2020-12) of a team's notes, with its kinds, services, lists and fields."""
    schema = _schema_of(Note)
    schema["properties"]["kind"] = {**schema["properties"]["kind"], "enum": list(kinds)}
    schema["properties"]["kind"].pop("pattern", None)
    if services:
        schema["properties"]["service"]["enum"] = [*services, None]
    schema["properties"]["checklist"]["properties"] = {
        group: _checklist(group, items) for group, items in groups.items()
    }
    if fields:
        schema["properties"]["x"]["properties"] = {n: _field(f) for n, f in fields.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Change note",
        "description": (Note.__doc__ or "").splitlines()[0],
        **schema,
    }


def _checklist(group: str, items: Sequence[str]) -> dict[str, Any]:
    answer = {
        "description": "ok, na, todo or fail, and what you like after it.",
        "type": "string",
        "examples": list(ANSWERS),
    }
    return {
        "description": f"What was looked at: {group}.",
        "type": "object",
        "properties": {item: dict(answer) for item in items},
        "additionalProperties": {"type": "string"},
    }


_FIELD_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": ["string", "number", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "url": {"type": ["string", "null"], "format": "uri", "pattern": "^https?://"},
}


def _field(field: Field) -> dict[str, Any]:
    known = _FIELD_TYPES.get(field.type) or {"enum": [*field.choices, None]}
    return {"description": field.doc or field.expected, **known}


def _schema_of(kind: Any) -> dict[str, Any]:
    """One part: unknown keys are allowed, because they are kept and warned about, not refused."""
    properties = {}
    required = []
    for key, field in zip(keys_of(kind), fields(kind), strict=True):
        properties[key] = _described(_type(field.type), field.metadata)
        if field.default is MISSING and field.default_factory is MISSING:
            required.append(key)
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _described(schema: dict[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"description": facts["doc"], **schema}
    if facts["pattern"]:
        schema["pattern"] = f"^(?:{facts['pattern']})$"
    for option in schema.get("anyOf", [schema]):
        if facts["length"]:
            option.update(_length(option, facts["length"]))
    return schema


def _length(schema: dict[str, Any], length: tuple[int, int]) -> dict[str, Any]:
    kinds = schema.get("type", ())
    if "array" in kinds:
        return {"minItems": length[0], "maxItems": length[1]}
    return {"minLength": length[0], "maxLength": length[1]} if "string" in kinds else {}


def _type(kind: Any) -> dict[str, Any]:
    if is_dataclass(kind):
        return _schema_of(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _any_of(arguments)
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is not None:
        return {"type": "object", "additionalProperties": _type(arguments[1])}
    return dict(_SCALARS[kind])


def _any_of(arguments: tuple[Any, ...]) -> dict[str, Any]:
    options = [_type(a) for a in arguments if a is not NoneType]
    if len(options) > 1:
        return {"anyOf": [*options, {"type": "null"}]}
    schema = options[0]
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    elif "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema

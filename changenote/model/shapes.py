"""Pieces of JSON Schema, each with the sentence that describes it."""

from typing import Any

Data = dict[str, Any]

TEXT: Data = {"type": "string"}
DIGEST: Data = {"pattern": "^[0-9a-f]{64}$"}
"""What a SHA-256 looks like."""


def shape(kind: str | list[str], doc: str, **more: Any) -> Data:
    """A value of one type, or of one of several."""
    return {"description": doc, "type": kind, **more}


def optional(kind: str, doc: str, **more: Any) -> Data:
    """A value of one type, or null."""
    return shape([kind, "null"], doc, **more)


def record_of(doc: str, properties: Data, **more: Any) -> Data:
    """An object in which every key is there, and others may come with a later version."""
    return shape("object", doc, properties=properties, required=list(properties), **more)


def list_of(doc: str, items: Data) -> Data:
    """An array of values of one shape."""
    return shape("array", doc, items=items)

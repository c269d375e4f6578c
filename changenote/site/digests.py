"""A short name for any value: the same for the same value, in every process and on every machine.

What is compared between two builds goes through here: `hash()` differs from one process to the
next, and a `repr` may hold an address.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from pathlib import PurePath
from typing import Any

_LENGTH = 16  # bytes


def digest_of_bytes(content: bytes) -> str:
    """The digest of a file, in hexadecimal digits."""
    return blake2b(content, digest_size=_LENGTH).hexdigest()


def digest_of(value: object) -> str:
    """The digest of texts, numbers, dates, records and collections of such.

    What has a `digest` of its own stands for that. A mapping counts with its order, as pages show
    it; a set counts without. Raises `TypeError` for anything else.
    """
    return digest_of_bytes(_ENCODER.encode(value).encode("ascii"))


def _plain(value: object) -> object:
    """What JSON cannot hold, as something that it can."""
    kind: Any = type(value)
    return _way(kind)(value)


@cache
def _way(kind: Any) -> Callable[[Any], object]:
    """How values of a type become something that JSON can hold."""
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    if "digest" in names or hasattr(kind, "digest"):
        return attrgetter("digest")
    if names:
        values = attrgetter(*names)
        return lambda value: (kind.__name__, values(value))
    if issubclass(kind, bytes):
        return digest_of_bytes
    if issubclass(kind, Mapping):
        return lambda value: list(value.items())
    if issubclass(kind, set | frozenset):
        return lambda value: sorted(map(digest_of, value))
    return _way_to_text(kind)


def _way_to_text(kind: type[Any]) -> Callable[[Any], str]:
    if issubclass(kind, date | time):
        return lambda value: str(value.isoformat())
    if issubclass(kind, PurePath):
        return lambda value: str(value.as_posix())
    if issubclass(kind, Enum):
        return attrgetter("name")
    raise TypeError(f"{kind.__name__} has no digest")


_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_plain)

"""A short name for any value: the same for the same value, in every process and on every machine.

What is compared between two builds goes through here: `hash()` differs from one process to the
next, and a `repr` may hold an address.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from hashlib import blake2b
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


def _plain(value: Any) -> object:
    """What JSON cannot hold, as something that it can."""
    if own := getattr(value, "digest", None):
        return own
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(getattr(value, name) for name in _names(type(value)))]
    if isinstance(value, bytes):
        return digest_of_bytes(value)
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, set | frozenset):
        return sorted(digest_of(one) for one in value)
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, Enum):
        return value.name
    raise TypeError(f"{type(value).__name__} has no digest")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_plain)

"""The few facts that every command starts with, each in a small file of JSON in the cache.

It is read faster than a YAML parser is imported, and than a database.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from changenote import __version__
from changenote.errors import ChangenoteError
from changenote.store import files

_LAYOUT = "1"


def remembered(folder: Path, name: str, raw: bytes, compute: Callable[[bytes], Any]) -> Any:
    """`compute(raw)`, or what it gave the last time when the bytes are the same."""
    import json  # not needed by the first note of a project without a config

    path = folder / f"{name}.json"
    # The bytes themselves are the key: they are few, and importing hashlib takes longer.
    key = f"{_LAYOUT} {__version__} {raw.decode('latin-1')}"
    with suppress(OSError, ValueError, TypeError, KeyError):
        known = json.loads(path.read_bytes())
        if known["key"] == key:
            return known["value"]
    value = compute(raw)
    with suppress(OSError, ChangenoteError):
        files.prepare_cache(folder)
        if path.is_symlink():  # what a link leads to would be replaced
            return value
        was = path.read_bytes() if path.exists() else None
        files.replace(path, json.dumps({"key": key, "value": value}), was=was)
    return value

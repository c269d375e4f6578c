"""What was worked out from notes, kept by the hash of their text; safe to delete at any time.

A row is the JSON of a pure function's result for one file. It is looked up by a hash of the file's
name and bytes and of everything else the function depends on, so a row is never stale: it is found
or it is not. A damaged or locked index is a slow one, never a wrong one.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changenote import __version__
from changenote.errors import ChangenoteError
from changenote.store import files

if TYPE_CHECKING:
    from changenote.store.database import Database

_LAYOUT = "1"
_LAID_OUT = (
    "CREATE TABLE IF NOT EXISTS derived"
    " (kind TEXT, key BLOB, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
)


def derived(
    folder: Path,
    kind: str,
    files: Mapping[str, bytes],
    compute: Callable[[str, bytes], Any],
    *,
    depends_on: str = "",
) -> dict[str, Any]:
    """`compute(name, bytes)` for every file, from the index where it has been done before.

    The result must be plain JSON data. `depends_on` names whatever else the result hangs on.
    """

    def compute_each(fresh: Mapping[str, bytes]) -> dict[str, Any]:
        return {file: compute(file, raw) for file, raw in fresh.items()}

    return derived_together(
        folder, kind, files, compute_each, depends_on=depends_on, holds=_for_ever
    )


def derived_together(
    folder: Path,
    kind: str,
    files: Mapping[str, bytes],
    compute: Callable[[Mapping[str, bytes]], Mapping[str, Any]],
    *,
    depends_on: str = "",
    holds: Callable[[Any], bool],
) -> dict[str, Any]:
    """Like `derived`, where all that is not in the index, or no longer `holds`, is done in one go.

    `compute` gives a result for each file that it is given, and is not called for none.
    """
    import json

    keys = _keys(kind, files, depends_on)
    found = _at_hand(folder, kind, keys)
    new = {f: raw for f, raw in files.items() if f not in found or not holds(found[f])}
    if new:
        computed = compute(new)
        fresh = {keys[f]: json.dumps(r, ensure_ascii=False) for f, r in computed.items()}
        _remember(folder, kind, fresh, set(keys.values()))
        found.update(computed)
    return {file: found[file] for file in files}


def known(
    folder: Path, kind: str, files: Mapping[str, bytes], *, depends_on: str = ""
) -> dict[str, Any]:
    """What is in the index already of all that `derived` would give; nothing is worked out."""
    return _at_hand(folder, kind, _keys(kind, files, depends_on))


def _for_ever(_row: Any) -> bool:
    return True


def remembered(folder: Path, name: str, raw: bytes, compute: Callable[[bytes], Any]) -> Any:
    """`compute(raw)`, or what it gave the last time when the bytes are the same.

    For the few facts that every command starts with: a small file of JSON is read faster than a
    YAML parser is imported.
    """
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


def _keys(kind: str, files: Mapping[str, bytes], depends_on: str) -> dict[str, bytes]:
    from changenote.store import database  # not needed by `new`

    salt = "\0".join((database.program(), kind, depends_on)).encode()
    return {file: _key(salt, file, raw) for file, raw in files.items()}


def _at_hand(folder: Path, kind: str, keys: Mapping[str, bytes]) -> dict[str, Any]:
    """The rows that are there, by file; none when one of them is damaged."""
    import json

    texts = _look_up(folder, kind, set(keys.values()))
    at_hand = [file for file, key in keys.items() if key in texts]
    try:
        rows = json.loads(f"[{','.join(texts[keys[file]] for file in at_hand)}]")  # faster in one
        return dict(zip(at_hand, rows, strict=True))
    except (ValueError, TypeError):
        return {}


def _key(salt: bytes, file: str, raw: bytes) -> bytes:
    from hashlib import blake2b

    digest = blake2b(salt, digest_size=16)
    digest.update(f"\0{file}\0".encode("utf-8", "surrogatepass"))
    digest.update(raw)
    return digest.digest()


def _look_up(folder: Path, kind: str, keys: set[bytes]) -> dict[bytes, str]:
    from changenote.store import database

    def rows(opened: "Database") -> dict[bytes, str]:
        every = opened.execute("SELECT key, value FROM derived WHERE kind = ?", (kind,))
        return {key: value for key, value in every if key in keys}

    return database.asked(folder, rows, {})


def _remember(folder: Path, kind: str, fresh: Mapping[bytes, str], current: set[bytes]) -> None:
    """Add rows; drop the rows of files that are gone or changed once they outnumber the others."""
    from changenote.store import database

    def write(into: "Database") -> None:
        into.execute(_LAID_OUT)
        into.executemany(
            "INSERT OR REPLACE INTO derived VALUES (?, ?, ?)",
            [(kind, key, value) for key, value in fresh.items()],
        )
        rows = into.execute("SELECT key FROM derived WHERE kind = ?", (kind,)).fetchall()
        stale = [(kind, key) for (key,) in rows if key not in current]
        if len(stale) > len(current):
            into.executemany("DELETE FROM derived WHERE kind = ? AND key = ?", stale)

    database.told(folder, write)

"""Answers to questions that take long to ask, kept by a hash of what was asked; safe to delete.

What `library` keeps belongs to a note's file and goes when that changes. An answer belongs to a
question, whatever it is about: a line of commits is about no file, and what git tells of a note is
told of other commits than today's. It is found by everything that it hangs on, so it is never
stale. A damaged or locked cache is a slow one, never a wrong one.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from changenote.store.database import Database

_LAID_OUT = (
    "CREATE TABLE IF NOT EXISTS answers"
    " (kind TEXT, key BLOB, answer TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
)


def answered(
    folder: Path,
    kind: str,
    questions: Mapping[str, bytes],
    ask: Callable[[Mapping[str, bytes]], Mapping[str, Any]],
    *,
    depends_on: str = "",
    holds: Callable[[Any], bool],
) -> dict[str, Any]:
    """The answer to each question by its name, from the cache where it `holds`.

    All others are asked in one go: `ask` answers each question that it is given with plain JSON
    data, and is not called for none. `depends_on` names what else the answers hang on.
    """
    import json

    keys = _keys(kind, questions, depends_on)
    found = _at_hand(folder, kind, keys)
    new = {n: raw for n, raw in questions.items() if n not in found or not holds(found[n])}
    if new:
        told = ask(new)
        fresh = {keys[n]: json.dumps(answer, ensure_ascii=False) for n, answer in told.items()}
        _remember(folder, kind, fresh, set(keys.values()))
        found.update(told)
    return {name: found[name] for name in questions}


def known(
    folder: Path, kind: str, questions: Mapping[str, bytes], *, depends_on: str = ""
) -> dict[str, Any]:
    """The answers of all that `answered` would give which are known; nothing is asked."""
    return _at_hand(folder, kind, _keys(kind, questions, depends_on))


def _keys(kind: str, questions: Mapping[str, bytes], depends_on: str) -> dict[str, bytes]:
    from changenote.store import database  # not needed by `new`

    salt = "\0".join((database.program(), kind, depends_on)).encode()
    return {name: _key(salt, name, raw) for name, raw in questions.items()}


def _at_hand(folder: Path, kind: str, keys: Mapping[str, bytes]) -> dict[str, Any]:
    """The rows that are there, by name; none when one of them is damaged."""
    import json

    texts = _look_up(folder, kind, set(keys.values()))
    at_hand = [name for name, key in keys.items() if key in texts]
    try:
        rows = json.loads(f"[{','.join(texts[keys[name]] for name in at_hand)}]")  # faster in one
        return dict(zip(at_hand, rows, strict=True))
    except (ValueError, TypeError):
        return {}


def _key(salt: bytes, name: str, raw: bytes) -> bytes:
    from hashlib import blake2b

    digest = blake2b(salt, digest_size=16)
    digest.update(f"\0{name}\0".encode("utf-8", "surrogatepass"))
    digest.update(raw)
    return digest.digest()


def _look_up(folder: Path, kind: str, keys: set[bytes]) -> dict[bytes, str]:
    from changenote.store import database

    def rows(opened: "Database") -> dict[bytes, str]:
        every = opened.execute("SELECT key, answer FROM answers WHERE kind = ?", (kind,))
        return {key: answer for key, answer in every if key in keys}

    return database.asked(folder, rows, {})


def _remember(folder: Path, kind: str, fresh: Mapping[bytes, str], current: set[bytes]) -> None:
    """Add rows; drop those of other questions once they outnumber the others."""
    from changenote.store import database

    def write(into: "Database") -> None:
        into.execute(_LAID_OUT)
        into.executemany(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
            [(kind, key, answer) for key, answer in fresh.items()],
        )
        rows = into.execute("SELECT key FROM answers WHERE kind = ?", (kind,)).fetchall()
        stale = [(kind, key) for (key,) in rows if key not in current]
        if len(stale) > len(current):
            into.executemany("DELETE FROM answers WHERE kind = ? AND key = ?", stale)

    database.told(folder, write)

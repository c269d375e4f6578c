"""One SQLite file for whatever can be worked out again; it may be deleted at any time.

SQLite, because two processes may write at once, because one row can be changed without writing
the others again, and because a part can be read without the rest: see `benchmarks/index.py`.
Whatever is wrong with the file, reading it finds nothing and writing it starts anew.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from sys import hexversion
from typing import Any, TypeVar

from changenote import __version__
from changenote.store.files import prepare_cache

Answer = TypeVar("Answer")
Database = Any
"""An open `sqlite3.Connection`: the module is loaded when it is needed."""

LAYOUT = 2
"""Counts up with the tables. Each layout has a file of its own: an open one is never replaced."""

_WAIT = 2  # seconds for another process to end its writing
_WAITED_FOR: set[Path] = set()  # in vain: whoever holds one of these is not waited for again
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", ""}  # the last one: text that is not UTF-8
_STRANGE = "SELECT 1 FROM sqlite_master WHERE sql NOT LIKE 'CREATE TABLE %'"
"""Finds views and the like, which run what somebody else wrote, maybe without an end."""

_PAGE = 16_384  # bytes: a parsed note of 2 to 3 kB is not parted


def path_in(folder: Path) -> Path:
    """The file in a cache folder."""
    return folder / f"index-{LAYOUT}.sqlite"


def asked(folder: Path, question: Callable[[Database], Answer], otherwise: Answer) -> Answer:
    """What the database tells, all as of one moment; `otherwise` when it cannot be read."""
    import sqlite3

    path = path_in(folder)
    try:
        if not _is_ours(path):
            return otherwise
        with closing(_connected(path)) as database:
            database.execute("BEGIN")
            answer = question(database)
        _WAITED_FOR.discard(path)
        return answer
    except sqlite3.Error as error:
        _note_what_is_wrong(path, error)
    except (OSError, ValueError, TypeError):  # what was read is not what anybody wrote
        pass
    return otherwise


def told(folder: Path, change: Callable[[Database], None]) -> bool:
    """Change the database as a whole or not at all. False when it cannot be written."""
    import sqlite3

    path = path_in(folder)
    try:
        prepare_cache(folder)
        if os.path.lexists(path) and not _is_ours(path):
            return False
        with closing(_connected(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            change(database)
            database.execute("COMMIT")
        _WAITED_FOR.discard(path)
    except sqlite3.Error as error:
        _note_what_is_wrong(path, error)
        return False
    except OSError:
        return False
    return True


@cache
def program() -> str:
    """Changes with this program and with Python, and with every edit in a checkout of it."""
    package = Path(__file__).parent.parent
    layers = ("model", "checks", "store", "git_facts")
    edited = (_edited(os.fspath(package / layer)) for layer in layers)
    return f"{__version__} {hexversion:x} {' '.join(chain.from_iterable(edited))}"


def _edited(folder: str) -> Iterator[str]:
    """When each file of code was changed last, in a fixed order."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            if entry.is_dir():
                yield from _edited(entry.path) if entry.name != "__pycache__" else ()
            elif entry.name.endswith(".py"):
                yield f"{entry.stat().st_mtime_ns:x}"


def _is_ours(path: Path) -> bool:
    """Is it a plain file? A link could lead to the database of another program."""
    return path.is_file() and not path.is_symlink()


def _connected(path: Path) -> Database:
    import sqlite3

    wait = 0 if path in _WAITED_FOR else _WAIT
    database = sqlite3.connect(path, timeout=wait, isolation_level=None)
    database.execute(f"PRAGMA page_size = {_PAGE}")  # counts for a new file alone
    database.execute("PRAGMA synchronous = OFF")  # a lost row is worked out again
    if database.execute(_STRANGE).fetchone():
        database.close()
        raise sqlite3.DatabaseError("there is more than tables in it")
    return database


def _note_what_is_wrong(path: Path, error: Any) -> None:
    """Take a file away that is no use to anybody; not one that is locked, or cannot be written."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_BUSY"):
        _WAITED_FOR.add(path)
    elif name in _DAMAGED:
        with suppress(OSError):
            path.unlink()
            path.with_name(f"{path.name}-journal").unlink()

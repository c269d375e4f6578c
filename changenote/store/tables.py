"""The tables that a `Library` is kept in: how files look, and what is known of them, by file and by
month.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import time_ns
from typing import Any

from changenote.records import record
from changenote.store import database, months
from changenote.store.database import Database
from changenote.store.months import Look

Known = tuple[str, bytes, int, int, int, int]
"""A file, its digest, its size, the times in ns of its last writing and change, its inode."""

UNSEEN: Look = (-1, 0, 0, 0)
"""In the place of size, times and inode: no file looks like this."""

AT_A_TIME = 500
_CLOCK = "clock"

_FILES = (
    "CREATE TABLE IF NOT EXISTS files (file TEXT PRIMARY KEY, digest BLOB, size INTEGER,"
    " written INTEGER, changed INTEGER, inode INTEGER) WITHOUT ROWID"
)
_SALTS = "CREATE TABLE IF NOT EXISTS salts (kind TEXT PRIMARY KEY, salt TEXT) WITHOUT ROWID"
_ROWS = (
    "CREATE TABLE IF NOT EXISTS {} (file TEXT PRIMARY KEY, digest BLOB, sum INTEGER, value BLOB)"
    " WITHOUT ROWID"
)
_MONTHS = (
    "CREATE TABLE IF NOT EXISTS months (kind TEXT, month TEXT, sum INTEGER, value BLOB,"
    " PRIMARY KEY (kind, month)) WITHOUT ROWID"
)
_LOOKS = ""
"""In the place of a kind: how the files of a month look."""

_SELECT = "SELECT file, digest, sum, value FROM {}"
_INSERT = "INSERT OR REPLACE INTO {} VALUES (?, ?, ?, ?)"
_DELETE = "DELETE FROM {} WHERE file = ?"

Row = tuple[str, bytes, int, bytes]


@record
class Kind:
    """One thing that is kept of each note: plain JSON data, or with `is_raw` bytes, but not none.

    `depends_on` names what it hangs on besides the note's file and this program.
    """

    name: str
    depends_on: str = ""
    is_raw: bool = False


def _went_back(opened: Database) -> bool:
    """Is the clock behind the moment of the last writing?"""
    ((clock,),) = opened.execute("SELECT salt FROM salts WHERE kind = ?", (_CLOCK,))
    return int(clock) > time_ns()


def known(opened: Database, files: Sequence[str]) -> dict[str, Known]:
    """What is known of each file; if the clock went back since, none of them looks like before."""
    select = "SELECT file, digest, size, written, changed, inode FROM files"
    rows: list[Known] = [row for some in _parted(files) for row in _of_some(opened, select, some)]
    if _went_back(opened):
        return {row[0]: (*row[:2], *UNSEEN) for row in rows}
    return {row[0]: row for row in rows}


def looks_of_months(opened: Database) -> dict[str, bytes]:
    """How the files of each month looked; nothing if the clock went back since."""
    return {} if _went_back(opened) else _whole(opened, _LOOKS)


def of_months(opened: Database, kind: Kind) -> dict[str, bytes]:
    """What is known of the files of each month in one piece."""
    return _whole(opened, kind.name) if _holds(opened, kind) else {}


def _whole(opened: Database, kind: str) -> dict[str, bytes]:
    from zlib import crc32

    select = "SELECT month, sum, value FROM months WHERE kind = ?"
    return {
        month: value
        for month, check, value in opened.execute(select, (kind,))
        if crc32(value) == check
    }


def _month(which: tuple[Kind | None, str], value: bytes) -> tuple[str, str, int, bytes]:
    from zlib import crc32

    kind, month = which
    return (kind.name if kind else _LOOKS, month, crc32(value), value)


def _holds(opened: Database, kind: Kind) -> bool:
    salt = opened.execute("SELECT salt FROM salts WHERE kind = ?", (kind.name,)).fetchone()
    return bool(salt == (_salt(kind),))


def rows(opened: Database, kind: Kind, wanted: Sequence[str] | None) -> list[Row]:
    """What is known of some files, or of all, one by one."""
    if not _holds(opened, kind):
        return []
    select = _SELECT.format(_table(kind.name))
    if wanted is None:
        found: list[Row] = opened.execute(select).fetchall()
        return found
    return [row for some in _parted(wanted) for row in _of_some(opened, select, some)]


def _of_some(opened: Database, select: str, files: Sequence[str]) -> Any:
    marks = ", ".join("?" * len(files))
    return opened.execute(f"{select} WHERE file IN ({marks})", files)


def _parted(files: Sequence[str]) -> Iterator[Sequence[str]]:
    fitting = [file for file in files if _fits(file)]
    for start in range(0, len(fitting), AT_A_TIME):
        yield fitting[start : start + AT_A_TIME]


def values(kind: Kind, raws: Sequence[bytes]) -> Sequence[Any]:
    """What `raw` made bytes of. Raises `ValueError` for anything else."""
    if kind.is_raw:
        return [raw or None for raw in raws]
    import json

    values: list[Any] = json.loads(b"[%b]" % b",".join(raws))  # much faster than one by one
    return values


def of_month(kind: Kind, raws: Sequence[bytes]) -> bytes:
    """The values of a month in one."""
    return months.joined(raws) if kind.is_raw else b"[%b]" % b",".join(raws)


def values_of_month(kind: Kind, kept: bytes, about: bytes, count: int) -> Sequence[Any]:
    """Each of them. Raises `ValueError` when they are about something else, or are not whole."""
    if not kept.startswith(about):
        raise ValueError("it is about something else")
    if kind.is_raw:
        return [raw or None for raw in months.parted(kept, len(about), count)]
    import json

    values: list[Any] = json.loads(kept[len(about) :])
    return values


def raw(kind: Kind, value: Any) -> bytes:
    """A value as the database keeps it."""
    return bytes(value or b"") if kind.is_raw else as_json(value)


def as_json(value: Any) -> bytes:
    """Plain data as short JSON, in which a text stands as it is, if it needs no escapes."""
    import json

    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a character: only an escape can hold it
        return json.dumps(value, separators=(",", ":")).encode()


def write(
    into: Database,
    looks: Iterable[Known],
    rows: Mapping[Kind, Sequence[Row]],
    whole: Mapping[tuple[Kind | None, str], bytes],
) -> None:
    """Write down how files look, what is known of each, and of months in one piece."""
    _lay_out(into, {*rows, *(kind for kind, _ in whole if kind)})
    into.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
        [known for known in looks if _fits(known[0])],
    )
    into.execute("INSERT OR REPLACE INTO salts VALUES (?, ?)", (_CLOCK, str(time_ns())))
    for kind, some in rows.items():
        fitting = [row for row in some if _fits(row[0])]
        into.executemany(_INSERT.format(_table(kind.name)), fitting)
    into.executemany(
        _INSERT.format("months"),
        [_month(*one) for one in whole.items() if _fits(one[0][1])],
    )


def _lay_out(into: Database, kinds: Iterable[Kind]) -> None:
    """Make the tables that are not there; rows of a kind that hang on something else are gone."""
    into.execute(_FILES)
    into.execute(_SALTS)
    into.execute(_MONTHS)
    salts = dict(into.execute("SELECT kind, salt FROM salts"))
    for kind in kinds:
        if salts.get(kind.name) != _salt(kind):
            into.execute(f"DROP TABLE IF EXISTS {_table(kind.name)}")
            into.execute("DELETE FROM months WHERE kind = ?", (kind.name,))
            into.execute("INSERT OR REPLACE INTO salts VALUES (?, ?)", (kind.name, _salt(kind)))
        into.execute(_ROWS.format(_table(kind.name)))


def forget_the_gone(into: Database, paths: Mapping[str, str]) -> None:
    """Drop what is known of files that are gone once they outnumber the others.

    Not at once: they come back when another branch is checked out.
    """
    files = [file for (file,) in into.execute("SELECT file FROM files")]
    gone = [(file,) for file in files if file not in paths]
    if len(gone) <= len(paths):
        return
    kinds = [kind for (kind,) in into.execute("SELECT kind FROM salts") if kind != _CLOCK]
    for table in ("files", *map(_table, kinds)):
        into.executemany(_DELETE.format(table), gone)
    into.execute("DELETE FROM months")  # those that are left are put together again


def _table(kind: str) -> str:
    return f'"of each: {kind}"'


def _fits(file: str) -> bool:
    """Can the database hold the name? A file whose name is not UTF-8 is read anew each time."""
    return file.isascii() or file.isprintable()


def _salt(kind: Kind) -> str:
    return f"{database.program()} {kind.depends_on}"

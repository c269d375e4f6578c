"""All notes of a project as they are on disk, and what was worked out of each, kept in the cache.

A file is known by its size, times and inode, as in git's index; by a hash of its bytes where these
differ. What was worked out belongs to that hash, to this program and to what else it hangs on: it
is found, or it is worked out again.

A file that was changed in the moment in which it was read may look the same as before. So one that
is hardly older than its reading is read again the next time (git calls it racily clean), and so
are all of them after the clock went back.
"""

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import time_ns
from typing import Any

from changenote.records import record
from changenote.store import database, months
from changenote.store.database import Database
from changenote.store.files import prepare_cache
from changenote.store.months import Look

Known = tuple[str, bytes, int, int, int, int]
"""A file, its digest, its size, the times in ns of its last writing and change, its inode."""

_UNSEEN: Look = (-1, 0, 0, 0)
"""In the place of size, times and inode: no file looks like this."""

_LARGEST = 2**63 - 1  # of the numbers that a database holds; some file systems have larger inodes
_COARSEST = 2_000_000_000  # ns: FAT keeps even seconds
_AT_A_TIME = 500
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

_Row = tuple[str, bytes, int, bytes]


@record
class Kind:
    """One thing that is kept of each note: plain JSON data, or with `is_raw` bytes, but not none.

    `depends_on` names what it hangs on besides the note's file and this program.
    """

    name: str
    depends_on: str = ""
    is_raw: bool = False


class Library:
    """The notes' files by the names that findings have for them, and what is known of each.

    `paths` are where they are (see `notes.listed`), `digests` those of the files that can be read,
    both in order. Several processes may work with one cache at a time: what each finds in it
    belongs together, or is not found.
    """

    def __init__(self, folder: Path, paths: Mapping[str, str]) -> None:
        self.paths = paths
        self.digests: dict[str, bytes] = {}
        self._folder = folder
        self._fresh: dict[str, Known] = {}
        self._rows: dict[Kind, list[_Row]] = {}
        self._months = months.by_month(paths)
        self._whole: dict[tuple[Kind | None, str], bytes] = {}
        with uncollected():
            self._look()

    def _look(self) -> None:
        """Look at each file once, and closer where anything in its month is not as it was."""
        kept: dict[str, bytes] = database.asked(self._folder, _looks_of_months, {})
        paths, seen = self.paths, _seen
        closer: dict[str, list[Look | None]] = {}
        for month, files in self._months.items():
            looks = [seen(paths[file]) for file in files]
            digests = months.digests_kept(kept.get(month, b""), files, looks)
            if digests is None:
                closer[month] = looks
            else:
                self.digests.update(zip(files, digests, strict=True))
        if closer:
            self._look_closer(closer)

    def _look_closer(self, closer: Mapping[str, list[Look | None]]) -> None:
        wanted = [file for month in closer for file in self._months[month]]
        known: dict[str, Known] = database.asked(self._folder, lambda o: _known(o, wanted), {})
        uncertain = []
        for month, looks in closer.items():
            for file, seen in zip(self._months[month], looks, strict=True):
                was = known.get(file)
                if was is not None and was[2:] == seen:
                    self.digests[file] = was[1]
                elif seen is not None:
                    uncertain.append(file)
        if uncertain:
            self._read_each(uncertain, known)
        self.digests = {file: self.digests[file] for file in self.paths if file in self.digests}
        for month in closer:
            self._keep_looks(month, {**known, **self._fresh})

    def _keep_looks(self, month: str, known: Mapping[str, Known]) -> None:
        """Keep a month in which every file would be known again by its looks."""
        files = self._months[month]
        entries = [known[file] for file in files if file in known and file in self.digests]
        if len(entries) == len(files) and all(entry[2:] != _UNSEEN for entry in entries):
            looks = (entry[2:] for entry in entries)
            digests = (entry[1] for entry in entries)
            self._whole[None, month] = months.looks_kept(files, looks, digests)

    def _read_each(self, files: Iterable[str], known: Mapping[str, Known]) -> None:
        safe_until = _moment(self._folder) - _COARSEST
        for file in files:
            seen = _seen(self.paths[file])  # before it is read: what is read is no older
            raw = bytes_of(self.paths[file])
            if raw is not None and seen is not None:
                is_safe = max(seen[1], seen[2]) < safe_until
                entry = (file, digest_of(raw), *(seen if is_safe else _UNSEEN))
                self.digests[file] = entry[1]
                if entry != known.get(file):
                    self._fresh[file] = entry

    def read(self, file: str) -> bytes | None:
        """The bytes of a file as it is now, for `put`; None when it cannot be read any more."""
        raw = bytes_of(self.paths[file])
        if raw is None:
            self.digests.pop(file, None)
        elif (digest := digest_of(raw)) != self.digests.get(file):
            self.digests[file] = digest  # changed since we looked: nobody knows when
            self._fresh[file] = (file, digest, *_UNSEEN)
        return raw

    def known(self, kind: Kind, files: Iterable[str] | None = None) -> dict[str, Any]:
        """What is known of each of the files, or of all; those of which nothing is are left out."""
        with uncollected():
            if files is None:
                return self._known_of_all(kind)
            sound = self._sound(kind, list(files))
            try:
                return dict(zip(sound, _values(kind, list(sound.values())), strict=True))
            except ValueError:
                return {}

    def _known_of_all(self, kind: Kind) -> dict[str, Any]:
        kept: dict[str, bytes] = database.asked(self._folder, lambda o: _of_months(o, kind), {})
        found: dict[str, Any] = {}
        others = {}
        for month, every in self._months.items():
            files = [file for file in every if file in self.digests]
            about = months.about(self.digests, files)
            try:
                values = _values_of_month(kind, kept.pop(month, b""), about, len(files))
                found.update(zip(files, values, strict=True))
            except ValueError:
                others[month] = files
        if others:
            found.update(self._known_of_others(kind, others))
            found = {file: found[file] for file in self.digests if file in found}
        return found

    def _known_of_others(self, kind: Kind, others: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """What is known of files one by one; kept in one piece where nothing is missing."""
        wanted = [file for files in others.values() for file in files]
        sound = self._sound(kind, None if len(wanted) == len(self.digests) else wanted)
        try:
            found = dict(zip(sound, _values(kind, list(sound.values())), strict=True))
        except ValueError:
            return {}
        for month, files in others.items():
            if files and all(file in sound for file in files):
                raws = [sound[file] for file in files]
                about = months.about(self.digests, files)
                self._whole[kind, month] = about + _of_month(kind, raws)
        return found

    def _sound(self, kind: Kind, files: Sequence[str] | None) -> dict[str, bytes]:
        """The rows of some files, or of all, that belong to them as they are, and are whole."""
        from zlib import crc32

        none: list[_Row] = []
        rows = database.asked(self._folder, lambda opened: _rows(opened, kind, files), none)
        digests = self.digests.get
        return {
            file: value
            for file, digest, check, value in rows
            if digests(file) == digest and isinstance(value, bytes) and crc32(value) == check
        }

    def put(self, kind: Kind, file: str, value: Any) -> None:
        """Keep what was worked out of a file as it was read last."""
        from zlib import crc32

        raw = _raw(kind, value)
        rows = self._rows.setdefault(kind, [])
        rows.append((file, self.digests[file], crc32(raw), raw))
        if len(rows) >= _AT_A_TIME:
            self.save()

    def save(self) -> None:
        """Write down what is new. What cannot be written is worked out again the next time."""
        if self._fresh or self._rows or self._whole:
            database.told(self._folder, self._write)
            self._fresh, self._rows, self._whole = {}, {}, {}

    def _write(self, into: Database) -> None:
        _lay_out(into, {*self._rows, *(kind for kind, _ in self._whole if kind)})
        into.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
            [known for file, known in self._fresh.items() if _fits(file)],
        )
        into.execute("INSERT OR REPLACE INTO salts VALUES (?, ?)", (_CLOCK, str(time_ns())))
        for kind, rows in self._rows.items():
            fitting = [row for row in rows if _fits(row[0])]
            into.executemany(_INSERT.format(_table(kind.name)), fitting)
        into.executemany(
            _INSERT.format("months"),
            [_month(*one) for one in self._whole.items() if _fits(one[0][1])],
        )
        _forget_the_gone(into, self.paths)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: where there is none, that takes two thirds of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def digest_of(raw: bytes) -> bytes:
    """What stands for the bytes of a file."""
    from hashlib import blake2b  # not loaded when nothing has changed

    return blake2b(raw, digest_size=16).digest()


def bytes_of(path: str) -> bytes | None:
    """The bytes of a file; None when it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - ten thousand do without a Path each
            return file.read()
    except OSError:
        return None


def _seen(path: str) -> Look | None:
    try:
        now = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino & _LARGEST


def _moment(folder: Path) -> int:
    """What time it is in ns, by the clock that stamps files or by ours, whichever is behind."""
    mark = folder / "clock"
    try:
        prepare_cache(folder)
        if mark.is_symlink():
            return 0  # what a link leads to would be emptied
        mark.write_bytes(b"")
        return min(mark.stat().st_mtime_ns, time_ns())
    except OSError:
        return 0  # and nothing will be kept


def _went_back(opened: Database) -> bool:
    """Is the clock behind the moment of the last writing?"""
    ((clock,),) = opened.execute("SELECT salt FROM salts WHERE kind = ?", (_CLOCK,))
    return int(clock) > time_ns()


def _known(opened: Database, files: Sequence[str]) -> dict[str, Known]:
    """What is known of each file; if the clock went back since, none of them looks like before."""
    select = "SELECT file, digest, size, written, changed, inode FROM files"
    rows: list[Known] = [row for some in _parted(files) for row in _of_some(opened, select, some)]
    if _went_back(opened):
        return {row[0]: (*row[:2], *_UNSEEN) for row in rows}
    return {row[0]: row for row in rows}


def _looks_of_months(opened: Database) -> dict[str, bytes]:
    """How the files of each month looked; nothing if the clock went back since."""
    return {} if _went_back(opened) else _whole(opened, _LOOKS)


def _of_months(opened: Database, kind: Kind) -> dict[str, bytes]:
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


def _rows(opened: Database, kind: Kind, wanted: Sequence[str] | None) -> list[_Row]:
    if not _holds(opened, kind):
        return []
    select = _SELECT.format(_table(kind.name))
    if wanted is None:
        found: list[_Row] = opened.execute(select).fetchall()
        return found
    return [row for some in _parted(wanted) for row in _of_some(opened, select, some)]


def _of_some(opened: Database, select: str, files: Sequence[str]) -> Any:
    marks = ", ".join("?" * len(files))
    return opened.execute(f"{select} WHERE file IN ({marks})", files)


def _parted(files: Sequence[str]) -> Iterator[Sequence[str]]:
    fitting = [file for file in files if _fits(file)]
    for start in range(0, len(fitting), _AT_A_TIME):
        yield fitting[start : start + _AT_A_TIME]


def _values(kind: Kind, raws: Sequence[bytes]) -> Sequence[Any]:
    if kind.is_raw:
        return [raw or None for raw in raws]
    import json

    values: list[Any] = json.loads(b"[%b]" % b",".join(raws))  # much faster than one by one
    return values


def _of_month(kind: Kind, raws: Sequence[bytes]) -> bytes:
    """The values of a month in one."""
    return months.joined(raws) if kind.is_raw else b"[%b]" % b",".join(raws)


def _values_of_month(kind: Kind, kept: bytes, about: bytes, count: int) -> Sequence[Any]:
    """Each of them. Raises `ValueError` when they are about something else, or are not whole."""
    if not kept.startswith(about):
        raise ValueError("it is about something else")
    if kind.is_raw:
        return [raw or None for raw in months.parted(kept, len(about), count)]
    import json

    values: list[Any] = json.loads(kept[len(about) :])
    return values


def _raw(kind: Kind, value: Any) -> bytes:
    return bytes(value or b"") if kind.is_raw else as_json(value)


def as_json(value: Any) -> bytes:
    """Plain data as short JSON, in which a text stands as it is, if it needs no escapes."""
    import json

    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a character: only an escape can hold it
        return json.dumps(value, separators=(",", ":")).encode()


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


def _forget_the_gone(into: Database, paths: Mapping[str, str]) -> None:
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

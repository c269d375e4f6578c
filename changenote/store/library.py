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

from changenote.store import database, months, tables
from changenote.store.database import Database
from changenote.store.files import prepare_cache
from changenote.store.months import Look
from changenote.store.tables import Kind, Known

_LARGEST = 2**63 - 1  # of the numbers that a database holds; some file systems have larger inodes
_COARSEST = 2_000_000_000  # ns: FAT keeps even seconds


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
        self._rows: dict[Kind, list[tables.Row]] = {}
        self._months = months.by_month(paths)
        self._whole: dict[tuple[Kind | None, str], bytes] = {}
        with uncollected():
            self._look()

    def _look(self) -> None:
        """Look at each file once, and closer where anything in its month is not as it was."""
        kept: dict[str, bytes] = database.asked(self._folder, tables.looks_of_months, {})
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
        known: dict[str, Known] = database.asked(
            self._folder, lambda o: tables.known(o, wanted), {}
        )
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
        if len(entries) == len(files) and all(entry[2:] != tables.UNSEEN for entry in entries):
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
                entry = (file, digest_of(raw), *(seen if is_safe else tables.UNSEEN))
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
            self._fresh[file] = (file, digest, *tables.UNSEEN)
        return raw

    def known(self, kind: Kind, files: Iterable[str] | None = None) -> dict[str, Any]:
        """What is known of each of the files, or of all; those of which nothing is are left out."""
        with uncollected():
            if files is None:
                return self._known_of_all(kind)
            sound = self._sound(kind, list(files))
            try:
                return dict(zip(sound, tables.values(kind, list(sound.values())), strict=True))
            except ValueError:
                return {}

    def _known_of_all(self, kind: Kind) -> dict[str, Any]:
        kept: dict[str, bytes] = database.asked(
            self._folder, lambda o: tables.of_months(o, kind), {}
        )
        found: dict[str, Any] = {}
        others = {}
        for month, every in self._months.items():
            files = [file for file in every if file in self.digests]
            about = months.about(self.digests, files)
            try:
                values = tables.values_of_month(kind, kept.pop(month, b""), about, len(files))
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
            found = dict(zip(sound, tables.values(kind, list(sound.values())), strict=True))
        except ValueError:
            return {}
        for month, files in others.items():
            if files and all(file in sound for file in files):
                raws = [sound[file] for file in files]
                about = months.about(self.digests, files)
                self._whole[kind, month] = about + tables.of_month(kind, raws)
        return found

    def _sound(self, kind: Kind, files: Sequence[str] | None) -> dict[str, bytes]:
        """The rows of some files, or of all, that belong to them as they are, and are whole."""
        from zlib import crc32

        none: list[tables.Row] = []
        rows = database.asked(self._folder, lambda opened: tables.rows(opened, kind, files), none)
        digests = self.digests.get
        return {
            file: value
            for file, digest, check, value in rows
            if digests(file) == digest and isinstance(value, bytes) and crc32(value) == check
        }

    def put(self, kind: Kind, file: str, value: Any) -> None:
        """Keep what was worked out of a file as it was read last."""
        from zlib import crc32

        raw = tables.raw(kind, value)
        rows = self._rows.setdefault(kind, [])
        rows.append((file, self.digests[file], crc32(raw), raw))
        if len(rows) >= tables.AT_A_TIME:
            self.save()

    def save(self) -> None:
        """Write down what is new. What cannot be written is worked out again the next time."""
        if self._fresh or self._rows or self._whole:
            database.told(self._folder, self._write)
            self._fresh, self._rows, self._whole = {}, {}, {}

    def _write(self, into: Database) -> None:
        tables.write(into, self._fresh.values(), self._rows, self._whole)
        tables.forget_the_gone(into, self.paths)


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

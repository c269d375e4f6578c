"""`python -m benchmarks.index [N]`: ways to keep N parsed notes, compared.

What counts is processor time: to read all of them when nothing has changed, to write one that has,
and the size. Each way keeps the same: name, digest and what a file looked like, and the note.
msgpack and Python's marshal are here to be compared with. The first is a dependency; the second
trusts its input, and a cache may come from anybody.
"""

import argparse
import gc
import json
import marshal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Protocol

from benchmarks.notes import notes
from changenote.model.packing import Unpackers, packed
from changenote.model.reading import read_note

ROUNDS = 7

Entry = tuple[str, list[Any]]
"""A name and what is kept under it: what its file looked like, its digest, the packed note."""


class Way(Protocol):
    """One way to keep entries in a folder."""

    def write(self, folder: Path, entries: Sequence[Entry]) -> None:
        """Keep all of them."""

    def read(self, folder: Path) -> list[Any]:
        """All of them again."""

    def change(self, folder: Path, entries: Sequence[Entry], number: int) -> None:
        """Keep one that is new; all are in memory."""


class OneFile:
    """All entries in one file, written anew when one changes."""

    def __init__(self, dumps: Callable[[Any], bytes], loads: Callable[[bytes], Any]) -> None:
        self._dumps = dumps
        self._loads = loads

    def write(self, folder: Path, entries: Sequence[Entry]) -> None:
        (folder / "index").write_bytes(self._dumps([list(entry) for entry in entries]))

    def read(self, folder: Path) -> list[Any]:
        found: list[Any] = self._loads((folder / "index").read_bytes())
        return found

    def change(self, folder: Path, entries: Sequence[Entry], number: int) -> None:  # noqa: ARG002 - all are written
        self.write(folder, entries)


class FilePerNote:
    """Each entry in a file of its own."""

    def write(self, folder: Path, entries: Sequence[Entry]) -> None:
        for name, kept in entries:
            (folder / name).write_bytes(_json(kept))

    def read(self, folder: Path) -> list[Any]:
        return [json.loads(path.read_bytes()) for path in folder.iterdir()]

    def change(self, folder: Path, entries: Sequence[Entry], number: int) -> None:
        self.write(folder, entries[number : number + 1])


class Database:
    """Rows of JSON in SQLite; `page` is in bytes."""

    def __init__(self, page: int) -> None:
        self._page = page

    def write(self, folder: Path, entries: Sequence[Entry]) -> None:
        with closing(self._opened(folder)) as opened, opened:
            opened.execute(
                "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"
            )
            rows = ((name, _json(kept)) for name, kept in entries)
            opened.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)

    def read(self, folder: Path) -> list[Any]:
        with closing(self._opened(folder)) as opened:
            rows = opened.execute("SELECT value FROM kept").fetchall()
        found: list[Any] = json.loads(b"[%b]" % b",".join(value for (value,) in rows))
        return found

    def change(self, folder: Path, entries: Sequence[Entry], number: int) -> None:
        self.write(folder, entries[number : number + 1])

    def _opened(self, folder: Path) -> sqlite3.Connection:
        opened = sqlite3.connect(folder / "index.sqlite")
        opened.execute(f"PRAGMA page_size = {self._page}")
        opened.execute("PRAGMA synchronous = OFF")
        return opened


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def ways() -> Iterator[tuple[str, Way]]:
    """Every way, by name; msgpack only where it is installed."""
    yield "SQLite, pages of 4 kB", Database(4096)
    yield "SQLite, pages of 16 kB", Database(16384)
    yield "one file of JSON", OneFile(_json, json.loads)
    yield "a file of JSON each", FilePerNote()
    yield "one file of marshal", OneFile(marshal.dumps, marshal.loads)
    try:
        msgpack = import_module("msgpack")
    except ModuleNotFoundError:
        return
    yield "one file of msgpack", OneFile(msgpack.packb, msgpack.unpackb)


def entries_of(total: int) -> list[Entry]:
    """What would be kept of made-up notes."""
    every = []
    for number, data in enumerate(notes(total)):
        note, problems = read_note(data)
        if note is None:
            raise ValueError(problems)
        looks = [2400 + number, 1_700_000_000_000_000_000 + number, 10**18 + number, number]
        every.append((f"{note.id}.yaml", [*looks, "0" * 32, packed(note)]))
    return every


def _measured(way: Way, entries: Sequence[Entry]) -> tuple[float, float, int]:
    """ms to read all, ms to change one, and bytes on the disk."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        way.write(folder, entries)
        size = sum(path.stat().st_size for path in folder.iterdir())
        reads = [_ms(lambda: way.read(folder)) for _ in range(ROUNDS)]
        changes = [_ms(partial(way.change, folder, entries, n)) for n in range(ROUNDS)]
    return median(reads), median(changes), size


def _ms(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return (process_time() - start) * 1000


def _made(entries: Sequence[Entry]) -> float:
    """ms to make the notes of what was read."""
    every = [kept[-1] for _, kept in entries]

    def work() -> None:
        unpack = Unpackers().note
        for data in every:
            unpack(data)

    return median(_ms(work) for _ in range(3))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.index", description=__doc__)
    parser.add_argument("total", type=int, nargs="?", default=10_000, metavar="N")
    gc.disable()  # as `store.library` does: with 10,000 notes alive it would take most of the time
    entries = entries_of(parser.parse_args().total)
    print(f"{len(entries)} notes, CPU, median of {ROUNDS}")
    print(f"{'':<24}{'read all':>12}{'change one':>12}{'size':>10}")
    for name, way in ways():
        read, change, size = _measured(way, entries)
        print(f"{name:<24}{read:>9.1f} ms{change:>9.2f} ms{size / 1e6:>7.1f} MB")
    print(f"{'notes of what was read':<24}{_made(entries):>9.1f} ms")


if __name__ == "__main__":
    main()

"""What an export holds, and the notes that it is of."""

import json
from pathlib import Path

from changenote.exchange import columns
from changenote.model.note import Note
from changenote.store import notes
from changenote.store.project import find_project
from tests.duck import Row, asked
from tests.workshop import Workshop

FULL_NOTE = "changes/2026/20261122-k3f9xq-full.yaml"


def notes_of(shop: Workshop) -> list[Note]:
    """Every valid note, as its file is read."""
    return [one.note for one in notes.read_all(find_project(shop.folder)) if one.note]


def lines_of(text: str) -> list[Row]:
    """The documents of NDJSON."""
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


def is_full(document: Row) -> bool:
    """Is it the note that has every field?"""
    return bool(document["derived"]["file"] == FULL_NOTE)


def table(path: Path, query: str = "SELECT * FROM notes") -> list[Row]:
    """What DuckDB finds in a Parquet file, its view called `notes`."""
    times = [column.name for column in columns.COLUMNS if column.form == "time"]
    naive = ", ".join(f"{name} AT TIME ZONE 'UTC' AS {name}" for name in times)
    return asked(
        f"CREATE VIEW zoned AS FROM read_parquet('{path}')",
        # Python has no time zones of DuckDB's kind without a further package.
        f"CREATE VIEW notes AS FROM zoned SELECT * REPLACE ({naive})",
        query,
    )


def as_table(shop: Workshop, *more: str) -> Path:
    """The notes of a shop as Parquet."""
    done = shop.run("export", "--format", "parquet", "--to", "notes.parquet", "--force", *more)
    assert done.code in (0, 1), done.err
    return shop.folder / "notes.parquet"

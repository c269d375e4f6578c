"""A table with a row for each note, as Parquet, for engines that analyse."""

from collections.abc import Iterable
from importlib import import_module
from itertools import islice
from typing import IO, Any

from changenote.errors import ChangenoteError
from changenote.exchange.columns import COLUMNS, IN_METRICS
from changenote.exchange.exported import Exported

LIBRARY = "pyarrow>=22"
"""What the extra `parquet` asks for: by this name it is found on an index, too."""

ROWS = 1_000
"""Rows in a group: what is in memory at a time."""


def write(stream: IO[bytes], notes: Iterable[Exported]) -> int:
    """Write a table of notes, in their order; how many. Few are in memory at a time.

    Raises `ChangenoteError` when the library for it is not installed.
    """
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    schema = _schema(arrow)
    count, waiting = 0, iter(notes)
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        while some := list(islice(waiting, ROWS)):
            columns = [[column.of(one) for one in some] for column in COLUMNS]
            typed = zip(columns, schema.types, strict=True)
            arrays = [arrow.array(values, type=kind) for values, kind in typed]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))
            count += len(some)
    return count


def require() -> None:
    """Raise `ChangenoteError` when the library is not installed, before anything is done."""
    _library("pyarrow")


def is_there() -> bool:
    """Can this installation write Parquet?"""
    try:
        require()
    except ChangenoteError:
        return False
    return True


def _library(name: str) -> Any:
    # Not an import statement: it is 166 MB that nobody else needs, and has no types.
    try:
        return import_module(name)
    except ImportError as error:
        raise ChangenoteError(
            "this installation cannot write Parquet",
            expected="the library pyarrow",
            hint=f"`pip install '{LIBRARY}'`, or `--format ndjson`, which others read too.",
        ) from error


def _schema(arrow: Any) -> Any:
    types = {
        "text": arrow.string(),
        "time": arrow.timestamp("us", tz="UTC"),
        "whole": arrow.int64(),
        "number": arrow.float64(),
        "truth": arrow.bool_(),
    }
    metric = arrow.struct([(part.name, types[part.form]) for part in IN_METRICS])
    lists = {"texts": arrow.list_(types["text"]), "metrics": arrow.list_(metric)}
    every = {**types, **lists}
    return arrow.schema(
        [arrow.field(c.name, every[c.form], nullable=not c.is_always) for c in COLUMNS]
    )

"""`changenote export`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from changenote.checks.reports import block
from changenote.cli import console, options
from changenote.cli.exchanging.every_note import EveryNote
from changenote.errors import FINDINGS, UsageProblem
from changenote.exchange import bulk, columns, exported, parquet, readable, sheets
from changenote.exchange.exported import Exported

_FORMATS = ("ndjson", "json", "csv", "parquet", "markdown", "opensearch")
_TextsOf = Callable[[Iterable[Exported]], Iterator[str]]
_TEXTS: dict[str, _TextsOf] = {
    "ndjson": exported.lines,
    "json": exported.array,
    "markdown": readable.texts,
    "opensearch": bulk.pairs,
}
_SHAPES: dict[str, Callable[[], Any]] = {
    "ndjson": exported.schema,
    "json": exported.array_schema,
    "opensearch": bulk.mapping,
    "parquet": columns.described,
}
_ENDINGS: dict[str, tuple[str, ...]] = {
    ".ndjson": ("ndjson", "opensearch"),
    ".jsonl": ("ndjson", "opensearch"),
    ".json": ("json", "ndjson", "opensearch"),
    ".csv": ("csv",),
    ".parquet": ("parquet",),
    ".md": ("markdown",),
    ".markdown": ("markdown",),
}
"""What a file of that ending may hold; the first is meant when nothing else is said."""
_COMES_BACK = ("json", "ndjson")
"""What `changenote import` makes notes of again: as they are written, secrets too."""
_TABLES = tuple(sheets.SHEETS)
_SHOWN_EVERY = 500
_STOPPED = 130  # as a shell has it


@click.command()
@click.option(
    "--format",
    "given",
    type=click.Choice(_FORMATS),
    help="What to write; otherwise what the file's ending says, or ndjson.",
)
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write to, not stdout; parquet needs one.",
)
@click.option(
    "--table",
    type=click.Choice(_TABLES),
    help=f"The table that csv is of: {_TABLES[0]} unless you say so.",
)
@click.option("--force", is_flag=True, help="Write over the file if it is there.")
@options.sources("A checkout of another repository whose notes to add; again for each of several.")
@click.option(
    "--schema",
    "only_shape",
    is_flag=True,
    help="Print the JSON Schema, the mapping of an index, or the columns; no notes.",
)
def command(
    given: str | None,
    path: Path | None,
    table: str | None,
    force: bool,
    sources: tuple[str, ...],
    only_shape: bool,
) -> int:
    """Write all notes for other programs, or for people.

    ndjson is a note on each line, json a list of the same, csv a table for spreadsheets (of notes,
    or with --table of their metrics or files), parquet a table for DuckDB, Spark and others (it
    needs `pip install 'pyarrow>=22'`), markdown a document to read, newest first, and opensearch
    the bulk format of OpenSearch and Elasticsearch. `changenote import json` brings json and ndjson
    back as notes.

    json and ndjson have each note as it is written: they are what comes back. In what is for others
    alone, a secret that stands in a note is taken out, as on the site.

    The notes are those of this repository, of `sources:` in your config, and of --source. A file
    that is no valid note is named, and the exit code is 1; the others are written.
    """
    form = _form(given, path)
    sheet = _sheet(form, table)
    if only_shape:
        console.data(_shape(form, sheet))
        return 0
    _refuse_early(form, path, force)
    every = _every(sources, form)
    rows = _Rows(sheet)
    texts_of = _TEXTS.get(form, partial(sheets.texts, rows.counted))
    if path:
        _write(form, path, force, every, texts_of)
        _say_written(path, every.count, rows.count if form == "csv" and table else None)
    elif not _print(texts_of(every)):
        return _STOPPED
    return _told(every)


class _Rows:
    """A table that counts its rows while they are written."""

    def __init__(self, sheet: sheets.Sheet) -> None:
        self.count = 0
        self._sheet = sheet
        self.counted = replace(sheet, rows=self._rows)

    def _rows(self, one: Exported) -> Iterator[Any]:
        for row in self._sheet.rows(one):
            self.count += 1
            yield row


def _form(given: str | None, path: Path | None) -> str:
    """What is to be written. Raises `UsageProblem` when format and ending of the file differ."""
    fitting = _ENDINGS.get(path.suffix.lower()) if path else None
    if given is None:
        return fitting[0] if fitting else "ndjson"
    if path and fitting and given not in fitting:
        raise UsageProblem(
            f"--format {given} does not go with the ending of {path}",
            expected=f"--format {fitting[0]}, or another ending",
            hint=f"Without --format, {path.suffix} is {fitting[0]}.",
        )
    return given


def _sheet(form: str, table: str | None) -> sheets.Sheet:
    if table and form != "csv":
        raise UsageProblem(
            f"--table {table} does not go with --format {form}",
            expected="--format csv, which has several tables",
            hint=f"`changenote export --format csv --table {table}`",
        )
    return sheets.SHEETS[table or _TABLES[0]]


def _shape(form: str, sheet: sheets.Sheet) -> Any:
    if form == "markdown":
        raise UsageProblem(
            "--format markdown has no schema",
            expected="a format for programs",
            hint="`changenote export --format json --schema` has the shape of a note.",
        )
    return sheets.described(sheet) if form == "csv" else _SHAPES[form]()


def _refuse_early(form: str, path: Path | None, force: bool) -> None:
    """Raise what would stop the work at its end."""
    if path is None and form == "parquet":
        first = "" if parquet.is_there() else f"`pip install '{parquet.LIBRARY}'`, and then "
        raise UsageProblem(
            "--format parquet needs --to FILE",
            expected="a file: Parquet is no text",
            hint=f"{first}`changenote export --format parquet --to notes.parquet`",
        )
    if form == "parquet":
        parquet.require()
    if path and path.exists() and not (force and path.is_file()):
        raise _taken(path)


def _taken(path: Path) -> UsageProblem:
    what = "a folder" if path.is_dir() else "there already"
    return UsageProblem(
        f"{path} is {what}",
        expected="the name of a new file",
        hint="--force writes over a file.",
    )


def _every(sources: tuple[str, ...], form: str) -> EveryNote:
    from changenote.site.sources import checkouts

    found = checkouts(options.project_of(sources), options.absolute(sources))
    for remark in found.remarks:
        console.notice(remark.text)
    return EveryNote(
        found.each, newest_first=form == "markdown", without_secrets=form not in _COMES_BACK
    )


def _print(texts: Iterable[str]) -> bool:
    """Print all; was it not stopped by Ctrl-C?"""
    try:
        console.stream(texts)
    except KeyboardInterrupt:
        console.notice("\nStopped. What was printed is not all.")
        return False
    return True


def _write(form: str, path: Path, force: bool, every: EveryNote, texts_of: _TextsOf) -> None:
    from changenote.store.files import streamed

    notes = _with_status(every)
    made = next((one for one in reversed(path.parents) if not one.exists()), None)
    try:
        with streamed(path, over=force) as stream:
            if form == "parquet":
                parquet.write(stream, notes)
            else:
                stream.writelines(text.encode() for text in texts_of(notes))
    except FileExistsError:
        raise _taken(path) from None
    finally:
        console.status("")
    if made:
        console.notice(f"Made the folder {made}.")


def _say_written(path: Path, notes: int, rows: int | None) -> None:
    """How much is in the file; of a table with its rows, which are not one for each note."""
    count = f"{notes} {'note' if notes == 1 else 'notes'}"
    if rows is not None:
        count = f"{rows} {'row' if rows == 1 else 'rows'} of {count}"
    console.out(f"{count} in {path}")


def _with_status(every: Iterable[Exported]) -> Iterator[Exported]:
    """The same, with a line on a terminal that says how far it is."""
    for count, one in enumerate(every):
        if count % _SHOWN_EVERY == 0:
            console.status(f"{count} notes …")
        yield one


def _told(every: EveryNote) -> int:
    """Name what is not in the export; the exit code."""
    for finding in every.findings:
        console.notice(block(finding).rstrip("\n"))
    if every.left_out:
        are = "file is no valid note" if every.left_out == 1 else "files are no valid notes"
        console.notice(f"{every.left_out} {are}: not in the export.")
    return FINDINGS if every.findings or every.left_out else 0

"""Tables of plain cells as CSV: of notes, and of what a note has several of.

RFC 4180 in UTF-8. A text can be no formula where it is opened in a spreadsheet, see
https://owasp.org/www-community/attacks/CSV_Injection
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from changenote.exchange.columns import COLUMNS, IN_METRICS, Column, Form
from changenote.exchange.exported import Exported
from changenote.model.note import FileTouched
from changenote.patterns import pattern

END_OF_ROW = "\r\n"
BETWEEN = "; "
"""Stands between the texts of a list."""

# What a spreadsheet takes for a formula, also one in East Asia. It may stand where a cell begins,
# or where one would that is parted at other signs or lines, as spreadsheets of some countries do.
# An apostrophe counts too, so that the one which is put in front can be told from others.
_FORMULA = pattern(
    "(^|[;\t\r\n])"
    "(?=(?:[^\\S\t\r\n]|[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])*+"
    "[=+\\-@'＝＋－＠])"  # noqa: RUF001 - these are the wide ones
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: its columns, each with name, form and what it says, and the rows of a note."""

    doc: str
    columns: tuple[tuple[str, Form, str], ...]
    rows: Callable[[Exported], Iterable[Sequence[Any]]]


def texts(sheet: Sheet, notes: Iterable[Exported]) -> Iterator[str]:
    """The table: a line of names, then its rows, those of each note together."""
    yield _row(name for name, _, _ in sheet.columns)
    for one in notes:
        yield "".join(map(_row, sheet.rows(one)))


def described(sheet: Sheet) -> list[dict[str, Any]]:
    """The columns for programs."""
    return [{"name": name, "form": form, "description": doc} for name, form, doc in sheet.columns]


def _row(values: Iterable[Any]) -> str:
    return ",".join(map(_cell, values)) + END_OF_ROW


def _cell(value: Any) -> str:
    """A value as it stands between commas: nothing for None, texts alone in quotation marks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    text = value if isinstance(value, str) else BETWEEN.join(value)
    return '"' + harmless(text).replace('"', '""') + '"'


def harmless(text: str) -> str:
    """A text that is no formula: an apostrophe stands in front of what could begin one."""
    return _FORMULA.sub(r"\1'", text)


_FITTING = tuple(c for c in COLUMNS if c.form != "metrics" and c.name != "note")


def _fitting(one: Exported) -> list[Any]:
    return [column.of(one) for column in _FITTING]


def _first(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)


_WHOSE = tuple(map(_first, ("key", "id", "service", "status", "shipped_at")))
"""The columns that say whose part it is, in tables of parts."""


def _named(columns: Iterable[Column]) -> tuple[tuple[str, Form, str], ...]:
    return tuple((column.name, column.form, column.doc) for column in columns)


def _whose(one: Exported) -> list[Any]:
    return [column.of(one) for column in _WHOSE]


def _of_metrics(one: Exported) -> Iterator[list[Any]]:
    for metric, verdict in one.judged:
        yield [*_whose(one), *(part.of(metric, verdict) for part in IN_METRICS)]


def _of_files(one: Exported) -> Iterator[list[Any]]:
    for file in one.note.files:
        yield [*_whose(one), *(of(file) for _, _, _, of in _IN_FILES)]


_IN_FILES: tuple[tuple[str, Form, str, Callable[[FileTouched], Any]], ...] = (
    ("path", "text", "Path from the repository's root.", lambda file: file.path),
    ("change", "text", "What happened to it.", lambda file: file.change),
    ("from", "text", "The path before a rename or copy.", lambda file: file.from_),
    ("added", "whole", "Lines added.", lambda file: file.added),
    ("removed", "whole", "Lines removed.", lambda file: file.removed),
)

SHEETS = {
    "notes": Sheet(
        doc="a row for each note",
        columns=_named(_FITTING),
        rows=lambda one: [_fitting(one)],
    ),
    "metrics": Sheet(
        doc="a row for each metric of a note",
        columns=(*_named(_WHOSE), *((part.name, part.form, part.doc) for part in IN_METRICS)),
        rows=_of_metrics,
    ),
    "files": Sheet(
        doc="a row for each file that a note names",
        columns=(*_named(_WHOSE), *((name, form, doc) for name, form, doc, _ in _IN_FILES)),
        rows=_of_files,
    ),
}
"""The tables by their names. Columns may be added at the end; none is taken away."""

"""CSV: a heading, and a line for each run; also with `;` or tabs.

The unit is taken from a heading such as `time (ms)`, `time [ms]` or `time_ms`.
"""

import re
from collections.abc import Iterator

from changenote.capture.results.document import Document
from changenote.capture.results.numbers import number_in
from changenote.capture.results.series import Series
from changenote.errors import BadResult
from changenote.model.problems import did_you_mean, shown
from changenote.model.units import is_size, is_time
from changenote.patterns import pattern

NAME = "csv"
_IN_BRACKETS = pattern(r"(.*\S)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*")
_SUFFIX = pattern(r"(.*[^_\W])[_ ]([A-Za-zµμ%]+)")
_NUMERIC = pattern(
    r"\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*|\s*[-+]?(?:nan|inf(?:inity)?)\s*", re.IGNORECASE
)


def recognises(document: Document) -> bool:
    """Is the first line a heading of columns, with as many cells in the next?"""
    if document.json:
        return False
    try:
        rows = list(_rows(document, most=2))
    except BadResult:
        return False
    if len(rows) < 2 or len(rows[0]) != len(rows[1]):
        return False
    named = all(cell.strip() and not _NUMERIC.fullmatch(cell) for cell in rows[0])
    return named and any(_NUMERIC.fullmatch(cell) for cell in rows[1])


def series(document: Document) -> list[Series]:
    """Every column that holds numbers, one number for each line."""
    rows = list(_rows(document))
    heading, lines = rows[0], rows[1:]
    if not lines:
        raise BadResult(
            f"{document.file} has a heading and no lines",
            expected="a line for each run",
            hint="see whether the tool failed, and run it again",
        )
    found = [_series(name, i, lines, document) for i, name in enumerate(heading)]
    return [s for s in found if s is not None]


def of_column(document: Document, column: str) -> list[Series]:
    """The one column of that name; every cell of it must be a number."""
    rows = list(_rows(document))
    heading = [cell.strip() for cell in rows[0]]
    names = {
        name: i
        for i, cell in reversed(list(enumerate(heading)))
        for name in (cell, _named(cell)[0])
    }
    if column not in names:
        raise BadResult(
            f"{document.file} has no column {shown(column)!r}",
            expected=f"one of {shown(', '.join(heading), limit=150)}",
            hint=did_you_mean(column, heading) or "give one of these names",
        )
    return [_of_cells(heading[names[column]], names[column], rows[1:], document)]


def _rows(document: Document, most: int | None = None) -> Iterator[list[str]]:
    """The lines that are not empty, split at whatever the heading is split at."""
    import csv

    lines = document.text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    count = 0
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if any(cell.strip() for cell in row):
                yield row
                count += 1
                if count == most:
                    return
    except csv.Error as error:
        raise BadResult(
            f"{document.file} is not valid CSV: {error}",
            expected="a heading and a line for each run",
            hint="let the tool write the file again",
        ) from None


def _series(heading: str, column: int, lines: list[list[str]], document: Document) -> Series | None:
    """None for a column of words, such as a name or a date."""
    first = lines[0][column] if column < len(lines[0]) else ""
    if not _NUMERIC.fullmatch(first):
        return None
    return _of_cells(heading, column, lines, document)


def _of_cells(heading: str, column: int, lines: list[list[str]], document: Document) -> Series:
    name, unit = _named(heading)
    values = tuple(
        number_in(
            line[column] if column < len(line) else "",
            f"{document.file}: {shown(name)} of run {number}",
            unit,
        )
        for number, line in enumerate(lines, 1)
    )
    return Series(name=name, unit=unit, values=values, tool=NAME, sample="run")


def _named(heading: str) -> tuple[str, str | None]:
    """`time (ms)` → `time` and `ms`; `time_ms` likewise, if it ends in a unit that we know."""
    heading = heading.strip()[:200]
    if match := _IN_BRACKETS.fullmatch(heading):
        return match[1], match[2]
    if (match := _SUFFIX.fullmatch(heading)) and (is_time(match[2]) or is_size(match[2])):
        return match[1], match[2]
    return heading, None

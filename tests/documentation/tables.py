"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[str]) -> str:
    """A table of rows that `row` has made."""
    return "".join((row(*head), row(*("---" for _ in head)), *rows))


def row(*cells: str) -> str:
    """One row; a cell is Markdown on one line."""
    return f"| {' | '.join(' '.join(cell.replace('|', '&#124;').split()) for cell in cells)} |\n"


def code(text: str) -> str:
    """A text as code."""
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text}{ticks}"


def either(words: Sequence[str]) -> str:
    """Some words as code: `a`, `b` or `c`."""
    *others, last = map(code, words)
    return f"{', '.join(others)} or {last}" if others else last

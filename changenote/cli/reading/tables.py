"""Tables in text: columns where they fit, one fact on a line where they do not."""

from collections.abc import Sequence

from changenote.cli.reading.library import cut

_GAP = "  "
_SHORTEST = 12  # characters of a first column that had to be cut


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, width: int, texts: int = 1
) -> list[str]:
    """The lines of a table; the first `texts` columns to the left, numbers to the right.

    The first column is cut when the others leave too little room for it. On a narrow terminal
    every row becomes a block with a line for each of its facts.
    """
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    room = width - sum(widths[1:]) - len(_GAP) * (len(widths) - 1)
    if room < min(widths[0], _SHORTEST):
        return _blocks(headings, rows)
    widths[0] = min(widths[0], room)
    return [_line(row, widths, texts) for row in (headings, *rows)]


def _line(row: Sequence[str], widths: Sequence[int], texts: int) -> str:
    cells = (
        cut(cell, width) if place < texts else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return _GAP.join(cells).rstrip()


def _blocks(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    label = max(map(len, headings[1:]))
    lines = []
    for row in rows:
        facts = zip(headings[1:], row[1:], strict=True)
        lines += [row[0], *(f"  {name:<{label}}  {fact}".rstrip() for name, fact in facts if fact)]
    return lines

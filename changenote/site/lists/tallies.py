"""How a number of notes turned out, in a few words."""

from collections import Counter
from collections.abc import Iterable

from changenote.site.edition import Row

_WORDS = {
    "improved": "improved",
    "regressed": "got worse",
    "rolled back": "rolled back",
    "failed": "failed",
    "degraded": "degraded",
    "draft": "not shipped yet",
}
"""What is worth counting, good news first; a note counts once."""


def tally(rows: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    """`3 improved`, `1 got worse` …, each after the name of its kind; no zeros."""
    counts = Counter(ending(row) for row in rows)
    return tuple(
        (name, f"{counts[name]:,} {words}") for name, words in _WORDS.items() if counts[name]
    )


def ending(row: Row) -> str:
    """How a note turned out: what undid it, or how it shipped, before what its metric says."""
    if row.note.status == "draft":
        return "draft"
    if row.note.status == "rolled_back":
        return "rolled back"
    return row.bad_outcome or row.verdict or ""


def summary(rows: Iterable[Row]) -> str:
    """The same in one line: `3 improved, 1 got worse`."""
    return ", ".join(words for _, words in tally(rows))

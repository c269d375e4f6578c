"""How a number of notes turned out, in a few words."""

from collections import Counter
from collections.abc import Iterable

from changenote.site.edition import Row

_WORDS = {
    "improved": "improved",
    "regressed": "got worse",
    "rolled_back": "rolled back",
    "failed": "failed",
    "degraded": "degraded",
    "draft": "not shipped yet",
}
"""What is worth counting, good news first; a note counts once."""

Tally = tuple[tuple[str, int, str], ...]
"""What happened, how often, and the word for it."""


def tally(rows: Iterable[Row]) -> Tally:
    """`3 improved`, `1 got worse` … What did not happen is left out."""
    counts = Counter(ending(row) for row in rows)
    return tuple((name, counts[name], word) for name, word in _WORDS.items() if counts[name])


def ending(row: Row) -> str:
    """How a note turned out: what undid it, or how it shipped, before what its metric says."""
    if row.note.status in ("draft", "rolled_back"):
        return row.note.status
    return row.bad_outcome or row.verdict or ""


def summary(rows: Iterable[Row]) -> str:
    """The same in one line: `3 improved, 1 got worse`."""
    return ", ".join(f"{count:,} {word}" for _, count, word in tally(rows))

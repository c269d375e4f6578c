"""How a number of notes turned out, in a few words."""

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from changenote.site.endings import ENDINGS
from changenote.site.row import Row

_COUNTED = ("improved", "regressed", "rolled_back", "failed", "degraded", "draft")
"""What is worth counting, good news first; a note counts once."""

Tally = tuple[tuple[str, int, str], ...]
"""What happened, how often, and the word for it."""


def tally(rows: Iterable[Row]) -> Tally:
    """`3 improved`, `1 got worse` … What did not happen is left out."""
    counts = Counter(map(attrgetter("ending"), rows))
    return tuple((name, counts[name], ENDINGS[name]) for name in _COUNTED if counts[name])


def summary(rows: Iterable[Row]) -> str:
    """The same in one line: `3 improved, 1 got worse`."""
    return ", ".join(f"{count:,} {word}" for _, count, word in tally(rows))

"""How the search index cuts text into words; `cutting.js` cuts what is looked for in the same way.

A word is a run of letters and digits, without case or accents. Signs part words and are dropped:
`app/cart/totals.py` is four words side by side, and so is what is looked for, which is how parts
of it are found. A word of several (`useCartTotals`, `v2`) is found by each that begins in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from unicodedata import category, normalize

from changenote.patterns import pattern

LONGEST = 64
"""As much of a word is looked at."""

TAGS, TEXTS = 64, 128
"""A word of the title has a place below the first, a tag one between them, all else one behind."""

GAP = "\0"
"""Between two texts: it takes a place, so that no phrase reaches from one into the other."""

_BETWEEN = f" {GAP} "
_WORDS = pattern(r"[^\W_]+|\0")
_SIGNS = {place: " " for place in range(1, 128) if not chr(place).isalnum()}
_INNER = pattern(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=^[vV])(?=\d)")
_LAST = 0xD000
_MARKS = [chr(0x30 + place) for place in range(_LAST)]


def mark(number: int) -> str:
    """A number as one letter, for lists of numbers that a browser reads at once.

    Neither white space nor half of a letter comes out. Places behind the last begin anew: words of
    texts that long are found, and phrases but for one.
    """
    return _MARKS[number % _LAST]


def places(title: str, tags: Iterable[str], texts: Iterable[str]) -> Mapping[str, str]:
    """For each word of a page where it is: a letter for each place, see `mark`."""
    found: dict[str, str] = {}
    at = 0
    for first, text in ((0, title), (TAGS, _BETWEEN.join(tags)), (TEXTS, _BETWEEN.join(texts))):
        at = max(at, first)
        for run in _runs(text):
            for words in _CUT[run]:
                here = _MARKS[at % _LAST]
                for word in words:
                    found[word] = found[word] + here if word in found else here
                at += 1
    return found


def _runs(text: str) -> list[str]:
    """Runs of letters and digits, and gaps."""
    if text.isascii() and text.count(GAP) == text.count(_BETWEEN):
        return text.translate(_SIGNS).split()  # half the time of a regular expression
    return _WORDS.findall(normalize("NFKC", text))


class _Cut(dict[str, tuple[tuple[str, ...], ...]]):
    """For each run of letters and digits the words at each of its places; most have one of each."""

    def __missing__(self, run: str) -> tuple[tuple[str, ...], ...]:
        if len(self) > _KNOWN:  # of a million notes, the newest words
            self.clear()
            self[GAP] = ((),)
        words = (tuple(dict.fromkeys(_beginning_in(part))) for part in _parts(run))
        made = tuple(filter(None, words))
        self[run] = made
        return made


_KNOWN = 50_000
_CUT = _Cut({GAP: ((),)})


def _parts(run: str) -> Iterator[str]:
    """Scripts without case mostly put no space between words: each letter is a word of its own."""
    if run.isascii():
        yield run
        return
    start = 0
    for place, letter in enumerate(run):
        if category(letter) == "Lo":
            yield from (run[start:place], letter)
            start = place + 1
    yield run[start:]


def _beginning_in(part: str) -> Iterator[str]:
    for start in chain((0,), (inner.start() for inner in _INNER.finditer(part))):
        if word := plain(part[start:])[:LONGEST]:
            yield word


def plain(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    letters = normalize("NFKD", text.casefold())
    return normalize("NFKC", "".join(x for x in letters if category(x)[0] != "M"))

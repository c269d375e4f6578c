"""Words of several parts, cut so that a search finds them by any part and by parts side by side.

Pagefind drops the signs of a word and keeps its parts: `app/cart/totals.py` is `appcarttotalspy`,
`app`, `cart`, `totals` and `py`. So that `cart/totals` and `totals.py` find it too, and `2.14`
finds `v2.14.0` but not `21.4`, every two neighbours of such a word are indexed as a pair, and what
is looked for is one pair or several. `texts.js` does the same to a query.
"""

from collections.abc import Iterator
from itertools import pairwise
from unicodedata import normalize

from changenote.patterns import pattern

JOINT = "\ua78f"
"""Stands for the signs before, between and after the parts of a pair: Pagefind takes it for a
letter, no other word has it, and at the end it keeps Pagefind from taking off an English ending."""

LONGEST = 40
"""As much of a part is looked at."""

# Signs, camelCase, the v of a version, and scripts that put no space between words.
_BETWEEN_PARTS = pattern(
    r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=(?<![^\W_])[vV])(?=\d)"
    r"|(?=[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])"
)


def pairs(text: str) -> Iterator[str]:
    """Every two neighbouring parts of every word of a text, in order.

    And parts of both letters and digits, which Pagefind would cut further (`k3f9xq`).
    """
    for word in (text if text.isascii() else normalize("NFKC", text)).split():
        if not (word.islower() and word.isalpha() and word.isascii()):  # nearly every one is
            parts = [part.lower()[:LONGEST] for part in _BETWEEN_PARTS.split(word) if part]
            for one, next_one in pairwise(parts):
                yield f"{JOINT}{one}{JOINT}{next_one}{JOINT}"
            if len(parts) > 1:
                yield from (part for part in parts if not (part.isalpha() or part.isdecimal()))

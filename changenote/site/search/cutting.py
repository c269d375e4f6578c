"""Words with signs in them, cut so that a search finds them by any of their parts.

Pagefind drops the signs of a word and keeps its parts: `app/cart/totals.py` is `appcarttotalspy`,
`app`, `cart`, `totals` and `py`. So that `totals.py` and `cart/totals` find it too, and `2.14`
finds `v2.14.0` but not `21.4`, such a word is indexed from each of its parts on as well, with one letter
for all signs: what is looked for is the beginning of one. `texts.js` does the same to a query.
"""

from collections.abc import Iterator
from unicodedata import normalize

from changenote.patterns import pattern

JOINT = "\ua78f"
"""Stands for the signs between two parts: Pagefind takes it for a letter.

It is at the end too, where it keeps Pagefind from taking off the ending of an English word.
"""

LONGEST = 60
"""As much of a word is indexed from each of its parts on."""

_SIGNS = pattern(r"[\W_]+")
_OUTSIDE = pattern(r"\A[\W_]+|[\W_]+\Z")
# Signs, camelCase, the v of a version, and scripts that put no space between words.
_PART = pattern(
    r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\b[vV])(?=\d)"
    r"|(?=[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])"
)


def forms(text: str) -> dict[str, None]:
    """The words of a text that have several parts, from each part on; in order, each once."""
    found: dict[str, None] = {}
    for word in text.split() if text.isascii() else normalize("NFKC", text).split():
        if not (word.islower() and word.isalpha() and word.isascii()):  # nearly every one is
            found.update(dict.fromkeys(_forms(_OUTSIDE.sub("", word))))
    return found


def _forms(word: str) -> Iterator[str]:
    starts = {match.end() for match in _PART.finditer(word)} - {0}
    if starts:
        for start in (0, *sorted(starts)):
            yield _SIGNS.sub(JOINT, word[start:].lower())[:LONGEST] + JOINT

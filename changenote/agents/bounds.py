"""Answers that fit: what is too long is cut, and each cut is named."""

import json
from typing import Any

At = tuple[str, ...]
"""Where something is: keys and numbers, from outside in."""

LONGEST_TEXT = 20_000
"""Characters of an answer as text: about five thousand tokens."""

LONGEST_DATA = 40_000
"""Characters of an answer as JSON."""

_FIRST_TRY = 8_000  # characters of one text in it
_TO_ITEMS = 20  # so many characters of a text weigh as much as an item of a list
_NAMED = 10  # cuts that are named
_LONGEST_NAME = 60  # characters of a key, or of where a cut is
_KEYS_KEPT = 40  # of an answer, and of a note in it, which has fewer unless it means harm


def bounded_text(text: str, more: str) -> str:
    """A text that is not too long; `more` says how to get what was cut."""
    if len(text) <= LONGEST_TEXT:
        return text
    end = text.rfind("\n", LONGEST_TEXT // 2, LONGEST_TEXT)
    kept = text[: end if end > 0 else LONGEST_TEXT]
    return f"{kept}\n[cut here: {len(text) - len(kept):,} more characters. {more}]"


def bounded(value: Any, more: str) -> tuple[Any, list[str]]:
    """JSON data that is not too long, and what was cut; `more` says how to get it.

    A text that was cut ends with a mark, so that nobody takes half a command for a whole one.
    """
    longest, kept, cuts = _FIRST_TRY, value, list[str]()
    while len(json.dumps(kept, ensure_ascii=False)) > LONGEST_DATA:
        cuts = []
        kept = _cut(value, longest, (), cuts)
        longest //= 2
    return kept, _named(cuts, more)


def _cut(value: Any, longest: int, at: At, cuts: list[str]) -> Any:
    if isinstance(value, str) and len(value) > longest:
        cuts.append(_told(at, len(value), longest, "characters"))
        return f"{value[:longest]}… [cut: {len(value) - longest:,} more characters]"
    if isinstance(value, list):
        some = _some(value, longest // _TO_ITEMS, at, cuts)
        return [_cut(inner, longest, (*at, str(i)), cuts) for i, inner in enumerate(some)]
    if isinstance(value, dict):
        most = max(longest // _TO_ITEMS, 0 if at[1:] else _KEYS_KEPT)
        named = [(k[:_LONGEST_NAME], v) for k, v in _some(list(value.items()), most, at, cuts)]
        return {key: _cut(inner, longest, (*at, key), cuts) for key, inner in named}
    return value


def _some(every: list[Any], most: int, at: At, cuts: list[str]) -> list[Any]:
    if len(every) > most:
        cuts.append(_told(at, len(every), most, "items"))
    return every[:most]


def _told(at: At, count: int, kept: int, things: str) -> str:
    return f"{'.'.join(at)[:_LONGEST_NAME]}: {count - kept:,} of {count:,} {things}"


def _named(cuts: list[str], more: str) -> list[str]:
    rest = len(cuts) - _NAMED
    also = [f"and {rest:,} more"] if rest > 0 else []
    return [*cuts[:_NAMED], *also, more] if cuts else []

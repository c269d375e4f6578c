"""What was the same while measuring before and after, and what was not.

A condition is one text for both sides, `cache: warm`, or one for each with an arrow between them,
`cache: cold -> warm`. Keys of their own (`cache_before`, `cache_after`) and words (`cold before,
warm after`) are understood as well.
"""

from collections.abc import Mapping
from typing import Literal

from changenote.patterns import pattern

Cache = Literal["cold", "warm", "none", "unknown"]
"""`none`: there was no cache, or it was switched off."""

_ARROW = pattern(r"\s*(?:->|=>|→)\s*")
_CLAUSE = pattern(r"[,;/]|\band\b")
_SIDE = pattern(r"(?i)\b(?:(before|left|old)|(after|right|new))\b")
_STATES: dict[str, Cache] = {
    **dict.fromkeys(("cold", "empty"), "cold"),
    **dict.fromkeys(("warm", "warmed", "hot", "primed", "full"), "warm"),
    **dict.fromkeys(("none", "no", "off", "disabled", "bypassed", "without"), "none"),
    **dict.fromkeys(("unknown", "mixed", "varies", "unclear"), "unknown"),
}
_DEEDS: dict[str, Cache] = {  # which count when no state is named: `warm (first run dropped)`
    **dict.fromkeys(("cleared", "emptied", "flushed", "purged", "dropped", "deleted"), "cold"),
    **dict.fromkeys(("miss", "misses", "fresh"), "cold"),
    **dict.fromkeys(("hit", "hits", "filled", "preloaded"), "warm"),
}
_WORD = pattern(r"[a-z]+")


def joined(before: str, after: str) -> str:
    """One text for what held on both sides: `warm`, or `cold -> warm` when they differ."""
    return before if before == after else f"{before} -> {after}"


def sides(conditions: Mapping[str, str], name: str) -> tuple[str, str]:
    """What a metric says of a condition before and after; empty where it says nothing."""
    text = conditions.get(name, "")
    before, after = _parted(text)
    return conditions.get(f"{name}_before", before), conditions.get(f"{name}_after", after)


def caches(conditions: Mapping[str, str]) -> tuple[Cache | None, Cache | None]:
    """The state of the cache before and after; None where it is not said in words known here."""
    before, after = sides(conditions, "cache")
    return _cache(before), _cache(after)


def warmed_up(conditions: Mapping[str, str]) -> bool:
    """Was the cache warm after, and cold or unknown before? That alone can be the whole gain."""
    before, after = sides(conditions, "cache")
    if before == after:
        return False
    known_before, known_after = caches(conditions)
    return known_after == "warm" and known_before not in ("warm", "none")


def _parted(text: str) -> tuple[str, str]:
    if text.isalpha():
        return text, text
    parts = _ARROW.split(text)
    if len(parts) == 2:
        return parts[0], parts[1]
    said: dict[str, str] = {}
    for clause in _CLAUSE.split(text):
        if found := _SIDE.search(clause):
            said.setdefault("before" if found[1] else "after", clause.strip())
    if len(said) == 2:
        return said["before"], said["after"]
    return text, text


def _cache(text: str) -> Cache | None:
    """The state that a text names; unknown when it names several."""
    words = _WORD.findall(text.lower().replace("not warm", "cold"))
    for known in (_STATES, _DEEDS):
        named = {known[word] for word in words if word in known}
        if named:
            return next(iter(named)) if len(named) == 1 else "unknown"
    return None

"""What a change means to those who use what was changed: what breaks, and what it closes."""

from collections.abc import Iterable

from changenote.model.note import Note
from changenote.patterns import pattern

BREAKING = ("breaking", "breaking-change")
DEPRECATED = ("deprecated", "deprecation")
REMOVED = ("removed", "removal")
"""Tags or flags that say so, in any case."""

_CVE = pattern(r"CVE-\d{4}-\d{4,19}", holds=("CVE-",))


def has_word(note: Note, words: tuple[str, ...]) -> bool:
    """Is one of these words among a note's tags or flags?"""
    known = (*note.tags, *note.flags)
    return any(word.strip().casefold().replace("_", "-") in words for word in known)


def is_breaking(note: Note) -> bool:
    """Does somebody have to change something? The tag or flag `breaking` says so."""
    return has_word(note, BREAKING)


def headline_cves(note: Note) -> tuple[str, ...]:
    """The CVEs in a note's title and tags: those that it is about."""
    return _cves_in((note.title, *note.tags))


def cves(note: Note) -> tuple[str, ...]:
    """The CVEs that a note names in its title, tags or reason, in that order."""
    return _cves_in((note.title, *note.tags, note.reason or ""))


def _cves_in(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cve for text in texts for cve in _CVE.findall(text.upper())))

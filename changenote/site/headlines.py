"""Verdicts on the primary metrics of notes, kept with the notes: judging is most of an edition."""

from collections.abc import Iterable
from dataclasses import replace
from sys import intern
from typing import Any

from changenote.model.measures import Verdict, headline
from changenote.site.book import Broken, Published
from changenote.store.library import Library
from changenote.store.tables import Kind

_HEADLINE = Kind(name="headline")
_NAMES = tuple(Verdict.__dataclass_fields__)


class Headlines:
    """What is known of some files of a library, and what is found out of the others."""

    def __init__(self, library: Library, files: Iterable[str]) -> None:
        self._library = library
        self._known = library.known(_HEADLINE, files)

    def given(self, file: str, entry: Published | Broken) -> Published | Broken:
        """A note with its verdict, which is judged if nobody did so before."""
        if isinstance(entry, Broken):
            return entry
        if file in self._known:
            return replace(entry, judged=(_verdict(self._known.pop(file)),))
        verdict = headline(entry.note)
        self._library.put(_HEADLINE, file, _plain(verdict))
        return replace(entry, judged=(verdict,))


def _plain(verdict: Verdict | None) -> list[Any] | None:
    return [getattr(verdict, name) for name in _NAMES] if verdict else None


def _verdict(values: list[Any] | None) -> Verdict | None:
    """What `_plain` made plain: the same values, and equal words are the same text."""
    if values is None:
        return None
    return Verdict(**dict(zip(_NAMES, map(_value, values), strict=True)))


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return intern(value)
    return tuple(map(_value, value)) if isinstance(value, list) else value

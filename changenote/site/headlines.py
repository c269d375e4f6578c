"""What is worked out of each note and kept with it: the verdict, and whether it holds a secret.

To judge the primary metric is most of an edition, and to look for secrets a twentieth of a build.
"""

from collections.abc import Iterable
from sys import intern
from typing import Any

from changenote.model.measures import Verdict, headline
from changenote.model.note import Note
from changenote.model.publishing import without_secrets
from changenote.model.secrets import NOTHING, Allowed
from changenote.store.library import Library
from changenote.store.tables import Kind

_KIND = Kind(name="headline")
_NAMES = tuple(Verdict.__dataclass_fields__)


class Headlines:
    """What is known of some files of a library, and what is found out of the others."""

    def __init__(self, library: Library, files: Iterable[str], allowed: Allowed) -> None:
        self._library = library
        self._allowed = allowed
        self._known = library.known(_KIND, files)

    def given(self, file: str, note: Note) -> tuple[Note, Verdict | None]:
        """A note without the secrets that are not allowed, and the verdict on it."""
        if file in self._known:
            has_none, values = self._known.pop(file)
            verdict = _verdict(values)
        else:
            has_none, verdict = without_secrets(note, NOTHING) is note, headline(note)
            self._library.put(_KIND, file, [has_none, _plain(verdict)])
        return note if has_none else without_secrets(note, self._allowed), verdict


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

"""Notes as they are published, and which of them need no look any more: nearly all of them."""

from collections.abc import Iterable

from changenote.model.note import Note
from changenote.model.publishing import without_secrets
from changenote.model.secrets import NOTHING, Allowed
from changenote.store.library import Library
from changenote.store.tables import Kind

_HAS_NONE = Kind(name="has_no_secret")
"""Is there no secret in a note, whatever a team allows?"""


class SecretFree:
    """Gives the notes of a library without their secrets, but for those that are `allowed`."""

    def __init__(self, library: Library, files: Iterable[str], allowed: Allowed) -> None:
        self._library = library
        self._allowed = allowed
        self._known = {} if allowed.everything else library.known(_HAS_NONE, files)

    def note(self, file: str, note: Note) -> Note:
        """The note of a file, as it is where there is nothing to take out."""
        if self._allowed.everything:
            return note
        has_none = self._known.pop(file, None)
        if has_none is None:
            has_none = without_secrets(note, NOTHING) is note
            self._library.put(_HAS_NONE, file, has_none)
        return note if has_none else without_secrets(note, self._allowed)

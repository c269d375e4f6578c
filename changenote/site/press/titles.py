"""What the pages of navigations are called, remembered so that none is made for its title alone.

A file of JSON in the cache of a project, for one fingerprint of all pages. What cannot be read
counts for nothing.
"""

import json
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from changenote.store.files import put_in_cache

_NAME = "titles.json"


class Titles:
    """Titles by the paths of their pages; `paths` are those whose title no note can change."""

    def __init__(self, cache: Path, fingerprint: str, paths: Collection[str]) -> None:
        self._cache = cache
        self._fingerprint = fingerprint
        self._paths = paths
        self._known = self._read()

    def of(self, path: str) -> str:
        """The title of a page; empty when it is not known."""
        return self._known.get(path, "")

    def put(self, path: str, title: str) -> None:
        """Remember the title of a page that was made, if it may be."""
        if path not in self._paths:
            return
        self._known[path] = title
        facts = {"fingerprint": self._fingerprint, "titles": self._known}
        put_in_cache(self._cache / _NAME, (json.dumps(facts).encode(),))

    def _read(self) -> dict[str, str]:
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            facts: dict[str, Any] = json.loads((self._cache / _NAME).read_bytes())
            titles = facts["titles"].items() if facts["fingerprint"] == self._fingerprint else ()
            return {str(path): str(title) for path, title in titles}
        return {}

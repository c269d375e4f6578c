"""Finished parts of the index on the disk, so that the next build need not make them again."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from changenote.site.digests import digest_of_bytes
from changenote.store.files import prepare_cache, put_in_cache

Files = Mapping[str, bytes]

_SPARE = 20
"""So many parts that the last build did not use stay, for another branch or another site."""

_IGNORED = ".gitignore"


class FinishedParts:
    """Parts in a folder, a file for each, which may be deleted at any time.

    A file is written whole or not at all, and one that is damaged is made again. When the disk
    refuses, everything is made again each time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self, name: str, make: Callable[[], Files]) -> Files:
        """The files of a part, made by the function unless they are here."""
        path = self._folder / name
        with suppress(OSError):
            if (known := _unpacked(path.read_bytes())) is not None:
                os.utime(path)
                return known
        made = make()
        put_in_cache(path, (_packed(made),))
        return made

    def forget_all_but(self, names: Iterable[str]) -> None:
        """Remove all other parts but a few, those that were used last."""
        stay = {_IGNORED, *names}
        with suppress(OSError):
            prepare_cache(self._folder)
            others = [path for path in self._folder.iterdir() if path.name not in stay]
            others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
            for path in others[_SPARE:]:
                path.unlink(missing_ok=True)


def _packed(files: Files) -> bytes:
    """A line that says what follows, a line with the digest of all that, and the files."""
    sizes = json.dumps([[name, len(content)] for name, content in files.items()])
    whole = b"\n".join((sizes.encode(), b"".join(files.values())))
    return b"\n".join((digest_of_bytes(whole).encode(), whole))


def _unpacked(raw: bytes) -> dict[str, bytes] | None:
    digest, _, whole = raw.partition(b"\n")
    if digest != digest_of_bytes(whole).encode():
        return None
    sizes, _, content = whole.partition(b"\n")
    files, start = {}, 0
    for name, size in json.loads(sizes):
        files[name] = content[start : start + size]
        start += size
    return files

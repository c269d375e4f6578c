"""Files of a site that are made when somebody asks for them, and again after a change."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Condition
from time import monotonic

from changenote.site.book import NoteChanged

_PATIENCE = 10.0
"""Seconds that a page waits for its note to be read again."""

Make = Callable[[str], bytes | None]
"""Gives the bytes of a file by its name in the site; None where none of ours lies."""

Excuse = Callable[[str, Exception], bytes]
"""Gives what stands in the place of a file that could not be made, and why."""


class OnDemand:
    """The folder of a site that a server shows, from which the files of ours are missing at first.

    One file is made at a time, and none while the site changes. What was asked for before that and
    is still to be sent is made anew.
    """

    def __init__(self, site: Path, make: Make, excuse: Excuse) -> None:
        self._site = site
        self._make = make
        self._excuse = excuse
        self._quiet = Condition()
        self._made: set[str] = set()
        self._failed: set[str] = set()
        self._asked: Counter[str] = Counter()

    @contextmanager
    def asked_for(self, names: Sequence[str]) -> Iterator[None]:
        """The first of some files that is there or ours, for as long as it takes to open it."""
        wanted = Counter(names)
        with self._quiet:
            self._asked += wanted
            any(self._lay(name, patience=_PATIENCE) for name in names)
        try:
            yield
        finally:
            with self._quiet:
                self._asked -= wanted

    def has_failed(self, names: Iterable[str]) -> bool:
        """Could one of these not be made?"""
        return not self._failed.isdisjoint(names)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """The time in which the site becomes another one."""
        with self._quiet:
            self.forget()
            try:
                yield
                for name in list(self._asked):
                    self._lay(name)
            finally:
                self._quiet.notify_all()

    def forget(self) -> None:
        """Make every file anew that is asked for from now on."""
        for name in self._made | self._failed:
            (self._site / name).unlink(missing_ok=True)
        self._made.clear()
        self._failed.clear()

    def _lay(self, name: str, patience: float = 0.0) -> bool:
        """Is the file there, be it ours or of somebody else?"""
        if name in self._made or (name not in self._failed and (self._site / name).is_file()):
            return True
        try:
            content = self._patiently(name, patience)
            done, other = self._made, self._failed
        except Exception as error:  # whatever a theme or a template does: the server lives on
            content = self._excuse(name, error)
            done, other = self._failed, self._made
        if content is None:
            return False
        path = self._site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        done.add(name)
        other.discard(name)
        return True

    def _patiently(self, name: str, patience: float) -> bytes | None:
        """The file, when a note that was just saved has been read again."""
        end = monotonic() + patience
        while True:
            try:
                return self._make(name)
            except NoteChanged:
                if not self._quiet.wait(max(0.0, end - monotonic())):
                    raise

"""All notes of one or several checkouts for an export, one after the other."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any

from changenote.checks.reports import findings
from changenote.checks.secrets import without_telling
from changenote.exchange.exported import Exported
from changenote.exchange.importing.mappings import value_at
from changenote.model.identity import created_on
from changenote.model.note import Note, shipped_at
from changenote.model.problems import Finding
from changenote.model.problems import Path as Keys
from changenote.model.publishing import data_without_secrets, secrets_in_file
from changenote.model.reading import resolved
from changenote.model.secrets import Allowed
from changenote.site.book import Source
from changenote.site.sources import Checkout
from changenote.store.library import Library
from changenote.store.notes import StoredNote, Stray, listed, read
from changenote.store.parsed import Parsed, parsed
from changenote.store.secret_free import SecretFree

_When = tuple[datetime, str]
_TAKEN = ("derived",)  # in an export that is what is worked out


class EveryNote:
    """Gives each note once, in the order of checkouts and file names; few are read at a time.

    With `newest_first` in the order in which they shipped, or were begun where they did not; with
    `without_secrets` as they are shown to others, and not as their files have them.
    `count` says how many were given; `left_out` counts the files that are no note, and `findings`
    say why, when all were given.
    """

    def __init__(
        self,
        checkouts: Iterable[Checkout],
        *,
        newest_first: bool = False,
        without_secrets: bool = False,
    ) -> None:
        self.count = self.left_out = 0
        self.findings: list[Finding] = []
        self._checkouts = tuple(checkouts)
        self._newest_first = newest_first
        self._without_secrets = without_secrets

    def __iter__(self) -> Iterator[Exported]:
        self.count, self.left_out, self.findings = 0, 0, []
        of_each = map(self._of, self._checkouts)
        in_order: Iterable[Exported] = chain.from_iterable(of_each)
        if self._newest_first:
            in_order = merge(*of_each, key=lambda one: _when(one.note), reverse=True)
        for one in in_order:
            self.count += 1
            yield one

    def _of(self, checkout: Checkout) -> Iterator[Exported]:
        project, origin = checkout.project, _origin(checkout)
        source = Source(name=checkout.name, config=project.config)
        files, strays = listed(project)
        library = Library(project.cache, files)
        allowed = project.config.allowed if self._without_secrets else Allowed(everything=True)
        clean = SecretFree(library, library.digests, allowed).note
        taken: set[str] = set()
        for one in parsed(library, _newest(library) if self._newest_first else None):
            if one.note:
                path = project.relative(Path(files[one.file]))
                note, unknown = clean(one.file, one.note), tuple(_unknown(one, allowed))
                yield _exported(note, unknown, path, origin, taken)
            elif isinstance(one.what, StoredNote):
                self._leave_out(one.what, source)
        for file in files.keys() - library.digests.keys():
            self._leave_out(read(project, Path(files[file])), source)
        for stray in strays:
            self._set_aside(stray, source)
        self.findings += checkout.findings

    def _leave_out(self, stored: StoredNote, source: Source) -> None:
        self.left_out += 1
        file, position = source.file(stored.file), stored.document.position
        found = findings(file, stored.problems, source.config, position)
        secrets = secrets_in_file(stored.text, stored.data, source.config.allowed)
        self.findings += without_telling(found, secrets)

    def _set_aside(self, stray: Stray, source: Source) -> None:
        self.left_out += stray.hides_a_note
        if stray.hides_a_note:
            self.findings += findings(source.file(stray.file), [stray.problem], source.config)


def _origin(checkout: Checkout) -> Source:
    """The checkout by its name among several, or else by that of its repository, if it is known.

    Not by its folder: the same notes make the same export on every machine.
    """
    known = checkout.repository.name if checkout.repository else ""
    return Source(name=checkout.name or known, config=checkout.project.config)


def _newest(library: Library) -> list[str]:
    """The files, those of the newest notes first; all are read for it, and none is kept."""
    known = {one.file: _when(one.note) for one in parsed(library) if one.note}
    others = (file for file in library.digests if file not in known)
    return [*sorted(known, key=lambda file: (known[file], file), reverse=True), *others]


def _when(note: Note) -> _When:
    """When a note shipped, or was begun."""
    day = created_on(note.id)
    begun = datetime.combine(day, time(), UTC) if day else datetime.min.replace(tzinfo=UTC)
    return shipped_at(note) or begun, note.id


def _unknown(one: Parsed, allowed: Allowed) -> Iterator[tuple[Keys, Any]]:
    """What stands under keys that the format does not have; what comes from the cache has none."""
    if not isinstance(one.what, StoredNote):
        return
    paths = (p.path for p in one.what.problems if p.rule == "unknown-key" and p.path != _TAKEN)
    for path in paths:
        *around, key = path
        value = resolved(value_at(one.what.data, path))
        # A team's own keys may be called as one of ours whose values have no secret.
        clean = data_without_secrets({"x": {str(key): value}}, allowed)["x"]
        for name, inner in clean.items():
            yield (*around, name), inner


def _exported(
    note: Note,
    unknown: tuple[tuple[Keys, Any], ...],
    file: str,
    origin: Source,
    taken: set[str],
) -> Exported:
    name = f"{origin.name}/{note.id}" if origin.name else note.id
    # Of files with one id, which `check` reports, the first has it to itself.
    key = name if note.id not in taken else f"{name}/{file.rpartition('/')[2]}"
    taken.add(note.id)
    return Exported(
        note=note,
        key=key,
        file=file,
        repository=origin.name,
        service=note.service or origin.service or "",
        unknown=unknown,
    )

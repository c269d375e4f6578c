"""All notes of one or several checkouts for an export, one after the other."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from changenote.checks.reports import findings
from changenote.exchange.exported import Exported
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.site.book import Source
from changenote.site.sources import Checkout
from changenote.store.library import Library
from changenote.store.notes import StoredNote, Stray, listed, read
from changenote.store.parsed import parsed


class EveryNote:
    """Gives each note once, in the order of checkouts and file names; few are read at a time.

    When all were given, `left_out` counts the files that are no note, and `findings` say why.
    """

    def __init__(self, checkouts: Iterable[Checkout]) -> None:
        self.left_out = 0
        self.findings: list[Finding] = []
        self._checkouts = tuple(checkouts)

    def __iter__(self) -> Iterator[Exported]:
        self.left_out, self.findings = 0, []
        for checkout in self._checkouts:
            yield from self._of(checkout)
            self.findings += checkout.findings

    def _of(self, checkout: Checkout) -> Iterator[Exported]:
        project, origin = checkout.project, _origin(checkout)
        source = Source(name=checkout.name, config=project.config)
        files, strays = listed(project)
        library = Library(project.cache, files)
        taken: set[str] = set()
        for one in parsed(library):
            if one.note:
                path = project.relative(Path(files[one.file]))
                yield _exported(one.note, path, origin, taken)
            elif isinstance(one.what, StoredNote):
                self._leave_out(one.what, source)
        for file in files.keys() - library.digests.keys():
            self._leave_out(read(project, Path(files[file])), source)
        for stray in strays:
            self._set_aside(stray, source)

    def _leave_out(self, stored: StoredNote, source: Source) -> None:
        self.left_out += 1
        file, position = source.file(stored.file), stored.document.position
        self.findings += findings(file, stored.problems, source.config, position)

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


def _exported(note: Note, file: str, origin: Source, taken: set[str]) -> Exported:
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
    )

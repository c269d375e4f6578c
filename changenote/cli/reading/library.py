"""All notes as rows that can be listed, from the cache where possible."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

from changenote.cli import console
from changenote.model.note import BAD_OUTCOMES, Note
from changenote.model.summary import KEYS, summary
from changenote.store import notes
from changenote.store.library import Library, uncollected
from changenote.store.project import Project
from changenote.store.tables import Kind

Data = dict[str, Any]

_ID, _DAY = 15, 12  # characters of an id, and of the day it shipped with the space after it


class Row:
    """One note in a list: its file, and what is shown of it."""

    __slots__ = ("file", "values")

    def __init__(self, file: str, values: list[Any]) -> None:
        self.file = file
        self.values = values

    @property
    def id(self) -> str:
        """The note's id."""
        return str(self.values[0])

    @property
    def shown(self) -> Data:
        """Plain values for lists, as `summary` has them, and the path of the file."""
        return {**dict(zip(KEYS, self.values, strict=False)), "path": self.file}


class Column(NamedTuple):
    """One thing that is worked out of every note, and kept."""

    kind: Kind
    compute: Callable[[Note, str], Any]


class Every:
    """All notes of a project, of which only what is asked for is read."""

    def __init__(self, project: Project) -> None:
        with uncollected():
            files, strays = notes.listed(project)
        self._library = Library(project.cache, files)
        self._hidden = sum(stray.hides_a_note for stray in strays)
        self.unreadable: list[str] = []

    def all(self, column: Column, *, tells: bool = True) -> dict[str, Any]:
        """What a column says of each note, by file. A notice says how many could not be read.

        What it says must be plain JSON data, but not None. Without `tells` there is no notice.
        """
        found = _derived(self._library, column, self._library.digests)
        files = self._library.paths
        self.unreadable = [file for file in files if found.get(file) is None]
        count = len(self.unreadable) + self._hidden
        if tells:
            tell_unreadable(count)
        return {file: found[file] for file in found if found[file] is not None}

    def some(self, column: Column, files: Collection[str]) -> dict[str, Any]:
        """What a column says of some notes that can be read, by file, in the order of the files."""
        found = _derived(self._library, column, files)
        return {file: found[file] for file in files if found.get(file) is not None}

    def notes(self, files: Collection[str]) -> dict[str, Note | None]:
        """Some notes themselves, by file; None of a file that is none any more."""
        from changenote.store.parsed import parsed  # a list needs no note

        return {one.file: one.note for one in parsed(self._library, files)}

    def rows(self, files: Collection[str]) -> list[Row]:
        """Some notes that can be read, in the order of the files."""
        return [Row(file, values) for file, values in self.some(_SHOWN, files).items()]


def all_rows(project: Project, *, tells: bool = True) -> tuple[list[Row], list[str]]:
    """Every readable note, newest first, and the files of notes that could not be read.

    A notice says how many could not be read, unless it was told already.
    """
    every = Every(project)
    with uncollected():
        rows = [Row(file, values) for file, values in every.all(_SHOWN, tells=tells).items()]
        return newest_first(rows), every.unreadable


def say_whose(project: Project) -> None:
    """A notice where the team has notes in other repositories as well, which are not looked at."""
    if project.config.sources:
        console.notice(
            "These are the notes of this repository alone. The site has those of `sources:` too:"
            " `changenote site serve` shows and searches all."
        )


def tell_unreadable(count: int) -> None:
    """A notice of how many files could not be read, if any."""
    if count:
        files = "1 file" if count == 1 else f"{count} files"
        console.notice(f"{files} could not be read: `changenote check` says why.")


def newest_first(rows: Iterable[Row]) -> list[Row]:
    """Rows by when they shipped, or else the day in the id, and by id."""
    return sorted(rows, key=_time_and_id, reverse=True)


def _time_and_id(row: Row) -> tuple[str, str]:
    return row.values[-1], row.values[0]


def of_every_note(project: Project, column: Column) -> dict[str, Any]:
    """What a column says of every note, by file. A notice says how many could not be read."""
    return Every(project).all(column)


def _derived(library: Library, column: Column, files: Collection[str]) -> dict[str, Any]:
    """What is made of files, in the order of files; None of what is no note."""
    is_most = 2 * len(files) > len(library.digests)  # all in one go are read faster
    found = library.known(column.kind, None if is_most else files)
    missing = [file for file in files if file not in found and file in library.digests]
    if missing:
        from changenote.store.parsed import parsed

        for one in parsed(library, missing):
            found[one.file] = column.compute(one.note, one.file) if one.note else None
            library.put(column.kind, one.file, found[one.file])
        found = {file: found[file] for file in files if file in found}
    library.save()
    return found


def _shown(note: Note, _file: str) -> list[Any]:
    from changenote.model.facts import facts  # a list of notes that are known does without

    known = facts(note)
    return [*summary(note, known.verdict).values(), known.at]


_TITLE, _STATUS, _SERVICE, _SHIPPED_AT, _OUTCOME, _VERDICT = map(
    KEYS.index, ("title", "status", "service", "shipped_at", "outcome", "verdict")
)
_SHOWN = Column(Kind(name="shown"), _shown)


def print_rows(found: Iterable[Row]) -> None:
    """A line per note: id, day it shipped, title, service, what is unusual or its verdict."""
    with uncollected():
        every = [row.values for row in found]
        states = [_state(values[_STATUS], values[_OUTCOME], values[_VERDICT]) for values in every]
        room = console.width() - _ID - _DAY - max(map(len, states), default=0) - 6
        widest = max((len(values[_SERVICE] or "") for values in every), default=0)
        service = min(widest, room // 4)
        console.lines(
            _line(values, said, room - service, service)
            for values, said in zip(every, states, strict=True)
        )


def _line(values: list[Any], said: str, title: int, service: int) -> str:
    day = (values[_SHIPPED_AT] or "")[:10].ljust(10)
    columns = f"{cut(values[_TITLE], title)}  {cut(values[_SERVICE] or '', service)}  {said}"
    return f"{values[0]}  {day}  {columns}".rstrip()


def cut(text: str, width: int) -> str:
    """A text in a column of its own."""
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


def state(shown: Data) -> str:
    """What a reader should know at once: an unusual status, a bad outcome, else the verdict."""
    return _state(shown["status"], shown["outcome"], shown["verdict"])


@cache
def _state(status: str, outcome: str | None, verdict: str | None) -> str:
    if status != "shipped":
        return status.replace("_", " ")
    return outcome if outcome and outcome in BAD_OUTCOMES else verdict_word(verdict or "")


def verdict_word(verdict: str) -> str:
    """A verdict in the one or two words that people read."""
    return {"unverified": "reported"}.get(verdict, verdict).replace("_", " ")

"""Book → edition. What an earlier edition worked out is handed on where it is the same."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields

from jinja2 import Environment

from changenote.model.note import Note
from changenote.site.addresses import Addresses, Name, addresses
from changenote.site.book import Book
from changenote.site.edition import Edition
from changenote.site.row import Row, row_of, when


def edition(
    book: Book, templates: Environment, *, index: str = "", before: Edition | None = None
) -> Edition:
    """A book with everything worked out that more than one page needs.

    What would be the same as in the edition `before` is taken from there.
    """
    places = addresses(book)
    known = _rows_to_keep(before, book, places) if before else {}
    every = (known.get(entry.file) or row_of(book, entry, places) for entry in book.entries)
    made = _of_rows(tuple(sorted(every, key=when, reverse=True)), book, places, templates, index)
    if before:
        _hand_on(before, made)
    return made


def _rows_to_keep(before: Edition, book: Book, places: Addresses) -> dict[str, Row]:
    """The rows of notes that are what and where they were, by their files."""
    names = {row.entry.source for row in before.rows}
    sources = {name for name in names if book.source(name) == before.book.source(name)}
    entries = set(map(id, book.entries))
    return {
        row.entry.file: row
        for row in before.rows
        if id(row.entry) in entries
        and row.entry.source in sources
        and places.files[row.entry.file] == row.path
    }


def _hand_on(before: Edition, now: Edition) -> None:
    """Give on what takes long to work out while all that it hangs on is the same."""
    changed = _changed_parts(before, now)
    if changed is None:
        return
    known, ours = vars(before), vars(now)
    ours |= {
        name: known[name]
        for name, parts in _HANGS_ON.items()
        if name in known and not changed & parts
    }


_OF_METRICS = frozenset({"id", "status", "service", "shipped", "metrics"})
_HANGS_ON: Mapping[str, frozenset[str]] = {
    "kinship": frozenset(
        {"id", "shipped", "source", "files", "service", "tags", "related", "supersedes"}
    ),
    "tree": frozenset({"files"}),
    "metric_paths": _OF_METRICS,
    "histories": _OF_METRICS | {"title"},
}
"""The parts of notes that what an edition works out of all of them hangs on."""


def _changed_parts(before: Edition, now: Edition) -> set[str] | None:
    """The parts in which notes differ; None when they are not the same notes in the same order."""
    if len(before.rows) != len(now.rows) or before.book.is_of_many != now.book.is_of_many:
        return None
    changed: set[str] = set()
    for one, other in zip(before.rows, now.rows, strict=True):
        if (one.path, one.source.name) != (other.path, other.source.name):
            return None
        if one.note is not other.note:
            changed.update(_differing(one.note, other.note))
    return changed


def _differing(one: Note, other: Note) -> Iterator[str]:
    for part in fields(one):
        if getattr(one, part.name) != getattr(other, part.name):
            yield part.name


def _of_rows(
    rows: tuple[Row, ...], book: Book, places: Addresses, templates: Environment, index: str
) -> Edition:
    return Edition(
        book=book,
        places=places,
        rows=rows,
        by_name={row.name: row for row in rows if places.names[row.name] == row.path},
        mentions=_turned_round(rows, places, lambda note: note.related),
        replacements=_turned_round(rows, places, lambda note: note.supersedes),
        templates=templates,
        index=index,
    )


def _turned_round(
    rows: Iterable[Row], places: Addresses, links: Callable[[Note], Iterable[str]]
) -> dict[Name, tuple[Name, ...]]:
    """Links between notes by the note they lead to."""
    found: dict[Name, list[Name]] = {}
    for row in rows:
        for note_id in links(row.note):
            target = places.meant(note_id, row.entry.source)
            found.setdefault(target, []).append(row.name)
    return {target: tuple(names) for target, names in found.items()}

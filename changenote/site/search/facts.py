"""What the search in a browser compares: facts of all notes in columns, newest note first.

A column names each different value once, and for each note the number of its value (-1 for none)
or the numbers of its values. Columns that few queries ask lie in files of their own, loaded when a
key needs them. Comparing is done by `templates/assets/search/columns.js`, by the rules of
`model/keys.py`; the keys themselves come from there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from changenote.model.facts import own_fields, parts_of, when
from changenote.model.keys import Key
from changenote.model.note import Note
from changenote.model.unseen import visible
from changenote.resources import templates_folder
from changenote.site.addresses import relative
from changenote.site.book import Asset
from changenote.site.edition import Edition, files_of
from changenote.site.json_text import compact
from changenote.site.plan import Plan, nothing_else
from changenote.site.row import VERDICTS, Row

_One = Callable[[Row], str | None]
_Many = Callable[[Row], Iterable[str]]

_EACH_ONE: Mapping[str, _One] = {
    "kind": lambda row: row.note.kind,
    "service": lambda row: row.note.service,
    "owner": lambda row: row.note.owner,
    "env": lambda row: row.place[1],
    "verdict": lambda row: row.verdict,
    "status": lambda row: row.note.status,
    "outcome": lambda row: row.bad_outcome,
    "version": lambda row: row.note.shipped.version if row.note.shipped else None,
}
_EACH_MANY: Mapping[str, _Many] = {
    "tag": lambda row: row.note.tags,
    "flag": lambda row: row.note.flags,
    "has": lambda row: parts_of(row.note),
}
_SECONDARY: Mapping[str, _Many] = {
    "author": lambda row: row.note.authors,
    "stack": lambda row: row.note.stack,
    "file": lambda row: files_of(row.note),
    "pr": lambda row: row.note.source.pull_requests if row.note.source else (),
    "x": lambda row: own_fields(row.note),
}


class _Column:
    """Values by their numbers, and those of each note that was added."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._of: list[int | list[int]] = []

    @property
    def plain(self) -> dict[str, Any]:
        return {"values": [*map(visible, self._numbers)], "of": self._of}

    def _number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))


class _OfOne(_Column):
    def __init__(self, value: _One) -> None:
        super().__init__()
        self._value = value

    def add(self, row: Row) -> None:
        value = self._value(row)
        self._of.append(self._number(value) if value else -1)


class _OfMany(_Column):
    def __init__(self, values: _Many) -> None:
        super().__init__()
        self._values = values

    def add(self, row: Row) -> None:
        each = dict.fromkeys(self._values(row))
        self._of.append([self._number(value) for value in each if value])


def facts_plans(edition: Edition) -> Iterator[Plan]:
    """The columns as JSON, and the modules that search them."""
    # One look at each note is enough for all files, and nobody wants a file twice.
    waiting: dict[str, Any] = {}
    for name in (_FACTS, *map(_file, _SECONDARY)):
        path = _path(edition, name)
        yield Plan(path, partial(_json, edition, waiting, name), lambda: (edition.whole,))
    for module in sorted((templates_folder() / "assets" / "search").glob("*.js")):
        yield Plan(_path(edition, module.name), partial(_module, edition, module), nothing_else)


def _module(edition: Edition, file: Path) -> Asset:
    return Asset(path=_path(edition, file.name), content=file.read_bytes())


def _every(edition: Edition) -> dict[str, Any]:
    """What is in each of the files."""
    one = {name: _OfOne(value) for name, value in _EACH_ONE.items()}
    if edition.book.is_of_many:
        one["repo"] = _OfOne(lambda row: row.source.name)
    many = {name: _OfMany(values) for name, values in _EACH_MANY.items()}
    more = {key: _OfMany(values) for key, values in _SECONDARY.items()}
    every: tuple[_OfOne | _OfMany, ...] = (*one.values(), *many.values(), *more.values())
    for row in edition.rows:
        for column in every:
            column.add(row)
    columns = {name: column.plain for name, column in (*one.items(), *many.items())}
    others = {_file(key): column.plain for key, column in more.items()}
    return {_FACTS: {**_of_all(edition), "columns": columns, **_MORE}, **others}


def _of_all(edition: Edition) -> dict[str, Any]:
    """All that a search page shows and counts; `addresses` are those that differ from the id."""
    rows, places = edition.rows, edition.places
    return {
        "keys": [_key(key) for key in edition.keys],
        "verdicts": VERDICTS,
        "index": edition.index,
        "words": "index" if edition.book.has_index else "titles",
        "top": relative(places.inside("search"), ""),
        "usual": edition.usual_environment,
        "ids": [row.note.id for row in rows],
        "titles": [visible(row.note.title) for row in rows],
        "days": [_day(row.note) for row in rows],
        "addresses": {
            number: relative(places.inside(), row.path, index=edition.index)
            for number, row in enumerate(rows)
            if row.path != places.inside(row.note.id)
        },
    }


def _key(key: Key) -> dict[str, Any]:
    """What reading a query needs to know of a key."""
    known = {"alias": key.alias, "takes": key.takes, "choices": key.choices}
    left = {name: value for name, value in known.items() if value and value != "text"}
    return {"name": key.name, "example": key.example, **left}


def _day(note: Note) -> str | int:
    """The day a note counts by; 0 when it is the one in the id."""
    day = when(note)[:10]
    return 0 if day.replace("-", "") == note.id[:8] else day


def _file(key: str) -> str:
    return f"facts-{key}.json"


def _path(edition: Edition, name: str) -> str:
    return edition.places.asset(f"search/{name}")


def _json(edition: Edition, waiting: dict[str, Any], name: str) -> Asset:
    if name not in waiting:
        waiting.update(_every(edition))
    text = compact(waiting.pop(name)) + "\n"
    return Asset(path=_path(edition, name), content=text.encode("utf-8", "surrogatepass"))


_FACTS = "facts.json"
_MORE = {"more": {key: _file(key) for key in _SECONDARY}}

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
from changenote.resources import templates_folder
from changenote.site.addresses import relative
from changenote.site.book import Asset
from changenote.site.edition import VERDICTS, Edition, Row, files_of
from changenote.site.json_text import compact
from changenote.site.plan import Plan, nothing_else

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


def facts_plans(edition: Edition) -> Iterator[Plan]:
    """The columns as JSON, and the modules that search them."""
    yield _plan(edition, "facts.json", partial(_facts, edition))
    for key, values in _SECONDARY.items():
        yield _plan(edition, _file(key), partial(_column, edition, values))
    for module in sorted((templates_folder() / "assets" / "search").glob("*.js")):
        yield Plan(_path(edition, module.name), partial(_module, edition, module), nothing_else)


def _plan(edition: Edition, name: str, data: Callable[[], Any]) -> Plan:
    return Plan(
        _path(edition, name),
        lambda: _json(edition, name, data()),
        lambda: (edition.whole,),
    )


def _column(edition: Edition, values: _Many) -> dict[str, Any]:
    return _many(values(row) for row in edition.rows)


def _module(edition: Edition, file: Path) -> Asset:
    return Asset(path=_path(edition, file.name), content=file.read_bytes())


def _facts(edition: Edition) -> dict[str, Any]:
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
        "titles": [row.note.title for row in rows],
        "days": [_day(row.note) for row in rows],
        "addresses": {
            number: relative(places.inside(), row.path, index=edition.index)
            for number, row in enumerate(rows)
            if row.path != places.inside(row.note.id)
        },
        "columns": {
            **{name: _one(value(row) for row in rows) for name, value in _EACH_ONE.items()},
            **({"repo": _one(row.source.name for row in rows)} if edition.book.is_of_many else {}),
            **{name: _many(values(row) for row in rows) for name, values in _EACH_MANY.items()},
        },
        "more": {key: _file(key) for key in _SECONDARY},
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


def _one(values: Iterable[str | None]) -> dict[str, Any]:
    numbers: dict[str, int] = {}
    of = [numbers.setdefault(value, len(numbers)) if value else -1 for value in values]
    return {"values": list(numbers), "of": of}


def _many(values: Iterable[Iterable[str]]) -> dict[str, Any]:
    numbers: dict[str, int] = {}
    of = [
        [numbers.setdefault(value, len(numbers)) for value in dict.fromkeys(each) if value]
        for each in values
    ]
    return {"values": list(numbers), "of": of}


def _file(key: str) -> str:
    return f"facts-{key}.json"


def _path(edition: Edition, name: str) -> str:
    return edition.places.asset(f"search/{name}")


def _json(edition: Edition, name: str, data: Any) -> Asset:
    text = compact(data) + "\n"
    return Asset(path=_path(edition, name), content=text.encode("utf-8", "surrogatepass"))

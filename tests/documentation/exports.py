"""The reference of what a site has for programs, from what writes it."""

from collections.abc import Iterator
from typing import Any

from changenote.exchange import exported as exchanged
from changenote.exchange.columns import COLUMNS
from changenote.exchange.sheets import SHEETS
from changenote.site.addresses import (
    ATOM,
    INDEX,
    INDEX_SCHEMA,
    JSON_FEED,
    LLMS,
    NOTE_SCHEMA,
    SCHEMA,
    SHORT,
)
from changenote.site.exports import index
from changenote.site.exports.feeds import NEWEST, NEWEST_OF_ONE
from changenote.site.note.data import DERIVED
from tests.documentation.tables import code, either, row, table

Data = dict[str, Any]

_CHANGES = "changes"
_FILES = (
    (
        f"{_CHANGES}/{INDEX}",
        f"Every note in a few plain values. Shape: `{_CHANGES}/{INDEX_SCHEMA}`.",
    ),
    (f"{_CHANGES}/ID/note.json", f"A whole note. Shape: `{_CHANGES}/{NOTE_SCHEMA}`."),
    (
        f"{_CHANGES}/ID/note.yaml",
        f"The note's file, byte for byte, unless a secret was taken out. Shape: `{_CHANGES}/{SCHEMA}`.",
    ),
    (f"{ATOM}, {JSON_FEED}", f"The newest {NEWEST} notes as Atom and JSON Feed 1.1."),
    (
        f"{_CHANGES}/services/NAME/{ATOM}, {_CHANGES}/tags/NAME/{ATOM}",
        f"The newest {NEWEST_OF_ONE} of one service or tag; `{JSON_FEED}` beside each.",
    ),
    (f"{SHORT}SUFFIX/", "The last six characters of an id: a page that leads on to the note."),
    (f"{_CHANGES}/badges/NAME.svg", "The badge of a service."),
    (LLMS, "What the site is and where things are, for language models (llmstxt.org)."),
)


def files() -> str:
    """Every address for programs, and what is there."""
    rows = (row(_each(addresses), says) for addresses, says in _FILES)
    return table(("Address", "What is there"), rows)


def in_index() -> str:
    """The keys of a note in the index."""
    return "\n".join(_tables(index.SCHEMA["properties"]["notes"]["items"]["properties"]))


def derived() -> str:
    """What is worked out from a note."""
    return "\n".join(_tables(DERIVED))


def exported() -> str:
    """What an export says of a note besides what the note says."""
    return "\n".join(_tables(exchanged.DERIVED))


def columns() -> str:
    """The columns of the table."""
    rows = (row(code(one.name), one.doc, _COLUMN_WORDS[one.form]) for one in COLUMNS)
    return table(("Column", "What it holds", "Form"), rows)


def sheets() -> str:
    """The columns of the tables of parts; those of notes are told of elsewhere."""
    return "\n".join(_sheet(name) for name in SHEETS if name != "notes")


def _sheet(name: str) -> str:
    sheet = SHEETS[name]
    rows = (row(code(key), doc, _COLUMN_WORDS[form]) for key, form, doc in sheet.columns)
    called = f"`--table {name}`: {sheet.doc}.\n"
    return f"{called}\n{table(('Column', 'What it holds', 'Form'), rows)}"


def _each(addresses: str) -> str:
    return ", ".join(map(code, addresses.split(", ")))


def _tables(properties: Data) -> Iterator[str]:
    """The keys of an object, and then those of each object inside it."""
    rows = (row(code(key), shape["description"], _form(shape)) for key, shape in properties.items())
    yield table(("Key", "What it holds", "Form"), rows)
    for name, inner in _inside(properties):
        yield f"Of {name}:\n"
        yield from _tables(inner)


def _inside(properties: Data) -> Iterator[tuple[str, Data]]:
    """The objects among some keys; those that are alike are told of together."""
    parts = {key: shape.get("items", shape).get("properties") for key, shape in properties.items()}
    known: list[Data] = []
    for part in parts.values():
        if part and part not in known:
            known.append(part)
            yield either([key for key, other in parts.items() if other == part]), part


def _form(shape: Data) -> str:
    """`text or null`, or the words that it may be."""
    kinds = shape.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    words = [word or "null" for word in shape.get("enum", ())]
    if words and len(words) <= _MOST:
        return either(words)
    named = _FORMATS.get(shape.get("format", ""))
    return " or ".join(named if named and kind == "string" else _WORDS[kind] for kind in kinds)


_MOST = 10
_FORMATS = {"date-time": "time", "uri-reference": "address"}
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "array": "list",
    "object": "keys",
    "null": "`null`",
}
_COLUMN_WORDS = {
    "text": "text",
    "texts": "list of texts",
    "time": "time",
    "whole": "whole number",
    "number": "number",
    "truth": "`true` or `false`",
    "metrics": "list of keys",
}

"""`index.json`: every note in a few plain values, for programs, and the schema of its shape."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, get_args

from changenote.model.measures import Word
from changenote.model.note import ID, Note, Outcome, Status, Strategy, in_utc
from changenote.model.rehearsal import is_of
from changenote.model.summary import summary
from changenote.model.unseen import visible
from changenote.site.addresses import ATOM, INDEX, INDEX_SCHEMA, JSON_FEED
from changenote.site.book import Asset, Broken
from changenote.site.edition import Edition
from changenote.site.exports.links import link
from changenote.site.json_text import compact, indented
from changenote.site.note.measured import answer
from changenote.site.plan import Plan, nothing_else
from changenote.site.row import Row

FORMAT = 1
_EXACT = ("file", "address", "short")
"""What a program opens: everything else is read by people, with what nobody sees as an escape."""

Data = dict[str, Any]


def index_plans(edition: Edition) -> Iterator[Plan]:
    """The index, with a line for each note, and its schema."""
    path, schema = edition.places.asset(INDEX), edition.places.asset(INDEX_SCHEMA)
    yield Plan(
        path,
        lambda: Asset(path=path, content=_index(edition)),
        lambda: (edition.whole,),
    )
    yield Plan(
        schema,
        lambda: Asset(path=schema, content=indented(schema_of(edition)).encode()),
        nothing_else,
    )


def _index(edition: Edition) -> bytes:
    made = BytesIO()  # of a hundred thousand notes nothing else is in memory
    for piece in _pieces(edition):
        made.write(piece.encode("utf-8", "replace"))
    return made.getvalue()


def _pieces(edition: Edition) -> Iterator[str]:
    here = edition.places.inside()
    head: Data = {
        "$schema": INDEX_SCHEMA,
        "format": FORMAT,
        "title": visible(edition.book.config.title),
        "commit": edition.book.commit or None,
        "feeds": [link(edition, here, ATOM), link(edition, here, JSON_FEED)],
    }
    yield "{" + "".join(f"{compact(name)}:{compact(value)},\n" for name, value in head.items())
    yield from _listed("notes", (_entry(edition, row) for row in edition.rows))
    yield ",\n"
    broken = edition.book.broken
    yield from _listed("unreadable", (_unreadable(edition, one, here) for one in broken))
    yield "}\n"


def _listed(name: str, values: Iterable[Data]) -> Iterator[str]:
    yield f"{compact(name)}:[\n"
    for number, value in enumerate(values):
        yield (",\n" if number else "") + _shown(value)
    yield "\n]"


def _shown(entry: Data) -> str:
    text = compact(entry)
    if visible(text) == text:
        return text
    return compact(
        {name: each if name in _EXACT else _visible(each) for name, each in entry.items()}
    )


def _visible(value: Any) -> Any:
    if isinstance(value, list):
        return [_visible(each) for each in value]
    return visible(value) if isinstance(value, str) else value


def _unreadable(edition: Edition, broken: Broken, here: str) -> Data:
    return {
        "file": edition.book.source(broken.source).path(broken.file),
        **({"repository": broken.source} if broken.source else {}),
        "address": link(edition, here, edition.places.files[broken.file]),
    }


def _entry(edition: Edition, row: Row) -> Data:
    note = row.note
    return {
        **summary(note, row.verdict or ""),
        "answer": answer(note, row.headline).text,
        "version": note.shipped.version if note.shipped else None,
        "flags": list(note.flags),
        "rollback": _rollback(note),
        "file": row.source.path(row.entry.file),
        **({"repository": row.source.name} if row.source.name else {}),
        "address": link(edition, edition.places.inside(), row.path),
        "short": link(edition, edition.places.inside(), edition.places.short(note.id)),
    }


def _rollback(note: Note) -> Data | None:
    if not note.rollback:
        return None
    rehearsed = note.rollback.rehearsed
    at = rehearsed.at if rehearsed else None
    return {
        "strategy": note.rollback.strategy,
        "steps": len(note.rollback.steps),
        "rehearsed": bool(rehearsed and is_of(rehearsed, note.rollback.steps)),
        "rehearsed_at": in_utc(at).isoformat().replace("+00:00", "Z") if at else None,
    }


def _text(doc: str, *choices: str, optional: bool = False, **more: str) -> Data:
    kind: Data = {"type": ["string", "null"] if optional else "string"}
    if choices:
        kind["enum"] = [*choices, None] if optional else list(choices)
    return {"description": doc, **kind, **more}


def _texts(doc: str) -> Data:
    return {"description": doc, "type": "array", "items": {"type": "string"}}


def _object(properties: Data, **more: Any) -> Data:
    """A shape in which every key is there, and others may come with a later version."""
    return {"type": "object", **more, "properties": properties, "required": list(properties)}


_RESOLVED = "To be resolved against the address of index.json."

_NOTE = {
    "id": _text("The note's id; it never changes.", pattern=f"^{ID}$"),
    "title": _text("What changed, in one line."),
    "kind": _text("The kind of change."),
    "status": _text("What became of it.", *get_args(Status)),
    "owner": _text("The person or team to ask.", optional=True),
    "service": _text("The service that changed.", optional=True),
    "environment": _text("Where it shipped to.", optional=True),
    "shipped_at": _text("When it shipped, in UTC.", optional=True, format="date-time"),
    "outcome": _text("How the deployment went.", *get_args(Outcome), optional=True),
    "verdict": _text("What the primary metric says.", *get_args(Word), optional=True),
    "tags": _texts("Words to find it by."),
    "pull_requests": _texts("Addresses of pull requests."),
    "answer": _text("Did it help? In one line, as Markdown."),
    "version": _text("The version that shipped.", optional=True),
    "flags": _texts("needs_human_review: nobody has confirmed the note yet; and others."),
    "rollback": _object(
        {
            "strategy": _text("How it is undone.", *get_args(Strategy), optional=True),
            "steps": {"description": "The number of commands.", "type": "integer", "minimum": 0},
            "rehearsed": {
                "description": "Were exactly these steps rehearsed? Steps that changed since"
                " count as not rehearsed.",
                "type": "boolean",
            },
            "rehearsed_at": _text("When, in UTC.", optional=True, format="date-time"),
        },
        description="How to undo it; null when nothing is written down.",
    )
    | {"type": ["object", "null"]},
    "file": _text("The note's file in the repository."),
    "address": _text(
        f"The note's page; its JSON is beside it, as note.json. {_RESOLVED}", format="uri-reference"
    ),
    "short": _text(f"A short address that leads there. {_RESOLVED}", format="uri-reference"),
}

SCHEMA: Data = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Index of change notes",
    "description": "Every change note of a site, newest first. Keys may be added; the number in"
    " `format` changes when one is taken away or means something else.",
    **_object(
        {
            "format": {"description": "The version of this shape.", "const": FORMAT},
            "title": _text("The name of the site."),
            "commit": _text("The commit that is published.", optional=True),
            "feeds": {
                "description": f"The feeds of all notes, Atom and JSON Feed. {_RESOLVED}",
                "type": "array",
                "items": {"type": "string", "format": "uri-reference"},
            },
            "notes": {
                "description": "The notes, newest first.",
                "type": "array",
                "items": _object(_NOTE),
            },
            "unreadable": {
                "description": "Files that are not readable as notes. Nothing is left out.",
                "type": "array",
                "items": _object(
                    {
                        "file": _text("The file in the repository."),
                        "address": _text(
                            f"The page that says what is wrong. {_RESOLVED}",
                            format="uri-reference",
                        ),
                    }
                ),
            },
        }
    ),
}
"""The shape of the index, as JSON Schema."""


def schema_of(edition: Edition) -> Data:
    """The shape of an edition's index: among several repositories each entry names its own."""
    if not edition.book.is_of_many:
        return SCHEMA
    repository = _text("The repository that the file is in.")
    properties = dict(SCHEMA["properties"])
    for name in ("notes", "unreadable"):
        known = properties[name]["items"]["properties"]
        properties[name] = {
            **properties[name],
            "items": _object({**known, "repository": repository}),
        }
    return {**SCHEMA, "properties": properties}

"""The page of one note: what its templates need to know, worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from changenote.checks.completeness import missing_parts
from changenote.model.checklists import STATES
from changenote.model.note import Note
from changenote.model.problems import dotted
from changenote.model.score_rules import PARTS
from changenote.site import markdown
from changenote.site.addresses import NOTE_SCHEMA
from changenote.site.book import Asset, Page
from changenote.site.charts.samples import samples_plot
from changenote.site.edition import Edition, Row
from changenote.site.headings import headings
from changenote.site.images import published_name
from changenote.site.json_text import indented
from changenote.site.note.care import CHECK_MARKS, checklists, own_fields, pictures
from changenote.site.note.data import note_json, note_schema
from changenote.site.note.derived import Derived, derived
from changenote.site.note.measured import ORDERS, TRUSTS
from changenote.site.note.touched import MARKS, comparison, lines_changed, touched
from changenote.site.numbers.metrics import metric_path
from changenote.site.way_back import STRATEGIES, rollback_time
from changenote.site.wording import shortened

_RECORDINGS = {
    "wrapper": "recorded by the wrapper while it ran",
    "imported": "imported from a shell's history",
    "typed": "typed in afterwards",
}
_LONGEST_DESCRIPTION = 155


@dataclass(frozen=True, kw_only=True)
class _Missing:
    name: str
    says: str


def notes_pages(edition: Edition) -> Iterator[Page | Asset]:
    """Every note with its files, newest first, and the shape of their JSON."""
    for row, older in zip(edition.rows, (*edition.rows, None)[1:], strict=True):
        yield from note_pages(edition, row, older.path if older else "")
    shape = indented(note_schema(edition)).encode()
    yield Asset(path=edition.places.asset(NOTE_SCHEMA), content=shape)


def note_pages(edition: Edition, row: Row, older: str = "") -> Iterator[Page | Asset]:
    """The page of one note, its YAML as it is, its JSON, and its pictures.

    `older` is the path of the page before it.
    """
    known = derived(edition, row)
    yield replace(_page(edition, row, known), older=older)
    yield Asset(
        path=f"{row.path}note.yaml", content=row.entry.text.encode("utf-8", "surrogatepass")
    )
    yield Asset(path=f"{row.path}note.json", content=note_json(edition, row, known))
    for name, content in row.entry.images.items():
        yield Asset(path=row.path + published_name(name), content=content)


def _page(edition: Edition, row: Row, known: Derived) -> Page:
    note = row.note
    content = edition.rendered(
        "site/note.html.j2",
        row.path,
        note=note,
        known=known,
        missing=_missing(edition, note),
        file=row.entry.file,
        text=row.entry.text,
        findings=row.entry.findings,
        blob=edition.blob(row.entry.file),
        duplicate=_duplicate(edition, row),
        rollback_time=rollback_time(note),
        site_url=edition.book.site_url,
        **_words(),
        **_parts(edition, row, known),
    )
    return Page(
        path=row.path,
        title=note.title,
        description=shortened(
            markdown.plain(note.reason or note.expected or note.title), _LONGEST_DESCRIPTION
        ),
        content=content,
        tags=note.tags,
        toc=headings(note.title, content),
        source=row.entry.file,
    )


def _parts(edition: Edition, row: Row, known: Derived) -> dict[str, Any]:
    """What single sections of the page show."""
    note, book = row.note, edition.book
    return {
        # The primary metric comes first: it is the answer.
        "measured": sorted(known.measured, key=lambda one: not one.metric.primary),
        "samples_plot": samples_plot,
        "history": partial(metric_path, edition, note.service or ""),
        "tree": touched(edition, note),
        "applies": known.git.applies if known.git else None,
        "lines_changed": lines_changed(note),
        "comparison": comparison(note, book.repository),
        "checklists": tuple(checklists(note, book.config)),
        "pictures": tuple(pictures(row.entry)),
        "own_fields": tuple(own_fields(note, book.config)),
    }


def _words() -> dict[str, Mapping[str, str]]:
    return {
        "strategies": STRATEGIES,
        "trusts": TRUSTS,
        "orders": ORDERS,
        "recordings": _RECORDINGS,
        "marks": MARKS,
        "check_marks": CHECK_MARKS,
        "check_states": STATES,
        "score_parts": {str(part): says for part, says in PARTS.items()},
    }


def _missing(edition: Edition, note: Note) -> tuple[_Missing, ...]:
    """What a draft still needs."""
    if note.status != "draft":
        return ()
    problems = missing_parts(note, edition.book.config)
    return tuple(_Missing(name=dotted(p.path), says=p.expected) for p in problems)


def _duplicate(edition: Edition, row: Row) -> str | None:
    """The page that has this note's address, when two files have the same id."""
    owner = edition.places.ids[row.note.id]
    return owner if owner != row.path else None

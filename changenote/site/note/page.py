"""The page of one note: what its templates need to know, worked out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from changenote.checks.completeness import missing_parts
from changenote.model.checklists import STATES
from changenote.model.problems import dotted
from changenote.model.score_rules import PARTS
from changenote.model.unseen import visible
from changenote.site import markdown
from changenote.site.addresses import NOTE_SCHEMA, ROLLBACK
from changenote.site.book import Asset, Page
from changenote.site.charts.samples import samples_plot
from changenote.site.digests import digest_of
from changenote.site.edition import Edition
from changenote.site.headings import headings
from changenote.site.images import published_name
from changenote.site.json_text import indented
from changenote.site.latest import Latest
from changenote.site.lists.files import beside
from changenote.site.lists.rollback import anchor
from changenote.site.note.care import CHECK_MARKS, checklists, own_fields, pictures
from changenote.site.note.data import note_json, note_schema
from changenote.site.note.derived import Derived, derived
from changenote.site.note.measured import ORDERS, TRUSTS
from changenote.site.note.others import Others, others
from changenote.site.note.touched import MARKS, comparison, lines_changed, touched
from changenote.site.numbers.metrics import metric_path
from changenote.site.plan import Plan, alone
from changenote.site.row import Row
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


def note_plans(edition: Edition) -> Iterator[Plan]:
    """Every note with its files, newest first, and the shape of their JSON."""
    # A page and its JSON are made one after the other, and so are their keys.
    related = Latest(partial(others, edition))
    known = Latest(partial(derived, edition, related))
    besides = Latest(partial(_besides, edition, related))
    text = Latest(_text)
    for row, older in zip(edition.rows, (*edition.rows, None)[1:], strict=True):
        yield from _plans(edition, row, older.path if older else "", known, besides, text)
    book = edition.book
    depends = partial(alone, (book.kind_names, book.services))
    yield Plan(edition.places.asset(NOTE_SCHEMA), partial(_shape, edition), depends)


def _plans(
    edition: Edition,
    row: Row,
    older: str,
    known: Callable[[Row], Derived],
    besides: Callable[[Row], str],
    text: Callable[[Row], str],
) -> Iterator[Plan]:
    """The page of one note, its YAML, its JSON, and its pictures.

    `older` is the path of the page before it.
    """
    entry = row.entry
    yield Plan(
        row.path,
        lambda: _page(edition, row, known(row), text(row), older),
        lambda: (row, besides(row), older, *_around(edition, row)),
    )
    yield Plan(
        f"{row.path}note.yaml", lambda: _yaml(row, text(row)), lambda: (entry.digest, entry.allowed)
    )
    yield Plan(
        f"{row.path}note.json",
        lambda: _json(edition, row, known(row)),
        lambda: (row, besides(row)),
    )
    for name, content in entry.images.items():
        path = row.path + published_name(name)
        yield Plan(path, partial(Asset, path=path, content=content), partial(alone, content))


def _besides(edition: Edition, related: Callable[[Row], Others], row: Row) -> str:
    """What page and JSON of a note hang on besides the note: other notes, and git."""
    return digest_of((related(row), edition.told(row)))


def _around(edition: Edition, row: Row) -> Iterator[object]:
    """What the page of a note leads to, as far as other notes can change it."""
    note = row.note
    yield _duplicate(edition, row)
    for file in note.files:
        yield beside(edition, row.source.in_tree(file.path))
    for metric in note.metrics:
        yield metric_path(edition, note.service or "", metric.name, metric.unit)


def _shape(edition: Edition) -> Asset:
    content = indented(note_schema(edition)).encode()
    return Asset(path=edition.places.asset(NOTE_SCHEMA), content=content)


def _text(row: Row) -> str:
    return row.entry.text


def _yaml(row: Row, text: str) -> Asset:
    return Asset(path=f"{row.path}note.yaml", content=text.encode("utf-8", "surrogatepass"))


def _json(edition: Edition, row: Row, known: Derived) -> Asset:
    return Asset(path=f"{row.path}note.json", content=note_json(edition, row, known))


def _page(edition: Edition, row: Row, known: Derived, text: str, older: str) -> Page:
    note = row.note
    content = edition.rendered(
        "site/note.html.j2",
        row.path,
        note=note,
        known=known,
        missing=_missing(row),
        source=row.source,
        repository=row.source.repository,
        file=row.source.path(row.entry.file),
        text=text,
        findings=row.entry.findings,
        blob=row.source.blob(row.source.path(row.entry.file)),
        duplicate=_duplicate(edition, row),
        is_redacted=row.entry.is_redacted,
        rollback_time=rollback_time(note),
        site_url=edition.book.site_url,
        **_words(),
        **_parts(edition, row, known),
    )
    return Page(
        path=row.path,
        title=visible(note.title),
        description=visible(
            shortened(
                markdown.plain(note.reason or note.expected or note.title), _LONGEST_DESCRIPTION
            )
        ),
        content=content,
        tags=tuple(map(visible, note.tags)),
        toc=headings(visible(note.title), content),
        source=row.entry.file,
        older=older,
    )


def _parts(edition: Edition, row: Row, known: Derived) -> dict[str, Any]:
    """What single sections of the page show."""
    note, source = row.note, row.source
    return {
        # The primary metric comes first: it is the answer.
        "measured": sorted(known.measured, key=lambda one: not one.metric.primary),
        "samples_plot": samples_plot,
        "history": partial(metric_path, edition, note.service or ""),
        "rollbacks": ROLLBACK,
        "now": anchor(*row.place),
        "tree": touched(edition, row),
        "applies": known.git.applies if known.git else None,
        "lines_changed": lines_changed(note),
        "comparison": comparison(note, source.repository),
        "checklists": tuple(checklists(note, source.config)),
        "pictures": tuple(pictures(row.entry)),
        "own_fields": tuple(own_fields(note, source.config)),
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


def _missing(row: Row) -> tuple[_Missing, ...]:
    """What a draft still needs."""
    if row.note.status != "draft":
        return ()
    problems = missing_parts(row.entry.written, row.source.config)
    return tuple(_Missing(name=dotted(p.path), says=p.expected) for p in problems)


def _duplicate(edition: Edition, row: Row) -> str | None:
    """The page that has this note's address, when two files have the same id."""
    owner = edition.places.ids[row.note.id]
    return owner if owner != row.path else None

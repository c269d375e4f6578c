"""What a search finds: a note, a file that cannot be read, or another page, as plain text. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from changenote.model.facts import searchable
from changenote.patterns import pattern
from changenote.site.book import Broken
from changenote.site.edition import Edition, Row

PARTS = (
    "reason", "expected", "baseline", "assumptions", "variables",
    "files", "tags", "service", "id", "kind", "stack", "owner", "authors", "shipped", "source",
    "rollback", "commands", "no_command", "metrics", "no_metric", "monitoring", "cache_rules",
    "checklist", "images", "tools", "difficulty", "related", "supersedes", "revision", "x",
)  # fmt: skip
"""The parts of a note that a text can be in. What shows results knows them by their place here."""

_TAG = pattern(r"<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One page for the index: `url` is relative to the top of the site, everything else plain text.

    `texts` are all texts but the title, each with its part of a note, or none.
    """

    url: str
    title: str
    texts: tuple[tuple[str, str], ...]
    tags: tuple[str, ...] = ()


def note_records(edition: Edition) -> tuple[Record, ...]:
    """One record for each note, in the order of `edition.rows`."""
    return tuple(_of_note(row, edition.index) for row in edition.rows)


def broken_records(edition: Edition) -> tuple[Record, ...]:
    """One record for each file that cannot be read as a note."""
    return tuple(_of_broken(broken, edition) for broken in edition.book.broken)


def page_records(docs: Sequence[Mapping[str, Any]]) -> Iterator[Record]:
    """The sections of a team's own pages, from the documents of the theme's search index.

    A section is titled `Page > Section`, since it is found alone.
    """
    titles: dict[str, str] = {}
    for doc in docs:
        location, title = doc["location"], _plain(doc["title"])
        page = titles.setdefault(location.partition("#")[0], title)
        yield Record(
            url=location,
            title=title if title == page else f"{page} > {title}",
            texts=(("", _plain(doc["text"])),),
            tags=tuple(doc.get("tags", ())),
        )


def _of_note(row: Row, index: str) -> Record:
    note = row.note
    return Record(
        url=row.path + index,
        title=note.title,
        texts=tuple(_by_part(searchable(note))),
        tags=note.tags,
    )


def _of_broken(broken: Broken, edition: Edition) -> Record:
    return Record(
        url=edition.places.files[broken.file] + edition.index,
        title=f"Unreadable: {broken.file.rpartition('/')[2]}",
        texts=(("", broken.text), ("", broken.file)),
    )


def _by_part(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name.partition(".")[0], text) for name, text in texts if name != "title")


def _plain(html: str) -> str:
    """The text of what a theme put in its index: HTML of which hardly any tag is left."""
    return unescape(_TAG.sub(" ", html))

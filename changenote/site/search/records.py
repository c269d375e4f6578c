"""What a search finds: a note, a file that cannot be read, or another page, as plain text. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any

from changenote.model.facts import searchable
from changenote.patterns import pattern
from changenote.site.book import Broken
from changenote.site.digests import digest_of
from changenote.site.edition import Edition
from changenote.site.row import Row

_TAG = pattern(r"<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One page for the index: `url` is relative to the top of the site, everything else plain text.

    `texts` are all texts but the title and the tags.
    """

    url: str
    title: str
    texts: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A record that can be made: `digest` is the same as long as the record is.

    `name` decides in which part of the index it is, and stays the same when the text changes.
    """

    name: str
    digest: str
    make: Callable[[], Record]


def note_sources(edition: Edition) -> tuple[Source, ...]:
    """One source for each note, in the order of `edition.rows`."""
    return tuple(
        Source(row.note.id, " ".join(_told_by(row)), partial(note_record, row))
        for row in edition.rows
    )


def _told_by(row: Row) -> Iterator[str]:
    """What the record of a note hangs on: its file, its page, and what the config says of it."""
    yield from (row.entry.digest, row.path)
    if row.entry.is_given_service:
        yield row.source.service
    if row.entry.is_redacted:
        yield digest_of(row.entry.allowed)


def note_record(row: Row) -> Record:
    """A note with every text that a word is looked for in."""
    texts = searchable(row.note)
    return Record(
        url=row.path,
        title=row.note.title,
        texts=tuple(text for name, text in texts if name not in ("title", "tags")),
        tags=row.note.tags,
    )


def finished(records: Iterable[Record]) -> tuple[Source, ...]:
    """The sources of records that are made already."""
    return tuple(Source(each.url, digest_of(each), partial(_itself, each)) for each in records)


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
            texts=(_plain(doc["text"]),),
            tags=tuple(doc.get("tags", ())),
        )


def _itself(record: Record) -> Record:
    return record


def _of_broken(broken: Broken, edition: Edition) -> Record:
    return Record(
        url=edition.places.files[broken.file] + edition.index,
        title=f"Unreadable: {broken.file.rpartition('/')[2]}",
        texts=(broken.text, broken.file),
    )


def _plain(html: str) -> str:
    """The text of what a theme put in its index: HTML of which hardly any tag is left."""
    return unescape(_TAG.sub(" ", html))

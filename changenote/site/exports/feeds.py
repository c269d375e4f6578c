"""Feeds: which there are, the notes in them, and what they say of each. Atom and JSON Feed 1.1."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from changenote.model.note import in_utc, shipped_at
from changenote.model.unseen import visible
from changenote.site import markdown
from changenote.site.addresses import ATOM, JSON_FEED, relative
from changenote.site.book import Asset
from changenote.site.edition import Edition
from changenote.site.exports.links import link
from changenote.site.note.measured import answer
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.wording import in_xml, people

NEWEST = 50
"""So many notes are in the feed of the whole site."""

NEWEST_OF_ONE = 20
"""So many are in the feed of one service or tag: there may be hundreds of these feeds."""

SUBTITLE = "What changed in production: why, did it help, how to undo it."

_KINDS = {ATOM: "application/atom+xml", JSON_FEED: "application/feed+json"}
_REL = "alternate feed"
"""With `alternate` alone Material takes a page for another language, and asks for its site map."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One feed in two forms; `path` is the folder of both files, and of the page they go with."""

    title: str
    path: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One note of a feed. `answer` is plain text; `id` stays the same wherever the site moves."""

    row: Row
    id: str
    answer: str
    content: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    categories: tuple[str, ...]


def feeds(edition: Edition) -> Iterator[Feed]:
    """Every feed of a site: of all notes, and of each service and tag. Drafts are in none."""
    rows = [row for row in edition.rows if row.note.status != "draft"]
    title = visible(edition.book.config.title)
    yield Feed(title=title, path="", rows=tuple(rows[:NEWEST]))
    found: dict[tuple[str, str], list[Row]] = {}
    for row in edition.rows:
        for group in _groups(row):
            found.setdefault(group, [])
            if row.note.status != "draft" and len(found[group]) < NEWEST_OF_ONE:
                found[group].append(row)
    for (index, name), members in sorted(found.items()):
        path = edition.places.named(index, name)
        yield Feed(title=f"{title}: {visible(name)}", path=path, rows=tuple(members))


def feed_plans(edition: Edition) -> Iterator[Plan]:
    """Every feed as `feed.xml` and as `feed.json`."""
    items: dict[str, Item] = {}
    for feed in feeds(edition):
        for name, makes in ((ATOM, _atom), (JSON_FEED, _json)):
            yield Plan(
                feed.path + name,
                partial(_made, edition, feed, name, makes, items),
                partial(_depends, edition, feed),
            )


def _depends(edition: Edition, feed: Feed) -> Iterator[object]:
    yield feed.title
    for row in feed.rows:
        yield row, _revised(edition, row)


def _made(
    edition: Edition,
    feed: Feed,
    name: str,
    makes: Callable[[Edition, Feed, tuple[Item, ...]], bytes],
    items: dict[str, Item],
) -> Asset:
    """One form of a feed; `items` has what is known already: a note is in several feeds."""
    for row in feed.rows:
        if row.path not in items:
            items[row.path] = _item(edition, row)
    shown = tuple(items[row.path] for row in feed.rows)
    return Asset(path=feed.path + name, content=makes(edition, feed, shown))


def with_feeds(html: str, path: str, feeds: Mapping[str, str]) -> str:
    """A finished page that names in its head the feed of all notes and the one beside itself.

    `path` is the page's folder; `feeds` has the titles of the feeds that there are, by theirs.
    """
    links = [
        f'<link rel="{_REL}" type="{kind}" title="{escape(feeds[there])}"'
        f' href="{relative(path, there + name)}">\n'
        for there in dict.fromkeys(("", path))
        if there in feeds
        for name, kind in _KINDS.items()
    ]
    head, end, body = html.partition("</head>")
    return f"{head}{''.join(links)}{end}{body}" if end else html


def item_id(edition: Edition, row: Row) -> str:
    """What feed readers know a note by: made from its own id, and so the same for ever.

    An address would change with the site's, and every note would be new again. Two files with one
    id have two pages, and the name of the second one's page stands for it.
    """
    name = row.path.removeprefix(f"{edition.places.root}/").removesuffix("/")
    return _urn(f"note/{name}")


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"changenote:{name}").urn


def _groups(row: Row) -> Iterator[tuple[str, str]]:
    if row.source.name:
        yield "repositories", row.source.name
    if row.note.service:
        yield "services", row.note.service
    for tag in dict.fromkeys(row.note.tags):
        if tag:
            yield "tags", tag


def _item(edition: Edition, row: Row) -> Item:
    note = row.note
    says = answer(note, row.headline)
    published = _shipped(row)
    categories = dict.fromkeys(filter(None, (note.kind, note.service, *note.tags)))
    content = edition.rendered(
        "site/exports/entry.html.j2", row.path, note=note, answer=says, bad=row.bad_outcome
    )
    return Item(
        row=row,
        id=item_id(edition, row),
        answer=visible(markdown.plain(says.text)),
        content=content.strip(),
        published=published,
        updated=max(published, _revised(edition, row) or published),
        authors=tuple(map(visible, people(note))),
        categories=tuple(map(visible, categories)),
    )


def _shipped(row: Row) -> datetime:
    """When it shipped; when only the day is known, the start of it."""
    return shipped_at(row.note) or (_start(row.day) if row.day else _LONG_AGO)


def _revised(edition: Edition, row: Row) -> datetime | None:
    """When the note last changed, as git or else the note itself says."""
    known = edition.book.in_git.get(row.entry.file)
    if known and known.revised:
        return in_utc(known.revised)
    revision = row.note.revision
    return _start(revision.last_reviewed) if revision and revision.last_reviewed else None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _atom(edition: Edition, feed: Feed, items: tuple[Item, ...]) -> bytes:
    """RFC 4287."""
    text = edition.rendered(
        "site/exports/feed.xml.j2",
        feed.path,
        feed=feed,
        subtitle=SUBTITLE,
        items=items,
        feed_id=_feed_id(edition, feed),
        updated=max((item.updated for item in items), default=_LONG_AGO),
        page=_page(edition, feed),
        link=partial(link, edition, feed.path),
    )
    return f"{in_xml(text)}\n".encode()


def _json(edition: Edition, feed: Feed, items: tuple[Item, ...]) -> bytes:
    """https://www.jsonfeed.org/version/1.1/"""
    shown: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": link(edition, feed.path, _page(edition, feed)),
        "feed_url": link(edition, feed.path, feed.path + JSON_FEED),
        "description": SUBTITLE,
        "language": "en",
        "authors": [{"name": visible(edition.book.config.title)}],
        "items": [_json_item(edition, feed, item) for item in items],
    }
    text = json.dumps(shown, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "replace")


def _json_item(edition: Edition, feed: Feed, item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": item.id,
        "url": link(edition, feed.path, item.row.path),
        "title": visible(item.row.note.title),
        "summary": item.answer,
        "content_html": item.content,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "tags": list(item.categories),
    }
    authors = [{"name": name} for name in item.authors]
    return {**shown, "authors": authors} if authors else shown


def _page(edition: Edition, feed: Feed) -> str:
    """The page with the same notes as the feed, and all older ones."""
    return feed.path or ("" if edition.book.home else edition.places.inside())


def _feed_id(edition: Edition, feed: Feed) -> str:
    """The same for ever, unless the repository moves or is given another title."""
    repository = edition.book.repository
    return _urn(f"feed/{repository.web if repository else edition.book.config.title}/{feed.path}")

"""Pages that list notes: timeline, and an index per kind, service, owner and tag."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from changenote.model.note import Note
from changenote.site.book import Page
from changenote.site.edition import Edition, Row
from changenote.site.headings import headings
from changenote.site.wording import counted, month


@dataclass(frozen=True, kw_only=True)
class Group:
    """Notes that have something in common, newest first."""

    name: str
    title: str
    path: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Index:
    """All groups of one sort, with the words for their pages."""

    name: str
    title: str
    one: str
    nothing: str
    path: str
    groups: tuple[Group, ...] = field(default=())


_Names = Callable[[Note], Iterable[str | None]]

_SORTS: tuple[tuple[str, str, str, str, _Names], ...] = (
    ("services", "Services", "Service", "No note names a service yet.", lambda n: (n.service,)),
    ("owners", "Owners", "Owner", "No note names an owner yet.", lambda n: (n.owner,)),
    ("kinds", "Kinds", "Kind", "There is no note yet.", lambda n: (n.kind,)),
    ("tags", "Tags", "Tag", "No note has a tag yet.", lambda n: n.tags),
)


def index_pages(edition: Edition) -> Iterator[Page]:
    """Every page that lists notes."""
    months = _months(edition)
    indexes = tuple(_index(edition, *sort) for sort in _SORTS)
    yield from _timeline(edition, months)
    for index in indexes:
        yield _index_page(edition, index)
        for group in index.groups:
            yield _list(edition, group, index.title, index.path, title=f"{index.one} {group.title}")


def _months(edition: Edition) -> tuple[Group, ...]:
    return tuple(
        Group(
            name=name,
            title=month(name),
            path=edition.places.inside("timeline", name),
            rows=tuple(rows),
        )
        for name, rows in groupby(edition.rows, key=lambda row: row.month)
    )


def _timeline(edition: Edition, months: tuple[Group, ...]) -> Iterator[Page]:
    index = Index(
        name="timeline",
        title="Timeline",
        one="",
        nothing="There is no note yet.",
        path=edition.places.inside("timeline"),
        groups=months,
    )
    yield _index_page(edition, index)
    names = [None, *(m.name for m in months), None]
    for newer, group, older in zip(names, months, names[2:], strict=False):
        yield _list(
            edition, group, index.title, index.path, title=group.title, newer=newer, older=older
        )


def _index(edition: Edition, name: str, title: str, one: str, nothing: str, names: _Names) -> Index:
    grouped: dict[str, list[Row]] = {}
    for row in edition.rows:
        for found in dict.fromkeys(names(row.note)):
            if found:
                grouped.setdefault(found, []).append(row)
    return Index(
        name=name,
        title=title,
        one=one,
        nothing=nothing,
        path=edition.places.inside(name),
        groups=tuple(
            Group(name=n, title=n, path=edition.places.named(name, n), rows=tuple(grouped[n]))
            for n in sorted(grouped, key=lambda n: (n.casefold(), n))
        ),
    )


def _index_page(edition: Edition, index: Index) -> Page:
    content = edition.rendered(
        "site/index.html.j2",
        index.path,
        title=index.title,
        groups=index.groups,
        nothing=index.nothing,
        by_time=index.name == "timeline",
    )
    return _listing(index.path, index.title, f"Change notes: {index.title.lower()}.", content)


def _list(
    edition: Edition,
    group: Group,
    parent_title: str,
    parent_path: str,
    *,
    title: str,
    newer: str | None = None,
    older: str | None = None,
) -> Page:
    content = edition.rendered(
        "site/list.html.j2",
        group.path,
        title=title,
        rows=group.rows,
        parent_title=parent_title,
        parent_path=parent_path,
        newer=newer,
        older=older,
    )
    description = f"{title}: {counted(len(group.rows), 'change note')}."
    return _listing(group.path, title, description, content)


def _listing(path: str, title: str, description: str, content: str) -> Page:
    """Lists are not searched: every title would be found twice, once on its own page."""
    return Page(
        path=path,
        title=title,
        description=description,
        content=content,
        toc=headings(title, content),
        search=False,
    )

"""The page that a site opens on: what shipped last, whether it helped, and how to undo it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from changenote.model.note import Note
from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.headings import headings
from changenote.site.wording import counted

NEWEST = 50
"""So many notes are on the page; the others are a month away."""

_Names = Callable[[Note], Iterable[str | None]]

_INDEXES: tuple[tuple[str, str, _Names], ...] = (
    ("services", "Services", lambda n: (n.service,)),
    ("owners", "Owners", lambda n: (n.owner,)),
    ("kinds", "Kinds", lambda n: (n.kind,)),
    ("tags", "Tags", lambda n: n.tags),
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to the notes: a page, and how much is on it; 0 where nobody counts."""

    title: str
    path: str
    count: int = 0


def home_pages(edition: Edition) -> Iterator[Page]:
    """The overview, and the same page at the top of a site that has no other home."""
    yield _home(edition, edition.places.inside())
    if edition.book.home:
        yield _home(edition, "")


def _home(edition: Edition, path: str) -> Page:
    newest = edition.rows[:NEWEST]
    title = edition.book.config.title
    statuses = Counter(row.note.status for row in edition.rows)
    content = edition.rendered(
        "site/home.html.j2",
        path,
        title=title,
        total=len(edition.rows),
        shown=len(newest),
        statuses=dict(statuses.most_common()),
        months=len({row.month for row in edition.rows}),
        ways=tuple(_ways(edition)),
        broken_files=edition.book.broken,
        strays=edition.book.strays,
        newest=[(name, tuple(rows)) for name, rows in groupby(newest, key=lambda r: r.month)],
    )
    return Page(
        path=path,
        title=title,
        description=f"{counted(len(edition.rows), 'change note')}: "
        "why, whether it helped, how to undo.",
        content=content,
        toc=headings(title, content),
        search=False,
    )


def _ways(edition: Edition) -> Iterator[Way]:
    for name, title, names in _INDEXES:
        found = {n for row in edition.rows for n in names(row.note) if n}
        yield Way(title=title, path=edition.places.inside(name), count=len(found))

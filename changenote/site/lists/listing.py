"""What all pages that list notes have in common; a long list is more than one page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.headings import headings
from changenote.site.lists.periods import Period, every, parts
from changenote.site.lists.tallies import tally
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.wording import counted

NEWEST = 50
"""So many notes are on the first page of a list that is too long for one."""

Crumbs = tuple[tuple[str, str], ...]
"""The pages above one, from the top: a name and a path each."""

_NOTHING_ABOVE: dict[str, Any] = {
    "newer": None,
    "older": None,
    "source": None,
    "deployed": (),
    "more_deployed": 0,
    "metrics": (),
    "more_metrics": 0,
    "releases": None,
    "badge": None,
}


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands above the notes of a list, and what that hangs on."""

    values: Mapping[str, Any] = field(default_factory=dict)
    depends: object = ()


_NO_HEAD = Head()


@dataclass(frozen=True, kw_only=True)
class List:
    """Notes with their pieces, and the words around them.

    `title` says what they have in common, `name` the same for the way back from a piece; `crumbs`
    are the pages above, `feeds` files that follow the list.
    """

    title: str
    name: str
    path: str
    period: Period[Row]
    crumbs: Crumbs
    feeds: tuple[tuple[str, str], ...] = ()


def list_plans(
    edition: Edition, of: List, *, head: Head = _NO_HEAD, has_front: bool = True
) -> Iterator[Plan]:
    """The front page of a list, and a page for every piece of it; `head` is for the front page."""
    front = ((of.name, of.path),) if of.name else ()
    if has_front:
        yield _plan(edition, of, of.period, crumbs=of.crumbs, head=head, shown=NEWEST)
    short = [period for period in every(of.period) if not period.inner]
    beside: dict[str, dict[str, Period[Row]]] = {period.name: {} for period in every(of.period)}
    for newer, older in pairwise(short):
        beside[newer.name]["older"] = older
        beside[older.name]["newer"] = newer
    yield from _pieces(edition, of, of.period, crumbs=(*of.crumbs, *front), beside=beside)


def listing(path: str, title: str, *, description: str, content: str) -> Page:
    """A page of a list, or of numbers. It is not searched: every title would be found twice."""
    return Page(
        path=path,
        title=title,
        description=description,
        content=content,
        toc=headings(title, content),
        search=False,
    )


def asking(key: str, value: str) -> str:
    """The query for one value of a key: `file:app/jobs/`, `owner:"Dana Q"`."""
    if value and not any(sign.isspace() or sign in ',"' for sign in value):
        return f"{key}:{value}"
    quoted = value.replace('"', '\\"')
    return f'{key}:"{quoted}"'


def _pieces(
    edition: Edition,
    of: List,
    period: Period[Row],
    *,
    crumbs: Crumbs,
    beside: Mapping[str, Mapping[str, Period[Row]]],
) -> Iterator[Plan]:
    for piece in period.inner:
        around = beside[piece.name]
        names = [(which, one.name, one.title) for which, one in around.items()]
        head = Head(values=around, depends=names)
        yield _plan(edition, of, piece, crumbs=crumbs, head=head)
        inside = (*crumbs, (piece.title, _path(of, piece)))
        yield from _pieces(edition, of, piece, crumbs=inside, beside=beside)


def _plan(
    edition: Edition, of: List, period: Period[Row], *, crumbs: Crumbs, head: Head, shown: int = 0
) -> Plan:
    """One page: all notes of a period, or its pieces with the newest `shown` of its notes."""
    rows = period.things[:shown] if period.inner else period.things

    def depends() -> Iterator[object]:
        yield from (of.title, of.name, crumbs, head.depends, of.feeds)
        yield from (outline(period), tally(period.things))
        yield from edition.lines(rows)

    return Plan(
        _path(of, period),
        lambda: _page(edition, of, period, rows, crumbs=crumbs, head=head),
        depends,
    )


def _page(
    edition: Edition,
    of: List,
    period: Period[Row],
    rows: Sequence[Row],
    *,
    crumbs: Crumbs,
    head: Head,
) -> Page:
    path = _path(of, period)
    title = ", ".join(filter(None, (of.title, period.title)))
    content = edition.rendered(
        "site/list.html.j2",
        path,
        title=title,
        total=len(period.things),
        tally=tally(period.things),
        parts_of=parts(rows),
        pieces=period.inner,
        base=of.path,
        known=of.name,
        shown=len(rows) if period.inner else 0,
        crumbs=crumbs,
        feeds=() if period.name else of.feeds,
        **{**_NOTHING_ABOVE, **head.values},
    )
    description = f"{title}: {counted(len(period.things), 'change note')}."
    return listing(path, title, description=description, content=content)


def outline(period: Period[Any]) -> object:
    """What a list of pieces shows of a period: the names of its pieces, and how much is in each."""
    inner = [outline(piece) for piece in period.inner]
    return period.name, period.title, len(period.things), inner


def _path(of: List, period: Period[Row]) -> str:
    return f"{of.path}{period.name}/" if period.name else of.path

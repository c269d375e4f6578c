"""All notes by month, and the months with what came of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter

from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.lists.listing import List, list_plans, listing
from changenote.site.lists.periods import Period, month_of
from changenote.site.lists.tallies import Tally, tally
from changenote.site.plan import Plan
from changenote.site.row import Row

_TITLE = "Timeline"


@dataclass(frozen=True, kw_only=True)
class _Month:
    """A month as a card: how many notes, and how they turned out."""

    title: str
    path: str
    count: int
    tally: Tally


def timeline_plans(edition: Edition) -> Iterator[Plan]:
    """The months, a page for each, and more than one where many notes shipped."""
    months = [
        month_of(name, tuple(rows))
        for name, rows in groupby(edition.rows, key=lambda row: row.month)
    ]
    path = edition.places.inside("timeline")
    yield Plan(path, partial(_index, edition, path, months), partial(_cards, path, months))
    every = List(
        title="",
        name="",
        path=path,
        period=Period(name="", title=_TITLE, things=edition.rows, inner=tuple(months)),
        crumbs=((_TITLE, path),),
    )
    yield from list_plans(edition, every, has_front=False)


def _cards(path: str, months: Sequence[Period[Row]]) -> list[tuple[str, _Month]]:
    """Every month by its year."""
    return [(month.name.partition("-")[0], _month(path, month)) for month in months]


def _index(edition: Edition, path: str, months: Sequence[Period[Row]]) -> Page:
    by_year = groupby(_cards(path, months), key=itemgetter(0))
    content = edition.rendered(
        "site/timeline.html.j2",
        path,
        title=_TITLE,
        total=len(edition.rows),
        tally=tally(edition.rows),
        years=tuple((year, tuple(month for _, month in of)) for year, of in by_year),
    )
    return listing(path, _TITLE, description="Change notes: timeline.", content=content)


def _month(path: str, month: Period[Row]) -> _Month:
    return _Month(
        title=month.title,
        path=f"{path}{month.name}/",
        count=len(month.things),
        tally=tally(month.things),
    )

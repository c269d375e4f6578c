"""The page to bookmark: how to undo the last change of every service, complete in itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from changenote.capture.reverting import Applies
from changenote.site.addresses import ROLLBACK, folder_name
from changenote.site.book import Page
from changenote.site.deployed import Deployed, deployed, main_environment
from changenote.site.edition import Edition
from changenote.site.lists.listing import listing
from changenote.site.plan import Plan
from changenote.site.way_back import STRATEGIES, Rehearsed, rehearsed, rollback_time
from changenote.site.wording import counted

_TITLE = "Rollback"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How to undo the last change of one service in one environment; `anchor` is its own."""

    anchor: str
    place: Deployed
    takes: str
    rehearsal: Rehearsed
    applies: Applies | None


@dataclass(frozen=True, kw_only=True)
class Jumps:
    """The services of one environment, by name."""

    environment: str
    sheets: tuple[Sheet, ...]


def rollback_plan(edition: Edition) -> Iterator[Plan]:
    """The one page; its address never changes, whatever folder the other pages are in."""
    yield Plan(ROLLBACK, partial(_page, edition), partial(_depends, edition))


def _depends(edition: Edition) -> Iterator[object]:
    yield from (edition.book.commit, _drafts(edition), len(edition.book.broken))
    yield from edition.lines(())
    yield list(edition.newest.values())[:1]
    for sheet in _sheets(edition):
        yield sheet.place, sheet.applies


def _drafts(edition: Edition) -> int:
    return sum(row.note.status == "draft" for row in edition.rows)


def _page(edition: Edition) -> Page:
    sheets = tuple(_sheets(edition))
    content = edition.rendered(
        "site/rollback.html.j2",
        ROLLBACK,
        title=_TITLE,
        sheets=sheets,
        jumps=tuple(_jumps(sheets)),
        commit=edition.book.commit,
        drafts=_drafts(edition),
        broken=len(edition.book.broken),
        newest=next(iter(edition.newest.values()), None),
        strategies=STRATEGIES,
    )
    services = len({sheet.place.service for sheet in sheets})
    description = f"How to undo the last change of {counted(services, 'service')}."
    return listing(ROLLBACK, _TITLE, description=description, content=content)


def _sheets(edition: Edition) -> Iterator[Sheet]:
    """The main environment first; in each, what changed last."""
    main = main_environment(edition)
    places = edition.once(deployed)
    order = list(dict.fromkeys([main, *(place.environment for place in places)]))
    for place in sorted(places, key=lambda place: order.index(place.environment)):
        yield _sheet(edition, place)


def _sheet(edition: Edition, place: Deployed) -> Sheet:
    row = place.live or place.newest
    told = edition.book.in_git.get(row.entry.file)
    return Sheet(
        anchor=anchor(place.service, place.environment),
        place=place,
        takes=rollback_time(row.note),
        rehearsal=rehearsed(row.note),
        applies=told.applies if told else None,
    )


def anchor(service: str, environment: str) -> str:
    """Where on the page it is said how to undo the last change of a service."""
    return "--".join(folder_name(name) if name else "unnamed" for name in (service, environment))


def _jumps(sheets: Iterable[Sheet]) -> Iterator[Jumps]:
    grouped: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        grouped.setdefault(sheet.place.environment, []).append(sheet)
    for environment, found in grouped.items():
        by_name = sorted(found, key=lambda sheet: (sheet.place.service.casefold(), sheet.anchor))
        yield Jumps(environment=environment, sheets=tuple(by_name))

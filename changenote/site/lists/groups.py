"""Notes by repository, service, owner, kind, tag and stack: an index of each, a page for a name."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from changenote.model.history import History
from changenote.site.addresses import ATOM, JSON_FEED
from changenote.site.book import Page, Source
from changenote.site.deployed import Deployed, deployed, main_environment
from changenote.site.edition import Edition
from changenote.site.exports.badges import badge
from changenote.site.lists.listing import Head, List, list_plans, listing
from changenote.site.lists.periods import whole
from changenote.site.lists.releases import released_services, releases_path
from changenote.site.lists.tallies import Tally, tally
from changenote.site.numbers.metrics import metric_path
from changenote.site.plan import Plan
from changenote.site.row import Row

CARDS = 150
"""So many names have a card in an index: those that were used last. The others are links."""

STANDING = 12
"""So many services are on the page of a repository: those that changed last."""

METRICS = 12
"""So many metrics of a service are named on its page: those that most notes have."""


@dataclass(frozen=True, kw_only=True)
class Sort:
    """What notes can be grouped by: the words for it, and its names for a note.

    `name` is the folder of its pages; `one` stands before a name in a title.
    """

    name: str
    title: str
    one: str
    nothing: str
    names: Callable[[Row], Iterable[str | None]]
    has_feeds: bool = False


REPOSITORIES = Sort(
    name="repositories",
    title="Repositories",
    one="Repository",
    nothing="There is no note yet.",
    names=lambda row: (row.source.name,),
    has_feeds=True,
)

SORTS = (
    Sort(
        name="services",
        title="Services",
        one="Service",
        nothing="No note names a service yet.",
        names=lambda row: (row.note.service,),
        has_feeds=True,
    ),
    Sort(
        name="owners",
        title="Owners",
        one="Owner",
        nothing="No note names an owner yet.",
        names=lambda row: (row.note.owner,),
    ),
    Sort(
        name="kinds",
        title="Kinds",
        one="Kind",
        nothing="There is no note yet.",
        names=lambda row: (row.note.kind,),
    ),
    Sort(
        name="tags",
        title="Tags",
        one="Tag",
        nothing="No note has a tag yet.",
        names=lambda row: row.note.tags,
        has_feeds=True,
    ),
    Sort(
        name="stack",
        title="Stack",
        one="Stack",
        nothing="No note names a language, a framework or a store yet.",
        names=lambda row: row.note.stack,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Notes that have a name in common, newest first, and how they turned out.

    `source` is the repository that they are of, if that is what they have in common.
    """

    name: str
    path: str
    rows: tuple[Row, ...]
    tally: Tally
    source: Source | None = None


@dataclass(frozen=True, kw_only=True)
class _Metric:
    """A metric of a service; no path when it has no page."""

    name: str
    path: str | None


def group_plans(edition: Edition) -> Iterator[Plan]:
    """Every index, and every page of a name in it."""
    heads = {"services": _heads_of_services(edition), "repositories": _heads_of_sources(edition)}
    for sort in sorts(edition):
        groups = groups_by(edition, sort)
        path = edition.places.inside(sort.name)
        yield Plan(
            path, partial(_index, edition, sort, groups), partial(_index_depends, edition, groups)
        )
        for group in groups:
            head = heads[sort.name](group.name) if sort.name in heads else Head()
            yield from list_plans(edition, _list(edition, sort, group), head=head)


def sorts(edition: Edition) -> tuple[Sort, ...]:
    """All that notes are grouped by: by repository only where there is more than one."""
    return (REPOSITORIES, *SORTS) if edition.book.is_of_many else SORTS


def groups_by(edition: Edition, sort: Sort) -> tuple[Group, ...]:
    """The groups of one sort in order of the alphabet."""
    grouped: dict[str, list[Row]] = {}
    for row in edition.rows:
        for found in dict.fromkeys(sort.names(row)):
            if found:
                grouped.setdefault(found, []).append(row)
    return tuple(
        Group(
            name=name,
            path=edition.places.named(sort.name, name),
            rows=tuple(grouped[name]),
            tally=tally(grouped[name]),
            source=edition.book.source(name) if sort is REPOSITORIES else None,
        )
        for name in sorted(grouped, key=lambda name: (name.casefold(), name))
    )


def _index_depends(edition: Edition, groups: tuple[Group, ...]) -> Iterator[object]:
    for group in groups:
        newest = group.rows[0]
        yield group.name, len(group.rows), group.tally, newest.day, newest.since
        yield _state(group.source)
    yield tuple(edition.lines(()))


def _index(edition: Edition, sort: Sort, groups: tuple[Group, ...]) -> Page:
    path = edition.places.inside(sort.name)
    used_last = sorted(groups, key=lambda group: group.rows[0].since, reverse=True)[:CARDS]
    with_card = {group.name for group in used_last}
    content = edition.rendered(
        "site/index.html.j2",
        path,
        title=sort.title,
        groups=tuple(group for group in groups if group.name in with_card),
        others=tuple(group for group in groups if group.name not in with_card),
        nothing=sort.nothing,
    )
    description = f"Change notes: {sort.title.lower()}."
    return listing(path, sort.title, description=description, content=content)


def _list(edition: Edition, sort: Sort, group: Group) -> List:
    return List(
        title=f"{sort.one} {group.name}",
        name=group.name,
        path=group.path,
        period=whole(group.rows),
        crumbs=((sort.title, edition.places.inside(sort.name)),),
        feeds=(("Atom", group.path + ATOM), ("JSON", group.path + JSON_FEED))
        if sort.has_feeds
        else (),
    )


def _heads_of_services(edition: Edition) -> Callable[[str], Head]:
    """What the page of a service says before its notes: where it stands, and ways onwards."""
    places = _places(edition, lambda place: (place.service,))
    histories = _histories(edition)
    released = released_services(edition)

    def head(service: str) -> Head:
        values = {
            "deployed": places.get(service, []),
            "metrics": _metrics(edition, histories.get(service, [])),
            "more_metrics": max(0, len(histories.get(service, [])) - METRICS),
            "releases": releases_path(edition, service) if service in released else None,
            "badge": badge(edition, service) if service in places else None,
        }
        standing = [
            (place.environment, bool(place.live), list(edition.lines(place.standing)))
            for place in places.get(service, [])
        ]
        return Head(values=values, depends={**values, "deployed": standing})

    return head


def _state(source: Source | None) -> object:
    """What is shown of a repository itself."""
    return source and (source, source.commit)


def _heads_of_sources(edition: Edition) -> Callable[[str], Head]:
    """What the page of a repository says before its notes: what is live of it, and where it is."""
    places = _places(edition, lambda place: (row.source.name for row in place.standing))

    def head(name: str) -> Head:
        source, every = edition.book.source(name), places.get(name, [])
        shown = every[:STANDING]
        values = {"deployed": shown, "more_deployed": len(every) - len(shown), "source": source}
        standing = [
            (place.service, place.environment, list(edition.lines(place.standing)))
            for place in shown
        ]
        return Head(values=values, depends=(standing, len(every), _state(source)))

    return head


def _places(
    edition: Edition, names: Callable[[Deployed], Iterable[str]]
) -> Mapping[str, Sequence[Deployed]]:
    """Where things stand, by the names that each place has; the main environment first."""
    main = main_environment(edition)
    found: dict[str, list[Deployed]] = {}
    for place in sorted(edition.once(deployed), key=lambda place: place.environment != main):
        for name in dict.fromkeys(names(place)):
            found.setdefault(name, []).append(place)
    return found


def _histories(edition: Edition) -> Mapping[str, Sequence[History]]:
    """The metrics of each service."""
    found: dict[str, list[History]] = {}
    for history in edition.histories:
        for service in dict.fromkeys(point.service for point in history.points):
            found.setdefault(service, []).append(history)
    return found


def _metrics(edition: Edition, histories: Sequence[History]) -> tuple[_Metric, ...]:
    most_first = sorted(histories, key=lambda one: (-len(one.points), one.name))[:METRICS]
    return tuple(
        _Metric(name=one.name, path=metric_path(edition, one.service, one.name, one.unit))
        for one in most_first
    )

"""Notes by the version that carried them: what a release changed, and how to undo all of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import partial

from changenote.model.impact import headline_cves, is_breaking
from changenote.site.addresses import dotted_folder, folder_name
from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.lists.listing import asking, listing, outline
from changenote.site.lists.periods import MOST, Period, every, parts, whole
from changenote.site.lists.tallies import Tally, tally
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.wording import counted

_TITLE = "Releases"
_NEWEST = 20
"""So many releases of a service are on its first page when there are too many for one."""

_NAMED = 3
"""So many releases of each service are on the page of all services."""

_SEVERITY = ("failed", "rolled_back", "degraded", "regressed")


@dataclass(frozen=True, kw_only=True)
class Release:
    """One version of one service with its notes, newest first.

    `path` is its own page, or the page of its only note. `source` is the repository that it is of,
    where another one has the same version of the service.
    """

    service: str
    version: str
    source: str
    path: str
    rows: tuple[Row, ...]
    tally: Tally

    @property
    def day(self) -> date | None:
        """The day of its last note."""
        return self.rows[0].day

    @property
    def month(self) -> str:
        """The month of its last note."""
        return self.rows[0].month

    @property
    def environments(self) -> tuple[str, ...]:
        """Where it went, last one first."""
        return tuple(dict.fromkeys(row.place[1] for row in self.rows if row.place[1]))

    @property
    def worst(self) -> Row | None:
        """The note of which the worst came, if something bad did."""
        bad = [row for row in self.rows if row.ending in _SEVERITY]
        return min(bad, key=lambda row: _SEVERITY.index(row.ending), default=None)


@dataclass(frozen=True, kw_only=True)
class _Service:
    """All releases of a service; `name` is empty for notes that name none."""

    name: str
    title: str
    path: str
    releases: tuple[Release, ...]


def release_plans(edition: Edition) -> Iterator[Plan]:
    """The services with their newest versions, all versions of each, and larger releases."""
    path = edition.places.inside("releases")
    services = tuple(_services(edition))
    yield Plan(
        path,
        partial(_index, edition, path, services),
        lambda: [_named(edition, service) for service in services],
    )
    for service in services:
        yield from _service_plans(edition, service)
        for release in service.releases:
            if len(release.rows) > 1:
                yield Plan(
                    release.path,
                    partial(_release_page, edition, service, release),
                    partial(_release_depends, edition, service, release),
                )


def releases_path(edition: Edition, service: str) -> str:
    """The page of all releases of a service."""
    return edition.places.named("releases", service)


def released_services(edition: Edition) -> Set[str]:
    """The services whose notes name a version."""
    return {row.note.service or "" for row in edition.rows if _version(row)}


def _index(edition: Edition, path: str, services: tuple[_Service, ...]) -> Page:
    content = edition.rendered(
        "site/releases/index.html.j2", path, title=_TITLE, services=services, named=_NAMED
    )
    return listing(path, _TITLE, description="Change notes: releases.", content=content)


def _named(edition: Edition, service: _Service) -> object:
    """What the list of all services shows of one."""
    newest = [_line(edition, release) for release in service.releases[:_NAMED]]
    return service.title, service.path, len(service.releases), newest


def _line(edition: Edition, release: Release) -> object:
    """What a list of releases shows of one."""
    own = list(edition.lines(release.rows if len(release.rows) == 1 else ()))
    name = (release.version, release.source)
    about = (name, release.path, release.day, release.environments, release.tally)
    return about, len(release.rows), own


def _release_depends(edition: Edition, service: _Service, release: Release) -> Iterator[object]:
    yield from (service.title, service.path, release.version, release.source)
    yield from edition.lines(release.rows)
    yield [row.path for row in _breaking(release)]
    yield [(cve, row.path) for cve, row in _closed(release)]


def _breaking(release: Release) -> tuple[Row, ...]:
    """Its notes after which somebody has to change something."""
    return tuple(row for row in release.rows if is_breaking(row.note))


def _closed(release: Release) -> tuple[tuple[str, Row], ...]:
    """The CVEs that its notes are about, each with the note."""
    return tuple((cve, row) for row in release.rows for cve in headline_cves(row.note))


def _version(row: Row) -> str:
    return (row.note.shipped and row.note.shipped.version) or ""


def _services(edition: Edition) -> Iterator[_Service]:
    """Services in order of the alphabet, each with its releases, newest first."""
    found: dict[str, dict[tuple[str, str], list[Row]]] = {}
    for row in edition.rows:
        if version := _version(row):
            versions = found.setdefault(row.note.service or "", {})
            versions.setdefault((version, row.source.name), []).append(row)
    for name in sorted(found, key=lambda name: (not name, name.casefold(), name)):
        path = releases_path(edition, name)
        releases = tuple(_releases(name, path, found[name]))
        yield _Service(name=name, title=name or "No service", path=path, releases=releases)


def _releases(
    service: str, path: str, found: Mapping[tuple[str, str], Sequence[Row]]
) -> Iterator[Release]:
    """The releases of a service by version and repository.

    Of one version in two repositories, the one that shipped first has the plain address.
    """
    first = dict(found.keys())  # the newest one comes first
    shared = Counter(version for version, _ in found)
    for (version, source), rows in found.items():
        own = "" if first[version] == source else f"{folder_name(source)}/"
        of_it = f"{path}{dotted_folder(version)}/{own}"
        yield Release(
            service=service,
            version=version,
            source=source if shared[version] > 1 else "",
            path=of_it if len(rows) > 1 else rows[0].path,
            rows=tuple(rows),
            tally=tally(rows),
        )


def _service_plans(edition: Edition, service: _Service) -> Iterator[Plan]:
    """All releases of a service: on one page, or by year and month where there are many."""
    # No version lies there: its folder has no folders in it.
    for period in every(whole(service.releases)):
        path = f"{service.path}in/{period.name}/" if period.name else service.path
        yield Plan(
            path,
            partial(_service_page, edition, service, period, path),
            partial(_service_depends, edition, service, period),
        )


def _shown(period: Period[Release]) -> tuple[Release, ...]:
    """The releases on the page of a period."""
    if not period.inner:
        return period.things
    return () if period.name else period.things[:_NEWEST]


def _service_depends(
    edition: Edition, service: _Service, period: Period[Release]
) -> Iterator[object]:
    yield from (service.title, service.name, outline(period))
    for release in _shown(period):
        yield _line(edition, release)


def _service_page(edition: Edition, service: _Service, period: Period[Release], path: str) -> Page:
    title = ", ".join(filter(None, (f"Releases of {service.title}", period.title)))
    content = edition.rendered(
        "site/releases/service.html.j2",
        path,
        title=title,
        total=len(period.things),
        parts_of=parts(_shown(period)),
        pieces=period.inner,
        base=f"{service.path}in/",
        crumbs=_crumbs(edition, service if period.name else None),
        service=service.name,
    )
    description = f"{title}: {counted(len(period.things), 'release')}."
    return listing(path, title, description=description, content=content)


def _release_page(edition: Edition, service: _Service, release: Release) -> Page:
    title = f"{service.name} {release.version}".strip()
    title += f" ({release.source})" if release.source else ""
    undo = tuple(row for row in release.rows if row.note.status == "shipped")
    undone = tuple(row for row in release.rows if row.note.status != "shipped")
    content = edition.rendered(
        "site/releases/release.html.j2",
        release.path,
        title=title,
        release=release,
        rows=release.rows[:MOST],
        breaking=_breaking(release)[:MOST],
        closed=_closed(release)[:MOST],
        undo=undo[:MOST],
        undone=undone[:MOST],
        query=_query(release),
        crumbs=_crumbs(edition, service),
    )
    description = f"{title}: {counted(len(release.rows), 'change note')}."
    return listing(release.path, title, description=description, content=content)


def _query(release: Release) -> str:
    """What asks for the notes of a release."""
    of = [asking("service", release.service)] if release.service else []
    of += [asking("repo", release.source)] if release.source else []
    return " ".join([*of, asking("version", release.version)])


def _crumbs(edition: Edition, service: _Service | None) -> tuple[tuple[str, str], ...]:
    top = (_TITLE, edition.places.inside("releases"))
    return (top, (service.title, service.path)) if service else (top,)

"""What a release says: its notes as entries under the headings of a changelog."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from changenote.config import Config
from changenote.forge.links import Repository
from changenote.model.escaping import escaped, target
from changenote.model.impact import cves, is_breaking
from changenote.model.note import Note
from changenote.records import record
from changenote.release import headings
from changenote.release.choosing import Candidate
from changenote.release.versions import bare, parsed

Data = dict[str, Any]
AddressOf = Callable[[Candidate], str]


@record
class Entry:
    """One note in a changelog. `title` is Markdown that does nothing, `address` a link's target.

    `cves` are those that its title does not name.
    """

    id: str
    title: str
    heading: str
    is_breaking: bool
    cves: tuple[str, ...]
    address: str
    note: Note
    file: str


@record
class Group:
    """The entries under one heading."""

    heading: str
    entries: tuple[Entry, ...]


@record
class Release:
    """One version: what it is called, when it came, what changed since the one before.

    `version` is the name that notes and tags have, `label` the one in the changelog. `since` is the
    tag before it, `compare` the address of the difference, or of its tag; both may be empty.
    """

    version: str
    label: str
    day: date
    since: str
    compare: str
    groups: tuple[Group, ...]
    unlisted: tuple[Candidate, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order in which they are read."""
        return tuple(entry for group in self.groups for entry in group.entries)

    @property
    def is_semantic(self) -> bool:
        """Is its version a semantic one?"""
        return parsed(self.version) is not None


def release(
    version: str,
    ships: Sequence[Candidate],
    *,
    day: date,
    since: str | None,
    config: Config,
    repository: Repository | None,
    address_of: AddressOf,
    label: str = "",
) -> Release:
    """A release of these notes. Under a heading what breaks comes first, and CVEs before that."""
    placed = [(headings.heading_of(one.note, config), one) for one in ships]
    groups = (
        Group(
            heading=heading,
            entries=tuple(_entries(heading, (c for h, c in placed if h == heading), address_of)),
        )
        for heading in headings.HEADINGS
    )
    return Release(
        version=version,
        label=label or bare(version),
        day=day,
        since=since or "",
        compare=_compare(repository, since, version),
        groups=tuple(group for group in groups if group.entries),
        unlisted=tuple(one for heading, one in placed if heading == "none"),
    )


def _compare(repository: Repository | None, since: str | None, version: str) -> str:
    if repository is None:
        return ""
    return target(repository.compare(since, version) if since else repository.tag(version))


def _entries(heading: str, ships: Iterable[Candidate], address_of: AddressOf) -> list[Entry]:
    entries = [_entry(heading, one, address_of) for one in ships]
    return sorted(entries, key=lambda e: (not _has_cve(e), not e.is_breaking))


def _has_cve(entry: Entry) -> bool:
    return entry.heading == "Security" and bool(cves(entry.note))


def _entry(heading: str, one: Candidate, address_of: AddressOf) -> Entry:
    named = cves(one.note) if heading == "Security" else ()
    title = one.note.title
    return Entry(
        id=one.note.id,
        title=escaped(title) or "(no title)",
        heading=heading,
        is_breaking=is_breaking(one.note),
        cves=tuple(cve for cve in named if cve not in title.upper()),
        address=target(address_of(one)),
        note=one.note,
        file=one.file,
    )


def as_data(of: Release) -> Data:
    """A release as plain JSON data, titles as their notes have them."""
    return {
        "version": of.version,
        "date": of.day.isoformat(),
        "since": of.since or None,
        "compare": of.compare or None,
        "entries": [_entry_data(entry) for entry in of.entries],
        "unlisted": [
            {"id": one.note.id, "title": one.note.title, "path": one.file} for one in of.unlisted
        ],
    }


def _entry_data(entry: Entry) -> Data:
    note = entry.note
    return {
        "id": entry.id,
        "heading": entry.heading,
        "title": note.title,
        "kind": note.kind,
        "service": note.service,
        "breaking": entry.is_breaking,
        "cves": list(cves(note)) if entry.heading == "Security" else [],
        "address": entry.address,
        "path": entry.file,
        "pull_requests": list(note.source.pull_requests) if note.source else [],
    }

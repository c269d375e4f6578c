"""One printing of a book: its notes in order, where each page lies, and the templates."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property, partial
from typing import Any, TypeVar

from jinja2 import Environment, TemplateError

from changenote.errors import SiteFailed
from changenote.model.deployments import Shipment, shipment_of
from changenote.model.facts import Facts, facts
from changenote.model.history import History, Key, Point, histories, levels_of
from changenote.model.keys import KEYS, KEYS_OF_MANY
from changenote.model.keys import Key as QueryKey
from changenote.model.kinship import Kinfolk, Kinship
from changenote.model.measures import Verdict, headline
from changenote.model.note import BAD_OUTCOMES, Note, shipped_at
from changenote.model.rehearsal import is_of
from changenote.site.addresses import Addresses, Name, addresses, metric_paths, relative
from changenote.site.book import Book, Published, Source
from changenote.site.digests import digest_of
from changenote.site.environment import own_place
from changenote.site.fingerprint import fingerprint
from changenote.site.tree import Tree, bare
from changenote.site.wording import day_of, month_of

Worked = TypeVar("Worked")

VERDICTS = {
    "improved": "improved",
    "regressed": "got worse",
    "no_change": "no change",
    "inconclusive": "not clear",
    "insufficient": "too few runs",
    "unverified": "reported",
    "invalid": "not comparable",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A note as one line of a list."""

    entry: Published
    note: Note
    source: Source
    path: str
    day: date | None
    month: str
    headline: Verdict | None
    # Places for what is worked out later: a `cached_property` would take 300 bytes a row more, and
    # so would a default that is none of the row's own.
    _digest: str = field(default_factory=str, init=False, compare=False, repr=False)
    _line: str = field(default_factory=str, init=False, compare=False, repr=False)
    _ending: str | None = field(default_factory=type(None), init=False, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """Changes with whatever any page may show of the note alone: it stands for the whole of it.

        Images count by what is in them.
        """
        if not self._digest:
            object.__setattr__(self, "_digest", self._whole_digest())
        return self._digest

    def _whole_digest(self) -> str:
        entry = self.entry
        return digest_of(
            (
                *(self.path, entry.file, entry.digest, entry.findings),
                *(entry.images, entry.refused, self.source),
            )
        )

    @property
    def line(self) -> str:
        """Changes with what a list shows of the note, and not with the rest of it."""
        if not self._line:
            object.__setattr__(self, "_line", self._line_digest())
        return self._line

    def _line_digest(self) -> str:
        note, rollback = self.note, self.note.rollback
        undoing = (rollback.strategy, len(rollback.steps)) if rollback else None
        about = (self.source.name, note.service, note.kind, note.owner, self.place[1])
        came_of_it = (self.bad_outcome, self.verdict, self.needs_review)
        return digest_of(
            (self.path, note.id, note.title, note.status, self.since, about, came_of_it, undoing)
        )

    @property
    def name(self) -> Name:
        """What it goes by among the notes of all repositories."""
        return self.entry.source, self.entry.note.id

    @property
    def place(self) -> tuple[str, str]:
        """The service and the environment it was shipped to; empty where it names none."""
        shipped = self.note.shipped
        return self.note.service or "", (shipped and shipped.environment) or ""

    @property
    def since(self) -> str:
        """The moment it shipped, in UTC, or the day it counts by; empty when neither is known."""
        known = shipped_at(self.note) or self.day
        return known.isoformat() if known else ""

    @property
    def verdict(self) -> str | None:
        """The word for what the primary metric says, if anything may be said."""
        return self.headline.verdict if self.headline else None

    @property
    def ending(self) -> str:
        """How it turned out; empty when nothing was measured and nothing went wrong."""
        if self._ending is None:
            object.__setattr__(self, "_ending", self._how_it_ended())
        return self._ending or ""

    def _how_it_ended(self) -> str:
        if self.note.status in ("draft", "rolled_back"):
            return self.note.status
        return self.bad_outcome or self.verdict or ""

    @property
    def bad_outcome(self) -> str | None:
        """How the deployment went, if badly; a change that was rolled back says so itself."""
        shipped, is_live = self.note.shipped, self.note.status == "shipped"
        return shipped.outcome if shipped and is_live and shipped.outcome in BAD_OUTCOMES else None

    @property
    def needs_review(self) -> bool:
        """Has nobody confirmed yet what the note says?"""
        return "needs_human_review" in self.note.flags


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A book being made into pages; `index` ends every link to a page (`index.html` or nothing)."""

    book: Book
    places: Addresses
    rows: tuple[Row, ...]
    by_name: Mapping[Name, Row]
    mentions: Mapping[Name, tuple[Name, ...]]
    replacements: Mapping[Name, tuple[Name, ...]]
    templates: Environment
    index: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """What every page hangs on besides its notes: program, templates, config, address."""
        return fingerprint(self.book, index=self.index, usual_environment=self.usual_environment)

    @cached_property
    def _done(self) -> dict[Callable[["Edition"], Any], Any]:
        return {}

    def once(self, work: Callable[["Edition"], Worked]) -> Worked:
        """What a function works out from the edition, for several pages and only once."""
        if work not in self._done:
            self._done[work] = work(self)
        found: Worked = self._done[work]
        return found

    @cached_property
    def whole(self) -> str:
        """Changes with anything that a page could show, of any note or file."""
        book = self.book
        commits = [source.commit for source in book.sources.values()]
        return digest_of((self.rows, book.broken, book.strays, book.in_git, book.commit, commits))

    def lines(self, rows: Iterable[Row]) -> Iterator[str]:
        """What a list of some notes hangs on. A team's own templates may show anything at all."""
        if self.has_own_templates:
            yield self.whole
        else:
            yield from (row.line for row in rows)

    @cached_property
    def has_own_templates(self) -> bool:
        """Does the team replace any of the bundled templates?"""
        folder = self.book.templates
        return bool(folder and folder.is_dir() and any(folder.iterdir()))

    def told(self, row: Row) -> tuple[object, ...] | None:
        """What git tells of a note, as its page and its data show it; None where it tells nothing.

        The commit that a revert was tried on is not part of it: another one changes nothing.
        """
        known = self.book.in_git.get(row.entry.file)
        if known is None:
            return None
        applies = known.applies
        revert = (applies.state, applies.says, bool(applies.tried_on)) if applies else None
        return (
            revert,
            known.drifted,
            known.drifted_by,
            known.revisions,
            known.revised,
            known.commit,
        )

    @cached_property
    def histories(self) -> tuple[History, ...]:
        """Every metric of every service over all notes; drafts do not count.

        The notes of points are the paths of their pages. Nothing is judged yet: that takes most
        of the time, and is shown of few points at once.
        """
        found: tuple[History, ...] = self._gathered["histories"]
        return found

    @cached_property
    def by_path(self) -> Mapping[str, Row]:
        """The notes by the paths of their pages."""
        return {row.path: row for row in self.rows}

    @cached_property
    def metric_paths(self) -> Mapping[Key, str]:
        """The page of every metric in `histories`."""
        return metric_paths(self.places, self.histories)

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """What queries look at, in the order of `rows`."""
        return tuple(facts(row.note, row.source.name) for row in self.rows)

    @property
    def keys(self) -> tuple[QueryKey, ...]:
        """What queries may ask for."""
        return KEYS_OF_MANY if self.book.is_of_many else KEYS

    @cached_property
    def newest(self) -> Mapping[tuple[str, str], Row]:
        """The newest note of each service and environment that is not a draft, newest first.

        A note that names none of the two counts under an empty text.
        """
        return {place: rows[0] for place, rows in self.sequences.items()}

    @cached_property
    def tree(self) -> Tree:
        """Every folder that notes touched; notes are their places in `rows`.

        Among several repositories each has a folder of its own around its files.
        """
        found: Tree = self._gathered["tree"]
        return found

    @cached_property
    def branches(self) -> Mapping[str, Source]:
        """The repositories by their folders in `tree`; none where there is only one."""
        every = self.book.sources.values() if self.book.is_of_many else ()
        return {source.branch: source for source in every}

    @cached_property
    def kinship(self) -> Kinship:
        """Which notes share files, issues and the like; notes are their places in `rows`."""
        found: Kinship = self._gathered["kinship"]
        return found

    @property
    def shipments(self) -> Sequence[Shipment]:
        """What each note says of its deployment, in the order of `rows`."""
        found: list[Shipment] = self._gathered["shipments"]
        return found

    @property
    def rehearsed_otherwise(self) -> frozenset[str]:
        """The files of notes with other steps of a rollback than those that were rehearsed."""
        found: frozenset[str] = self._gathered["rehearsed_otherwise"]
        return found

    @cached_property
    def _gathered(self) -> dict[str, Any]:
        """What takes a look into each of the notes, as far as it is not known from before.

        One look for all of it: most notes of a large book are folded.
        """
        wanted = {"histories", "kinship", "tree"}.difference(vars(self))
        points: list[Point] = []
        shipments: list[Shipment] = []
        otherwise: list[str] = []
        kinfolk, grown = Kinfolk(), bare()
        for number, row in enumerate(self.rows):
            row.line  # noqa: B018  # it looks into the note as well, and keeps what it finds
            shipments.append(shipment_of(row.note))
            if _is_rehearsed_otherwise(row.note):
                otherwise.append(row.entry.file)
            if "histories" in wanted and row.note.status != "draft":
                points += levels_of(row.note, row.path)
            if "kinship" in wanted:
                kinfolk.meet(row.note, row.source.name if self.book.is_of_many else "")
            if "tree" in wanted:
                grown.add(number, map(row.source.in_tree, files_of(row.note)))
        return {
            "histories": tuple(histories(points)),
            "kinship": kinfolk.kinship(),
            "tree": grown,
            "shipments": shipments,
            "rehearsed_otherwise": frozenset(otherwise),
        }

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The place of each note in `rows`, by its file."""
        return {row.entry.file: number for number, row in enumerate(self.rows)}

    @cached_property
    def sequences(self) -> Mapping[tuple[str, str], Sequence[Row]]:
        """What shipped to each service and environment, both newest first; drafts do not count."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if row.note.status != "draft":
                found.setdefault(row.place, []).append(row)
        return found

    @cached_property
    def usual_environment(self) -> str:
        """Where most notes shipped to: lists say so only of the others."""
        counts = Counter(row.place[1] for row in self.rows if row.place[1])
        return min(counts, key=lambda name: (-counts[name], name), default="")

    def _about(self, row: Row, known: str = "") -> str:
        """Service, kind, owner and an unusual environment, without what the page is about.

        And the repository, where there is more than one and the service is not called like it.
        """
        note, environment = row.note, row.place[1]
        unusual = "" if environment == self.usual_environment else environment
        source = "" if row.source.name == note.service else row.source.name
        facts = (source, note.service, note.kind, note.owner, unusual)
        return " · ".join(fact for fact in facts if fact and fact != known)

    def rendered(self, template: str, path: str, **values: Any) -> str:
        """A page's HTML: links are relative to `path`.

        Raises `SiteFailed` when a team's own template cannot be rendered, whatever it raises; an
        error of our own templates is one of ours.
        """
        try:
            return self._rendered(template, path, values)
        except Exception as error:
            own = own_place(error, self.book.templates)
            if not own and not isinstance(error, (TemplateError, OSError, UnicodeDecodeError)):
                raise
            raise SiteFailed(
                f"the template {own or template} failed: {_reason(error)}",
                expected="a template that renders every note",
                hint="Own templates are in the folder templates/ of the notes folder.",
            ) from error

    def _rendered(self, template: str, path: str, values: Mapping[str, Any]) -> str:
        usual: dict[str, Any] = {
            "path": path,
            "to": partial(relative, path, index=self.index),
            "places": self.places,
            "book_title": self.book.config.title,
            "repository": self.book.repository,
            "is_of_many": self.book.is_of_many,
            "verdict_words": VERDICTS,
            "about": self._about,
            "usual": self.usual_environment,
        }
        return self.templates.get_template(template).render(usual | dict(values))


def _reason(error: Exception) -> str:
    """What an error says; Python's own say little without their names."""
    return str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"


def _is_rehearsed_otherwise(note: Note) -> bool:
    rollback = note.rollback
    return bool(
        rollback and rollback.rehearsed and is_of(rollback.rehearsed, rollback.steps) is False
    )


def files_of(note: Note) -> Iterator[str]:
    """The files of a note; one that was renamed or copied counts under both names."""
    for file in note.files:
        yield file.path
        if file.from_:
            yield file.from_


def edition(
    book: Book, templates: Environment, *, index: str = "", before: Edition | None = None
) -> Edition:
    """A book with everything worked out that more than one page needs.

    What would be the same as in the edition `before` is taken from there.
    """
    places = addresses(book)
    known = _rows_to_keep(before, book, places) if before else {}
    every = (known.get(entry.file) or _row(book, entry, places) for entry in book.entries)
    made = _of_rows(tuple(sorted(every, key=_when, reverse=True)), book, places, templates, index)
    if before:
        _hand_on(before, made)
    return made


def _rows_to_keep(before: Edition, book: Book, places: Addresses) -> dict[str, Row]:
    """The rows of notes that are what and where they were, by their files."""
    names = {row.entry.source for row in before.rows}
    sources = {name for name in names if book.source(name) == before.book.source(name)}
    entries = set(map(id, book.entries))
    return {
        row.entry.file: row
        for row in before.rows
        if id(row.entry) in entries
        and row.entry.source in sources
        and places.files[row.entry.file] == row.path
    }


def _hand_on(before: Edition, now: Edition) -> None:
    """Give on what takes long to work out while all that it hangs on is the same."""
    changed = _changed_parts(before, now)
    if changed is None:
        return
    known, ours = vars(before), vars(now)
    ours |= {
        name: known[name]
        for name, parts in _HANGS_ON.items()
        if name in known and not changed & parts
    }


_OF_METRICS = frozenset({"id", "status", "service", "shipped", "metrics"})
_HANGS_ON: Mapping[str, frozenset[str]] = {
    "kinship": frozenset(
        {"id", "shipped", "source", "files", "service", "tags", "related", "supersedes"}
    ),
    "tree": frozenset({"files"}),
    "metric_paths": _OF_METRICS,
    "histories": _OF_METRICS | {"title"},
}
"""The parts of notes that what an edition works out of all of them hangs on."""


def _changed_parts(before: Edition, now: Edition) -> set[str] | None:
    """The parts in which notes differ; None when they are not the same notes in the same order."""
    if len(before.rows) != len(now.rows) or before.book.is_of_many != now.book.is_of_many:
        return None
    changed: set[str] = set()
    for one, other in zip(before.rows, now.rows, strict=True):
        if (one.path, one.source.name) != (other.path, other.source.name):
            return None
        if one.note is not other.note:
            changed.update(_differing(one.note, other.note))
    return changed


def _differing(one: Note, other: Note) -> Iterator[str]:
    for part in fields(one):
        if getattr(one, part.name) != getattr(other, part.name):
            yield part.name


def _of_rows(
    rows: tuple[Row, ...], book: Book, places: Addresses, templates: Environment, index: str
) -> Edition:
    return Edition(
        book=book,
        places=places,
        rows=rows,
        by_name={row.name: row for row in rows if places.names[row.name] == row.path},
        mentions=_turned_round(rows, places, lambda note: note.related),
        replacements=_turned_round(rows, places, lambda note: note.supersedes),
        templates=templates,
        index=index,
    )


def _row(book: Book, entry: Published, places: Addresses) -> Row:
    note = entry.note
    return Row(
        entry=entry,
        note=note,
        source=book.source(entry.source),
        path=places.files[entry.file],
        day=day_of(note),
        month=month_of(note),
        headline=entry.judged[0] if entry.judged else headline(note),
    )


def _when(row: Row) -> tuple[str, str, str]:
    """Sorts by day, then by the moment of shipping, then by id."""
    at = shipped_at(row.note)
    moment = at.isoformat() if at else ""
    return (row.day.isoformat() if row.day else "", moment, row.note.id)


def _turned_round(
    rows: Iterable[Row], places: Addresses, links: Callable[[Note], Iterable[str]]
) -> dict[Name, tuple[Name, ...]]:
    """Links between notes by the note they lead to."""
    found: dict[Name, list[Name]] = {}
    for row in rows:
        for note_id in links(row.note):
            target = places.meant(note_id, row.entry.source)
            found.setdefault(target, []).append(row.name)
    return {target: tuple(names) for target, names in found.items()}

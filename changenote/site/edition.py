"""One printing of a book: its notes in order, where each page lies, and the templates."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from changenote.model.note import Note
from changenote.model.rehearsal import is_of
from changenote.model.unseen import visible
from changenote.site.addresses import Addresses, Name, metric_paths, relative
from changenote.site.book import Book, Source
from changenote.site.digests import digest_of
from changenote.site.environment import own_place
from changenote.site.fingerprint import fingerprint
from changenote.site.row import VERDICTS, Row
from changenote.site.tree import Tree, bare

Worked = TypeVar("Worked")


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
        return visible(self.templates.get_template(template).render(usual | dict(values)))


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

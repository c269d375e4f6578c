"""A note as a line of lists: what they sort by, show of it, and hang on."""

from dataclasses import dataclass, field
from datetime import date

from changenote.model.measures import Verdict, headline
from changenote.model.note import BAD_OUTCOMES, Note, shipped_at
from changenote.site.addresses import Addresses, Name
from changenote.site.book import Book, Published, Source
from changenote.site.digests import digest_of
from changenote.site.wording import day_of, month_of

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


def row_of(book: Book, entry: Published, places: Addresses) -> Row:
    """The line of a note of a book."""
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


def when(row: Row) -> tuple[str, str, str]:
    """Sorts by day, then by the moment of shipping, then by id."""
    at = shipped_at(row.note)
    moment = at.isoformat() if at else ""
    return (row.day.isoformat() if row.day else "", moment, row.note.id)

"""Other notes that a page leads to: named by somebody, next in time, or sharing something."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from changenote.model.kinship import By, Kin
from changenote.model.note import Note
from changenote.site.addresses import Name
from changenote.site.edition import Edition
from changenote.site.row import Row
from changenote.site.wording import counted, short_address

MOST_LATER = 20

_MOST_NAMED = 2


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another note that this one speaks of; no path when it does not exist."""

    id: str
    title: str
    path: str | None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Others:
    """All other notes that belong to one.

    `later` counts what shipped after it to its place, and `newest` is the last of it. Where that is
    more than `MOST_LATER`, it is that, and `newest` is None: the next change does not alter the
    pages of all earlier ones.
    """

    supersedes: tuple[Other, ...]
    superseded_by: tuple[Other, ...]
    related: tuple[Other, ...]
    mentioned_by: tuple[Other, ...]
    kin: tuple[Other, ...]
    before: Other | None
    after: Other | None
    newest: Other | None
    later: int

    def __bool__(self) -> bool:
        named = (self.supersedes, self.superseded_by, self.related, self.mentioned_by, self.kin)
        return any(named) or bool(self.before or self.after)


def others(edition: Edition, row: Row) -> Others:
    """The notes that belong to a row's note."""
    note = row.note
    related, supersedes = (
        tuple(_meant(edition, row, of)) for of in (note.related, note.supersedes)
    )
    mentioned_by = [name for name in edition.mentions.get(row.name, ()) if name not in related]
    before, later = _neighbours(edition, row)
    return Others(
        supersedes=_all(edition, supersedes),
        superseded_by=_all(edition, edition.replacements.get(row.name, ())),
        related=_all(edition, related),
        mentioned_by=_all(edition, mentioned_by),
        kin=tuple(_kin(edition, row)),
        before=_of_row(before) if before else None,
        after=_of_row(later[-1]) if later else None,
        newest=_of_row(later[0]) if 0 < len(later) <= MOST_LATER else None,
        later=min(len(later), MOST_LATER),
    )


def _meant(edition: Edition, row: Row, ids: Iterable[str]) -> Iterator[Name]:
    return (edition.places.meant(note_id, row.entry.source) for note_id in ids)


def _all(edition: Edition, names: Iterable[Name]) -> tuple[Other, ...]:
    return tuple(_other(edition, name) for name in names)


def _other(edition: Edition, name: Name) -> Other:
    row = edition.by_name.get(name)
    if row:
        return _of_row(row)
    return Other(id=name[1], title=name[1], path=edition.places.names.get(name))


def _of_row(row: Row, why: str = "") -> Other:
    return Other(id=row.note.id, title=row.note.title, path=row.path, why=why)


def _neighbours(edition: Edition, row: Row) -> tuple[Row | None, Sequence[Row]]:
    """What shipped to the same place just before, and what did after, newest first.

    Of what did after no more than is needed to know whether it is more than `MOST_LATER`.
    """
    if row.note.status == "draft" or not row.note.service:
        return None, []
    rows = edition.sequences[row.place]
    numbers = edition.numbers
    at = bisect_left(rows, numbers[row.entry.file], key=lambda r: numbers[r.entry.file])
    return (rows[at + 1] if at + 1 < len(rows) else None), rows[max(0, at - MOST_LATER - 1) : at]


def _kin(edition: Edition, row: Row) -> Iterator[Other]:
    for kin in edition.kinship.of(edition.numbers[row.entry.file]):
        yield _of_row(edition.rows[kin.number], "; ".join(_reasons(row.note, kin)))


def _reasons(note: Note, kin: Kin) -> Iterator[str]:
    """Why two notes belong together, the strongest reason first."""
    for by, things in kin.shared.items():
        if by == "file":
            yield f"also touched {_listed(things, 'file')}"
        elif by == "tag":
            tags = ", ".join(things[:_MOST_NAMED])
            yield f"{'tag' if len(things) == 1 else 'tags'} {tags} in {note.service}"
        else:
            yield _IN_WORDS[by].format(short_address(things[0]))


_IN_WORDS: dict[By, str] = {
    "deployment": "shipped in the same deployment",
    "issue": "about the same issue, {}",
    "pull_request": "from the same pull request, {}",
}


def _listed(things: tuple[str, ...], noun: str) -> str:
    named, more = things[:_MOST_NAMED], len(things) - _MOST_NAMED
    return ", ".join(named) + (f" and {counted(more, f'more {noun}')}" if more > 0 else "")

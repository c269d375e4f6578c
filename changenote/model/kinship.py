"""Notes that belong together though neither names the other: they share what few notes share.

Every fact is looked up in an index, and what half of all notes share tells nothing, so that ten
thousand notes take a moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from changenote.model.note import Note

By = Literal["deployment", "issue", "pull_request", "file", "tag"]

_Thing = tuple[By, str, str]
"""What can be shared: its sort, its name, and the service or repository it belongs to, if any."""

_WEIGHTS: Mapping[By, float] = {
    "deployment": 4,
    "issue": 4,
    "pull_request": 4,
    "file": 3,
    "tag": 1,
}
_LEAST = 1.5
_COMMON = 40
"""Notes that share a thing, from which on it binds none of them: a changelog, a lock file."""


@dataclass(frozen=True, kw_only=True)
class Kin:
    """Another note with what both share: things of each sort, in the order of the first note.

    `number` is its place in `Kinship.notes`.
    """

    number: int
    id: str
    shared: Mapping[By, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Kinship:
    """Which notes share what; `notes` are in the order in which they shipped, either way round.

    `repositories` has the name of the one that each note is from, and nothing where all are of one.
    """

    notes: Sequence[Note]
    repositories: Sequence[str]
    places: Mapping[_Thing, Sequence[int]]

    def of(self, number: int, *, most: int = 4) -> tuple[Kin, ...]:
        """The nearest kin of the note with this place in `notes`, nearest first.

        Notes that it names itself, or that name it, are kin already and left out.
        """
        note = self.notes[number]
        shared: defaultdict[int, dict[By, list[str]]] = defaultdict(dict)
        weight: defaultdict[int, float] = defaultdict(float)
        for thing in _things(note, self.repositories[number] if self.repositories else ""):
            same, (by, name, _) = self.places[thing], thing
            if len(same) > _COMMON:
                continue
            for other in same:
                if other == number:
                    continue
                shared[other].setdefault(by, []).append(name)
                weight[other] += _WEIGHTS[by] * min(1.0, 4 / len(same))
        near = [i for i in shared if self._is_kin(note, i, shared[i], weight[i])]
        near.sort(key=lambda i: (-weight[i], abs(i - number), i))
        return tuple(
            Kin(
                number=i,
                id=self.notes[i].id,
                shared={by: tuple(of) for by, of in shared[i].items()},
            )
            for i in near[:most]
        )

    def _is_kin(self, note: Note, number: int, shared: Mapping[By, object], weight: float) -> bool:
        other = self.notes[number]
        if note.id == other.id or note.id in (*other.related, *other.supersedes):
            return False
        if other.id in (*note.related, *note.supersedes):
            return False
        return weight >= _LEAST or any(by != "tag" for by in shared)


def kinship(notes: Sequence[Note], repositories: Sequence[str] = ()) -> Kinship:
    """Who is kin to whom among notes that are in the order in which they shipped."""
    places: defaultdict[_Thing, list[int]] = defaultdict(list)
    for number, note in enumerate(notes):
        for thing in _things(note, repositories[number] if repositories else ""):
            places[thing].append(number)
    return Kinship(notes=notes, repositories=repositories, places=dict(places))


def _things(note: Note, repository: str) -> Iterator[_Thing]:
    """What a note may share with another, each thing once.

    A path, or a deployment that is no address, says nothing about another repository.
    """
    if note.shipped and note.shipped.deployment:
        deployment = note.shipped.deployment
        yield "deployment", deployment, "" if "://" in deployment else repository
    if note.source:
        yield from (("issue", address, "") for address in _each(note.source.issues))
        yield from (("pull_request", address, "") for address in _each(note.source.pull_requests))
    yield from (("file", path, repository) for path in _each(file.path for file in note.files))
    if note.service:
        # A tag alone is a topic; together with the service it is a place.
        yield from (("tag", tag, note.service) for tag in _each(note.tags))


def _each(texts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(texts)

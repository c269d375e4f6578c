"""Notes that belong together though neither names the other: they share what few notes share.

Every fact is looked up in an index, and what half of all notes share tells nothing, so that ten
thousand notes take a moment.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

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


class Shared(NamedTuple):
    """What notes may share, and the places of those that do; of too many, the first ones."""

    by: By
    name: str
    numbers: list[int]

    @property
    def binds(self) -> bool:
        """Do some notes share it, and not so many that it says nothing?"""
        return 1 < len(self.numbers) <= _COMMON


@dataclass(frozen=True, kw_only=True)
class Kin:
    """Another note with what both share: things of each sort, in the order of the first note.

    `number` is its place among the notes.
    """

    number: int
    id: str
    shared: Mapping[By, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Kinship:
    """Which notes share what; notes are numbers here: their places in the order they shipped in.

    `things` has what each note shares with some others, `named` the ids that it names itself.
    """

    ids: Sequence[str]
    named: Mapping[int, Sequence[str]]
    things: Sequence[Sequence[Shared]]

    def of(self, number: int, *, most: int = 4) -> tuple[Kin, ...]:
        """The nearest kin of the note with this place, nearest first.

        Notes that it names itself, or that name it, are kin already and left out.
        """
        # Hundreds of notes may share something and four are shown: only of these it is told what.
        weight = _weighed(self.things[number])
        weight.pop(number, None)
        order = sorted([(-how_much, abs(i - number), i) for i, how_much in weight.items()])
        near = (i for _, _, i in order if self._is_kin(number, i))
        return tuple(self._kin(i, self.things[number]) for i in islice(near, most))

    def _kin(self, number: int, things: Iterable[Shared]) -> Kin:
        shared: dict[By, list[str]] = {}
        for by, name, same in things:
            if number in same:
                shared.setdefault(by, []).append(name)
        return Kin(
            number=number,
            id=self.ids[number],
            shared={by: tuple(of) for by, of in shared.items()},
        )

    def _is_kin(self, number: int, another: int) -> bool:
        """Are two notes something else than the same one, or named by each other?"""
        one, other = self.ids[number], self.ids[another]
        if one == other or one in self.named.get(another, ()):
            return False
        return other not in self.named.get(number, ())


def _weighed(things: Iterable[Shared]) -> dict[int, float]:
    """How much each note shares; one that shares nothing but tags has to share enough of them."""
    weight: dict[int, float] = {}
    by_tags: dict[int, float] = {}
    for by, _, same in things:
        more = _WEIGHTS[by] * min(1.0, 4 / len(same))
        found = by_tags if by == "tag" else weight
        for other in same:
            found[other] = found.get(other, 0.0) + more
    for other, more in by_tags.items():
        if other in weight or more >= _LEAST:
            weight[other] = weight.get(other, 0.0) + more
    return weight


class Kinfolk:
    """Notes that are met one after the other; nothing is kept but what two of them may share.

    A repository is named where there are several.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._named: dict[int, tuple[str, ...]] = {}
        self._things: list[Sequence[Shared]] = []
        self._known: dict[_Thing, Shared] = {}

    def meet(self, note: Note, repository: str = "") -> None:
        """One more note, in the order in which they shipped."""
        number = len(self._ids)
        self._ids.append(note.id)
        if names := (*note.related, *note.supersedes):
            self._named[number] = names
        things = _things(note, repository)
        self._things.append([_counted(self._known, thing, number) for thing in things])

    def kinship(self) -> Kinship:
        """Who is kin to whom among those that were met."""
        self._known.clear()
        for number, of_note in enumerate(self._things):
            self._things[number] = tuple(thing for thing in of_note if thing.binds)
        return Kinship(ids=self._ids, named=self._named, things=self._things)


def _counted(known: dict[_Thing, Shared], thing: _Thing, number: int) -> Shared:
    """A thing with one more note that has it, unless it is of too many already."""
    shared = known.get(thing)
    if shared is None:
        shared = known[thing] = Shared(thing[0], thing[1], [])
    if len(shared.numbers) <= _COMMON:
        shared.numbers.append(number)
    return shared


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

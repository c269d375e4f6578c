"""The texts of a note as bytes: words are looked for in them before anything is made of them.

A text holds another one exactly where its UTF-8 holds the other's. So bytes without the words of a
query are those of a note that it does not find; and most texts are ASCII, of which a byte is a
character.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import Struct, unpack

from changenote.model.facts import Facts
from changenote.model.query import Phrase, Query, Word
from changenote.model.ranking import (
    ENOUGH,
    FLAG,
    START_OF_WORD,
    WEIGHTS,
    Among,
    Scorer,
    amounts_in,
    usual_lengths,
)

_SECTIONS = tuple(name for name, _ in WEIGHTS)
_HEAD = Struct("<6I")  # characters of each section, where the text begins, and what it is
_ASCII, _FLAGGED = 1, 2
_BETWEEN = "\0"
_ALNUM = frozenset(byte for byte in range(128) if chr(byte).isalnum())

Amounts = Sequence[float]
"""How often a word stands in each section, as the rank counts it."""


def to_bytes(of: Facts) -> bytes:
    """What is searched of a note, and what it is ranked by; never empty."""
    lengths = [len(getattr(of, name)) for name in _SECTIONS]
    order, text = _utf8(f"{of.at}{_BETWEEN}{of.id}{_BETWEEN}"), _utf8(of.text)
    what = _ASCII * text.isascii() | _FLAGGED * (FLAG in of.flags)
    return _HEAD.pack(*lengths, _HEAD.size + len(order), what) + order + text


def sections_of(raw: bytes) -> list[str]:
    """The texts of a note that `to_bytes` made bytes of, in the order of `WEIGHTS`."""
    *lengths, start, _ = _HEAD.unpack_from(raw)
    text = raw[start:].decode("utf-8", "surrogatepass")
    sections, at = [], 0
    for length in lengths:
        sections.append(text[at : at + length])
        at += length + 1  # the end of a line
    return sections


class Searched:
    """The bytes of the notes that are searched, by what they are known by, such as files."""

    def __init__(self, raws: Mapping[str, bytes]) -> None:
        self._raws = raws
        self._firsts: dict[Word | Phrase, dict[str, int]] = {}

    def matching(self, query: Query) -> list[str]:
        """All notes in which stands what a query asks for, and not what it excludes; in order."""
        but = [self._with(unwanted) for unwanted in query.unwanted]
        found: Iterable[str] = self._raws
        for number, wanted in enumerate(query.wanted):
            having = self._with(wanted)
            found = [name for name in found if name in having] if number else having
        return [name for name in found if not any(name in excluded for excluded in but)]

    def best(self, query: Query, names: Sequence[str], most: int) -> list[tuple[float, str]]:
        """Some that match and how well each answers: the best, and no more than so many.

        Best first, equals newest first. Words are counted in those alone that may be among them.
        """
        scorer, scores = Scorer(self._among(query)), dict[str, float]()
        counting = [_counting(wanted) for wanted in query.wanted]
        for might_score, some in self._by_most(query, names, scorer):
            if len(scores) >= most and _least_of_best(scores.values(), most) > might_score:
                break
            scores.update((name, _score(self._raws[name], counting, scorer)) for name in some)
        least = _least_of_best(scores.values(), most)
        best = [(scores[name], name) for name in names if scores.get(name, -1.0) >= least]
        best.sort(key=lambda one: (one[0], _when_and_id(self._raws[one[1]])), reverse=True)
        return best[:most]

    def _by_most(
        self, query: Query, names: Iterable[str], scorer: Scorer
    ) -> list[tuple[float, list[str]]]:
        """Some that match by what they score at the most, those that might score more first."""
        firsts = [self._with(wanted) for wanted in query.wanted]
        alike: dict[tuple[int, ...], list[str]] = {}
        for name in names:
            alike.setdefault(tuple([of_each[name] for of_each in firsts]), []).append(name)
        return sorted(
            ((scorer.most(places), some) for places, some in alike.items()),
            key=lambda one: one[0],
            reverse=True,
        )

    def _among(self, query: Query) -> Among:
        """What the rank of those that match depends on, of all notes."""
        heads = b"".join([raw[: _HEAD.size] for raw in self._raws.values()])
        numbers = unpack(f"<{len(heads) // 4}I", heads)
        width = _HEAD.size // 4
        totals = [sum(numbers[place::width]) for place in range(len(_SECTIONS))]
        return Among(
            count=len(self._raws),
            having=tuple(len(self._with(wanted)) for wanted in query.wanted),
            lengths=usual_lengths(totals, max(1, len(self._raws))),
        )

    def _with(self, wanted: Word | Phrase) -> dict[str, int]:
        """The notes in which a word or phrase stands, with the first section that has it."""
        if wanted not in self._firsts:
            part, first = _utf8(wanted.text), _looking_for(wanted)
            holding = [(name, raw) for name, raw in self._raws.items() if part in raw]
            found = [(name, first(raw)) for name, raw in holding]
            self._firsts[wanted] = {name: place for name, place in found if place >= 0}
        return self._firsts[wanted]


def _looking_for(wanted: Word | Phrase) -> Callable[[bytes], int]:
    """What tells which section of a note has a word or phrase first; -1 where it is in none."""
    part = _utf8(wanted.text)
    is_word = isinstance(wanted, Word) and part[0] in _ALNUM

    def first(raw: bytes) -> int:
        title, labels, prose, _, start, what = _HEAD.unpack_from(raw)
        if not what & _ASCII:
            amounts = amounts_in(sections_of(raw), wanted)
            return next((place for place, amount in enumerate(amounts) if amount), -1)
        at = raw.find(part, start)
        while is_word and at >= 0 and raw[at - 1] in _ALNUM:
            at = raw.find(part, at + 1)
        if at < 0:
            return -1
        end = start + title
        place: int = (at > end) + (at > end + labels + 1) + (at > end + labels + prose + 2)
        return place

    return first


def _counting(wanted: Word | Phrase) -> Callable[[bytes], Amounts]:
    """What tells how often a word or phrase stands in each section of a note."""
    part = _utf8(wanted.text)
    size = len(part)
    is_word = isinstance(wanted, Word) and part[0] in _ALNUM

    def amounts(raw: bytes) -> Amounts:
        title, labels, prose, _, start, what = _HEAD.unpack_from(raw)
        if not what & _ASCII:
            return amounts_in(sections_of(raw), wanted)
        ends = (start + title, start + title + labels + 1, start + title + labels + prose + 2)
        found, counts = [0.0, 0.0, 0.0, 0.0], [0, 0, 0, 0]
        at = raw.find(part, start)
        while at >= 0:
            end = at + 1
            if not (is_word and raw[at - 1] in _ALNUM):
                end = at + size
                place = (at > ends[0]) + (at > ends[1]) + (at > ends[2])
                if counts[place] < ENOUGH:
                    counts[place] += 1
                    goes_on = end < len(raw) and raw[end] in _ALNUM
                    found[place] += START_OF_WORD if goes_on else 1.0
            at = raw.find(part, end)
        return found

    return amounts


def _least_of_best(scores: Iterable[float], most: int) -> float:
    return min(sorted(scores)[-most:], default=0.0)


def _score(raw: bytes, counting: Iterable[Callable[[bytes], Amounts]], scorer: Scorer) -> float:
    *lengths, _, what = _HEAD.unpack_from(raw)
    amounts = [count(raw) for count in counting]
    return scorer.score(amounts, lengths, needs_review=bool(what & _FLAGGED))


def _when_and_id(raw: bytes) -> bytes:
    *_, start, _ = _HEAD.unpack_from(raw)
    return raw[_HEAD.size : start]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

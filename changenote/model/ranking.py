"""Search results in order, best first, and why a note was found."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from math import log
from unicodedata import combining, normalize

from changenote.model.facts import Facts, folded, searchable
from changenote.model.note import Note
from changenote.model.query import Phrase, Query, Word
from changenote.records import record

WEIGHTS = (("title", 8.0), ("labels", 4.0), ("prose", 2.0), ("details", 1.0))
"""How much a word counts by where it stands; `Facts` says what belongs to each."""

Wanted = Sequence[Word | Phrase]
Span = tuple[int, int]

_SATURATION, _LENGTH = 1.2, 0.75  # the usual constants of BM25
START_OF_WORD = 0.5
"""`cart` in "cartoon" counts half of `cart` in "cart"."""

ENOUGH = 20
"""Occurrences in one section; more would hardly change a score, and cost time."""

FLAG = "needs_human_review"
"""The one that counts."""

_NEEDS_REVIEW = 0.9
_WIDTH, _LEAD = 90, 30  # of an excerpt, and of it before the first word found


@record
class Match:
    """A short piece of a note that holds words of a query.

    `spans` are the starts and ends of these words in `excerpt`, in order, never overlapping.
    """

    field: str
    excerpt: str
    spans: tuple[Span, ...]


@record
class Among:
    """The notes that are searched: how many there are, how many have each word, in the order of
    `Query.wanted`, and how long each section in `WEIGHTS` usually is."""

    count: int
    having: tuple[int, ...]
    lengths: tuple[float, ...]

    @cached_property
    def rarities(self) -> tuple[float, ...]:
        """How much each word tells: the fewer notes have it, the more."""
        count = self.count
        return tuple(log(1 + (count - having + 0.5) / (having + 0.5)) for having in self.having)


def rank(query: Query, notes_facts: Iterable[Facts]) -> list[tuple[float, Facts]]:
    """The notes that match, best first, equals newest first; without words all score 0.

    BM25 (Robertson & Zaragoza 2009) for each of the sections in `WEIGHTS`, summed: a rare word
    counts more than a common one, and its tenth occurrence hardly more than its ninth.
    """
    every = list(notes_facts)
    found = [facts for facts in every if query.matches(facts)]
    newest = sorted(found, key=lambda facts: (facts.at, facts.id), reverse=True)
    if not query.wanted or not newest:
        return [(0.0, facts) for facts in newest]
    among = _among(query.wanted, every)
    scorer = Scorer(among)
    scored = [(_score(facts, query.wanted, scorer), facts) for facts in newest]
    return sorted(scored, key=lambda pair: -pair[0])


def usual_lengths(totals: Iterable[int], count: int) -> tuple[float, ...]:
    """How long each section of a note usually is, from the sums over all notes."""
    return tuple(max(1.0, total / count) for total in totals)


def why(query: Query, note: Note) -> Match | None:
    """The part of a note that holds most of the words asked for; None when it holds none."""
    most, best = 0, ("", "")
    for field, text in searchable(note):
        line = folded(text)
        count = sum(wanted.find(line) >= 0 for wanted in query.wanted)
        if count > most:
            most, best = count, (field, text)
    return _match(*best, query.wanted) if most else None


def _among(wanted: Wanted, every: Sequence[Facts]) -> Among:
    totals = (sum(len(getattr(facts, name)) for facts in every) for name, _ in WEIGHTS)
    return Among(
        count=len(every),
        having=tuple(sum(each.find(facts.text) >= 0 for facts in every) for each in wanted),
        lengths=usual_lengths(totals, len(every)),
    )


class Scorer:
    """How well notes answer, among others."""

    def __init__(self, among: Among) -> None:
        self._usual = among.lengths
        self._worth = [[weight * rarity for rarity in among.rarities] for _, weight in WEIGHTS]
        self._most = [list(of_word) for of_word in zip(*self._worth, strict=True)]

    def score(
        self, amounts: Sequence[Sequence[float]], lengths: Sequence[int], *, needs_review: bool
    ) -> float:
        """By how much of each word is in each section, and how long the sections are."""
        total = 0.0
        for place, worth in enumerate(self._worth):
            norm = 0.0  # in most sections of most notes there is nothing
            for of_word, most in zip(amounts, worth, strict=True):
                if amount := of_word[place]:
                    norm = norm or _norm(lengths[place], self._usual[place])
                    total += most * amount / (amount + norm)
        return total * _NEEDS_REVIEW if needs_review else total

    def most(self, firsts: Iterable[int]) -> float:
        """More than any note scores that has each word first in one of these sections."""
        return sum(sum(of_word[first:]) for of_word, first in zip(self._most, firsts, strict=True))


def _norm(length: int, usual: float) -> float:
    return _SATURATION * (1 - _LENGTH + _LENGTH * length / usual)


def _score(facts: Facts, wanted: Wanted, scorer: Scorer) -> float:
    sections = [getattr(facts, name) for name, _ in WEIGHTS]
    amounts = [amounts_in(sections, each) for each in wanted]
    return scorer.score(amounts, [len(s) for s in sections], needs_review=FLAG in facts.flags)


def amounts_in(sections: Sequence[str], wanted: Word | Phrase) -> list[float]:
    """How often a word or phrase stands in each section; as a part of a longer word it is half."""
    return [_amount(section, wanted) for section in sections]


def _amount(section: str, wanted: Word | Phrase) -> float:
    ends = (end for _, end in _occurrences(section, wanted))
    return sum(START_OF_WORD if section[end : end + 1].isalnum() else 1.0 for end in ends)


def _occurrences(text: str, wanted: Word | Phrase) -> Iterator[Span]:
    end = 0
    for _ in range(ENOUGH):
        at = wanted.find(text, end)
        if at < 0:
            return
        end = at + len(wanted.text)
        yield at, end


def _match(field: str, text: str, wanted: Wanted) -> Match:
    line = " ".join(normalize("NFC", text).split())
    spans = _merged(_spans(line, wanted))
    start, end = _window(line, spans)
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    return Match(
        field=field,
        excerpt=before + line[start:end] + after,
        spans=tuple((a + shift, min(b, end) + shift) for a, b in spans if start <= a < end),
    )


def _spans(line: str, wanted: Wanted) -> list[Span]:
    """Where the words stand in a line as it was written."""
    comparable, places = _placed(line)
    found = (span for each in wanted for span in _occurrences(comparable, each))
    return sorted((places[start][0], places[end - 1][1]) for start, end in found)


def _placed(line: str) -> tuple[str, Sequence[Span]]:
    """A line folded, and for each character of that the place in the line it came from."""
    # An accent is folded with its letter; one that stands first or behind a space has none.
    starts = [i for i, letter in enumerate(line) if not combining(letter) or line[i - 1 : i] in " "]
    pieces: list[str] = []
    places: list[Span] = []
    for start, end in pairwise((*starts, len(line))):
        piece = folded(line[start:end]) or " "
        pieces.append(piece)
        places.extend([(start, end)] * len(piece))
    return "".join(pieces), places


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(line: str, spans: Sequence[Span]) -> Span:
    """The stretch of a line that shows most of the spans, cut between words where it can be."""
    first = max(spans, key=lambda span: _seen_from(span[0], spans), default=(0, 0))
    start = max(0, min(first[0] - _LEAD, len(line) - _WIDTH))
    if start:
        start = line.find(" ", start, first[0]) + 1 or start
    end = min(len(line), start + _WIDTH)
    if end < len(line):
        end = max(line.rfind(" ", first[1], end), 0) or end
    return start, end


def _seen_from(place: int, spans: Sequence[Span]) -> int:
    return sum(place <= start and end <= place + _WIDTH - _LEAD for start, end in spans)

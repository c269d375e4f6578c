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
    amounts_in,
    score,
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
        self._standing: dict[Word | Phrase, dict[str, Amounts]] = {}

    def matching(self, query: Query) -> list[str]:
        """All notes in which stands what a query asks for, and not what it excludes; in order."""
        but = [self._with(unwanted) for unwanted in query.unwanted]
        found: Iterable[str] = self._raws
        for number, wanted in enumerate(query.wanted):
            having = self._with(wanted)
            found = [name for name in found if name in having] if number else having
        return [name for name in found if not any(name in excluded for excluded in but)]

    def best(self, query: Query, names: Iterable[str]) -> list[tuple[float, str]]:
        """Some that match, best first, equals newest first, and how well each answers."""
        among = self._among(query)
        having = [self._with(wanted) for wanted in query.wanted]
        scored = []
        for name in names:
            raw = self._raws[name]
            *lengths, start, what = _HEAD.unpack_from(raw)
            amounts = [of_each[name] for of_each in having]
            answers = score(amounts, lengths, among, needs_review=bool(what & _FLAGGED))
            scored.append((answers, raw[_HEAD.size : start], name))
        scored.sort(key=lambda one: one[:2], reverse=True)
        return [(answers, name) for answers, _, name in scored]

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

    def _with(self, wanted: Word | Phrase) -> dict[str, Amounts]:
        """The notes in which a word or phrase stands, with how often."""
        if wanted not in self._standing:
            part, look = _utf8(wanted.text), _looking_for(wanted)
            holding = [(name, raw) for name, raw in self._raws.items() if part in raw]
            found = ((name, look(raw)) for name, raw in holding)
            self._standing[wanted] = {name: amounts for name, amounts in found if any(amounts)}
        return self._standing[wanted]


def _looking_for(wanted: Word | Phrase) -> Callable[[bytes], Amounts]:
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


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

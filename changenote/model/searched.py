"""The texts of a note as bytes: whether a word is in them is known before anything is made of them.

A text holds another one exactly where its UTF-8 holds the other's. So bytes without the words of a
query are those of a note that it does not find.
"""

from collections.abc import Mapping
from struct import Struct, unpack
from typing import Any

from changenote.model.facts import Facts, from_plain
from changenote.model.query import Phrase, Query, Word
from changenote.model.ranking import WEIGHTS, Among, usual_lengths
from changenote.records import record

_SECTIONS = tuple(name for name, _ in WEIGHTS)
_LENGTHS = Struct(f"<{len(_SECTIONS)}I")
_BETWEEN = "\0"
_FLAG = "needs_human_review"  # the one that counts for the rank


def to_bytes(of: Facts) -> bytes:
    """What is searched of a note, and what it is ranked by; never empty."""
    sections = [getattr(of, name) for name in _SECTIONS]
    text = _BETWEEN.join((of.at, of.id, _FLAG if _FLAG in of.flags else "", of.text))
    return _LENGTHS.pack(*map(len, sections)) + _utf8(text)


def from_bytes(raw: bytes, more: Mapping[str, Any]) -> Facts:
    """The facts that `to_bytes` made bytes of, with others as `to_plain` gives them."""
    at, note_id, flag, text = _parts(raw)
    plain = {"at": at, "id": note_id, "flags": [flag] if flag else [], **more, "text": text}
    start = 0
    for name, length in zip(_SECTIONS, _LENGTHS.unpack_from(raw), strict=True):
        plain[name] = text[start : start + length]
        start += length + 1  # the end of a line
    return from_plain(plain)


def _parts(raw: bytes) -> list[str]:
    return raw[_LENGTHS.size :].decode("utf-8", "surrogatepass").split(_BETWEEN, 3)


@record
class Searched:
    """The bytes of the notes that are searched, by what they are known by, such as files."""

    raws: Mapping[str, bytes]

    def candidates(self, query: Query) -> list[str]:
        """All notes in which the texts that a query asks for stand somewhere, in order."""
        parts = [_utf8(wanted.text) for wanted in query.wanted]
        return [name for name, raw in self.raws.items() if all(part in raw for part in parts)]

    def among(self, query: Query) -> Among:
        """What the rank of those that match depends on, of all notes."""
        heads = b"".join([raw[: _LENGTHS.size] for raw in self.raws.values()])
        lengths = unpack(f"<{len(heads) // 4}I", heads)
        totals = [sum(lengths[number :: len(_SECTIONS)]) for number in range(len(_SECTIONS))]
        return Among(
            count=len(self.raws),
            having=tuple(map(self._having, query.wanted)),
            lengths=usual_lengths(totals, len(self.raws)),
        )

    def _having(self, wanted: Word | Phrase) -> int:
        """How many notes a word or phrase is found in."""
        part = _utf8(wanted.text)
        having = (raw for raw in self.raws.values() if part in raw)
        return sum(wanted.find(_parts(raw)[-1]) >= 0 for raw in having)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

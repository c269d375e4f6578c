"""Notes that cannot match are left out by their bytes, and nobody can tell from what is found."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.notes import notes
from changenote.model import searched
from changenote.model.facts import Facts, facts
from changenote.model.note import Command, FileTouched, Metric, Note
from changenote.model.query import Phrase, Query, Word
from changenote.model.ranking import WEIGHTS, rank
from changenote.model.reading import read_note
from changenote.model.searched import Searched, sections_of, to_bytes
from changenote.store import codec
from changenote.store.emitting import dump

Ranked = list[tuple[float, str]]

_ODD = "cart Señor ÉTÉ Straße 漢字かな a_b-c İst e\u0301x ﬁne \0 \ud83d x.y/z".split(" ")
_TEXTS = st.lists(st.sampled_from([*_ODD, "carts", "totals", "\n", "is"]), max_size=6).map(" ".join)


def _made(title: str, reason: str, run: str, path: str, flags: list[str]) -> Note:
    return Note(
        schema=1,
        id="20261122-aaaaaa",
        title=title,
        kind="fix",
        status="shipped",
        reason=reason,
        flags=tuple(flags),
        commands=(Command(run=run),),
        files=(FileTouched(path=path),),
        metrics=(Metric(name=run, unit="ms", better="lower"),),
    )


_FLAGS = st.lists(st.sampled_from(["needs_human_review", "Other"]), max_size=2)
_NOTES = st.lists(st.builds(_made, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _FLAGS), max_size=5)
_PARTS = st.sampled_from([*_ODD, "c", "art", "eñor", "strasse", "字", "fine", "s", "\u0301", "y/z"])
_QUERIES = st.builds(
    lambda words, phrases: Query(words=tuple(words), phrases=tuple(phrases)),
    st.lists(st.builds(Word, text=_PARTS, negated=st.booleans()), max_size=3),
    st.lists(st.builds(Phrase, text=_PARTS, negated=st.booleans()), max_size=2),
)


def from_all(query: Query, every: list[Facts]) -> Ranked:
    """What is found where each note is looked at in full."""
    return [(score, of.id) for score, of in rank(query, every)]


def from_bytes_alone(query: Query, every: list[Facts], most: int) -> Ranked:
    """The best of what is found where nothing but bytes is looked at."""
    raws = Searched({str(number): to_bytes(of) for number, of in enumerate(every)})
    best = raws.best(query, raws.matching(query), most)
    return [(score, every[int(name)].id) for score, name in best]


@settings(max_examples=100)
@given(_NOTES, _QUERIES, st.integers(1, 6))
@example([], Query(words=(Word(text="cart"),)), 1)
def test_any_query_finds_the_same_in_the_same_order(
    every: list[Note], query: Query, most: int
) -> None:
    of_each = [facts(note) for note in every]

    assert from_bytes_alone(query, of_each, most) == from_all(query, of_each)[:most]


def _generated() -> list[Facts]:
    read = (read_note(codec.load(dump(data).encode()).data)[0] for data in notes(60))
    return [facts(note) for note in read if note]


_GENERATED = _generated()
_SPOKEN = " ".join(of.text for of in _GENERATED).split()


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(_SPOKEN), min_size=1, max_size=3),
    st.integers(1, 12),
    st.integers(1, 60),
)
def test_words_of_generated_notes_find_the_same(words: list[str], length: int, most: int) -> None:
    query = Query(words=tuple(Word(text=word[:length]) for word in words))

    assert from_bytes_alone(query, _GENERATED, most) == from_all(query, _GENERATED)[:most]


@given(st.builds(_made, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _FLAGS))
def test_bytes_tell_all_sections_that_are_searched(note: Note) -> None:
    of = facts(note)

    assert sections_of(to_bytes(of)) == [getattr(of, name) for name, _ in WEIGHTS]


def test_words_are_counted_in_those_alone_that_may_be_among_the_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    titles = [_made("Cache totals", "", "", "", []) for _ in range(3)]
    others = [_made("Fix totals", "", "echo cache", "", []) for _ in range(50)]
    every = [facts(note) for note in (*others, *titles)]
    query = Query(words=(Word(text="cache"),))
    raws: list[bytes] = []
    score = searched._score
    monkeypatch.setattr(searched, "_score", lambda raw, *of: raws.append(raw) or score(raw, *of))  # type: ignore[func-returns-value]

    found = from_bytes_alone(query, every, 2)

    assert found == from_all(query, every)[:2]
    assert raws == [to_bytes(of) for of in every[50:]]

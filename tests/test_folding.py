"""A folded note says what the note says, in a fraction of its memory."""

from dataclasses import fields, replace
from pathlib import Path

from hypothesis import given, settings

from changenote.model.folding import FoldedNote, Folds, unfolded
from changenote.model.note import Note
from changenote.site.book import Book
from changenote.site.loading import read_book
from changenote.site.pages import pages
from changenote.store.project import find_project
from tests.any_notes import ANY_NOTE
from tests.books import book, least, sample_project


def folded(note: Note) -> Note:
    """A note folded by somebody who has no other."""
    return Folds(whole=0).folded(note)


def folded_book(of: Book) -> Book:
    """A book of which every note is folded, and one at a time unfolded."""
    folds = Folds(whole=0, at_a_time=1)
    entries = (replace(entry, note=folds.folded(entry.note)) for entry in of.entries)
    return replace(of, entries=tuple(entries))


@settings(max_examples=25, deadline=None)
@given(ANY_NOTE)
def test_a_folded_note_says_the_same_in_every_field(note: Note) -> None:
    made = folded(note)

    said = {field.name: repr(getattr(made, field.name)) for field in fields(Note)}

    assert said == {field.name: repr(getattr(note, field.name)) for field in fields(Note)}


@settings(max_examples=25, deadline=None)
@given(ANY_NOTE, ANY_NOTE)
def test_folded_notes_are_equal_where_notes_are(one: Note, other: Note) -> None:
    assert (folded(one) == folded(other)) == (one == other)
    assert folded(one) == folded(one)
    assert folded(one) == one
    assert unfolded(folded(one)) == one


def test_a_site_of_folded_notes_has_the_same_bytes(tmp_path: Path) -> None:
    of = read_book(find_project(sample_project(tmp_path)))

    made = list(pages(folded_book(of)))

    assert made == list(pages(of))


def test_what_lists_show_is_there_without_unfolding() -> None:
    entry = book(least(title="Count the sheep")).entries[0]
    made = folded(entry.note)
    assert isinstance(made, FoldedNote)
    object.__setattr__(made, "_data", b"what cannot be unfolded")

    assert (made.title, made.kind, made.status) == ("Count the sheep", "fix", "draft")
    assert (made.service, made.shipped, made.tags) == (None, None, ())


def test_the_first_notes_stay_whole() -> None:
    of = book(*(least(f"20261122-k3f9x{n}") for n in range(4)))
    folds = Folds(whole=2)

    made = [folds.folded(entry.note) for entry in of.entries]

    assert [isinstance(note, FoldedNote) for note in made] == [False, False, True, True]


def test_few_notes_are_unfolded_at_a_time() -> None:
    of = book(*(least(f"20261122-k3f9x{n}") for n in range(9)))
    folds = Folds(whole=0, at_a_time=3)
    notes = [folds.folded(entry.note) for entry in of.entries]

    whole = [unfolded(note) for note in notes]

    assert unfolded(notes[-1]) is whole[-1]
    assert unfolded(notes[0]) is not whole[0]
    assert unfolded(notes[0]) == whole[0]

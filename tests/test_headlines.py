"""A primary metric is judged once for as long as its note stays as it is."""

from pathlib import Path

import pytest

from changenote.model.measures import Verdict, headline
from changenote.model.note import Note
from changenote.site import headlines
from changenote.site.book import Book
from changenote.site.loading import project_of, read_book
from tests.books import sample_project


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the notes that are judged from now on."""
    ids: list[str] = []

    def told(note: Note) -> Verdict | None:
        ids.append(note.id)
        return headline(note)

    monkeypatch.setattr(headlines, "headline", told)
    return ids


def anew(book: Book) -> list[tuple[Verdict | None]]:
    """The verdicts as they are found without a cache."""
    return [(headline(entry.note),) for entry in book.entries]


def test_each_note_is_judged_once(tmp_path: Path, judged: list[str]) -> None:
    notes = sample_project(tmp_path) / "changes"

    first, second = read_book(project_of(notes)), read_book(project_of(notes))

    assert sorted(judged) == sorted(entry.note.id for entry in first.entries)
    assert [e.judged for e in first.entries] == [e.judged for e in second.entries] == anew(first)


def test_after_an_edit_one_note_is_judged(tmp_path: Path, judged: list[str]) -> None:
    notes = sample_project(tmp_path) / "changes"
    entry = read_book(project_of(notes)).entries[0]
    judged.clear()

    Path(entry.path).write_text(f"{entry.text}# looked at\n")
    book = read_book(project_of(notes))

    assert judged == [entry.note.id]
    assert [entry.judged for entry in book.entries] == anew(book)

"""Notes on disk become a book, and nothing from outside their folders comes with them."""

from pathlib import Path

import pytest

from changenote.config import Config
from changenote.forge.links import Repository
from changenote.site.loading import project_of, read_book, repository
from tests.books import SAMPLE, least, sample_project

PNG = (SAMPLE / "changes/2026/20261122-k3f9xq/p95.png").read_bytes()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A notes folder with one note that names a picture."""
    folder = tmp_path / "changes"
    (folder / "2026/20261122-k3f9xq").mkdir(parents=True)
    (folder / "2026/20261122-k3f9xq.yaml").write_text(least() + "images: [{file: a.png}]\n")
    return folder


def test_every_file_is_a_note_broken_or_a_stray(tmp_path: Path) -> None:
    folder = sample_project(tmp_path) / "changes"
    (folder / "2026/cart.yaml").write_text("x")

    book = read_book(project_of(folder))

    assert len(book.entries) == 5
    assert [(b.id, b.file) for b in book.broken] == [
        ("20261121-bad0ne", "changes/2026/20261121-bad0ne-broken.yaml")
    ]
    assert [f.file for f in book.strays] == ["changes/2026/cart.yaml"]
    assert book.repository == Repository(forge="github", web="https://github.com/acme/shop")


def test_findings_of_a_broken_file_have_line_and_column(tmp_path: Path) -> None:
    book = read_book(project_of(sample_project(tmp_path) / "changes"))

    assert [(f.line, f.column, f.where, f.rule) for f in book.broken[0].findings] == [
        (5, 9, "status", "bad-value"),
        (7, 15, "shipped.at", "wrong-type"),
    ]


def test_a_picture_comes_from_the_folder_of_its_note(notes: Path) -> None:
    (notes / "2026/20261122-k3f9xq/a.png").write_bytes(PNG)

    assert read_book(project_of(notes)).entries[0].images == {"a.png": PNG}


def test_a_link_to_a_picture_elsewhere_is_refused(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    (notes / "2026/20261122-k3f9xq/a.png").symlink_to(tmp_path / "secret.png")

    entry = read_book(project_of(notes)).entries[0]

    assert entry.images == {}
    assert entry.refused == {"a.png": "it is a link, or lies outside the note's folder"}


def test_a_linked_folder_of_pictures_is_refused(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.png").write_bytes(PNG)
    (notes / "2026/20261122-k3f9xq").rmdir()
    (notes / "2026/20261122-k3f9xq").symlink_to(tmp_path / "elsewhere")

    assert read_book(project_of(notes)).entries[0].images == {}


def test_a_picture_that_is_something_else_is_refused(notes: Path) -> None:
    (notes / "2026/20261122-k3f9xq/a.png").write_bytes(b"<svg onload=alert(1)>")

    entry = read_book(project_of(notes)).entries[0]

    assert entry.refused == {"a.png": "it holds no PNG, JPEG, GIF, WebP or AVIF"}


def test_a_notes_folder_may_have_another_name(notes: Path) -> None:
    (notes / "config.yaml").write_text("title: The log\n")

    other = project_of(notes.rename(notes.with_name("log")))

    assert other.config.title == "The log"
    assert [entry.file for entry in read_book(other).entries] == ["log/2026/20261122-k3f9xq.yaml"]


def test_the_forge_is_known_from_the_address_or_said() -> None:
    assert repository(Config()) is None
    assert repository(Config(repository="https://git.example.com/a/b", forge="gitlab")) == (
        Repository(forge="gitlab", web="https://git.example.com/a/b")
    )

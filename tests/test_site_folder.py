"""Pages in a folder: any builder can take them, and running again is safe."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from changenote.errors import CannotWrite
from changenote.site.book import Book
from changenote.site.folder import MANIFEST, write_pages
from changenote.site.loading import project_of, read_book
from changenote.site.pages import printed
from changenote.site.search.bundle import FOLDER
from changenote.site.search.whole import index_files
from tests.books import book, least, paths, sample_project, words
from tests.sites import lost_links

HOSTILE = (
    'reason: "a\\n\\n```\\n\\n{{ 7 * 7 }} {% x %}\\n\\n--8<-- \\"secret.txt\\"\\n\\n# Big"\n'
    'commands: [{run: "one\\n\\n```sh\\n--8<-- \\"secret.txt\\"\\n{{ two }}"}]\n'
)


@pytest.fixture
def sample(tmp_path: Path) -> Book:
    """The sample notes as a book."""
    return read_book(project_of(sample_project(tmp_path / "project") / "changes"))


def files(folder: Path) -> list[str]:
    return sorted(
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and p.name != MANIFEST
    )


def test_every_page_becomes_a_markdown_file_and_every_asset_a_file(
    tmp_path: Path, sample: Book
) -> None:
    written = write_pages(sample, tmp_path / "out")

    pages = (f"{path}index.md" if path.endswith("/") else path for path in paths(sample))
    expected = sorted([*pages, *index_files(printed(sample))])
    assert files(tmp_path / "out") == expected
    assert list(written.files) == expected


def test_a_second_run_changes_nothing(tmp_path: Path, sample: Book) -> None:
    write_pages(sample, tmp_path / "out")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*")}

    write_pages(sample, tmp_path / "out")

    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*")} == before


def test_only_what_would_be_another_is_made_when_there_is_a_cache(
    tmp_path: Path, sample: Book
) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    first = write_pages(sample, out, cache)
    (out / "changes/20261122-k3f9xq/index.md").write_text("mine")
    (out / "changes/index.json").unlink()

    second, third = (write_pages(sample, out, cache) for _ in range(2))
    fewer = write_pages(replace(sample, entries=sample.entries[1:]), out, cache)

    write_pages(replace(sample, entries=sample.entries[1:]), tmp_path / "new")
    assert [first.made, second.made, third.made] == [len(first.files), 2, 0]
    assert 0 < fewer.made < len(fewer.files)
    names = files(out)
    assert names == files(tmp_path / "new")
    assert all((out / n).read_bytes() == (tmp_path / "new" / n).read_bytes() for n in names)


def test_a_page_of_a_note_that_is_gone_is_removed_and_nothing_else(tmp_path: Path) -> None:
    write_pages(book(least("20261122-k3f9xq"), least("20261122-0a1b2c")), tmp_path)
    (tmp_path / "changes/mine.md").write_text("mine")

    written = write_pages(book(least("20261122-k3f9xq")), tmp_path)

    assert [path for path in written.removed if FOLDER not in path] == [
        "c/0a1b2c/index.html",
        "changes/20261122-0a1b2c/index.md",
        "changes/20261122-0a1b2c/note.json",
        "changes/20261122-0a1b2c/note.yaml",
    ]
    assert not (tmp_path / "changes/20261122-0a1b2c").exists()
    assert (tmp_path / "changes/mine.md").read_text() == "mine"


def test_a_file_of_your_own_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes/index.md").write_text("mine")

    written = [write_pages(book(least()), tmp_path) for _ in range(2)]

    assert [w.kept for w in written] == [("changes/index.md",)] * 2
    assert (tmp_path / "changes/index.md").read_text() == "mine"


def test_a_list_that_names_files_elsewhere_removes_nothing_there(tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("keep")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / MANIFEST).write_text('["../precious.txt", 7]')

    write_pages(book(least()), folder)

    assert outside.read_text() == "keep"


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(CannotWrite) as raised:
        write_pages(book(least()), tmp_path / "out")

    assert "could not be written" in raised.value.what


def test_no_text_of_a_note_is_markdown_to_another_builder(tmp_path: Path) -> None:
    write_pages(book(least() + HOSTILE), tmp_path)

    text = (tmp_path / "changes/20261122-k3f9xq/index.md").read_text("utf-8")
    front, body = text.split("\n\n", 1)
    described = 'description: "a 7 7 % x % --8 -- secret.txt Big"'  # no sign that starts anything
    assert front == f'---\ntitle: "Count sheep"\n{described}\n---'
    assert all(line.startswith("<") for line in body.splitlines())
    assert "{" not in body


def test_a_page_is_one_block_of_html_in_commonmark(tmp_path: Path) -> None:
    of = book(least() + HOSTILE)
    write_pages(of, tmp_path)

    text = (tmp_path / "changes/20261122-k3f9xq/index.md").read_text("utf-8")
    body = text.split("\n\n", 1)[1]
    tokens = MarkdownIt("commonmark").parse(body)

    assert [token.type for token in tokens] == ["html_block"]
    assert 'one ```sh --8<-- "secret.txt" {{ two }}' in words(body)


@pytest.mark.parametrize(
    ("title", "front"),
    [
        ("Cache cart totals", "Cache cart totals"),
        ("<script>alert(1)</script> &lt;b&gt;", "script alert(1) /script lt;b gt;"),
        ('a "b" \\ c: {{ d }} # e', "a b c d e"),
        ("Größe 支払い +5 %", "Größe 支払い +5 %"),
    ],
)
def test_a_title_in_front_matter_is_too_plain_to_do_anything(
    tmp_path: Path, title: str, front: str
) -> None:
    of = book(least())
    entry = replace(of.entries[0], note=replace(of.entries[0].note, title=title))

    write_pages(replace(of, entries=(entry,)), tmp_path)

    text = (tmp_path / "changes/20261122-k3f9xq/index.md").read_text("utf-8")
    assert text.splitlines()[1] == f'title: "{front}"'


def test_a_plain_mkdocs_with_many_extensions_shows_the_notes_as_they_are(
    tmp_path: Path, sample: Book
) -> None:
    extended = replace(sample, entries=(*sample.entries, *book(_hostile_note()).entries))
    write_pages(extended, tmp_path / "docs")
    (tmp_path / "docs/index.md").write_text("# Home\n")
    (tmp_path / "secret.txt").write_text("a secret")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\ntheme: {name: material, font: false}\nplugins: []\n"
        "markdown_extensions: [attr_list, md_in_html, footnotes, abbr, pymdownx.superfences, "
        "pymdownx.snippets, pymdownx.magiclink]\n"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-m", "mkdocs", "build", "-q"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert lost_links(tmp_path / "site") == set()
    note = (tmp_path / "site/changes/20261122-k3f9xq/index.html").read_text("utf-8")
    assert "./flags set cart_total_cache off --env production" in words(note)
    assert "<title>Cache cart totals per session - x</title>" in note
    hostile = (tmp_path / "site/changes/20260101-000000/index.html").read_text("utf-8")
    assert 'one ```sh --8<-- "secret.txt" {{ two }}' in words(hostile)
    assert "a secret" not in hostile


def _hostile_note() -> str:
    return least("20260101-000000", "Try everything") + HOSTILE

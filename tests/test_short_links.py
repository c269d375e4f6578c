"""Short addresses of notes, and those that never change."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from changenote.site.book import Book, Broken
from changenote.site.pages import printed
from tests.books import book, least, links, published, words
from tests.site_files import HERE, for_programs


def test_a_short_address_leads_to_its_note_without_a_script() -> None:
    made = for_programs(replace(book(least()), site_url=HERE))["c/k3f9xq/index.html"].decode()

    assert '<meta http-equiv="refresh" content="0; url=../../changes/20261122-k3f9xq/">' in made
    assert f'<link rel="canonical" href="{HERE}changes/20261122-k3f9xq/">' in made
    assert links(made)[-1] == "../../changes/20261122-k3f9xq/"
    assert words(made) == "Count sheep Count sheep"
    assert "<script" not in made


def test_two_notes_with_one_ending_are_both_named() -> None:
    of = book(least("20261122-k3f9xq", "Count sheep"), least("20261123-k3f9xq", "Shear sheep"))

    made = for_programs(of)["c/k3f9xq/index.html"].decode()

    assert links(made) == ["../../changes/20261123-k3f9xq/", "../../changes/20261122-k3f9xq/"]
    assert "Shear sheep (20261123-k3f9xq) Count sheep (20261122-k3f9xq)" in words(made)
    assert "refresh" not in made


def test_a_file_that_cannot_be_read_has_a_short_address_too(sample_book: Book) -> None:
    made = for_programs(sample_book)["c/bad0ne/index.html"].decode()

    assert links(made)[-1] == "../../changes/20261121-bad0ne/"


def test_a_file_that_cannot_be_read_shares_an_ending() -> None:
    broken = Broken(file="f.yaml", text="", findings=(), id="20250101-k3f9xq")
    of = replace(book(least()), broken=(broken,))

    made = for_programs(of)["c/k3f9xq/index.html"].decode()

    assert links(made) == ["../../changes/20261122-k3f9xq/", "../../changes/20250101-k3f9xq/"]


def test_a_title_cannot_do_anything_on_a_short_page() -> None:
    made = for_programs(book(least(title=json.dumps('"><script>hurt()</script>'))))

    assert "<script" not in made["c/k3f9xq/index.html"].decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Count sheep", "Something else"),
        lambda text: text.replace("kind: fix", "kind: feature"),
        lambda text: text + "service: farm\n",
    ],
)
def test_the_address_of_a_note_is_for_ever(change: Callable[[str], str]) -> None:
    before = book(least())
    after = replace(
        before, entries=(published(change(least()), "moved/2026/20261122-k3f9xq.yaml"),)
    )

    paths = {printed(of).by_name["", "20261122-k3f9xq"].path for of in (before, after)}
    short = {
        for_programs(of)["c/k3f9xq/index.html"].partition(b"refresh")[2][:60]
        for of in (before, after)
    }

    assert paths == {"changes/20261122-k3f9xq/"}
    assert len(short) == 1

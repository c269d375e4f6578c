"""Notes of several checkouts in one book: which of them, what they are called, what is refused."""

from pathlib import Path

import pytest

from changenote.errors import BadSource, ChangenoteError
from changenote.model.identity import id_in_file_name
from tests.checkouts import ID, Shelf, note
from tests.workshop import Workshop


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty folder for checkouts."""
    return Shelf(tmp_path / "side by side")


def refused(shelf: Shelf, sources: str, *more: str) -> ChangenoteError:
    """The error for what a config and a command line list."""
    shelf.knowledge(sources)
    with pytest.raises(BadSource) as raised:
        shelf.book(*more)
    return raised.value


def test_notes_of_listed_checkouts_are_in_the_book_with_what_their_own_git_tells(
    shelf: Shelf,
) -> None:
    shop = shelf.repository("shop-web", note())
    search = shelf.repository("search", note("20261121-aaaaa1"))
    shelf.knowledge("[../shop-web, {path: ../search}]", note("20261120-aaaaa2"))

    book = shelf.book()

    assert [(entry.source, entry.note.id) for entry in book.entries] == [
        ("knowledge", "20261120-aaaaa2"),
        ("shop-web", ID),
        ("search", "20261121-aaaaa1"),
    ]
    assert book.source("shop-web").commit == shop.git("rev-parse", "HEAD")
    assert book.source("search").commit == search.git("rev-parse", "HEAD")
    assert book.in_git[f"shop-web:changes/2026/{ID}-note.yaml"].revisions == 1
    assert (book.remarks, book.doubts) == ((), ())


def test_the_command_line_adds_to_what_is_listed(shelf: Shelf) -> None:
    shelf.repository("shop-web", note())
    shelf.repository("search", note("20261121-aaaaa1"))
    shelf.knowledge("[../shop-web]")

    book = shelf.book(str(shelf.folder / "search"))

    assert set(book.sources) == {"shop-web", "search"}


def test_a_pattern_takes_every_folder_with_notes_and_names_the_others(shelf: Shelf) -> None:
    shelf.repository("shop-web", note())
    shelf.repository("search", note("20261121-aaaaa1"))
    (shelf.folder / "fragments/changes").mkdir(parents=True)
    (shelf.folder / "fragments/changes/12.feature").write_text("Other tools call theirs so, too.")
    (shelf.folder / ".hidden").mkdir()
    shelf.knowledge("['../*']")

    book = shelf.book()

    assert set(book.sources) == {"search", "shop-web"}
    assert book.remarks == ("sources: ../*: no notes in changes/ of fragments",)


def test_an_entry_for_one_folder_says_more_than_a_pattern_that_it_fits(shelf: Shelf) -> None:
    shelf.repository("shop-web", note())
    shelf.repository("search", note("20261121-aaaaa1"))
    shelf.knowledge("['../*', {path: ../shop-web, name: Shop}]")

    book = shelf.book()

    assert set(book.sources) == {"search", "Shop"}
    assert book.doubts == ()


def test_one_repository_alone_has_no_name_and_its_files_no_other(shelf: Shelf) -> None:
    shelf.repository("shop-web", note())
    shelf.knowledge("[../shop-web]")

    book = shelf.book()

    assert [entry.file for entry in book.entries] == [f"changes/2026/{ID}-note.yaml"]
    assert not book.is_of_many
    assert book.source("").blob("a") == "https://github.com/acme/shop-web/blob/main/a"


def test_each_is_read_by_its_own_config(shelf: Shelf) -> None:
    shelf.repository("shop-web", note(), config="severity: {unknown-key: error}\n")
    shelf.repository("search", note("20261121-aaaaa1", more="colour: red\n"), config="")
    shelf.repository(
        "jobs",
        note("20261119-aaaaa3", more="colour: red\n"),
        config="severity: {unknown-key: off}\n",
    )
    shelf.knowledge("[../shop-web, ../search, ../jobs]")

    found = {entry.source: [f.severity for f in entry.findings] for entry in shelf.book().entries}

    assert found == {"shop-web": [], "search": ["warning"], "jobs": []}


def test_a_note_without_a_service_counts_under_its_repository(shelf: Shelf) -> None:
    shelf.repository("shop-web", note())
    shelf.repository("jobs", note("20261119-aaaaa3"), config="service: worker\n")
    shelf.repository("search", note("20261121-aaaaa1", service="finder"))
    shelf.knowledge("[../shop-web, ../jobs, ../search]")

    entries = shelf.book().entries

    assert [entry.note.service for entry in entries] == ["shop-web", "worker", "finder"]
    assert [entry.written.service for entry in entries] == [None, None, "finder"]


def test_a_broken_config_stops_nobody_and_is_named_with_its_place(shelf: Shelf) -> None:
    shelf.repository("shop-web", note(), config="kinds: [a\n")
    shelf.repository("search", note("20261121-aaaaa1"), config="title: [Search]\n")
    shelf.knowledge("[../shop-web, ../search]")

    book = shelf.book()

    assert len(book.entries) == 2
    assert [(f.file, f.line) for f in book.strays] == [
        ("shop-web:changes/config.yaml", 2),
        ("search:changes/config.yaml", 1),
    ]


def test_names_come_from_addresses_then_folders_and_are_longer_where_two_are_alike(
    shelf: Shelf,
) -> None:
    web = "repository: https://{}\n"
    shelf.repository("a", note(), config=web.format("github.com/acme/shop.git"))
    shelf.repository("b", note("20261121-aaaaa1"), config=web.format("gitlab.com/north/shop"))
    shelf.repository("c", note("20261121-aaaaa2"), config=web.format("gitlab.com/deep/north/Shop"))
    shelf.repository("shop", note("20261121-aaaaa3"), config="")
    shelf.knowledge("[../a, ../b, ../c, ../shop]")

    assert list(shelf.book().sources) == [
        "shop",
        "north/shop",
        "deep/north/Shop",
        "side by side/shop",
    ]


def test_an_address_in_the_list_counts_more_than_its_own(shelf: Shelf) -> None:
    shelf.repository("a", note(), config="forge: gitlab\n")
    shelf.repository("b", note("20261121-aaaaa1"))
    shelf.knowledge("[{path: ../a, repository: https://git.acme.dev/team/cart}, ../b]")

    cart = shelf.book().source("cart").repository

    assert cart
    assert cart.pull_request(4) == "https://git.acme.dev/team/cart/-/merge_requests/4"


HOSTILE = ("<img src=x onerror=alert(1)>", "a\x1b[31mb", "tab\there", "{{ 7*7 }}", "x:y")


def test_hostile_names_of_folders_are_shown_on_one_line_and_stay_apart(shelf: Shelf) -> None:
    for number, name in enumerate(HOSTILE):
        shelf.repository(name, note(f"20261121-aaaaa{number}"), config="")
    shelf.knowledge("['../*']")

    names = set(shelf.book().sources)

    assert names == {
        "<img src=x onerror=alert(1)>", "a [31mb", "tab here", "{{ 7*7 }}", "x y"
    }  # fmt: skip


def test_a_further_checkout_of_one_repository_is_left_out_with_a_warning(shelf: Shelf) -> None:
    web = "repository: https://github.com/acme/shop\n"
    shelf.repository("shop", note(), config=web)
    shelf.repository("shop-hotfix", note(), config=web)
    shelf.repository("search", note("20261121-aaaaa1"))
    shelf.knowledge("['../*']")

    book = shelf.book()

    assert set(book.sources) == {"search", "shop"}
    (doubt,) = book.doubts
    assert "shop-hotfix is left out: it is a checkout of https://github.com/acme/shop" in doubt


def test_two_notes_folders_of_one_checkout_are_two_sources(shelf: Shelf) -> None:
    mono = shelf.repository("mono")
    mono.write("cart/changes/2026/20261121-aaaaa1-x.yaml", note("20261121-aaaaa1"))
    mono.write("cart/changes/config.yaml", "repository: https://github.com/acme/mono\n")
    mono.write("jobs/notes/2026/20261121-aaaaa2-x.yaml", note("20261121-aaaaa2"))
    mono.commit("Ship")
    shelf.knowledge("[../mono/cart, {path: ../mono/jobs, notes: notes, name: jobs}]")

    book = shelf.book()

    assert [entry.file for entry in book.entries] == [
        "mono:changes/2026/20261121-aaaaa1-x.yaml",
        "jobs:notes/2026/20261121-aaaaa2-x.yaml",
    ]
    assert {told.revisions for told in book.in_git.values()} == {1}


def test_nothing_is_written_into_a_checkout_of_others(shelf: Shelf) -> None:
    shop = shelf.repository("shop-web", note())
    shelf.repository("search", note("20261121-aaaaa1"))
    shelf.knowledge("[../shop-web, ../search]")

    shelf.book()

    assert shop.git("status", "--porcelain", "--ignored") == ""
    assert (shelf.folder / "knowledge/.changenote/sources").is_dir()


def test_folders_without_git_are_shown_without_what_git_tells(shelf: Shelf) -> None:
    shelf.repository("search", note("20261121-aaaaa1"))
    notes = shelf.folder / "fetched/changes/2026"
    notes.mkdir(parents=True)
    (notes / f"{ID}-x.yaml").write_text(note())
    shelf.knowledge("[../fetched, ../search]")

    book = shelf.book()

    assert book.source("fetched").commit == ""
    assert [id_in_file_name(file.rpartition("/")[2]) for file in book.in_git] == ["20261121-aaaaa1"]


@pytest.mark.parametrize(
    ("sources", "what"),
    [
        ("[../gone]", "sources: ../gone is not there: no folder "),
        ("[{path: '../*', name: All}]", "sources: ../* stands for many folders"),
        ("['../**']", "sources: ../** stands for many folders"),
        ("[.git]", "sources: .git is neither a git repository nor a folder with notes"),
    ],
)
def test_what_cannot_be_meant_is_refused(shelf: Shelf, sources: str, what: str) -> None:
    error = refused(shelf, sources)

    assert error.what.startswith(what)
    assert error.expected
    assert error.hint


@pytest.mark.parametrize("names", [("Shop", "shop"), ("a:b", "c"), ("...", "c"), ("a\\tb", "c")])
def test_names_that_are_alike_or_none_are_refused(shelf: Shelf, names: tuple[str, str]) -> None:
    shelf.repository("a", note())
    shelf.repository("b", note("20261121-aaaaa1"))
    one, other = names

    error = refused(shelf, f'[{{path: ../a, name: "{one}"}}, {{path: ../b, name: "{other}"}}]')

    assert error.what.startswith("sources: ")


def test_what_adds_nothing_is_said(shelf: Shelf) -> None:
    shelf.repository("shop-web", note())
    Workshop(shelf.folder / "new").start()
    shelf.knowledge("[../shop-web, ./../shop-web, ../new, ., '../none-*']", note("20261121-aaaaa1"))

    book = shelf.book()

    assert set(book.sources) == {"knowledge", "shop-web"}
    assert book.doubts == (
        "sources: ./../shop-web is ../shop-web, which is listed already: it counts once",
        "sources: ../none-*: no folder with notes fits",
    )
    assert book.remarks == (
        "sources: ../new: no note in changes/ yet",
        "sources: . is this project itself, whose notes are shown anyway",
    )

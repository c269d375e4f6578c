"""Finding notes: list, search and trace."""

import pytest

from tests.workshop import COMPLETE, Workshop, ids


def test_list_shows_all_notes_newest_first(library: Workshop) -> None:
    done = library.run("list")

    assert ids(done.out) == ["20261123-bbbbbb", "20261122-k3f9xq", "20261120-aaaaaa"]
    assert "Cache cart totals per session" in done.out
    assert "improved" in done.out.splitlines()[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (["kind:database"], ["20261120-aaaaaa"]),
        (["owner:@acme/cart"], ["20261122-k3f9xq"]),
        (["file:app/cart/"], ["20261122-k3f9xq"]),
        (["file:db/old.sql"], ["20261120-aaaaaa"]),
        (["after:2026-11-21", "-status:draft"], ["20261122-k3f9xq"]),
        (["verdict:improved"], ["20261122-k3f9xq"]),
        (["status:draft"], ["20261123-bbbbbb"]),
        (["summed the basket"], ["20261122-k3f9xq"]),
        (["polyfill"], ["20261120-aaaaaa"]),
        (["-tag:cart", "status:shipped"], ["20261120-aaaaaa"]),
        (["--", "-tag:cart", "status:shipped"], ["20261120-aaaaaa"]),
        (["status:shipped", "-summed"], ["20261120-aaaaaa"]),
        (["status:shipped", "-n1"], ["20261122-k3f9xq"]),
    ],
)
def test_one_small_language_filters_list_and_search(
    library: Workshop, query: list[str], expected: list[str]
) -> None:
    assert ids(library.run("list", *query).out) == expected
    found = library.run("search", "--json", *query).data
    assert [row["id"] for row in found] == expected


def test_programs_learn_why_a_note_matched(library: Workshop) -> None:
    (by_words,) = library.run("search", "--json", "polyfill").data
    (by_key,) = library.run("search", "--json", "service:orders").data

    assert by_words["match"] == {
        "field": "reason",
        "excerpt": "The day view scanned rakico_polyfill.sql rows.",
    }
    assert by_key["match"] is None


def test_a_wrong_key_names_the_known_ones(library: Workshop) -> None:
    done = library.run("list", "knd:fix")

    assert done.code == 2
    assert "kind" in done.err
    assert "service" in done.err


def test_list_as_json_has_a_documented_shape(library: Workshop) -> None:
    (row,) = library.run("list", "--json", "service:orders").data

    assert row == {
        "id": "20261120-aaaaaa",
        "title": "Index orders by day",
        "kind": "database",
        "status": "shipped",
        "owner": "@acme/orders",
        "service": "orders",
        "environment": "production",
        "shipped_at": "2026-11-20T10:00:00Z",
        "outcome": None,
        "verdict": None,
        "tags": [],
        "pull_requests": [],
        "path": "changes/2026/20261120-aaaaaa-index-orders.yaml",
    }


def test_search_says_why_a_note_matched(library: Workshop) -> None:
    done = library.run("search", "summed")

    assert done.out.splitlines()[:3] == [
        "Cache cart totals per session",
        "  20261122-k3f9xq · shop-web · performance · improved",
        "  reason: p95 of GET /cart was 840 ms because every request »summed« the basket again.",
    ]


def test_trace_finds_the_notes_that_touched_a_file_a_folder_or_an_earlier_name(
    library: Workshop,
) -> None:
    assert ids(library.run("trace", "app/cart/totals.py").out) == ["20261122-k3f9xq"]
    assert ids(library.run("trace", "app/").out) == ["20261122-k3f9xq"]
    assert ids(library.run("trace", "db/orders.sql").out) == ["20261120-aaaaaa"]
    assert ids(library.run("trace", "db/old.sql").out) == ["20261120-aaaaaa"]
    assert library.run("trace", "README.md").out == ""


def test_trace_finds_the_note_whose_commit_wrote_a_line(workshop: Workshop) -> None:
    workshop.run("new", "--yes", *COMPLETE)
    first = workshop.notes()[0].name[:15]
    workshop.commit("Add the note")
    workshop.commit("Round", {"app/cart/totals.py": "def total():\n    return round(cached())\n"})
    workshop.run("new", "--yes", *COMPLETE)
    second = next(p.name[:15] for p in workshop.notes() if first not in p.name)

    assert ids(workshop.run("trace", "app/cart/totals.py:1").out) == [first]
    assert ids(workshop.run("trace", "app/cart/totals.py:2").out) == [second]


ALONE = (
    "These are the notes of this repository alone. The site has those of `sources:` too:"
    " `changenote site serve` shows and searches all.\n"
)


@pytest.mark.parametrize(
    "words", ["list", "list --json", "search cart", "trace app/cart/totals.py"]
)
def test_where_a_team_has_other_repositories_it_is_told_where_their_notes_are(
    library: Workshop, words: str
) -> None:
    alone = library.run(*words.split())
    library.write("changes/config.yaml", "sources: ['../shop']\n")

    beside_others = library.run(*words.split())

    assert beside_others.out == alone.out
    assert beside_others.err == alone.err + ALONE


def test_words_in_quotes_find_notes_that_have_them_apart(library: Workshop) -> None:
    done = library.run("search", "totals cache")

    assert done.out.startswith("Cache cart totals per session\n")
    assert done.err == "No note has these words in a row; these have each of them.\n\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["search", "totalz"], "Did you mean `totals`?"),
        (["list", "kind:perf"], "Known here: database, fix, performance. "),
        (["list", "kind:perf"], "Did you mean `performance`?"),
    ],
)
def test_what_finds_nothing_names_what_there_is(
    library: Workshop, arguments: list[str], told: str
) -> None:
    done = library.run(*arguments)

    assert done.out == ""
    assert done.err.startswith("No note matches. ")
    assert told in done.err


def test_a_list_of_no_notes_says_how_to_write_one(workshop: Workshop) -> None:
    (workshop.folder / "changes").mkdir()

    done = workshop.run("list")

    assert done.err == "There is no note yet. `changenote new` writes the first.\n"


@pytest.mark.parametrize("arguments", [["stats", "--since=all"], ["rollback", "--last"]])
def test_notes_of_other_repositories_are_said_to_be_left_out(
    library: Workshop, arguments: list[str]
) -> None:
    library.write("changes/config.yaml", "sources: [{path: ../other}]\n")

    done = library.run(*arguments)

    assert "These are the notes of this repository alone." in done.err

"""A note is shown as a page for people, and as data for programs."""

from tests.house import NOTE, said
from tests.workshop import FULL, Workshop, ids


def test_show_as_json_is_the_note_and_what_is_worked_out_from_it(library: Workshop) -> None:
    data = library.run("show", "k3f9xq", "--json").data

    assert data["title"] == "Cache cart totals per session"
    assert data["metrics"][0]["before"][0] == 841.2
    first, second = data["derived"]["metrics"]
    assert first["verdict"] == "improved"
    assert first["trust"] == "interleaved"
    assert set(first) == {"verdict", "p", "ratio", "ci95", "trust", "flags"}
    assert second["verdict"] == "no_change"


def test_the_verdicts_of_all_metrics_stand_in_the_order_of_the_note(library: Workshop) -> None:
    metrics = (
        "metrics:\n"
        '  - {name: errors, unit: "1", better: lower, before: [0, 4, 5, 6], after: [0, 0, 0, 1]}\n'
        "  - {name: size, unit: kB, better: lower, before: 120, after: 118}\n"
        "  - {name: time, unit: ms, better: lower, before: [9, 8, 9, 8], after: [4, 4, 5, 4]}\n"
    )
    library.note(NOTE.replace("ID", "20251120-g00d00"), "20251120-g00d00")
    library.note(
        NOTE.replace("ID", "20251121-g00d00").replace(
            "no_metric: the dashboard was down\n", metrics
        ),
        "20251121-g00d00",
    )

    none = library.run("show", "20251120-g00d00", "--json").data["derived"]["metrics"]
    three = library.run("show", "20251121-g00d00", "--json").data["derived"]["metrics"]

    assert none == []
    by_shift, reported, by_ratio = three
    assert [m["verdict"] for m in three] == ["inconclusive", "unverified", "improved"]
    assert {"ratio": by_shift["ratio"], "ci95": by_shift["ci95"]} == {"ratio": None, "ci95": None}
    assert by_shift["shift"] == -4.0
    assert by_shift["shift_ci95"][0] < by_shift["shift"] < by_shift["shift_ci95"][1]
    assert reported == {
        "verdict": "unverified",
        "p": None,
        "ratio": None,
        "ci95": None,
        "trust": "reported",
        "flags": [],
    }
    assert set(by_ratio) == set(reported)
    assert by_ratio["ci95"][0] < by_ratio["ratio"] < by_ratio["ci95"][1]


def test_show_is_a_page_for_people(library: Workshop) -> None:
    out = library.run("show", "k3f9xq").out

    headings = [
        line
        for line in out.splitlines()
        if line and not line.startswith((" ", "2026", "shipped", "GET", "changes"))
    ]
    assert headings == [
        "Cache cart totals per session",
        "Undo it",
        "Why",
        "Expected",
        "How it went",
        "Did it help?",
        "What was run",
        "What was touched",
        "What was looked at",
        "Links",
        "Tags",
        "Review",
    ]
    assert "2.6 times faster" in out


def test_a_text_that_was_wrapped_by_hand_is_wrapped_anew(library: Workshop) -> None:
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    reason = "reason: |\n  The day view\n  was slow.\n\n  - one\n    item\n  - two\n  ```\n  a\n  b\n  ```\n"
    path.write_text(
        path.read_text().replace("reason: The day view scanned rakico_polyfill.sql rows.\n", reason)
    )

    out = library.run("show", "aaaaaa").out

    shown = "Why\n  The day view was slow.\n\n  - one item\n  - two\n  ```\n  a\n  b\n  ```\n"
    assert shown in out


def test_show_tells_a_team_s_checklists_and_fields(workshop: Workshop) -> None:
    workshop.write(
        "changes/config.yaml",
        "checklists: {rollout: [support told]}\n"
        "fields: {ticket: {doc: Ticket in the tracker}, told: {type: boolean}}\n",
    )
    workshop.note(
        FULL.replace("related: [20260903-7c2mha]\n", "")
        + "x: {told: true, ticket: ABC-1, moon: {phase: full}}\n"
    )

    out = workshop.run("show", "k3f9xq").out

    assert (
        "\nFields of your own\n  Ticket in the tracker: ABC-1\n  Told: yes\n  x.moon: phase full\n"
        in out
    )
    assert "\nWhat was looked at\n  performance: 3 ok\n" in out
    assert ids(workshop.run("list", "x.ticket:abc-1").out) == ["20261122-k3f9xq"]
    assert ids(workshop.run("list", "x.told:no").out) == []


def test_the_newest_note_needs_no_id(library: Workshop) -> None:
    newest = ids(library.run("list").out)[0]

    assert library.run("show", "--last").out == library.run("show", newest).out
    assert library.run("show", "--last", "--json").data["id"] == newest


def test_an_id_or_the_newest_note_is_asked_for_and_never_both(library: Workshop) -> None:
    neither, both = library.run("show"), library.run("show", "k3f9xq", "--last")

    assert (neither.code, both.code) == (2, 2)
    assert "expected: either ID, --last or --pr" in neither.err
    assert "expected: either ID, --last or --pr" in both.err


def test_where_no_note_is_there_is_no_newest_one(workshop: Workshop) -> None:
    workshop.write("changes/config.yaml", "service: web\n")

    done = workshop.run("show", "--last")

    assert "there is no note in changes/ that can be read" in done.err


def linked(workshop: Workshop, note_id: str, url: str) -> None:
    """A note that names a pull request."""
    workshop.note(NOTE.replace("ID", note_id), note_id)
    workshop.run("pr", "link", note_id, url)


def test_the_notes_of_a_pull_request_are_shown_by_its_number(workshop: Workshop) -> None:
    workshop.git("remote", "set-url", "origin", "git@github.com:acme/shop.git")
    linked(workshop, "20251120-g00d00", "https://github.com/acme/shop/pull/412")
    linked(workshop, "20251121-g00d00", "https://github.com/acme/shop/pull/412")
    linked(workshop, "20251122-g00d00", "https://github.com/acme/other/pull/412")
    linked(workshop, "20251123-g00d00", "https://github.com/acme/shop/pull/4")

    text = workshop.run("show", "--pr", "412")
    one = workshop.run("show", "--pr", "4", "--json")
    none = workshop.run("show", "--pr", "7")

    both = [workshop.run("show", note_id).out for note_id in ("20251120-g00d00", "20251121-g00d00")]
    assert text.out == f"\n{'-' * 80}\n".join(both)
    assert [note["id"] for note in one.data] == ["20251123-g00d00"]
    assert none.code == 2
    assert said(none).what == "no note names pull request 7"


def test_without_a_forge_a_pull_request_counts_wherever_it_is(workshop: Workshop) -> None:
    workshop.git("remote", "remove", "origin")
    linked(workshop, "20251120-g00d00", "https://git.acme.example/acme/shop/pulls/412")

    done = workshop.run("show", "--pr", "412", "--json")

    assert [note["id"] for note in done.data] == ["20251120-g00d00"]

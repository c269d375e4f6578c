"""The way back from a change is one plain screen, whatever else is wrong."""

import pytest

from tests.house import said, valid_note
from tests.workshop import Workshop, ids

ROLLBACK = """\
When       GET /cart p95 over 900 ms for 10 min, or any wrong-total report
Decides    @acme/cart on-call
Strategy   flag
Time limit 15m
Data       reversible; loses nothing
"""

STEPS = """\
# step 1 of 2 · takes 15s · expect: flag off acknowledged by 12/12 hosts
./flags set cart_total_cache off --env production
# step 2 of 2 · expect: HTTP 200 and "cache=off"
curl -fsS https://shop.example/cart/health

Verify     p95 back to 800-900 ms on https://grafana.example/d/cart
"""


@pytest.mark.parametrize(
    "words", [["k3f9xq"], ["--last"], ["--service", "shop-web"], ["--pr", "412"]]
)
def test_rollback_is_one_plain_screen_with_steps_ready_to_copy(
    library: Workshop, words: list[str]
) -> None:
    done = library.run("rollback", *words)

    assert done.code == 0
    assert done.out.startswith("Undo: Cache cart totals per session\n")
    assert ROLLBACK in done.out
    assert done.out.endswith(STEPS)
    assert len(done.out.splitlines()) < 24


def test_rollback_prints_just_the_commands_for_a_shell(library: Workshop) -> None:
    done = library.run("rollback", "--service", "orders", "--commands")

    assert done.out == "psql -c 'DROP INDEX orders_by_day'\n"


def test_programs_get_the_rollback_as_it_is_written_and_which_steps_are_commands(
    library: Workshop,
) -> None:
    done = library.run("rollback", "--service", "orders", "--json")

    assert done.code == 0
    assert done.data == {
        "id": "20261120-aaaaaa",
        "title": "Index orders by day",
        "kind": "database",
        "status": "shipped",
        "owner": "@acme/orders",
        "service": "orders",
        "shipped": {"at": "2026-11-20T10:00:00Z", "environment": "production"},
        "rollback": {
            "strategy": "restore",
            "when": "inserts slower than 50 ms",
            "steps": [{"run": "psql -c 'DROP INDEX orders_by_day'"}],
            "verify": "the index is gone",
        },
        "derived": {
            "path": "changes/2026/20261120-aaaaaa-index-orders.yaml",
            "steps": ["command"],
            "reverting": None,
        },
    }


def test_programs_learn_whether_a_revert_applies(workshop: Workshop) -> None:
    note = valid_note(workshop)
    head = workshop.git("rev-parse", "HEAD")
    note.write_text(
        note.read_text().replace(
            "./flags set cart_total_cache off --env production", f"git revert --no-edit {head}"
        )
    )

    reverting = workshop.run("rollback", "g00d00", "--json").data["derived"]["reverting"]

    assert reverting == f"applies cleanly onto {head[:7]}"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (["--json", "--run"], "--json prints and --run runs"),
        (["--json", "--commands"], "--commands prints and --json prints"),
        (["--run", "--commands"], "--commands prints and --run runs"),
    ],
)
def test_one_kind_of_output_at_a_time(library: Workshop, given: list[str], what: str) -> None:
    done = library.run("rollback", "--last", *given)

    assert (done.code, said(done).what) == (2, what)


@pytest.mark.parametrize("option", [[], ["--commands"], ["--json"]])
def test_where_no_rollback_is_written_down_other_places_to_look_are_named(
    library: Workshop, option: list[str]
) -> None:
    done = library.run("rollback", "bbbbbb", *option)

    assert done.code == 1
    assert done.err.endswith(
        "  next: changenote show 20261123-bbbbbb (its commits and pull request)\n"
        "        changenote trace FILE (other notes about a file that it touched)\n"
    )


def test_rollback_needs_no_git_and_no_network(library: Workshop) -> None:
    done = library.run("rollback", "--last", PATH="/nowhere")

    assert done.code == 0


@pytest.mark.parametrize(
    "words", [[], ["k3f9xq", "--last"], ["--service", "nobody"], ["zzzzzz"], ["--pr", "9"]]
)
def test_rollback_says_when_it_is_not_clear_which_change_is_meant(
    library: Workshop, words: list[str]
) -> None:
    done = library.run("rollback", *words)

    assert done.code == 2
    assert "  expected: " in done.err


def test_a_newer_note_that_is_broken_does_not_hide_behind_an_older_rollback(
    library: Workshop,
) -> None:
    path = next(p for p in library.notes() if "k3f9xq" in p.name)
    path.write_text(path.read_text().replace("tags: [cart, cache]", "tags: {a: b}"))

    done = library.run("rollback", "--last", "--commands")

    assert (
        done.out.splitlines()
        == [
            "./flags set cart_total_cache off --env production",
            "curl -fsS https://shop.example/cart/health",
        ]
        or "20261123-bbbbbb" in done.err
    )
    assert "Only the rollback of this note could be read" in library.run("rollback", "k3f9xq").err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("reason:", "reason: again\nreason:", 0),
        ("reason:", 'assumptions: ["a \\x07 bell"]\nreason:', 0),
        ("  when:", "  when: twice\n  when:", 1),
    ],
    ids=["a key twice", "a control character", "a key of the rollback twice"],
)
def test_a_rollback_can_be_read_whatever_is_wrong_beside_it(
    workshop: Workshop, old: str, new: str, code: int
) -> None:
    note = valid_note(workshop)
    note.write_text(note.read_text().replace(old, new, 1))

    done = workshop.run("rollback", "g00d00")
    plain = workshop.run("rollback", "g00d00", "--json")

    assert (done.code, plain.code) == (code, code)
    assert ("# step 1 of" in done.out) == (code == 0)
    assert code or plain.data["rollback"]["steps"][0]["run"].startswith("./flags set")


def test_a_note_whose_rollback_is_broken_too_gives_an_error_not_another_note(
    library: Workshop,
) -> None:
    path = library.note(
        "schema: 1\nid: 20261124-dddddd\nrollback: [\n", "20261124-dddddd", "newest"
    )

    done = library.run("rollback", "--last")

    assert done.code == 1
    assert path.name in done.err
    assert done.out == ""


def test_a_moment_at_the_end_of_time_is_a_moment(library: Workshop) -> None:
    library.run("new", "--yes", "--shipped-at", "9999-12-31T23:59:59-05:00")

    assert library.run("list").code == 0
    assert library.run("rollback", "--last").code in (0, 1)


def test_a_step_that_is_no_command_is_not_offered_for_pasting(library: Workshop) -> None:
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    path.write_text(
        path.read_text().replace("psql -c 'DROP INDEX orders_by_day'", "Revert the change")
    )

    screen = library.run("rollback", "aaaaaa")
    commands = library.run("rollback", "aaaaaa", "--commands")

    assert "# This is no command, so do not paste it:\n#   Revert the change\n" in screen.out
    assert (commands.code, commands.out) == (1, "")


def test_the_last_change_says_when_it_is_only_a_draft(library: Workshop) -> None:
    known = ids(library.run("list").out)
    library.run("new", "--yes", "--title", "Something half done")

    done = library.run("rollback", "--last")

    draft = next(i for i in ids(library.run("list").out) if i not in known)
    assert done.out.startswith("Undo: Something half done  [draft]\n")
    assert done.err.startswith(
        f"The change that shipped last has only a draft, {draft}."
        " The newest complete one is 20261122-k3f9xq.\n"
    )


@pytest.mark.parametrize("option", [[], ["--commands"], ["--json"]])
def test_after_a_draft_the_newest_complete_note_is_the_last_word(
    library: Workshop, option: list[str]
) -> None:
    library.run("new", "--yes", "--title", "Something half done")

    done = library.run("rollback", "--last", *option)

    assert done.err.endswith(
        "That was a draft. The newest complete note is of another change,"
        " shipped 2026-11-22 00:05 UTC.\n"
        "  next: changenote rollback 20261122-k3f9xq (Cache cart totals per session)\n"
    )


def test_commands_of_a_draft_come_with_a_warning(library: Workshop) -> None:
    library.run("set", "k3f9xq", "status=draft")

    done = library.run("rollback", "k3f9xq", "--commands")

    assert done.out.startswith("./flags set cart_total_cache off --env production\n")
    assert done.err == "20261122-k3f9xq is a draft: its steps may be missing, or a guess.\n"


def test_a_pull_request_with_several_notes_has_several_ways_back(library: Workshop) -> None:
    library.run("pr", "link", "20261120-aaaaaa", "https://github.com/acme/shop/pull/412")

    done = library.run("rollback", "--pr", "412")

    assert done.code == 2
    assert said(done).what == "pull request 412 has 2 notes: 20261120-aaaaaa, 20261122-k3f9xq"

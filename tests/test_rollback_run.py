"""In an emergency the way back runs as shown, stops where it fails, and is written down."""

import re
from pathlib import Path

import pytest

from tests.house import said
from tests.test_bad_terminals import CTRL_C, Terminal
from tests.test_rehearse import ID, data, journalled, with_steps
from tests.workshop import Workshop

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

RUN = ("rollback", ID, "--run")


def status(path: Path) -> str:
    return str(data(path)["status"])


# --- Without a terminal ---------------------------------------------------------------------------


def test_the_steps_run_and_the_note_is_marked_with_them(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo flag off", '"flag off"'), ("touch two", None))

    done = workshop.run(*RUN, "--yes", "--mark")

    note = data(path)
    assert done.code == 0
    assert done.out.startswith("Undo: Cache cart totals per session\n")
    assert "When       GET /cart p95 over 900 ms for 10 min\n" in done.out
    assert done.out.endswith(f"flag off\nchanges/2025/{path.name}\n")
    assert "All 2 steps ran to the end.\nVerify: p95 back to 800-900 ms" in done.err
    assert note["status"] == "rolled_back"
    assert [(c["run"], c["purpose"], c["exit"]) for c in note["commands"]] == [
        ("echo flag off", "rollback", 0),
        ("touch two", "rollback", 0),
    ]
    assert note["commands"][0]["output"] == "flag off\n"
    assert journalled(workshop) == [
        ("echo flag off", "rollback", 0),
        ("touch two", "rollback", 0),
    ]
    assert workshop.run("check").code == 0


def test_what_nobody_judged_is_named_and_does_not_mark_the_note(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo off", None), ("echo hm", "the carts look right again"))
    before = path.read_bytes()

    done = workshop.run(*RUN, "--yes", "--mark")

    assert done.code == 1
    assert (
        "All 2 steps ran to the end. Whether step 2 did what was expected, nobody has judged:"
        " look yourself.\n"
    ) in done.err
    assert f"`changenote set {ID} status=rolled_back` marks it." in done.err
    assert path.read_bytes() == before


def test_a_step_that_lacks_a_secret_stops_all_before_any_is_run(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one", None), ("echo [redacted: password]", None))

    done = workshop.run(*RUN, "--yes")

    assert done.code == 1
    assert said(done).what == (
        "step 2 lacks a secret that was taken out of it (echo [redacted: password])"
    )
    assert said(done).retry == "safe, nothing was run"
    assert not (workshop.folder / "one").exists()


def test_a_machines_draft_is_not_run_without_somebody_who_reads_it(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None))
    text = path.read_text().replace("status: shipped", "status: draft")
    path.write_text(f"{text}flags: [needs_human_review]\n")

    done = workshop.run(*RUN, "--yes")

    assert done.code == 2
    assert said(done).what == f"{ID} is a draft that no person has read"
    assert not (workshop.folder / "one").exists()


def test_without_mark_the_note_stays_and_it_is_said_how_to_mark_it(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None))
    before = path.read_bytes()

    done = workshop.run(*RUN, "--yes")

    assert done.code == 0
    assert f"`changenote set {ID} status=rolled_back` marks it." in done.err
    assert path.read_bytes() == before
    assert (workshop.folder / "one").exists()


def test_nothing_is_run_where_nobody_can_say_yes(workshop: Workshop) -> None:
    with_steps(workshop, ("touch was-run", None))

    done = workshop.run(*RUN, "--mark", given="y\n")

    assert done.code == 2
    assert said(done).expected == "a terminal, or --yes"
    assert not (workshop.folder / "was-run").exists()


def test_a_dry_run_shows_what_would_be_run(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one", None), ("touch two", None))

    done = workshop.run(*RUN, "--dry-run", "--from-step", "2")

    assert done.code == 0
    assert done.out == (
        f"\nEach step is run with `bash -e -c` in {workshop.folder}\n\nStep 2 of 2\n  $ touch two\n"
    )
    assert not (workshop.folder / "two").exists()


def test_a_step_that_fails_says_what_is_left_to_do(workshop: Workshop) -> None:
    more = "  fallback: call Ann, 555-0100\n  point_of_no_return: once the table is dropped\n"
    path = with_steps(
        workshop, ("touch one", None), ("exit 7", None), ("touch three", None), more=more
    )
    before = path.read_bytes()

    done = workshop.run(*RUN, "--yes", "--mark")

    problem = said(done)
    assert done.code == 1
    assert problem.what == "step 2 of 3 failed: exit 7"
    assert problem.next.endswith(f"`changenote rollback {ID} --run --from-step 2` goes on there.")
    assert "Fallback   call Ann, 555-0100\nNo return  once the table is dropped\n" in done.err
    assert path.read_bytes() == before
    assert not (workshop.folder / "three").exists()


def test_it_can_go_on_where_it_stopped(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None), ("touch two", None))

    done = workshop.run(*RUN, "--yes", "--mark", "--from-step", "2")

    assert done.code == 0
    assert "The step ran to the end." in done.err
    assert not (workshop.folder / "one").exists()
    assert [c["run"] for c in data(path)["commands"]] == ["touch two"]


def test_there_must_be_such_a_step(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one", None))

    done = workshop.run(*RUN, "--yes", "--from-step", "2")

    assert done.code == 2
    assert said(done).what == f"there is no step 2: {ID} has 1"


@pytest.mark.parametrize("option", ["--yes", "--mark", "--dry-run", "--from-step=1"])
def test_options_that_would_do_nothing_are_refused(workshop: Workshop, option: str) -> None:
    with_steps(workshop, ("touch one", None))

    done = workshop.run("rollback", ID, option)

    assert done.code == 2
    assert said(done).what == f"{option.partition('=')[0]} means nothing without --run"


def test_the_last_change_is_found_and_run(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one", None))

    assert workshop.run("rollback", "--last", "--run", "--yes").code == 0
    assert (workshop.folder / "one").exists()


def test_what_is_rolled_back_is_not_undone_twice_without_asking(workshop: Workshop) -> None:
    with_steps(workshop, ("echo x >> times", None))
    workshop.run(*RUN, "--yes", "--mark")

    done = workshop.run(*RUN, "--yes")

    assert done.code == 2
    assert said(done).what == f"{ID} is rolled back already"
    assert (workshop.folder / "times").read_text() == "x\n"


def test_what_is_superseded_is_not_undone_without_asking(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None))
    path.write_text(path.read_text().replace("status: shipped", "status: superseded"))

    done = workshop.run(*RUN, "--yes")

    assert done.code == 2
    assert said(done).what == f"{ID} is superseded already"
    assert not (workshop.folder / "one").exists()


def test_what_nobody_can_judge_does_not_stop_an_emergency(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one", "the page is quick"), ("touch two", None))

    done = workshop.run(*RUN, "--yes")

    assert done.code == 0
    assert "Not judged: only a person can tell." in done.err
    assert (workshop.folder / "two").exists()


def test_a_time_limit_that_is_over_is_said(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None))
    path.write_text(path.read_text().replace("  verify:", "  time_limit: 15m\n  verify:"))

    done = workshop.run(*RUN, "--yes")

    assert re.search(r"Mind: the time limit of 15m is over, it shipped \d+ days ago\.", done.err)


def test_without_a_repository_the_way_back_still_runs(tmp_path: Path) -> None:
    plain = Workshop(tmp_path / "plain")
    path = with_steps(plain, ("touch one", None))
    plain.write("changes/config.yaml", "title: Notes\n")

    done = plain.run(*RUN, "--yes", "--mark")

    assert done.code == 0
    assert "Not recorded in the journal: " in done.err
    assert (plain.folder / "one").exists()
    assert status(path) == "rolled_back"


def test_a_revert_that_takes_the_note_away_leaves_it_marked(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch later", None))
    workshop.commit("Ship it with its note", {"app/new.py": "x = 1\n"})
    change = workshop.git("rev-parse", "HEAD")
    text = path.read_text()
    path.write_text(text.replace("touch later", f"git revert --no-edit {change}"))
    workshop.git("commit", "-qam", "Say how")
    workshop.git("rm", "-q", "--cached", str(path))
    workshop.git("commit", "-qm", "Keep notes elsewhere")
    with_steps(
        workshop, (f"git revert --no-edit {change} || git rm -qf {path}; rm -f {path}", None)
    )

    done = workshop.run(*RUN, "--yes", "--mark")

    assert done.code == 0
    assert "The steps took the note's file away with the change; it is put back." in done.err
    assert status(path) == "rolled_back"


def test_a_revert_that_conflicts_says_how_to_get_out(workshop: Workshop) -> None:
    one = workshop.commit("One", {"a.txt": "1\n"})
    workshop.commit("Two", {"a.txt": "2\n"})
    with_steps(workshop, (f"git revert --no-edit {one}", None))

    done = workshop.run(*RUN, "--yes")

    assert done.code == 1
    assert f"Reverting  conflicts in a.txt when {one[:7]} is reverted" in done.out
    assert said(done).what.startswith("step 1 of 1 failed: exit 1")
    assert said(done).next.startswith("`git status` shows a revert that is half done")


# --- At a terminal --------------------------------------------------------------------------------


def test_it_is_shown_asked_run_and_offered_to_be_marked(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None), ("touch two", None))
    person = Terminal(workshop, *RUN)

    person.answer("Run step 1?", "y")
    person.answer("Run step 2?", "y")
    person.answer("Mark the note rolled back, with these commands?", "y")
    code, _ = person.ended()

    seen = person.seen
    assert code == 0
    assert seen.index("When       GET /cart p95 over 900 ms") < seen.index("Run step 1?")
    assert seen.index("Rehearsed  never") < seen.index("Run step 1?")
    assert status(path) == "rolled_back"
    assert (workshop.folder / "two").exists()


def test_the_note_is_left_alone_when_that_is_wanted(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None))
    person = Terminal(workshop, *RUN)

    person.answer("Run step 1?", "y")
    person.answer("Mark the note rolled back", "")
    code, _ = person.ended()

    assert code == 0
    assert status(path) == "shipped"


def test_ctrl_c_at_the_first_question_runs_nothing(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one", None))
    person = Terminal(workshop, *RUN)

    person.answer("Run step 1?", CTRL_C, end="")
    code, last = person.ended()

    assert code == 130
    assert "Nothing was written." in last
    assert not (workshop.folder / "one").exists()


def test_ctrl_c_in_a_step_stops_the_rest(workshop: Workshop) -> None:
    with_steps(workshop, ("echo started; sleep 30", None), ("touch two", None))
    person = Terminal(workshop, *RUN)

    person.answer("Run step 1?", "a")
    person.child.expect_exact("started\r\n")
    person.child.send(CTRL_C)
    code, last = person.ended()

    assert code == 1
    assert "step 1 of 2 failed: exit 130" in last
    assert not (workshop.folder / "two").exists()

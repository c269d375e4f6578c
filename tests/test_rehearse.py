"""Steps are run only when shown and wanted; what worked is written down, and nothing else."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from changenote.capture import journal
from changenote.model.reading import read_note, resolved
from changenote.model.rehearsal import steps_sha256
from changenote.store import codec
from tests.house import NOTE, said
from tests.test_bad_terminals import CTRL_C, Terminal
from tests.workshop import Workshop

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

ID = "20251120-g00d00"
STEPS = re.compile(r"(?<=  steps:\n)(?:    .*\n)+")


def with_steps(workshop: Workshop, *steps: tuple[str, str | None], more: str = "") -> Path:
    """A valid note with rollback steps, each a command and what is expected of it."""
    text = "".join(
        f"    - run: {quoted(run)}\n" + (f"      expect: {quoted(expect)}\n" if expect else "")
        for run, expect in steps
    )
    return workshop.note(note_with(text + more), ID)


def note_with(steps: str) -> str:
    """A valid note's text with its steps replaced."""
    assert STEPS.search(NOTE)
    return STEPS.sub(lambda _: steps, NOTE.replace("ID", ID))


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def data(path: Path) -> dict[str, Any]:
    plain: dict[str, Any] = resolved(codec.load(path.read_bytes()).data)
    return plain


def rehearsed(path: Path) -> dict[str, Any] | None:
    found: dict[str, Any] | None = data(path)["rollback"].get("rehearsed")
    return found


def journalled(workshop: Workshop) -> list[tuple[str, str | None, int | None]]:
    return [(e.run, e.purpose, e.exit) for e in journal.entries(workshop.folder)]


REHEARSE = ("rehearse", ID, "--environment", "staging")


# --- Without a terminal ---------------------------------------------------------------------------


def test_steps_that_work_are_evidence_in_the_note(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo flag off", '"flag off"'), ("test -d app", "exit 0"))
    before = path.read_text()

    done = workshop.run(*REHEARSE, "--yes")

    note, _ = read_note(data(path))
    evidence = rehearsed(path)
    assert note is not None
    assert note.rollback is not None
    assert evidence is not None
    assert done.code == 0
    assert done.out == f"flag off\nchanges/2025/{path.name}\n"
    assert evidence.keys() == {"at", "environment", "by", "took", "steps_sha256"}
    assert (evidence["environment"], evidence["by"]) == ("staging", "Dana Dev")
    assert evidence["steps_sha256"] == steps_sha256(note.rollback.steps)
    assert set(before.splitlines()) < set(path.read_text().splitlines())
    assert journalled(workshop) == [
        ("echo flag off", "rehearse", 0),
        ("test -d app", "rehearse", 0),
    ]
    assert "rehearsal" not in workshop.run("check").out


def test_an_edited_step_voids_the_evidence(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo flag off", '"flag off"'))
    workshop.run(*REHEARSE, "--yes")

    path.write_text(path.read_text().replace("echo flag off", "echo flag  off"))

    assert "[rehearsal-void]" in workshop.run("check").out
    assert "(of other steps than these)" in workshop.run("rollback", ID).out
    assert workshop.run(*REHEARSE, "--yes").code == 0
    assert "[rehearsal-void]" not in workshop.run("check").out
    assert "(of other steps than these)" not in workshop.run("rollback", ID).out


def test_nothing_is_run_where_nobody_can_say_yes(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch was-run", None))
    before = path.read_bytes()

    done = workshop.run(*REHEARSE, given="y\ny\n")

    assert done.code == 2
    assert said(done).what == "nothing is run without being told yes, and nobody can be asked here"
    assert not (workshop.folder / "was-run").exists()
    assert path.read_bytes() == before
    assert journalled(workshop) == []


def test_a_dry_run_shows_every_line_and_runs_none(workshop: Workshop) -> None:
    with_steps(workshop, ("touch one\n\ntouch two", None), ("touch three", '"x"'))

    done = workshop.run(*REHEARSE, "--dry-run")

    assert done.code == 0
    assert done.out == (
        f"\nEach step is run with `bash -e -c` in {workshop.folder}\n"
        "\nStep 1 of 2 · 3 lines\n  $ touch one\n  > \n  > touch two\n"
        '\nStep 2 of 2\n  $ touch three\n  expected: "x"\n'
    )
    assert not list(workshop.folder.glob("t*"))


def test_a_step_that_fails_stops_the_rest_and_leaves_the_note(workshop: Workshop) -> None:
    path = with_steps(
        workshop,
        ("echo fine", None),
        ("echo no such flag >&2; exit 4", '"flag off"'),
        ("touch was-run", None),
    )
    before = path.read_bytes()

    done = workshop.run(*REHEARSE, "--yes")

    assert done.code == 1
    problem = said(done)
    assert problem.what == "step 2 of 3 failed: exit 4; it said last: no such flag"
    assert problem.expected == '"flag off"'
    assert problem.retry == "only if steps 1 to 2 may all be run twice; the note is unchanged"
    assert path.read_bytes() == before
    assert not (workshop.folder / "was-run").exists()
    assert journalled(workshop)[-1] == ("echo no such flag >&2; exit 4", "rehearse", 4)


def test_the_first_line_that_fails_ends_its_step(workshop: Workshop) -> None:
    with_steps(workshop, ("false\ntouch was-run", None))

    assert workshop.run(*REHEARSE, "--yes").code == 1
    assert not (workshop.folder / "was-run").exists()


def test_what_is_not_printed_is_a_failure_though_the_exit_is_0(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo cache=on", 'HTTP 200 and "cache=off"'))

    done = workshop.run(*REHEARSE, "--yes")

    assert said(done).what == (
        "step 1 of 1 failed: no “cache=off” in what it printed; it said last: cache=on"
    )
    assert rehearsed(path) is None


def test_what_nobody_judged_is_no_evidence(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo one", None), ("echo two", "the page is quick again"))

    done = workshop.run(*REHEARSE, "--yes")

    assert done.code == 1
    assert "Not judged: only a person can tell.\n" in done.err
    assert said(done).what == ("all steps ran, but nobody judged what was expected of step 2")
    assert rehearsed(path) is None


def test_the_last_lines_of_a_long_output_are_enough(workshop: Workshop) -> None:
    with_steps(workshop, ("seq 1 5000; echo all done", '"all done"'))

    assert workshop.run(*REHEARSE, "--yes").code == 0


def test_it_is_said_that_a_revert_makes_commits(workshop: Workshop) -> None:
    revert = f"git revert --no-edit {workshop.git('rev-parse', 'HEAD')}"
    path = with_steps(workshop, (revert, None), ("echo deployed", '"deployed"'))
    workshop.git("checkout", "-q", "-b", "rehearsal")

    done = workshop.run(*REHEARSE, "--yes")

    assert done.code == 0
    assert "Mind: `git revert` makes commits here, on branch rehearsal." in done.err
    assert workshop.git("log", "-1", "--format=%s").startswith("Revert ")
    assert rehearsed(path) is not None


def test_steps_of_git_alone_are_no_evidence_when_nobody_looks(workshop: Workshop) -> None:
    head = workshop.git("rev-parse", "HEAD")
    path = with_steps(workshop, (f"git revert --no-edit {head}", None), ("git push", "exit 0"))
    before = path.read_bytes()

    done = workshop.run(*REHEARSE, "--yes")

    problem = said(done)
    assert done.code == 1
    assert problem.what == "the steps only change the repository: that proves nothing on staging"
    assert problem.expected == "a step that reaches staging, such as the deploy"
    assert problem.retry == "safe, nothing was run"
    assert problem.next == (
        f"Add it with `changenote edit {ID}`, or rehearse without --yes and judge yourself."
    )
    assert (path.read_bytes(), workshop.git("rev-parse", "HEAD")) == (before, head)
    assert journalled(workshop) == []


@pytest.mark.parametrize("remote", ["staging", "${CHANGENOTE_ENVIRONMENT:-production}"])
def test_a_push_to_the_environment_reaches_it(workshop: Workshop, remote: str) -> None:
    workshop.git("init", "-q", "--bare", "../staging.git")
    workshop.git("remote", "add", "staging", "../staging.git")
    path = with_steps(workshop, (f"git push {remote} HEAD:refs/heads/main", None))

    done = workshop.run(*REHEARSE, "--yes")

    assert done.code == 0
    assert rehearsed(path) is not None


def test_what_nobody_verified_is_not_said_to_be(workshop: Workshop) -> None:
    with_steps(workshop, ("echo flag off", '"flag off"'))

    done = workshop.run(*REHEARSE, "--yes")

    assert done.code == 0
    assert (
        "\nVerify: p95 back to 800-900 ms on the cart dashboard\nNot verified: nobody was asked.\n"
    ) in done.err
    assert re.search(r"\nRehearsed on staging in \S+, but not verified\. It holds until", done.err)


def test_steps_run_in_the_root_and_know_where_they_are(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo $PWD in $CHANGENOTE_ENVIRONMENT", None))
    inside = Workshop(workshop.folder / "app")

    done = inside.run(*REHEARSE, "--yes", "--by", "@dana")

    evidence = rehearsed(path)
    assert f"{workshop.folder} in staging" in done.out
    assert evidence is not None
    assert evidence["by"] == "@dana"


def test_secrets_do_not_reach_the_journal(workshop: Workshop) -> None:
    with_steps(workshop, ("echo --password hunter2xyz; echo fine", '"fine"'))

    workshop.run(*REHEARSE, "--yes")

    assert "hunter2xyz" not in journal.journal_file(workshop.folder).read_text()


# --- What is never run ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("Revert the change", "step 1 is prose, no command (Revert the change)"),
        ("git revert <sha>", "step 1 has a hole to be filled in first (git revert <sha>)"),
        ("touch was-run \\u202e#", "step 1 hides something: U+202E (right-to-left override)"),
        ("touch was-run\\u00a0x", "step 1 hides something: U+00A0 (no-break space)"),
        ("touch was-run \\u2028#", "step 1 hides a character that a terminal would act on"),
        ("touch was-run\\x1b[2K", "changes/2025/20251120-g00d00-note.yaml is not a valid note"),
        ("t\\u043euch was-run", "step 1 hides something: tоuch, where о is U+043E"),  # noqa: RUF001 - the point
    ],
)
@pytest.mark.parametrize("words", [REHEARSE, ("rollback", ID, "--run")], ids=["rehearse", "run"])
def test_a_step_that_is_not_what_it_seems_stops_it_before_anything_runs(
    workshop: Workshop, run: str, why: str, words: tuple[str, ...]
) -> None:
    text = note_with(f'    - run: "{run}"\n    - run: touch was-run\n')
    workshop.note(text, ID)

    done = workshop.run(*words, "--yes")

    assert done.code == 1
    assert said(done).what.startswith(why)
    assert not (workshop.folder / "was-run").exists()
    assert journalled(workshop) == []


@pytest.mark.parametrize("words", [REHEARSE, ("rollback", ID, "--run")], ids=["rehearse", "run"])
def test_a_note_that_is_not_valid_is_shown_but_not_run(
    workshop: Workshop, words: tuple[str, ...]
) -> None:
    path = with_steps(workshop, ("touch was-run", None))
    path.write_text(path.read_text().replace("kind: feature", "kind: [feature]"))

    done = workshop.run(*words, "--yes")

    assert done.code == 1
    assert "is not a valid note, so its steps are not run" in said(done).what
    assert not (workshop.folder / "was-run").exists()
    assert "touch was-run" in workshop.run("rollback", ID).out


def test_a_note_without_steps_has_nothing_to_run(workshop: Workshop) -> None:
    text = note_with("").replace("  steps:\n", "")
    workshop.note(text.replace("strategy: flag", "strategy: none"), ID)

    assert said(workshop.run(*REHEARSE, "--yes")).what == f"{ID} has no steps to run"


# --- Production -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["production", "Production", "prod"])
def test_it_is_not_rehearsed_where_the_change_is_live(workshop: Workshop, name: str) -> None:
    with_steps(workshop, ("touch was-run", None))

    done = workshop.run("rehearse", ID, "--environment", name, "--yes")

    assert done.code == 2
    assert said(done).what == f"{name} is where the change is live: a rehearsal there undoes it"
    assert not (workshop.folder / "was-run").exists()


@pytest.mark.parametrize(
    ("run", "is_run"),
    [
        ("touch was-run # --env production", False),
        ("touch was-run; curl https://prod.shop.example", False),
        ("touch was-run; ls PRODUCTION_1 || true", False),
        ("touch was-run --env=${CHANGENOTE_ENVIRONMENT:-production}", True),
        ("NODE_ENV=production touch was-run", True),
        ("touch was-run; echo productions product", True),
    ],
)
def test_a_step_that_goes_to_production_is_not_rehearsed_elsewhere(
    workshop: Workshop, run: str, is_run: bool
) -> None:
    with_steps(workshop, (run.replace(" --env=", " # "), None))

    done = workshop.run(*REHEARSE, "--yes")

    assert (done.code == 0) is is_run
    assert (workshop.folder / "was-run").exists() is is_run
    if not is_run:
        assert said(done).what.lower().startswith("step 1 names prod")


def test_somebody_who_insists_may_rehearse_in_production(workshop: Workshop) -> None:
    path = with_steps(workshop, ("echo --env production", None))

    done = workshop.run(
        "rehearse", ID, "--environment", "production", "--yes", "--yes-in-production"
    )

    evidence = rehearsed(path)
    assert done.code == 0
    assert evidence is not None
    assert evidence["environment"] == "production"


# --- At a terminal --------------------------------------------------------------------------------


def test_every_step_is_shown_and_asked_for(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None), ("touch two", "the page is quick"))
    person = Terminal(workshop, *REHEARSE)

    person.answer("Run step 1?", "y")
    person.answer("Run step 2?", "y")
    person.answer("Did you see it?", "y")
    person.answer("Is it so?", "y")
    code, last = person.ended()

    assert code == 0
    assert "  $ touch one\r\n" in person.seen
    assert "Verify: p95 back to 800-900 ms on the cart dashboard" in person.seen
    assert last.startswith(f"y\nchanges/2025/{path.name}\nRehearsed on staging in ")
    assert rehearsed(path) is not None


def test_several_steps_are_shown_before_the_first_and_a_single_one_once(
    workshop: Workshop,
) -> None:
    for count in (1, 2):
        with_steps(workshop, *[("echo off", '"off"')] * count)
        person = Terminal(workshop, *REHEARSE)
        person.answer("Run step 1?", "n")
        person.ended()

        assert person.seen.count(f"Step 1 of {count}") == count


def test_one_yes_can_be_for_all_that_follow(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None), ("touch two", None), ("touch three", None))
    person = Terminal(workshop, *REHEARSE)

    person.answer("Run step 1?", "a")
    person.answer("Is it so?", "y")
    code, _ = person.ended()

    assert code == 0
    assert "  $ touch three\r\n" in person.seen
    assert (workshop.folder / "three").exists()
    assert rehearsed(path) is not None


@pytest.mark.parametrize(("answer", "end"), [("n", "\r"), ("", "\r"), (CTRL_C, "")])
def test_no_enter_and_ctrl_c_stop_before_the_step(
    workshop: Workshop, answer: str, end: str
) -> None:
    path = with_steps(workshop, ("touch one", None), ("touch two", None))
    person = Terminal(workshop, *REHEARSE)

    person.answer("Run step 1?", "y")
    person.answer("Run step 2?", answer, end=end)
    code, last = person.ended()

    assert code == 1
    assert "stopped before step 2 of 2: up to step 1 all were run" in last
    assert "retry:    only if step 1 may be run twice; the note is unchanged" in last
    assert (workshop.folder / "one").exists()
    assert not (workshop.folder / "two").exists()
    assert rehearsed(path) is None


def test_what_the_person_did_not_see_is_a_failure(workshop: Workshop) -> None:
    path = with_steps(workshop, ("true", "the page is quick"))
    person = Terminal(workshop, *REHEARSE)

    person.answer("Run step 1?", "y")
    person.answer("Did you see it?", "n")
    code, last = person.ended()

    assert code == 1
    assert "step 1 of 1 failed: you did not see what was expected" in last
    assert rehearsed(path) is None


def test_a_rehearsal_that_was_not_seen_to_work_is_no_evidence(workshop: Workshop) -> None:
    path = with_steps(workshop, ("true", None))
    person = Terminal(workshop, *REHEARSE)

    person.answer("Run step 1?", "y")
    person.answer("Is it so?", "n")
    code, last = person.ended()

    assert code == 1
    assert "all steps ran, but it was not seen that they worked" in last
    assert rehearsed(path) is None


@pytest.mark.parametrize("verify", ["p95 back to 800-900 ms", None])
@pytest.mark.parametrize("answer", ["y", "n"])
def test_steps_of_git_alone_are_judged_by_the_person_who_is_told_so(
    workshop: Workshop, verify: str | None, answer: str
) -> None:
    path = with_steps(workshop, ("git tag undone", None))
    if verify is None:
        path.write_text(re.sub(r"\n  verify: .*", "", path.read_text()))
    person = Terminal(workshop, *REHEARSE)

    person.answer("Run step 1?", "y")
    person.answer("Is it so?", answer)
    code, _ = person.ended()

    assert code == (0 if answer == "y" else 1)
    assert (
        "These steps change the repository only; nothing on staging changes by itself.\r\n\r\n"
        f"Verify: {verify or 'the change is undone on staging'}"
    ) in person.seen
    assert (rehearsed(path) is not None) is (answer == "y")


def test_a_note_that_changes_while_somebody_is_asked_is_not_run(workshop: Workshop) -> None:
    path = with_steps(workshop, ("touch one", None))
    person = Terminal(workshop, *REHEARSE)
    person.child.expect_exact("Run step 1?")

    path.write_text(path.read_text().replace("touch one", "touch two"))
    person.child.send("y\r")
    code, _ = person.ended()

    assert code == 3
    assert "was changed while you were asked" in person.seen
    assert not (workshop.folder / "one").exists()
    assert not (workshop.folder / "two").exists()


def test_steps_that_are_edited_while_they_run_get_no_evidence(workshop: Workshop) -> None:
    path = with_steps(workshop, ("true", None))
    edit = f"sed -i s/true/false/ {shlex.quote(str(path))}"
    with_steps(workshop, ("true", None), (edit, None))

    done = workshop.run(*REHEARSE, "--yes")

    assert done.code == 3
    assert said(done).what == f"the steps of {ID} were edited while they were rehearsed"
    assert rehearsed(path) is None


def test_a_step_sees_a_terminal_and_its_keys(workshop: Workshop) -> None:
    with_steps(
        workshop, ("test -t 0 && test -t 1 && read -p 'Sure? ' x && echo got $x", '"got it"')
    )
    person = Terminal(workshop, *REHEARSE, "--yes")

    person.child.expect_exact("Sure? ")
    person.child.send("it\r")
    code, _ = person.ended()

    assert code == 0
    assert "got it" in person.seen

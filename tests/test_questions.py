"""The questions of `changenote new`: an answer is understood, or asked for again at once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.house import said, valid_note
from tests.test_bad_terminals import SAVE, Terminal, data
from tests.workshop import Workshop

# From Python 3.12 on, any fork in a process with threads (pytest-xdist has some) is warned of.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

TOLD = (
    "--expected=p95 under 400 ms",
    "--no-metric=the load test was down",
    "--no-command=deployed by merging",
    "--rollback-when=p95 over 900 ms",
    "--rollback-verify=p95 back at 840 ms",
)
"""Answers to every question, so that the last one comes at once."""


def untold(name: str) -> list[str]:
    """All answers but those to one question."""
    return [told for told in TOLD if not told.startswith(f"--{name}")]


def saved(workshop: Workshop) -> dict[str, Any]:
    """The only note, as plain data."""
    (path,) = workshop.notes()
    return data(path)


def test_enter_at_a_way_back_keeps_its_strategy(workshop: Workshop) -> None:
    way_back = {"strategy": "redeploy", "steps": [{"run": "./back.sh", "expect": "ok"}]}
    workshop.write("part.json", json.dumps({"rollback": way_back}))
    person = Terminal(workshop, "new", "--from=part.json", *TOLD)

    person.answer(SAVE, "undo")
    person.answer("Undo it with [./back.sh]", "")
    person.answer(SAVE, "strategy")
    person.answer("How? [redeploy]", "")
    person.answer(SAVE, "")
    person.ended()

    rollback = saved(workshop)["rollback"]
    assert {key: rollback[key] for key in way_back} == way_back


P95 = {"name": "p95", "unit": "ms", "better": "lower", "before": 840, "after": 318}
UNCLEAR_NUMBERS = [
    "p95 went from 840 ms to 318 ms",
    "p95 840ms → 318ms after the warm-up",
    "p95: 840 ms -> 400 ms -> 318 ms",
    "p95: 840 ms -> 318 MB",
    "p95: 840 ms -> 318 ms [warm]",
    "840 ms -> 318 ms",
    "20 % faster",
    "./deploy.sh production v1.2.1",
    "none",
]


@pytest.mark.parametrize(
    "line",
    ["p95 840ms → 318ms", "p95 840 -> 318 ms", "p95: 840 ms -> 318 ms", "p95 = 0.84s => 318 ms"],
)
def test_numbers_are_understood_however_their_arrow_is_written(
    workshop: Workshop, line: str
) -> None:
    done = workshop.run("new", "--yes", f"--metric={line}")

    assert done.code == 0
    assert saved(workshop)["metrics"] == [P95]


def test_numbers_that_are_not_clear_are_asked_for_again(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", *untold("no-metric"))

    for answer in UNCLEAR_NUMBERS:
        person.answer("Which number moved?", answer)
    person.answer("Which number moved?", "none: 840 ms was a guess")
    person.answer(SAVE, "")
    person.ended()

    for unclear in UNCLEAR_NUMBERS:
        assert f"  {unclear!r} " in person.seen
    assert person.seen.count("Write `GET /cart p95: 840 ms -> 318 ms`, or `none: why`.") == 8
    assert saved(workshop)["no_metric"] == "840 ms was a guess"
    assert "metrics" not in saved(workshop)


@pytest.mark.parametrize("reason", ["nobody measured", "no load test before 2.0", "text only"])
def test_words_are_why_nothing_was_measured(workshop: Workshop, reason: str) -> None:
    person = Terminal(workshop, "new", *untold("no-metric"))

    person.answer("Which number moved?", reason)
    person.answer(SAVE, "")
    person.ended()

    assert saved(workshop)["no_metric"] == reason


def test_what_was_run_is_no_sentence_and_no_number(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", *untold("no-command"))

    for answer in ("not measured, no traffic yet", "p95 840ms → 318ms", "3"):
        person.answer("What was run to ship it?", answer)
    person.answer("What was run to ship it?", "deploy: ./deploy.sh production v2.14.0")
    person.answer(SAVE, "")
    person.ended()

    assert "'not measured, no traffic yet' reads like words" in person.seen
    assert "'p95 840ms → 318ms' is a number, and no command." in person.seen
    assert "'3' is no recorded command. None was recorded." in person.seen
    assert [c["run"] for c in saved(workshop)["commands"]] == ["./deploy.sh production v2.14.0"]


@pytest.mark.parametrize(
    "option",
    [*(f"--metric={line}" for line in UNCLEAR_NUMBERS), "--command=not measured, no traffic yet"],
)
def test_an_option_that_would_say_something_false_is_refused(
    workshop: Workshop, option: str
) -> None:
    done = workshop.run("new", "--yes", option)

    assert done.code == 2
    assert option.partition("=")[2] in said(done).what
    assert option.partition("=")[2] in said(done).kept.read_text()
    assert workshop.notes() == []


UNCLEAR_ANSWERS = {
    "ok na maybe": "'ok na maybe' is not clear: not every word of it is ok, na, todo or fail",
    "ok, maybe, na": "'ok, maybe, na' is not clear: not every word of it is ok, na, todo or fail",
    "ok na": "'ok na' has 2 answers for 3 items",
    "ok ok ok ok": "'ok ok ok ok' has 4 answers for 3 items",
    "rule named=ok, na": "'rule named=ok, na' has 1 answer for 2 items",
    "maybe": "'maybe' is no answer: ok, na, todo or fail, for all items or for each",
}


def test_answers_that_do_not_fit_a_checklist_are_asked_for_again(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--kind=cache", *TOLD)

    for answer in UNCLEAR_ANSWERS:
        person.answer("Checked for cache?", answer)
    person.answer("Checked for cache?", "ok na fail")
    person.answer(SAVE, "")
    person.ended()

    for wrong in UNCLEAR_ANSWERS.values():
        assert wrong in person.seen
    assert list(saved(workshop)["checklist"]["cache"].values()) == ["ok", "na", "fail"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        *((f"cache: {answer}", wrong) for answer, wrong in UNCLEAR_ANSWERS.items()),
        ("cahce: ok", "there is no checklist 'cahce'"),
    ],
)
def test_a_checklist_that_does_not_fit_is_refused(
    workshop: Workshop, line: str, wrong: str
) -> None:
    done = workshop.run("new", "--yes", "--kind=cache", f"--checklist={line}")

    assert (done.code, workshop.notes()) == (2, [])
    assert said(done).what == f"--checklist: {wrong}"


WHENS = {
    "2026-11-20T14:05:00Z": "2026-11-20T14:05:00Z",
    "2026-11-20T15:05:00+01:00": "2026-11-20T15:05:00+01:00",
    "2026-11-20 14:05": "2026-11-20T15:05:00Z",
}


@pytest.mark.parametrize(("typed", "written"), WHENS.items())
def test_a_time_is_that_of_its_zone_or_of_here(
    workshop: Workshop, typed: str, written: str
) -> None:
    done = workshop.run("new", "--yes", f"--shipped-at={typed}", TZ="UTC+1")

    assert done.code == 0
    assert saved(workshop)["shipped"]["at"] == written


def test_when_it_shipped_may_be_how_long_ago(workshop: Workshop) -> None:
    before = datetime.now(UTC)

    workshop.run("new", "--yes", "--shipped-at=2h ago")

    at = datetime.fromisoformat(saved(workshop)["shipped"]["at"])
    assert abs(before - at - timedelta(hours=2)) < timedelta(minutes=5)


def test_a_time_that_is_none_is_asked_for_again(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", *TOLD)

    person.answer(SAVE, "shipped")
    for answer in ("yesterday", "2026-11-31T10:00Z", "14:05"):
        person.answer("When did it ship?", answer)
    person.answer("When did it ship?", "2026-11-20T14:05:00Z")
    person.answer(SAVE, "")
    person.ended()

    assert "'yesterday' is no time. Write `2026-11-22 14:05`, or `2h ago`." in person.seen
    assert person.seen.count(" is no time. ") == 3
    assert saved(workshop)["shipped"]["at"] == "2026-11-20T14:05:00Z"


def test_an_option_that_is_no_time_is_refused(workshop: Workshop) -> None:
    done = workshop.run("new", "--yes", "--shipped-at=yesterday")

    assert (done.code, workshop.notes()) == (2, [])
    assert said(done).what == "--shipped-at 'yesterday' is no time"


def test_set_mends_the_field_that_keeps_a_note_from_being_read(workshop: Workshop) -> None:
    path = valid_note(workshop)
    good = path.read_text()
    path.write_text(good.replace("2025-11-20T14:05:00Z", "yesterday"))

    refused = workshop.run("set", "g00d00", "tags+=cart")
    done = workshop.run("set", "g00d00", "shipped.at=2025-11-20T14:05:00Z")

    assert (refused.code, done.code) == (1, 0)
    assert "yesterday" in said(refused).what
    assert path.read_text().replace('"2025-11-20T14:05:00Z"', "2025-11-20T14:05:00Z") == good


def test_the_last_rollback_names_the_file_that_may_be_newer(workshop: Workshop) -> None:
    valid_note(workshop, "20251120-g00d00")
    path = valid_note(workshop, "20251120-aaaaaa")
    path.write_text(path.read_text().replace("2025-11-20T14:05:00Z", "yesterday"))

    done = workshop.run("rollback", "--last")

    assert "20251120-g00d00" in done.out
    assert done.err.splitlines()[1:] == [
        f"A newer change may be missing: {path.relative_to(workshop.folder)} could not be read.",
        "  next: changenote rollback 20251120-aaaaaa",
    ]


@pytest.mark.parametrize("word", ["help", "?"])
def test_help_at_the_last_question_says_what_can_be_typed(workshop: Workshop, word: str) -> None:
    person = Terminal(workshop, "new", *TOLD)

    person.answer(SAVE, word)
    person.answer(SAVE, "undoo")
    person.answer(SAVE, "")
    person.ended()

    assert "  A word changes that part, Enter saves the note. Ctrl-C stops:" in person.seen
    assert "  Words: title, kind, service, owner, reason, expected, shipped," in person.seen
    assert "  'undoo' is none of them. Did you mean `undo`?" in person.seen


def test_a_hint_stands_behind_its_question_or_below_it(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", *untold("rollback-when"), COLUMNS="80")

    person.answer("Undo it when?", "p95 over 900 ms")
    person.answer(SAVE, "kind")
    person.answer("Kind [performance]", "")
    person.answer(SAVE, "")
    person.ended()

    seen = person.seen.replace("\r\n", "\n")
    assert "\nUndo it when? (what would have to be seen): p95 over 900 ms\n" in seen
    assert "\nKind [performance]\n  (feature, fix, performance, security, database," in seen
    assert "dependency, infrastructure, docs): \n" in seen


def test_a_long_word_has_room_before_what_is_known_of_it(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--kind=database", "--checklist=database: ok", *TOLD)

    person.answer(SAVE, "")
    person.ended()

    assert "  database-list  indexes checked: ok\r\n" in person.seen
    assert "  title          Cache cart totals per session\r\n" in person.seen


def test_on_a_terminal_no_word_is_broken_and_no_command(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--checklist=cache: ok na maybe", "--yes", COLUMNS="40")

    _, told = person.ended()

    assert told.startswith(
        "changenote: --checklist: 'ok na maybe'\n"
        "          is not clear: not every word\n"
        "          of it is ok, na, todo or fail\n"
        "  expected: one answer for all, or one\n"
        "            each: rule named, bypass\n"
    )
    assert "`--checklist 'cache: ok'`\n" in told

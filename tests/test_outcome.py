"""A deployment that did not go well reads so wherever somebody looks for the way back."""

import pytest

from tests.agent import answer, text
from tests.house import valid_note
from tests.workshop import FULL, Workshop

FAILED = "failed; restored 2026-11-22 00:25 UTC, 20m after it shipped"


@pytest.fixture
def failed(workshop: Workshop) -> Workshop:
    """A note of a deployment that failed and was restored."""
    went = 'outcome: failed\n  restored_at: "2026-11-22T00:25:00Z"\n'
    head, _, rest = FULL.partition("outcome: success")
    workshop.note(head + went + rest.partition("\n")[2])
    return workshop


def test_the_way_back_says_at_once_that_the_deployment_failed(failed: Workshop) -> None:
    screen = failed.run("rollback", "k3f9xq")

    assert screen.out.splitlines()[3] == f"Outcome    {FAILED}"


def test_programs_and_agents_learn_it_too(failed: Workshop) -> None:
    data = failed.run("rollback", "k3f9xq", "--json").data
    told = answer(failed, "rollback", note="k3f9xq")

    assert data["shipped"]["outcome"] == "failed"
    assert data["shipped"]["restored_at"] == "2026-11-22T00:25:00Z"
    assert told.structured_content["shipped"] == data["shipped"]
    assert f"Outcome    {FAILED}" in text(told)


def test_the_document_for_people_says_it_below_the_title(failed: Workshop) -> None:
    document = failed.run("export", "--format", "markdown").out

    assert document.split("\n\n")[3] == f"Outcome: {FAILED}"


def test_a_success_needs_no_word(workshop: Workshop) -> None:
    workshop.note(FULL)

    assert "Outcome" not in workshop.run("rollback", "k3f9xq").out
    assert "Outcome" not in workshop.run("export", "--format", "markdown").out


def test_why_nothing_was_measured_is_not_taken_for_a_result(workshop: Workshop) -> None:
    note = valid_note(workshop)
    note.write_text(note.read_text().replace("the dashboard was down", "rare"))

    document = workshop.run("export", "--format", "markdown").out

    assert "### Result\n\nNothing measured: rare\n" in document

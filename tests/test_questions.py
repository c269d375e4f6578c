"""The questions of `changenote new`: an answer is understood, or asked for again at once."""

import json
from typing import Any

import pytest

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

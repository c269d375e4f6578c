"""Answers are asked for once, and never trusted more than the question."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from changenote.store.answers import answered
from changenote.store.database import path_in


class Counted:
    """Tells the length of a question's text and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, questions: Mapping[str, bytes]) -> dict[str, Any]:
        self.asked += questions
        return {name: {"name": name, "length": len(raw)} for name, raw in questions.items()}


def told(
    folder: Path, questions: Mapping[str, bytes], ask: Counted, depends_on: str = ""
) -> dict[str, Any]:
    return answered(folder, "row", questions, ask, depends_on=depends_on, holds=bool)


def test_a_question_is_asked_once_until_its_text_changes(tmp_path: Path) -> None:
    ask = Counted()
    questions = {"a": b"1", "b": b"22"}

    told(tmp_path, questions, ask)
    again = told(tmp_path, {"a": b"1", "b": b"333"}, ask)

    assert ask.asked == ["a", "b", "b"]
    assert again == {"a": {"name": "a", "length": 1}, "b": {"name": "b", "length": 3}}


def test_two_questions_with_the_same_text_have_answers_of_their_own(tmp_path: Path) -> None:
    found = told(tmp_path, {"a": b"1", "b": b"1"}, Counted())

    assert [row["name"] for row in found.values()] == ["a", "b"]


def test_what_else_an_answer_hangs_on_makes_another_question(tmp_path: Path) -> None:
    ask = Counted()

    told(tmp_path, {"a": b"1"}, ask, depends_on="config 1")
    told(tmp_path, {"a": b"1"}, ask, depends_on="config 2")

    assert ask.asked == ["a", "a"]


def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path: Path) -> None:
    ask = Counted()
    told(tmp_path, {"a": b"1"}, ask)
    path_in(tmp_path).write_bytes(b"this is no database" * 100)

    first = told(tmp_path, {"a": b"1"}, ask)
    second = told(tmp_path, {"a": b"1"}, ask)

    assert first == second == {"a": {"name": "a", "length": 1}}
    assert ask.asked == ["a", "a"]


def test_an_answer_that_holds_no_longer_is_asked_for_again(tmp_path: Path) -> None:
    ask = Counted()

    for _ in range(2):
        answered(tmp_path, "row", {"a": b"1", "b": b"22"}, ask, holds=lambda a: a["length"] > 1)

    assert ask.asked == ["a", "b", "a"]


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    assert told(tmp_path / "cache", {"a": b"1"}, Counted())["a"]["length"] == 1


def test_the_cache_keeps_itself_out_of_git(tmp_path: Path) -> None:
    told(tmp_path, {"a": b"1"}, Counted())

    assert (tmp_path / ".gitignore").read_text() == "*\n"

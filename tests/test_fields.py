"""A team's own fields: what they ask, what they take, what they refuse."""

from typing import Any

import pytest

from changenote.model.fields import Field, Question, is_valid, questions, typed

RISK = Field(type="choice", choices=("low", "high"), required=("database",), doc="How risky it is")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field(), " ABC-1 ", "ABC-1"),
        (Field(type="number"), "12", 12),
        (Field(type="number"), "0.5", 0.5),
        (Field(type="boolean"), "Yes", True),
        (Field(type="boolean"), "n", False),
        (Field(type="date"), "2026-11-22", "2026-11-22"),
        (Field(type="url"), "https://wiki.example/cart", "https://wiki.example/cart"),
        (RISK, "HIGH", "high"),
    ],
)
def test_what_a_person_types_becomes_a_value_of_the_type(
    field: Field, text: str, value: Any
) -> None:
    assert typed(field, text) == value
    assert is_valid(field, typed(field, text))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field(type="number"), "many"),
        (Field(type="number"), "nan"),
        (Field(type="boolean"), "perhaps"),
        (Field(type="date"), "22.11.2026"),
        (Field(type="url"), "javascript:alert(1)"),
        (Field(type="url"), "https://dana:secret@wiki.example"),
        (RISK, "hihg"),
    ],
)
def test_what_is_no_value_of_the_type_stays_as_it_was_typed(field: Field, text: str) -> None:
    assert typed(field, text) == text
    assert not is_valid(field, text)


def test_a_note_is_asked_for_what_its_kind_needs_and_what_the_team_wants_asked() -> None:
    fields = {
        "ticket": Field(ask=True),
        "risk": RISK,
        "release_train": Field(required=True),
        "quiet": Field(),
    }

    asked = {kind: [q.path[1] for q in questions(fields, kind)] for kind in ("fix", "database")}

    assert asked == {
        "fix": ["ticket", "release_train"],
        "database": ["ticket", "risk", "release_train"],
    }
    assert questions(fields, "database")[1] == Question(
        path=("x", "risk"),
        label="How risky it is",
        expected="one of low, high",
        choices=("low", "high"),
        required=True,
    )
    assert questions(fields, "fix")[1].label == "Release train"

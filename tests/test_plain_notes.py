"""A note as plain data: complete, in order, and with a hash of what it says alone."""

import json
from pathlib import Path

import pytest

from changenote.model.reading import read_note
from changenote.model.reading_time import reading_minutes
from changenote.model.writing import content_sha256, plain
from tests.books import least, published

EVERY = (Path(__file__).parent / "data" / "pages" / "every-field.yaml").read_text("utf-8")


def test_a_note_comes_back_from_its_plain_data_whole() -> None:
    note = published(EVERY).note

    again, problems = read_note(json.loads(json.dumps(plain(note))))

    assert problems == []
    assert again == note
    assert list(plain(note))[:4] == ["schema", "id", "title", "kind"]


def test_what_is_not_said_is_left_out() -> None:
    assert plain(published(least()).note) == {
        "schema": 1,
        "id": "20261122-k3f9xq",
        "title": "Count sheep",
        "kind": "fix",
        "status": "draft",
    }


SAYS = "shipped: {at: 2026-11-22T14:05:00Z}\nmetrics: [{name: a, before: [1, 2.0, 3.5]}]\n"


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        (SAYS, True),
        ("# a comment\n" + SAYS, True),
        (
            "metrics: [{before: [1.0, 2, 3.5], name: a}]\nshipped:\n  at: 2026-11-22T14:05:00Z\n",
            True,
        ),
        (SAYS + "tags: []\nowner: ~\n", True),
        (SAYS.replace("3.5", "3.6"), False),
        (SAYS + "reason: so\n", False),
    ],
)
def test_the_hash_changes_with_what_a_note_says_and_with_nothing_else(
    text: str, is_same: bool
) -> None:
    first = content_sha256(plain(published(least() + SAYS).note))

    assert (content_sha256(plain(published(least() + text).note)) == first) == is_same


def test_the_hash_can_be_worked_out_by_anybody() -> None:
    """With `printf '{"id":…}' | sha256sum`, keys sorted."""
    text = '{"id":"20261122-k3f9xq","kind":"fix","schema":1,"status":"draft","title":"Count sheep"}'

    from hashlib import sha256

    assert content_sha256(plain(published(least()).note)) == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("reason", "minutes"),
    [("short", 1), ("word " * 195, 1), ("word " * 210, 2), ("かごの合計を" * 300, 2)],
)
def test_the_reading_time_counts_words(reason: str, minutes: int) -> None:
    assert reading_minutes(published(least() + f"reason: {reason}\n").note) == minutes


def test_what_nobody_reads_word_by_word_takes_no_time() -> None:
    output = "commands: [{run: make, output: '" + "line " * 500 + "'}]\n"

    assert reading_minutes(published(least() + output).note) == 1

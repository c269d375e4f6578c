"""Conditions that were not the same on both sides."""

import pytest

from changenote.model.conditions import Cache, caches, joined, sides, warmed_up


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("warm", "warm", "warm"),
        ("cold", "cold", "cold"),
        ("cold -> warm", "cold", "warm"),
        ("none → warm", "none", "warm"),
        ("cold before, warm after", "cold", "warm"),
        ("before: cold, after: warm", "cold", "warm"),
        ("cleared before and primed after", "cold", "warm"),
        ("deleted before each run on the left and warm on the right", "cold", "warm"),
        ("warm after three runs", "warm", "warm"),
        ("warmed up before each run", "warm", "warm"),
        ("warm (first run dropped)", "warm", "warm"),
        ("not warm", "cold", "cold"),
        ("some hits, some misses", "unknown", "unknown"),
        ("as on a Monday", None, None),
    ],
)
def test_the_state_of_a_cache_is_read_from_words(
    text: str, before: Cache | None, after: Cache | None
) -> None:
    assert caches({"cache": text}) == (before, after)


def test_a_condition_that_differs_is_written_with_an_arrow_and_read_again() -> None:
    assert joined("warm", "warm") == "warm"
    assert joined("50 rps", "80 rps") == "50 rps -> 80 rps"
    assert sides({"load": "50 rps -> 80 rps"}, "load") == ("50 rps", "80 rps")


def test_keys_of_their_own_say_more_than_one_for_both() -> None:
    assert caches({"cache": "cold", "cache_after": "warm"}) == ("cold", "warm")


@pytest.mark.parametrize(
    ("conditions", "flatters"),
    [
        ({"cache": "cold -> warm"}, True),
        ({"cache": "unknown -> warm"}, True),
        ({"cache_after": "warm"}, True),
        ({"cache": "none -> warm"}, False),
        ({"cache": "warm -> cold"}, False),
        ({"cache": "unknown"}, False),
        ({}, False),
    ],
)
def test_a_cache_that_is_warm_only_after_flatters(
    conditions: dict[str, str], flatters: bool
) -> None:
    assert warmed_up(conditions) == flatters

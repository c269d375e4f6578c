"""Where the truth is known, verdicts are right about as often as the guide says."""

import pytest

from benchmarks.verdicts import CASES, counted

TITLES = {case.title: case for case in CASES}

AT_MOST = [
    ("nothing changed, one after the other", "improved", 0.05),
    ("nothing changed, alternately", "improved", 0.05),
    ("nothing changed, machine drifts 15 %, alternately", "improved", 0.06),
    ("nothing changed but lucky cache hits", "improved", 0.03),
    ("half the time, one number against one number", "improved", 0.0),
]
AT_LEAST = [
    ("5 % faster, machine drifts 15 %, alternately", "improved", 0.85),
    ("half the time, one number against one number", "unverified", 1.0),
    # What the rules are there for: without them, most of these would be wrong.
    ("the same, were it not for the look at two kinds of runs", "improved", 0.4),
    ("nothing changed, machine drifts 15 %, one after the other", "regressed", 0.4),
]


@pytest.mark.parametrize(("title", "verdict", "share"), AT_MOST)
def test_a_wrong_verdict_is_rare(title: str, verdict: str, share: float) -> None:
    assert counted(TITLES[title], 400).get(verdict, 0.0) <= share


@pytest.mark.parametrize(("title", "verdict", "share"), AT_LEAST)
def test_what_the_rules_find_and_what_they_save_from(
    title: str, verdict: str, share: float
) -> None:
    assert counted(TITLES[title], 400).get(verdict, 0.0) >= share

"""Every promise about text by many hands is kept.

These are some cases of each; `make trust` runs all of them. See test_trust_controls, too.
"""

import pytest

from tests.trust.__main__ import PAGE, main
from tests.trust.promise import Outcome, Promise, spread
from tests.trust.promises import PROMISES
from tests.trust.results import Line, as_text, known, on_page


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_the_promise_is_kept(promise: Promise) -> None:
    outcome = promise.kept(promise.some)

    assert promise.is_kept(outcome), outcome.failures


def test_a_promise_without_cases_shows_nothing() -> None:
    promise = PROMISES[0]

    assert not promise.is_kept(Outcome(cases=0, failures=()))


def test_some_cases_are_spread_over_all_of_them() -> None:
    assert spread(range(10), 4) == [0, 2, 5, 7]
    assert spread(range(3), 4) == [0, 1, 2]
    assert spread(range(3), None) == [0, 1, 2]


def test_a_control_that_goes_unnoticed_breaks_the_line() -> None:
    promise = PROMISES[0]
    fine, bad = Outcome(cases=4, failures=()), Outcome(cases=4, failures=("a", "b"))

    lines = [
        Line.of(promise, kept, broken, is_whole=True)
        for kept, broken in ((fine, bad), (fine, fine), (bad, bad))
    ]

    assert [line.is_right for line in lines] == [True, False, False]
    assert as_text(lines).count("BROKEN") == 2


def test_the_page_is_what_the_results_say() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert on_page(page, PROMISES) == page
    assert [line.name for line in known().values() if not line.is_right] == []
    assert set(known()) == {promise.name for promise in PROMISES}


def test_a_promise_that_is_not_there_is_not_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["typo"]) == 2
    assert capsys.readouterr().err.startswith("no such promise: typo; there are secrets-go, ")

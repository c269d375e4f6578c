"""Change points are found where a careful reader would put them, and nowhere else."""

import json
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import pytest

from changenote.model.change_points import change_points, step_p

VECTORS = Path(__file__).parent / "data" / "measures" / "vectors.json"
HISTORY: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["history"]


def series(*levels: tuple[int, float], noise: float = 0.03, seed: int = 1) -> list[float]:
    """So many numbers around each level, in order, with noise in proportion."""
    random = Random(seed)  # noqa: S311 - the same numbers every time
    return [
        level * random.lognormvariate(0, noise) for count, level in levels for _ in range(count)
    ]


def places(values: list[float]) -> list[int]:
    return [found.index for found in change_points(values)]


@pytest.mark.parametrize("case", HISTORY, ids=lambda case: str(case["id"]))
def test_the_change_points_are_those_of_otava(case: dict[str, Any]) -> None:
    found = change_points(case["series"])

    assert [f.index for f in found] == [c["index"] for c in case["change_points"]]
    for one, expected in zip(found, case["change_points"], strict=True):
        assert one.p == pytest.approx(expected["p"], rel=1e-9, abs=0)
        assert one.before == pytest.approx(expected["mean_before"])
        assert one.after == pytest.approx(expected["mean_after"])


# otava 0.8.0, compute_change_points(values, window_len=30, max_pvalue=0.001, min_magnitude=0.02)
CLOSE = {
    "logarithms would cut at 6 too": (
        [97, 99, 103, 101, 124, 123, 138, 130, 135, 134, 133, 131, 135, 130],
        [(4, 0.00015544540573572333)],
    ),
    "a spread divided by n - 1 would miss the last": (
        [103, 102, 103, 99, 101, 103, 88, 90, 90, 120, 114, 118, 156, 150],
        [(6, 3.2723693636955463e-06), (9, 5.375862387032373e-05), (12, 0.0006949100792998959)],
    ),
    "testing the point before one taken back again would find none": (
        [99, 102, 100, 104, 97, 103, 93, 92, 95, 125, 118, 122, 143, 152],
        [(9, 9.916520769288647e-06)],
    ),
}


@pytest.mark.parametrize(("values", "expected"), CLOSE.values(), ids=CLOSE)
def test_close_to_the_limits_the_answer_is_still_that_of_otava(
    values: list[float], expected: list[tuple[int, float]]
) -> None:
    found = change_points(values)

    assert [f.index for f in found] == [index for index, _ in expected]
    assert [f.p for f in found] == pytest.approx([p for _, p in expected], rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        # otava 0.8.0, TTestSignificanceTester.compare
        ([1, 2, 3], [4, 5, 6], 0.010822550462608247),
        ([1, 2], [1.5], 1.0),
        ([5, 5, 5], [5, 5, 6], 0.2878641347266912),
        ([0.1, 0.2, 0.15, 0.4], [10, 11], 1.5665627105142477e-06),
        ([1, 1.01, 0.99, 1.02] * 5, [2, 2.01, 1.99, 2.02] * 5, 9.173801975061513e-65),
    ],
)
def test_p_is_that_of_the_t_test(first: list[float], second: list[float], p: float) -> None:
    assert step_p(first, second) == pytest.approx(p, rel=1e-9, abs=0)


def test_levels_are_given_before_and_after_each_change() -> None:
    values = [100, 101, 99, 100, 102, 98, 60, 61, 59, 60, 61, 59, 80, 81, 79, 80, 82, 78]

    found = change_points(values)

    assert [(f.index, f.before, f.after) for f in found] == [(6, 100, 60), (12, 60, 80)]
    assert all(f.p < 0.001 for f in found)


def test_the_unit_does_not_matter() -> None:
    values = series((12, 840), (12, 320))

    assert places(values) == places([value / 1000 for value in values]) == [12]


@pytest.mark.parametrize("seed", range(8))
def test_noise_alone_is_no_change(seed: int) -> None:
    assert places(series((40, 100), noise=0.05, seed=seed)) == []


def test_a_single_spike_is_no_change() -> None:
    values = series((25, 100))
    values[12] = 400

    assert places(values) == []


def test_less_than_two_percent_is_no_change_however_sure() -> None:
    assert places([100.0, 100.1] * 10 + [101.5, 101.6] * 10) == []
    assert places([100.0, 100.1] * 10 + [102.5, 102.6] * 10) == [20]


@pytest.mark.parametrize(
    "values",
    [[], [5.0], [1.0, 2.0], [0.0] * 20, [0.1] * 30, [1e-90, 1e90] * 10, [-1.0, 0.0, 1.0] * 8],
    ids=["none", "one", "two", "zeros", "equal", "wild", "around zero"],
)
def test_where_there_is_nothing_to_find_nothing_is_found(values: list[float]) -> None:
    assert places(values) == []


def test_zeros_and_negative_numbers_have_levels_too() -> None:
    assert places([0, 1, 0, 0, 2, 1, 0, 1, 0, 1, 20, 21, 19, 22, 20, 20, 18, 21]) == [10]
    assert places([-5, -6, -5, -4, -5, -6, -5, 5, 6, 5, 4, 5, 6]) == [7]


def test_a_change_of_something_that_never_varies_is_certain() -> None:
    (found,) = change_points([184320.0] * 10 + [151552.0] * 5)

    assert (found.index, found.p) == (10, 0)


def test_a_long_series_is_looked_through_window_by_window() -> None:
    levels = cycle([100.0, 130.0])
    values = series(*((100, next(levels)) for _ in range(10)), noise=0.02, seed=4)

    assert places(values) == list(range(100, 1000, 100))

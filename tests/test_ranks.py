"""The rank tests and their intervals are those of the literature, computed exactly."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changenote.model.ranks import (
    median,
    rank_sum_p,
    shift_between,
    shift_within,
    signed_rank_p,
)

few = st.lists(st.integers(-4, 4), min_size=1, max_size=5)
patient = settings(deadline=None)

# Rounded normal numbers: many ties.
ROUNDED_BEFORE = (
    "99 102 99 99 96 99 104 102 104 101 102 101 93 103 102 102 93 93 96 98 "
    "101 100 102 97 101 102 97 107 102 105 98 97 99 100 103 101 98 96 98 105"
)
ROUNDED_AFTER = (
    "95 99 100 92 98 103 90 97 98 95 100 98 92 101 101 "
    "102 104 99 98 93 100 96 96 93 94 96 103 90 92 99"
)
DISTINCT_BEFORE = (
    "105.773 102.314 92.4 89.927 101.43 97.055 95.521 103.909 104.407 100.629 100.983 101.737 "
    "106.376 102.476 102.075 102.191 93.727 105.127 103.82 102.118 92.104 97.465 103.369 92.755 "
    "99.264 104.078 94.755 106.44 102.208 99.399 101.299"
)
DISTINCT_AFTER = (
    "100.599 98.482 102.583 95.354 96.341 102.167 98.107 94.478 101.786 103.862 96.221 92.48 "
    "97.461 97.404 96.808 103.619 93.892 103.042 92.927 94.852 100.526 102.515 101.436 99.381 "
    "98.569 98.61 100.301 97.295 99.11 100.291"
)


@pytest.mark.parametrize(
    ("values", "expected"), [([3], 3), ([3, 1], 2), ([9, 1, 2], 2), ([4, 1, 2, 100], 3)]
)
def test_the_median_is_in_the_middle(values: list[float], expected: float) -> None:
    assert median(values) == expected


@patient
@given(first=few, second=few)
def test_the_u_test_counts_every_way_to_deal_the_runs_to_the_two_sides(
    first: list[int], second: list[int]
) -> None:
    ranks = mean_ranks([*first, *second])
    dealt = [sum(hand) for hand in combinations(ranks, len(first))]

    assert rank_sum_p(first, second) == pytest.approx(two_sided(dealt, sum(ranks[: len(first)])))


@patient
@given(differences=st.lists(st.integers(-4, 4), max_size=8))
def test_the_signed_rank_test_counts_every_way_to_swap_the_pairs(differences: list[int]) -> None:
    moved = [d for d in differences if d]
    ranks = mean_ranks([abs(d) for d in moved])
    swapped = [
        sum(rank for rank, counts in zip(ranks, picked, strict=True) if counts)
        for picked in product((False, True), repeat=len(moved))
    ]
    seen = sum(rank for rank, d in zip(ranks, moved, strict=True) if d > 0)

    assert signed_rank_p(differences, grain=1) == pytest.approx(two_sided(swapped, seen))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # scipy 1.17.1, mannwhitneyu(method="asymptotic")
        pytest.param(ROUNDED_BEFORE, ROUNDED_AFTER, 0.004085673719182962, id="40 and 30, ties"),
        pytest.param(DISTINCT_BEFORE, DISTINCT_AFTER, 0.06173437581261711, id="31 and 30"),
    ],
)
def test_beyond_60_runs_the_u_test_uses_the_normal_approximation(
    before: str, after: str, expected: float
) -> None:
    p = rank_sum_p(numbers(before), numbers(after))

    assert p == pytest.approx(expected, rel=1e-12)


def test_60_runs_are_still_counted_exactly() -> None:
    p = rank_sum_p(range(30), range(30, 60))

    assert p == pytest.approx(2 / math.comb(60, 30), rel=1e-12)


def test_100_pairs_are_counted_exactly() -> None:
    p = signed_rank_p(range(1, 101), grain=1)

    assert p == pytest.approx(2 / 2**100, rel=1e-12)


@pytest.mark.parametrize(("small", "large"), [(2, 3), (20, 30), (40, 50)])
def test_runs_that_are_all_equal_do_not_differ(small: int, large: int) -> None:
    assert rank_sum_p([5.0] * small, [5.0] * large) == 1.0


def test_pairs_that_did_not_move_do_not_differ() -> None:
    assert signed_rank_p([0.0] * 8, grain=1e-12) == 1.0


def test_differences_within_the_grain_are_tied() -> None:
    # given: 0.3 and 0.1 + 0.2 are different floats
    differences = [0.3, -(0.1 + 0.2), 0.5, 0.6, 0.7, 0.8]

    p = signed_rank_p(differences, grain=1e-12)

    assert p == signed_rank_p([3, -3, 5, 6, 7, 8], grain=1)


distinct = st.lists(st.integers(-(10**6), 10**6), min_size=12, max_size=24, unique=True)


@patient
@given(values=distinct, cut=st.integers(4, 8))
def test_the_interval_holds_the_shifts_that_the_u_test_does_not_reject(
    values: list[int], cut: int
) -> None:
    before, after = values[:cut], values[cut:]

    _, interval = shift_between(before, after)

    assert_bounds(interval, lambda shift: rank_sum_p([x + shift for x in before], after))


@patient
@given(values=distinct)
def test_the_interval_of_pairs_holds_the_shifts_that_the_signed_rank_test_does_not_reject(
    values: list[int],
) -> None:
    _, interval = shift_within(values)

    assert_bounds(interval, lambda shift: signed_rank_p([x - shift for x in values], grain=0.01))


@pytest.mark.parametrize(
    ("runs", "rank"),
    [
        # One more than the critical U of the published tables (two sides, 5 %).
        (4, 1),
        (5, 3),
        (10, 24),
        (20, 128),
        (30, 318),
        # Beyond 60 runs together: the normal approximation.
        (31, 341),
        (100, 4197),
    ],
)
def test_the_interval_starts_at_the_rank_that_the_tables_of_the_u_test_name(
    runs: int, rank: int
) -> None:
    # given: runs whose differences are consecutive numbers, so that an end tells its rank
    before, after = range(0, runs * runs, runs), range(runs)
    lowest, highest = -runs * (runs - 1), runs - 1

    _, interval = shift_between(before, after)

    assert interval == (lowest + rank - 1, highest - rank + 1)


def assert_bounds(interval: tuple[float, float], p_of_shift: Callable[[float], float]) -> None:
    low, high = interval
    # An end is a difference of whole numbers, or half one: a tenth is nearer than the next end.
    assert p_of_shift(low - 0.1) <= 0.05
    assert p_of_shift(high + 0.1) <= 0.05
    if low < high:
        assert p_of_shift(low + 0.1) > 0.05
        assert p_of_shift(high - 0.1) > 0.05


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.split()]


def mean_ranks(values: Sequence[int]) -> list[float]:
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2
        for value in values
    ]


def two_sided(outcomes: Sequence[float], seen: float) -> float:
    lower = sum(outcome <= seen for outcome in outcomes)
    upper = sum(outcome >= seen for outcome in outcomes)
    return min(1.0, 2 * min(lower, upper) / len(outcomes))

"""A reader is told when the runs of one side look odd, and no run is ever left out for it."""

import pytest

from changenote.model.runs import mixture, oddities

STEADY = [10.1, 10.2, 10.0, 10.3, 10.15, 10.25, 10.05, 10.35]
RISING = [10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9]
FIVE = [20.1, 20.3, 20.0, 20.2, 20.4]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(STEADY, [], id="nothing odd"),
        pytest.param([99.0, *STEADY], ["first_run_slow"], id="cold start"),
        pytest.param([1.0, *STEADY], ["first_run_fast"], id="hit on the first run"),
        pytest.param([*STEADY, 99.0], ["outliers"], id="a spike later"),
        pytest.param([99.0, *STEADY, 1.0], ["first_run_slow", "outliers"], id="both"),
        pytest.param([5.0] * 4, ["zero_variance"], id="all equal"),
        pytest.param([0.0] * 12, ["zero_variance"], id="all zero"),
        pytest.param([11, 12, 11, 12, 12, 11], ["coarse_resolution"], id="two values of six"),
        pytest.param([11, 12, 13, 12, 12, 11], [], id="three values of six"),
        pytest.param([11, 12, 13] * 4, ["coarse_resolution"], id="three values of twelve"),
        pytest.param([5.0, 5.0, 5.0, 5.0, 5.2, 5.001], ["outliers"], id="rest almost equal"),
        pytest.param([5.0, 5.0, 5.0, 5.0, 5.002, 5.001], [], id="almost equal"),
        pytest.param([0.0] * 8 + [1.0, 2.0, 3.0], ["outliers"], id="mostly zero"),
        pytest.param(RISING, ["drift"], id="ever slower"),
        pytest.param(RISING[::-1], ["drift"], id="ever faster"),
        pytest.param(RISING[:9], [], id="too few runs to see a drift"),
        pytest.param([x + 90 for x in RISING], [], id="a drift under 2 %"),
        pytest.param([-x for x in RISING], ["drift"], id="a drift below zero"),
        pytest.param([x + y for x in FIVE for y in (0, 20)], ["bimodal"], id="two groups"),
        pytest.param([x + y for x in FIVE for y in (0, 0.3)], [], id="groups that touch"),
        pytest.param([5.0, 6.0] * 5, ["coarse_resolution"], id="two ticks are no groups"),
        pytest.param([x + y for x in FIVE for y in (80, 85)], [], id="groups 5 % apart"),
        pytest.param([x + y for x in FIVE for y in (0, 20)][:8], [], id="too few for groups"),
        pytest.param([*FIVE, *FIVE, 40.2], ["outliers"], id="one run is no group"),
    ],
)
def test_runs_are_flagged_for_what_they_look_like(values: list[float], expected: list[str]) -> None:
    assert list(oddities(values, slow_is_high=True)) == expected


def test_a_first_run_with_a_high_throughput_is_a_fast_one() -> None:
    assert list(oddities([99.0, *STEADY], slow_is_high=False)) == ["first_run_fast"]


@pytest.mark.parametrize(
    ("values", "slow_is_high", "expected"),
    [
        pytest.param([5.0, 99.0, 5.1, 98.0], True, [98.0, 99.0], id="hits and misses"),
        pytest.param([5.0, 99.0, 5.1, 98.0], False, [5.0, 5.1], id="more is better"),
        pytest.param([50.0, 99.0, 51.0, 101.0], True, [], id="less than twice apart"),
        pytest.param([50.0, 102.0, 51.0, 103.0], True, [102.0, 103.0], id="twice apart"),
        pytest.param([5.0, 5.1, 5.2, 99.0], True, [], id="one slow run is an outlier"),
        pytest.param([0.0, 3.0, 0.0, 4.0, 5.0, 6.0], True, [3.0, 4.0, 5.0, 6.0], id="zeros"),
        pytest.param([0.0, 1.0, 0.0, 2.0, 1.0], True, [], id="counts near zero"),
        pytest.param([-9.0, -1.0] * 4, False, [], id="all below zero"),
        pytest.param([0.0, 0.0, 0.0, 0.0], True, [], id="all zero"),
    ],
)
def test_the_slow_runs_stand_apart_when_there_are_two_kinds_of_runs(
    values: list[float], slow_is_high: bool, expected: list[float]
) -> None:
    assert mixture(values, slow_is_high=slow_is_high) == expected

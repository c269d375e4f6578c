"""A note says "improved" when the runs show it, and never because of a lucky cache hit."""

import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changenote.model.measures import (
    Verdict,
    cautions,
    compare,
    doubt,
    headline,
    judge,
    sentence,
)
from changenote.model.note import Metric, Note, primary_metric

VECTORS = Path(__file__).parent / "data" / "measures" / "vectors.json"
COMPARISONS = json.loads(VECTORS.read_text(encoding="utf-8"))["comparisons"]

HUNDRED = (100.0, 101.0, 99.0, 100.5, 99.5, 100.2)
NINETY = (90.0, 90.9, 89.1, 90.4, 89.6, 90.2)

patient = settings(deadline=None)
positive = st.floats(1e-3, 1e3)
runs = st.lists(positive, min_size=4, max_size=12)
pairs = st.lists(st.tuples(positive, positive), min_size=6, max_size=12)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in COMPARISONS])
def test_verdicts_agree_with_scipy_and_r(case: dict[str, Any]) -> None:
    verdict = compare(
        finite_or_not(case["before"]),
        finite_or_not(case["after"]),
        better=case["better"],
        deterministic=case["deterministic"],
        paired=case["paired"],
        order=case.get("order"),
        unit_before=case["unit_before"],
        unit_after=case["unit_after"],
    )

    told = told_by(verdict)
    assert {key: told[key] for key in told if key in case["expected"]} == expected_of(case)


def told_by(verdict: Verdict) -> dict[str, Any]:
    """The parts of a verdict by the names they have in the vectors."""
    return {
        "verdict": verdict.verdict,
        "trust": verdict.trust,
        "flags": list(verdict.flags),
        "p": verdict.p,
        "ratio_hl": verdict.ratio,
        "ci95": verdict.ci95 and list(verdict.ci95),
        "median_before": verdict.median_before,
        "median_after": verdict.median_after,
    }


def expected_of(case: dict[str, Any]) -> dict[str, Any]:
    expected = case["expected"]
    words = {key: expected[key] for key in ("verdict", "trust", "flags")}
    numbers = {
        key: None if expected[key] is None else pytest.approx(expected[key], rel=1e-6)
        for key in ("p", "ratio_hl", "ci95", "median_before", "median_after")
        if key in expected
    }
    return words | numbers


def test_the_vectors_ask_for_no_closer_agreement_than_is_tested() -> None:
    tolerances = {
        case["expected"][key] for case in COMPARISONS for key in ("p_tolerance", "ci_tolerance_rel")
    }

    assert tolerances == {1e-6, None}


def finite_or_not(values: list[Any]) -> list[object]:
    """The values, with infinity put back where JSON had to write it as text."""
    return [math.inf if value == "Infinity" else value for value in values]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([], [1.0], id="nothing before"),
        pytest.param([1.0], [], id="nothing after"),
        pytest.param([], [], id="nothing at all"),
        pytest.param([1.0, math.nan], [1.0, 1.0], id="not a number"),
        pytest.param([1.0, 1.0], [math.inf, 1.0], id="infinite"),
        pytest.param([1.0, 1.0], [-math.inf, 1.0], id="minus infinite"),
        pytest.param(["1.0"], [1.0], id="text"),
        pytest.param([None], [1.0], id="nothing where a number belongs"),
        pytest.param([True], [1.0], id="yes is not 1"),
        pytest.param([10**400], [1.0], id="beyond floats"),
        pytest.param([1e-200], [1.0], id="too small to divide by"),
        pytest.param([1.0], [-1e200], id="too large for a ratio"),
    ],
)
def test_what_cannot_be_calculated_with_is_invalid(
    before: list[object], after: list[object]
) -> None:
    verdict = compare(before, after, better="lower")

    assert verdict == Verdict(
        verdict="invalid", trust="invalid", n_before=len(before), n_after=len(after)
    )


def test_units_that_cannot_be_converted_are_invalid() -> None:
    verdict = compare(HUNDRED, NINETY, better="lower", unit_before="ms", unit_after="MB")

    assert (verdict.verdict, verdict.flags) == ("invalid", ("unit_mismatch",))


def test_pairs_that_do_not_pair_are_invalid() -> None:
    verdict = compare(HUNDRED, NINETY[:5], better="lower", paired=True)

    assert (verdict.verdict, verdict.flags) == ("invalid", ("pair_length_mismatch",))


@pytest.mark.parametrize(
    ("before", "after", "better", "expected"),
    [
        ([184320], [151552], "lower", "improved"),
        ([184320], [184321], "lower", "regressed"),
        ([184320, 184320], [184320], "lower", "no_change"),
        ([3], [0], "lower", "improved"),
        ([80], [81], "higher", "improved"),
        ([80], [79], "higher", "regressed"),
        ([80], [79], None, "inconclusive"),
        ([80], [80], None, "no_change"),
    ],
)
def test_deterministic_numbers_are_compared_exactly(
    before: list[object], after: list[object], better: Any, expected: str
) -> None:
    verdict = compare(before, after, better=better, deterministic=True)

    assert (verdict.verdict, verdict.trust, verdict.p) == (expected, "exact", None)


def test_a_deterministic_number_that_varies_is_compared_like_any_other() -> None:
    verdict = compare(HUNDRED, NINETY, better="lower", deterministic=True)

    assert verdict == compare(HUNDRED, NINETY, better="lower")


@pytest.mark.parametrize(
    ("before", "after", "paired", "expected"),
    [
        pytest.param([840.0], [318.0], False, "unverified", id="one number each"),
        pytest.param([840.0], [318.0], True, "unverified", id="one pair"),
        pytest.param([840.0], NINETY, False, "insufficient", id="one against many"),
        pytest.param(HUNDRED[:3], NINETY, False, "insufficient", id="three before"),
        pytest.param(HUNDRED, NINETY[:3], False, "insufficient", id="three after"),
        pytest.param(HUNDRED[:5], NINETY[:5], True, "insufficient", id="five pairs"),
    ],
)
def test_too_few_numbers_are_reported_and_never_judged(
    before: Sequence[object], after: Sequence[object], paired: bool, expected: str
) -> None:
    verdict = compare(before, after, better="lower", paired=paired)

    assert (verdict.verdict, verdict.trust, verdict.p, verdict.ratio) == (
        expected,
        "reported",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("before", "after", "paired", "trust"),
    [
        pytest.param(HUNDRED[:4], NINETY[:4], False, "sequential", id="four a side"),
        pytest.param(HUNDRED, NINETY, True, "interleaved", id="six pairs"),
    ],
)
def test_just_enough_numbers_can_improve(
    before: Sequence[object], after: Sequence[object], paired: bool, trust: str
) -> None:
    verdict = compare(before, after, better="lower", paired=paired)

    assert (verdict.verdict, verdict.trust) == ("improved", trust)


@pytest.mark.parametrize(
    ("after", "better", "expected"),
    [
        (98.0, "lower", "improved"),
        (98.1, "lower", "no_change"),
        (101.9, "lower", "no_change"),
        (102.0, "lower", "regressed"),
        (102.0, "higher", "improved"),
        (98.0, "higher", "regressed"),
        (98.0, None, "inconclusive"),
        (98.1, None, "no_change"),
    ],
)
def test_a_difference_counts_from_two_percent_on(after: float, better: Any, expected: str) -> None:
    verdict = compare([100.0] * 5, [after] * 5, better=better)

    assert verdict.verdict == expected


def test_without_a_direction_a_clear_difference_is_flagged() -> None:
    verdict = compare(HUNDRED, NINETY, better=None)

    assert verdict == replace(
        compare(HUNDRED, NINETY, better="lower"), verdict="inconclusive", flags=("no_direction",)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param([5, 6, 7, 5, 6, 8], [0, 0, 1, 0, 2, 1], ("improved", -5), id="fewer"),
        pytest.param([0, 0, 1, 0, 2, 1], [5, 6, 7, 5, 6, 8], ("regressed", 5), id="more"),
        pytest.param([0] * 6, [0] * 6, ("no_change", 0), id="none at all"),
        pytest.param([0] * 20, [0] * 11 + [1] * 9, ("inconclusive", 0), id="from none to rare"),
        pytest.param([0] * 20, [0] * 19 + [1], ("inconclusive", 0), id="from none to one"),
        pytest.param([0] * 6, [3] * 6, ("regressed", 3), id="from none to some"),
        pytest.param([0, 1, 0, 2, 1], [1, 0, 1, 0, 2], ("inconclusive", 0), id="as before"),
        pytest.param([-20.0] * 6, [-20.1] * 6, ("no_change", -0.1), id="half a percent"),
        pytest.param([-20.0] * 6, [-21.0] * 6, ("improved", -1.0), id="five percent below zero"),
    ],
)
def test_where_zero_occurs_differences_are_compared(
    before: list[object], after: list[object], expected: tuple[str, float]
) -> None:
    verdict = compare(before, after, better="lower")

    assert verdict.verdict == expected[0]
    assert verdict.shift == pytest.approx(expected[1])
    assert (verdict.ratio, verdict.ci95) == (None, None)
    assert verdict.shift_ci is not None


def test_pairs_with_zeros_are_compared_by_their_differences() -> None:
    # given: nine pairs lower by one quantum and one higher, in numbers far below the usual
    before = [1e-15, 2e-15, 3e-15, 4e-15, 5e-15, 6e-15, 7e-15, 8e-15, 9e-15, 0.0]
    after = [0.0, 1e-15, 2e-15, 3e-15, 4e-15, 5e-15, 6e-15, 7e-15, 8e-15, 1e-15]

    verdict = compare(before, after, better="lower", paired=True)

    assert verdict.verdict == "improved"
    assert verdict.p == pytest.approx(2 * 11 / 2**10)
    assert verdict.shift == pytest.approx(-1e-15, abs=0, rel=1e-9)


def test_pairs_of_zeros_did_not_change() -> None:
    verdict = compare([0] * 6, [0] * 6, better="lower", paired=True)

    assert (verdict.verdict, verdict.p, verdict.shift_ci) == ("no_change", 1.0, (0, 0))


def test_an_interval_wider_than_two_percent_does_not_say_no_change() -> None:
    runs_apart = [100.0, 102.5] * 3

    verdict = compare(runs_apart, runs_apart, better="lower")

    assert (verdict.verdict, verdict.ratio) == ("inconclusive", 1.0)
    assert verdict.ci95 == pytest.approx((1 / 1.025, 1.025))


def test_an_interval_that_reaches_two_percent_does_not_say_no_change() -> None:
    verdict = compare([100.0, 100.0, 100.0, 98.0], [98.0, 100.0, 100.0, 98.0], better="lower")
    narrower = compare([100.0, 100.0, 100.0, 98.1], [98.1, 100.0, 100.0, 98.1], better="lower")

    assert verdict.ci95 == pytest.approx((0.98, 1 / 0.98))
    assert (verdict.verdict, narrower.verdict) == ("inconclusive", "no_change")


def test_pairs_that_change_by_the_same_ratio_are_tied() -> None:
    # given: nine pairs 10 % lower and one 10 % higher, at ten different sizes
    before = [10.0, 23.0, 31.0, 47.0, 59.0, 61.0, 73.0, 89.0, 97.0, 113.0 * 0.9]
    after = [x * 0.9 for x in before[:9]] + [113.0]

    verdict = compare(before, after, better="lower", paired=True)

    # then: rank 5.5 against 9 times 5.5; of 2 ** 10 ways 1 + 10 are as uneven, on each side
    assert verdict.p == pytest.approx(2 * 11 / 2**10)


@pytest.mark.parametrize(
    ("before", "after", "better", "paired", "expected"),
    [
        pytest.param(
            [100.9, 101.4, 99.8, 100.7, 101.9, 100.2, 101.1, 100.4, 101.6, 100.0],
            [5.1, 97.0, 5.3, 97.5, 97.2, 5.0, 98.3, 96.8, 97.7, 97.1],
            "lower",
            False,
            "improved",
            id="hits, and the misses are faster as well",
        ),
        pytest.param(
            [100.9, 101.4, 99.8, 100.7, 101.9, 100.2, 101.1, 100.4, 101.6, 100.0],
            [5.1, 100.1, 5.3, 99.6, 100.2, 5.0, 5.2, 100.8, 5.4, 5.5],
            "lower",
            False,
            "inconclusive",
            id="hits, and the misses are as before",
        ),
        pytest.param(
            [100.9, 101.4, 99.8, 100.7, 101.9, 100.2],
            [5.1, 90.1, 5.3, 5.2, 90.6, 5.0],
            "lower",
            False,
            "inconclusive",
            id="too few misses to tell",
        ),
        pytest.param(
            [12, 13, 12, 12, 13, 12, 12, 13],
            [0, 12, 0, 0, 12, 0, 12, 12],
            "lower",
            False,
            "inconclusive",
            id="hits below the clock's resolution",
        ),
        pytest.param(
            [10.1, 10.2, 10.0, 10.3, 10.15, 10.25],
            [99.0, 10.2, 98.0, 97.0, 10.4, 99.5],
            "higher",
            False,
            "inconclusive",
            id="more is better, and the slow runs are as before",
        ),
        pytest.param(
            [100.9, 101.4, 99.8, 100.7, 101.9, 100.2, 101.1, 100.4, 101.6, 100.0],
            [5.1, 97.1, 5.3, 97.6, 97.2, 5.0, 5.2, 97.8, 5.4, 5.5],
            "lower",
            True,
            "improved",
            id="pairs are not split",
        ),
        pytest.param(
            [5.1, 5.2, 5.0, 5.3, 5.15, 5.25],
            [99.0, 5.4, 98.0, 97.0, 5.5, 99.5],
            "lower",
            False,
            "regressed",
            id="a regression is not taken back",
        ),
    ],
)
def test_an_improvement_must_show_in_the_slow_runs_too(
    before: list[object], after: list[object], better: Any, paired: bool, expected: str
) -> None:
    verdict = compare(before, after, better=better, paired=paired)

    assert verdict.p is not None
    assert verdict.p < 0.05
    assert verdict.verdict == expected
    assert ("after:mixture" in verdict.flags) == (expected == "inconclusive")


@pytest.mark.parametrize("hits", [0.1, 0.2, 0.3])
def test_lucky_hits_are_called_an_improvement_less_than_once_in_fifty(hits: float) -> None:
    chance = random.Random(1)  # noqa: S311 - a simulation, no secret

    verdicts = Counter(
        compare(
            [chance.gauss(100, 2) for _ in range(10)],
            [5.0 if chance.random() < hits else chance.gauss(100, 2) for _ in range(10)],
            better="lower",
        ).verdict
        for _ in range(400)
    )

    assert verdicts["improved"] < 8


def test_pairs_find_five_percent_under_a_machine_that_drifts() -> None:
    chance = random.Random(1)  # noqa: S311 - a simulation, no secret

    def improved(*, paired: bool) -> int:
        found = 0
        for _ in range(200):
            load = [chance.gauss(100, 15) for _ in range(10)]
            before = [x * chance.gauss(1, 0.03) for x in load]
            after = [x * chance.gauss(0.95, 0.03) for x in load]
            found += compare(before, after, better="lower", paired=paired).verdict == "improved"
        return found

    assert improved(paired=True) > 160
    assert improved(paired=False) < 40


@patient
@given(before=runs, after=runs)
def test_swapping_before_and_after_inverts_the_ratio(
    before: list[float], after: list[float]
) -> None:
    forth = compare(before, after, better=None)
    back = compare(after, before, better=None)

    assert forth.ratio is not None
    assert forth.ci95 is not None
    assert back.p == pytest.approx(forth.p)
    assert back.ratio == pytest.approx(1 / forth.ratio)
    assert back.ci95 == pytest.approx((1 / forth.ci95[1], 1 / forth.ci95[0]))


@patient
@given(sides=pairs)
def test_swapping_the_two_of_every_pair_inverts_the_ratio(
    sides: list[tuple[float, float]],
) -> None:
    before, after = zip(*sides, strict=True)
    forth = compare(before, after, better=None, paired=True)
    back = compare(after, before, better=None, paired=True)

    assert forth.ratio is not None
    assert back.p == pytest.approx(forth.p)
    assert back.ratio == pytest.approx(1 / forth.ratio)


@patient
@given(before=runs, after=runs, exponent=st.integers(-30, 30))
def test_the_unit_does_not_matter(before: list[float], after: list[float], exponent: int) -> None:
    scale = 2.0**exponent
    scaled = [x * scale for x in before], [x * scale for x in after]

    here, there = compare(before, after, better="lower"), compare(*scaled, better="lower")

    assert (there.p, there.flags) == (here.p, here.flags)
    assert there.ratio == pytest.approx(here.ratio)
    assert there.ci95 == pytest.approx(here.ci95)


@patient
@given(before=runs, after=runs, seed=st.integers())
def test_the_order_of_the_runs_does_not_matter_to_the_verdict(
    before: list[float], after: list[float], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a shuffle, no secret
    shuffled = chance.sample(before, len(before)), chance.sample(after, len(after))

    here, there = compare(before, after, better="lower"), compare(*shuffled, better="lower")

    assert replace(there, flags=()) == replace(here, flags=())


@patient
@given(sides=pairs, seed=st.integers())
def test_the_order_of_the_pairs_does_not_matter_to_the_verdict(
    sides: list[tuple[float, float]], seed: int
) -> None:
    shuffled = random.Random(seed).sample(sides, len(sides))  # noqa: S311 - a shuffle, no secret

    here, there = (
        compare(*zip(*order, strict=True), better="lower", paired=True)
        for order in (sides, shuffled)
    )

    assert replace(there, flags=()) == replace(here, flags=())


anything = st.floats() | st.integers() | st.integers(-3, 3) | st.just(0.1)


@patient
@given(
    before=st.lists(anything, max_size=14).map(tuple),
    after=st.lists(anything, max_size=14).map(tuple),
    better=st.sampled_from([None, "lower", "higher"]),
    order=st.sampled_from([None, "interleaved", "sequential", "unknown"]),
    unit=st.sampled_from([None, "ms", "kB", "%", "1", "req/s"]),
    deterministic=st.booleans(),
)
def test_any_numbers_get_a_verdict_and_a_sentence(
    before: tuple[float, ...],
    after: tuple[float, ...],
    better: Any,
    order: Any,
    unit: str | None,
    deterministic: bool,
) -> None:
    metric = Metric(
        name="m",
        unit=unit,
        better=better,
        order=order,
        deterministic=deterministic,
        before=before,
        after=after,
    )

    verdict = judge(metric)

    assert "\n" not in sentence(metric, verdict)
    assert better is not None or verdict.verdict not in ("improved", "regressed")
    assert all(": " in caution for caution in cautions(verdict))


def test_interleaved_runs_are_judged_pair_by_pair() -> None:
    before, after = (
        (100.2, 131.0, 99.8, 140.3, 101.1, 129.9),
        (90.1, 118.2, 89.9, 126.1, 91.0, 116.8),
    )
    metric = Metric(name="m", unit="ms", better="lower", before=before, after=after)

    assert judge(replace(metric, order="interleaved")) == Verdict(
        verdict="improved",
        trust="interleaved",
        n_before=6,
        n_after=6,
        median_before=115.5,
        median_after=pytest.approx(103.9),  # type: ignore[arg-type] # pytest's stand-in
        p=0.03125,
        ratio=pytest.approx(0.89997702),  # type: ignore[arg-type] # pytest's stand-in
        ci95=pytest.approx((0.89878831, 0.90229008)),  # type: ignore[arg-type] # the same
    )
    assert judge(metric).verdict == "inconclusive"


@pytest.mark.parametrize("order", ["sequential", "unknown", None])
def test_runs_not_known_to_alternate_count_as_sequential(order: Any) -> None:
    metric = Metric(name="m", better="lower", before=HUNDRED, after=NINETY, order=order)

    assert (judge(metric).verdict, judge(metric).trust) == ("improved", "sequential")


TIME = Metric(
    name="p95",
    unit="ms",
    better="lower",
    before=HUNDRED,
    after=NINETY,
    conditions={"cache": "warm"},
)
SIZE = Metric(name="size", unit="B", better="lower", deterministic=True, before=9.0, after=9.0)


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        pytest.param((), None, id="nothing measured"),
        pytest.param((TIME,), TIME, id="the only one"),
        pytest.param((SIZE, TIME), None, id="none marked"),
        pytest.param((SIZE, replace(TIME, primary=True)), replace(TIME, primary=True), id="marked"),
        pytest.param((replace(SIZE, primary=True), replace(TIME, primary=True)), None, id="both"),
    ],
)
def test_one_metric_speaks_for_the_note(
    metrics: tuple[Metric, ...], expected: Metric | None
) -> None:
    note = note_with(*metrics)

    assert primary_metric(note) == expected
    assert headline(note) == (expected and judge(expected))


def test_a_time_is_no_headline_while_the_cache_is_unknown() -> None:
    unknown, size = replace(TIME, conditions={"host": "a"}), replace(SIZE, conditions={})

    assert headline(note_with(unknown)) is None
    assert headline(note_with(size)) == judge(size)


def test_a_cache_that_was_warm_only_after_makes_no_headline() -> None:
    flattered = replace(TIME, conditions={"cache": "cold -> warm"})
    new = replace(TIME, conditions={"cache": "none -> warm"})

    assert headline(note_with(flattered)) is None
    assert doubt(flattered) == "the cache was warm after and not before"
    assert headline(note_with(new)) == judge(new)


def note_with(*metrics: Metric) -> Note:
    return Note(
        schema=1,
        id="20261122-k3f9xq",
        title="Cache cart totals",
        kind="performance",
        status="draft",
        metrics=metrics,
    )


STEADY_MS = (840.0, 845.0, 838.0, 851.0, 842.0, 848.0)
LESS_MS = (318.0, 321.0, 325.0, 316.0, 320.0, 330.0)
LATER = "measured one after the other; cache and load may differ"


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (
            {"before": STEADY_MS, "after": LESS_MS, "order": "interleaved"},
            "2.6 times faster (between 2.6 and 2.7), measured alternately",
        ),
        (
            {"before": STEADY_MS, "after": LESS_MS},
            f"2.6 times faster (between 2.6 and 2.7), {LATER}",
        ),
        (
            {"before": LESS_MS, "after": STEADY_MS},
            f"2.6 times slower (between 2.6 and 2.7), {LATER}",
        ),
        (
            {"before": LESS_MS, "after": STEADY_MS, "better": "higher"},
            f"2.6 times higher (between 2.6 and 2.7), {LATER}",
        ),
        (
            {"before": LESS_MS, "after": STEADY_MS, "better": None},
            f"2.6 times higher (between 2.6 and 2.7), {LATER}; "
            "nobody said which direction is better",
        ),
        ({"before": (5.0,) * 4, "after": (2.0,) * 4}, f"2.5 times faster, {LATER}"),
        (
            {"before": HUNDRED, "after": tuple(x * 0.95 for x in HUNDRED), "unit": "MB"},
            f"1.05 times smaller (between 1.04 and 1.06), {LATER}",
        ),
        (
            {"before": HUNDRED, "after": tuple(x * 1.4 for x in HUNDRED), "unit": "MB"},
            f"worse: 1.4 times larger, {LATER}",
        ),
        (
            {"before": HUNDRED, "after": NINETY, "unit": "req/s", "better": "higher"},
            f"worse: 1.1 times lower, {LATER}",
        ),
        (
            {"before": HUNDRED, "after": tuple(x / 1.1 for x in HUNDRED)},
            f"1.10 times faster (between 1.09 and 1.11), {LATER}",
        ),
        (
            {"before": HUNDRED, "after": tuple(x / 9.99 for x in HUNDRED)},
            f"10 times faster (between 9.9 and 10), {LATER}",
        ),
        (
            {"before": (100, 140, 95, 150, 98, 99), "after": (9, 14, 9, 89, 8, 9)},
            f"11 times faster (between 1.7 and 16), {LATER}",
        ),
        (
            {"before": HUNDRED, "after": tuple(x / 42 for x in HUNDRED), "unit": "%"},
            f"42 times lower, {LATER}",
        ),
        (
            {"before": (5, 6, 7, 5, 6, 8), "after": (0, 0, 1, 0, 2, 1), "unit": "errors"},
            f"lower by 5 errors (between 4 and 7), {LATER}",
        ),
        (
            {"before": (0, 0, 1, 0, 2, 1), "after": (5, 6, 7, 5, 6, 8), "unit": "%"},
            f"worse: higher by 5 percentage points (between 4 and 7), {LATER}",
        ),
        (
            {"before": (0,) * 4, "after": (12345.6,) * 4, "unit": "1"},
            f"worse: higher by 12346, {LATER}",
        ),
        ({"before": HUNDRED, "after": HUNDRED}, "no change (within 2 %)"),
        ({"before": (0,) * 4, "after": (0,) * 4}, "no change"),
        (
            {"before": (100, 140, 95, 150, 98), "after": (88, 150, 86, 145, 101)},
            "not clear: the runs overlap",
        ),
        (
            {
                "before": (100, 140, 95, 150, 98, 90),
                "after": (88, 150, 86, 145, 101, 99),
                "order": "interleaved",
            },
            "not clear: the pairs disagree",
        ),
        (
            {
                "before": (100.9, 101.4, 99.8, 100.7, 101.9, 100.2, 101.1, 100.4, 101.6, 100.0),
                "after": (5.1, 99.9, 5.3, 99.5, 99.2, 5.0, 100.3, 98.8, 99.7, 100.1),
            },
            "not clear: the difference is small and the runs scatter too much to be sure",
        ),
        (
            {"before": (101.0,) * 6, "after": (5.1, 100.1, 5.3, 5.2, 100.6, 5.0)},
            "not clear, two kinds of runs in after: cache hits?",
        ),
        (
            {"before": (0,) * 20, "after": (0,) * 11 + (1,) * 9, "unit": "errors"},
            "not clear: only some of the runs differ",
        ),
        (
            {"before": 999999.6, "after": 12.345678, "unit": "ratio"},
            "reported, not measured: 1000000 → 12.3457",
        ),
        (
            {"before": 12.345678, "after": 12.345679},
            "reported, not measured: 12.345678 ms → 12.345679 ms",
        ),
        ({"before": 840.0, "after": 318.25}, "reported, not measured: 840 ms → 318.25 ms"),
        ({"before": 8, "after": 3, "unit": "1"}, "reported, not measured: 8 → 3"),
        ({"before": 8, "after": 3, "unit": None}, "reported, not measured: 8 → 3"),
        (
            {"before": 1.21e-7, "after": 1_234_567.8, "unit": "s"},
            "reported, not measured: 1.21e-07 s → 1234568 s",
        ),
        (
            {"before": (842, 850), "after": (311, 305)},
            "too few runs to tell (2 before, 2 after, at least 4 are needed): 846 ms → 308 ms",
        ),
        (
            {"before": (842, 850), "after": (311, 305), "order": "interleaved"},
            "too few runs to tell (2 pairs, at least 6 are needed): 846 ms → 308 ms",
        ),
        (
            {"before": 184320, "after": 184320, "unit": "B", "deterministic": True},
            "unchanged: 184320 B",
        ),
        (
            {"before": 184320, "after": 141784, "unit": "B", "deterministic": True},
            "1.3 times smaller: 184320 B → 141784 B",
        ),
        (
            {"before": 184320, "after": 184321, "unit": "B", "deterministic": True},
            "worse: larger by 1 B: 184320 B → 184321 B",
        ),
        (
            {"before": 80, "after": 79, "unit": "%", "deterministic": True},
            "lower by 1 percentage point: 80 % → 79 %",
        ),
        (
            {"before": 38, "after": 0, "unit": "queries", "deterministic": True},
            "lower by 38 queries: 38 queries → 0 queries",
        ),
        (
            {"before": 38, "after": 19, "unit": "1", "better": None, "deterministic": True},
            "2.0 times lower: 38 → 19; nobody said which direction is better",
        ),
        ({}, "nothing measured"),
        ({"before": 840.0}, "nothing to compare: no number after"),
        ({"after": 318.0}, "nothing to compare: no number before"),
        (
            {"before": (1, 2, 3), "after": (1, 2), "order": "interleaved"},
            "cannot be compared: not pairs (3 runs before, 2 after)",
        ),
        (
            {"before": math.nan, "after": 3.0},
            "cannot be compared: not every value is a usable number",
        ),
    ],
)
def test_a_verdict_is_said_in_plain_words(metric: dict[str, Any], expected: str) -> None:
    measured = Metric(**{"name": "m", "unit": "ms", "better": "lower", **metric})

    assert sentence(measured, judge(measured)) == expected


def test_numbers_in_units_that_differ_are_not_put_into_words() -> None:
    verdict = compare([1], [2], better="lower", unit_before="ms", unit_after="B")

    assert sentence(TIME, verdict) == "cannot be compared: the units differ"


@pytest.mark.parametrize(
    ("better", "flag"),
    [("lower", "slow"), ("higher", "fast"), (None, "slow")],
)
def test_a_high_first_run_is_slow_unless_higher_is_better(better: Any, flag: str) -> None:
    verdict = compare([99.0, 10.1, 10.2, 10.0, 10.3], NINETY, better=better)

    assert f"before:first_run_{flag}" in verdict.flags


def test_every_flag_about_the_runs_is_said_in_plain_words() -> None:
    slow_start = (99.0, 10.1, 10.2, 10.0, 10.3, 10.15, 10.25, 10.05, 10.35, 10.12, 55.0)
    fast_start = (1.0, 10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9)
    groups = (20.1, 40.2, 20.3, 39.8, 20.0, 40.1, 20.2, 39.9, 20.4, 40.0, 19.9, 40.3)

    told = [
        cautions(compare(slow_start, fast_start, better="lower")),
        cautions(compare(groups, (5.0,) * 4, better="lower")),
        cautions(compare((5, 6, 5, 6), HUNDRED, better=None)),
    ]

    assert told == [
        (
            "after: the runs drift from first to last",
            "after: the first run was far faster than the rest",
            "before: the first run was far slower than the rest",
            "before: single runs lie far from the rest",
        ),
        ("after: every run gave the same number", "before: the runs fall into two groups"),
        ("before: few different numbers, they may be measured too coarsely",),
    ]

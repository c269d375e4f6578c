"""One line makes a metric."""

from time import process_time
from typing import Any

import pytest

from changenote.capture.metrics import parse_metric, parse_numbers


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "GET /cart p95: 840 ms -> 318 ms",
            {"name": "GET /cart p95", "unit": "ms", "better": "lower", "before": 840, "after": 318},
        ),
        (
            "p95: 840,812,903 ms -> 318,341,310 ms",
            {
                "name": "p95",
                "unit": "ms",
                "better": "lower",
                "before": [840, 812, 903],
                "after": [318, 341, 310],
            },
        ),
        (
            "rows: 1,200 -> 12,000,500",
            {"name": "rows", "unit": "1", "before": 1200, "after": 12000500},
        ),
        (
            "p95: 1,200.5 ms -> 1,100 ms",
            {"name": "p95", "unit": "ms", "better": "lower", "before": 1200.5, "after": 1100},
        ),
        (
            "rows: 99,100 -> 1, 200",
            {"name": "rows", "unit": "1", "before": [99, 100], "after": [1, 200]},
        ),
        (
            "p95: 1.2 s → 300 ms",
            {"name": "p95", "unit": "ms", "better": "lower", "before": 1200, "after": 300},
        ),
        (
            "hit ratio: 20% -> 40%",
            {"name": "hit ratio", "unit": "%", "better": "higher", "before": 20, "after": 40},
        ),
        (
            "GET /a: p95: 3 -> 4 foo (higher is better)",
            {"name": "GET /a: p95", "unit": "foo", "better": "higher", "before": 3, "after": 4},
        ),
        ("widgets: 3e2 -> 4", {"name": "widgets", "unit": "1", "before": 300, "after": 4}),
        (
            "cpu: 96.1 ms->60.2 ms [cache: warm, load: 50 rps]",
            {
                "name": "cpu",
                "unit": "ms",
                "better": "lower",
                "before": 96.1,
                "after": 60.2,
                "conditions": {"cache": "warm", "load": "50 rps"},
            },
        ),
        (
            "bundle: 184320 B -> 184320 B",
            {"name": "bundle", "unit": "B", "better": "lower", "before": 184320, "after": 184320},
        ),
        (
            "shift: -3 mm -> -1.5 mm (lower)",
            {"name": "shift", "unit": "mm", "better": "lower", "before": -3, "after": -1.5},
        ),
    ],
)
def test_a_line_says_name_unit_direction_and_both_sides(
    line: str, expected: dict[str, Any]
) -> None:
    assert parse_metric(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "p95",
        "p95: fast -> faster",
        "weight: 3 kg -> 4 ms",
        "t: 5-6 ms -> 3 ms",
        "p95: 3 ->",
        ": 3 -> 4",
        pytest.param(f"rows: 1 -> {'9' * 400}", id="a number too large"),
        pytest.param(f"rows: {'9' * 5000} -> 1", id="a number too long to read"),
        "rows: 1, 1e999 -> 1",
    ],
)
def test_a_line_of_another_shape_is_not_guessed_at(line: str) -> None:
    assert parse_metric(line) is None


@pytest.mark.parametrize("piece", ["1", " ", "1, ", "1ms ", "a: ", "1e", "a: 1 -> ", "=:"])
def test_a_line_of_any_length_takes_no_more_than_a_moment(piece: str) -> None:
    start = process_time()

    for line in (f"cache {piece * 5000}", f"cache: {piece * 5000}", piece * 5000):
        parse_metric(line)
        parse_numbers(line)

    assert process_time() - start < 2

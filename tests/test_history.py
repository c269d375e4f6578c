"""What moved between notes is told, and what was only measured differently is not called a move."""

from typing import Any

import pytest

from changenote.model.history import Point, changes, histories, named, points_of
from changenote.model.note import Metric, MetricSource, Note, Shipped


def point(
    day: int, before: float | None = 100.0, after: float | None = 100.0, **more: Any
) -> Point:
    """A point of `p95` of the shop, in the note of a day in January 2026."""
    usual: dict[str, Any] = {
        "note": f"202601{day:02}-aaaaaa",
        "title": "Cache cart totals",
        "status": "shipped",
        "at": f"2026-01-{day:02}T10:00:00+00:00",
        "service": "shop-web",
        "name": "p95",
        "unit": "ms",
        "better": "lower",
        "n_before": 6,
        "n_after": 6,
        "verdict": "improved",
        "says": "faster",
        "conditions": {},
    }
    return Point(before=before, after=after, **(usual | more))


def remarks(*points: Point) -> list[str]:
    """What lies before each point but the first; empty where there is nothing to say."""
    (history,) = histories(points)
    return [remark.says if remark else "" for remark in history.remarks[1:]]


MOVED = "moved between notes ({}): something changed that nobody wrote down"


@pytest.mark.parametrize(
    ("after", "before", "moved"),
    [
        (100, 100, None),
        (100, 110, None),
        (110, 100, None),
        (100, 110.1, "100 → 110.1 ms"),
        (110.1, 100, "110.1 → 100 ms"),
        (0.1, 0.11, None),
        (0, 0, None),
        (0, 0.5, "0 → 0.5 ms"),
        (-100, -110, None),
        (-100, -112, "-100 → -112 ms"),
        (-1, 1, "-1 → 1 ms"),
        (None, 200, None),
        (100, None, None),
    ],
)
def test_more_than_ten_percent_between_two_notes_is_a_move(
    after: float | None, before: float | None, moved: str | None
) -> None:
    found = remarks(point(1, after=after), point(2, before=before))

    assert found == [MOVED.format(moved) if moved else ""]


def test_points_are_in_the_order_in_which_they_shipped() -> None:
    (history,) = histories([point(3), point(1), point(2)])

    assert [p.day for p in history.points] == ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_a_metric_is_one_in_any_case_and_unit_and_in_the_newest_unit() -> None:
    (history,) = histories(
        [
            point(1, 0.5, 0.4, unit="s"),
            point(2, 400, 300, name="P95", service="Shop-Web"),
        ]
    )

    assert (history.name, history.service, history.unit) == ("P95", "Shop-Web", "ms")
    assert [(p.before, p.after) for p in history.points] == [(500, 400), (400, 300)]
    assert history.remarks == (None, None)


def test_services_and_units_that_cannot_be_converted_are_metrics_of_their_own() -> None:
    found = histories([point(1), point(2, service="orders"), point(3, unit="req/s"), point(4)])

    assert [(h.service, h.unit, len(h.points)) for h in found] == [
        ("orders", "ms", 1),
        ("shop-web", "req/s", 1),
        ("shop-web", "ms", 2),
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ({"cache": "cold"}, {"cache": "warm"}, "cache: cold → warm"),
        ({"host": "a", "load": "5"}, {"host": "b", "load": "5"}, "host: a → b"),
        ({}, {"cache": "warm"}, "cache: not said → warm"),
        ({"tool": "k6"}, {"tool": "oha"}, "tool: k6 → oha"),
    ],
)
def test_other_conditions_are_no_move(old: dict[str, str], new: dict[str, str], says: str) -> None:
    found = remarks(point(1, conditions=old), point(2, before=300, conditions=new))

    assert found == [f"measured differently: {says}"]


def test_conditions_that_only_one_note_speaks_of_do_not_hide_a_move() -> None:
    found = remarks(point(1), point(2, before=300, conditions={"host": "staging-2"}))

    assert found == [MOVED.format("100 → 300 ms")]


def test_another_environment_is_no_move() -> None:
    found = remarks(point(1, environment="production"), point(2, 300, environment="staging"))

    assert found == ["measured differently: environment: production → staging"]


def test_a_note_is_compared_with_the_last_one_that_shipped_to_the_same_environment() -> None:
    found = remarks(
        point(1, environment="production"),
        point(2, 500, 400, environment="staging"),
        point(3, 130, environment="Production"),
        point(4, 400, environment="staging"),
    )

    assert found == [
        "measured differently: environment: production → staging",
        MOVED.format("100 → 130 ms"),
        "",
    ]


def test_a_metric_measured_twice_in_a_note_is_compared_under_the_same_conditions() -> None:
    cold, warm = {"cache": "cold"}, {"cache": "warm"}

    found = remarks(
        point(1, after=900, conditions=cold),
        point(1, after=100, conditions=warm),
        point(2, before=100, conditions=warm),
        point(2, before=900, conditions=cold),
    )

    assert found == ["", "", ""]


@pytest.mark.parametrize("before", [100, 60])
def test_a_note_that_was_rolled_back_leaves_either_level_behind(before: float) -> None:
    assert remarks(point(1, 100, 60, status="rolled_back"), point(2, before)) == [""]


def test_a_move_after_a_rollback_counts_from_the_level_before_it() -> None:
    found = remarks(point(1, 100, 60, status="rolled_back"), point(2, 200))

    assert found == [MOVED.format("100 → 200 ms")]


def test_change_points_need_ten_points() -> None:
    levels = [100.0, 101, 99, 100, 102, 50, 51, 49, 50, 51]
    (short,) = histories([point(n, after=v) for n, v in enumerate(levels[:9], 1)])
    (long,) = histories([point(n, after=v) for n, v in enumerate(levels, 1)])

    assert changes(short) == ()
    (change,) = changes(long)
    assert change.point.day == "2026-01-06"
    assert change.found.before == pytest.approx(100.4)
    assert change.found.after == pytest.approx(50.2)


def test_points_without_a_number_do_not_move_a_change_point() -> None:
    levels = [100.0, None, 101, 99, 100, 102, None, 50, 51, 49, 50, 51]
    (history,) = histories([point(n, after=v) for n, v in enumerate(levels, 1)])

    assert [change.point.day for change in changes(history)] == ["2026-01-08"]


def test_a_change_point_says_when_something_else_changed_there() -> None:
    cold, warm = {"cache": "cold"}, {"cache": "warm"}
    (history,) = histories(
        [point(n, after=100 + n % 3, conditions=cold) for n in range(1, 7)]
        + [point(n, after=50 + n % 3, conditions=warm) for n in range(7, 13)]
    )

    assert [c.measured_differently for c in changes(history)] == ["cache: cold → warm"]


def test_a_name_is_found_whole_or_by_a_part_of_it() -> None:
    every = histories([point(1, name="p95"), point(1, name="GET /cart p95"), point(1, name="rps")])

    assert [h.name for h in named("P95", every)] == ["p95"]
    assert [h.name for h in named("cart", every)] == ["GET /cart p95"]
    assert [h.name for h in named("p", every)] == ["GET /cart p95", "p95", "rps"]
    assert named("cpu", every) == []


def test_a_note_gives_a_point_for_each_metric_with_its_verdict_in_words() -> None:
    size = Metric(
        name="size", unit="B", better="lower", deterministic=True, before=300.0, after=0.0
    )
    claim = Metric(
        name="p95",
        unit="ms",
        before=(840.0,),
        after=(320.0,),
        conditions={"cache": "warm"},
        source=MetricSource(tool="k6"),
    )
    note = Note(
        schema=1,
        id="20260105-k3f9xq",
        title="Cache cart totals",
        kind="performance",
        status="shipped",
        service="shop-web",
        shipped=Shipped(environment="production"),
        metrics=(size, claim, Metric(name="cpu")),
    )

    found = points_of(note)

    assert [(p.name, p.before, p.after, p.verdict, p.says) for p in found] == [
        ("size", 300, 0, "improved", "smaller by 300 B"),
        ("p95", 840, 320, "unverified", "reported, not measured"),
        ("cpu", None, None, "invalid", "nothing measured"),
    ]
    assert found[1].conditions == {"cache": "warm", "tool": "k6"}
    assert {(p.at, p.environment) for p in found} == {("2026-01-05", "production")}


def test_numbers_too_large_to_calculate_with_are_left_out() -> None:
    huge = Metric(name="p95", unit="ms", before=(1e200, 1.0), after=(1.0, 1e-200))
    note = Note(
        schema=1, id="20260105-k3f9xq", title="Huge", kind="fix", status="shipped", metrics=(huge,)
    )

    (found,) = points_of(note)

    assert (found.before, found.after, found.verdict) == (None, None, "invalid")

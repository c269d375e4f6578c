"""How services ship is counted by deployment, and what is not known is never a zero."""

from typing import Any

import pytest

from changenote.model.deployments import DAY, Noted, Shipment, Stats, noted, shipment_of, stats
from changenote.model.note import Note, Shipped, Source
from changenote.model.reading import read_note

HOUR = 3600.0
NOW = 1000 * DAY


def shipment(ago: float, **more: Any) -> Shipment:
    """A note about something that shipped so many days ago; by default a version of its own."""
    at = NOW - ago * DAY
    usual: dict[str, Any] = {
        "note": "20260101-aaaaaa",
        "status": "shipped",
        "service": "shop-web",
        "environment": "production",
        "version": "",
        "deployment": "",
        "outcome": "success",
        "planned": True,
        "at": at,
        "restored_at": None,
        "first_commit_at": None,
        "pull_requests": [],
    }
    return Shipment(**(usual | more))


def counted(*shipments: Shipment, since: float | None = 100, **more: Any) -> Stats:
    """What is counted of the last `since` days in production."""
    start = None if since is None else NOW - since * DAY
    found = stats(shipments, environment="production", since=start, until=NOW, **more)
    assert found
    return found


@pytest.mark.parametrize(
    ("first", "second", "deployments"),
    [
        ({"deployment": "https://ci/1"}, {"deployment": "https://ci/1", "version": "v2"}, 1),
        ({"deployment": "https://ci/1"}, {"deployment": "https://ci/2"}, 2),
        ({"version": "v2"}, {"version": "v2"}, 1),
        ({"version": "v2"}, {"version": "v3"}, 2),
        ({"version": "v2"}, {"version": "v2", "service": "orders"}, 2),
        ({"deployment": "https://ci/1"}, {"deployment": "https://ci/1", "service": "orders"}, 1),
        ({"at": NOW - DAY}, {"at": NOW - DAY}, 1),
        ({}, {}, 2),
    ],
)
def test_notes_of_one_deployment_count_once(
    first: dict[str, Any], second: dict[str, Any], deployments: int
) -> None:
    found = counted(shipment(2, **first), shipment(1, **second))

    assert (found.total.notes, found.total.deployments) == (2, deployments)


def test_each_service_has_its_own_numbers_and_all_have_them_together() -> None:
    shared = "https://ci/1"

    found = counted(
        shipment(9, service="Orders", deployment=shared),
        shipment(9, deployment=shared),
        shipment(3, service="orders"),
    )

    assert [(d.service, d.deployments) for d in found.services] == [("orders", 2), ("shop-web", 1)]
    assert (found.total.service, found.total.deployments) == (None, 2)


def test_one_service_alone_is_counted_when_asked_for() -> None:
    found = counted(shipment(9), shipment(8, service="orders"), service="Shop-Web")

    assert [d.service for d in found.services] == ["shop-web"]
    assert found.total.deployments == 1


def test_frequency_is_by_week_and_by_the_time_between_deployments() -> None:
    found = counted(shipment(70), shipment(30), shipment(20), shipment(10), since=70).total

    assert found.per_week == pytest.approx(0.4)
    assert (found.between.n, found.between.median) == (3, 10 * DAY)


def test_less_than_a_week_makes_no_weekly_number() -> None:
    assert counted(shipment(6)).total.per_week is None


def test_the_period_starts_with_the_first_note() -> None:
    young = counted(shipment(30), since=100)
    old = counted(shipment(300), shipment(30), since=100)

    assert (young.period.days, young.is_whole) == (30, False)
    assert (old.period.days, old.is_whole, old.total.deployments) == (100, True, 1)


def test_all_of_time_starts_with_the_first_note_too() -> None:
    assert counted(shipment(300), shipment(30), since=None).total.deployments == 2


def test_lead_time_is_the_median_over_notes_with_the_middle_half() -> None:
    hours = [2, 4, 6, 8, 100]
    every = [shipment(9, first_commit_at=NOW - 9 * DAY - h * HOUR) for h in hours]

    found = counted(*every, shipment(9)).total.lead_time

    assert (found.n, found.missing) == (5, 1)
    assert (found.low, found.median, found.high) == (4 * HOUR, 6 * HOUR, 8 * HOUR)


def test_a_first_commit_after_the_shipping_is_not_known() -> None:
    found = counted(shipment(9, first_commit_at=NOW)).total.lead_time

    assert (found.n, found.missing, found.median) == (0, 1, None)


@pytest.mark.parametrize(
    ("parts", "count", "of", "unknown"),
    [
        ({"outcome": "success"}, 0, 1, 0),
        ({"outcome": "degraded"}, 1, 1, 0),
        ({"outcome": "failed"}, 1, 1, 0),
        ({"outcome": ""}, 0, 1, 1),
        ({"outcome": "", "status": "rolled_back"}, 1, 1, 0),
        ({"outcome": "success", "status": "rolled_back"}, 1, 1, 0),
        ({"outcome": "success", "status": "superseded"}, 0, 1, 0),
    ],
)
def test_what_needed_intervention_failed_and_what_is_not_said_is_not_known(
    parts: dict[str, Any], count: int, of: int, unknown: int
) -> None:
    failed = counted(shipment(9, **parts)).total.failed

    assert (failed.count, failed.of, failed.unknown) == (count, of, unknown)
    assert failed.range == (None if unknown else (count, count))


def test_a_share_is_a_range_from_none_to_all_of_what_is_not_known() -> None:
    rolled_back = shipment(9, outcome="", status="rolled_back")
    silent = [shipment(ago, outcome="") for ago in (8, 7, 6)]

    assert counted(rolled_back, *silent).total.failed.range == (0.25, 1)
    assert counted(rolled_back, *silent, shipment(5)).total.failed.range == (0.2, 0.8)


def test_a_deployment_has_the_worst_outcome_of_its_notes() -> None:
    one = {"deployment": "https://ci/1"}

    found = counted(
        shipment(9, outcome="", **one),
        shipment(9, outcome="failed", **one),
        shipment(9, outcome="success", restored_at=NOW - 9 * DAY + HOUR, **one),
    ).total

    assert (found.failed.count, found.failed.of) == (1, 1)
    assert found.recovery.median == HOUR


def test_recovery_is_counted_for_failed_deployments_alone() -> None:
    found = counted(
        shipment(9, outcome="failed", restored_at=NOW - 9 * DAY + HOUR),
        shipment(8, outcome="degraded"),
        shipment(7, outcome="failed", restored_at=NOW - 100 * DAY),
        shipment(6, restored_at=NOW),
    ).total.recovery

    assert (found.n, found.missing, found.median) == (1, 2, HOUR)


def test_rework_is_what_was_not_planned() -> None:
    found = counted(shipment(9), shipment(8), shipment(7, planned=False)).total.rework

    assert (found.count, found.of, found.unknown) == (1, 3, 0)


def test_what_is_not_counted_is_named_with_its_reason() -> None:
    found = counted(
        shipment(9),
        shipment(9, status="draft", at=None),
        shipment(9, environment="staging"),
        shipment(9, environment=""),
        shipment(9, at=None),
        shipment(-1),
        shipment(9, at=-1.0),
        shipment(200),
        shipment(200, environment="staging"),
    )

    assert found.total.deployments == 1
    assert found.left_out == {
        "drafts": 1,
        "no_time": 3,
        "no_environment": 1,
        "other_environments": 1,
    }


def test_without_a_deployment_in_the_period_the_newest_one_is_told() -> None:
    found = counted(shipment(300), shipment(200), shipment(150, environment="staging"))

    assert found.services == ()
    assert found.newest == NOW - 200 * DAY
    assert (found.total.lead_time.median, found.total.failed.range) == (None, None)


@pytest.mark.parametrize("nothing", [[], [shipment(9, status="draft")], [shipment(9, at=None)]])
def test_before_anything_shipped_there_is_nothing_to_say(nothing: list[Shipment]) -> None:
    assert stats(nothing, environment="production", until=NOW) is None


def test_pull_requests_have_a_note_a_draft_or_nothing() -> None:
    every = [
        shipment(9, pull_requests=[1, 2]),
        shipment(9, status="draft", at=None, pull_requests=[2, 3]),
    ]

    found = noted([1, 2, 3, 4, 5, 5], every)

    assert found == Noted(merged=5, noted=2, drafted=1, without=(4, 5))


def test_a_note_gives_all_that_is_counted() -> None:
    note, problems = read_note(
        {
            "schema": 1,
            "id": "20260105-k3f9xq",
            "title": "Cache cart totals",
            "kind": "performance",
            "status": "shipped",
            "service": "shop-web",
            "shipped": {
                "at": "1970-01-02T01:00:00+01:00",
                "environment": "production",
                "version": "v2",
                "deployment": "https://ci.example/1",
                "outcome": "failed",
                "restored_at": "1970-01-02T02:00:00+01:00",
                "planned": False,
            },
            "source": {
                "first_commit_at": "1970-01-01T00:00:10Z",
                "pull_requests": [
                    "https://github.com/acme/shop/pull/412",
                    "https://gitlab.com/acme/shop/-/merge_requests/7/",
                    "https://dev.azure.com/a/b/_git/c/pullrequest/9?_a=files",
                    "https://example.com/pull/" + "9" * 5000,
                    "see the list",
                ],
            },
        }
    )
    assert (note is None, problems) == (False, [])

    assert note
    assert shipment_of(note) == Shipment(
        note="20260105-k3f9xq",
        status="shipped",
        service="shop-web",
        environment="production",
        version="v2",
        deployment="https://ci.example/1",
        outcome="failed",
        planned=False,
        at=DAY,
        restored_at=DAY + HOUR,
        first_commit_at=10,
        pull_requests=[412, 7, 9],
    )


def test_a_note_that_says_nothing_gives_nothing() -> None:
    bare = Note(schema=1, id="20260105-k3f9xq", title="Bare", kind="fix", status="draft")
    empty = Note(
        schema=1,
        id="20260105-k3f9xq",
        title="Bare",
        kind="fix",
        status="draft",
        shipped=Shipped(),
        source=Source(),
    )

    assert shipment_of(bare) == shipment_of(empty)
    assert shipment_of(bare).at is None

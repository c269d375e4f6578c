"""`changenote metrics` tells how a metric went on from note to note."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.cli.measuring.plots import Mark, history_plot
from tests.house import NOTE, said
from tests.workshop import Workshop


def noted(workshop: Workshop, day: str, metric: str, **parts: str) -> Path:
    """Put a note with one metric into the notes folder that shipped on a day such as 2025-03-10."""
    note_id = f"{day.replace('-', '')}-k3f9xq"
    text = NOTE.replace("ID", note_id).replace("2025-11-20T", f"{day}T")
    text = text.replace("no_metric: the dashboard was down\n", f"metrics:\n  - {{{metric}}}\n")
    for key, was in {"service": "shop-web", "status": "shipped"}.items():
        text = text.replace(f"\n{key}: {was}\n", f"\n{key}: {parts.get(key, was)}\n")
    return workshop.note(text, note_id)


def p95(before: float, after: float) -> str:
    """One number against one."""
    return f"name: GET /cart p95, unit: ms, better: lower, before: {before}, after: {after}"


def size(before: int, after: int) -> str:
    """A number that is the same on every run."""
    sides = f"before: {before}, after: {after}"
    return f"name: cart bundle, unit: B, better: lower, deterministic: true, {sides}"


@pytest.fixture
def told(workshop: Workshop) -> Workshop:
    """Three notes about the shop's p95, which moved before the last one, and one about a size."""
    noted(workshop, "2025-01-10", p95(900, 840))
    noted(workshop, "2025-02-10", p95(838, 320))
    noted(workshop, "2025-03-10", p95(450, 440), status="rolled_back")
    noted(workshop, "2025-04-10", size(184320, 151552))
    return workshop


ALL = """\
Metric         Service   Verdict       Last  Points  Gaps
cart bundle    shop-web  improved  151552 B       1
GET /cart p95  shop-web  reported    450 ms       3     1
"""


def test_all_metrics_with_their_points_last_value_verdict_and_gaps(told: Workshop) -> None:
    done = told.run("metrics", COLUMNS="100")

    assert done.out == ALL
    assert "something changed that nobody wrote down" in done.err


ONE = """\
GET /cart p95: shop-web, 3 points, lower is better

2025-01-10  20250110-k3f9xq  900 → 840 ms
    Cache cart totals per session: reported, not measured
2025-02-10  20250210-k3f9xq  838 → 320 ms
    Cache cart totals per session: reported, not measured
! moved between notes (320 → 450 ms): something changed that nobody wrote down
2025-03-10  20250310-k3f9xq  450 → 440 ms
    Cache cart totals per session: rolled back; reported, not measured

900 ms |o
       |*                                    o
       |
       |
642 ms |
       |
       |
       |                                                                       x
       |
320 ms |                                     *
       +------------------------------------------------------------------------
        2025-01-10                                                    2025-03-10
o before   * after   x after, rolled back

Change points are looked for from 10 points on.
"""


def test_one_metric_with_its_notes_what_lies_between_them_and_a_plot(told: Workshop) -> None:
    done = told.run("metrics", "cart", "p95", COLUMNS="100")

    assert done.out == ONE
    assert done.err == ""


def test_a_terminal_as_narrow_as_a_phone_gets_shorter_lines(told: Workshop) -> None:
    every, one = (
        told.run("metrics", *name, COLUMNS="40") for name in ([], ["GET", "/cart", "p95"])
    )

    assert max(map(len, (every.out + one.out).splitlines())) <= 40
    assert every.out.startswith("cart bundle\n  Service  shop-web\n  Verdict  improved\n")


def test_a_change_point_names_the_note_it_starts_with(workshop: Workshop) -> None:
    levels = [840, 850, 838, 845, 842, 848, 322, 325, 320, 330, 326]
    for month, level in enumerate(levels, 1):
        noted(workshop, f"2025-{month:02}-10", p95(level, level))

    done = workshop.run("metrics", "p95")

    assert done.out.splitlines()[-3:] == [
        "o before   * after   : change point",
        "",
        "Change point 2025-07-10  20250710-k3f9xq  843.8 → 324.6 ms, better",
    ]


def test_json_has_a_documented_shape(told: Workshop) -> None:
    size_, times = told.run("metrics", "--json").data
    (one,) = told.run("metrics", "GET /cart p95", "--json").data

    assert times == {
        "name": "GET /cart p95",
        "service": "shop-web",
        "unit": "ms",
        "better": "lower",
        "points": 3,
        "last": {
            "id": "20250310-k3f9xq",
            "at": "2025-03-10T14:05:00Z",
            "value": 450,
            "verdict": "unverified",
        },
        "moved": 1,
        "measured_differently": 0,
    }
    assert size_["name"] == "cart bundle"
    assert one["change_points"] == []
    assert one["points"][2] == {
        "id": "20250310-k3f9xq",
        "title": "Cache cart totals per session",
        "status": "rolled_back",
        "at": "2025-03-10T14:05:00Z",
        "before": 450,
        "after": 440,
        "n_before": 1,
        "n_after": 1,
        "verdict": "unverified",
        "says": "reported, not measured",
        "conditions": {},
        "remark": {
            "kind": "moved",
            "says": "moved between notes (320 → 450 ms): something changed that nobody wrote down",
        },
    }


def test_a_name_of_several_services_asks_for_one(told: Workshop) -> None:
    noted(told, "2025-05-10", p95(90, 84), service="orders")

    error = said(told.run("metrics", "p95"))
    done = told.run("metrics", "p95", "--service", "Orders")

    assert error.what == "2 services have a metric 'GET /cart p95'"
    assert error.expected == "--service with one of 'orders', 'shop-web'"
    assert error.next == "changenote metrics GET /cart p95 --service shop-web"
    assert done.out.startswith("GET /cart p95: orders, 1 point, lower is better\n")


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (
            ["GET /cart p59"],
            "no note has a metric 'GET /cart p59'",
            "Did you mean `GET /cart p95`?",
        ),
        (["xyz"], "no note has a metric 'xyz'", "`changenote metrics` lists all metrics."),
        (["cart"], "2 metrics have 'cart' in their name", "Write more of the name."),
        (["--service", "shop"], "no metric of a service 'shop'", "Did you mean `shop-web`?"),
    ],
)
def test_a_name_that_nothing_has_is_answered_with_a_near_one(
    told: Workshop, words: list[str], what: str, hint: str
) -> None:
    done = told.run("metrics", *words)

    assert done.code == 2
    assert (said(done).what, said(done).next) == (what, hint)


def test_notes_that_cannot_be_read_are_counted(told: Workshop) -> None:
    told.note("{ no: YAML", "20250601-aaaaaa")

    done = told.run("metrics", COLUMNS="100")

    assert done.out == ALL
    assert done.err.startswith("1 file could not be read: `changenote check` says why.\n")


def test_drafts_do_not_count(told: Workshop) -> None:
    noted(told, "2025-05-10", p95(90, 84), status="draft")

    done = told.run("metrics", COLUMNS="100")

    assert done.out == ALL
    assert done.err.startswith("1 draft(s) with metrics are not counted.\n")


def test_without_metrics_it_says_how_to_add_one(workshop: Workshop) -> None:
    workshop.note(NOTE.replace("ID", "20251120-g00d00"), "20251120-g00d00")

    done = workshop.run("metrics")

    assert (done.code, done.out) == (0, "")
    assert done.err == "No note has a metric yet. `changenote metrics add ID` adds one.\n"


def test_a_metric_may_be_called_like_a_command(workshop: Workshop) -> None:
    noted(workshop, "2025-01-10", "name: add, unit: ms, better: lower, before: 9, after: 8")

    assert workshop.run("metrics", "--", "add").out.startswith("add: shop-web, 1 point")
    assert workshop.run("metrics", "show", "add").out.startswith("add: shop-web, 1 point")


def test_a_factor_of_ten_is_drawn_on_a_scale_of_factors() -> None:
    marks = [Mark(0, 1, "*"), Mark(1, 10, "*"), Mark(2, 100, "*")]

    lines = history_plot(marks, changes=[1], unit="ms", days=("a", "b"), width=20, height=5)

    assert lines == [
        "100 ms |      :    *",
        "       |      :",
        " 10 ms |      *",
        "       |      :",
        "  1 ms |*     :",
        "       +------------",
        "        a          b",
    ]


def test_a_single_value_stands_in_the_middle() -> None:
    lines = history_plot(
        [Mark(5, 0, "*")], changes=[], unit=None, days=("2025-01-10",) * 2, width=24, height=3
    )

    assert lines == [
        "  |",
        "0 |           *",
        "  |",
        "  +----------------------",
        "         2025-01-10",
    ]


def test_a_number_that_is_long_takes_no_room_from_the_plot() -> None:
    marks = [Mark(0.0, 2e8, "*"), Mark(1.0, 5e16, "*")]

    lines = history_plot(marks, changes=(), unit="ms", days=("2025-01-10", "2026-03-10"), width=40)

    assert [line.partition("|")[0].strip() for line in lines if " ms |" in line] == [
        "5e+16 ms",
        "9258747122873 ms",
        "200000000 ms",
    ]
    assert max(map(len, lines)) == 40


numbers = st.floats(-1e100, 1e100)
instants = st.floats(0, 4e9)


@given(
    marks=st.lists(st.builds(Mark, instants, numbers, st.just("*")), min_size=1, max_size=30),
    width=st.integers(40, 80),
)
def test_any_history_fits_into_the_width_in_ascii(marks: list[Mark], width: int) -> None:
    days = ("2025-01-10", "2026-03-10")

    lines = history_plot(marks, changes=[marks[0].at], unit="ms", days=days, width=width)

    assert len(lines) == 12
    assert max(map(len, lines)) <= width
    assert "".join(lines).isascii()
    assert "*" in "".join(lines)


def test_a_day_that_no_calendar_has_is_listed_and_left_out_of_the_plot(workshop: Workshop) -> None:
    odd = noted(workshop, "2025-01-10", p95(900, 840)).read_text("utf-8")
    text = odd.replace("at: 2025-01-10T14:05:00Z, ", "")
    workshop.note(text.replace("20250110-k3f9xq", "20251399-k3f9xq"), "20251399-k3f9xq")

    done = workshop.run("metrics", "cart", COLUMNS="100")

    assert "2025-13-99  20251399-k3f9xq  900 → 840 ms" in done.out
    assert done.out.count("2025-13-99") == 1
    assert done.out.count("2025-01-10") == 2  # in the list, and below the plot

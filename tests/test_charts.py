"""What all charts promise, and the small ones: weeks, trends, axes."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changenote.resources import templates_folder
from changenote.site.charts.activity import Week, activity_plot
from changenote.site.charts.days import span
from changenote.site.charts.history import history_plot
from changenote.site.charts.samples import samples_plot
from changenote.site.charts.scales import scale
from changenote.site.charts.spark import spark
from tests.charted import DAY, MANY, SIDES, history, of, parsed, said

HOSTILE = "</title><script>hurt()</script>\"'<img src=x onerror=hurt()> & \x01 \ud800 zebra"


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    assert samples_plot(of()) == ""
    assert spark([]) == ""
    assert activity_plot([]) == ""
    assert history_plot(history((None, None)), (), str) == ""


def test_names_of_notes_are_text_in_every_chart() -> None:
    hostile = {"name": HOSTILE, "unit": HOSTILE}
    found = history((1.0, 2.0), (4.0, 5.0), **hostile)
    titled = [point._replace(title=HOSTILE) for point in found.points]

    for chart in (
        samples_plot(of((1.0, 2.0), (3.0,), **hostile)),
        history_plot(replace(found, points=tuple(titled)), (), lambda _: 'x" onclick="hurt()'),
    ):
        figure = parsed(chart)
        assert {part.tag for part in figure.iter()}.isdisjoint({"script", "img"})
        assert not [name for part in figure.iter() for name in part.attrib if name[:2] == "on"]
        assert "zebra" in said(figure)


def test_the_same_numbers_give_the_same_bytes() -> None:
    once, again = (samples_plot(of(MANY, MANY[:50])) for _ in range(2))

    assert once == again


def test_weeks_show_their_changes_and_hang_the_bad_ones_below_the_line() -> None:
    weeks = [
        Week(DAY + timedelta(weeks=n), count, bad)
        for n, (count, bad) in enumerate([(3, 0), (0, 0), (4, 1), (2, 2)])
    ]

    figure = parsed(activity_plot(weeks))

    line = max(float(p.get("y1", "0")) for p in figure.iter("line"))
    columns = {
        g.findtext("title"): [float(rect.get("y", "0")) < line for rect in g.iter("rect")]
        for g in figure.iter("g")
    }
    assert columns == {
        "Week of 5 Jan 2026: 3 notes": [True],
        "Week of 19 Jan 2026: 4 notes, 1 went badly": [True, False],
        "Week of 26 Jan 2026: 2 notes, 2 went badly": [False],
    }
    rows = [[cell.text for cell in row] for row in figure.iter("tr")]
    assert rows == [
        ["Week of", "Notes", "Went badly"],
        ["5 Jan 2026", "3", "0"],
        ["19 Jan 2026", "4", "1"],
        ["26 Jan 2026", "2", "2"],
    ]
    assert figure.findtext("svg/desc") == (
        "9 notes in 4 weeks, 3 went badly. The busiest week was that of 19 Jan 2026 with 4."
    )


def test_a_single_change_in_a_busy_year_is_still_seen() -> None:
    weeks = [Week(DAY + timedelta(weeks=n), 500 if n else 1, 0) for n in range(52)]

    figure = parsed(activity_plot(weeks))

    heights = [float(rect.get("height", "0")) for rect in figure.iter("rect")]
    assert len(heights) == len(weeks)
    assert min(heights) >= 3


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0], [5.0] * 9, [0.0, -1e300, 1e300], [1e-320]])
def test_a_trend_has_a_place_for_every_value(values: list[float]) -> None:
    svg = parsed(spark(values, "lower"))

    line = svg.find("polyline")
    assert line is not None
    assert len((line.get("points") or "").split()) == len(values)
    assert svg.get("aria-hidden") == "true"


def test_a_trend_rings_the_best_value() -> None:
    rings = [
        parsed(spark([3.0, 1.0, 9.0, 4.0], better))[-1].get("cx")
        for better in ("lower", "higher", None)
    ]

    line = parsed(spark([3.0, 1.0, 9.0, 4.0]))[0].get("points") or ""
    places = [point.split(",")[0] for point in line.split()]
    assert rings == [places[1], places[2], places[3]]  # without a direction: the last one's dot


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1, max_size=9))
def test_every_axis_has_round_values_in_order_that_differ(values: list[float]) -> None:
    axis = scale(values)
    ticks = axis.ticks()

    assert ticks
    assert all(math.isfinite(value) for value, _ in ticks)
    assert all(a < b for (a, _), (b, _) in pairwise(ticks))
    assert all(0 <= axis.share(value) <= 1 for value in values)
    shares = [axis.share(value) for value in sorted(values)]
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((0.0, 100.0), ["0", "50", "100"]),
        ((830.0, 1012.0), ["850", "900", "950", "1,000"]),
        ((100.0, 100.0), ["95", "100", "105"]),
        ((0.0,), ["0"]),
        ((-1.0, 1.0), ["−1", "0", "1"]),
        ((0.011, 0.012), ["0.011", "0.0115", "0.012"]),
        ((12.0, 900.0), ["20", "50", "100", "200", "500"]),
        ((1.0, 1e9), ["1", "100", "10⁴", "10⁶", "10⁸"]),
        ((2e7, 5e7), ["2×10⁷", "3×10⁷", "4×10⁷", "5×10⁷"]),
        ((2e-6, 5e-6), ["2×10⁻⁶", "3×10⁻⁶", "4×10⁻⁶", "5×10⁻⁶"]),
    ],
)
def test_an_axis_is_labelled_as_people_would(values: tuple[float, ...], labels: list[str]) -> None:
    assert [label for _, label in scale(values).ticks()] == labels


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=4))
@example([datetime(9999, 12, 31, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
@example([datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_labels_of_time_fit_side_by_side_on_a_phone(moments: list[datetime]) -> None:
    time = span(moments)
    ticks = time.ticks()

    assert 1 <= len(ticks) <= 7
    assert all(0 <= tick.share <= 1 for tick in ticks)
    assert all(left.ends < right.starts for left, right in pairwise(ticks))


CHARTS: tuple[Callable[[], str], ...] = (
    *(lambda side=side: samples_plot(of(*side)) for side in SIDES.values()),
    *(lambda side=side: samples_plot(of(*side, target=90)) for side in SIDES.values()),
    lambda: history_plot(history((1.0, 2.0)), (), str),
    *(lambda bad=bad: activity_plot([Week(DAY, 9, bad)]) for bad in range(10)),
)


def test_no_theme_can_take_the_height_of_a_chart_away() -> None:
    styles = (templates_folder() / "assets/styles/40-charts.css").read_text("utf-8")
    ruled = set(re.findall(r'svg\.cn-plot\[height="(\d+)"\] \{ height: \1px; \}', styles))

    heights = {parsed(draw())[0].get("height") for draw in CHARTS}

    assert heights <= ruled


def test_what_is_drawn_stands_out_from_the_page() -> None:
    styles = (templates_folder() / "assets/styles/40-charts.css").read_text("utf-8")
    see_through = float(re.findall(r"\.cn-dots \{[^}]*fill-opacity: ([\d.]+)", styles)[0])
    days, nights = (
        re.findall(rf"--cn-{name}: (#[0-9a-f]{{6}})", styles) for name in ("ink", "ink-before")
    )

    for light, dark in (days, nights):
        assert contrast(light, "#ffffff", see_through) >= 3
        assert contrast(dark, "#1e2129", see_through) >= 3


def contrast(colour: str, page: str, share: float) -> float:
    """By WCAG 2, of a colour that lets some of the page through."""
    over, under = ([int(c[n : n + 2], 16) for n in (1, 3, 5)] for c in (colour, page))
    seen = [share * a + (1 - share) * b for a, b in zip(over, under, strict=True)]
    light, dark = sorted((_luminance(seen), _luminance(under)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(channels: Sequence[float]) -> float:
    parts = (c / 255 for c in channels)
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

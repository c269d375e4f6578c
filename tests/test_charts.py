"""Charts show every number, to those who see them and to those who do not."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changenote.model.history import Change, History, changes, histories, points_of
from changenote.model.measures import judge
from changenote.model.note import Metric, Note, Shipped
from changenote.resources import templates_folder
from changenote.site.charts.activity import Week, activity_plot
from changenote.site.charts.days import span
from changenote.site.charts.drawing import written
from changenote.site.charts.history import history_plot
from changenote.site.charts.samples import samples_plot
from changenote.site.charts.scales import scale
from changenote.site.charts.spark import spark
from changenote.site.note.measured import Measured, measured

HOSTILE = "</title><script>hurt()</script>\"'<img src=x onerror=hurt()> & \x01 \ud800 zebra"
DAY = date(2026, 1, 5)

Side = float | tuple[float, ...] | None


def parsed(chart: str) -> ElementTree.Element:
    """A chart as an XML parser sees it, which is stricter than any browser."""
    return ElementTree.fromstring(chart)  # noqa: S314  # it is our own


def of(before: Side = None, after: Side = None, **more: Any) -> Measured:
    """A metric of a note."""
    usual: dict[str, Any] = {"name": "GET /cart p95", "unit": "ms", "better": "lower"}
    metric = Metric(before=before, after=after, **(usual | more))
    return measured(metric, judge(metric))


def note(days: int, *metrics: Metric, **more: Any) -> Note:
    """A note that shipped so many days after the first one."""
    day = DAY + timedelta(days=days)
    usual: dict[str, Any] = {
        "schema": 1,
        "id": f"{day:%Y%m%d}-{days:06}",
        "title": f"Cache number {days}",
        "kind": "cache",
        "status": "shipped",
        "service": "shop-web",
        "shipped": Shipped(at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC)),
    }
    return Note(metrics=metrics, **(usual | more))


def history(*values: tuple[float | None, float | None], **more: Any) -> History:
    """A metric over notes that are a week apart, each with a number before and after."""
    usual: dict[str, Any] = {"name": "p95", "unit": "ms", "better": "lower"}
    metrics = (Metric(before=b, after=a, **(usual | more)) for b, a in values)
    notes = (note(7 * place, metric) for place, metric in enumerate(metrics))
    (found,) = histories(point for each in notes for point in points_of(each))
    return found


def plotted(found: History, changed: tuple[Change, ...] = ()) -> ElementTree.Element:
    """The plot of a history whose notes are at `#<id>`."""
    return parsed(history_plot(found, changed, lambda name: f"#{name}"))


def dots(figure: ElementTree.Element, side: str) -> list[str]:
    """What the dots of a side say."""
    groups = [g for g in figure.iter("g") if f"cn-dots--{side}" in (g.get("class") or "")]
    return [title.text or "" for group in groups for title in group.iter("title")]


def said(figure: ElementTree.Element) -> str:
    """All that a plot says, in the order of its parts."""
    return " ".join(" ".join(figure.itertext()).split())


MANY = tuple(700.0 + (place * 37) % 100 for place in range(100))
SIDES: dict[str, tuple[Side, Side]] = {
    "one number each": (38, 95),
    "two runs": ((1, 2), (3, 4)),
    "only before": ((1, 2, 3), None),
    "only after": (None, (1, 2, 3)),
    "a hundred runs": (MANY, tuple(value / 2 for value in MANY)),
    "all equal": ((5,) * 100, (5,) * 100),
    "zero": ((0, 0, 0), (0, 0)),
    "negative": ((-3, -2.5, 0), (1e-9, -1)),
    "huge": ((1e300, -1e300), (1.7e308, -1.7e308)),
    "tiny": ((5e-324, 1e-300), (0, 1e-310)),
    "from tiny to huge": ((5e-324, 1), (1e308, 1e10)),
    "an outlier": ((100, 101, 99, 102, 98, 100.5, 5000), (90, 91, 89, 92, 88)),
    "a difference of nothing": ((1e15, 1e15 + 0.125), (1e15 + 0.25,)),
}


@pytest.mark.parametrize(("before", "after"), SIDES.values(), ids=SIDES)
def test_every_run_is_drawn_once_and_told_once(before: Side, after: Side) -> None:
    metric = of(before, after)

    figure = parsed(samples_plot(metric))

    assert dots(figure, "before") == [f"{written(value)} ms" for value in metric.before]
    assert dots(figure, "after") == [f"{written(value)} ms" for value in metric.after]
    told = {row[0].text: row[1].text for row in figure.iter("tr")}
    sides = {"Before": metric.before, "After": metric.after}
    assert told == {
        label: ", ".join(map(written, values)) + " ms" for label, values in sides.items() if values
    }


@pytest.mark.parametrize(("before", "after"), SIDES.values(), ids=SIDES)
def test_nothing_is_drawn_beside_the_plot(before: Side, after: Side) -> None:
    figure = parsed(samples_plot(of(before, after, target=80)))

    height = float(figure[0].get("height") or 0)
    for part in figure.iter():
        for name in ("cx", "x", "x1", "x2"):
            value = part.get(name, "0%")
            assert value.endswith("%") or part.tag == "rect" or value == "0"
            assert 0 <= float(value.rstrip("%")) <= 100
        for name in ("cy", "y", "y1", "y2"):
            assert 0 <= float(part.get(name, "0")) <= height


def test_runs_in_one_place_are_stacked_and_not_hidden() -> None:
    figure = parsed(samples_plot(of((5,) * 8, (6,) * 8)))

    circles = [(c.get("cx"), c.get("cy")) for c in figure.iter("circle")]
    assert len(set(circles)) == len(circles) == 16


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    assert samples_plot(of()) == ""
    assert spark([]) == ""
    assert activity_plot([]) == ""
    assert history_plot(history((None, None)), (), str) == ""


def test_a_plot_says_how_it_is_to_be_read() -> None:
    usual = (840.0, 860, 830, 855, 848)

    assert read(of(usual, (410.0, 400, 420, 415, 405), target=400)) == (
        "A dot is one run, the upright line the median. Lower is better."
    )
    assert read(of(usual, (41.0, 40, 42, 41.5, 40.5), better="higher")) == (
        "A dot is one run, the upright line the median. Higher is better."
        " The axis is logarithmic: equal lengths are equal factors."
    )
    assert read(of((*usual, 9000.0), usual, better=None)) == (
        "A dot is one run, the upright line the median."
        " 1 run (9000 ms) lies beyond the end of the axis, drawn as arrowheads."
    )
    assert read(of(usual, usual, target=1, n_before=5000)) == (
        "A dot is one run, the upright line the median. Lower is better."
        " The target, 1 ms, is beyond the axis."
        " Before: 5 of 5,000 runs are kept in the note."
    )


def read(metric: Measured) -> str:
    """What is written below a plot."""
    return parsed(samples_plot(metric)).findtext("figcaption") or ""


def test_a_claim_and_an_exact_number_do_not_look_like_runs() -> None:
    claim = parsed(samples_plot(of(38.0, 95.0)))
    exact = parsed(samples_plot(of(512.0, 480.0, deterministic=True)))

    assert "One number a side, as somebody reported it" in said(claim)
    assert "median" not in said(claim)
    assert "The same on every run." in said(exact)
    forms = [{path.get("d") for path in figure.iter("path")} for figure in (claim, exact)]
    assert all(len(form) == 1 for form in forms)
    assert forms[0] != forms[1]
    assert not [*claim.iter("circle"), *exact.iter("circle")]


def test_a_reader_who_does_not_see_hears_the_same() -> None:
    figure = parsed(samples_plot(of((840.5, 860, 830), (400.0, 410), better=None)))

    assert figure.findtext("svg/title") == "GET /cart p95, before and after"
    assert figure.findtext("svg/desc") == (
        "Before: median 840.5 ms, 3 runs, from 830 to 860 ms."
        " After: median 405 ms, 2 runs, from 400 to 410 ms."
    )


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


def test_every_note_is_a_link_on_its_history() -> None:
    figure = plotted(history((800.0, 790.0), (795.0, 700.0), (None, 650.0)))

    links = {link.get("href"): link.findtext("title") for link in figure.iter("a")}
    assert links == {
        "#20260105-000000": "5 Jan 2026: 800 → 790 ms. Cache number 0",
        "#20260112-000007": "12 Jan 2026: 795 → 700 ms. Cache number 7",
        "#20260119-000014": "19 Jan 2026: ? → 650 ms. Cache number 14",
    }
    assert figure.findtext("svg/desc") == (
        "3 points from 5 Jan 2026 to 19 Jan 2026: 800 ms before the first, 650 ms after the last."
    )


def test_what_is_below_the_plot_takes_the_keyboards_way() -> None:
    figure = plotted(history(*[(800.0, 790.0)] * 50))

    assert {link.get("tabindex") for link in figure.iter("a")} == {"-1"}


def test_a_gap_and_another_way_of_measuring_are_drawn_as_such() -> None:
    cold, warm = ({"conditions": {"cache": state}} for state in ("cold", "warm"))
    values = ((100.0, 100.0, cold), (150.0, 150.0, cold), (90.0, 90.0, warm), (90.0, 90.0, warm))
    notes = [
        note(7 * place, Metric(name="p95", unit="ms", before=b, after=a, **more))  # type: ignore[arg-type]
        for place, (b, a, more) in enumerate(values)
    ]
    (found,) = histories(point for each in notes for point in points_of(each))

    figure = plotted(found)

    kinds = {g.get("class"): g for g in figure.iter("g") if "line--" in (g.get("class") or "")}
    assert set(kinds) == {
        "cn-line--moved", "cn-line--measured_differently", "cn-line--kept",
    }  # fmt: skip
    assert figure.findtext("svg/g[@class='cn-line--moved']/line/title") == (
        "Moved between notes (100 → 150 ms): something changed that nobody wrote down"
    )
    assert "moved between notes, nobody wrote down why" in said(figure)


def test_each_level_between_change_points_is_a_line() -> None:
    found = history(*[(100.0 + n % 3, 100.0 + n % 2) for n in range(12)], (100.0, 50.0))
    longer = history(
        *[(100.0 + n % 3, 100.0 + n % 2) for n in range(12)],
        *[(50.0 + n % 2, 50.0 + n % 3) for n in range(12)],
    )

    changed = changes(longer)

    assert len(changed) == 1
    levels = plotted(longer, changed).findall("svg/g[@class='cn-line--level']/line")
    assert [line.findtext("title") for line in levels] == ["Level 100.5 ms", "Level 51 ms"]
    assert levels[0].get("x2") == levels[1].get("x1")
    assert plotted(found).findall("svg/g[@class='cn-line--level']/line") == []


def test_a_change_that_was_rolled_back_has_a_shape_of_its_own() -> None:
    metric = Metric(name="p95", unit="ms", before=100.0, after=150.0)
    notes = (note(0, metric), note(7, metric, status="rolled_back"))
    (found,) = histories(point for each in notes for point in points_of(each))

    figure = plotted(found)

    undone = [p for p in figure.iter("path") if p.get("class") == "cn-undone"]
    assert len(undone) == 2  # the note and the legend
    assert "after, rolled back" in said(figure)


@pytest.mark.parametrize("values", [[0.0], [5.0] * 12, [1e300, -1e300], [1e-320, 1e300], [-1, 0]])
def test_any_numbers_have_a_history(values: list[float]) -> None:
    found = history(*[(value, value) for value in values])
    drawn = [p for p in found.points if p.before is not None]

    if drawn:
        assert len(list(plotted(found).iter("a"))) == len(drawn)
    else:
        assert history_plot(found, (), str) == ""


def test_a_note_of_a_day_that_no_calendar_has_is_left_out_and_counted() -> None:
    metric = Metric(name="p95", unit="ms", before=100.0, after=90.0)
    odd = note(0, metric, id="20261399-abcdef", shipped=None)
    (found,) = histories(p for each in (odd, note(7, metric)) for p in points_of(each))

    figure = plotted(found)

    assert len(list(figure.iter("a"))) == 1
    assert "1 point without a number or a day that can be drawn." in said(figure)


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

    assert all(float(rect.get("height", "0")) >= 3 for rect in figure.iter("rect"))


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

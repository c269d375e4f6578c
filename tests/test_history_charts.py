"""The plot of a metric over notes shows each of them, and what moved between them."""

from xml.etree import ElementTree

import pytest

from changenote.model.history import Change, History, changes, histories, points_of
from changenote.model.note import Metric
from changenote.site.charts.history import history_plot
from tests.charted import history, note, parsed, said

HREF = "{http://www.w3.org/1999/xlink}href"
"""The only one that scripts of themes leave alone."""


def plotted(found: History, changed: tuple[Change, ...] = ()) -> ElementTree.Element:
    """The plot of a history whose notes are at `#<id>`."""
    return parsed(history_plot(found, changed, lambda name: f"#{name}"))


def test_every_note_is_a_link_on_its_history() -> None:
    figure = plotted(history((800.0, 790.0), (795.0, 700.0), (None, 650.0)))

    links = {link.get(HREF): link.findtext("title") for link in figure.iter("a")}
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

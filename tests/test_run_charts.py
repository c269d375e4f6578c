"""The plot of a metric shows every run, to those who see it and to those who do not."""

from xml.etree import ElementTree

import pytest

from changenote.site.charts.drawing import written
from changenote.site.charts.samples import samples_plot
from changenote.site.note.measured import Measured
from tests.charted import SIDES, Side, of, parsed, said


def dots(figure: ElementTree.Element, side: str) -> list[str]:
    """What the dots of a side say."""
    groups = [g for g in figure.iter("g") if f"cn-dots--{side}" in (g.get("class") or "")]
    return [title.text or "" for group in groups for title in group.iter("title")]


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

"""Runs as dots in a terminal: on one scale, in ASCII, no wider than asked for."""

from hypothesis import given
from hypothesis import strategies as st

from changenote.cli.measuring.plots import samples_plot


def test_both_sides_stand_on_one_scale_with_their_medians() -> None:
    before = (841.2, 903.5, 812.7, 867.0, 1012.4, 838.8, 855.1, 879.9, 846.3, 901.7)
    after = (318.4, 341.0, 309.9, 327.5, 371.2, 316.0, 322.8, 335.1, 319.7, 338.6)

    lines = samples_plot([("before", before), ("after", after)], unit="ms", width=72)

    assert lines == [
        "before |                                . o...:      .| median 861 ms",
        "after  |:oo .                                         | median 325.1 ms",
        "       309.9 ms                                 1012 ms",
    ]


def test_more_runs_in_one_place_make_a_denser_dot() -> None:
    counts = {1: 1, 2: 2, 3: 3, 4: 5, 5: 9}
    values = [float(value) for value, count in counts.items() for _ in range(count)]

    (row, _) = samples_plot([("before", values)], unit=None, width=36)

    assert row == "before |.   :   o   O   @| median 4"


def test_runs_that_all_agree_stand_in_the_middle() -> None:
    lines = samples_plot([("before", [5.0] * 6)], unit="ms", width=36)

    assert lines == ["before |       O      | median 5 ms", "             5 ms"]


numbers = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30)


@given(before=numbers, after=numbers, width=st.integers(50, 100))
def test_any_numbers_fit_into_the_width_in_ascii(
    before: list[float], after: list[float], width: int
) -> None:
    lines = samples_plot([("before", before), ("after", after)], unit="ms", width=width)

    assert all(line.isascii() and len(line) <= width for line in lines)
    assert len(lines) == 3

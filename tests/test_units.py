"""The same quantity in another unit is the same quantity, and nothing else is converted."""

import pytest

from changenote.model.units import converted, is_size, is_time


@pytest.mark.parametrize(
    ("values", "unit", "to", "expected"),
    [
        ((0.311, 0.0023), "s", "ms", (311.0, 2.3)),
        ((311.0,), "ms", "s", (0.311,)),
        ((0.57, 0.0013), "s", "ms", (570.0, 1.3)),
        ((8.2,), "ms", "s", (0.0082,)),
        ((1500.0,), "ns", "us", (1.5,)),
        ((1.5,), "us", "ns", (1500.0,)),
        ((7.0,), "µs", "us", (7.0,)),
        ((7.0,), "μs", "µs", (7.0,)),
        ((1.5,), "h", "min", (90.0,)),
        ((90.0,), "s", "min", (1.5,)),
        ((184.32,), "kB", "B", (184320.0,)),
        ((1.0,), "MiB", "KiB", (1024.0,)),
        ((1.0,), "MiB", "MB", (1.048576,)),
        ((12.5,), "%", "ratio", (0.125,)),
        ((0.125,), "ratio", "%", (12.5,)),
        ((3.0, 4.0), "req/s", "req/s", (3.0, 4.0)),
        ((3.0,), None, None, (3.0,)),
        ((0.0, -2.0), "s", "ms", (0.0, -2000.0)),
        ((3.0,), "ms", "MB", None),
        ((3.0,), "KB", "B", None),
        ((3.0,), "KB", "KB", (3.0,)),
        ((3.0,), "ms", None, None),
        ((3.0,), "ms", "Ms", None),
        ((3.0,), "req/s", "req/min", None),
    ],
)
def test_units_of_one_kind_become_each_other_without_rounding_noise(
    values: tuple[float, ...], unit: str | None, to: str | None, expected: tuple[float, ...] | None
) -> None:
    assert converted(values, unit, to) == expected


@pytest.mark.parametrize(
    ("unit", "time", "size"),
    [
        ("ms", True, False),
        ("kB", False, True),
        ("KB", False, True),
        ("req/s", False, False),
        (None, False, False),
    ],
)
def test_a_unit_is_known_as_time_or_size(unit: str | None, time: bool, size: bool) -> None:
    assert (is_time(unit), is_size(unit)) == (time, size)

"""Several runs of one side → one series for each thing measured; and: did the sides alternate?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from changenote.capture.results.series import Plan, Series
from changenote.errors import BadResult
from changenote.model.units import converted
from changenote.records import record

Key = tuple[str, str]
"""Tool and name of a series."""


@record
class Merged:
    """A series over all runs of one side: `parts` are the series of the single runs, in order."""

    series: Series
    parts: tuple[Series, ...]
    plans: tuple[Plan, ...]


def merged(runs: Iterable[Sequence[Series]]) -> dict[Key, Merged]:
    """The series of all runs, in the order in which the files name them."""
    parts: dict[Key, list[Series]] = {}
    for run in runs:
        for series in run:
            parts.setdefault((series.tool, series.name), []).append(series)
    return {key: _merged(of) for key, of in parts.items()}


def alternate(before: Merged, after: Merged) -> bool:
    """Do the files themselves say that runs before and after took turns (ABAB, ABBA)?

    Only then may the first run before be compared with the first after, and so on.
    """
    sides = [(part, "b") for part in before.parts] + [(part, "a") for part in after.parts]
    times = _times([part for part, _ in sides])
    pairs = len(before.parts)
    if times is None or pairs < 2 or pairs != len(after.parts):
        return False
    if any(part.n != 1 for part, _ in sides):
        return False  # the runs inside one file followed each other
    order = [side for _, (_, side) in sorted(zip(times, sides, strict=True), key=lambda x: x[0])]
    return all(one != other for one, other in zip(order[::2], order[1::2], strict=True))


def _merged(parts: list[Series]) -> Merged:
    if times := _times(parts):
        parts = [part for _, part in sorted(zip(times, parts, strict=True), key=lambda x: x[0])]
    first = parts[0]
    values = tuple(value for part in parts for value in _in_unit(part, first))
    plans = tuple(dict.fromkeys(part.plan for part in parts if part.plan))
    series = replace(
        first,
        values=values,
        wanted=any(part.wanted for part in parts),
        conditions=_joined([part.conditions for part in parts]),
        cautions=tuple(dict.fromkeys(c for part in parts for c in part.cautions)),
    )
    return Merged(series=series, parts=tuple(parts), plans=plans)


def _times(parts: Sequence[Series]) -> list[datetime] | None:
    """When each was measured; None unless all tell it, in one way, and none at the same time."""
    times = [part.measured_at for part in parts if part.measured_at is not None]
    zones = {time.tzinfo is None for time in times}
    if len(times) < len(parts) or len(zones) != 1:
        return None
    return times if all(a < b for a, b in pairwise(sorted(times))) else None


def _in_unit(part: Series, first: Series) -> tuple[float, ...]:
    if part.unit is None or first.unit is None:
        return part.values
    values = converted(part.values, part.unit, first.unit)
    if values is None:
        raise BadResult(
            f"{first.name} is in {first.unit} in one file and in {part.unit} in another",
            expected="one unit, or units that can be turned into each other",
            hint="give files of the same measurement",
        )
    return values


def _joined(all_conditions: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for conditions in all_conditions:
        for key, value in conditions.items():
            found.setdefault(key, {})[value] = None
    # Two states of a cache on one side are neither, and readers of conditions see it so.
    return {
        key: " and ".join(values) if len(values) < 3 else "mixed" for key, values in found.items()
    }

"""A pair of series → a metric as plain data of a note."""

from collections.abc import Sequence
from typing import Any

from changenote.capture.metrics import direction
from changenote.capture.results.formats import one_line
from changenote.capture.results.merging import alternate
from changenote.capture.results.pairing import Pair
from changenote.capture.results.series import Better, Plan, Series
from changenote.errors import BadResult, UntoldResult
from changenote.model.conditions import joined
from changenote.model.units import converted
from changenote.records import record

MOST_SAMPLES = 100  # a side, in a note


@record
class Wishes:
    """What the caller says that the files do not tell."""

    name: str | None = None
    unit: str | None = None
    better: Better | None = None


def metric_of(
    pair: Pair, wishes: Wishes, source: dict[str, Any], *, primary: bool
) -> dict[str, Any]:
    """The metric in the order of a note's keys; what nobody tells is left out, except a unit."""
    old, new = pair.before.series, pair.after.series
    name = wishes.name or new.name or old.name
    unit = _unit(name, old, new, wishes)
    before, after = _values(old, unit), _values(new, unit)
    if not name:
        raise UntoldResult(
            "the files do not tell what was measured",
            expected="a name for the numbers",
            hint='say what they are: --name "GET /cart p95"',
            missing=("name",) if unit else ("name", "unit"),
        )
    deterministic = old.deterministic and new.deterministic
    turns = not deterministic and alternate(pair.before, pair.after)
    made: dict[str, Any] = {
        "name": one_line(name),
        "unit": unit,
        "better": wishes.better or new.better or old.better or direction(name, unit),
        "primary": primary or None,
        "deterministic": deterministic or None,
        "before": _one_or_many(_kept(before)),
        "after": _one_or_many(_kept(after)),
        "n_before": len(before) if len(before) > MOST_SAMPLES else None,
        "n_after": len(after) if len(after) > MOST_SAMPLES else None,
        "sample": new.sample,
        "order": None if deterministic else "interleaved" if turns else "sequential",
        "conditions": _conditions(pair) or None,
        "source": source,
    }
    return {key: value for key, value in made.items() if value is not None}


def _unit(name: str, old: Series, new: Series, wishes: Wishes) -> str:
    told = new.unit or old.unit
    if wishes.unit is not None and told is None:
        return wishes.unit
    if told is None:
        raise UntoldResult(
            f"the files do not tell the unit of {name or 'the numbers'}",
            expected="a unit: ms, s, B, MB, %, req/s, 1 for a count …",
            hint="say it: --unit ms",
            missing=("unit",) if name else ("name", "unit"),
        )
    if wishes.unit is not None and wishes.unit != told:
        if converted((), told, wishes.unit) is None:
            raise BadResult(
                f"{name} is in {told}, which cannot be turned into {wishes.unit}",
                expected=f"a unit of the same kind as {told}",
                hint="leave the unit out, as the files tell it",
            )
        return wishes.unit
    return told


def _values(series: Series, unit: str) -> tuple[float, ...]:
    values = converted(series.values, series.unit or unit, unit)
    if values is None:
        raise BadResult(
            f"{series.name} is in {series.unit} on one side and in {unit} on the other",
            expected="one unit, or units that can be turned into each other",
            hint="give files of the same measurement",
        )
    return values


def _kept(values: Sequence[float]) -> list[float]:
    """At most as many as a note may hold, evenly out of all, without digits no clock can tell."""
    count = min(len(values), MOST_SAMPLES)
    return [_short(values[i * len(values) // count]) for i in range(count)]


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.12g}")


def _one_or_many(values: list[float]) -> float | list[float]:
    return values[0] if len(values) == 1 else values


def _conditions(pair: Pair) -> dict[str, str]:
    old, new = dict(pair.before.series.conditions), dict(pair.after.series.conditions)
    if pair.before.plans or pair.after.plans:
        old |= _of_plans(pair.before.plans)
        new |= _of_plans(pair.after.plans)
    return {key: of_both(old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new))}


def _of_plans(plans: Sequence[Plan]) -> dict[str, str]:
    indexes = dict.fromkeys(index for plan in plans for index in plan.indexes)
    return {
        "plan": ", ".join(plan.fingerprint for plan in plans),
        "indexes": one_line(", ".join(indexes)) or "none",
    }


def of_both(old: str | None, new: str | None) -> str:
    """What held before and after; a side that does not tell is unknown."""
    return joined(old or "unknown", new or "unknown")

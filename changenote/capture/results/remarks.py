"""What a person has to know about two sides before believing a comparison of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from changenote.capture.results.metric import of_both
from changenote.capture.results.pairing import Pair


def remarks_on(pair: Pair, metric: Mapping[str, Any]) -> Iterator[str]:
    """Cautions of the tool, conditions that differ, and what the plans of a database say."""
    old, new = pair.before.series, pair.after.series
    yield from _cautions(old.cautions, new.cautions)
    if "better" not in metric:
        yield f"{metric['name']}: nothing tells whether lower or higher is better"
    yield from _differing(pair)
    yield from _about_plans(pair)


def _cautions(old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    both = [caution for caution in old if caution in new]
    yield from both
    yield from (f"before: {caution}" for caution in old if caution not in both)
    yield from (f"after: {caution}" for caution in new if caution not in both)


def _differing(pair: Pair) -> Iterator[str]:
    old, new = pair.before.series.conditions, pair.after.series.conditions
    for key in ("host", "load"):
        if old.get(key) != new.get(key):
            values = of_both(old.get(key), new.get(key))
            yield f"the {key} differs: {values}; that alone can move the numbers"


def _about_plans(pair: Pair) -> Iterator[str]:
    """Same plan and same blocks is no change in work, whatever the times say."""
    old, new = pair.before, pair.after
    if old.series.unit != "blocks" or not old.plans or not new.plans:
        return
    for side, plans in (("before", old.plans), ("after", new.plans)):
        if len(plans) > 1:
            yield f"{side}: the runs had {len(plans)} different plans"
    if old.plans != new.plans:
        return
    if len(old.plans) == 1 and {*old.series.values} == {*new.series.values}:
        yield "same plan and same blocks: no change in work; times differ by caches and load alone"

"""What the history of a metric says, in words: for the terminal and for pages."""

from collections.abc import Sequence

from changenote.model.history import ENOUGH, Change, History
from changenote.model.measures import quantity

GAP = (
    "A gap is where a metric moved by more than 10 % between two notes: something changed that "
    "nobody wrote down."
)


def about(history: History) -> list[str]:
    """How many points it has, and which direction is better."""
    count = len(history.points)
    facts = [f"{count} point{'s' * (count != 1)}"]
    return [*facts, f"{history.better} is better"] if history.better else facts


def why_no_change(history: History, changed: Sequence[Change]) -> str:
    """Why there is no change point; empty when there are some."""
    if len(history.points) < ENOUGH:
        return f"Change points are looked for from {ENOUGH} points on."
    return "" if changed else "No change point: it kept its level, as far as can be told."


def what_changed(history: History, change: Change) -> str:
    """Both levels of a change point, and whether that is good: `861 → 342 ms, better`."""
    old, new = change.found.before, change.found.after
    levels = f"{quantity(old, None, digits=4)} → {quantity(new, history.unit, digits=4)}"
    words = "higher" if new > old else "lower"
    if history.better:
        words = "better" if words == history.better else "worse"
    if not change.measured_differently:
        return f"{levels}, {words}"
    differently = f"measured differently from there on ({change.measured_differently})"
    return f"{levels}, {words}; {differently}"

"""What the numbers of a metric say, as plain data for programs, and the shape of it."""

from typing import Any, get_args

from changenote.model.measures import Trust, Verdict, Word
from changenote.model.note import Metric
from changenote.model.shapes import TEXT, list_of, optional, shape

Data = dict[str, Any]


def verdict_data(metric: Metric, verdict: Verdict, says: str) -> Data:
    """A metric's verdict, with its `sentence`, as `SHAPE` describes it."""
    return {
        "name": metric.name,
        "verdict": verdict.verdict,
        "trust": verdict.trust,
        "median_before": verdict.median_before,
        "median_after": verdict.median_after,
        "p": verdict.p,
        "ratio": verdict.ratio,
        "ci95": verdict.ci95,
        "shift": verdict.shift,
        "shift_ci95": verdict.shift_ci,
        "flags": list(verdict.flags),
        "says": says,
    }


def judged(verdict: Verdict) -> Data:
    """A verdict alone; `shift` and its interval only where there is no ratio."""
    keys = ("verdict", "p", "ratio", "ci95", "trust", "flags")
    plain = {key: getattr(verdict, key) for key in keys}
    if verdict.shift is None:
        return plain
    return {**plain, "shift": verdict.shift, "shift_ci95": verdict.shift_ci}


_INTERVAL: Data = {"items": {"type": "number"}, "minItems": 2, "maxItems": 2}

SHAPE: Data = {
    "name": shape("string", "Its name."),
    "verdict": shape("string", "What the numbers say.", enum=list(get_args(Word))),
    "trust": shape("string", "How far to trust it.", enum=list(get_args(Trust))),
    "median_before": optional("number", "The median of the runs before."),
    "median_after": optional("number", "The median of the runs after."),
    "p": optional("number", "The chance of such a difference if there is none."),
    "ratio": optional("number", "After / before, where every value is above 0."),
    "ci95": optional("array", "Its 95 % interval.", **_INTERVAL),
    "shift": optional("number", "After - before in the metric's unit, where there is no ratio."),
    "shift_ci95": optional("array", "Its 95 % interval.", **_INTERVAL),
    "flags": list_of("What is odd about the runs.", TEXT),
    "says": shape("string", "The verdict in words."),
}
"""The keys of it, as JSON Schema: every one is always there."""

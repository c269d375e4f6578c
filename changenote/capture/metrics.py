"""`GET /cart p95: 840 ms -> 318 ms` → a metric as plain data."""

import re
from math import isfinite
from typing import Any, Literal

from changenote.model.units import converted, is_size, is_time
from changenote.patterns import pattern

# Once taken, digits and spaces are not given back: thousands of them would take seconds.
_NUMBER = r"[-+]?(?:\d++\.?+\d*+|\.\d++)(?:[eE][-+]?\d++)?+"
# The arrow stands outside the brackets: inside, the pattern takes half as long again to compile.
_SIDE = (
    rf"(?P<{{0}}>{_NUMBER}(?:\s*,\s*{_NUMBER})*)"
    r"\s*(?P<{0}_unit>(?!→)[^\d\s,:()\->=](?:(?!→)[^\s,()>])*)?"
)
_METRIC = pattern(
    r"(?P<name>\S.*?)(?P<end>\s*[:=]\s*|(?<!,)\s+)"
    + _SIDE.format("before")
    + r"\s*(?:--?>|→|==?>)\s*"
    + _SIDE.format("after")
    + r"\s*(?:\(?(?P<better>lower|higher)(?: is better)?\)?)?"
    + r"\s*(?:\[(?P<conditions>[^\[\]]*)\])?\s*"
)
_THOUSANDS = pattern(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_NUMBERS = pattern(_SIDE.format("side"))
EXAMPLE = "GET /cart p95: 840 ms -> 318 ms"
"""A metric as a person writes one."""

_CONDITION = pattern(r"\s*(.*?\S)\s*[:=]\s*(\S.*?)\s*")
_LETTER = pattern(r"[^\W\d_]")
_ARROW = pattern(r"->|→|=>")
_NO_NAME = pattern(
    r"(?i).*(?:->|→|=>|: ).*|(?:.*\s)?(?:about|around|roughly|approx\.?|ca\.?|from|was|is)"
)
_MOVED = pattern(
    r"^\s*[-+~<>]?\d|\d\s*%|\d\s*(?:ns|µs|μs|us|ms|s|[kKMGT]?i?B|rps|req/s|[x×])(?!\w)"
    r"|\b(?:[Ff]rom|[Bb]y|[Nn]ow|is|was)\s+[-+~<>]?\d|\d\s*\S{0,6}\s+(?:to|vs\.?|versus)\s+\d"
    r"|\s\d\S*\s+\d\S*\s*$"
)
_HIGHER = pattern(
    r"\b(?:throughput|hit (?:rate|ratio)|rps|req(?:uest)?s?(?:/s| per second)|per second|score"
    r"|coverage|availability|uptime|apdex|conversions?|success(?:es)?|passed|passing)\b",
    re.I,
    holds=(
        "throughput",
        "hit rat",
        "rps",
        "req",
        "per second",
        "score",
        "coverage",
        "availability",
        "uptime",
        "apdex",
        "conversion",
        "success",
        "pass",
    ),
)
_LOWER = pattern(
    r"(?i)\b(?:errors?|fail\w*|latency|duration|time|p\d\d|size|memory|rss|cpu|quer(?:y|ies)|calls"
    r"|misses|retries|warnings?|cost|bytes|weight|lines|findings|vulnerabilit(?:y|ies)|bugs)\b"
)


def parse_metric(text: str) -> dict[str, Any] | None:
    """A metric as plain data from one line; None when the line has another shape.

    The name ends at a colon, or where the numbers begin: `p95 840ms → 318ms`.
    Each side is one number (`1200` or `1,200`) or a list of samples, one per run, with a unit on
    one or both sides. Different units of the same kind are brought to the unit of the right side.
    The better direction is taken from the end of the line (`higher is better`) or known names and
    units; conditions stand in brackets (`[cache: warm, load: 50 rps]`).
    """
    match = _METRIC.fullmatch(" ".join(text.split()))
    if not match or not _has_name(match):
        return None
    unit = match["after_unit"] or match["before_unit"] or ""
    sides = _numbers(match["before"]), _numbers(match["after"])
    before = converted(sides[0], match["before_unit"] or unit, unit) if sides[0] else None
    if before is None or sides[1] is None:
        return None
    metric = metric_from(match["name"], before, sides[1], unit)
    if match["better"]:
        metric["better"] = match["better"]
    if said := (match["conditions"] or "").strip():
        metric["conditions"] = _conditions(said)
    return None if said and not metric["conditions"] else metric


def _has_name(match: re.Match[str]) -> bool:
    """Is what stands before the numbers a name? Without a colon it could be more of the numbers."""
    name, is_ended = match["name"], bool(match["end"].strip())
    return is_ended or not (_NO_NAME.fullmatch(name) or not _LETTER.search(name))


def speaks_of_numbers(text: str) -> bool:
    """Does a text look like numbers that moved, rather than like words about why there are none?"""
    return bool(_ARROW.search(text) or _MOVED.search(text))


def direction(name: str, unit: str | None) -> Literal["lower", "higher"] | None:
    """Which way is better, where the name or the unit of a metric tells."""
    if _HIGHER.search(name) or unit in ("rps", "req/s"):
        return "higher"
    if is_time(unit) or is_size(unit) or _LOWER.search(name):
        return "lower"
    return None


def parse_numbers(text: str) -> tuple[tuple[float, ...], str | None] | None:
    """The numbers in `840, 812 ms`, one per run, and their unit; None when it is something else."""
    match = _NUMBERS.fullmatch(" ".join(text.split()))
    numbers = _numbers(match["side"]) if match else None
    return (numbers, match["side_unit"]) if match and numbers else None


def metric_from(
    name: str, before: tuple[float, ...], after: tuple[float, ...], unit: str | None
) -> dict[str, Any]:
    """A metric as plain data, with the direction that its name or unit tells."""
    better = direction(name, unit)
    known = {"name": name, "unit": unit or "1", **({"better": better} if better else {})}
    return {**known, "before": _one_or_many(before), "after": _one_or_many(after)}


def _conditions(text: str) -> dict[str, str]:
    """The conditions in `cache: warm, load=50 rps`; none when one has another shape."""
    parts = [part for part in text.split(",") if part.strip()]
    found = [match for part in parts if (match := _CONDITION.fullmatch(part))]
    return {m[1]: m[2] for m in found} if len(found) == len(parts) else {}


def _numbers(text: str) -> tuple[float, ...] | None:
    """The numbers of one side; None when one is too large to be reckoned with."""
    parts = [part.strip() for part in _without_thousands(text).split(",")]
    return tuple(map(_number, parts)) if all(isfinite(float(part)) for part in parts) else None


def _without_thousands(text: str) -> str:
    """`1200` for `1,200`, and `840,812` as it is.

    Runs of one side lie close together. Where numbers written like a thousand's separator would lie
    ten times apart or more, they are one number.
    """
    if not _THOUSANDS.fullmatch(text):
        return text
    numbers = sorted(abs(float(part)) for part in text.split(","))
    return text.replace(",", "") if numbers[-1] >= 10 * numbers[0] else text


def _number(text: str) -> float:
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def _one_or_many(numbers: tuple[float, ...]) -> float | list[float]:
    whole = [int(n) if float(n).is_integer() else n for n in numbers]
    return whole[0] if len(whole) == 1 else whole

"""Before and after → a verdict, how far to trust it, and the plain words for it.

The promise: nobody mistakes a lucky cache hit for a fix. One sample is one run (a process, a
load test, a page load), never one request inside a run: requests of two runs of one unchanged
program "differ" most of the time (Kalibera & Jones 2013 on runs as the unit).
A verdict says that two sets of runs differ, never that the change caused it.
"""

from collections.abc import Sequence
from typing import Any, Literal

from changenote.model.conditions import sides, warmed_up
from changenote.model.effects import LARGEST, MIN_DIFFERENCE, Effect, effect
from changenote.model.note import Metric, Note, Order, primary_metric, samples
from changenote.model.ranks import ALPHA, Interval, median
from changenote.model.runs import mixture, oddities
from changenote.model.units import converted, is_size, is_time
from changenote.records import record

BETWEEN = " → "
"""What stands between before and after."""

MIN_SAMPLES = 4  # a side: with 3 and 3 even runs that never overlap have p = 0.1
MIN_PAIRS = 6  # with 5 pairs that all agree p = 0.0625
UNWRITTEN = ("1", "ratio")
"""Units that nobody writes behind a number."""

Better = Literal["lower", "higher"]
Word = Literal[
    "improved", "regressed", "no_change", "inconclusive", "insufficient", "unverified", "invalid"
]
Trust = Literal["exact", "interleaved", "sequential", "reported", "invalid"]
_NUMBER = (int, float)
_SMALLEST = 1 / LARGEST
_Known = dict[str, Any]
"""Values of a verdict to be: making one takes longer than finding most of them."""


@record
class Verdict:
    """What before and after say about each other.

    `ratio` (after / before, with its 95 % interval) is set when every value is above 0, else
    `shift` (after - before, in the metric's unit); neither before there are samples enough.
    `flags` are sorted; those about one side start with `before:` or `after:`.
    """

    verdict: Word
    trust: Trust
    n_before: int
    n_after: int
    median_before: float | None = None
    median_after: float | None = None
    p: float | None = None
    ratio: float | None = None
    ci95: Interval | None = None
    shift: float | None = None
    shift_ci: Interval | None = None
    flags: tuple[str, ...] = ()


def judge(metric: Metric) -> Verdict:
    """The verdict on one metric of a note; interleaved runs are compared pair by pair."""
    return compare(
        samples(metric.before),
        samples(metric.after),
        better=metric.better,
        deterministic=metric.deterministic,
        paired=metric.order == "interleaved",
        order=metric.order,
    )


def headline(note: Note) -> Verdict | None:
    """The verdict of the primary metric, or None when no metric may speak for the note.

    A time without `conditions.cache` may not, nor anything measured cold before and warm after:
    the cache could be all of it.
    """
    metric = primary_metric(note)
    return None if metric is None or doubt(metric) else judge(metric)


def doubt(metric: Metric) -> str:
    """Why a metric may not speak for its note, in words; empty when it may."""
    if is_time(metric.unit) and not any(sides(metric.conditions, "cache")):
        return "the note does not say whether the cache was cold or warm"
    if warmed_up(metric.conditions) and not metric.deterministic:
        return "the cache was warm after and not before"
    return ""


def answer(note: Note) -> str:
    """What the primary metric says on one line, or why nothing does."""
    metric = primary_metric(note)
    if metric is None:
        return unanswered(note)
    verdict = headline(note)
    return f"{metric.name}: {sentence(metric, verdict) if verdict else doubt(metric)}"


def unanswered(note: Note) -> str:
    """Why no metric speaks for a note, in words that nobody takes for a result."""
    if note.metrics:
        return f"{len(note.metrics)} metrics, none of them speaks for the note"
    return nothing_measured(note)


def nothing_measured(note: Note) -> str:
    """That nothing was measured, and why as far as the note says."""
    why = (note.no_metric or "").strip()
    return f"nothing measured: {why}" if why else "nothing was measured"


def compare(
    before: Sequence[object],
    after: Sequence[object],
    *,
    better: Better | None,
    deterministic: bool = False,
    paired: bool = False,
    order: Order | None = None,
    unit_before: str | None = None,
    unit_after: str | None = None,
) -> Verdict:
    """The verdict on two lists of runs, in the order of the runs and in the unit of *before*.

    Without a direction (`better`) a clear difference is `inconclusive`, flag `no_direction`.
    """
    counts: _Known = {"n_before": len(before), "n_after": len(after)}
    old, new = _numbers(before), _numbers(after)
    if not old or not new:
        return _invalid(counts)
    new = converted(new, unit_after, unit_before)
    if new is None:
        return _invalid(counts, "unit_mismatch")
    if paired and len(old) != len(new):
        return _invalid(counts, "pair_length_mismatch")
    known: _Known = {**counts, "median_before": median(old), "median_after": median(new)}
    if deterministic and len(set(old)) == len(set(new)) == 1:
        return _exact(known, new[0] - old[0], better)
    if len(old) == len(new) == 1:
        return Verdict(verdict="unverified", trust="reported", **known)
    if min(len(old), len(new)) < (MIN_PAIRS if paired else MIN_SAMPLES):
        return Verdict(verdict="insufficient", trust="reported", **known)
    known["trust"] = "interleaved" if paired or order == "interleaved" else "sequential"
    return _measured(known, old, new, better=better, paired=paired)


def sentence(metric: Metric, verdict: Verdict) -> str:
    """The verdict in plain words for people, on one line; `cautions` has what else to say."""
    match verdict.verdict:
        case "invalid":
            return _why_invalid(verdict)
        case "unverified":
            return f"reported, not measured: {from_to(metric)}"
        case "insufficient":
            return f"too few runs to tell ({_runs(metric, verdict)}): {from_to(metric)}"
        case "no_change":
            return _no_change(metric, verdict)
        case "inconclusive" if "after:mixture" in verdict.flags:
            return "not clear, two kinds of runs in after: cache hits?"
        case "inconclusive" if "no_direction" not in verdict.flags:
            return f"not clear: {_why_unclear(metric, verdict)}"
    return _change(metric, verdict)


def cautions(verdict: Verdict) -> tuple[str, ...]:
    """What the flags about single sides mean, in plain words: `after: the runs drift …`."""
    parts = (flag.partition(":") for flag in verdict.flags)
    return tuple(f"{side}: {CAUTIONS[name]}" for side, _, name in parts if name in CAUTIONS)


def quantity(value: float, unit: str | None, *, digits: int = 6) -> str:
    """A number with its unit, as people write it."""
    number = _number(value, digits=digits)
    return f"{number} {unit}" if unit and unit not in UNWRITTEN else number


def from_to(metric: Metric) -> str:
    """The medians of both sides, neither of which may be empty."""
    old, new = median(samples(metric.before)), median(samples(metric.after))
    # More digits where rounding would hide the difference.
    tells = (n for n in (6, 9, 12) if _number(old, digits=n) != _number(new, digits=n))
    digits = next(tells, 6)
    unit = metric.unit
    return f"{quantity(old, unit, digits=digits)}{BETWEEN}{quantity(new, unit, digits=digits)}"


def _invalid(counts: _Known, *flags: str) -> Verdict:
    return Verdict(verdict="invalid", trust="invalid", **counts, flags=flags)


def _numbers(values: Sequence[object]) -> tuple[float, ...] | None:
    """The values, or None if one of them is no number that can be calculated with."""
    numbers = tuple([v for v in values if isinstance(v, _NUMBER) and not isinstance(v, bool)])
    if len(numbers) < len(values):
        return None
    return numbers if all(v == 0 or _SMALLEST < abs(v) < LARGEST for v in numbers) else None


def _exact(known: _Known, change: float, better: Better | None) -> Verdict:
    word: Word = _direction(change, better) if change else "no_change"
    flags = ("no_direction",) if word == "inconclusive" else ()
    return Verdict(verdict=word, trust="exact", **known, flags=flags)


def _direction(change: float, better: Better | None) -> Word:
    """What a clear change is called; nothing is clear where nobody said what is better."""
    if better is None:
        return "inconclusive"
    return "improved" if (change < 0) == (better == "lower") else "regressed"


def _measured(
    known: _Known,
    old: Sequence[float],
    new: Sequence[float],
    *,
    better: Better | None,
    paired: bool,
) -> Verdict:
    found = effect(old, new, paired=paired)
    word, flags = _said_of(found, old, new, better, paired)
    flags += _oddities("before", old, better) + _oddities("after", new, better)
    size, interval = ("ratio", "ci95") if found.is_ratio else ("shift", "shift_ci")
    sized: _Known = {"p": found.p, size: found.centre, interval: found.interval}
    return Verdict(verdict=word, **known, **sized, flags=tuple(sorted(flags)))


def _said_of(
    found: Effect, old: Sequence[float], new: Sequence[float], better: Better | None, paired: bool
) -> tuple[Word, list[str]]:
    """The word for an effect, and the flag that explains it where there is one."""
    if not found.is_clear:
        return "no_change" if found.is_none else "inconclusive", []
    word = _direction(found.change, better)
    if word == "inconclusive":
        return word, ["no_direction"]
    is_luck = word == "improved" and not paired and _is_lucky(old, new, better)
    return ("inconclusive", ["after:mixture"]) if is_luck else (word, [])


def _oddities(side: str, values: Sequence[float], better: Better | None) -> list[str]:
    return [f"{side}:{name}" for name in oddities(values, slow_is_high=better != "higher")]


def _is_lucky(old: Sequence[float], new: Sequence[float], better: Better | None) -> bool:
    """Do the slow runs after the change not show its improvement?"""
    slow = mixture(new, slow_is_high=better == "lower")
    return bool(slow) and compare(old, slow, better=better).verdict != "improved"


CAUTIONS = {
    "first_run_slow": "the first run was far slower than the rest",
    "first_run_fast": "the first run was far faster than the rest",
    "outliers": "single runs lie far from the rest",
    "drift": "the runs drift from first to last",
    "bimodal": "the runs fall into two groups",
    "zero_variance": "every run gave the same number",
    "coarse_resolution": "few different numbers, they may be measured too coarsely",
}
_HOW = {
    "interleaved": ", measured alternately",
    "sequential": ", measured one after the other; cache and load may differ",
}


def _why_invalid(verdict: Verdict) -> str:
    before, after = verdict.n_before, verdict.n_after
    if not before and not after:
        return "nothing measured"
    if not before or not after:
        return f"nothing to compare: no number {'after' if before else 'before'}"
    if "unit_mismatch" in verdict.flags:
        return "cannot be compared: the units differ"
    if "pair_length_mismatch" in verdict.flags:
        return f"cannot be compared: not pairs ({before} runs before, {after} after)"
    return "cannot be compared: not every value is a usable number"


def _runs(metric: Metric, verdict: Verdict) -> str:
    if metric.order == "interleaved":
        return f"{verdict.n_before} pairs, at least {MIN_PAIRS} are needed"
    return f"{verdict.n_before} before, {verdict.n_after} after, at least {MIN_SAMPLES} are needed"


def _no_change(metric: Metric, verdict: Verdict) -> str:
    if verdict.trust == "exact":
        return f"unchanged: {quantity(median(samples(metric.after)), metric.unit)}"
    return "no change (within 2 %)" if verdict.median_before else "no change"


def _why_unclear(metric: Metric, verdict: Verdict) -> str:
    if verdict.p is not None and verdict.p < ALPHA:
        if verdict.shift == 0 or verdict.ratio == 1:
            return "only some of the runs differ"
        return "the difference is small and the runs scatter too much to be sure"
    return "the pairs disagree" if metric.order == "interleaved" else "the runs overlap"


def _change(metric: Metric, verdict: Verdict) -> str:
    text = _difference(metric, verdict) + _HOW.get(verdict.trust, "")
    if verdict.verdict == "inconclusive":
        return f"{text}; nobody said which direction is better"
    # "slower" says it by itself; for the rest a reader would have to know the metric.
    is_plain = verdict.verdict == "improved" or "slower" in _words(metric)
    return text if is_plain else f"worse: {text}"


def _difference(metric: Metric, verdict: Verdict) -> str:
    if verdict.ratio is not None and verdict.ci95 is not None:
        return _times(metric, verdict.ratio, verdict.ci95)
    if verdict.shift is not None and verdict.shift_ci is not None:
        return f"{_by(metric, verdict.shift)}{_between_shifts(verdict.shift, verdict.shift_ci)}"
    old, new = median(samples(metric.before)), median(samples(metric.after))
    tells = min(old, new) > 0 and max(new / old, old / new) >= 1 + MIN_DIFFERENCE
    words = _times(metric, new / old, (new / old,) * 2) if tells else _by(metric, new - old)
    return f"{words}: {from_to(metric)}"


def _words(metric: Metric) -> tuple[str, str]:
    """What falling and rising are called for this metric."""
    if is_time(metric.unit) and metric.better == "lower":
        return "faster", "slower"
    return ("smaller", "larger") if is_size(metric.unit) else ("lower", "higher")


def _times(metric: Metric, ratio: float, ends: Interval) -> str:
    low, high = ends if ratio > 1 else (1 / ends[1], 1 / ends[0])
    decimals = 2 if low < 1.1 else 1
    span = _span(_factor(low, decimals), _factor(high, decimals))
    return f"{_factor(max(ratio, 1 / ratio), decimals)} times {_words(metric)[ratio > 1]}{span}"


def _by(metric: Metric, shift: float) -> str:
    size = quantity(abs(shift), metric.unit, digits=3)
    if metric.unit == "%":
        size = size.replace(" %", " percentage point" if size == "1 %" else " percentage points")
    return f"{_words(metric)[shift > 0]} by {size}"


def _between_shifts(shift: float, ends: Interval) -> str:
    low, high = ends if shift > 0 else (-ends[1], -ends[0])
    return _span(_number(low, digits=3), _number(high, digits=3))


def _span(low: str, high: str) -> str:
    return "" if low == high else f" (between {low} and {high})"


def _factor(factor: float, decimals: int) -> str:
    """With the decimals of its sentence, as far as they mean anything."""
    if factor >= 9.95:
        return f"{factor:.0f}"
    return f"{factor:.{decimals if factor < 1.5 else 1}f}"


def _number(value: float, *, digits: int) -> str:
    """Never in the form 1e+06 where people would write it out."""
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < 1e15 else text

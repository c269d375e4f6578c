"""What a page says about a note's metrics: one line below the title, and a row for each."""

from dataclasses import dataclass
from functools import cached_property

from changenote.model.measures import (
    MIN_PAIRS,
    MIN_SAMPLES,
    Verdict,
    cautions,
    doubt,
    sentence,
)
from changenote.model.note import Metric, Note, primary_metric, samples
from changenote.model.ranks import Interval, median
from changenote.site.wording import number, shortened, with_unit

TRUSTS = {
    "exact": "exact, the same on every run",
    "interleaved": "highest, old and new measured in turns",
    "sequential": "fair, one after the other; cache and load may differ",
    "reported": "none, a claim and not a measurement",
    "invalid": "none",
}
ORDERS = {
    "interleaved": "interleaved: before and after in turns",
    "sequential": "sequential: first all before, then all after",
    "unknown": "unknown",
}

_TRUST_EXPLAINED = {
    "exact": "The number is the same on every run, so what it shows is exact.",
    "interleaved": (
        "Old and new ran in turns, so both met the same cache and load: the most trustworthy way"
        " to measure."
    ),
    "sequential": (
        "All runs before came first, then all after: cache, load or the time of day may have"
        " changed in between."
    ),
}
_LONGEST_ANSWER, _LONGEST_REASON = 160, 100  # characters: the way back below has to be seen too
_LONGEST_NAME = 40  # of a metric that has no verdict, beside the reason
_NO_CHANGE = 2  # percent either way


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Did it help? A verdict, if there is one, and the words for it."""

    word: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Side:
    """Before or after: how many runs there were, and their median."""

    label: str
    count: int
    middle: float | None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A metric with everything that is said about it."""

    metric: Metric
    verdict: Verdict
    says: str
    explained: str
    cautions: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    target_met: str

    @property
    def has_runs(self) -> bool:
        """Is there more than one number on a side, so that a plot shows something?"""
        return max(len(self.before), len(self.after)) > 1

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """Before and after."""
        return (
            _side("Before", self.before, self.metric.n_before),
            _side("After", self.after, self.metric.n_after),
        )


def answer(note: Note, headline: Verdict | None) -> Answer:
    """The line below the title, from the verdict that may speak for the note."""
    metric = primary_metric(note)
    if metric and headline:
        text = f"{metric.name}: {sentence(metric, headline)}"
        return Answer(word=headline.verdict, text=shortened(text, _LONGEST_ANSWER))
    if metric:  # of what is too long the reason is the news
        name, why = shortened(metric.name, _LONGEST_NAME), doubt(metric)
        return Answer(word="", text=f"No verdict on {name}: {why}.")
    return Answer(word="", text=shortened(why_no_metric(note), _LONGEST_REASON))


def why_no_metric(note: Note) -> str:
    """Why none of its metrics speaks for a note: a sentence, in Markdown."""
    if note.metrics:
        return f"{len(note.metrics)} metrics, none of them speaks for the note."
    return f"Not measured: {note.no_metric}" if note.no_metric else "Nothing was measured."


def measured(metric: Metric, verdict: Verdict) -> Measured:
    """A metric with what is said of the verdict on it."""
    return Measured(
        metric=metric,
        verdict=verdict,
        says=(says := sentence(metric, verdict)),
        explained=_explained(metric, verdict, says),
        cautions=cautions(verdict),
        before=samples(metric.before),
        after=samples(metric.after),
        target_met=_target_met(metric, verdict),
    )


def _explained(metric: Metric, verdict: Verdict, says: str) -> str:
    """How sure the verdict is, for somebody who knows no statistics; empty when nothing was
    compared.
    """
    if verdict.verdict == "unverified":
        return "One number on each side: nobody can tell chance from effect."
    if verdict.verdict == "insufficient":
        in_turns = metric.order == "interleaved"
        least = f"{MIN_PAIRS} pairs" if in_turns else f"{MIN_SAMPLES} runs on each side"
        return f"With so few runs chance can make any difference; it takes at least {least}."
    parts = (_range(metric, verdict, says), _chance(verdict), _TRUST_EXPLAINED.get(verdict.trust))
    return " ".join(part for part in parts if part)


def _range(metric: Metric, verdict: Verdict, says: str) -> str:
    """What the interval means; the sentence on a clear change has it in brackets already."""
    ends = verdict.ci95 or verdict.shift_ci
    if not ends or verdict.trust == "exact":
        return ""
    if verdict.verdict in ("improved", "regressed"):
        return (
            "The true effect lies in the range in brackets, with 95 % confidence."
            if ("(between " in says)
            else ""
        )
    low, high = _ends(ends, metric.unit, is_ratio=verdict.ci95 is not None)
    text = f"With 95 % confidence the true effect lies between {low} and {high}"
    if verdict.verdict == "no_change":
        return f"{text}: less than {_NO_CHANGE} % either way counts as no change."
    nothing = 1 if verdict.ci95 else 0
    if ends[0] < nothing < ends[1]:
        return f"{text}: it may be better, worse or nothing at all."
    return f"{text}: too close to nothing to be sure."


def _ends(ends: Interval, unit: str | None, *, is_ratio: bool) -> tuple[str, str]:
    if is_ratio:
        return _relative(ends[0]), _relative(ends[1])
    return _absolute(ends[0], unit), _absolute(ends[1], unit)


def _relative(ratio: float) -> str:
    """`3.1 % lower`, `2.6 times higher`, `no difference`."""
    direction = "higher" if ratio > 1 else "lower"
    if ratio >= 2 or ratio <= 0.5:
        return f"{number(round(max(ratio, 1 / ratio), 1))} times {direction}"
    percent = round(abs(ratio - 1) * 100, 1)
    return f"{percent:g} % {direction}" if percent else "no difference"


def _absolute(shift: float, unit: str | None) -> str:
    if not shift:
        return "no difference"
    return f"{with_unit(abs(shift), unit)} {'higher' if shift > 0 else 'lower'}"


def _chance(verdict: Verdict) -> str:
    """How often luck alone would look like this, as a count that can be imagined."""
    if verdict.p is None or verdict.verdict not in ("improved", "regressed", "inconclusive"):
        return ""
    of = next((n for n in (100, 1_000, 10_000) if verdict.p * n >= 1), None)
    often = f"{round(verdict.p * of):,} of {of:,}" if of else "less than 1 of 10,000"
    return f"Chance alone would show as much of a difference in {often} such measurements."


def _side(label: str, values: tuple[float, ...], count: int | None) -> Side:
    middle = median(values) if values else None
    return Side(label=label, count=count or len(values), middle=middle)


def _target_met(metric: Metric, verdict: Verdict) -> str:
    after = verdict.median_after
    if metric.target is None or after is None or metric.better is None:
        return ""
    met = after <= metric.target if metric.better == "lower" else after >= metric.target
    return ", reached" if met else ", not reached"

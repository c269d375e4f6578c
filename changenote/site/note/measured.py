"""What a page says about a note's metrics: one line below the title, and a row for each."""

from dataclasses import dataclass

from changenote.model.measures import Verdict, cautions, doubt, judge, sentence
from changenote.model.note import Metric, Note, primary_metric, samples
from changenote.model.ranks import median

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
    cautions: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    target_met: str

    @property
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
        return Answer(word=headline.verdict, text=f"{metric.name}: {sentence(metric, headline)}")
    return Answer(word="", text=_why_no_verdict(note, metric))


def measured(note: Note) -> tuple[Measured, ...]:
    """All metrics, the primary one first."""
    ordered = sorted(note.metrics, key=lambda metric: not metric.primary)
    return tuple(_measured(metric) for metric in ordered)


def _why_no_verdict(note: Note, metric: Metric | None) -> str:
    if metric:
        return f"No verdict on {metric.name}: {doubt(metric)}."
    if note.metrics:
        return f"{len(note.metrics)} metrics, none of them speaks for the note."
    return f"Not measured: {note.no_metric}" if note.no_metric else "Nothing was measured."


def _measured(metric: Metric) -> Measured:
    verdict = judge(metric)
    return Measured(
        metric=metric,
        verdict=verdict,
        says=sentence(metric, verdict),
        cautions=cautions(verdict),
        before=samples(metric.before),
        after=samples(metric.after),
        target_met=_target_met(metric, verdict),
    )


def _side(label: str, values: tuple[float, ...], count: int | None) -> Side:
    middle = median(values) if values else None
    return Side(label=label, count=count or len(values), middle=middle)


def _target_met(metric: Metric, verdict: Verdict) -> str:
    after = verdict.median_after
    if metric.target is None or after is None or metric.better is None:
        return ""
    met = after <= metric.target if metric.better == "lower" else after >= metric.target
    return ", reached" if met else ", not reached"

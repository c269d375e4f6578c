"""What a note claims with its numbers, and what a claim needs to be believed.

Only notes of changes that shipped are looked at: a draft may still be measured.
"""

from collections.abc import Iterator

from changenote.checks.fillers import is_filler
from changenote.model.conditions import caches, sides, warmed_up
from changenote.model.note import Metric, Note, primary_metric, samples
from changenote.model.problems import Problem, shown
from changenote.model.units import is_time
from changenote.patterns import pattern

_WITHOUT_NUMBERS = ("docs", "feature", "security")
_ABOUT_SPEED = ("performance", "cache")

_IN_WORDS = pattern(
    r"(?i)\b(?:no(?! change)|none|never|twice|thrice|half|halves|halved|double[sd]?"
    r"|triple[sd]?|quarter|third|fifth|tenth|zero|one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|twenty|fifty|hundred"
    r"|thousand|million|orders? of magnitude|constant|linear(?:ly)?|logarithmic)\b"
)


def check_claims(note: Note) -> Iterator[Problem]:
    """What weakens the claim that a change did what it was made for."""
    if note.status == "draft":
        return
    yield from _check_variables(note)
    yield from _check_caches(note)
    yield from _check_counts(note)
    yield from _check_baseline(note)
    yield from _check_expectation(note)


def _check_variables(note: Note) -> Iterator[Problem]:
    if len(note.variables) > 1 and any(_has_both(metric) for metric in note.metrics):
        yield Problem(
            rule="several-variables",
            path=("variables", 1),
            found=f"{len(note.variables)} things changed at once beside a metric",
            expected="one, or nothing tells which of them moved the number",
            remedy="Measure each alone, or give each a note of its own.",
        )


def _check_caches(note: Note) -> Iterator[Problem]:
    for index, metric in enumerate(note.metrics):
        if warmed_up(metric.conditions) and not metric.deterministic:
            before, after = sides(metric.conditions, "cache")
            yield Problem(
                rule="warm-after-cold",
                path=("metrics", index, "conditions"),
                found=f"before: {before or 'not said'}; after: {after}",
                expected="the same state of the cache on both sides",
                remedy="Measure again, both sides warm or both cold; `none -> warm` says that the "
                "cache itself is new.",
            )
    yield from _check_headline(note)


def _check_headline(note: Note) -> Iterator[Problem]:
    metric = primary_metric(note)
    if metric is None or not is_time(metric.unit) or not _has_both(metric):
        return
    before, after = caches(metric.conditions)
    if "unknown" in (before, after) or not any(sides(metric.conditions, "cache")):
        yield Problem(
            rule="cache-not-named",
            path=("metrics", note.metrics.index(metric)),
            found=f"{shown(metric.name)} is a time, and its cache is not known",
            expected="`conditions: {cache: warm}`, or cold, or `cold -> warm` when they differ",
            remedy="Write what it was: without it a time is no headline.",
        )


def _check_counts(note: Note) -> Iterator[Problem]:
    """A single number speaks for the note, or stands there instead of any that was measured."""
    single = [metric for metric in note.metrics if _is_single(metric)]
    primary = primary_metric(note)
    if primary not in single and len(single) < len(note.metrics):
        return
    for metric in [primary] if primary in single and primary else single[:1]:
        yield Problem(
            rule="single-numbers",
            path=("metrics", note.metrics.index(metric)),
            found=f"one number a side: {shown(metric.name)} is reported, not measured",
            expected="four runs or more a side, or `deterministic: true` when it never varies",
            remedy="Write the number of each run: `before: [841, 903, 812, 867]`.",
        )


def _has_both(metric: Metric) -> bool:
    return bool(samples(metric.before)) and bool(samples(metric.after))


def _is_single(metric: Metric) -> bool:
    if metric.deterministic or not _has_both(metric):
        return False
    return min(len(samples(metric.before)), len(samples(metric.after))) == 1


def _check_baseline(note: Note) -> Iterator[Problem]:
    claims = note.kind == "performance" or (note.kind == "fix" and note.metrics)
    if not claims or _has_baseline(note):
        return
    yield Problem(
        rule="no-baseline",
        path=("baseline",) if note.baseline else ("kind",),
        found=f"a {note.kind} change, and nothing about the state before it",
        expected="where it was noticed, what people saw, and the evidence for it",
        remedy="Add `baseline:` with `where`, `symptom` and `evidence`.",
    )


def _has_baseline(note: Note) -> bool:
    known = note.baseline
    return known is not None and any((known.where, known.symptom, known.evidence))


def _check_expectation(note: Note) -> Iterator[Problem]:
    if not (note.expected and note.expected.strip()) or is_filler(note.expected):
        return
    if note.kind in _WITHOUT_NUMBERS:
        return
    measured = any(_has_both(metric) for metric in note.metrics)
    has_target = any(metric.target is not None for metric in note.metrics)
    if has_target or not (measured or note.kind in _ABOUT_SPEED):
        return
    if not _has_number(note.expected):
        yield Problem(
            rule="no-number-expected",
            path=("expected",),
            found=shown(note.expected),
            expected="a number to hold the result against",
            remedy="Write one, such as `p95 under 400 ms`, or a `target:` in the metric.",
        )


def _has_number(text: str) -> bool:
    return any(map(str.isdecimal, text)) or bool(_IN_WORDS.search(text))

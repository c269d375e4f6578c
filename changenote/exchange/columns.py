"""The table of an export: its columns, and where each comes from."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from changenote.exchange.exported import Exported, compact
from changenote.model.measures import Verdict
from changenote.model.note import Metric, Note, in_utc, seconds

Form = Literal["text", "texts", "time", "whole", "number", "truth", "metrics"]

_LARGEST = 2**63 - 1
_NO_OFFSET = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the table: null where a note does not say, except where `is_always` there."""

    name: str
    form: Form
    doc: str
    of: Callable[[Exported], Any]
    is_always: bool = False


def _part(*path: str) -> Callable[[Exported], Any]:
    """Looks up an attribute of a part of the note; None where there is no such part."""

    def look(one: Exported) -> Any:
        value: Any = one.note
        for name in path:
            value = getattr(value, name) if value is not None else None
        return value

    return look


def _text(name: str, doc: str, *path: str, is_always: bool = False) -> Column:
    return Column(name=name, form="text", doc=doc, of=_part(*path), is_always=is_always)


def _texts(name: str, doc: str, *path: str) -> Column:
    look = _part(*path)
    return Column(
        name=name, form="texts", doc=doc, of=lambda one: list(look(one) or ()), is_always=True
    )


def _time(name: str, doc: str, *path: str) -> Column:
    look = _part(*path)
    return Column(name=name, form="time", doc=doc, of=lambda one: _moment(look(one)))


def _length(name: str, doc: str, *path: str) -> Column:
    look = _part(*path)

    def length(one: Exported) -> float | None:
        said = look(one)
        return seconds(said) if said else None

    return Column(name=name, form="number", doc=doc, of=length)


def _said(
    name: str, form: Form, doc: str, of: Callable[[Exported], Any], *, is_always: bool = False
) -> Column:
    """What a function says of a note."""
    return Column(name=name, form=form, doc=doc, of=of, is_always=is_always)


def _headline(name: str, form: Form, doc: str, of: Callable[[Metric, Verdict], Any]) -> Column:
    """What a function says of the metric that speaks for the note."""
    return _said(name, form, doc, lambda one: of(*one.headline) if one.headline else None)


def _whole(name: str, doc: str, of: Callable[[Exported], int]) -> Column:
    return Column(name=name, form="whole", doc=doc, of=lambda one: min(of(one), _LARGEST))


def _truth(name: str, doc: str, of: Callable[[Exported], Any], *, is_always: bool = True) -> Column:
    return Column(name=name, form="truth", doc=doc, of=of, is_always=is_always)


def _moment(moment: datetime | None) -> datetime | None:
    """In UTC; None on a first or last day that UTC no longer has."""
    known = in_utc(moment) if moment else None
    return known if known and known.utcoffset() == _NO_OFFSET else None


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _change(verdict: Verdict) -> float | None:
    """From the median before to the one after, in percent of the first."""
    before, after = verdict.median_before, verdict.median_after
    return _number((after - before) / abs(before) * 100) if before and after is not None else None


def _counts(note: Note, name: str) -> int:
    return sum(getattr(file, name) or 0 for file in note.files)


def _metrics(one: Exported) -> list[dict[str, Any]]:
    return [
        {part.name: part.of(metric, verdict) for part in IN_METRICS}
        for metric, verdict in one.judged
    ]


@dataclass(frozen=True, kw_only=True)
class OfMetric:
    """What a table says of one metric."""

    name: str
    form: Form
    doc: str
    of: Callable[[Metric, Verdict], Any]


def _said_of(name: str, form: Form, doc: str, of: Callable[[Metric, Verdict], Any]) -> OfMetric:
    return OfMetric(name=name, form=form, doc=doc, of=of)


_NUMBERS: dict[str, tuple[str, Callable[[Metric, Verdict], float | None]]] = {
    "median_before": (
        "The median of its runs before.",
        lambda _, verdict: _number(verdict.median_before),
    ),
    "median_after": (
        "The median of its runs after.",
        lambda _, verdict: _number(verdict.median_after),
    ),
    "change_percent": (
        "From one median to the other, in percent of the first.",
        lambda _, verdict: _change(verdict),
    ),
    "ratio": (
        "After / before over all runs, where every value is above 0.",
        lambda _, verdict: _number(verdict.ratio),
    ),
}

IN_METRICS = (
    _said_of("name", "text", "Its name.", lambda metric, _: metric.name),
    _said_of("unit", "text", "Its unit.", lambda metric, _: metric.unit),
    _said_of("better", "text", "`lower` or `higher`.", lambda metric, _: metric.better),
    _said_of(
        "is_primary", "truth", "Does it speak for the note?", lambda metric, _: metric.primary
    ),
    _said_of("verdict", "text", "What its numbers say.", lambda _, verdict: verdict.verdict),
    _said_of("trust", "text", "How far to trust it.", lambda _, verdict: verdict.trust),
    _said_of("runs_before", "whole", "Runs before.", lambda _, verdict: verdict.n_before),
    _said_of("runs_after", "whole", "Runs after.", lambda _, verdict: verdict.n_after),
    *(_said_of(name, "number", doc, of) for name, (doc, of) in _NUMBERS.items()),
)
"""What each entry of the column `metrics` has."""

COLUMNS = (
    _said(
        "key",
        "text",
        "Unique among all rows, also where two notes have one id.",
        lambda one: one.key,
        is_always=True,
    ),
    _text("id", "The note's id.", "id", is_always=True),
    _said(
        "repository",
        "text",
        "The repository that the note is from, if that is known.",
        lambda one: one.repository or None,
    ),
    _said(
        "file", "text", "The note's file in its repository.", lambda one: one.file, is_always=True
    ),
    _text("title", "What changed, in one line.", "title", is_always=True),
    _text("kind", "The kind of change.", "kind", is_always=True),
    _text("status", "`draft`, `shipped`, `rolled_back` or `superseded`.", "status", is_always=True),
    _text("owner", "The person or team to ask.", "owner"),
    _texts("authors", "Who wrote the change.", "authors"),
    _said(
        "service",
        "text",
        "The service that the note counts as: the one it names, or `service` in its"
        " repository's config, or else the repository.",
        lambda one: one.service or None,
    ),
    _time("shipped_at", "When it shipped.", "shipped", "at"),
    _text("environment", "Where it shipped to.", "shipped", "environment"),
    _text("version", "The version that carries it.", "shipped", "version"),
    _text("deployment", "Address of the deployment.", "shipped", "deployment"),
    _text(
        "outcome",
        "How the deployment went: `success`, `degraded` or `failed`.",
        *("shipped", "outcome"),
    ),
    _time("restored_at", "When service was restored after a failure.", "shipped", "restored_at"),
    _text("incident", "Address of the incident that it led to.", "shipped", "incident"),
    _truth(
        "planned",
        "false: unplanned work after an incident.",
        _part("shipped", "planned"),
        is_always=False,
    ),
    _time("first_commit_at", "When work on it was first committed.", "source", "first_commit_at"),
    _texts("pull_requests", "Addresses of pull requests.", "source", "pull_requests"),
    _texts("issues", "Addresses of issues.", "source", "issues"),
    _texts("tags", "Words to find it by.", "tags"),
    _texts("stack", "Languages, frameworks, stores involved.", "stack"),
    _said(
        "files",
        "texts",
        "Paths of the files it touched.",
        lambda one: [file.path for file in one.note.files],
        is_always=True,
    ),
    _whole("lines_added", "Lines added in them.", lambda one: _counts(one.note, "added")),
    _whole("lines_removed", "Lines removed in them.", lambda one: _counts(one.note, "removed")),
    _whole("commands", "How many commands were run.", lambda one: len(one.note.commands)),
    _headline(
        "metric",
        "text",
        "The metric that speaks for the note, where one may: a time measured cold before and"
        " warm after may not.",
        lambda metric, _: metric.name,
    ),
    _headline("metric_unit", "text", "Its unit.", lambda metric, _: metric.unit),
    _headline("metric_better", "text", "`lower` or `higher`.", lambda metric, _: metric.better),
    _headline("metric_before", "number", *_NUMBERS["median_before"]),
    _headline("metric_after", "number", *_NUMBERS["median_after"]),
    _headline("metric_change_percent", "number", *_NUMBERS["change_percent"]),
    _headline(
        "metric_ratio",
        "number",
        "After / before over all runs, as pages have it, where every value is above 0.",
        lambda _, verdict: _number(verdict.ratio),
    ),
    _headline(
        "verdict",
        "text",
        "What it says: `improved`, `regressed`, `no_change`, `inconclusive`, `insufficient`,"
        " `unverified` or `invalid`.",
        lambda _, verdict: verdict.verdict,
    ),
    _headline(
        "trust",
        "text",
        "How far to trust it: `exact`, `interleaved`, `sequential`, `reported` or `invalid`.",
        lambda _, verdict: verdict.trust,
    ),
    _said(
        "metrics",
        "metrics",
        "All its metrics: name, unit, better, is_primary, verdict, trust, runs_before,"
        " runs_after, median_before, median_after, change_percent, ratio.",
        _metrics,
        is_always=True,
    ),
    _truth(
        "has_rollback",
        "Are there commands that undo it?",
        lambda one: bool(one.note.rollback and one.note.rollback.steps),
    ),
    _text(
        "rollback_strategy",
        "`flag`, `revert`, `redeploy`, `restore`, `forward_fix` or `none`.",
        *("rollback", "strategy"),
    ),
    _length(
        "rollback_limit_seconds",
        "How long until it is too late to undo it.",
        *("rollback", "time_limit"),
    ),
    _truth("rehearsed", "Were exactly these commands rehearsed?", lambda one: one.rehearsal_counts),
    _time("rehearsed_at", "When they were rehearsed last.", "rollback", "rehearsed", "at"),
    _length("rehearsed_seconds", "How long that rehearsal took.", "rollback", "rehearsed", "took"),
    _texts("related", "Ids of related notes.", "related"),
    _texts("supersedes", "Ids of notes that this one replaces.", "supersedes"),
    _texts("flags", "`needs_human_review` and others.", "flags"),
    _said(
        "content_sha256",
        "text",
        "Stays the same as long as the note says the same.",
        lambda one: one.sha256,
        is_always=True,
    ),
    _said("note", "text", "The whole note as JSON.", lambda one: compact(one.data), is_always=True),
)
"""The table. Columns may be added at the end; none is taken away or changes its meaning."""


def described() -> list[dict[str, Any]]:
    """The columns for programs."""
    return [
        {"name": c.name, "form": c.form, "is_always": c.is_always, "description": c.doc}
        for c in COLUMNS
    ]

"""One note of an export: what it says, what is worked out from it, and the shape of both.

The shape is that of `note.json` on a site, with the part of `derived` that needs no other note.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from changenote.model.measures import Trust, Verdict, Word, doubt, judge, sentence
from changenote.model.note import BUILT_IN_KINDS, Metric, Note, primary_metric
from changenote.model.rehearsal import is_of
from changenote.model.schema import json_schema
from changenote.model.writing import content_sha256, plain

Data = dict[str, Any]

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A note with where it is from.

    `key` is unique among all notes of an export. `repository` and `service` are empty where nobody
    says; `service` is what the note counts as, which may be more than it says itself.
    """

    note: Note
    key: str
    file: str
    repository: str
    service: str

    @cached_property
    def data(self) -> Data:
        """What the note says."""
        return plain(self.note)

    @cached_property
    def sha256(self) -> str:
        """Stays the same as long as the note says the same."""
        return content_sha256(self.data)

    @cached_property
    def judged(self) -> tuple[tuple[Metric, Verdict], ...]:
        """Every metric with what its numbers say."""
        return tuple((metric, judge(metric)) for metric in self.note.metrics)

    @cached_property
    def headline(self) -> tuple[Metric, Verdict] | None:
        """The metric that speaks for the note, if there is one that may."""
        metric = primary_metric(self.note)
        if metric is None or doubt(metric):
            return None
        return next(one for one in self.judged if one[0] is metric)

    @property
    def rehearsal_counts(self) -> bool:
        """Were exactly these steps of the rollback rehearsed?"""
        rollback = self.note.rollback
        done = rollback.rehearsed if rollback else None
        return bool(rollback and done and is_of(done, rollback.steps))


def document(one: Exported) -> Data:
    """A note as `SCHEMA` describes it: its own keys, and `derived`."""
    return {**one.data, "derived": _derived(one)}


def compact(value: object) -> str:
    """JSON on one line, the same for the same data."""
    return _COMPACT.encode(value)


def line(one: Exported) -> str:
    """A note as a line of NDJSON."""
    return f"{compact(document(one))}\n"


def _derived(one: Exported) -> Data:
    return {
        "key": one.key,
        "file": one.file,
        "repository": one.repository or None,
        "service": one.service or None,
        "verdict": one.headline[1].verdict if one.headline else None,
        "metrics": [_metric(metric, verdict) for metric, verdict in one.judged],
        "rehearsal_counts": one.rehearsal_counts,
        "content_sha256": one.sha256,
    }


def _metric(metric: Metric, verdict: Verdict) -> Data:
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
        "says": sentence(metric, verdict),
    }


def _shape(kind: str, doc: str, **more: Any) -> Data:
    return {"description": doc, "type": kind, **more}


def _maybe(kind: str, doc: str, **more: Any) -> Data:
    return {"description": doc, "type": [kind, "null"], **more}


def _object(doc: str, properties: Data) -> Data:
    return _shape("object", doc, properties=properties, required=list(properties))


_INTERVAL: Data = {"items": {"type": "number"}, "minItems": 2, "maxItems": 2}

_METRIC = {
    "name": _shape("string", "Its name."),
    "verdict": _shape("string", "What the numbers say.", enum=list(get_args(Word))),
    "trust": _shape("string", "How far to trust it.", enum=list(get_args(Trust))),
    "median_before": _maybe("number", "The median of the runs before."),
    "median_after": _maybe("number", "The median of the runs after."),
    "p": _maybe("number", "The chance of such a difference if there is none."),
    "ratio": _maybe("number", "After / before, where every value is above 0."),
    "ci95": _maybe("array", "Its 95 % interval.", **_INTERVAL),
    "shift": _maybe("number", "After - before in the metric's unit, where there is no ratio."),
    "shift_ci95": _maybe("array", "Its 95 % interval.", **_INTERVAL),
    "flags": _shape("array", "What is odd about the runs.", items={"type": "string"}),
    "says": _shape("string", "The verdict in words."),
}

DERIVED: Data = {
    "key": _shape("string", "Unique among all notes of an export, also those of one id."),
    "file": _shape("string", "The note's file in its repository."),
    "repository": _maybe("string", "The repository that the note is from, if that is known."),
    "service": _maybe(
        "string",
        "The service that the note counts as: the one it names, or `service` in its repository's"
        " config, or else the repository.",
    ),
    "verdict": _maybe(
        "string",
        "What the primary metric says, if it may speak for the note.",
        enum=[*get_args(Word), None],
    ),
    "metrics": _shape("array", "What each metric says.", items=_object("One metric.", _METRIC)),
    "rehearsal_counts": _shape("boolean", "Were exactly these steps rehearsed?"),
    "content_sha256": _shape(
        "string",
        "SHA-256 of canonical JSON of the note without `derived`: keys sorted, no white space,"
        " whole numbers without a fraction, UTF-8.",
        pattern="^[0-9a-f]{64}$",
    ),
}
"""What `derived` holds, as JSON Schema: every key is always there, later versions may add some."""


def schema() -> Data:
    """The shape of a line: the format of a note, of any team, and `derived`."""
    shape = json_schema(BUILT_IN_KINDS)
    shape["properties"]["kind"].pop("enum")  # each repository has kinds of its own
    shape["title"] = "Change note in an export"
    shape["properties"]["derived"] = _object("Worked out from the note.", DERIVED)
    shape["required"] = [*shape["required"], "derived"]
    return shape

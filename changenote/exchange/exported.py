"""One note of an export: what it says, what is worked out from it, and the shape of both.

The shape is that of `note.json` on a site, with the part of `derived` that needs no other note.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from changenote.model.measures import Verdict, Word, doubt, judge, sentence
from changenote.model.note import BUILT_IN_KINDS, Metric, Note, primary_metric
from changenote.model.problems import Path
from changenote.model.rehearsal import is_of
from changenote.model.schema import json_schema
from changenote.model.shapes import DIGEST, list_of, optional, record_of, shape
from changenote.model.verdict_data import SHAPE, verdict_data
from changenote.model.writing import content_sha256, plain

Data = dict[str, Any]

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A note with where it is from.

    `key` is unique among all notes of an export. `repository` and `service` are empty where nobody
    says; `service` is what the note counts as, which may be more than it says itself. `unknown` is
    what stands under keys that the format does not have, each with its path.
    """

    note: Note
    key: str
    file: str
    repository: str
    service: str
    unknown: tuple[tuple[Path, Any], ...] = ()

    @cached_property
    def data(self) -> Data:
        """What the note says."""
        data = plain(self.note)
        for (*around, key), value in self.unknown:
            part: Any = data
            for step in around:
                part = part[step]
            part[key] = value
        return data

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
    """A note as `schema` describes it: its own keys, and `derived`."""
    return {**one.data, "derived": _derived(one)}


def compact(value: object) -> str:
    """JSON on one line, the same for the same data."""
    return _COMPACT.encode(value)


def array(notes: Iterable[Exported]) -> Iterator[str]:
    """Notes as one JSON document, a list with a note on each line."""
    yield "["
    for number, one in enumerate(notes):
        yield f"{',' if number else ''}\n{compact(document(one))}"
    yield "\n]\n"


def lines(notes: Iterable[Exported]) -> Iterator[str]:
    """Notes as lines of NDJSON."""
    return (f"{compact(document(one))}\n" for one in notes)


def _derived(one: Exported) -> Data:
    return {
        "key": one.key,
        "file": one.file,
        "repository": one.repository or None,
        "service": one.service or None,
        "verdict": one.headline[1].verdict if one.headline else None,
        "metrics": [
            verdict_data(metric, verdict, sentence(metric, verdict))
            for metric, verdict in one.judged
        ],
        "rehearsal_counts": one.rehearsal_counts,
        "content_sha256": one.sha256,
    }


DERIVED: Data = {
    "key": shape("string", "Unique among all notes of an export, also those of one id."),
    "file": shape("string", "The note's file in its repository."),
    "repository": optional("string", "The repository that the note is from, if that is known."),
    "service": optional(
        "string",
        "The service that the note counts as: the one it names, or `service` in its repository's"
        " config, or else the repository.",
    ),
    "verdict": optional(
        "string",
        "What the primary metric says, if it may speak for the note.",
        enum=[*get_args(Word), None],
    ),
    "metrics": list_of("What each metric says.", record_of("One metric.", SHAPE)),
    "rehearsal_counts": shape("boolean", "Were exactly these steps rehearsed?"),
    "content_sha256": shape(
        "string",
        "SHA-256 of canonical JSON of the note without `derived`: keys sorted, no white space,"
        " whole numbers without a fraction, UTF-8.",
        **DIGEST,
    ),
}
"""What `derived` holds, as JSON Schema: every key is always there, later versions may add some."""


def array_schema() -> Data:
    """The shape of the list of all."""
    one = schema()
    return {"$schema": one.pop("$schema"), "title": "Change notes", "type": "array", "items": one}


def schema() -> Data:
    """The shape of a line: the format of a note, of any team, and `derived`."""
    note = json_schema(BUILT_IN_KINDS)
    note["properties"]["kind"].pop("enum")  # each repository has kinds of its own
    note["title"] = "Change note in an export"
    note["properties"]["derived"] = record_of("Worked out from the note.", DERIVED)
    note["required"] = [*note["required"], "derived"]
    return note

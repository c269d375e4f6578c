"""Notes of two services that got better and worse, failed and were restored."""

from collections.abc import Iterator

from changenote.model.note import Step
from changenote.model.rehearsal import steps_sha256

_NOTE = """\
schema: 1
id: 2026110{number}-aaaaa{number}
title: Change number {number}
kind: fix
status: shipped
service: {service}
shipped: {{at: 2026-11-0{number}T10:00:00Z, {ended}}}
files: [{{path: app/{service}.py}}, {{path: README.md}}]
rollback: {{steps: [{{run: ./back {number}}}], {rehearsed}}}
metrics:
  - {{name: {metric}, unit: ms, better: lower, before: {before}, after: {after},
     conditions: {{cache: warm}}}}
"""
_FAST, _SLOW = [100, 101, 102, 103, 104], [200, 202, 204, 206, 208]
_FAILED = "outcome: failed, restored_at: 2026-11-0{number}T10:{minutes}:00Z"


def _rehearsed(number: int, took: str) -> str:
    """A rehearsal of a note's step, which counts: the hash of the step is in it."""
    proof = steps_sha256([Step(run=f"./back {number}")])
    return f"rehearsed: {{took: {took}, steps_sha256: {proof}}}"


def each() -> Iterator[tuple[str, str, str]]:
    """The id of each note, its service, and its text."""
    for number, service, metric, before, after, ended, took in (
        (1, "cart", "p95", _FAST, _SLOW, _FAILED.format(number=1, minutes=10), "20s"),
        (2, "cart", "p95", _FAST, _SLOW, _FAILED.format(number=2, minutes=30), "40s"),
        (3, "cart", "p95", _SLOW, _FAST, "outcome: success", ""),
        (4, "search", "p50", _SLOW, _FAST, "outcome: success", "15s"),
    ):
        text = _NOTE.format(
            number=number,
            service=service,
            metric=metric,
            before=before,
            after=after,
            ended=ended,
            rehearsed=_rehearsed(number, took) if took else "",
        )
        yield f"2026110{number}-aaaaa{number}", service, text

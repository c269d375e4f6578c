"""Whether the plans to revert of many notes still work, tried once for as long as HEAD stays."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from changenote.git_facts.memory import remembered
from changenote.model.note import Note, shipped_at
from changenote.records import record
from changenote.store.project import Project

if TYPE_CHECKING:
    from changenote.capture.reverting import Applies

Undo = tuple[str, int | None]
"""What one `git revert` takes back, and the parent that stays of a merge."""

REVERTED_WITHIN = timedelta(days=90)
"""Hardly anybody reverts a change that is older."""

_AT_A_TIME = 50
"""Plans that are tried with the same processes: what runs out of time is lost as a whole."""


@record
class Plan:
    """What the rollback of a live change reverts, and when it shipped: ISO 8601, in UTC."""

    undo: tuple[Undo, ...]
    shipped: str


def plan_of(note: Note) -> Plan | None:
    """The plan of a live change whose rollback is `git revert`."""
    at = shipped_at(note)
    steps = [step.run for step in note.rollback.steps] if note.rollback else []
    if note.status != "shipped" or at is None or not any("git" in step for step in steps):
        return None
    from changenote.capture.reverting import revert_commits

    undo = tuple((revert.revision, revert.mainline) for revert in revert_commits(steps))
    return Plan(undo=undo, shipped=at.isoformat()) if undo else None


def each_applies(
    project: Project, plans: Mapping[str, Plan], head: str, *, limit: float
) -> dict[str, "Applies"]:
    """Whether each plan works on the commit `head`, by the plans' names.

    The newest are tried first, until `limit` seconds are over. A plan of which it cannot be told,
    or that was not tried, is not in the result.
    """
    raws = {name: repr(plan.undo).encode() for name, plan in plans.items()}
    told = remembered(
        project,
        "applies",
        raws,
        lambda fresh: dict(_tried(project, {n: plans[n] for n in fresh}, head, limit)),
        depends_on=head,
    )
    return {name: _from_plain(row) for name, row in told.items()}


def _tried(
    project: Project, plans: Mapping[str, Plan], head: str, limit: float
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The plans that it can be told of.

    Two or three processes for each fifty, and one for each further commit of the longest plan.
    """
    from changenote.capture.reverting import Revert, each_reverts_cleanly

    until = monotonic() + limit
    newest_first = sorted(plans, key=lambda name: (plans[name].shipped, name), reverse=True)
    for some in _parted(newest_first):
        left = until - monotonic()
        if left <= 0:
            return
        reverts = [[Revert(revision=r, mainline=m) for r, m in plans[n].undo] for n in some]
        outcomes = each_reverts_cleanly(project.root, reverts, head, limit=left)
        for name, outcome in zip(some, outcomes, strict=True):
            if outcome.state != "unknown":
                yield name, _plain(outcome)


def _parted(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_A_TIME):
        yield names[start : start + _AT_A_TIME]


def _plain(outcome: "Applies") -> dict[str, Any]:
    from dataclasses import asdict

    return {key: value for key, value in asdict(outcome).items() if value}


def _from_plain(row: Mapping[str, Any]) -> "Applies":
    from changenote.capture.reverting import Applies

    return Applies(**{**row, "paths": tuple(row.get("paths", ()))})

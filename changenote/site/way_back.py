"""What pages say of a note's way back beside what stands in it."""

from dataclasses import dataclass

from changenote.checks.rollback import STALE_AFTER
from changenote.model.note import Note, Rehearsal, Step
from changenote.model.rehearsal import is_of
from changenote.site.wording import age_before, total

STRATEGIES = {
    "flag": "switch a flag",
    "revert": "revert the change",
    "redeploy": "deploy the version before",
    "restore": "restore the earlier state",
    "forward_fix": "fix forward",
    "none": "cannot be undone",
}


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What is said of a rehearsal besides its date, and why it may not count.

    After `stale_after` days it is an old one.
    """

    facts: str
    doubt: str
    stale_after: int = STALE_AFTER.days


def rollback_time(note: Note) -> str:
    """How long all steps take together; empty when one of them does not say."""
    return total([step.takes for step in note.rollback.steps]) if note.rollback else ""


def rehearsed(note: Note) -> Rehearsed:
    """The rehearsal of a note's way back; both texts are empty when there was none."""
    done = note.rollback.rehearsed if note.rollback else None
    if not note.rollback or not done:
        return Rehearsed(facts="", doubt="")
    shipped = note.shipped.at if note.shipped else None
    facts = (
        age_before(done.at, shipped) if done.at and shipped else "",
        f"in {done.environment}" if done.environment else "",
        f"by {done.by}" if done.by else "",
        f"took {done.took}" if done.took else "",
    )
    return Rehearsed(
        facts=", ".join(fact for fact in facts if fact), doubt=_doubt(done, note.rollback.steps)
    )


def _doubt(done: Rehearsal, steps: tuple[Step, ...]) -> str:
    """Why a rehearsal may not count: it has to have been one of exactly these steps."""
    proven = is_of(done, steps)
    if proven is None:
        return "nothing proves that it was of these steps"
    return "" if proven else "the steps have changed since"

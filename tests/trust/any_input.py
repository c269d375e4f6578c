"""Whatever is put into a reader is read or refused, within bounds."""

from random import Random

from tests.fuzz.material import drawn
from tests.fuzz.target import Target, failure
from tests.fuzz.targets import TARGETS
from tests.trust.promise import Outcome, Promise, tried

_OF_EACH = 400
"""Inputs of each target; `make fuzz` looks for others, as long as it is let."""


def _kept(most: int | None) -> Outcome:
    return tried(_cases(), most, lambda case: _failure(*case, is_naive=False))


def _broken(most: int | None) -> Outcome:
    return tried(_cases(), most, lambda case: _failure(*case, is_naive=True))


def _cases() -> list[tuple[Target, int]]:
    return [(target, number) for number in range(_OF_EACH) for target in TARGETS]


def _failure(target: Target, number: int, *, is_naive: bool) -> str | None:
    raw = drawn(target.material, Random(f"{target.name} {number}"))  # noqa: S311 - no secret
    found = failure(target.naive if is_naive else target.holds, raw)
    return f"{target.name} {number}: {found.place}: {found.what}" if found else None


PROMISES = (
    Promise(
        name="any-input",
        says=f"Whatever is put into one of {len(TARGETS)} readers – notes, queries, messages of"
        " commits, result files, notes of other tools, settings, events of forges, what agents ask"
        " – is read, or refused with what to do, within 2 s of a processor and 200 MB.",
        kept=_kept,
        control="readers as they are written first",
        broken=_broken,
        some=10 * len(TARGETS),
        few=len(TARGETS),
    ),
)

"""The shape of a promise, and of what came out when it was put to the test."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Case = TypeVar("Case")


@dataclass(frozen=True)
class Outcome:
    """How many cases were tried, and which failed: a name and what was seen, in short."""

    cases: int
    failures: tuple[str, ...]


Try = Callable[[int | None], Outcome]
"""Tries so many of the cases, spread over all of them (None: every one)."""


@dataclass(frozen=True)
class Promise:
    """One line of the table.

    `says` is what is promised, `most` the share of the cases that may fail. `control` names the bad
    implementation that `broken` tries in the same way. So many cases as `some` says are tried with
    every change, and `few` of the control.
    """

    name: str
    says: str
    kept: Try
    control: str
    broken: Try
    most: float = 0.0
    some: int = 60
    few: int = 12

    def is_kept(self, outcome: Outcome) -> bool:
        """Did so few cases fail as the promise allows? Without cases nothing is shown."""
        return outcome.cases > 0 and len(outcome.failures) <= self.most * outcome.cases


def spread(cases: Iterable[Case], most: int | None) -> list[Case]:
    """So many cases, evenly from all of them and always the same; all where there are no more."""
    every = list(cases)
    if most is None or len(every) <= most:
        return every
    return [every[number * len(every) // most] for number in range(most)]


def tried(
    cases: Iterable[Case], most: int | None, failure: Callable[[Case], str | None]
) -> Outcome:
    """What came out of the cases; `failure` says what went wrong with one, or None."""
    chosen = spread(cases, most)
    found = (failure(case) for case in chosen)
    return Outcome(cases=len(chosen), failures=tuple(said for said in found if said))

"""Who takes turns in a scenario, and what was promised of the result."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.runner import WARM_UP, Contender, Quantity


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two contenders side by side; a ratio promised is at most `at_most`, else only shown."""

    ours: str
    theirs: str
    of: Quantity = "cpu"
    at_most: float | None = None


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What one contender may use, in seconds or bytes: more than the one called `less` does."""

    ours: str
    of: Quantity
    at_most: float
    less: str | None = None


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Those who take turns in one run, and what is read from it.

    `rounds` is how many at most: none begins after so many `seconds`. `remark` says what a reader
    of the numbers must know.
    """

    name: str
    title: str
    rounds: int
    contenders: Sequence[Contender]
    compared: Sequence[Compared] = ()
    limits: Sequence[Limit] = ()
    warm_up: int = WARM_UP
    seconds: float | None = None
    remark: str = ""

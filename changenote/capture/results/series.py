"""What is read from a result file: series of numbers, one for each run."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal

from changenote.records import record

Better = Literal["lower", "higher"]


@record
class Plan:
    """How a database carried out a query, as far as it does not change from run to run."""

    fingerprint: str
    indexes: tuple[str, ...] = ()


@record
class Series:
    """One thing measured, with one number for each run, in the order of the runs.

    `unit` is None when the file does not tell it, and `better` when nothing tells the direction.
    `sample` says what one number is. `wanted` parts the few that a note should show from the many
    that a file holds; among these the lowest `rank` speaks for the tool. `variant` tells the
    parameters that tell this series from others of the same command. `conditions` and `cautions`
    are what a reader of the numbers has to know.
    """

    name: str
    unit: str | None
    values: tuple[float, ...]
    tool: str
    sample: str
    better: Better | None = None
    deterministic: bool = False
    wanted: bool = True
    rank: int = 0
    variant: str = ""
    measured_at: datetime | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    plan: Plan | None = None

    @property
    def n(self) -> int:
        """How many runs there were."""
        return len(self.values)


@record
class Run:
    """What all numbers of one run have in common."""

    tool: str
    sample: str
    measured_at: datetime | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()

    def one(
        self,
        name: str,
        value: float,
        unit: str | None,
        better: Better | None = None,
        *,
        wanted: bool = False,
        rank: int = 0,
        deterministic: bool = False,
    ) -> Series:
        """A series of the one number that this run has for something."""
        return Series(
            name=name,
            unit=unit,
            values=(value,),
            tool=self.tool,
            sample=self.sample,
            better=better,
            deterministic=deterministic,
            wanted=wanted,
            rank=rank,
            measured_at=self.measured_at,
            conditions=self.conditions,
            cautions=self.cautions,
        )

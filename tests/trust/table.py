"""The table of promises, as text and as the site's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.documentation.tables import row, table
from tests.trust.promise import Outcome, Promise


@dataclass(frozen=True)
class Line:
    """A promise, what came out of it, and what came out of its control."""

    promise: Promise
    kept: Outcome
    broken: Outcome

    @property
    def is_right(self) -> bool:
        """Is the promise kept, and would the test have noticed otherwise?"""
        return self.promise.is_kept(self.kept) and not self.promise.is_kept(self.broken)


def as_text(lines: Sequence[Line]) -> str:
    """For a terminal: promise, cases, failures, and those of the control."""
    names = max(len(line.promise.name) for line in lines)
    shown = [f"{'promise':<{names}}  {'cases':>7}  {'failures':>8}  {'control':>8}"]
    for line in lines:
        kept, broken = line.kept, line.broken
        mark = "" if line.is_right else "  BROKEN"
        counts = f"{kept.cases:>7,}  {len(kept.failures):>8,}  {len(broken.failures):>8,}"
        shown.append(f"{line.promise.name:<{names}}  {counts}{mark}")
    return "\n".join(shown) + "\n"


def as_markdown(lines: Sequence[Line]) -> str:
    """For the site: the same in sentences."""
    head = ("What is promised", "Cases", "Failures", "Allowed", "Control", "Failures of it")
    return table(head, (row(*_cells(line)) for line in lines))


def _cells(line: Line) -> tuple[str, ...]:
    promise = line.promise
    allowed = f"{promise.most:.1%}".replace(".0%", "%") if promise.most else "none"
    return (
        promise.says,
        f"{line.kept.cases:,}",
        f"{len(line.kept.failures):,}",
        allowed,
        promise.control,
        f"{len(line.broken.failures):,} of {line.broken.cases:,}",
    )

"""What came of the promises: kept in a file, and shown as a table, as text and on the site."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.documentation.tables import row, table
from tests.trust.promise import Outcome, Promise

_RESULTS = Path(__file__).with_name("results.json")
_TABLE = re.compile(r"(?<=<!-- measured by make trust -->\n).*?(?=<!-- end -->)", re.S)


@dataclass(frozen=True)
class Line:
    """What came of a promise and of its control; `is_whole` says that every case was tried."""

    name: str
    cases: int
    failures: int
    control_cases: int
    control_failures: int
    is_whole: bool
    is_right: bool

    @classmethod
    def of(cls, promise: Promise, kept: Outcome, broken: Outcome, *, is_whole: bool) -> "Line":
        """It is right if the promise is kept, and the test would have noticed otherwise."""
        return cls(
            name=promise.name,
            cases=kept.cases,
            failures=len(kept.failures),
            control_cases=broken.cases,
            control_failures=len(broken.failures),
            is_whole=is_whole,
            is_right=promise.is_kept(kept) and not promise.is_kept(broken),
        )


def known() -> dict[str, Line]:
    """The last result of each promise."""
    if not _RESULTS.exists():
        return {}
    return {name: Line(**data) for name, data in json.loads(_RESULTS.read_text()).items()}


def keep(line: Line) -> None:
    """Keep a result in place of the earlier one of the same promise."""
    every = {**known(), line.name: line}
    data = {name: asdict(every[name]) for name in sorted(every)}
    _RESULTS.write_text(json.dumps(data, indent=1) + "\n")


def as_text(lines: Sequence[Line]) -> str:
    """For a terminal: promise, cases, failures, and those of the control."""
    names = max(len(line.name) for line in lines)
    shown = [f"{'promise':<{names}}  {'cases':>7}  {'failures':>8}  {'control':>8}"]
    for line in lines:
        counts = f"{line.cases:>7,}  {line.failures:>8,}  {line.control_failures:>8,}"
        shown.append(f"{line.name:<{names}}  {counts}" + ("" if line.is_right else "  BROKEN"))
    return "\n".join(shown) + "\n"


def on_page(page: str, promises: Sequence[Promise]) -> str:
    """The site's page, with the last result of each promise."""
    head = ("What is promised", "Cases", "Failures", "Allowed", "Control", "Failures of it")
    lines = known()
    rows = [row(*_cells(one, lines[one.name])) for one in promises if one.name in lines]
    return _TABLE.sub(lambda _: f"\n{table(head, rows)}\n", page)


def _cells(promise: Promise, line: Line) -> tuple[str, ...]:
    allowed = f"{promise.most:.1%}".replace(".0%", "%") if promise.most else "none"
    return (
        promise.says,
        f"{line.cases:,}" if line.is_whole else f"{line.cases:,}, a part",
        f"{line.failures:,}",
        allowed,
        promise.control,
        f"{line.control_failures:,} of {line.control_cases:,}",
    )

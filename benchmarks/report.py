"""Results as plain data → the Markdown table that is committed beside them."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

Data = Mapping[str, Any]

_INTRODUCTION = """\
Written by `make bench`; do not edit. What is compared, how, and where the work differs:
[benchmarks/README.md](../README.md)."""

_TARGETS = """\
A ratio is the median of the first over the median of the second, both measured in turns in this
run; the interval (95 %) comes from drawing whole rounds again. A target is met or missed when the
whole interval lies on one side of it. Ratios without a target are there to be seen."""


def as_markdown(results: Data) -> str:
    """The whole report: the targets first, then every command, then what it hangs on."""
    parts = ["# Measurements", _INTRODUCTION, "## Targets", _TARGETS, _targets(results)]
    for scenario in results["scenarios"]:
        parts += [f"## {scenario['title']}", _rounds(scenario), _commands(scenario)]
    return "\n\n".join([*parts, "## Machine and versions", _conditions(results)]) + "\n"


def _targets(results: Data) -> str:
    rows = [
        (
            f"{c['ours']} ÷ {c['theirs']}",
            f"{c['ratio']:.2f}",
            f"{c['low']:.2f} – {c['high']:.2f}",
            "" if c["at_most"] is None else f"≤ {c['at_most']:g}",
            c["verdict"] or "",
        )
        for scenario in results["scenarios"]
        for c in scenario["compared"]
    ]
    return _table(("what", "ratio", "interval", "target", "result"), rows)


def _rounds(scenario: Data) -> str:
    return (
        f"{scenario['rounds']} rounds, after {scenario['warm_up']} that were dropped to warm up."
        " Processor time is user and system time of the command and all its children."
    )


def _commands(scenario: Data) -> str:
    rows = [
        (
            c["name"],
            f"`{c['shown']}`" if c["shown"] != c["name"] else "",
            _milliseconds(c["cpu"], median),
            f"{_milliseconds(c['cpu'], min)} – {_milliseconds(c['cpu'], max)}",
            _milliseconds(c["wall"], median),
        )
        for c in scenario["contenders"]
    ]
    head = ("command", "as run", "processor, median", "from – to", "time passed, median")
    return _table(head, rows)


def _milliseconds(samples: Sequence[float], summary: Any) -> str:
    return f"{summary(samples) * 1000:,.1f} ms"


def _conditions(results: Data) -> str:
    facts = {"date": results["date"], **results["machine"], **results["versions"]}
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; columns of numbers are named by their place: all but the first."""
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "|".join(["---"] * len(head)) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"

"""Results as plain data → Markdown: the tables beside them, and those of the site's page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

Data = Mapping[str, Any]

_INTRODUCTION = """\
Written by `make bench`; do not edit. What is compared, how, and where the work differs:
[benchmarks/README.md](../README.md)."""

HOW_TO_READ = """\
A ratio is the median of the first over the median of the second, both measured in turns in this
run; the interval (95 %) comes from drawing whole rounds again, and says little where there were
few. A target is met or missed when the whole interval lies on one side of it."""

_PLOT = "![What was measured, as a share of what was promised](ratios.svg)"

_COLUMNS = {
    "wall": "time passed, median",
    "memory": "memory, most",
    "written": "written",
    "loaded": "loaded, median",
    "typing": "longest wait in typing, median",
}
_OF = {
    "cpu": "",
    "wall": ", time passed",
    "memory": ", memory",
    "written": ", bytes written",
    "loaded": ", bytes loaded",
    "typing": ", longest wait in typing",
}


def as_markdown(results: Data) -> str:
    """The whole report: the targets first, then every command, then what it hangs on."""
    parts = ["# Measurements", _INTRODUCTION, "## Targets", HOW_TO_READ, targets(results), _PLOT]
    parts += ["## Without a target", "There to be seen.", seen(results)]
    for scenario in results["scenarios"]:
        parts += [f"## {scenario['title']}", *_told(scenario)]
    return "\n\n".join([*parts, "## Machine and versions", conditions(results)]) + "\n"


def promised(results: Data) -> list[Data]:
    """Everything that has a target."""
    return [one for one in _every(results) if one["at_most"] is not None]


def targets(results: Data) -> str:
    """What was promised and what was measured."""
    rows = [(what(one), *_measured(one), one["verdict"]) for one in promised(results)]
    return table(("what", "measured", "interval", "target", "result"), rows)


def seen(results: Data) -> str:
    """What was measured and not promised."""
    rows = [(what(one), *_measured(one)[:2]) for one in _every(results) if one["at_most"] is None]
    return table(("what", "ratio", "interval"), rows)


def what(one: Data) -> str:
    """What a ratio or a limit is of."""
    over = f" ÷ {one['theirs']}" if "theirs" in one else ""
    over += f" less {one['less']}" if one.get("less") else ""
    return f"{one['ours']}{over}{_OF[one['of']]}"


def conditions(results: Data) -> str:
    """Day, machine and versions of what took part, as a list."""
    facts = {"date": results["date"], **results["machine"], **results["versions"]}
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; columns of numbers are named by their place: all but the first."""
    return "\n".join(_lines(head, rows))


def shown(quantity: str, value: float) -> str:
    """A quantity with its unit."""
    return (seconds if quantity in {"cpu", "wall", "typing"} else size)(value)


def seconds(value: float) -> str:
    """A time: milliseconds up to a second."""
    if value < 1:
        return f"{1000 * value:.1f} ms"
    return f"{value:,.1f} s" if value >= 10 else f"{value:.2f} s"


def size(value: float) -> str:
    """Bytes, in powers of a thousand."""
    if value >= 1e9:
        return f"{value / 1e9:,.1f} GB"
    return f"{value / 1e6:,.1f} MB" if value >= 1e6 else f"{value / 1e3:,.0f} kB"


def _every(results: Data) -> Iterator[Data]:
    for scenario in results["scenarios"]:
        yield from scenario.get("compared", ())
        yield from scenario.get("limits", ())


def _measured(one: Data) -> tuple[str, str, str]:
    """The value, its interval and the target, each as it is written."""
    write: Callable[[float], str] = (
        _ratio if "theirs" in one else lambda value: shown(one["of"], value)
    )
    if "value" not in one:
        return "not finished", "", f"≤ {write(one['at_most'] or 0)}"
    target = "" if one["at_most"] is None else f"≤ {write(one['at_most'])}"
    return write(one["value"]), f"{write(one['low'])} – {write(one['high'])}", target


def _ratio(value: float) -> str:
    return f"{value:.2f}"


def _told(scenario: Data) -> Iterator[str]:
    if failed := scenario.get("failed"):
        yield f"Not measured: {failed}"
        return
    if scenario["remark"]:
        yield scenario["remark"]
    yield _rounds(scenario)
    yield _commands(scenario)


def _rounds(scenario: Data) -> str:
    rounds = f"{scenario['rounds']} round{'s' if scenario['rounds'] > 1 else ''}"
    warm_up = scenario["warm_up"]
    dropped = f", after {warm_up} dropped to warm up" if warm_up else ""
    return (
        f"{rounds}{dropped}. Processor time is user and system time of the command and all its"
        " children; memory is the most that they held together."
    )


def _commands(scenario: Data) -> str:
    contenders = scenario["contenders"]
    more = [q for q in _COLUMNS if any(q in c["samples"] for c in contenders)]
    head = ("command", "as run", "processor, median", "from – to", *(_COLUMNS[q] for q in more))
    return table(head, [_row(contender, more) for contender in contenders])


def _row(contender: Data, more: Sequence[str]) -> tuple[str, ...]:
    name, samples = contender["name"], contender["samples"]
    as_run = f"`{contender['shown']}`" if contender["shown"] != name else ""
    if not samples:
        return (name, as_run, "not finished", "", *("" for _ in more))
    cpu = samples["cpu"]
    cells = [
        shown(q, (max if q == "memory" else median)(samples[q])) if q in samples else ""
        for q in more
    ]
    return name, as_run, seconds(median(cpu)), f"{seconds(min(cpu))} – {seconds(max(cpu))}", *cells


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "|".join(["---"] * len(head)) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"

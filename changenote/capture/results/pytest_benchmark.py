"""pytest-benchmark: `pytest --benchmark-json FILE`."""

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Series

NAME = "pytest-benchmark"


def recognises(document: Document) -> bool:
    """Is it what `--benchmark-json` or `--benchmark-save` writes?"""
    root = document.root
    first = (root.get("benchmarks") or root).get(0)
    return root.has("machine_info", "benchmarks") or bool(first and first.has("stats", "name"))


def series(document: Document) -> list[Series]:
    """One number for each benchmark: the median of its rounds, as all rounds are one run."""
    root = document.root
    found = [_of(benchmark, root) for benchmark in root["benchmarks"].items()]
    if not found:
        root["benchmarks"].refuse("empty", "at least one benchmark")
    return found


def _of(benchmark: Field, root: Field) -> Series:
    name = benchmark.get("fullname") or benchmark["name"]
    machine = root.get("machine_info")
    host = machine and machine.get("node")
    at = root.get("datetime")
    return Series(
        name=name.text(),
        unit="s",
        better="lower",
        values=(benchmark["stats"]["median"].number("s"),),
        tool=NAME,
        sample="pytest run (median of its rounds)",
        measured_at=at.moment() if at else None,
        conditions={"host": host.text()} if host else {},
    )

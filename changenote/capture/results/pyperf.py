"""pyperf: `python -m pyperf … -o FILE`."""

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Series
from changenote.model.ranks import median

NAME = "pyperf"
_UNITS = {"second": "s", "byte": "B", "integer": "1"}


def recognises(document: Document) -> bool:
    """Is it a suite of pyperf?"""
    first = (document.root.get("benchmarks") or document.root).get(0)
    return bool(first and first.has("runs"))


def series(document: Document) -> list[Series]:
    """One number for each process: the median of its values."""
    return [_of(benchmark, document.root) for benchmark in document.root["benchmarks"].items()]


def _of(benchmark: Field, root: Field) -> Series:
    runs = [run for run in benchmark["runs"].items() if run.get("values")]
    if not runs:
        benchmark["runs"].refuse("without values", "a run that is no calibration")
    word = _metadata("unit", benchmark, root)
    if word and word.text() not in _UNITS:
        word.refuse(repr(word.value), "second, byte or integer")
    unit = _UNITS[word.text()] if word else "s"
    name = _metadata("name", benchmark, root)
    host = _metadata("hostname", benchmark, root)
    at = _metadata("date", runs[0], benchmark)
    return Series(
        name=name.text() if name else "pyperf benchmark",
        unit=unit,
        better="lower",
        values=tuple(_of_process(run["values"], unit) for run in runs),
        tool=NAME,
        sample="pyperf process (median of its values)",
        measured_at=at.moment() if at else None,
        conditions={"host": host.text()} if host else {},
    )


def _of_process(values: Field, unit: str) -> float:
    numbers = [value.number(unit) for value in values.items()]
    if not numbers:
        values.refuse("empty", f"numbers in {unit}")
    return median(numbers)


def _metadata(name: str, *places: Field) -> Field | None:
    """What the nearest of these places says; pyperf moves what all share to the outside."""
    for place in places:
        metadata = place.get("metadata")
        if found := metadata and metadata.get(name):
            return found
    return None

"""github-action-benchmark: its custom JSON, a list of `{name, unit, value}`."""

from changenote.capture.results.document import Document
from changenote.capture.results.series import Run, Series

NAME = "github-action-benchmark"
_RUN = Run(tool=NAME, sample="benchmark run")
_UNITS = {
    "percent": "%",
    "nanoseconds": "ns",
    "microseconds": "us",
    "milliseconds": "ms",
    "seconds": "s",
    "bytes": "B",
    "kilobytes": "kB",
    "megabytes": "MB",
    "gigabytes": "GB",
}


def recognises(document: Document) -> bool:
    """Is it a list of named values?"""
    first = document.root.get(0)
    return bool(first and first.has("name", "value"))


def series(document: Document) -> list[Series]:
    """Every value; whether lower or higher is better stands in the workflow, not in the file."""
    found = []
    for entry in document.root.items():
        unit = entry.get("unit")
        known = _unit(unit.text()) if unit else None
        name = entry["name"].text()
        found.append(_RUN.one(name, entry["value"].number(known), known, wanted=True))
    return found


def _unit(text: str) -> str:
    """`Percent` → `%`, `ns/iter` → `ns`."""
    text = text.strip()
    text = text.removesuffix("/iter").removesuffix("/op")
    return _UNITS.get(text.lower(), text)

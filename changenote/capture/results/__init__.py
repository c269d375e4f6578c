"""Result files of measuring tools → series of numbers → metrics of a note.

    series = read_results([Path("perf/before.json")])
    imported = metrics_from([Path("perf/before.json")], [Path("perf/after.json")])

One number is one run: a process, a load test, a page load, never a request or an iteration inside
a run. The tool is told by what stands in a file. What cannot be used is a `BadResult` that names
the file, the field and what was expected there.
"""

from changenote.capture.results.importing import (
    Imported,
    formats,
    metrics_from,
    read_results,
    read_text,
    sides_of,
)
from changenote.capture.results.series import Better, Plan, Series

__all__ = [
    "Better",
    "Imported",
    "Plan",
    "Series",
    "formats",
    "metrics_from",
    "read_results",
    "read_text",
    "sides_of",
]

"""Bencher Metric Format: https://bencher.dev/docs/reference/bencher-metric-format/."""

from changenote.capture.results.document import Document
from changenote.capture.results.series import Better, Run, Series

NAME = "bencher"
_RUN = Run(tool=NAME, sample="benchmark run")
_BETTER: dict[str, Better] = {
    "latency": "lower",
    "throughput": "higher",
    "build-time": "lower",
    "file-size": "lower",
}


def recognises(document: Document) -> bool:
    """Is it an object of benchmarks, each with measures that have a value?"""
    value = document.root.value
    if not isinstance(value, dict) or not value:
        return False
    measures = next(iter(value.values()))
    if not isinstance(measures, dict) or not measures:
        return False
    metric = next(iter(measures.values()))
    return isinstance(metric, dict) and "value" in metric


def series(document: Document) -> list[Series]:
    """Every measure of every benchmark; the format does not tell units."""
    return [
        _RUN.one(
            f"{benchmark} {measure}",
            metric["value"].number(),
            None,
            _BETTER.get(measure.lower()),
            wanted=True,
        )
        for benchmark, measures in document.root.members()
        for measure, metric in measures.members()
    ]

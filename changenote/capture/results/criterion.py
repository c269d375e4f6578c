"""criterion.rs: `target/criterion`, one of the files in it, or messages of cargo-criterion.

Its samples are iterations of one process. Two runs of one unchanged program mostly "differ" by
them, so a benchmark is one number: the slope of time over iterations, which criterion shows too.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from changenote.capture.results.document import Document, Field, parsed
from changenote.capture.results.files import below, contents, decoded
from changenote.capture.results.numbers import number_in
from changenote.capture.results.series import Run, Series
from changenote.errors import BadResult

NAME = "criterion"
_RUN = Run(tool=NAME, sample="criterion run (its samples share one process)")
_RAW = "group,function,value,"
_FILES = ("estimates.json", "sample.json")


def recognises(document: Document) -> bool:
    """Is it estimates.json, sample.json, raw.csv, or what cargo-criterion prints?"""
    root = document.root
    return bool(
        _is_estimates(root)
        or _is_comparison(root)
        or root.has("iters", "times")
        or any(_is_message(message) for message in document.json)
        or (document.text.startswith(_RAW) and "iteration_count" in document.text[:200])
    )


def series(document: Document) -> list[Series]:
    """The time of one iteration, one number for each benchmark."""
    root = document.root
    if _is_comparison(root):
        root.refuse(
            "criterion's own comparison, not a measurement",
            "the estimates of one side",
            "give the folder target/criterion of each side, or new/estimates.json in it",
        )
    if _is_estimates(root):
        return [_one(_name(document), _of_estimates(root))]
    if root.has("iters", "times"):
        return [_one(_name(document), _slope(root["iters"], root["times"]))]
    messages = [message for message in document.json if _is_message(message)]
    if messages:
        return [_of_message(message) for message in messages]
    return _of_raw(document)


def results_in(folder: Path) -> list[Path]:
    """The newest estimates of each benchmark below a folder; those of other runs are left out."""
    found: dict[Path, Path] = {}
    for path in below(folder):
        # `base` and named baselines are older runs, `change` compares two.
        inside = path.parent.name == "new" or path.parent == folder
        if path.name in _FILES and inside and path.parent.name != "change":
            found.setdefault(path.parent, path)
    return list(found.values())


def _is_estimates(root: Field) -> bool:
    mean = root.get("mean", "Mean")
    spread = root.get("std_dev", "StdDev", "median_abs_dev", "MedianAbsDev")
    return bool(spread and mean and mean.has("point_estimate"))


def _is_comparison(root: Field) -> bool:
    mean = root.get("mean", "Mean")
    return bool(mean and mean.has("point_estimate") and not _is_estimates(root))


def _is_message(message: Field) -> bool:
    reason = message.get("reason")
    return bool(reason and reason.value == "benchmark-complete")


def _one(name: str, time: float, unit: str = "ns") -> Series:
    return _RUN.one(name, time, unit, "lower", wanted=True)


def _of_estimates(root: Field) -> float:
    typical = root.get("slope", "Slope") or root.get("mean", "Mean") or root["mean"]
    return typical["point_estimate"].number("ns")


def _slope(iterations: Field, times: Field) -> float:
    """The line through the origin that fits best; the mean when all have as many iterations."""
    xs = [x.number() for x in iterations.items()]
    ys = [y.number("ns") for y in times.items()]
    if not xs or len(xs) != len(ys):
        times.refuse(f"{len(ys)} times for {len(xs)} counts of iterations", "as many of both")
    return _fitted(xs, ys, iterations)


def _fitted(xs: Sequence[float], ys: Sequence[float], field: Field) -> float:
    if min(xs) <= 0:
        field.refuse("not above 0", "how often each sample ran the benchmark")
    if len(set(xs)) == 1:
        return sum(y / x for x, y in zip(xs, ys, strict=True)) / len(xs)
    return sum(x * y for x, y in zip(xs, ys, strict=True)) / sum(x * x for x in xs)


def _name(document: Document) -> str:
    """The benchmark's full name, which stands in a file beside the numbers."""
    path = document.path
    if path is None:
        return "criterion benchmark"
    beside = path.with_name("benchmark.json")
    try:
        root = parsed(decoded(contents(beside), str(beside)), str(beside))[0]
        return root["full_id"].text()
    except BadResult:  # taken out of its folder; the folders are named after the benchmark
        return "/".join(path.absolute().parts[-4:-2]) or "criterion benchmark"


def _of_message(message: Field) -> Series:
    typical = message["typical"]
    unit = typical["unit"].text()
    return _one(message["id"].text(), typical["estimate"].number(unit), unit)


def _of_raw(document: Document) -> list[Series]:
    import csv

    found: dict[str, tuple[list[float], list[float], str]] = {}
    for line, row in enumerate(csv.DictReader(document.text.splitlines()), 2):
        name = "/".join(part for key in ("group", "function", "value") if (part := row.get(key)))
        cells = list(_cells(row, document.file, line))
        xs, ys, _ = found.setdefault(name, ([], [], row.get("unit") or "ns"))
        xs.append(cells[0])
        ys.append(cells[1])
    field = document.root
    return [_one(name, _fitted(xs, ys, field), unit) for name, (xs, ys, unit) in found.items()]


def _cells(row: dict[str, str], file: str, line: int) -> Iterator[float]:
    for key in ("iteration_count", "sample_measured_value"):
        yield number_in(row.get(key) or "", f"{file}:{line}: {key}")

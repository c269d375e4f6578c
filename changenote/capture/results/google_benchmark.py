"""Google Benchmark: `--benchmark_out=FILE --benchmark_out_format=json`, or `…_format=json`.

The repetitions of a benchmark are its samples, as the tool itself counts them. They share one
process, which the sample says: only several files a side show what differs between processes.
"""

from collections.abc import Iterator
from datetime import datetime

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Better, Series
from changenote.patterns import pattern

NAME = "google-benchmark"
_COMPUTED = pattern(r".+_(?:mean|median|stddev|cv|min|max|BigO|RMS)")
_UNITS = ("ns", "us", "ms", "s")
_RATES: dict[str, str] = {"items_per_second": "items/s", "bytes_per_second": "B/s"}
_NOT_COUNTED = frozenset(
    """name run_name run_type repetitions repetition_index family_index per_family_instance_index
    threads iterations real_time cpu_time time_unit label error_occurred error_message skipped
    skip_message aggregate_name aggregate_unit""".split()
)


def recognises(document: Document) -> bool:
    """Is it what Google Benchmark writes?"""
    first = (document.root.get("benchmarks") or document.root).get(0)
    context = document.root.get("context")
    return bool(
        (context and document.root.has("benchmarks") and context.has("date"))
        or (first and (first.has("real_time", "name") or first.has("error_occurred", "name")))
    )


def series(document: Document) -> list[Series]:
    """The real time of each benchmark, one number for each repetition, and its other counters."""
    root = document.root
    runs = [run for run in root["benchmarks"].items() if not _is_computed(run)]
    good = [run for run in runs if not _failed(run)]
    if not good:
        _refuse(root, runs)
    by_name: dict[str, list[Field]] = {}
    for run in good:
        by_name.setdefault(_name(run), []).append(run)
    cautions = (*_build(root), *_errors(runs))
    return [s for name, of in by_name.items() for s in _series(name, of, root, cautions)]


def _is_computed(run: Field) -> bool:
    """Is it a mean or another number that was calculated from the repetitions?"""
    kind = run.get("run_type")  # since 1.5
    return kind.text() == "aggregate" if kind else bool(_COMPUTED.fullmatch(_name(run)))


def _name(run: Field) -> str:
    return run["name"].text()


def _failed(run: Field) -> bool:
    return any(
        (field := run.get(key)) and field.value is True for key in ("error_occurred", "skipped")
    )


def _refuse(root: Field, runs: list[Field]) -> None:
    benchmarks = root["benchmarks"]
    if runs and len(runs) == len(list(benchmarks.items())):
        benchmarks.refuse("without a benchmark that ran: all failed", "a benchmark that ran")
    benchmarks.refuse(
        "only means and other numbers calculated from the runs",
        "every repetition, as a verdict needs the runs themselves",
        "run it again without --benchmark_report_aggregates_only",
    )


def _series(
    name: str, runs: list[Field], root: Field, cautions: tuple[str, ...]
) -> Iterator[Series]:
    unit = runs[0].get("time_unit")
    if unit and unit.text() not in _UNITS:
        unit.refuse(repr(unit.value), "ns, us, ms or s")
    time = unit.text() if unit else "ns"
    for key in ("real_time", "cpu_time", *_counters(runs[0])):
        better: Better | None = "lower" if key in ("real_time", "cpu_time") else None
        of = time if better else _RATES.get(key, "1")
        yield Series(
            name=name if key == "real_time" else f"{name} {key}",
            unit=of,
            better="higher" if key in _RATES else better,
            values=tuple(run[key].number(of) for run in runs),
            tool=NAME,
            sample="benchmark repetition, all in one process",
            wanted=key == "real_time",
            measured_at=_moment(root),
            conditions=_conditions(root),
            cautions=cautions,
        )


def _counters(run: Field) -> list[str]:
    """A team's own counters stand among the tool's own keys."""
    return [
        key
        for key, field in run.members()
        if key not in _NOT_COUNTED
        and isinstance(field.value, int | float)
        and not isinstance(field.value, bool)
    ]


def _moment(root: Field) -> datetime | None:
    date = (root.get("context") or root).get("date")
    return date.moment() if date else None


def _conditions(root: Field) -> dict[str, str]:
    host = (root.get("context") or root).get("host_name")
    return {"host": host.text()} if host else {}


def _build(root: Field) -> Iterator[str]:
    context = root.get("context") or root
    build = context.get("library_build_type")
    if build and build.value == "debug":
        yield "Google Benchmark itself was built for debugging: its times are not to be trusted"
    scaling = context.get("cpu_scaling_enabled")
    if scaling and scaling.value is True:
        yield "the processor changed its speed while measuring (cpu_scaling_enabled)"


def _errors(runs: list[Field]) -> Iterator[str]:
    told = set()
    for run in runs:
        if _failed(run) and _name(run) not in told:
            told.add(_name(run))
            message = run.get("error_message", "skip_message")
            why = f": {message.value}" if message else ""
            yield f"the benchmark {_name(run)} was left out, as it failed{why}"

"""k6: `handleSummary` data, `--summary-export`, and the machine-readable summary of k6 2."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Better, Run, Series
from changenote.patterns import pattern
from changenote.records import record

NAME = "k6"
_OWN = pattern(
    r"(?:http_|iteration|dropped_iterations|group_duration|vus|data_|checks|ws_|grpc_|browser_).*"
)
# The export does not tell what is a time: https://grafana.com/docs/k6/latest/using-k6/metrics/reference/
_OWN_TIMES = pattern(
    r"(?:http_req_(?!failed)\w+|iteration_duration|group_duration|ws_(?:connecting|session_duration"
    r"|ping)|grpc_req_duration|browser_(?:http_req_duration|web_vital_(?!cls)\w+))(?:\{.*\})?"
)
_MAIN = ("http_req_duration", "grpc_req_duration", "browser_web_vital_lcp", "ws_session_duration")
_PERCENTILE = pattern(r"p\((\d+(?:\.\d+)?)\)")
_NAMED = 5  # crossed thresholds and failed checks that are named one by one
_BETTER: Mapping[str, Better] = {
    "http_reqs": "higher",
    "iterations": "higher",
    "checks": "higher",
    "http_req_failed": "lower",
    "dropped_iterations": "lower",
}


@record
class _Metric:
    name: str
    kind: str  # trend, rate, counter or gauge
    contains: str | None  # time, data or default; None when the file does not tell
    inner: Field  # where the values stand
    values: Mapping[str, Field]
    crossed: tuple[str, ...] = ()  # its thresholds that were not kept

    @property
    def base(self) -> str:
        """The name without the tags of a submetric: `http_reqs{scenario:a}` → `http_reqs`."""
        return self.name.partition("{")[0]


def recognises(document: Document) -> bool:
    """Is it the summary of a k6 test run?"""
    root = document.root
    metrics = root.get("metrics")
    if metrics and isinstance(metrics.value, dict):
        known = ("root_group", "iterations", "vus", "http_reqs", "iteration_duration")
        return root.has("root_group") or any(metrics.has(name) for name in known)
    metadata = root.get("metadata")
    return bool(root.has("results") and metadata and metadata.has("k6Version"))


def series(document: Document) -> list[Series]:
    """The statistics of one test run, each of them one number."""
    root = document.root
    metrics = _machine_readable(root) if root.has("results") else _summarised(root)
    at = (root.get("metadata") or root).get("generatedAt")
    run = Run(
        tool=NAME,
        sample="k6 test run",
        measured_at=at.moment() if at else None,
        conditions=_load(metrics),
        cautions=(*_crossed(metrics), *_failed_checks(root), *_failed_requests(metrics)),
    )
    found = [made for metric in metrics for made in _of(metric, run)]
    if not found:
        root.refuse("a summary without any number", "at least one metric")
    return found if any(s.wanted for s in found) else _next_best(found)


def _summarised(root: Field) -> list[_Metric]:
    """The metrics of `handleSummary` data or of `--summary-export`, which has no inner `values`."""
    found = []
    for name, metric in root["metrics"].members():
        inner = metric.get("values") or metric
        kind, contains = metric.get("type"), metric.get("contains")
        values = dict(inner.members())
        found.append(
            _Metric(
                name=name,
                kind=kind.text() if kind else _kind(values),
                contains=contains.text() if contains else None,
                inner=inner,
                values=values,
                crossed=tuple(_crossed_of(metric)),
            )
        )
    return found


def _machine_readable(root: Field) -> list[_Metric]:
    seconds = root["config"]["duration"].number("s")
    found = []
    for metric in root["results"]["metrics"].items():
        inner = metric["values"]
        values = dict(inner.members())
        if "count" in values and "rate" not in values and seconds > 0:
            # The only number that this summary no longer holds.
            rate = values["count"].number() / seconds
            values["rate"] = Field(rate, metric.file, values["count"].path)
        name, kind, contains = (metric[key].text() for key in ("name", "type", "contains"))
        found.append(_Metric(name=name, kind=kind, contains=contains, inner=inner, values=values))
    return found


def _kind(values: Mapping[str, Field]) -> str:
    if "passes" in values:
        return "rate"
    if "rate" in values:
        return "counter"
    return "trend" if "avg" in values or any(map(_PERCENTILE.match, values)) else "gauge"


def _crossed_of(metric: Field) -> Iterator[str]:
    """The thresholds that were crossed: `{"ok": false}`, but a bare `true` in the export."""
    thresholds = metric.get("thresholds")
    # In the list of the new format, thresholds are only named.
    for text, threshold in thresholds.members() if thresholds else ():
        ok = threshold.get("ok")
        if ok.value is False if ok else threshold.value is True:
            yield text


def _of(metric: _Metric, run: Run) -> Iterator[Series]:
    own = _OWN.fullmatch(metric.name)
    plain = metric.name == metric.base
    match metric.kind:
        case "trend":
            yield from _of_trend(metric, run, wanted=plain and (metric.name in _MAIN or not own))
        case "rate":
            share = metric.values.get("rate") or metric.inner["value"]
            better = _BETTER.get(metric.base)
            wanted = metric.name == "http_req_failed" or not own
            yield run.one(
                f"{metric.name} rate", share.number(), "ratio", better, wanted=wanted, rank=8
            )
        case "counter":
            yield from _of_counter(metric, run, wanted=metric.name == "http_reqs" or not own)
        case _:
            if value := metric.values.get("value"):
                unit = {"time": "ms", "data": "B"}.get(metric.contains or "", "1")
                yield run.one(metric.name, value.number(), unit)


def _of_trend(metric: _Metric, run: Run, *, wanted: bool) -> Iterator[Series]:
    told = {"time": "ms", "data": "B", "default": "1"}.get(metric.contains or "")
    unit = told or ("ms" if _OWN_TIMES.fullmatch(metric.name) else None)
    if unit is None and metric.base.startswith("browser_web_vital_cls"):
        unit = "1"
    better: Better | None = "lower" if unit == "ms" or _OWN.match(metric.name) else None
    statistics = [name for name in metric.values if _statistic(name)]
    headline = _headline(statistics)
    rank = _MAIN.index(metric.name) if metric.name in _MAIN else 5
    for name in statistics:
        yield run.one(
            f"{metric.name} {_statistic(name)}",
            metric.values[name].number(unit),
            unit,
            better,
            wanted=wanted and name == headline,
            rank=rank,
        )


def _statistic(name: str) -> str:
    """`p(95)` → `p95`; nothing for what is no statistic, such as the number of requests."""
    if match := _PERCENTILE.fullmatch(name):
        return f"p{match[1]}"
    return name if name in ("avg", "min", "med", "max") else ""


def _headline(statistics: Sequence[str]) -> str | None:
    """The percentile nearest to 95, as most promises are made about that; else the median."""
    percentiles = [name for name in statistics if _PERCENTILE.fullmatch(name)]
    if percentiles:
        return min(percentiles, key=lambda name: abs(float(name[2:-1]) - 95))
    return next((name for name in ("med", "avg") if name in statistics), None)


def _of_counter(metric: _Metric, run: Run, *, wanted: bool) -> Iterator[Series]:
    better = _BETTER.get(metric.base)
    unit = "B" if metric.contains == "data" or metric.base.startswith("data_") else None
    if rate := metric.values.get("rate"):
        per_second = f"{unit}/s" if unit else "req/s" if metric.base == "http_reqs" else "1/s"
        yield run.one(
            f"{metric.name} rate", rate.number(), per_second, better, wanted=wanted, rank=7
        )
    if count := metric.values.get("count"):
        yield run.one(f"{metric.name} count", count.number(), unit or "1")


def _load(metrics: Sequence[_Metric]) -> dict[str, str]:
    for name in ("vus_max", "vus"):
        for metric in metrics:
            most = metric.values.get("max") or metric.values.get("value")
            if metric.name == name and most:
                return {"load": f"{most.number():g} VUs"}
    return {}


def _crossed(metrics: Sequence[_Metric]) -> Iterator[str]:
    crossed = [f"{text} of {m.name}" for m in metrics for text in m.crossed]
    yield from (f"the threshold {text} was crossed" for text in crossed[:_NAMED])
    if len(crossed) > _NAMED:
        yield f"{len(crossed) - _NAMED} more thresholds were crossed"


def _failed_checks(root: Field) -> Iterator[str]:
    failed = [(name, times) for name, times in _checks(root) if times]
    for name, times in failed[:_NAMED]:
        yield f"the check {name!r} failed {times:,} times"
    if len(failed) > _NAMED:
        yield f"{len(failed) - _NAMED} more checks failed"


def _checks(root: Field) -> Iterator[tuple[str, int]]:
    """Name and failures of every check, also of those inside groups."""
    results = root.get("results")
    if checks := results and results.get("checks"):
        listed = checks.get("results")
        yield from map(_check, listed.items() if listed else ())
    groups = [group] if (group := root.get("root_group")) else []
    while groups:
        group = groups.pop(0)
        yield from map(_check, _listed(group.get("checks")))
        groups.extend(_listed(group.get("groups")))


def _check(check: Field) -> tuple[str, int]:
    fails = check.get("fails")
    return check["name"].text(), fails.count() if fails else 0


def _listed(field: Field | None) -> list[Field]:
    """What is a list in one kind of summary and an object by name in the other."""
    if field is None:
        return []
    return [v for _, v in field.members()] if isinstance(field.value, dict) else list(field.items())


def _failed_requests(metrics: Sequence[_Metric]) -> Iterator[str]:
    """How many requests failed: `passes` of `http_req_failed` counts the failures."""
    for metric in metrics:
        if metric.name == "http_req_failed":
            failed = metric.values.get("passes") or metric.values.get("matches")
            if failed and failed.count():
                yield f"{failed.count():,} requests failed"


def _next_best(found: list[Series]) -> list[Series]:
    """A script without requests: how long an iteration takes is what is left to look at."""
    names = ("iteration_duration p95", "iteration_duration med", found[0].name)
    name = next(name for name in names if any(s.name == name for s in found))
    return [replace(s, wanted=s.name == name) for s in found]

"""Prometheus: what `/api/v1/query` and `/api/v1/query_range` answer.

Every value stands for the window that the query looks at. Windows that follow each other are no
independent runs, and the sample says so.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from changenote.capture.results.document import Document, Field
from changenote.capture.results.numbers import number_in
from changenote.capture.results.series import Series
from changenote.errors import BadResult
from changenote.model.problems import shown

NAME = "prometheus"
# https://prometheus.io/docs/practices/naming/
_UNITS = {"_seconds": "s", "_bytes": "B", "_ratio": "ratio"}
_ONE = 'a query with one answer, such as sum(…), or one label more, such as {instance="…"}'


def recognises(document: Document) -> bool:
    """Is it an answer of Prometheus's HTTP API?"""
    root = document.root
    data = root.get("data")
    first = root.get(0)
    if first and first.has("metric") and first.get("value", "values"):
        return True  # `promtool query -o json` prints the result alone
    return bool(root.has("status") and (root.has("errorType") or (data and data.has("resultType"))))


def series(document: Document) -> list[Series]:
    """The one series of the answer, one number for each window."""
    root = document.root
    if isinstance(root.value, list):
        return [_of_labelled(root, root)]
    if root["status"].value != "success":
        _refuse_error(root)
    kind, result = root["data"]["resultType"].text(), root["data"]["result"]
    if kind == "scalar":
        return [_series([result], {}, root)]
    if kind not in ("vector", "matrix"):
        root["data"]["resultType"].refuse(repr(kind), "scalar, vector or matrix")
    return [_of_labelled(result, root)]


def _of_labelled(result: Field, root: Field) -> Series:
    one = _only(result)
    metric = one.get("metric")
    labels = {k: v.text() for k, v in metric.members()} if metric else {}
    return _series(_points(one), labels, root)


def _refuse_error(root: Field) -> None:
    kind, error = root.get("errorType"), root.get("error")
    said = shown(error.value if error else "no reason told", limit=150)
    raise BadResult(
        f"{root.where()}: Prometheus refused the query: {kind.value if kind else 'error'}: {said}",
        expected="an answer with status success",
        hint="correct the query, and save its answer again",
    )


def _only(result: Field) -> Field:
    found = list(result.items())
    if not found:
        result.refuse(
            "empty: the query matched nothing in that window",
            "one series",
            "check names, labels and time of the query; a series may have been renamed",
        )
    if len(found) > 1:
        named = "; ".join(_labels(one) for one in found[:4]) + ("; …" if len(found) > 4 else "")
        result.refuse(
            f"{len(found)} series: {shown(named, limit=160)}", "one series", f"use {_ONE}"
        )
    return found[0]


def _labels(one: Field) -> str:
    metric = one.get("metric")
    return ", ".join(f"{k}={v.value}" for k, v in metric.members()) if metric else "no labels"


def _points(one: Field) -> list[Field]:
    if one.has("histogram") or one.has("histograms"):
        one.refuse("a native histogram", "numbers", "use histogram_quantile(0.95, …) in the query")
    points = [one["value"]] if one.get("value") else list(one["values"].items())
    if not points:
        one["values"].refuse("empty", "at least one value")
    return points


def _series(points: list[Field], labels: dict[str, str], root: Field) -> Series:
    name = labels.get("__name__", "")
    unit = next((u for ending, u in _UNITS.items() if name.endswith(ending)), None)
    step = _step(points)
    return Series(
        name=_name(name, labels),
        unit=unit,
        values=tuple(_value(point[1], unit) for point in points),
        tool=NAME,
        sample=f"window, one every {step:g} s" if step else "window of the query",
        measured_at=_moment(points[0][0]),
        cautions=tuple(_cautions(points, root)),
    )


def _name(name: str, labels: dict[str, str]) -> str:
    """The metric, or the labels that a query such as `sum by (route)` left."""
    rest = ", ".join(
        f"{k}={v}" for k, v in labels.items() if k not in ("__name__", "job", "instance")
    )
    return f"{name}{{{rest}}}" if name and rest else name or rest


def _value(field: Field, unit: str | None) -> float:
    text = field.text()
    if text == "NaN":
        field.refuse(
            "NaN: in that window there was nothing to divide or to average",
            "a finite number",
            "choose a window with traffic",
        )
    return number_in(text, field.where(), unit)


def _step(points: list[Field]) -> float:
    times = [point[0].number("s") for point in points[:2]]
    return round(times[1] - times[0], 3) if len(times) == 2 else 0


def _moment(field: Field) -> datetime | None:
    try:
        return datetime.fromtimestamp(field.number("s"), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _cautions(points: list[Field], root: Field) -> Iterator[str]:
    if len(points) > 1:
        yield "windows that follow each other are not independent runs: trust the verdict less"
    warnings = root.get("warnings")
    for warning in list(warnings.items())[:3] if warnings else ():
        yield f"Prometheus warned: {shown(warning.text(), limit=120)}"

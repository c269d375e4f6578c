"""Lighthouse: `lighthouse URL --output json`, reports of Lighthouse CI, PageSpeed Insights, flows.

Lighthouse CI writes more than reports: its manifest holds scores alone, and its assertion results
hold limits.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from changenote.capture.results.document import Document, Field, parsed
from changenote.capture.results.files import contents, decoded
from changenote.capture.results.series import Better, Run, Series
from changenote.model.problems import shown

NAME = "lighthouse"
_SAMPLE = "page load"
_WANTED = (
    "largest-contentful-paint",
    "first-contentful-paint",
    "speed-index",
    "total-blocking-time",
    "cumulative-layout-shift",
)
_UNITS = {"millisecond": "ms", "second": "s", "byte": "B", "unitless": "1", "element": "elements"}
_OLD_UNITS = {  # before Lighthouse 6 a report did not tell
    **dict.fromkeys(_WANTED, "ms"),
    "cumulative-layout-shift": "1",
    "interactive": "ms",
    "first-meaningful-paint": "ms",
    "first-cpu-idle": "ms",
    "time-to-first-byte": "ms",
    "max-potential-fid": "ms",
    "estimated-input-latency": "ms",
    "total-byte-weight": "B",
}
_NAMED = 5


def recognises(document: Document) -> bool:
    """Is it a report, or something of Lighthouse CI?"""
    return is_report(document) or is_manifest(document) or _is_assertions(document)


def is_report(document: Document) -> bool:
    """Is it a report with the numbers themselves?"""
    return bool(list(_reports(document.root)))


def series(document: Document) -> list[Series]:
    """The numbers of one page load; of all its page loads for a manifest beside its reports."""
    root = document.root
    if _is_assertions(document):
        root.refuse(
            "what Lighthouse CI asserted: limits, and not every page load",
            "reports of page loads",
            "give the reports: the folder .lighthouseci, or lhr-*.json in it",
        )
    if is_manifest(document):
        return _of_manifest(document)
    return [s for name, report in _reports(root) for s in _of_report(report, name)]


def _reports(root: Field) -> Iterator[tuple[str, Field]]:
    """The reports in a document, with the name of the step when it is a flow."""
    if root.has("audits", "categories") or root.has("audits", "lighthouseVersion"):
        yield "", root
    elif result := root.get("lighthouseResult"):  # PageSpeed Insights
        yield "", result
    elif (steps := root.get("steps")) and isinstance(steps.value, list):
        for step in steps.items():
            if report := step.get("lhr"):
                name = step.get("name")
                yield name.text() if name else "", report


def is_manifest(document: Document) -> bool:
    """Is it the list of reports that Lighthouse CI writes?"""
    first = document.root.get(0)
    return bool(first and first.has("jsonPath", "summary"))


def _is_assertions(document: Document) -> bool:
    first = document.root.get(0)
    return bool(first and first.has("auditId", "operator"))


def _of_report(report: Field, step: str) -> Iterator[Series]:
    _refuse_failure(report)
    page = step or _page(report)
    at = report.get("fetchTime")
    run = Run(
        tool=NAME,
        sample=_SAMPLE,
        measured_at=at.moment() if at else None,
        conditions=_conditions(report),
        cautions=tuple(_cautions(report)),
    )
    found = [*_of_audits(report, page, run), *_scores(report, page, run)]
    if not found:
        report.refuse("a report without any number", "an audit with a number")
    yield from found


def _refuse_failure(report: Field) -> None:
    error = report.get("runtimeError")
    code = error and error.get("code")
    if error and not (code and code.value == "NO_ERROR"):  # Lighthouse 3 wrote that all the time
        message = error.get("message")
        why = shown(message.value if message else code.value if code else "unknown", limit=120)
        error.refuse(
            f"{why}: the page did not load, so there is nothing to compare",
            "a report of a page that loaded",
            "see that the address works, and measure again",
        )


def _page(report: Field) -> str:
    """The path of the address, as the host often differs between before and after."""
    for key in ("requestedUrl", "finalDisplayedUrl", "finalUrl"):
        if url := report.get(key):
            return path_of(url.text())
    return "page"


def path_of(url: str) -> str:
    """`https://shop.example/cart?x=1` → `/cart?x=1`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "page"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _conditions(report: Field) -> dict[str, str]:
    settings = report.get("configSettings")
    if not settings:
        return {}
    kept = settings.get("disableStorageReset")
    found = {"cache": "cold"} if kept and kept.value is False else {}
    words = [settings.get(key) for key in ("formFactor", "emulatedFormFactor", "throttlingMethod")]
    if load := [word.text() for word in words if word]:
        found["load"] = "one page, " + ", ".join(load)
    return found


def _cautions(report: Field) -> Iterator[str]:
    warnings = report.get("runWarnings")
    for warning in list(warnings.items())[:_NAMED] if warnings else ():
        yield shown(warning.text(), limit=150)
    for name, audit in report["audits"].members():
        mode, message = audit.get("scoreDisplayMode"), audit.get("errorMessage")
        if name in _WANTED and mode and mode.value == "error":
            why = shown(message.value if message else "no reason told")
            yield f"{name} was not measured: {why}"


def _of_audits(report: Field, page: str, run: Run) -> Iterator[Series]:
    for name, audit in report["audits"].members():
        value = audit.get("numericValue", "rawValue")
        if value is None or isinstance(value.value, bool):  # rawValue was a verdict, too
            continue
        unit = _unit(audit, name)
        better: Better | None = "lower" if unit in ("ms", "s", "B") or name in _WANTED else None
        wanted = name in _WANTED
        rank = _WANTED.index(name) if wanted else 0
        number = value.number(unit)
        yield run.one(f"{page} {name}", number, unit, better, wanted=wanted, rank=rank)


def _unit(audit: Field, name: str) -> str | None:
    unit = audit.get("numericUnit")
    return _UNITS.get(unit.text(), unit.text()) if unit else _OLD_UNITS.get(name)


def _scores(report: Field, page: str, run: Run) -> Iterator[Series]:
    categories = report.get("categories")
    for name, category in categories.members() if categories else ():
        if score := category.get("score"):
            yield run.one(
                f"{page} {name} score",
                score.number(),
                "1",
                "higher",
                wanted=name == "performance",
                rank=len(_WANTED),
            )


def _of_manifest(document: Document) -> list[Series]:
    """The reports beside a manifest; its own scores when they are not there.

    The paths in a manifest are those of the machine that measured, so only the names count.
    """
    found: list[Series] = []
    for entry in document.root.items():
        found.extend(_beside(entry, document) or _of_entry(entry))
    return found


def _beside(entry: Field, document: Document) -> list[Series]:
    name = entry["jsonPath"].text().replace("\\", "/").rpartition("/")[2]
    path = document.path and document.path.with_name(name) if name.endswith(".json") else None
    if path is None or not path.is_file():
        return []
    root = parsed(decoded(contents(path), str(path)), str(path))[0]
    return [s for step, report in _reports(root) for s in _of_report(report, step)]


def _of_entry(entry: Field) -> Iterator[Series]:
    run = Run(
        tool=NAME,
        sample=_SAMPLE,
        cautions=("the manifest holds scores only; the times are in the reports, lhr-*.json",),
    )
    page = path_of(entry["url"].text())
    for name, score in entry["summary"].members():
        if score.value is not None:
            wanted = name == "performance"
            yield run.one(f"{page} {name} score", score.number(), "1", "higher", wanted=wanted)

"""oha: `oha --output-format json` (`-j` in older versions)."""

from collections.abc import Iterator

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Run, Series

NAME = "oha"
_NAMED = 5


def recognises(document: Document) -> bool:
    """Is it what `--output-format json` prints?"""
    summary = document.root.get("summary")
    return bool(summary and summary.has("requestsPerSec", "successRate"))


def series(document: Document) -> list[Series]:
    """Latency, rate and success of one load test, each of them one number.

    All times are in s: `metrics.latency_ms`, which newer versions add, says the same in ms.
    """
    root = document.root
    summary = root["summary"]
    _refuse_failure(root)
    run = Run(tool=NAME, sample="oha load test", cautions=tuple(_failed(root)))
    found = [
        run.one(f"latency {name}", value.number("s"), "s", "lower", wanted=name == "p95")
        for name, value in root["latencyPercentiles"].members()
    ]
    for name in ("average", "fastest", "slowest"):
        found.append(run.one(f"latency {name}", summary[name].number("s"), "s", "lower"))
    rate = summary["requestsPerSec"].number("req/s")
    found.append(run.one("requests rate", rate, "req/s", "higher", wanted=True, rank=1))
    found.append(run.one("success rate", summary["successRate"].number(), "ratio", "higher"))
    return found


def _refuse_failure(root: Field) -> None:
    """Any answer is a success to oha, even if its status is 500."""
    codes = root.get("statusCodeDistribution")
    good = [n for code, n in codes.members() if code[:1] in ("2", "3")] if codes else []
    if not any(n.count() for n in good):
        (codes or root["summary"]["successRate"]).refuse(
            "without one request that succeeded, so there is nothing to compare",
            "answers with a status of 2xx or 3xx",
            "see that the server answers, and measure again",
        )


def _failed(root: Field) -> Iterator[str]:
    for code, count in root["statusCodeDistribution"].members():
        if code[:1] not in ("2", "3") and count.count():
            yield f"{count.count():,} answers with status {code}"
    errors = root.get("errorDistribution")
    for error, count in list(errors.members())[:_NAMED] if errors else ():
        yield f"{count.count():,} requests ended with {error!r}"

"""autocannon: `autocannon -j`."""

from collections.abc import Iterator

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Run, Series
from changenote.patterns import pattern

NAME = "autocannon"
_PERCENTILE = pattern(r"p(\d+)(?:_(\d+))?")
_HEADLINES = ("p97.5", "p95", "p99", "p90", "p50")  # the first that is there; there is no p95 today


def recognises(document: Document) -> bool:
    """Is it what `-j` prints?"""
    return document.root.has("latency", "requests", "throughput")


def series(document: Document) -> list[Series]:
    """Latency, rate and errors of one load test, each of them one number."""
    root = document.root
    run = _run(root)
    latencies = {_name(key): value for key, value in root["latency"].members() if _name(key)}
    headline = next((name for name in _HEADLINES if name in latencies), "average")
    found = [
        run.one(f"latency {name}", v.number("ms"), "ms", "lower", wanted=name == headline)
        for name, v in latencies.items()
    ]
    rate = root["requests"]["average"].number("req/s")
    found.append(run.one("requests rate", rate, "req/s", "higher", wanted=True, rank=1))
    data = root["throughput"]["average"].number("B/s")
    found.append(run.one("throughput", data, "B/s", "higher"))
    for name in ("errors", "timeouts", "non2xx"):
        if count := root.get(name):
            found.append(run.one(name, count.number(), "1", "lower"))
    return found


def _run(root: Field) -> Run:
    _refuse_failure(root)
    connections, start = root.get("connections"), root.get("start")
    return Run(
        tool=NAME,
        sample="autocannon load test",
        measured_at=start.moment() if start else None,
        conditions={"load": f"{connections.number():g} connections"} if connections else {},
        cautions=tuple(_failed(root)),
    )


def _name(key: str) -> str:
    """`p97_5` → `p97.5`, as well as `p999` of old versions → `p99.9`."""
    if key in ("average", "min", "max"):
        return key
    if not (match := _PERCENTILE.fullmatch(key)):
        return ""
    whole, part = match[1], match[2] or ""
    if len(whole) > 2:
        whole, part = whole[:2], whole[2:]
    return f"p{whole}.{part}" if part else f"p{whole}"


def _refuse_failure(root: Field) -> None:
    good = root.get("2xx")
    if good and good.count() == 0:
        good.refuse(
            "0: no request succeeded, so there is nothing to compare",
            "answers with a status of 2xx",
            "see that the server answers, and measure again",
        )


def _failed(root: Field) -> Iterator[str]:
    words = {"errors": "errors", "timeouts": "timeouts", "non2xx": "answers other than 2xx"}
    for key, word in words.items():
        count = root.get(key)
        if count and count.count():
            yield f"{count.count():,} {word}"

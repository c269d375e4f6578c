"""vegeta: `vegeta report -type=json`."""

from collections.abc import Iterator

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Run, Series
from changenote.patterns import pattern

NAME = "vegeta"
_PERCENTILE = pattern(r"(\d+)th")
_NAMED = 5


def recognises(document: Document) -> bool:
    """Is it what `report -type=json` prints?"""
    return document.root.has("latencies", "requests", "status_codes")


def series(document: Document) -> list[Series]:
    """Latency, rate and success of one attack, each of them one number."""
    root = document.root
    _refuse_failure(root)
    start, rate = root.get("earliest"), root["rate"].number("req/s")
    run = Run(
        tool=NAME,
        sample="vegeta attack",
        measured_at=start.moment() if start else None,
        # No attack keeps its rate to the last digit, and it is still the same load.
        conditions={"load": f"about {float(f'{rate:.2g}'):g} req/s"},
        cautions=tuple(_failed(root)),
    )
    found = [
        run.one(f"latency {_name(key)}", v.number("ns"), "ns", "lower", wanted=key == "95th")
        for key, v in root["latencies"].members()
        if key != "total"
    ]
    # The rate is what was asked for; the throughput is what was answered with success.
    if throughput := root.get("throughput"):
        found.append(run.one("throughput", throughput.number("req/s"), "req/s", "higher", rank=1))
    found.append(
        run.one("success", root["success"].number(), "ratio", "higher", wanted=True, rank=2)
    )
    return found


def _name(key: str) -> str:
    match = _PERCENTILE.fullmatch(key)
    return f"p{match[1]}" if match else key


def _refuse_failure(root: Field) -> None:
    if root["success"].number() == 0:
        root["success"].refuse(
            "0: no request succeeded, so there is nothing to compare",
            "answers with a status of 2xx or 3xx",
            "see that the target answers, and measure again",
        )


def _failed(root: Field) -> Iterator[str]:
    for code, count in root["status_codes"].members():
        if code[:1] not in ("2", "3") and count.count():
            what = "requests without an answer" if code == "0" else f"answers with status {code}"
            yield f"{count.count():,} {what}"
    errors = root.get("errors")
    for error in list(errors.items())[:_NAMED] if errors else ():
        yield f"the attack met {error.text()!r}"

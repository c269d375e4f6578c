"""Files of measuring tools that cannot be used, each with its reason and what to give instead."""

import re
from collections.abc import Callable

from changenote.capture.results.document import Document
from changenote.errors import BadResult
from changenote.patterns import pattern
from changenote.records import record

_SIEGE = pattern(
    r"(?m)^[ \t]*Transactions:.*\n(?:.*\n)?[ \t]*Availability:|\ADate & Time,\s*Trans,"
)
_BENCHSTAT = pattern(r"(?m)│.*vs base|,vs base,P$|^name\s+old time/op\s+new time/op")
_EXPOSITION = pattern(r"\A# (?:HELP|TYPE) \S+ ")
_REQUESTS_CSV = pattern(r"\A(?:metric_name,timestamp,metric_value|timeStamp,elapsed,label)\b")
_HYPERFINE_CSV = pattern(r"\Acommand,mean,stddev,median,user,system,min,max\b")


@record
class _Kind:
    recognises: Callable[[Document], bool]
    what: str
    expected: str
    hint: str


_PRINTED = (
    ("hyperfine", pattern(r"Time \(mean . .\):"), "--export-json FILE"),
    (
        "k6",
        pattern(r"(?m)^[ \t]*http_req_duration\.+:|█ (?:THRESHOLDS|TOTAL RESULTS)"),
        "--summary-export=FILE",
    ),
    ("autocannon", pattern(r"(?m)^Running \d+\w+ test @ .*\n\d+ connections"), "-j > FILE"),
    ("pytest-benchmark", pattern(r"(?m)^Name \(time in \w+\)"), "--benchmark-json FILE"),
    ("pyperf", pattern(r"(?m)^.*: Mean \+- std dev: "), "-o FILE"),
    ("Google Benchmark", pattern(r"(?m)^Benchmark +Time +CPU +Iterations"), "--benchmark_out=FILE"),
)
"""Tools that also write files, what they print for people, and the option for a file."""

_CRITERION = pattern(r"[ \t]time:[ \t]+\[\S+ \S+ \S+ \S+ \S+ \S+\]")


def reason(document: Document) -> BadResult | None:
    """Why a file cannot be used, if it is one of a kind that is known for that."""
    if not document.json:
        for tool, words, option in _PRINTED:
            if words.search(document.text):
                return BadResult(
                    f"{document.file} is what {tool} printed for people, in rounded numbers",
                    expected=f"what {tool} writes for programs",
                    hint=f"run {tool} with {option}",
                )
    for kind in _KINDS:
        if kind.recognises(document):
            what = f"{document.file} {kind.what}"
            return BadResult(what, expected=kind.expected, hint=kind.hint)
    return None


def _is_siege(document: Document) -> bool:
    if document.json:
        return document.root.has("transactions", "availability", "response_time")
    return bool(_SIEGE.search(document.text))


def _is_k6_points(document: Document) -> bool:
    return document.root.has("type", "data", "metric")


def _is_vegeta_results(document: Document) -> bool:
    return document.root.has("attack", "seq", "latency")


def _matches(words: re.Pattern[str]) -> Callable[[Document], bool]:
    return lambda document: not document.json and bool(words.search(document.text))


_KINDS = (
    _Kind(
        recognises=_is_siege,
        what="is from siege, which rounds times to 10 ms: a change below that cannot be seen",
        expected="times with at least three digits",
        hint="measure with oha, k6, vegeta or autocannon",
    ),
    _Kind(
        recognises=_is_k6_points,
        what="holds the single requests of one k6 run (--out json)",
        expected="a summary, as one number is one run and never one request",
        hint="run k6 with --summary-export=FILE",
    ),
    _Kind(
        recognises=_is_vegeta_results,
        what="holds the single requests of one vegeta attack",
        expected="a report, as one number is one run and never one request",
        hint="give what `vegeta report -type=json` prints",
    ),
    _Kind(
        recognises=_matches(_REQUESTS_CSV),
        what="holds the single requests of one load test",
        expected="a summary of each run, as one number is one run and never one request",
        hint="let the load-test tool write its summary, or a CSV with a line for each run",
    ),
    _Kind(
        recognises=_matches(_HYPERFINE_CSV),
        what="holds hyperfine's means and not its runs",
        expected="the runs themselves",
        hint="run hyperfine with --export-json FILE",
    ),
    _Kind(
        recognises=_matches(_BENCHSTAT),
        what="is a comparison that benchstat made",
        expected="the two files that it was made from",
        hint="give what `go test -bench . -count 10` printed, before and after",
    ),
    _Kind(
        recognises=_matches(_CRITERION),
        what="is what criterion printed for people, in rounded numbers",
        expected="what criterion wrote into target/criterion",
        hint="give the folder target/criterion",
    ),
    _Kind(
        recognises=_matches(_EXPOSITION),
        what="is what a service exposes to Prometheus: counts since it was started",
        expected="the answer to a query over a window of time",
        hint="save what /api/v1/query?query=… answers",
    ),
)

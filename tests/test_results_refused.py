"""What cannot be used of result files is refused with file, field, expectation and a next step."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changenote.capture.results import metrics_from, read_results, read_text
from changenote.errors import BadResult, ChangenoteError

DATA = Path(__file__).parent / "data" / "results"
FILES = sorted(path for path in DATA.rglob("*") if path.is_file() and path.name != "README.md")


def refusal(raw: bytes) -> BadResult:
    with pytest.raises(BadResult) as refused:
        read_text(raw, name="x.json")
    return refused.value


def hyperfine(times: str, codes: str = "[0, 0]") -> bytes:
    text = f'{{"results": [{{"command": "a", "times": {times}, "exit_codes": {codes}}}]}}'
    return text.encode()


TRAPS = {
    "hyperfine/failing-ignored.json": ": results[0].exit_codes[0] is 3: a run that failed is no measure",
    "google-benchmark/aggregates-only.json": ": benchmarks is only means and other numbers calculated from the runs",
    "criterion/after/fib/change/estimates.json": " is criterion's own comparison, not a measurement",
    "lhci/assertion-results.json": " is what Lighthouse CI asserted: limits, and not every page load",
    "k6/after-points-head.ndjson": " holds the single requests of one k6 run (--out json)",
    "postgres-explain/06-after-noanalyze.json": ": [0] was planned but not executed: there is neither a time nor a block count",
    "postgres-explain/after-warm.yaml": " is a plan in YAML",
    "prometheus/query-empty.json": ": data.result is empty: the query matched nothing in that window",
    "prometheus/query-error.json": ': Prometheus refused the query: bad_data: invalid parameter "query": 1:6: parse error: unclosed left parenthesis',
    "prometheus/query-nan.json": ": data.result[1] is NaN: in that window there was nothing to divide or to average",
    "prometheus/query-two-series.json": ": data.result is 2 series: instance=127.0.0.1:19191, job=app, result=hit; instance=127.0.0.1:19191, job=app, result=miss",
    "go-bench/benchstat.txt": " is a comparison that benchstat made",
    "go-bench/benchstat.csv": " is a comparison that benchstat made",
    "vegeta/report-json-from-README.json": ":1:14: not valid JSON: it ends too early",
    "printed/hyperfine.txt": " is what hyperfine printed for people, in rounded numbers",
    "printed/k6.txt": " is what k6 printed for people, in rounded numbers",
    "printed/autocannon.txt": " is what autocannon printed for people, in rounded numbers",
    "printed/pytest-benchmark.txt": " is what pytest-benchmark printed for people, in rounded numbers",
    "printed/pyperf.txt": " is what pyperf printed for people, in rounded numbers",
    "printed/google-benchmark.txt": " is what Google Benchmark printed for people, in rounded numbers",
    "printed/criterion.txt": " is what criterion printed for people, in rounded numbers",
}  # fmt: skip


@pytest.mark.parametrize("file", TRAPS)
def test_a_trap_is_refused_with_the_reason(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)

    with pytest.raises(BadResult) as refused:
        read_results([Path(file)])

    assert refused.value.what == file + TRAPS[file]
    assert refused.value.expected
    assert refused.value.hint
    assert refused.value.retry == "safe, nothing was written"


NUMBERS = {
    "a text": (hyperfine('[0.1, "fast"]'), "x.json: results[0].times[1] is fast", "a finite number in s"),
    "NaN": (hyperfine("[0.1, NaN]"), "x.json: results[0].times[1] is NaN, which is no number", "a finite number in s"),
    "infinite": (hyperfine("[-Infinity, 0.1]"), "x.json: results[0].times[0] is infinite", "a finite number in s"),
    "overflow": (hyperfine("[1e999, 0.1]"), "x.json: results[0].times[0] is infinite", "a finite number in s"),
    "huge": (hyperfine(f"[1{'0' * 400}, 0.1]"), "x.json: results[0].times[0] is a number too large to calculate with", "a finite number in s"),
    "true": (hyperfine("[true, 0.1]"), "x.json: results[0].times[0] is True", "a finite number in s"),
    "null": (hyperfine("[null, 0.1]"), "x.json: results[0].times[0] is None", "a finite number in s"),
    "no list": (hyperfine("0.1"), "x.json: results[0].times is 0.1", "a list"),
    "no runs": (hyperfine("[]"), "x.json: results[0].times is empty", "one time for each run"),
    "a signal": (hyperfine("[0.1]", "[null]"), "x.json: results[0].exit_codes[0] is killed by a signal: a run that failed is no measure", "exit code 0 for every run"),
    "plain text": (b"841\nslow\n", "x.json:2 is slow", "a finite number for each run, and at most its unit"),
    "plain NaN": (b"841\nnan\n", "x.json:2 is NaN, which is no number", "a finite number"),
    "two units": (b"841 ms\n1 s\n", "x.json has numbers in ms and s", "one unit for all numbers"),
    "csv": (b"time (ms)\n3\n\nn/a\n", "x.json: time of run 2 is n/a", "a finite number in ms"),
    "csv gap": (b"a,time_ms\nx,3\ny,\n", "x.json: time of run 2 is empty", "a finite number in ms"),
    "go": (b"BenchmarkA-2 1 5 ns/op\nBenchmarkA-2 1 NaN ns/op\n", "x.json:2: A-2 is NaN, which is no number", "a finite number in ns/op"),
    "digits": (b"[1" + b"0" * 5000 + b"]", "x.json cannot be read: a number in it has thousands of digits", "JSON as measuring tools write it"),
}  # fmt: skip


@pytest.mark.parametrize("case", NUMBERS)
def test_what_is_no_number_is_named_by_file_field_and_expected_type(case: str) -> None:
    raw, what, expected = NUMBERS[case]

    found = refusal(raw)

    assert (found.what, found.expected) == (what, expected)


BROKEN = {
    "cut off": (b'{"results": [', "x.json:1:14: not valid JSON: it ends too early"),
    "deep": (b"[" * 200_000, "x.json cannot be read: nested too deep"),
    "twice": (b'{"a": 1, "a": 2}', "x.json: the key 'a' stands twice in one object"),
    "empty": (b" \n", "x.json is empty"),
    "binary": (b"\x89PNG\x00\xff", "x.json is not text"),
    "packed": (b"\x1f\x8b\x08\x00", "x.json is not text"),
    "words": (b"hello there\n", "x.json is of no format that can be read"),
    "unknown": (b'{"version": 3, "data": []}', "x.json is of no format that can be read"),
    "a schema": (json.dumps({"$schema": "x", "properties": {}}).encode(), "x.json is of no format that can be read"),
    "exposition": (b"# HELP up Is it up\n# TYPE up gauge\nup 1\n", "x.json is what a service exposes to Prometheus: counts since it was started"),
    "k6 csv": (b"metric_name,timestamp,metric_value,check\nhttp_reqs,1,1,\n", "x.json holds the single requests of one load test"),
    "jmeter": (b"timeStamp,elapsed,label\n1,2,x\n", "x.json holds the single requests of one load test"),
    "vegeta results": (b'{"attack":"","seq":0,"code":200,"latency":9}\n', "x.json holds the single requests of one vegeta attack"),
    "hyperfine csv": (b"command,mean,stddev,median,user,system,min,max\na,1,1,1,1,1,1,1\n", "x.json holds hyperfine's means and not its runs"),
    "siege text": (b"Transactions:\t\t 100 hits\nAvailability:\t\t 100.00 %\n", "x.json is from siege, which rounds times to 10 ms: a change below that cannot be seen"),
    "siege json": (b'{"transactions": 9, "availability": 100.0, "response_time": 0.01}', "x.json is from siege, which rounds times to 10 ms: a change below that cannot be seen"),
    "an entity": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><testsuite time="1"/>', "x.json has a document type"),
    "cut XML": (b'<testsuite time="1">', "x.json is not valid XML: no element found: line 1, column 20"),
    "failed tests": (b'<testsuite name="t" time="1" failures="2"/>', "x.json: failures of t is 2: a run that failed is no measure"),
    "a page that failed": (b'{"audits": {}, "categories": {}, "runtimeError": {"code": "NO_FCP", "message": "no paint"}}', "x.json: runtimeError is no paint: the page did not load, so there is nothing to compare"),
    "no success": (b'{"latency":{},"requests":{},"throughput":{},"2xx":0}', 'x.json: "2xx" is 0: no request succeeded, so there is nothing to compare'),
    "all failed": (b'{"context":{"date":""},"benchmarks":[{"name":"a","run_type":"iteration","error_occurred":true}]}', "x.json: benchmarks is without a benchmark that ran: all failed"),
    "a rate without its value": (b'{"root_group": {}, "metrics": {"checks": {"type": "rate", "values": {"passes": 1}}}}', "x.json: metrics.checks.values.value is missing"),
    "only calibrated": (b'{"benchmarks":[{"runs":[{"warmups":[]}]}]}', "x.json: benchmarks[0].runs is without values"),
    "no benchmarks": (b'{"machine_info":{},"benchmarks":[]}', "x.json: benchmarks is empty"),
    "a native histogram": (b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[]}]}}', "x.json: data.result[0] is a native histogram"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_usable_result_is_refused_with_the_reason(case: str) -> None:
    raw, what = BROKEN[case]

    assert refusal(raw).what == what


def test_who_gives_an_unknown_file_learns_what_can_be_given() -> None:
    found = refusal(b"hello there\n")

    assert "hyperfine, pytest-benchmark, pyperf, k6, lighthouse" in found.expected
    assert "one number on a line, or CSV" in found.expected


def test_files_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(50_000_001)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "empty folder").mkdir()

    said = []
    for path in (tmp_path / "none.json", large, pipe, tmp_path / "empty folder", Path("a\0b")):
        with pytest.raises(BadResult) as refused:
            read_results([path])
        said.append(refused.value.what.removeprefix(f"{tmp_path}/"))

    assert said == [
        "none.json does not exist",
        "large.json is larger than 50 MB",
        "pipe is not a regular file",
        "empty folder holds no result file",
        "a\0b cannot be read: not a usable name",
    ]


def test_without_files_from_before_it_is_said_that_there_are_none() -> None:
    with pytest.raises(BadResult) as refused:
        metrics_from([], [DATA / "pyperf/after.json"])

    assert refused.value.what == "there is no result file from before the change"


# Any bytes at all


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """The bytes with a few places changed, cut out or doubled."""
    made = bytearray(raw)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(5):
            case 0:
                made[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del made[at : at + dice.choice((1, 5, 500))]
            case 2:
                made[at:at] = dice.choice(PIECES)
            case 3:
                made[at:at] = made[at : at + 40]
            case _:
                del made[at:]
        if not made:
            break
    return bytes(made)


PIECES = (b"NaN", b"null", b"[]", b"{}", b'"', b"-", b"1e999", b"\n", b",", b"true", b"\xff", b":")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_a_damaged_file_is_read_or_refused_and_never_ends_in_a_traceback(path: Path) -> None:
    raw = path.read_bytes()
    dice = random.Random(path.name)  # noqa: S311 - the same damage on every run

    for _ in range(12):
        read_or_refused(mutated(raw, dice))


def read_or_refused(raw: bytes) -> None:
    """The promise: numbers with a printable name, or an error in the house's shape."""
    found, refused = [], None
    try:
        found = read_text(raw)
    except ChangenoteError as error:
        refused = error
    assert all(series.n and series.name.isprintable() for series in found)
    assert refused is None or (refused.what and refused.expected and refused.hint)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_in_the_place_of_another_is_read_or_refused(choice: st.DataObject) -> None:
    path = choice.draw(st.sampled_from(SMALL_JSON))
    data = json.loads(path.read_text())
    strange = choice.draw(st.sampled_from(STRANGE))

    replaced(data, choice, strange)

    read_or_refused(json.dumps(data).encode())


SMALL_JSON = [
    path
    for path in FILES
    if path.suffix == ".json" and path.stat().st_size < 20_000 and "README" not in path.name
]
STRANGE: list[Any] = [None, True, "x", "", -1, 0, 1e308, 10**400, [], {}, [[]], {"a": None}, "NaN", float("nan")]  # fmt: skip


def replaced(data: Any, choice: st.DataObject, strange: Any) -> None:
    """Put the value in the place of one that is found by going down at random."""
    while data:
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        key = choice.draw(st.sampled_from(keys))
        below = data[key]
        if not isinstance(below, dict | list) or not below or choice.draw(st.integers(0, 4)) == 0:
            data[key] = strange
            return
        data = below


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read_or_refused(raw)

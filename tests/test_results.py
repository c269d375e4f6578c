"""Result files of measuring tools give the right value, unit and number of runs."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import pytest

from changenote.capture.results import Series, formats, read_results, read_text
from changenote.errors import BadResult, UsageProblem

DATA = Path(__file__).parent / "data" / "results"


def one(series: Sequence[Series], name: str) -> Series:
    """The series of that name."""
    found = [s for s in series if s.name == name]
    assert len(found) == 1, [s.name for s in series]
    return found[0]


def shown_first(series: Sequence[Series]) -> list[str]:
    """The names of what a note should show, the headline first."""
    return [s.name for s in sorted((s for s in series if s.wanted), key=lambda s: s.rank)]


# file, series, unit, better, number of runs, mean of the runs; behind it, what the tool printed
TABLE = [
    ("hyperfine/before.json", "curl -s -o /dev/null http://127.0.0.1:18101/", "s", "lower", 12, 0.02407210175),  # 24.1 ms, 12 runs
    ("hyperfine/after.json", "curl -s -o /dev/null http://127.0.0.1:18102/", "s", "lower", 12, 0.02103803325),  # 21.0 ms, 12 runs
    ("hyperfine/both.json", "before", "s", "lower", 10, 0.0233030068),  # 23.3 ms, 10 runs
    ("hyperfine/parameter.json", "sleep 0.02 (n=2)", "s", "lower", 3, 0.0232831824333),  # 23.3 ms, 3 runs
    ("pytest-benchmark/before.json", "test_b.py::test_sum", "s", "lower", 1, 0.0001289230),  # median 128,923.0000 ns of 1493 rounds
    ("pytest-benchmark/before.json", "test_b.py::test_sort[10]", "s", "lower", 1, 1.518387e-07),  # median 151.8387 ns of 39794 rounds
    ("pytest-benchmark/after-default-no-data.json", "test_b.py::test_sum", "s", "lower", 1, 7.602449994692506e-05),
    ("pyperf/before.json", "sumsq", "s", "lower", 10, 1.27552e-05),  # 12.8 us; 11 processes, one of them calibrated
    ("pyperf/after.json", "sumsq", "s", "lower", 10, 7.51327e-06),  # 7.51 us
    ("k6/before-summary-export.json", "http_req_duration p95", "ms", "lower", 1, 7.6634575),  # p(95)=7.66ms
    ("k6/before-summary-export.json", "http_reqs rate", "req/s", "higher", 1, 238.08169805844),  # 238.081698/s
    ("k6/before-summary-export.json", "http_req_failed rate", "ratio", "lower", 1, 0),  # 0.00% 0 out of 956
    ("k6/before-summary-export.json", "app_ttfb p95", None, None, 1, 7.58623725),  # 7.58ms, but the file has no unit
    ("k6/before-summary-export.json", "data_received count", "B", None, 1, 2270006),  # 2.3 MB
    ("k6/before-handleSummary.json", "http_req_duration p95", "ms", "lower", 1, 7.824555),
    ("k6/before-handleSummary.json", "app_ttfb p95", "ms", "lower", 1, 7.755356),
    ("k6/after-handleSummary.json", "http_reqs rate", "req/s", "higher", 1, 295.957278),
    ("k6/after-handleSummary.json", "checks rate", "ratio", "higher", 1, 1),
    ("lighthouse/before.json", "/ largest-contentful-paint", "ms", "lower", 1, 635.5018),
    ("lighthouse/after.json", "/ largest-contentful-paint", "ms", "lower", 1, 755.292),
    ("lighthouse/before.json", "/ cumulative-layout-shift", "1", "lower", 1, 0),
    ("lighthouse/before.json", "/ total-byte-weight", "B", "lower", 1, 4750),
    ("lighthouse/before.json", "/ performance score", "1", "higher", 1, 1),
    ("lhci/manifest.json", "/ performance score", "1", "higher", 3, 1),
    ("autocannon/before.json", "latency p97.5", "ms", "lower", 1, 11),
    ("autocannon/before.json", "latency average", "ms", "lower", 1, 6.05),
    ("autocannon/before.json", "requests rate", "req/s", "higher", 1, 1224.75),
    ("oha/report.json", "latency p95", "s", "lower", 1, 0.0048),  # `metrics.latency_ms` says 4.8
    ("oha/report.json", "requests rate", "req/s", "higher", 1, 2590.1),
    ("vegeta/report.json", "latency p95", "ns", "lower", 1, 3478629),
    ("vegeta/report.json", "success", "ratio", "higher", 1, 1),
    ("google-benchmark/before.json", "BM_Sort/64", "us", "lower", 6, 1.477597),  # mean 1.48 us of 6
    ("google-benchmark/before.json", "BM_Sort/1024", "us", "lower", 6, 34.018656),  # mean 34.0 us of 6
    ("google-benchmark/before.json", "BM_Sort/64 items_per_second", "items/s", "higher", 6, 43362795.93),  # 43.3628M/s
    ("criterion/before", "fib", "ns", "lower", 1, 1514.5049125),  # 1.5145 µs
    ("criterion/before", "group/sum/10", "ns", "lower", 1, 0.1249535),  # 124.95 ps
    ("criterion/after/fib/new/estimates.json", "fib", "ns", "lower", 1, 1056.75596),  # 1.0568 µs
    ("criterion/after/fib/new/sample.json", "fib", "ns", "lower", 1, 1056.75596),
    ("criterion/after/fib/new/raw.csv", "fib", "ns", "lower", 1, 1056.75596),
    ("go-bench/before.txt", "Fib-2", "ns", "lower", 8, 11235.375),  # benchstat: median 11.153µ n=8
    ("go-bench/after.txt", "Same-2", "ns", "lower", 8, 2608.375),
    ("go-bench/before.txt", "Fib-2 B/op", "B", "lower", 8, 0),
    ("go-bench/before.txt", "Fib-2 allocs/op", "allocs/op", "lower", 8, 0),
    ("go-bench/before.txt", "Same-2 widgets/op", "widgets/op", None, 8, 3.5),
    ("postgres-explain/01-before-cold.json", "blocks touched", "blocks", "lower", 1, 8461),
    ("postgres-explain/02-before-warm.json", "blocks touched", "blocks", "lower", 1, 8461),
    ("postgres-explain/02-before-warm.json", "execution time", "ms", "lower", 1, 31.152),
    ("postgres-explain/05-after-warm.json", "blocks touched", "blocks", "lower", 1, 4),
    ("postgres-explain/before-warm.txt", "blocks touched", "blocks", "lower", 1, 8461),
    ("postgres-explain/before-warm.txt", "execution time", "ms", "lower", 1, 31.401),
    ("prometheus/query-scalar.json", "", None, None, 1, 2),
    ("prometheus/query-instant-vector.json", "route=/cart", None, None, 1, 0.07142857142857138),
    ("prometheus/query_range-matrix.json", "queue_depth", None, None, 6, 28 / 6),
    ("prometheus/query-range-vector.json", "queue_depth", None, None, 10, 5.4),
    ("junit/pytest-before.xml", "pytest test time", "s", "lower", 1, 0.998),
]  # fmt: skip


@pytest.mark.parametrize(("file", "name", "unit", "better", "n", "value"), TABLE)
def test_a_file_gives_the_value_unit_and_number_of_runs_that_the_tool_itself_tells(
    file: str, name: str, unit: str | None, better: str | None, n: int, value: float
) -> None:
    series = one(read_results([DATA / file]), name)

    assert (series.unit, series.better, series.n) == (unit, better, n)
    assert mean(series.values) == pytest.approx(value, rel=1e-4)


SHOWN = {
    "hyperfine/before.json": ["curl -s -o /dev/null http://127.0.0.1:18101/"],
    "k6/before-handleSummary.json": ["http_req_duration p95", "app_ttfb p95", "http_reqs rate", "http_req_failed rate"],
    "lighthouse/before.json": [
        "/ largest-contentful-paint", "/ first-contentful-paint", "/ speed-index", "/ total-blocking-time",
        "/ cumulative-layout-shift", "/ performance score",
    ],
    "autocannon/before.json": ["latency p97.5", "requests rate"],
    "oha/report.json": ["latency p95", "requests rate"],
    "vegeta/report.json": ["latency p95", "success"],
    "google-benchmark/before.json": ["BM_Sort/64", "BM_Sort/1024"],
    "go-bench/before.txt": ["Fib-2", "Same-2"],
    "postgres-explain/01-before-cold.json": ["blocks touched", "execution time"],
}  # fmt: skip


@pytest.mark.parametrize("file", SHOWN)
def test_of_the_many_numbers_in_a_file_a_note_shows_the_few_that_say_most(file: str) -> None:
    assert shown_first(read_results([DATA / file])) == SHOWN[file]


SAMPLES = {
    "hyperfine/before.json": "hyperfine run",
    "pytest-benchmark/before.json": "pytest run (median of its rounds)",
    "pyperf/before.json": "pyperf process (median of its values)",
    "k6/before-handleSummary.json": "k6 test run",
    "lighthouse/before.json": "page load",
    "google-benchmark/before.json": "benchmark repetition, all in one process",
    "go-bench/before.txt": "Go benchmark line (-count), all in one process",
    "criterion/before": "criterion run (its samples share one process)",
    "postgres-explain/01-before-cold.json": "query execution",
    "prometheus/query_range-matrix.json": "window, one every 3 s",
}


@pytest.mark.parametrize("file", SAMPLES)
def test_a_series_says_what_one_of_its_numbers_is(file: str) -> None:
    assert {s.sample for s in read_results([DATA / file])} == {SAMPLES[file]}


CONDITIONS = {
    "k6/before-handleSummary.json": {"load": "4 VUs"},
    "autocannon/before.json": {"load": "8 connections"},
    "vegeta/report.json": {"load": "about 100 req/s"},
    "lighthouse/before.json": {"cache": "cold", "load": "one page, mobile, simulate"},
    "pyperf/before.json": {"host": "vm"},
    "pytest-benchmark/before.json": {"host": "vm"},
    "google-benchmark/before.json": {"host": "vm"},
    "junit/pytest-before.xml": {"load": "4 tests", "host": "vm"},
}


@pytest.mark.parametrize("file", CONDITIONS)
def test_what_a_file_tells_of_the_conditions_is_kept(file: str) -> None:
    assert dict(read_results([DATA / file])[0].conditions) == CONDITIONS[file]


def test_the_cache_of_a_query_is_cold_or_warm_only_when_the_blocks_prove_it() -> None:
    names = ("01-before-cold", "02-before-warm", "05-after-warm")

    found = [read_results([DATA / f"postgres-explain/{name}.json"])[1] for name in names]

    assert [s.conditions["cache"] for s in found] == [
        "cold",
        "mixed (96 of 8,461 blocks cached)",
        "warm",
    ]


def test_a_plan_has_one_fingerprint_on_every_run_and_another_when_it_changed() -> None:
    files = sorted((DATA / "postgres-explain").glob("0[1-5]*.json"))

    plans = [read_results([file])[0].plan for file in files]

    assert all(plans)
    fingerprints = [plan.fingerprint for plan in plans if plan]
    assert [f == fingerprints[0] for f in fingerprints] == [True, True, True, False, False]
    assert plans[4] is not None
    assert plans[4].indexes == ("orders_customer_created",)


def test_blocks_are_the_same_on_every_run_and_times_are_not() -> None:
    blocks, time = read_results([DATA / "postgres-explain" / "01-before-cold.json"])

    assert (blocks.deterministic, time.deterministic) == (True, False)


def test_a_plan_is_read_as_psql_prints_it_with_its_heading_and_plus_signs() -> None:
    plan = (DATA / "postgres-explain" / "05-after-warm.json").read_text()
    lines = [f" {line:<70}+" for line in plan.splitlines()]
    framed = "\n".join([f"{'QUERY PLAN':^72}", "-" * 72, *lines, "(1 row)", ""])

    blocks = read_text(framed.encode())[0]

    assert (blocks.name, blocks.values) == ("blocks touched", (4,))


def test_without_buffers_a_plan_has_a_time_and_a_caution() -> None:
    plan = {"Plan": {"Node Type": "Seq Scan", "Actual Rows": 1}, "Execution Time": 12.5}

    (time,) = read_text(json.dumps([plan]).encode())

    assert (time.name, time.values) == ("execution time", (12.5,))
    assert time.cautions == ("without BUFFERS nobody can tell how much of the time a cache saved",)


def test_several_files_are_several_runs_in_the_order_of_their_own_times() -> None:
    late, early = (DATA / f"autocannon/{side}.json" for side in ("after", "before"))

    series = one(read_results([late, early]), "requests rate")

    assert series.values == (1224.75, 2219.25)


def test_results_appended_to_one_file_are_several_runs(tmp_path: Path) -> None:
    texts = [(DATA / f"autocannon/{side}.json").read_text() for side in ("before", "after")]
    file = tmp_path / "runs.ndjson"
    file.write_text("\n".join(texts))

    assert one(read_results([file]), "latency average").values == (6.05, 3.02)


def test_a_format_is_told_by_what_stands_in_a_file_and_never_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "lighthouse-k6.csv"
    file.write_bytes((DATA / "hyperfine/before.json").read_bytes())

    assert [s.tool for s in read_results([file])] == ["hyperfine"]


def test_every_format_has_a_name_and_output_can_be_read_by_it() -> None:
    raw = (DATA / "go-bench/before.txt").read_bytes()

    by_name = read_text(raw, format="go-benchmark")

    assert by_name == read_text(raw)
    assert set(formats()) >= {"hyperfine", "k6", "lighthouse", "postgres-explain", "csv", "numbers"}


def test_a_format_that_does_not_fit_is_named_beside_the_one_that_does() -> None:
    raw = (DATA / "go-bench/before.txt").read_bytes()

    with pytest.raises(BadResult) as refused:
        read_text(raw, format="k6", name="the output")

    assert refused.value.what == "the output is not of the format k6; it looks like go-benchmark"
    assert refused.value.hint == "use go-benchmark as the format"


def test_an_unknown_format_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UsageProblem) as refused:
        read_text(b"1", format="hyperfin")

    assert refused.value.hint == "Did you mean `hyperfine`?"


# Other versions and kinds of the same tools, by the fields that differ.


def test_k6_crossed_thresholds_are_true_in_the_export_and_not_ok_in_the_summary() -> None:
    sides = {
        name: read_results([DATA / f"k6/{name}.json"])[0].cautions
        for name in ("before-summary-export", "before-handleSummary", "after-summary-export")
    }

    crossed = ("the threshold p(95)<5 of http_req_duration was crossed",)
    assert sides == {
        "before-summary-export": crossed,
        "before-handleSummary": crossed,
        "after-summary-export": (),
    }


def test_k6_failed_requests_are_the_passes_of_http_req_failed() -> None:
    data = json.loads((DATA / "k6/before-handleSummary.json").read_text())
    data["metrics"]["http_req_failed"]["values"] = {"rate": 0.02, "passes": 19, "fails": 942}
    data["root_group"]["checks"][0]["fails"] = 7

    cautions = read_text(json.dumps(data).encode())[0].cautions

    assert "19 requests failed" in cautions
    assert "the check 'status 200' failed 7 times" in cautions


def test_the_machine_readable_summary_of_k6_2_is_read() -> None:
    metrics = [
        {"name": "http_req_duration", "type": "trend", "contains": "time", "values": {"avg": 6.0, "p(95)": 7.5}},
        {"name": "http_reqs", "type": "counter", "contains": "default", "values": {"count": 1000}},
        {"name": "http_req_failed", "type": "rate", "contains": "default", "values": {"matches": 3, "total": 1000, "rate": 0.003}},
    ]  # fmt: skip
    summary = {
        "version": "1.0.0",
        "config": {"duration": 4.0, "execution": "local"},
        "metadata": {"k6Version": "2.0.0", "generatedAt": "2026-11-22T00:35:51.123456789Z"},
        "results": {"checks": {"metrics": [], "results": [{"name": "ok", "passes": 9, "fails": 1}]}, "metrics": metrics},
    }  # fmt: skip

    found = read_text(json.dumps(summary).encode())

    assert shown_first(found) == ["http_req_duration p95", "http_reqs rate", "http_req_failed rate"]
    assert one(found, "http_req_duration p95").values == (7.5,)
    assert one(found, "http_reqs rate").values == (250.0,)
    assert found[0].cautions == ("the check 'ok' failed 1 times", "3 requests failed")
    assert found[0].measured_at is not None


def test_without_a_95th_percentile_k6_shows_the_nearest() -> None:
    data = json.loads((DATA / "k6/before-handleSummary.json").read_text())
    for metric in data["metrics"].values():
        metric["values"].pop("p(95)", None)

    assert shown_first(read_text(json.dumps(data).encode()))[0] == "http_req_duration p99"


def test_aggregates_of_google_benchmark_are_left_out_in_every_version() -> None:
    run = {"name": "BM_A", "iterations": 9, "real_time": 4.0, "cpu_time": 4.0, "time_unit": "ms"}
    mean_of_runs = {**run, "name": "BM_A_mean", "real_time": 99.0}
    old = {"context": {"date": "2019"}, "benchmarks": [run, run, mean_of_runs]}

    found = one(read_text(json.dumps(old).encode()), "BM_A")

    assert (found.values, found.unit) == ((4.0, 4.0), "ms")


def test_google_benchmark_warns_of_a_debug_build_and_names_what_failed() -> None:
    assert read_results([DATA / "google-benchmark/before.json"])[0].cautions == (
        "Google Benchmark itself was built for debugging: its times are not to be trusted",
        "the benchmark BM_Err was left out, as it failed: backend missing",
    )


def test_criterion_without_a_slope_is_read_by_its_mean() -> None:
    data = json.loads((DATA / "criterion/before/fib/new/estimates.json").read_text())
    data["slope"] = None

    assert read_text(json.dumps(data).encode())[0].values == (data["mean"]["point_estimate"],)


def test_of_a_criterion_folder_only_the_newest_run_is_read(tmp_path: Path) -> None:
    for run in ("base", "new", "main"):
        folder = tmp_path / "fib" / run
        folder.mkdir(parents=True)
        source = DATA / "criterion" / ("after" if run == "new" else "before") / "fib/new"
        for name in ("estimates.json", "benchmark.json", "sample.json"):
            (folder / name).write_bytes((source / name).read_bytes())

    assert one(read_results([tmp_path]), "fib").values == pytest.approx((1056.75596,))


def test_messages_of_cargo_criterion_are_read() -> None:
    typical = {"estimate": 41.5, "lower_bound": 40.0, "upper_bound": 43.0, "unit": "ns"}
    messages = [
        {"reason": "benchmark-complete", "id": "sort/10", "typical": typical},
        {"reason": "group-complete", "group_name": "sort"},
    ]

    found = read_text("\n".join(map(json.dumps, messages)).encode())

    assert [(s.name, s.values, s.unit) for s in found] == [("sort/10", (41.5,), "ns")]


def test_go_benchmarks_are_read_out_of_go_test_json_too() -> None:
    outputs = ["pkg: example.com/a\n", "BenchmarkFib-2 \t", "  3457\t 7398 ns/op\n", "PASS\n"]
    events = [{"Action": "output", "Package": "example.com/a", "Output": text} for text in outputs]

    (series,) = read_text("\n".join(map(json.dumps, events)).encode())

    assert (series.name, series.values, series.unit) == ("Fib-2", (7398,), "ns")


def test_go_benchmarks_of_two_packages_are_kept_apart_and_units_say_what_is_better() -> None:
    text = (
        "Unit hits/op better=higher assume=exact\n"
        "pkg: a\nBenchmarkX-2 10 5 ns/op 3 hits/op\n"
        "pkg: b\nBenchmarkX-2 10 9 ns/op 64.5 MB/s\n"
    )

    found = read_text(text.encode())

    assert [(s.name, s.better, s.deterministic) for s in found] == [
        ("a.X-2", "lower", False),
        ("a.X-2 hits/op", "higher", True),
        ("b.X-2", "lower", False),
        ("b.X-2 MB/s", "higher", False),
    ]


def test_a_report_of_lighthouse_5_and_one_of_pagespeed_insights_are_read() -> None:
    audits = {"largest-contentful-paint": {"numericValue": 812.5, "score": 0.9}}
    report = {"lighthouseVersion": "5.6.0", "requestedUrl": "https://x.example/cart?a=1", "audits": audits}  # fmt: skip

    old = read_text(json.dumps({**report, "runtimeError": {"code": "NO_ERROR"}}).encode())
    wrapped = read_text(json.dumps({"id": "x", "lighthouseResult": report}).encode())

    assert old == wrapped
    assert [(s.name, s.values, s.unit) for s in old] == [
        ("/cart?a=1 largest-contentful-paint", (812.5,), "ms")
    ]


def test_a_folder_of_lighthouse_ci_is_read_by_its_reports(tmp_path: Path) -> None:
    for number, side in enumerate(("before", "after"), 1):
        (tmp_path / f"lhr-{number}.json").write_bytes(
            (DATA / f"lighthouse/{side}.json").read_bytes()
        )
    for name in ("manifest.json", "assertion-results.json"):
        (tmp_path / name).write_bytes((DATA / "lhci" / name).read_bytes())
    (tmp_path / "lhr-1.html").write_text("<html>")

    found = one(read_results([tmp_path]), "/ largest-contentful-paint")

    assert found.values == (635.5018, 755.2919999999999)


def test_a_manifest_of_lighthouse_ci_leads_to_the_reports_beside_it(tmp_path: Path) -> None:
    manifest = json.loads((DATA / "lhci/manifest.json").read_text())
    for entry in manifest:
        name = entry["jsonPath"].rpartition("/")[2]
        (tmp_path / name).write_bytes((DATA / "lighthouse/before.json").read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    found = one(read_results([tmp_path / "manifest.json"]), "/ speed-index")

    assert found.n == 3


def test_old_percentile_names_of_autocannon_are_understood() -> None:
    data = json.loads((DATA / "autocannon/before.json").read_text())
    data["latency"] = {"average": 6.0, "p50": 6, "p99": 12, "p999": 23}

    found = read_text(json.dumps(data).encode())

    assert shown_first(found) == ["latency p99", "requests rate"]
    assert one(found, "latency p99.9").values == (23,)


def test_failures_of_a_load_test_are_said() -> None:
    cannon = json.loads((DATA / "autocannon/before.json").read_text())
    oha = json.loads((DATA / "oha/report.json").read_text())
    vegeta = json.loads((DATA / "vegeta/report.json").read_text())
    cannon |= {"errors": 3, "non2xx": 12}
    oha["statusCodeDistribution"]["500"] = 40
    vegeta |= {"status_codes": {"0": 2, "200": 98}, "errors": ["dial tcp: refused"]}

    said = [read_text(json.dumps(d).encode())[0].cautions for d in (cannon, oha, vegeta)]

    assert said == [
        ("3 errors", "12 answers other than 2xx"),
        ("40 answers with status 500", "8 requests ended with 'aborted due to deadline'"),
        ("2 requests without an answer", "the attack met 'dial tcp: refused'"),
    ]


def test_measures_of_bencher_and_values_of_github_action_benchmark_are_read() -> None:
    bencher = {"cart": {"latency": {"value": 88.0, "lower_value": 87.4}, "hits": {"value": 3}}}
    action = [
        {"name": "load", "unit": "Percent", "value": 50},
        {"name": "step", "unit": "ns/iter", "value": 7.5, "range": "± 3"},
    ]

    measures, values = (read_text(json.dumps(data).encode()) for data in (bencher, action))

    assert [(s.name, s.unit, s.values) for s in measures] == [
        ("cart latency", None, (88.0,)),
        ("cart hits", None, (3,)),
    ]
    assert [(s.name, s.unit, s.values) for s in values] == [
        ("load", "%", (50,)),
        ("step", "ns", (7.5,)),
    ]


@pytest.mark.parametrize(
    ("text", "unit", "values"),
    [
        ("841.2\n903.5\n\n812\n", None, (841.2, 903.5, 812)),
        ("# p95 of ten runs\n841.2 ms\n903.5ms\n", "ms", (841.2, 903.5)),
        ("841.2, 903.5, 812.7 ms", "ms", (841.2, 903.5, 812.7)),
        ("1e3 2.5E-1 -3", None, (1000.0, 0.25, -3)),
        ("[841.2, 903.5]", None, (841.2, 903.5)),
        ("42", None, (42,)),
    ],
)
def test_plain_numbers_are_runs(text: str, unit: str | None, values: tuple[float, ...]) -> None:
    (series,) = read_text(text.encode())

    assert (series.tool, series.unit, series.values) == ("numbers", unit, values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("run,time (ms)\na,3\nb,4\n", [("time", "ms", (3, 4))]),
        ("when;time_ms;size [kB]\n2026-01-01;3.5;7\n", [("time", "ms", (3.5,)), ("size", "kB", (7,))]),
        ("time\tnote\n1.5\tfine\n\n2.5\tslow\n", [("time", None, (1.5, 2.5))]),
        ('"p95, all hosts","x"\n"3","y"\n', [("p95, all hosts", None, (3,))]),
    ],
)  # fmt: skip
def test_a_csv_column_is_a_series_and_its_heading_may_tell_the_unit(
    text: str, found: list[tuple[str, str | None, tuple[float, ...]]]
) -> None:
    assert [(s.name, s.unit, s.values) for s in read_text(text.encode())] == found


def test_the_encodings_that_windows_writes_are_read() -> None:
    text = (DATA / "hyperfine/before.json").read_text()

    for encoding in ("utf-8-sig", "utf-16"):
        assert read_text(text.encode(encoding))[0].n == 12


def test_the_encoding_that_xml_declares_does_not_matter_as_the_text_is_known() -> None:
    text = '<?xml version="1.0" encoding="martian-8"?><testsuite name="t" tests="1" time="1.5"/>'

    assert read_text(text.encode())[0].values == (1.5,)


def test_names_from_files_carry_no_secrets_and_nothing_that_moves_a_cursor() -> None:
    name = "curl -H 'Authorization: Bearer abcdef0123456789abcdef'\x1b[2J http://u:hunter2@x.example/\n"
    data = {"results": [{"command": name, "times": [1.0], "exit_codes": [0]}]}

    (series,) = read_text(json.dumps(data).encode())

    assert series.name.isprintable()
    assert "hunter2" not in series.name
    assert "abcdef0123456789" not in series.name

"""Two sets of result files become metrics of a note, and nothing about them is passed over."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changenote.capture.results import metrics_from, sides_of
from changenote.errors import BadResult, UntoldResult
from changenote.model.measures import Verdict, compare, judge
from changenote.model.reading import read_note

DATA = Path(__file__).parent / "data" / "results"
Plain = dict[str, Any]


def data(*names: str) -> list[Path]:
    return [DATA / name for name in names]


def judged(metric: Plain) -> Verdict:
    """What a note with this metric would show."""
    head = {"schema": 1, "id": "20261122-k3f9xq", "title": "Cache totals", "kind": "feature"}
    note, problems = read_note({**head, "status": "draft", "metrics": [metric]})
    assert note is not None, problems
    return judge(note.metrics[0])


def verdict(metric: Plain) -> tuple[str, str]:
    """The verdict, and how far to trust it."""
    found = judged(metric)
    return found.verdict, found.trust


def written(folder: Path, texts: dict[str, str]) -> list[Path]:
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [folder / name for name in texts]


def cannon(at: datetime, latency: float, connections: int = 8) -> str:
    """What autocannon says of a load test at that time."""
    report = json.loads((DATA / "autocannon/before.json").read_text())
    report |= {"start": at.isoformat(), "connections": connections}
    report["latency"] = {"p97_5": latency}
    return json.dumps(report)


START = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load_tests(folder: Path, turns: str) -> tuple[list[Path], list[Path]]:
    """Files of load tests, one a minute, in the order of the turns: `baab`."""
    sides: dict[str, list[Path]] = {"b": [], "a": []}
    for minute, side in enumerate(turns):
        path = folder / f"{side}{minute}.json"
        path.write_text(cannon(START + timedelta(minutes=minute), 10 + minute))
        sides[side].append(path)
    return sides["b"], sides["a"]


def test_a_metric_is_complete_plain_data_with_the_source_and_its_hash() -> None:
    before, after = data("k6/before-handleSummary.json"), data("k6/after-handleSummary.json")

    found = metrics_from(before, after, root=DATA)

    digest = hashlib.sha256(before[0].read_bytes() + after[0].read_bytes()).hexdigest()
    files = ["k6/before-handleSummary.json", "k6/after-handleSummary.json"]
    assert found.metrics[0] == {
        "name": "http_req_duration p95",
        "unit": "ms",
        "better": "lower",
        "primary": True,
        "before": 7.824555,
        "after": 3.6970827,
        "sample": "k6 test run",
        "order": "sequential",
        "conditions": {"load": "4 VUs"},
        "source": {"tool": "k6", "files": files, "sha256": digest},
    }
    assert list(found.metrics[0]) == [
        "name", "unit", "better", "primary", "before", "after", "sample", "order", "conditions",
        "source",
    ]  # fmt: skip


PAIRS = {
    "hyperfine": (["hyperfine/before.json"], ["hyperfine/after.json"]),
    "pytest-benchmark": (["pytest-benchmark/before.json"], ["pytest-benchmark/after.json"]),
    "pyperf": (["pyperf/before.json"], ["pyperf/after.json"]),
    "k6": (["k6/before-summary-export.json"], ["k6/after-handleSummary.json"]),
    "lighthouse": (["lighthouse/before.json"], ["lighthouse/after.json"]),
    "autocannon": (["autocannon/before.json"], ["autocannon/after.json"]),
    "google-benchmark": (["google-benchmark/before.json"], ["google-benchmark/after.json"]),
    "criterion": (["criterion/before"], ["criterion/after"]),
    "go-benchmark": (["go-bench/before.txt"], ["go-bench/after.txt"]),
    "postgres-explain": (["postgres-explain/01-before-cold.json"], ["postgres-explain/05-after-warm.json"]),
    "junit": (["junit/pytest-before.xml"], ["junit/pytest-after.xml"]),
}  # fmt: skip
VERDICTS = {
    "hyperfine": ("inconclusive", "sequential"),
    "pytest-benchmark": ("unverified", "reported"),
    "pyperf": ("improved", "sequential"),
    "k6": ("unverified", "reported"),
    "lighthouse": ("unverified", "reported"),
    "autocannon": ("unverified", "reported"),
    "google-benchmark": ("improved", "sequential"),
    "criterion": ("unverified", "reported"),
    "go-benchmark": ("improved", "sequential"),
    "postgres-explain": ("improved", "exact"),
    "junit": ("unverified", "reported"),
}


@pytest.mark.parametrize("tool", PAIRS)
def test_exactly_one_metric_is_primary_and_its_verdict_claims_no_more_than_the_runs(
    tool: str,
) -> None:
    before, after = PAIRS[tool]

    metrics = metrics_from(data(*before), data(*after)).metrics

    assert [metric.get("primary") for metric in metrics] == [True] + [None] * (len(metrics) - 1)
    assert verdict(metrics[0]) == VERDICTS[tool]


def test_a_benchmark_that_did_not_change_is_not_called_slower_as_criterion_did() -> None:
    found = metrics_from(data("criterion/before"), data("criterion/after"), select=["group/sum/10"])

    assert verdict(found.metrics[0]) == ("unverified", "reported")


def test_one_go_benchmark_moved_and_the_other_did_not_as_benchstat_says() -> None:
    found = metrics_from(data("go-bench/before.txt"), data("go-bench/after.txt"))

    fib, same = map(judged, found.metrics)
    assert fib.p == pytest.approx(0.000155, rel=0.01)  # p=0.000 n=8, -40.13 %
    assert same.p == pytest.approx(0.099, abs=0.001)  # ~ (p=0.099 n=8)


# What belongs together


def test_two_single_series_are_compared_whatever_they_are_called_and_it_is_said() -> None:
    found = metrics_from(data("hyperfine/before.json"), data("hyperfine/after.json"))

    assert [m["name"] for m in found.metrics] == ["curl -s -o /dev/null http://127.0.0.1:18102/"]
    assert found.remarks == (
        "compared: curl -s -o /dev/null http://127.0.0.1:18101/ (before) with"
        " curl -s -o /dev/null http://127.0.0.1:18102/ (after)",
    )


def test_what_is_on_one_side_only_is_named_and_never_guessed_to_be_renamed(tmp_path: Path) -> None:
    before, after = written(
        tmp_path,
        {
            "b.txt": "BenchmarkA-2 1 5 ns/op\nBenchmarkOld-2 1 5 ns/op\n",
            "a.txt": "BenchmarkA-2 1 4 ns/op\nBenchmarkNew-2 1 4 ns/op\n",
        },
    )

    found = metrics_from([before], [after])

    assert [m["name"] for m in found.metrics] == ["A-2"]
    assert found.remarks == (
        "only before, and so not compared (renamed?): Old-2",
        "only after, and so not compared (renamed?): New-2",
    )


def test_nothing_in_common_is_refused_with_the_names_of_both_sides() -> None:
    with pytest.raises(BadResult) as refused:
        metrics_from(data("hyperfine/both.json"), data("hyperfine/parameter.json"))

    assert refused.value.what == (
        "nothing was measured on both sides: before before, after;"
        " after sleep 0.01 (n=1), sleep 0.02 (n=2), sleep 0.03 (n=3)"
    )


def test_two_tools_are_never_compared() -> None:
    with pytest.raises(BadResult) as refused:
        metrics_from(data("pyperf/before.json"), data("hyperfine/after.json"))

    assert refused.value.what == "before is from pyperf and after from hyperfine"


def test_commands_of_a_scan_belong_together_by_their_parameters(tmp_path: Path) -> None:
    texts = {
        f"{side}.json": json.dumps(
            {"results": [{"command": f"./{side} -j {n}", "times": [float(n)], "parameters": {"n": n}} for n in "12"]}
        )
        for side in ("old", "new")
    }  # fmt: skip
    before, after = written(tmp_path, texts)

    found = metrics_from([before], [after])

    assert [(m["name"], m["before"], m["after"]) for m in found.metrics] == [
        ("./new -j 1 (n=1)", 1.0, 1.0),
        ("./new -j 2 (n=2)", 2.0, 2.0),
    ]


def test_files_of_a_side_in_other_units_become_one_series(tmp_path: Path) -> None:
    texts = {name: f"BenchmarkA-2 1 {value}\n" for name, value in (("b1", "5 ns/op"), ("b2", "6e-9 sec/op"), ("a", "4 ns/op"))}  # fmt: skip
    one, other, after = written(tmp_path, texts)

    found = metrics_from([one, other], [after])

    assert found.metrics[0]["before"] == [5, 6.0]


# One file with both sides


def test_one_file_of_hyperfine_holds_before_and_after_as_two_commands() -> None:
    before, after = sides_of(DATA / "hyperfine/both.json")
    found = metrics_from(data("hyperfine/both.json"), [])

    assert [(s.name, s.n) for s in (*before, *after)] == [("run time", 10), ("run time", 10)]
    assert verdict(found.metrics[0]) == ("inconclusive", "sequential")  # 1.16 ± 0.36 times faster


def test_commands_of_one_file_that_do_not_say_before_are_taken_in_their_order(
    tmp_path: Path,
) -> None:
    commands = [{"command": name, "times": [1.0, 2.0]} for name in ("./a", "./b")]
    (path,) = written(tmp_path, {"x.json": json.dumps({"results": commands})})

    assert metrics_from([path], []).remarks == ("compared: ./a (before) with ./b (after)",)


def test_a_third_command_in_one_file_is_not_dropped_without_a_word(tmp_path: Path) -> None:
    commands = [{"command": c, "times": [1.0, 2.0]} for c in ("cart: old", "cart: new", "noop")]
    (path,) = written(tmp_path, {"x.json": json.dumps({"results": commands})})

    found = metrics_from([path], [])

    assert [m["name"] for m in found.metrics] == ["cart"]
    assert found.remarks == ("neither before nor after, and so not compared: noop",)


def test_a_csv_file_with_columns_before_and_after_holds_both_sides(tmp_path: Path) -> None:
    (path,) = written(tmp_path, {"x.csv": "before (ms),after (ms)\n5,3\n6,4\n"})

    found = metrics_from([path], [], name="GET /cart p95")

    metric = found.metrics[0]
    assert (metric["name"], metric["unit"]) == ("GET /cart p95", "ms")
    assert (metric["before"], metric["after"], metric["order"]) == ([5, 6], [3, 4], "sequential")


@pytest.mark.parametrize("file", ["hyperfine/before.json", "hyperfine/parameter.json"])
def test_a_file_with_one_side_is_not_made_to_hold_two(file: str) -> None:
    with pytest.raises(BadResult) as refused:
        metrics_from(data(file), [])

    assert "does not hold before and after" in refused.value.what


def test_the_same_file_on_both_sides_is_refused() -> None:
    with pytest.raises(BadResult) as refused:
        metrics_from(data("hyperfine/both.json"), data("hyperfine/both.json"))

    assert refused.value.hint == "give it as --before alone if it holds both sides"


def test_a_copied_file_is_noticed(tmp_path: Path) -> None:
    text = (DATA / "hyperfine/before.json").read_text()
    before, after = written(tmp_path, {"b.json": text, "a.json": text})

    remarks = metrics_from([before], [after]).remarks

    assert "a file before and a file after are the same to the byte: was one copied?" in remarks


# The order of the runs


@pytest.mark.parametrize(
    ("turns", "order"),
    [
        ("babababa", "interleaved"),
        ("baabbaab", "interleaved"),
        ("abbaabba", "interleaved"),
        ("bbbbaaaa", "sequential"),
        ("bbaabbaa", "sequential"),
        ("bababab", "sequential"),
        ("ba", "sequential"),
    ],
)
def test_runs_took_turns_only_if_the_times_in_the_files_prove_it(
    tmp_path: Path, turns: str, order: str
) -> None:
    before, after = load_tests(tmp_path, turns)

    metric = metrics_from(before[::-1], after).metrics[0]

    assert metric["order"] == order
    times = [10 + minute for minute, side in enumerate(turns) if side == "b"]
    assert metric["before"] == (times if len(times) > 1 else times[0])


def test_runs_at_one_and_the_same_second_prove_nothing(tmp_path: Path) -> None:
    texts = {f"{i}.json": cannon(START, i) for i in range(8)}
    files = written(tmp_path, texts)

    assert metrics_from(files[::2], files[1::2]).metrics[0]["order"] == "sequential"


def test_times_with_and_without_a_zone_prove_nothing(tmp_path: Path) -> None:
    texts = {f"{i}.json": cannon(START + timedelta(minutes=i), i) for i in range(7)}
    files = written(tmp_path, texts | {"7.json": cannon(START.replace(tzinfo=None), 7)})

    assert metrics_from(files[::2], files[1::2]).metrics[0]["order"] == "sequential"


def test_files_that_hold_several_runs_each_prove_nothing(tmp_path: Path) -> None:
    texts = {}
    for minute in range(8):
        report = json.loads((DATA / "google-benchmark/before.json").read_text())
        report["context"]["date"] = f"2026-11-22T12:0{minute}:00+00:00"
        texts[f"{minute}.json"] = json.dumps(report)
    files = written(tmp_path, texts)

    assert metrics_from(files[::2], files[1::2]).metrics[0]["order"] == "sequential"


# Databases


def test_the_same_plan_and_the_same_blocks_are_no_change_in_work() -> None:
    cold, warm = data("postgres-explain/01-before-cold.json"), data("postgres-explain/02-before-warm.json")  # fmt: skip

    found = metrics_from(cold, warm)

    assert verdict(found.metrics[0]) == ("no_change", "exact")
    assert found.metrics[0]["conditions"] == {"plan": "2ab54fe78548", "indexes": "none"}
    assert found.metrics[1]["conditions"]["cache"] == ("cold -> mixed (96 of 8,461 blocks cached)")
    assert found.remarks == (
        "same plan and same blocks: no change in work; times differ by caches and load alone",
    )


def test_a_new_index_shows_in_blocks_plan_and_the_name_of_the_index() -> None:
    before = sorted((DATA / "postgres-explain").glob("0[123]*.json"))
    after = sorted((DATA / "postgres-explain").glob("0[45]*.json"))

    blocks, time = metrics_from(before, after).metrics

    assert (blocks["before"], blocks["after"]) == ([8461, 8461, 8461], [4, 4])
    assert verdict(blocks) == ("improved", "exact")
    assert blocks["conditions"]["indexes"] == "none -> orders_customer_created"
    assert (time["before"], time["after"]) == ([134.583, 31.152, 28.602], [0.083, 0.079])
    assert verdict({**time, "primary": True}) == ("insufficient", "reported")


# What the caller says


def test_a_name_selects_a_series_or_else_names_the_headline() -> None:
    sides = data("k6/before-handleSummary.json"), data("k6/after-handleSummary.json")

    by_name = metrics_from(*sides, name="http_req_waiting med").metrics
    renamed = metrics_from(*sides, name="GET /cart p95").metrics

    assert [(m["name"], m["before"], m["primary"]) for m in by_name] == [
        ("http_req_waiting med", 5.802246, True)
    ]
    assert [(m["name"], m["before"]) for m in renamed] == [("GET /cart p95", 7.824555)]


def test_a_selection_that_is_not_there_is_answered_with_the_nearest_name() -> None:
    sides = data("k6/before-handleSummary.json"), data("k6/after-handleSummary.json")

    with pytest.raises(BadResult) as refused:
        metrics_from(*sides, select=["http_req_durations p95"])

    assert refused.value.hint == "Did you mean `http_req_duration p95`?"


def test_a_unit_is_told_where_the_file_has_none_and_turns_what_has_one(tmp_path: Path) -> None:
    before, after = written(tmp_path, {"b.txt": "841.2\n903.5\n", "a.txt": "318.4\n341.0\n"})

    told = metrics_from([before], [after], name="GET /cart p95", unit="ms").metrics[0]
    turned = metrics_from(
        data("hyperfine/before.json"), data("hyperfine/after.json"), unit="ms"
    ).metrics[0]

    assert (told["unit"], told["better"], told["before"]) == ("ms", "lower", [841.2, 903.5])
    assert (turned["unit"], turned["before"][0]) == ("ms", 18.830132)


def test_what_nobody_tells_is_asked_for_by_its_field(tmp_path: Path) -> None:
    before, after = written(tmp_path, {"b.txt": "841.2\n", "a.txt": "318.4\n"})
    old, new = written(tmp_path, {"b.csv": "p50,p95\n1,2\n3,4\n", "a.csv": "p50,p95\n1,2\n"})

    cases: list[tuple[Path, Path, dict[str, Any]]] = [
        (before, after, {}),
        (before, after, {"name": "p95"}),
        (before, after, {"unit": "ms"}),
        (old, new, {"unit": "ms"}),
    ]
    asked = []
    for one, other, told in cases:
        with pytest.raises(UntoldResult) as refused:
            metrics_from([one], [other], **told)
        asked.append(refused.value.missing)

    assert asked == [("name", "unit"), ("unit",), ("name",), ("column",)]


def test_a_unit_of_another_kind_is_refused() -> None:
    with pytest.raises(BadResult) as refused:
        metrics_from(data("pyperf/before.json"), data("pyperf/after.json"), unit="MB")

    assert refused.value.what == "sumsq is in s, which cannot be turned into MB"


def test_a_column_of_a_csv_file_is_read_by_its_name(tmp_path: Path) -> None:
    texts = {"b.csv": "run,p50_ms,p95_ms\n1,3,7\n2,4,8\n", "a.csv": "run,p50_ms,p95_ms\n1,2,5\n"}
    before, after = written(tmp_path, texts)

    found = metrics_from([before], [after], column="p95_ms")

    assert [(m["name"], m["unit"], m["before"], m["after"]) for m in found.metrics] == [
        ("p95", "ms", [7, 8], 5)
    ]


# Limits


def test_of_many_runs_a_hundred_are_kept_evenly_with_the_true_number(tmp_path: Path) -> None:
    texts = {"b.txt": "\n".join(map(str, range(1000))), "a.txt": "\n".join(map(str, range(101)))}
    before, after = written(tmp_path, texts)

    metric = metrics_from([before], [after], name="x", unit="ms").metrics[0]

    assert (metric["n_before"], metric["n_after"]) == (1000, 101)
    assert metric["before"] == list(range(0, 1000, 10))
    assert len(metric["after"]) == 100


def test_of_many_benchmarks_the_first_are_taken_and_it_is_said(tmp_path: Path) -> None:
    lines = "".join(f"Benchmark{i}-2 1 5 ns/op\n" for i in range(3000))
    before, after = written(tmp_path, {"b.txt": lines, "a.txt": lines + "\n"})

    found = metrics_from([before], [after])

    assert [m["name"] for m in found.metrics] == [f"{i}-2" for i in range(25)]
    assert found.remarks == (
        "0-2 speaks for the note, as it comes first: choose another by name",
        "3,000 series were measured on both sides, and the first 25 are here; take others by their"
        " names",
    )


def test_a_metric_that_nobody_can_judge_is_left_out_with_a_word(tmp_path: Path) -> None:
    values = [{"name": "load time", "unit": "ms", "value": 5}, {"name": "widgets", "unit": "1", "value": 5}]  # fmt: skip
    before, after = written(tmp_path, {"b.json": json.dumps(values), "a.json": json.dumps(values, indent=1)})  # fmt: skip

    found = metrics_from([before], [after])

    assert [m["name"] for m in found.metrics] == ["load time"]
    assert "left out: nothing tells whether widgets is better low or high" in found.remarks


def test_load_and_host_that_differ_are_said(tmp_path: Path) -> None:
    before, after = written(
        tmp_path, {"b.json": cannon(START, 10, 8), "a.json": cannon(START, 9, 16)}
    )

    assert metrics_from([before], [after]).remarks[0] == (
        "the load differs: 8 connections -> 16 connections; that alone can move the numbers"
    )


def test_a_file_outside_the_repository_is_named_without_its_folder(tmp_path: Path) -> None:
    found = metrics_from(*PAIRS_AS_PATHS, root=tmp_path)

    assert found.metrics[0]["source"]["files"] == ["before.json", "after.json"]


PAIRS_AS_PATHS = (data("pyperf/before.json"), data("pyperf/after.json"))


def test_comparing_single_iterations_would_have_claimed_what_one_number_per_run_does_not() -> None:
    sample = json.loads((DATA / "criterion/before/group/sum/10/new/sample.json").read_text())
    later = json.loads((DATA / "criterion/after/group/sum/10/new/sample.json").read_text())
    before, after = (
        [t / n for t, n in zip(s["times"], s["iters"], strict=True)] for s in (sample, later)
    )

    assert compare(before, after, better="lower").verdict == "regressed"  # and nothing changed

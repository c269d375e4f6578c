"""The tables of the page about numbers: verdicts, trust, remarks, result files, rates, rules."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from benchmarks import verdicts as benchmark
from changenote.capture.results.formats import FORMATS, runs_in
from changenote.checks.catalogue import RULES
from changenote.model.measures import (
    CAUTIONS,
    Trust,
    Verdict,
    Word,
    cautions,
    judge,
    quantity,
    sentence,
)
from changenote.model.note import Metric
from changenote.model.reading import read
from changenote.site.note.measured import TRUSTS
from tests.documentation.tables import code, row, table

_DATA = Path(__file__).parents[1] / "data" / "results"

_OLD = [841, 903, 813, 867, 829, 855]
_NEW = [318, 341, 310, 327, 322, 335]
_LUCKY = [846, 22, 851, 25, 21, 839, 24, 862, 23, 848]

_VERDICTS: Mapping[str, tuple[str, str, Mapping[str, object]]] = {
    "improved": ("improved", "The runs show it.", {"before": _OLD, "after": _NEW}),
    "regressed": ("regressed", "The runs show that it got worse.", {"before": _NEW, "after": _OLD}),
    "no_change": (
        "no change",
        "The runs show that it is the same, give or take 2 %.",
        {
            "before": [412, 409, 414, 411, 410, 413, 412, 411],
            "after": [411, 413, 410, 412, 409, 414, 411, 412],
        },
    ),
    "inconclusive": (
        "not clear",
        "It may have moved, or not. More runs may tell.",
        {"before": _OLD, "after": [802, 871, 846, 799, 880, 812]},
    ),
    "insufficient": (
        "too few runs",
        "Three runs a side can agree by chance.",
        {"before": _OLD[:3], "after": _NEW[:3]},
    ),
    "unverified": ("reported", "Somebody says so.", {"before": 840, "after": 318}),
    "invalid": ("invalid", "There is nothing to compare.", {"before": _OLD}),
}
"""The word of each verdict for people, what it means, and an example."""

_TRUST: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "exact": (
        "a size, a count of queries: `deterministic: true`",
        {"name": "bundle", "unit": "kB", "before": 412, "after": 371, "deterministic": True},
    ),
    "interleaved": (
        "`changenote measure`",
        {"before": _OLD, "after": _NEW, "order": "interleaved"},
    ),
    "sequential": (
        "`changenote baseline`, result files, several numbers typed",
        {"before": _OLD, "after": _NEW},
    ),
    "reported": ("one number a side, or fewer than four", {"before": 840, "after": 318}),
}
"""How each level of trust is come by, with an example; `invalid` numbers have none."""

_ADVICE = {
    "first_run_slow": "A cold cache or a cold start. `--warmup 1` makes a run that does not count.",
    "first_run_fast": "The first run did less: an error page? A prepared cache?",
    "outliers": "Something else was busy. They are kept, and rarely change the verdict.",
    "drift": "The machine warms up, or data grows. `changenote measure` is made for this.",
    "bimodal": "Two kinds of runs: cache hit and miss, two servers, two plans.",
    "zero_variance": "A number that never varies is rounded, or cached, or exact.",
    "coarse_resolution": "Measure something longer, or with a finer clock.",
}
"""What each remark about the runs of one side often comes from, and what to do."""

_FORMATS: Mapping[str, tuple[str, str]] = {
    "hyperfine": ("`--export-json FILE`", "hyperfine/after.json"),
    "pytest-benchmark": ("`--benchmark-json FILE`", "pytest-benchmark/after.json"),
    "pyperf": ("`-o FILE`", "pyperf/after.json"),
    "k6": ("`handleSummary` or `--summary-export=FILE`", "k6/after-handleSummary.json"),
    "lighthouse": ("`--output json`; Lighthouse CI", "lighthouse/after.json"),
    "autocannon": ("`-j > FILE`", "autocannon/after.json"),
    "oha": ("its JSON output", "oha/report.json"),
    "vegeta": ("`vegeta report -type=json`", "vegeta/report.json"),
    "google-benchmark": (
        "`--benchmark_out=FILE`, with repetitions",
        "google-benchmark/after.json",
    ),
    "criterion": ("the folder `target/criterion`", "criterion/after/fib/new/estimates.json"),
    "go-benchmark": ("what `go test -bench . -count 10` prints", "go-bench/after.txt"),
    "postgres-explain": (
        "`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)`",
        "postgres-explain/02-before-warm.json",
    ),
    "prometheus": (
        "what `/api/v1/query?query=…` answers",
        "prometheus/query-instant-vector.json",
    ),
    "github-action-benchmark": (
        "its custom JSON",
        '[{"name": "cart", "unit": "ms", "value": 841}]',
    ),
    "bencher": ("Bencher Metric Format", '{"cart": {"latency": {"value": 841}}}'),
    "junit": ("a JUnit report, such as `pytest --junit-xml FILE`", "junit/pytest-after.xml"),
    "numbers": ("plain text, a number a line: `841 ms`", "841 ms\n903 ms\n"),
    "csv": ("a heading such as `time (ms)`, a line for each run", "time (ms)\n841\n903\n"),
}
"""How each kind of result file is made, and one: a file of the tests' data, or its text."""

_RATES = (
    "nothing changed, one after the other",
    "nothing changed, alternately",
    "nothing changed, machine drifts 15 %, one after the other",
    "nothing changed, machine drifts 15 %, alternately",
    "5 % faster, machine drifts 15 %, one after the other",
    "5 % faster, machine drifts 15 %, alternately",
)
_LUCK = (
    "nothing changed but lucky cache hits",
    "the same, were it not for the look at two kinds of runs",
    "nothing changed, 100 requests of one run taken for 100 runs",
    "half the time, one number against one number",
)
_PLANS = {"once": "01-before-cold", "again": "02-before-warm", "and again": "03-before-warm2"}
"""One query run three times: what PostgreSQL said of each, among the tests' data."""

_EVIDENCE = (
    "single-numbers",
    "cache-not-named",
    "warm-after-cold",
    "several-variables",
    "no-number-expected",
    "no-baseline",
    "several-primaries",
    "varying-deterministic",
    "unequal-pairs",
    "wrong-count",
    "written-late",
    "files-differ",
)


def verdicts() -> str:
    """Every verdict, what it means, and the sentence of a note."""
    assert set(_VERDICTS) == set(get_args(Word))
    rows = (row(f"**{w}**", means, _says(data)) for w, means, data in _VERDICTS.values())
    return table(("Verdict", "It means", "A note says, for example"), rows)


def trust() -> str:
    """Every level of trust, how it is come by, and the sentence of a note."""
    assert {*_TRUST, "invalid"} == set(get_args(Trust)) == set(TRUSTS)
    rows = (
        row(f"**{level}**: {TRUSTS[level].removeprefix('exact, ')}", how, _says(data))
        for level, (how, data) in _TRUST.items()
    )
    return table(("Trust", "You get it from", "A note says, for example"), rows)


def remarks() -> str:
    """What may be said about the runs of one side."""
    assert set(_ADVICE) == set(CAUTIONS)
    return table(("It says", "Often it is"), (row(_warned(n), _ADVICE[n]) for n in CAUTIONS))


def formats() -> str:
    """Every kind of result file."""
    assert list(_FORMATS) == [known.name for known in FORMATS]
    rows = (row(code(name), how, _sample(name)) for name, (how, _) in _FORMATS.items())
    return table(("Tool", "Give it", "One number is"), rows)


def rates() -> str:
    """How often a verdict is right, by how it was measured."""
    return _measured(_RATES)


def luck() -> str:
    """How often luck is mistaken for a change."""
    return _measured(_LUCK)


def plans() -> str:
    """The same query again and again: its time and the blocks that it touched."""
    rows = []
    for asked, file in _PLANS.items():
        path = _DATA / "postgres-explain" / f"{file}.json"
        (run,) = runs_in(path.read_text(encoding="utf-8"), file, path=path)
        found = {series.name: series for series in run}
        took, blocks = found["execution time"], found["blocks touched"]
        rows.append(row(asked, *(quantity(s.values[0], s.unit, digits=3) for s in (took, blocks))))
    return table(("The same query", "Took", "Touched"), rows)


def evidence() -> str:
    """The rules about numbers, with where each is explained."""
    rules = (RULES[name] for name in _EVIDENCE)
    rows = (
        row(f"[{code(r.id)}](../reference/rules.md#{r.id})", r.title, r.severity) for r in rules
    )
    return table(("Rule", "What is wrong", "Severity"), rows)


def _says(data: Mapping[str, object]) -> str:
    """The sentence about a metric that is a time unless it says otherwise."""
    known = {"name": "GET /cart p95", "unit": "ms", "better": "lower", **data}
    metric, problems = read(Metric, known)
    assert metric, problems
    return sentence(metric, judge(metric))


def _warned(flag: str) -> str:
    blank = Verdict(verdict="improved", trust="sequential", n_before=6, n_after=6)
    (said,) = cautions(Verdict(**{**vars(blank), "flags": (f"after:{flag}",)}))
    return said.partition(": ")[2]


def _sample(name: str) -> str:
    """What one number of a file is, as the reader of its format says."""
    given = _FORMATS[name][1]
    path = None if "\n" in given or given[0] in "[{" else _DATA / given
    text = path.read_text(encoding="utf-8") if path else given
    (run, *_) = runs_in(text, given, path=path)
    assert {series.tool for series in run} == {name}, name
    return run[0].sample


def _measured(titles: Sequence[str]) -> str:
    """Rows of the table that `python -m benchmarks.verdicts` has made, as wide as a phone is."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in benchmark.RESULTS.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    found = {title: rest for title, *rest in lines}
    rows = (row(title, *found[title][:2]) for title in titles)
    return table(("What really happened, how it was measured", *lines[0][1:3]), rows)

"""Numbers that exist already go into a note: typed, or read from result files."""

from typing import Any

import pytest

from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import NOTE, said
from tests.test_baseline import NEW, OLD
from tests.workshop import Workshop

NOTE_ID = "20251120-g00d00"
FILE = f"changes/2025/{NOTE_ID}-note.yaml"


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A shop with a note in which nothing is wrong and no metric."""
    workshop.note(NOTE.replace("ID", NOTE_ID), NOTE_ID)
    return workshop


def metrics(shop: Workshop) -> list[dict[str, Any]]:
    """The metrics of the note."""
    found: list[dict[str, Any]] = resolved(codec.load((shop.folder / FILE).read_bytes()).data)[
        "metrics"
    ]
    return found


def test_a_line_is_enough(shop: Workshop) -> None:
    done = shop.run("metrics", "add", "g00d00", "GET /cart p95: 840 ms -> 318 ms")

    assert done.out == f"{FILE}\nGET /cart p95: reported, not measured: 840 ms → 318 ms\n"
    assert metrics(shop) == [
        {"name": "GET /cart p95", "unit": "ms", "better": "lower", "before": 840, "after": 318}
    ]


def test_a_note_with_a_metric_no_longer_says_why_it_has_none(shop: Workshop) -> None:
    shop.run("metrics", "add", "g00d00", "size: 184320 B -> 141784 B", "--deterministic")

    text = (shop.folder / FILE).read_text()
    assert text == NOTE.replace("ID", NOTE_ID).replace(
        "no_metric: the dashboard was down\n",
        "metrics:\n"
        "  - {name: size, unit: B, better: lower, before: 184320, after: 141784, "
        "deterministic: true}\n",
    )


def test_each_part_of_a_metric_has_an_option(shop: Workshop) -> None:
    done = shop.run(
        "metrics",
        "add",
        "g00d00",
        "--name=GET /cart p95",
        "--before=0.840,0.845,0.838",
        "--before=0.851 s",
        "--after=318, 321, 325, 316 ms",
        "--better=lower",
        "--primary",
        "--target=0.4 s",
        "--conditions=cache=warm",
        "-cload=50 rps",
        "--sample=load-test run",
        "--order=sequential",
    )

    assert done.out.splitlines()[1:] == [
        "GET /cart p95: 2.6 times faster (between 2.6 and 2.7), measured one after the other; cache and load",
        "  may differ",
    ]
    assert done.err == ""
    assert metrics(shop) == [
        {
            "name": "GET /cart p95",
            "unit": "ms",
            "better": "lower",
            "primary": True,
            "target": 400,
            "before": [840, 845, 838, 851],
            "after": [318, 321, 325, 316],
            "sample": "load-test run",
            "order": "sequential",
            "conditions": {"cache": "warm", "load": "50 rps"},
        }
    ]


def test_the_unit_asked_for_is_the_unit_written(shop: Workshop) -> None:
    shop.run(
        "metrics", "add", "g00d00", "--name=p95", "--before=840 ms", "--after=318 ms", "--unit=s"
    )

    assert [(m["unit"], m["before"], m["after"]) for m in metrics(shop)] == [("s", 0.84, 0.318)]


@pytest.mark.parametrize(
    "sides",
    [
        ["--before=perf/before*.json", "--after=perf/after*.json"],
        ["--before=perf/before-1.json", "--before=perf/before-2.json", "--after=perf/after*"],
        # What a shell makes of `--before perf/before* --after perf/after*`.
        ["--before", "perf/before-1.json", "perf/before-2.json", "--after", "perf/after-1.json"],
    ],
)
def test_result_files_are_read_and_named(shop: Workshop, sides: list[str]) -> None:
    shop.write("perf/before-1.json", OLD)
    shop.write("perf/before-2.json", OLD.replace("0.840", "0.841"))
    shop.write("perf/after-1.json", NEW)

    done = shop.run("metrics", "add", "--name=GET /cart", "-ccache=warm", *sides, "g00d00")

    (metric,) = metrics(shop)
    assert done.code == 0, done.err
    assert "GET /cart: 2.6 times faster" in done.out
    assert (metric["name"], metric["unit"], metric["primary"]) == ("GET /cart", "s", True)
    assert (len(metric["before"]), len(metric["after"])) == (12, 6)
    assert metric["source"]["tool"] == "hyperfine"
    assert metric["source"]["files"][-1] == "perf/after-1.json"
    assert metric["conditions"]["cache"] == "warm"


def test_only_one_metric_speaks_for_the_note(shop: Workshop) -> None:
    shop.write("before.json", OLD)
    shop.write("after.json", NEW)
    files = ["--before=before.json", "--after=after.json", "--name=GET /cart"]
    line = "errors: 8 -> 3"

    first = shop.run("metrics", "add", "g00d00", line)
    second = shop.run("metrics", "add", "g00d00", line.replace("errors", "retries"))
    third = shop.run("metrics", "add", "g00d00", *files)
    fourth = shop.run("metrics", "add", "g00d00", *files)
    fifth = shop.run("metrics", "add", "g00d00", *files, "--primary")

    assert [m.get("primary") for m in metrics(shop)] == [None, None, True, None]
    assert ["is primary" in done.err for done in (first, second, third, fourth)] == [
        False,
        True,
        False,
        False,
    ]
    assert "primary" in said(fifth).what
    assert fifth.code == 1


def test_a_dry_run_shows_the_change_and_writes_nothing(shop: Workshop) -> None:
    before = (shop.folder / FILE).read_bytes()

    done = shop.run("metrics", "add", "g00d00", "p95: 840 ms -> 318 ms", "--dry-run")

    assert "-no_metric: the dashboard was down\n+metrics:\n" in done.out
    assert (shop.folder / FILE).read_bytes() == before


def test_programs_get_the_verdict_and_the_note(shop: Workshop) -> None:
    done = shop.run("metrics", "add", "g00d00", "p95: 840 ms -> 318 ms", "--json")

    assert done.data == {
        "metrics": [
            {
                "metric": {
                    "name": "p95",
                    "unit": "ms",
                    "better": "lower",
                    "before": 840,
                    "after": 318,
                },
                "verdict": "unverified",
                "p": None,
                "ratio": None,
                "ci95": None,
                "trust": "reported",
                "flags": [],
                "says": "reported, not measured: 840 ms → 318 ms",
                "cautions": [],
            }
        ],
        "remarks": [],
        "note": FILE,
    }


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "no numbers"),
        (["faster"], "'faster' is no metric"),
        (["p95: 1 ms -> 2 MB"], "'p95: 1 ms -> 2 MB' is no metric"),
        (["p95: 1 ms -> 2 ms", "--before=1"], "a metric twice"),
        (["widgets: 1 -> 2"], "nothing tells whether lower or higher is better for widgets"),
        (["p95: 1 ms -> 2 ms", "--target=5 MB"], "the target is in MB, and the metric in ms"),
        (["p95: 1 ms -> 2 ms", "--target=soon"], None),
        (["--name=p95", "--before=1 ms"], "a metric needs a name and numbers on both sides"),
        (["--before=1 ms", "--after=2 ms"], "a metric needs a name and numbers on both sides"),
        (["--name=p95", "--before=1 ms", "--after=2 MB"], "ms cannot be turned into MB"),
        (
            ["--name=p95", "--before=1 ms", "--after=perf.json"],
            "numbers on one side and files on the other",
        ),
        (["--name=p95", "--before=840.json", "--after=318.json"], None),
        (["--name=p95", "--before=none*.json", "--after=README.md"], None),
        (["--name=p95", "--before=1e999", "--after=2"], None),
        (["--name=two\nlines", "--before=1 ms", "--after=2 ms"], None),
        (["p95: 1 ms -> 2 ms", "--order=interleaved"], None),
    ],
)
def test_what_is_no_metric_is_refused_and_the_note_stays(
    shop: Workshop, words: list[str], what: str | None
) -> None:
    before = (shop.folder / FILE).read_bytes()

    done = shop.run("metrics", "add", "g00d00", *words)

    assert done.code in (1, 2, 3)
    assert what in (None, said(done).what)
    assert (shop.folder / FILE).read_bytes() == before


def test_secrets_do_not_reach_the_note(shop: Workshop) -> None:
    token = "ghp_" + "a1B2" * 9

    shop.run(
        "metrics", "add", "g00d00", f"p95 {token}: 840 ms -> 318 ms", f"--sample=run of {token}"
    )

    assert token not in (shop.folder / FILE).read_text()
    assert "[redacted: GitHub token]" in metrics(shop)[0]["sample"]

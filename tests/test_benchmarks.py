"""The measurements are told truly: made-up notes are valid, turns are fair, the table is right."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import as_json
from benchmarks.generate import write_notes
from benchmarks.places import only, reno_notes, shop
from benchmarks.ratios import Ratio, ratio, verdict
from benchmarks.report import as_markdown
from benchmarks.runner import Contender, in_turn, measure
from tests.workshop import Workshop

NOTES = 60
ONE_ROUND: Any = {"rounds": 1, "environment": {"PATH": os.environ["PATH"]}, "title": "a test"}


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.yaml")
    }


def test_check_finds_nothing_in_made_up_notes_and_fmt_has_nothing_to_change(
    tmp_path: Path,
) -> None:
    workshop = Workshop(tmp_path).start()

    paths = write_notes(NOTES, tmp_path)

    assert len(set(paths)) == NOTES
    checked = workshop.run("check", "--strict")
    assert checked.code == 0, checked.out
    assert workshop.run("fmt", "--check").code == 0


def test_a_made_up_note_is_about_as_large_and_as_full_as_a_real_one(tmp_path: Path) -> None:
    write_notes(NOTES, tmp_path)

    every = list(texts(tmp_path).values())

    assert 2000 < sum(map(len, every)) / NOTES < 3500
    for text in every:
        assert text.count("  - {path: ") == 8
        assert text.count("purpose: ") == 4
        assert text.count("before: ") == 4


def test_the_same_seed_makes_the_same_notes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        write_notes(NOTES, tmp_path / name, seed)

    first, again, other = (texts(tmp_path / name) for name in ("first", "again", "other"))

    assert first == again
    assert first.keys().isdisjoint(other.keys())


def contender(folder: Path, *command: str | Path, prepare: Any = lambda: None) -> Contender:
    return Contender(name="it", command=command, shown="it", folder=folder, prepare=prepare)


def test_every_contender_starts_a_round_and_follows_two_neighbours() -> None:
    contenders = [contender(Path(), name) for name in ("a", "b", "c")]

    rounds = ["".join(str(c.command[0]) for c in in_turn(contenders, n)) for n in range(6)]

    assert rounds == ["abc", "acb", "cab", "cba", "bca", "bac"]


def test_the_processor_time_of_child_processes_counts(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"

    samples = measure([contender(tmp_path, sys.executable, "-c", child)], **ONE_ROUND)

    assert samples["it"][0].cpu >= 0.3


def test_every_round_is_prepared_and_the_first_two_are_dropped(tmp_path: Path) -> None:
    left = tmp_path / "left"
    prepared: list[bool] = []

    def prepare() -> None:
        prepared.append(left.exists())
        left.unlink(missing_ok=True)

    samples = measure([contender(tmp_path, "touch", left, prepare=prepare)], **ONE_ROUND)

    assert prepared == [False, True, True]
    assert len(samples["it"]) == 1


def test_a_command_that_fails_stops_the_run_and_says_why(tmp_path: Path) -> None:
    failing = contender(tmp_path, "ls", "nowhere")

    with pytest.raises(SystemExit, match=r"(?s)`it` ended with .*nowhere"):
        measure([failing], **ONE_ROUND)


def test_a_ratio_compares_medians_and_its_interval_holds_it() -> None:
    ours, theirs = [1.0, 1.1, 0.9, 1.0, 5.0], [2.0, 2.1, 1.9, 2.0, 2.0]

    found = ratio(ours, theirs)

    assert found.value == 0.5
    assert found.low <= found.value <= found.high
    assert found == ratio(ours, theirs)


def test_a_slow_moment_that_both_shared_does_not_widen_the_interval() -> None:
    machine = [1.0, 1.3, 0.8, 2.0, 1.1, 0.9, 1.7]

    found = ratio([3 * m for m in machine], [4 * m for m in machine])

    assert (found.low, found.value, found.high) == pytest.approx((0.75, 0.75, 0.75))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.6, 0.7, "met"), (0.6, 0.75, "met"), (0.7, 0.8, "not clear"), (0.76, 0.8, "missed")],
)
def test_a_target_is_met_or_missed_only_by_the_whole_interval(
    low: float, high: float, said: str
) -> None:
    assert verdict(Ratio(value=0.7, low=low, high=high), 0.75) == said


def test_removing_what_is_new_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    remove_new = only(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "new").write_text("")

    remove_new()

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["kept"]


def test_the_places_are_real_repositories(tmp_path: Path) -> None:
    made = [
        shop(tmp_path / "shop"),
        reno_notes(tmp_path / "many", 5, one_commit=False),
        reno_notes(tmp_path / "one", 5, one_commit=True),
    ]

    shops = [Workshop(folder) for folder in made]

    assert [w.git("rev-list", "--count", "HEAD") for w in shops] == ["50", "5", "1"]
    assert [w.git("status", "--porcelain") for w in shops] == ["", "", ""]
    assert [len(list(f.glob("releasenotes/notes/*"))) for f in made] == [0, 5, 5]
    assert shops[0].git("describe", "--tags", "--abbrev=0") == "v2.13.0"


RESULTS: dict[str, Any] = {
    "format": 1,
    "date": "2026-11-22",
    "machine": {"processor": "A processor", "cores": "2"},
    "versions": {"changenote": "0.1.0", "towncrier": "26.9.0"},
    "scenarios": [
        {
            "name": "start-up",
            "title": "From the command line to one new file",
            "rounds": 3,
            "warm_up": 2,
            "contenders": [
                {
                    "name": "changenote new",
                    "shown": "changenote new --yes",
                    "cpu": [0.06, 0.0612, 0.07],
                    "wall": [0.07, 0.08, 0.09],
                },
                {
                    "name": "towncrier create",
                    "shown": "towncrier create",
                    "cpu": [0.09, 1.5, 0.1],
                    "wall": [0.1, 1.6, 0.11],
                },
            ],
            "compared": [
                {
                    "ours": "changenote new",
                    "theirs": "towncrier create",
                    "at_most": 0.75,
                    "ratio": 0.612,
                    "low": 0.04,
                    "high": 0.68,
                    "verdict": "met",
                },
                {
                    "ours": "towncrier create",
                    "theirs": "changenote new",
                    "at_most": None,
                    "ratio": 1.634,
                    "low": 1.47,
                    "high": 24.5,
                    "verdict": None,
                },
            ],
        }
    ],
}

REPORT = """\
# Measurements

Written by `make bench`; do not edit. What is compared, how, and where the work differs:
[benchmarks/README.md](../README.md).

## Targets

A ratio is the median of the first over the median of the second, both measured in turns in this
run; the interval (95 %) comes from drawing whole rounds again. A target is met or missed when the
whole interval lies on one side of it. Ratios without a target are there to be seen.

| what | ratio | interval | target | result |
|---|---|---|---|---|
| changenote new ÷ towncrier create | 0.61 | 0.04 – 0.68 | ≤ 0.75 | met |
| towncrier create ÷ changenote new | 1.63 | 1.47 – 24.50 |  |  |

## From the command line to one new file

3 rounds, after 2 that were dropped to warm up. Processor time is user and system time of the \
command and all its children.

| command | as run | processor, median | from – to | time passed, median |
|---|---|---|---|---|
| changenote new | `changenote new --yes` | 61.2 ms | 60.0 ms – 70.0 ms | 80.0 ms |
| towncrier create |  | 100.0 ms | 90.0 ms – 1,500.0 ms | 110.0 ms |

## Machine and versions

- date: 2026-11-22
- processor: A processor
- cores: 2
- changenote: 0.1.0
- towncrier: 26.9.0
"""


def test_the_samples_are_kept_one_line_for_each_command() -> None:
    text = as_json(RESULTS)

    assert json.loads(text) == RESULTS
    assert '    "cpu": [0.06, 0.0612, 0.07],\n' in text


def test_the_report_shows_targets_first_and_every_command_with_its_spread() -> None:
    assert as_markdown(RESULTS) == REPORT

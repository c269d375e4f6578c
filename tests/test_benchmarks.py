"""The measurements are told truly: made-up notes are valid, turns are fair, the table is right."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import as_json, plain
from benchmarks.generate import write_notes
from benchmarks.notes import notes
from benchmarks.places import change_notes, only, reno_notes, shop
from benchmarks.promises import Compared, Limit, Scenario
from benchmarks.ratios import Ratio, middle, ratio, verdict
from benchmarks.report import as_markdown
from benchmarks.runner import Act, Command, Sample, in_turn, measure
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


def contender(folder: Path, *command: str | Path, **more: Any) -> Command:
    return Command(name="it", command=command, shown="it", folder=folder, **more)


def test_every_contender_starts_a_round_and_follows_two_neighbours() -> None:
    contenders = [Act(name=name, shown=name, act=dict) for name in ("a", "b", "c")]

    rounds = ["".join(c.name for c in in_turn(contenders, n)) for n in range(6)]

    assert rounds == ["abc", "acb", "cab", "cba", "bca", "bac"]


def test_the_processor_time_of_child_processes_counts(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"

    samples = measure([contender(tmp_path, sys.executable, "-c", child)], **ONE_ROUND)

    assert samples["it"][0]["cpu"] >= 0.3


def test_memory_is_that_of_the_command_and_not_of_the_program_that_measures(
    tmp_path: Path,
) -> None:
    ballast = bytearray(60_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])  # a page that was never written takes no memory

    samples = measure([contender(tmp_path, "git", "--version")], **ONE_ROUND)

    assert samples["it"][0]["memory"] < 30_000_000


# Both are let go after who measures has gone to sleep again twice, and so has looked at them once.
HELD_BY_TWO = """
import subprocess, sys, time
from os import getppid
from pathlib import Path
hold = "import sys; kept = bytes([1]) * 40_000_000; print(flush=True); sys.stdin.read()"
pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
both = [subprocess.Popen([sys.executable, "-c", hold], **pipes) for _ in range(2)]
for process in both:
    process.stdout.readline()

def naps():
    threads = Path(f"/proc/{getppid()}/task").glob("*/status")
    lines = [line for thread in threads for line in thread.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))

before = naps()
while naps() < before + 2:
    time.sleep(0.02)
for process in both:
    process.communicate()
"""


def test_processes_that_run_at_the_same_time_hold_their_memory_together(tmp_path: Path) -> None:
    two = contender(tmp_path, sys.executable, "-c", HELD_BY_TWO)

    samples = measure([two], warm_up=0, **ONE_ROUND)

    assert 80_000_000 < samples["it"][0]["memory"] < 160_000_000


def test_what_a_command_wrote_is_counted(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    write = contender(tmp_path, "cp", Path(__file__), made / "copy", writes=made)

    samples = measure([write], **ONE_ROUND)

    assert samples["it"][0]["written"] == Path(__file__).stat().st_size


def test_who_takes_too_long_has_no_samples_and_the_others_go_on(tmp_path: Path) -> None:
    slow = contender(tmp_path, "sleep", "60", limit=0.2)
    quick = Act(name="quick", shown="quick", act=lambda: {"cpu": 1.0})

    samples = measure([slow, quick], **ONE_ROUND)

    assert samples == {"it": [], "quick": [{"cpu": 1.0}]}


def test_no_round_begins_when_the_time_is_over_but_one_is_measured() -> None:
    act = Act(name="it", shown="it", act=lambda: {"cpu": 1.0})

    samples = measure([act], rounds=9, environment={}, title="a test", seconds=0)

    assert len(samples["it"]) == 1


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


def test_a_limit_looks_at_the_median_and_its_interval() -> None:
    found = middle([3.0, 1.0, 2.0, 9.0, 2.5])

    assert found.value == 2.5
    assert found.low == 1.0
    assert found.high == 9.0


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


def test_every_note_of_a_made_up_history_came_when_its_change_shipped(tmp_path: Path) -> None:
    made = Workshop(change_notes(tmp_path / "notes", NOTES))

    told = made.git("log", "--reverse", "--format=%cd %s", "--date=format:%Y-%m-%dT%H:%M:%SZ")

    assert told.splitlines() == [f"{d['shipped']['at']} {d['title']}" for d in notes(NOTES)]


SCENARIO = Scenario(
    name="start-up",
    title="From the command line to one new file",
    rounds=3,
    contenders=[
        Act(name="changenote new", shown="changenote new --yes", act=dict),
        Act(name="towncrier create", shown="towncrier create", act=dict),
        Act(name="scriv create", shown="scriv create", act=dict),
    ],
    compared=[
        Compared(ours="changenote new", theirs="towncrier create", at_most=0.75),
        Compared(ours="changenote new", theirs="scriv create", at_most=1),
        Compared(ours="towncrier create", theirs="changenote new", of="memory"),
    ],
    limits=[Limit(ours="changenote new", of="memory", at_most=20_000_000)],
    remark="None of them does as much.",
)


def sample(cpu: float, wall: float, memory: float) -> Sample:
    return {"cpu": cpu, "wall": wall, "memory": memory}


SAMPLES: dict[str, list[Sample]] = {
    "changenote new": [
        sample(0.06, 0.07, 21e6),
        sample(0.0612, 0.08, 22e6),
        sample(0.07, 0.09, 21e6),
    ],
    "towncrier create": [
        sample(0.09, 0.1, 25e6),
        sample(12.5, 12.6, 25e6),
        sample(0.1, 0.11, 26e6),
    ],
    "scriv create": [],
}

RESULTS: dict[str, Any] = {
    "format": 2,
    "date": "2026-11-22",
    "machine": {"processor": "A processor", "cores": "2"},
    "versions": {"changenote": "0.1.0", "towncrier": "26.9.0"},
    "scenarios": [
        plain(SCENARIO, SAMPLES),
        {"name": "serve", "title": "serve", "failed": "no free port"},
    ],
}

REPORT = """\
# Measurements

Written by `make bench`; do not edit. What is compared, how, and where the work differs:
[benchmarks/README.md](../README.md).

## Targets

A ratio is the median of the first over the median of the second, both measured in turns in this
run; the interval (95 %) comes from drawing whole rounds again, and says little where there were
few. A target is met or missed when the whole interval lies on one side of it.

| what | measured | interval | target | result |
|---|---|---|---|---|
| changenote new ÷ towncrier create | 0.61 | 0.00 – 0.70 | ≤ 0.75 | met |
| changenote new ÷ scriv create | not finished |  | ≤ 1.00 | not finished |
| changenote new, memory | 21.0 MB | 21.0 MB – 22.0 MB | ≤ 20.0 MB | missed |

![What was measured, as a share of what was promised](ratios.svg)

## Without a target

There to be seen.

| what | ratio | interval |
|---|---|---|
| towncrier create ÷ changenote new, memory | 1.19 | 1.14 – 1.24 |

## From the command line to one new file

None of them does as much.

3 rounds, after 2 dropped to warm up. Processor time is user and system time of the command and all \
its children; memory is the most that they held together.

| command | as run | processor, median | from – to | time passed, median | memory, most |
|---|---|---|---|---|---|
| changenote new | `changenote new --yes` | 61.2 ms | 60.0 ms – 70.0 ms | 80.0 ms | 22.0 MB |
| towncrier create |  | 100.0 ms | 90.0 ms – 12.5 s | 110.0 ms | 26.0 MB |
| scriv create |  | not finished |  |  |  |

## serve

Not measured: no free port

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
    assert '      "cpu": [0.06, 0.0612, 0.07],\n' in text


def test_the_report_shows_targets_first_and_every_command_with_its_spread() -> None:
    assert as_markdown(RESULTS) == REPORT

"""Old against new in turns, with real commands: what is found, told, kept, and what stops it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from changenote.capture.measured import kept
from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import said, valid_note
from tests.processes import wait_until_gone
from tests.test_bad_terminals import CTRL_C, Terminal
from tests.workshop import IDENTITY, Workshop

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

DRIFTING = """\
n=$(($(cat runs 2>/dev/null || echo 0) + 1))
echo $n > runs
echo $(((1000 + 30 * n) * $1 / 100))
"""
"""Prints a percentage of a number that grows from run to run, whoever runs it."""


@pytest.fixture
def drifting(workshop: Workshop) -> Workshop:
    """A shop with a script on a machine that gets slower and slower."""
    workshop.write("bench.sh", DRIFTING)
    return workshop


def test_a_machine_that_slows_down_is_not_taken_for_a_slower_program(drifting: Workshop) -> None:
    same = "sh bench.sh 100"

    done = drifting.run(
        "measure", f"--before={same}", f"--after={same}", "--unit=ms", "--json", "-q"
    )

    assert done.code == 0
    assert done.data["verdict"] in ("no_change", "inconclusive")
    assert done.data["metric"]["before"][:3] == [1030, 1120, 1150]
    assert done.data["metric"]["after"][:3] == [1060, 1090, 1180]


def test_what_is_faster_on_a_machine_that_slows_down_is_found(drifting: Workshop) -> None:
    done = drifting.run(
        "measure",
        "--before=sh bench.sh 100",
        "--after=sh bench.sh 80",
        "--unit=ms",
        "--name=GET /cart p95",
        "--conditions=cache=warm",
        "--target=1 s",
    )

    assert done.code == 0
    assert done.out == (
        "GET /cart p95: 1.2 times faster (between 1.2 and 1.3), measured alternately\n"
        "  mind: after: the runs drift from first to last\n"
        "  mind: before: the runs drift from first to last\n"
        "\n"
        "before |             .      . .     . .      . .     .  .     .| median 1315 ms\n"
        "after  |. .    . .    . .    ..     ..                         | median 1052 ms\n"
        "       848 ms                                            1600 ms\n"
        "\n"
    )
    assert done.err.splitlines()[:3] == [
        "before, run 1 of 10: 1030 ms",
        "after, run 1 of 10: 848 ms",
        "after, run 2 of 10: 872 ms",
    ]
    assert done.err.splitlines()[20:] == ["Kept for the next note: `changenote new` offers it."]


def test_the_metric_is_kept_for_the_next_note(drifting: Workshop) -> None:
    drifting.run(
        "measure",
        "--before=sh bench.sh 100",
        "--after=sh bench.sh 80",
        "--unit=ms",
        "--name=GET /cart p95",
        "-ccache=warm",
        "-chost=staging-2",
        "--target=1 s",
        "--primary",
        "-n6",
    )

    (one,) = kept(drifting.folder)
    assert one.metric == {
        "name": "GET /cart p95",
        "unit": "ms",
        "better": "lower",
        "primary": True,
        "target": 1000,
        "before": [1030, 1120, 1150, 1240, 1270, 1360],
        "after": [848, 872, 944, 968, 1040, 1064],
        "sample": "run of `sh bench.sh 100` before, `sh bench.sh 80` after",
        "order": "interleaved",
        "conditions": {"cache": "warm", "host": "staging-2"},
    }
    assert drifting.git("status", "--porcelain").splitlines() == ["?? bench.sh", "?? runs"]


def test_the_metric_goes_into_a_note_that_had_none(drifting: Workshop) -> None:
    path = valid_note(drifting)

    done = drifting.run(
        "measure",
        "--before=sh bench.sh 100",
        "--after=sh bench.sh 80",
        "--unit=ms",
        "--into=g00d00",
        "-q",
    )

    note = resolved(codec.load(path.read_bytes()).data)
    assert done.out.endswith("changes/2025/20251120-g00d00-note.yaml\n")
    assert "no_metric" not in note
    assert [metric["order"] for metric in note["metrics"]] == ["interleaved"]
    assert kept(drifting.folder) == []
    shown = drifting.run("show", "g00d00", "--json").data["derived"]["metrics"]
    assert [(m["verdict"], m["trust"]) for m in shown] == [("improved", "interleaved")]


def test_the_wall_time_is_measured_unless_a_number_is_asked_for(workshop: Workshop) -> None:
    done = workshop.run("measure", "--before=sleep 0.2", "--after=true", "-n6", "-q", "--json")

    metric = done.data["metric"]
    assert (done.data["verdict"], metric["unit"], metric["better"]) == ("improved", "ms", "lower")
    assert min(metric["before"]) >= 200
    assert metric["name"] == "true"


COLD = """\
n=$(($(cat $1 2>/dev/null || echo 0) + 1))
echo $n > $1
test $n = 1 && echo 9000 || echo $(($2 + n % 5))
"""
"""Prints about the same number on every run but the first."""


def test_a_cold_first_run_is_told_with_a_way_out(workshop: Workshop) -> None:
    workshop.write("bench.sh", COLD)
    sides = ["--before=sh bench.sh old 840", "--after=sh bench.sh new 318"]

    cold = workshop.run("measure", *sides, "--unit=ms", "--name=p95", "-ccache=warm", "-q")
    workshop.write("old", "0\n")
    workshop.write("new", "0\n")
    warmed = workshop.run("measure", *sides, "--unit=ms", "--name=p95", "-q", "--warmup=1")

    assert "  mind: before: the first run was far slower than the rest\n" in cold.out
    assert cold.err.endswith(
        "A first run unlike the rest is often a cold cache: `changenote measure --warmup 1` lets "
        "both sides run once before it counts.\n"
    )
    assert "first run" not in warmed.out + warmed.err


def test_warm_up_runs_do_not_count(workshop: Workshop) -> None:
    workshop.write("bench.sh", DRIFTING)
    same = "sh bench.sh 100"

    done = workshop.run(
        "measure",
        f"--before={same}",
        f"--after={same}",
        "--unit=ms",
        "--warmup=1",
        "-n6",
        "--json",
    )

    assert done.data["metric"]["before"][0] == 1090
    assert done.err.splitlines()[:3] == [
        "before, warm-up run 1 of 1: 1030 ms",
        "after, warm-up run 1 of 1: 1060 ms",
        "before, run 1 of 6: 1090 ms",
    ]


def test_a_failing_run_stops_it_and_nothing_is_written(workshop: Workshop) -> None:
    workshop.write(
        "after.sh", "echo run >> runs; test $(wc -l < runs) -lt 3 || { echo no cart >&2; exit 7; }"
    )

    done = workshop.run("measure", "--before=true", "--after=sh after.sh", "-q")

    error = said(done)
    assert done.code == 3
    assert error.what == "after, run 3 of 10: `sh after.sh` ended with exit code 7"
    assert error.retry == "safe, nothing was written"
    assert "  | no cart\n" in done.err
    assert kept(workshop.folder) == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (
            ["--unit=widgets"],
            "nothing tells whether lower or higher is better for a number in widgets",
        ),
        (["--target=5"], "a target for a wall time needs a unit of time"),
        (["--unit=ms", "--target=5 MB"], "the target is in MB, and the metric in ms"),
        (["--select=x"], "--select without --read"),
        (["--into=zzzzzz"], None),
        (["--name=two\nlines"], None),
        (["-n5"], None),
        (["-n101"], None),
        (["--conditions=warm"], None),
    ],
)
def test_what_would_be_seen_too_late_is_refused_before_the_first_run(
    workshop: Workshop, arguments: list[str], what: str | None
) -> None:
    valid_note(workshop)

    done = workshop.run("measure", "--before=touch ran; echo 1", "--after=true", *arguments)

    assert done.code == 2
    assert what in (None, said(done).what)
    assert not (workshop.folder / "ran").exists()


def test_secrets_in_a_command_are_not_kept(workshop: Workshop) -> None:
    token = "ghp_" + "a1B2" * 9

    workshop.run("measure", f"--before=echo {token}", f"--after=true {token}", "-n6", "-q")

    (one,) = kept(workshop.folder)
    assert token not in one.path.read_text()
    assert "[redacted" in one.metric["name"]


def test_outside_a_repository_nothing_is_run(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)

    done = shop.run("measure", "--before=touch ran", "--after=true")

    assert "is not in the work tree of a git repository" in said(done).what
    assert not (tmp_path / "ran").exists()


def test_an_interrupt_stops_the_command_and_says_what_was_measured(workshop: Workshop) -> None:
    workshop.write("runs", "")
    slow_later = "sh -c 'echo $$ >> runs; test $(wc -l < runs) -lt 8 || exec sleep 60; echo 840'"

    terminal = Terminal(
        workshop, "measure", f"--before={slow_later}", "--after=echo 318", "--unit=ms", TERM="xterm"
    )
    terminal.child.expect_exact("before, run 8 of 10; last before 840 ms, after 318 ms; about")
    wait_for_lines(workshop.folder / "runs", 8)
    terminal.child.send(CTRL_C)
    code, screen = terminal.ended()

    assert code == 130
    assert "Stopped after 7 of 10 pairs.\n" in screen
    assert "echo 318: 2.6 times faster, measured alternately\n" in screen
    assert screen.endswith("\nStopped. Nothing was written.\n")
    assert kept(workshop.folder) == []
    wait_until_gone(int((workshop.folder / "runs").read_text().split()[-1]))


def test_asked_to_end_it_stops_the_command_too(workshop: Workshop) -> None:
    workshop.write("runs", "")
    slow = "sh -c 'echo $$ > runs; exec sleep 60'"
    process = subprocess.Popen(
        [sys.executable, "-m", "changenote", "measure", f"--before={slow}", "--after=true"],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY},
        stderr=subprocess.PIPE,
    )
    wait_for_lines(workshop.folder / "runs", 1)

    process.send_signal(signal.SIGTERM)
    _, err = process.communicate()

    assert process.returncode == 130
    assert b"Stopped after 0 of 10 pairs." in err
    wait_until_gone(int((workshop.folder / "runs").read_text()))


def wait_for_lines(path: Path, count: int) -> None:
    """Until a file has that many lines; a test that hangs is stopped from outside."""
    while path.read_text().count("\n") < count:
        pass


def test_a_metric_measured_again_takes_the_place_of_the_older_one(workshop: Workshop) -> None:
    for after in ("echo 318", "echo 319"):
        workshop.run(
            "measure", "--before=echo 840", f"--after={after}", "--unit=ms", "--name=p95", "-qn6"
        )

    assert [one.metric["after"][0] for one in kept(workshop.folder)] == [319]


def test_the_shape_for_programs_has_the_verdict_as_show_has_it(workshop: Workshop) -> None:
    done = workshop.run(
        "measure",
        "--before=echo 840",
        "--after=echo 318",
        "--unit=ms",
        "--name=p95",
        "-qn6",
        "--json",
    )

    assert json.loads(done.out) == {
        "metric": {
            "name": "p95",
            "unit": "ms",
            "better": "lower",
            "before": [840] * 6,
            "after": [318] * 6,
            "sample": "run of `echo 840` before, `echo 318` after",
            "order": "interleaved",
        },
        "verdict": "improved",
        "p": 0.03125,
        "ratio": pytest.approx(318 / 840),
        "ci95": [pytest.approx(318 / 840), pytest.approx(318 / 840)],
        "trust": "interleaved",
        "flags": ["after:zero_variance", "before:zero_variance"],
        "says": "2.6 times faster, measured alternately",
        "cautions": [
            "after: every run gave the same number",
            "before: every run gave the same number",
        ],
        "note": None,
    }
    assert done.err == ""

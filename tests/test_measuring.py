"""Old and new run in turns; each run gives one number, or stops everything with a reason."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import perf_counter, sleep

import pytest

from changenote.capture.measuring import (
    Method,
    Turn,
    alternating,
    argv_of,
    by_side,
    measured,
    metric_of,
    repeated,
)
from changenote.capture.outputs import NumberReader
from changenote.capture.stopwatch import timed
from changenote.errors import ChangenoteError, MeasuringFailed
from tests.processes import wait_until_gone

FIRST = Turn(side="after", number=1, of=10)


def test_old_and_new_take_turns_so_that_a_drift_falls_on_both() -> None:
    turns = alternating(3, warmup=1)

    assert [str(turn) for turn in turns] == [
        "before, warm-up run 1 of 1",
        "after, warm-up run 1 of 1",
        "before, run 1 of 3",
        "after, run 1 of 3",
        "after, run 2 of 3",
        "before, run 2 of 3",
        "before, run 3 of 3",
        "after, run 3 of 3",
    ]


def test_one_side_is_run_again_and_again() -> None:
    turns = repeated("before", 2, warmup=1)

    assert [str(turn) for turn in turns] == [
        "before, warm-up run 1 of 1",
        "before, run 1 of 2",
        "before, run 2 of 2",
    ]


def test_half_a_pair_and_warm_up_runs_do_not_count() -> None:
    turns = alternating(3, warmup=1)
    until_the_second_after = [(turn, float(place)) for place, turn in enumerate(turns[:5])]

    assert by_side(until_the_second_after) == ([2.0], [3.0])


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["ls -l /", "env A=1 true"], [["ls", "-l", "/"], ["env", "A=1", "true"]]),
        (["ls -l", "ls | cat"], [["sh", "-c", "ls -l"], ["sh", "-c", "ls | cat"]]),
        (["A=1 true"], [["sh", "-c", "A=1 true"]]),
        (["cd /tmp"], [["sh", "-c", "cd /tmp"]]),
        (["ls *.py"], [["sh", "-c", "ls *.py"]]),
        (["ls 'a b'"], [["sh", "-c", "ls 'a b'"]]),
        (["ls $HOME"], [["sh", "-c", "ls $HOME"]]),
        (["ls ~"], [["sh", "-c", "ls ~"]]),
        (["ls\nls"], [["sh", "-c", "ls\nls"]]),
    ],
)
def test_both_sides_have_a_shell_or_neither_has(
    commands: list[str], expected: list[list[str]]
) -> None:
    assert argv_of(*commands) == expected


def test_a_run_is_timed_from_its_start_to_its_end(tmp_path: Path) -> None:
    start = perf_counter()
    short = measured(FIRST, ["true"], Method(folder=tmp_path))
    between = perf_counter()
    long = measured(FIRST, ["sleep", "0.2"], Method(folder=tmp_path))
    end = perf_counter()

    assert 0 < short < between - start
    assert 0.2 <= long < end - between


def test_what_runs_on_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    ended = timed(["sh", "-c", "sleep 60 & echo $!"], folder=tmp_path, keeps_output=True)

    assert ended.exit == 0
    os.kill(int(ended.printed), signal.SIGKILL)  # fails when it is not alive


INTERRUPTED = """
import os, signal, sys, threading, time
from pathlib import Path
from changenote.capture.stopwatch import timed

def later(pause):
    time.sleep(pause)
    os.kill(os.getpid(), signal.SIGINT)

stopped = 0
for pause in range(0, 4000, 50):
    try:
        threading.Thread(target=later, args=[pause / 1e6]).start()
        command = ["sh", "-c", "echo $$ >> started; exec sleep 20"]
        timed(command, folder=Path(sys.argv[1]), keeps_output=False)
    except KeyboardInterrupt:
        stopped += 1
print(stopped)
"""


def test_an_interrupt_is_heard_at_any_moment(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, tmp_path], capture_output=True, text=True, check=True
    )

    assert (done.stdout, done.stderr) == ("80\n", "")
    started = (tmp_path / "started").read_text().split()
    assert started
    assert [pid for pid in started if Path("/proc", pid).exists()] == []


def test_an_end_while_nobody_looks_is_noticed_whichever_thread_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, over = subprocess.Popen.poll, threading.Event()

    def slowly(process: subprocess.Popen[bytes]) -> int | None:
        found = look(process)
        if found is None:
            sleep(0.2)
        return found

    monkeypatch.setattr(subprocess.Popen, "poll", slowly)
    idle = threading.Thread(target=over.wait)
    idle.start()
    ended = timed(["sleep", "0.1"], folder=tmp_path, keeps_output=False, timeout=10)
    over.set()
    idle.join()

    assert (ended.exit, ended.stopped) == (0, None)


def test_how_a_run_ended_is_known_where_nobody_is_to_be_told_of_children(tmp_path: Path) -> None:
    ignored = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        ended = timed(["false"], folder=tmp_path, keeps_output=False)
    finally:
        signal.signal(signal.SIGCHLD, ignored)

    assert ended.exit == 1


def test_a_run_has_nothing_to_read_and_runs_in_the_folder_given(tmp_path: Path) -> None:
    reader = NumberReader("B")
    (tmp_path / "three").write_text("123")

    size = measured(
        FIRST, argv_of("cat - three | wc -c")[0], Method(folder=tmp_path, reader=reader)
    )

    assert size == 3


def test_the_preparation_knows_which_side_comes_and_is_not_measured(tmp_path: Path) -> None:
    method = Method(
        folder=tmp_path, prepare="echo $CHANGENOTE_SIDE >> sides", reader=NumberReader("lines")
    )

    values = [measured(turn, ["sh", "-c", "wc -l < sides"], method) for turn in alternating(2)]

    assert values == [1, 2, 3, 4]
    assert (tmp_path / "sides").read_text().split() == ["before", "after", "after", "before"]


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("318", 318),
        (" 318.25\n", 318.25),
        ("-2", -2),
        (".5", 0.5),
        ("1e3", 1000),
        ("318 ms\n", 318),
        ("318ms", 318),
    ],
)
def test_one_number_is_read_with_or_without_its_unit(printed: str, number: float) -> None:
    assert NumberReader("ms")(printed.encode()) == number


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("", "nothing"),
        ("fast", "fast"),
        ("318 s", "318 s"),
        ("318\n319", "318 319"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("1e999", "1e999"),
        ("0x10", "0x10"),
        ("1,000", "1,000"),
        ("\ufffd", "\ufffd"),
        ("x" * 100, "x" * 59 + "…"),
        ("token=ghp_" + "a1B2" * 9, "token=[redacted: GitHub token]"),
    ],
)
def test_what_is_no_number_is_refused(printed: str, found: str) -> None:
    with pytest.raises(ChangenoteError) as refused:
        NumberReader("ms")(printed.encode())

    assert refused.value.what == f"found {found} where a number belongs"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ChangenoteError):
        NumberReader("ms")(b"\xff\xfe")


def refusal(command: str, folder: Path, **method: object) -> MeasuringFailed:
    with pytest.raises(MeasuringFailed) as refused:
        measured(FIRST, argv_of(command)[0], Method(folder=folder, **method))  # type: ignore[arg-type] # checked by the record
    return refused.value


def test_a_failing_run_stops_the_measuring_and_says_which_and_why(tmp_path: Path) -> None:
    error = refusal("echo cannot open cart.db >&2; exit 7", tmp_path)

    assert error.what == (
        "after, run 1 of 10: `echo cannot open cart.db >&2; exit 7` ended with exit code 7"
    )
    assert error.output == "cannot open cart.db\n"


def test_a_run_that_a_signal_ended_has_failed(tmp_path: Path) -> None:
    assert "exit code 137" in refusal("kill -9 $$", tmp_path).what


def test_a_failing_preparation_is_named_as_such(tmp_path: Path) -> None:
    error = refusal("true", tmp_path, prepare="echo no database; exit 1")

    assert error.what == (
        "the preparation of after, run 1 of 10: `echo no database; exit 1` ended with exit code 1"
    )
    assert error.output == "no database\n"


def test_a_run_that_prints_no_number_is_named(tmp_path: Path) -> None:
    error = refusal("echo fast", tmp_path, reader=NumberReader("ms"))

    assert error.what == "after, run 1 of 10: found fast where a number belongs"
    assert error.hint == "Run it by hand: echo fast"


def test_secrets_in_commands_and_outputs_are_not_repeated(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9

    error = refusal(f"echo using {token} >&2; login --token {token}; exit 1", tmp_path)

    assert token not in error.what + error.hint + error.output
    assert "[redacted" in error.what
    assert "[redacted" in error.output


def test_secrets_of_the_environment_are_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "Tulip-garden-7")

    error = refusal("echo no access with Tulip-garden-7 >&2; false", tmp_path)

    assert error.output == "no access with [redacted: password]\n"


def test_only_the_last_lines_of_a_long_complaint_are_kept(tmp_path: Path) -> None:
    error = refusal("seq 100000 >&2; exit 1", tmp_path)

    assert error.output.splitlines() == [str(n) for n in range(99_981, 100_001)]


def test_a_run_that_takes_too_long_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    started.touch()
    timeout = 0.15
    while not started.read_text():  # a busy machine may need longer to start anything
        timeout *= 2
        error = refusal("sh -c 'echo $$ > started; exec sleep 60'; true", tmp_path, timeout=timeout)

    assert error.what.endswith(f"was stopped: it took longer than {timeout:g} s (`--timeout`)")
    wait_until_gone(int(started.read_text()))


def test_a_run_that_cannot_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChangenoteError) as refused:
        measured(FIRST, ["./missing"], Method(folder=tmp_path))

    assert refused.value.what == (
        f"./missing cannot be started in {tmp_path}: no such file or directory"
    )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([0.0031234567, 0.5], ([3.12346, 500.0], "ms")),
        ([1.23456789, 61.0], ([1.23457, 61], "s")),
    ],
)
def test_times_are_given_in_a_unit_that_reads_well(
    seconds: list[float], expected: tuple[list[float], str]
) -> None:
    metric = metric_of(seconds, seconds, unit=None, name="m")

    assert (metric["before"], metric["unit"]) == expected


def test_numbers_with_a_unit_are_kept_as_they_were_printed() -> None:
    metric = metric_of(
        [1234567890.0, 0.1], [1.0, 2.5], unit="B", name="size", conditions={}, primary=False
    )

    assert metric == {
        "name": "size",
        "unit": "B",
        "before": [1234567890, 0.1],
        "after": [1, 2.5],
    }
    assert isinstance(metric["before"][0], int)

"""A command run by `changenote run` is the same command, and leaves a record without secrets."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from changenote.capture import journal
from changenote.capture.journal import Entry
from changenote.store import codec
from tests.house import said, valid_note
from tests.limits import no_file_above
from tests.workshop import IDENTITY, Workshop

TOKEN = "ghp_Zx81bQ7vLm20TtPq93WkRs64Yd57HnJf0a1B"  # made up


def entry(workshop: Workshop) -> Entry:
    """The only entry of the journal, none of whose lines is damaged."""
    read = journal.read(workshop.folder)
    assert read.unreadable == 0
    (one,) = read.entries
    return one


@contextmanager
def running(
    workshop: Workshop, *command: str, under: tuple[str, ...] = ()
) -> Iterator["subprocess.Popen[str]"]:
    """`changenote run` of a command that has said that it is ready."""
    process = subprocess.Popen(
        [*under, sys.executable, "-m", "changenote", "run", "--", *command],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    with process:
        yield process


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another process."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it never happened")


# --- The same command -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "name"),
    [
        ("exit 0", 0, None),
        ("exit 3", 3, None),
        ("kill -TERM $$", 143, "SIGTERM"),
        ("kill -KILL $$", 137, "SIGKILL"),
        ("kill -40 $$", 168, "SIG40"),
    ],
)
def test_its_exit_code_is_the_commands_or_128_and_the_signal(
    workshop: Workshop, line: str, code: int, name: str | None
) -> None:
    done = workshop.run("run", "--", "sh", "-c", line)

    assert (done.code, done.out, done.err) == (code, "", "")
    assert (entry(workshop).exit, entry(workshop).signal) == (code, name)


def test_what_cannot_be_started_ends_as_in_a_shell_and_is_recorded(workshop: Workshop) -> None:
    workshop.write("plain.txt", "no program\n")
    workshop.write("lost", "#!/no/such/shell\n").chmod(0o755)

    codes, whats = [], []
    for name in ("nosuch", "./nosuch", "./plain.txt/x", "./plain.txt", "./app", "./lost"):
        done = workshop.run("run", "--", name)
        codes.append(done.code)
        whats.append(said(done).what)

    assert codes == [127, 127, 127, 126, 126, 127]
    assert whats == [
        "nosuch cannot be run: command not found",
        "./nosuch cannot be run: no such file",
        "./plain.txt/x cannot be run: no such file",
        "./plain.txt cannot be run: permission denied",
        "./app cannot be run: it is a folder",
        "./lost cannot be run: the program that its first line names was not found",
    ]
    assert [e.exit for e in journal.entries(workshop.folder)] == codes


def test_stdin_folder_environment_and_both_outputs_are_its_own(workshop: Workshop) -> None:
    line = 'cat; pwd; echo "$SHOP"; echo oops >&2; test -t 1 || echo no terminal'

    done = workshop.run("run", "--", "sh", "-c", line, given="typed\n", SHOP="cart")

    assert done.out == f"typed\n{workshop.folder}\ncart\nno terminal\n"
    assert done.err == "oops\n"


def test_options_behind_the_command_are_the_commands(workshop: Workshop) -> None:
    done = workshop.run("run", "--purpose", "verify", "echo", "--purpose", "-h", "--", "x")

    assert (done.out, entry(workshop).purpose) == ("--purpose -h -- x\n", "verify")


def test_bytes_pass_as_they_are(workshop: Workshop) -> None:
    data = bytes(range(256)) * 300

    workshop.folder.joinpath("data").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-m", "changenote", "run", "--", "cat", "data"],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        check=True,
    )

    assert done.stdout == data
    output = entry(workshop).output
    assert not [c for c in output if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]


def test_where_both_outputs_are_one_file_their_order_stays(workshop: Workshop) -> None:
    line = "for n in 1 2 3 4 5 6 7 8; do echo out $n; echo err $n >&2; done"
    with (workshop.folder / "log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "changenote", "run", "--", "sh", "-c", line],
            cwd=workshop.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )

    lines = (workshop.folder / "log").read_text().splitlines()
    assert lines == [f"{stream} {n}" for n in range(1, 9) for stream in ("out", "err")]
    assert entry(workshop).output.splitlines() == lines


def test_a_script_without_a_first_line_is_read_by_a_shell(workshop: Workshop) -> None:
    workshop.write("deploy", "echo shipped $1\n").chmod(0o755)

    assert workshop.run("run", "--", "./deploy", "v2").out == "shipped v2\n"


def test_files_that_a_shell_left_open_for_it_stay_open(workshop: Workshop) -> None:
    line = f"{sys.executable} -m changenote run -- cat <(echo substituted)"

    done = subprocess.run(
        ["bash", "-c", line], cwd=workshop.folder, capture_output=True, check=True
    )

    assert done.stdout == b"substituted\n"


@pytest.mark.parametrize("name", ["TERM", "HUP", "INT", "QUIT", "USR1", "USR2"])
def test_a_signal_reaches_the_command_once(workshop: Workshop, name: str) -> None:
    line = (
        f"trap 'echo got {name}' {name}; echo ready; until [ -e go ]; do sleep 0.02; done; exit 7"
    )

    with running(workshop, "bash", "-c", line) as process:
        process.send_signal(getattr(signal, f"SIG{name}"))
        assert process.stdout
        assert process.stdout.readline() == f"got {name}\n"
        workshop.write("go", "")
        out, err = process.communicate(timeout=60)

    assert (out, err, process.returncode) == ("", "", 7)


def test_a_signal_that_was_ignored_stays_so(workshop: Workshop) -> None:
    line = "echo ready; kill -HUP $$; sleep 0.1; echo alive"

    with running(workshop, "sh", "-c", line, under=("nohup",)) as process:
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=60)

    assert (out, process.returncode) == ("alive\n", 0)


def test_when_the_reader_goes_away_the_command_is_stopped_by_it(workshop: Workshop) -> None:
    line = f"{sys.executable} -m changenote run -- yes | head -n 1; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["bash", "-c", line], cwd=workshop.folder, capture_output=True, check=True
    )

    assert (done.stdout, done.stderr) == (b"y\n141\n", b"")
    assert entry(workshop).signal == "SIGPIPE"


GRANDCHILD = (
    "(until [ -e go ]; do sleep 0.02; done; echo late; echo late; touch lived) & echo front"
)


def test_what_it_leaves_in_the_background_is_not_waited_for_and_lives_on(
    workshop: Workshop,
) -> None:
    done = workshop.run("run", "--", "sh", "-c", GRANDCHILD)

    assert (done.code, done.out) == (0, "front\n")
    assert entry(workshop).output == "front\n"
    workshop.write("go", "")
    until((workshop.folder / "lived").exists)


def test_what_the_background_prints_still_comes_into_a_file(workshop: Workshop) -> None:
    with (workshop.folder / "log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "changenote", "run", "--", "sh", "-c", GRANDCHILD],
            cwd=workshop.folder,
            stdout=log,
            check=True,
        )
    workshop.write("go", "")

    until(lambda: (workshop.folder / "log").read_text() == "front\nlate\nlate\n")


def test_200_mb_pass_in_constant_memory(workshop: Workshop) -> None:
    def most_memory(size: int) -> tuple[int, int]:
        process = subprocess.Popen(
            [sys.executable, "-m", "changenote", "run", "--", "sh", "-c", f"yes | head -c {size}"],
            cwd=workshop.folder,
            stdout=subprocess.PIPE,
        )
        assert process.stdout
        with process.stdout as out:
            passed = sum(len(chunk) for chunk in iter(lambda: out.read(1 << 20), b""))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return passed, usage.ru_maxrss

    small, large = most_memory(2), most_memory(200_000_000)

    assert (small[0], large[0]) == (2, 200_000_000)
    assert large[1] - small[1] < 8_000  # kilobytes
    last = journal.entries(workshop.folder)[-1]
    assert (last.bytes, last.lines, last.output) == (200_000_000, 100_000_000, "y\n" * 20)


# --- The record -----------------------------------------------------------------------------------


def test_a_record_says_what_ran_where_when_and_how_it_ended(workshop: Workshop) -> None:
    began = datetime.now(UTC)
    (workshop.folder / "it's here").mkdir()
    shop = Workshop(workshop.folder / "it's here")

    shop.run("run", "--", "sh", "-c", "echo a; echo 'b c' >&2; printf d; exit 4")

    found = entry(workshop)
    assert found.run == "sh -c 'echo a; echo '\"'\"'b c'\"'\"' >&2; printf d; exit 4'"
    assert (found.recorded, found.purpose, found.exit, found.signal) == ("wrapper", None, 4, None)
    assert (found.folder, found.lines, found.bytes) == ("it's here", 3, 7)
    assert sorted(found.output) == sorted("a\nb c\nd\n")
    assert found.at
    assert began <= found.at <= found.noted <= datetime.now(UTC)
    assert found.seconds is not None
    assert timedelta(seconds=found.seconds) <= datetime.now(UTC) - began
    assert set(journal.as_command(found)) == {"run", "exit", "takes", "at", "recorded", "output"}


def test_an_argument_of_any_bytes_is_quoted_so_that_bash_reads_it_back(workshop: Workshop) -> None:
    words = [
        "printf",
        "%s|",
        "a b",
        "it's\x1b[1m\\",
        os.fsdecode(b"\xff\xc3\xa9"),
        "two\nlines",
        "",
    ]

    workshop.run("run", "--", *words)
    line = entry(workshop).run
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True)

    assert line == "printf '%s|' 'a b' $'it\\'s\\x1b[1m\\\\' $'\\xffé' 'two\nlines' ''"
    assert done.stdout == b"a b|it's\x1b[1m\\|\xff\xc3\xa9|two\nlines||"


def test_nothing_of_the_environment_is_in_the_journal(workshop: Workshop) -> None:
    workshop.run("run", "--", "true", SHOP="carts-are-us", HOST="prod-17")

    text = journal.journal_file(workshop.folder).read_text()
    assert "carts-are-us" not in text
    assert "prod-17" not in text


def test_the_journal_is_for_its_owners_eyes_and_outside_the_work_tree(workshop: Workshop) -> None:
    workshop.run("run", "--", "true")

    path = journal.journal_file(workshop.folder)
    assert path == workshop.folder / ".git/changenote/journal.jsonl"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert workshop.git("status", "--porcelain") == ""


def test_a_kill_of_the_recorder_leaves_a_command_whose_end_is_not_known(
    workshop: Workshop,
) -> None:
    with running(workshop, "sh", "-c", "echo $$ > pid; echo ready; sleep 60") as process:
        process.kill()
        process.wait()
    os.kill(int((workshop.folder / "pid").read_text()), signal.SIGKILL)

    assert (entry(workshop).exit, entry(workshop).seconds) == (None, None)
    done = workshop.run("commands", "list")
    assert done.out.split()[3:6] == ["other", "?", "sh"]
    assert done.err == "?: no end was recorded; it still runs, or changenote was killed.\n"


def test_many_at_once_are_all_recorded(workshop: Workshop) -> None:
    command = [sys.executable, "-m", "changenote", "run", "--"]
    every = [
        subprocess.Popen([*command, "echo", str(n)], cwd=workshop.folder, stdout=subprocess.DEVNULL)
        for n in range(6)
    ]
    assert [process.wait() for process in every] == [0] * 6

    read = journal.read(workshop.folder)
    assert sorted(e.output for e in read.entries) == [f"{n}\n" for n in range(6)]
    assert read.unreadable == 0


def test_linked_work_trees_share_a_journal(workshop: Workshop) -> None:
    workshop.git("worktree", "add", "-q", "../linked")

    Workshop(workshop.folder.parent / "linked").run("run", "--", "true")

    assert (entry(workshop).run, entry(workshop).folder) == ("true", ".")


@pytest.mark.parametrize("obstacle", ["a file in the way", "a full disk"])
def test_a_journal_that_cannot_be_written_stops_nothing_and_is_said_once_after(
    workshop: Workshop, obstacle: str
) -> None:
    under: tuple[str, ...] = ()
    if obstacle == "a full disk":
        under = tuple(no_file_above(0))
    else:
        workshop.write(".git/changenote", "")

    done = workshop.run("run", "--", "sh", "-c", "echo shipped; exit 5", under=under)

    assert (done.code, done.out) == (5, "shipped\n")
    assert done.err.startswith(f"changenote: {workshop.folder}/.git/changenote/journal.jsonl could")
    assert done.err.count("changenote: ") == 1
    assert said(done).expected == "a .git folder that can be written to, on a disk with space"


NOT_RECORDED = "changenote: nothing was recorded, because this is no git repository\n"


@pytest.mark.parametrize(("line", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 143)])
def test_outside_a_repository_the_command_runs_and_it_is_said_that_nothing_was_recorded(
    tmp_path: Path, line: str, code: int
) -> None:
    script = f"read x; echo got $x; echo bad >&2; touch made; {line}"

    done = Workshop(tmp_path).run("run", "--", "sh", "-c", script, given="it\n")

    assert (done.code, done.out, done.err) == (code, "got it\n", f"bad\n{NOT_RECORDED}")
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_repository_that_git_cannot_read_does_not_stop_the_command_either(
    tmp_path: Path,
) -> None:
    tmp_path.joinpath(".git").write_text("gitdir: /nowhere\n")

    done = Workshop(tmp_path).run("run", "--", "sh", "-c", "echo shipped; exit 5")

    assert (done.code, done.out) == (5, "shipped\n")
    assert done.err.startswith("changenote: nothing was recorded, because ")
    assert done.err.count("\n") == 1


def test_outside_a_repository_a_command_that_is_not_found_ends_as_in_a_shell(
    tmp_path: Path,
) -> None:
    done = Workshop(tmp_path).run("run", "--", "no-such-command")

    assert done.code == 127
    assert done.err.startswith(NOT_RECORDED)


def test_outside_a_repository_nothing_is_run_for_a_note_that_cannot_be_found(
    tmp_path: Path,
) -> None:
    done = Workshop(tmp_path).run("run", "--into", "k3f9xq", "--", "touch", "made")

    assert done.code == 3
    assert "not in the work tree of a git repository" in said(done).what
    assert list(tmp_path.iterdir()) == []


def test_without_a_command_an_example_is_given(workshop: Workshop) -> None:
    done = workshop.run("run", "--purpose", "deploy")

    assert done.code == 2
    assert said(done).next == (
        "For example: changenote run --purpose deploy -- ./deploy.sh production"
    )


# --- Secrets --------------------------------------------------------------------------------------


def test_secrets_are_taken_out_of_the_line_and_of_the_output(workshop: Workshop) -> None:
    workshop.run(
        "run", "--", "sh", "-c",
        'echo "hello $2"; echo "at $DB_PASSWORD"; echo "curl -u bob:hunter22 x"; printf "%s" "$4"',
        "--password", "opensesame!", "--url", f"https://bob:{TOKEN}@x.io",
        DB_PASSWORD="correct horse",
    )  # fmt: skip

    text = journal.journal_file(workshop.folder).read_text()
    for secret in ("opensesame", "correct horse", "hunter22", TOKEN, TOKEN[:8], TOKEN[-8:]):
        assert secret not in text
    assert "--password [redacted: password]" in entry(workshop).run.replace("'", "")
    assert "at [redacted: password]\n" in entry(workshop).output


def test_a_secret_of_the_environment_is_taken_out_of_the_line(workshop: Workshop) -> None:
    workshop.run("run", "--", "echo", "it's sesame-42!", "sesame-42!x", API_TOKEN="sesame-42!")

    assert "sesame" not in journal.journal_file(workshop.folder).read_text()
    assert entry(workshop).run == ("echo 'it'\"'\"'s [redacted: token]' '[redacted: token]x'")


# --- Into a note ----------------------------------------------------------------------------------


def test_into_a_note_a_command_is_added_as_it_was_recorded(workshop: Workshop) -> None:
    path = valid_note(workshop)

    done = workshop.run(
        "run", "--purpose", "verify", "--into", "g00d00", "--", "sh", "-c", "echo fine; exit 1"
    )

    data = codec.load(path.read_bytes()).data
    (command,) = data["commands"]
    assert (done.code, done.out, done.err) == (1, "fine\n", "")
    assert command["run"] == "sh -c 'echo fine; exit 1'"
    assert (command["purpose"], command["recorded"]) == ("verify", "wrapper")
    assert command["output"] == "fine\n"
    assert entry(workshop).purpose == "verify"
    assert workshop.run("check").code == 0


def test_into_an_unknown_note_nothing_is_run(workshop: Workshop) -> None:
    valid_note(workshop)

    done = workshop.run("run", "--into", "nosuch", "--", "touch", "made")

    assert done.code == 2
    assert not (workshop.folder / "made").exists()
    assert journal.entries(workshop.folder) == []


def test_a_note_that_went_away_meanwhile_changes_no_exit_code(workshop: Workshop) -> None:
    path = valid_note(workshop)

    done = workshop.run("run", "--into", "g00d00", "--", "sh", "-c", f"rm {path}; exit 6")

    assert done.code == 6
    assert said(done).retry == "not needed: the command has run"
    assert said(done).next == (
        f"`changenote commands add 20251120-g00d00 {entry(workshop).id}` adds it to the note."
    )

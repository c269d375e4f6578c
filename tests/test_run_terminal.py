"""At a terminal, a command run by `changenote run` has that terminal, and gives it back."""

import os
import re
import shlex
import signal
import sys
import termios
from pathlib import Path

import pexpect
import pytest

from changenote.capture import journal
from changenote.capture.journal import Entry
from tests.test_run import until
from tests.workshop import IDENTITY, Workshop

# From Python 3.12 on, any fork in a process with threads (pytest-xdist has some) is warned of.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

RUN = f"{sys.executable} -m changenote run --"
CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"

# One process, at any moment: dash waits for the process that it starts by vfork, and if Ctrl-Z stops
# that one before it has become another program, dash does not stop.
UNTIL_GO = f"{sys.executable} until_go.py"
UNTIL_GO_FILE = """
import os, sys, time

print("ready", flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
"""


class Screen:
    """A person at a terminal of 30 lines and 100 columns."""

    def __init__(self, workshop: Workshop, command: str) -> None:
        self.folder = workshop.folder
        self.child = pexpect.spawn(
            command,
            cwd=str(workshop.folder),
            env={**os.environ, **IDENTITY, "NO_COLOR": "1", "TERM": "xterm", "PS1": "shell> "},
            encoding="utf-8",
            timeout=60,
            dimensions=(30, 100),
        )

    def sees(self, *texts: str) -> "Screen":
        for text in texts:
            self.child.expect_exact(text)
        return self

    def types(self, text: str) -> "Screen":
        self.child.send(text)
        return self

    def ended(self) -> tuple[int | None, str]:
        """Exit code, and what was printed since what was seen last."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus, (self.child.before or "").replace("\r\n", "\n")

    @property
    def entry(self) -> Entry:
        """The command that was recorded last."""
        return journal.entries(self.folder)[-1]


def run(workshop: Workshop, *command: str) -> Screen:
    return Screen(workshop, f"{RUN} {shlex.join(command)}")


def shell(workshop: Workshop) -> Screen:
    """An interactive shell with job control."""
    return Screen(workshop, "bash --norc --noprofile -i +o histexpand").sees("shell> ")


def test_the_command_has_a_terminal_of_the_same_size_and_one_line_tells_that_it_was_recorded(
    workshop: Workshop,
) -> None:
    screen = run(workshop, "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size; exit 4")

    code, printed = screen.ended()

    assert code == 4
    assert re.fullmatch(r"30 100\nchangenote: recorded command, exit 4 after \d[^\n]*\n", printed)
    assert screen.entry.output == "30 100\n"


def test_a_new_size_reaches_the_command(workshop: Workshop) -> None:
    screen = run(
        workshop,
        "bash",
        "-c",
        "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.02; done",
    )

    screen.sees("ready").child.setwinsize(40, 120)

    screen.sees("40 120")
    assert screen.ended()[0] == 0


def test_ctrl_c_stops_the_command_and_not_its_recorder(workshop: Workshop) -> None:
    screen = run(workshop, "sh", "-c", "echo ready; exec sleep 60").sees("ready").types(CTRL_C)

    code, printed = screen.ended()

    assert code == 130
    assert "recorded command, exit 130 (SIGINT) after" in printed
    assert screen.entry.signal == "SIGINT"


def test_ctrl_c_reaches_a_command_once_when_only_its_input_is_the_terminal(
    workshop: Workshop,
) -> None:
    counting = "trap 'echo one more' INT; echo ready; until [ -e go ]; do sleep 0.02; done"
    screen = shell(workshop).types(f"{RUN} bash -c {shlex.quote(counting)} > out\r")

    until(lambda: (workshop.folder / "out").exists() and "ready" in out(workshop))
    screen.types(CTRL_C)
    until(lambda: "one more" in out(workshop))
    workshop.write("go", "")

    screen.sees("recorded command, exit 0", "shell> ")
    assert out(workshop) == "ready\none more\n"


def out(workshop: Workshop) -> str:
    return (workshop.folder / "out").read_text()


def test_keys_reach_the_command_and_what_it_does_not_show_is_not_recorded(
    workshop: Workshop,
) -> None:
    asking = "import getpass; print(len(getpass.getpass('Password: ')), input('Sure? '))"
    screen = run(workshop, sys.executable, "-c", asking)

    screen.sees("Password: ").types("open sesame\r").sees("Sure? ").types("yes\r").sees("11 yes")

    assert screen.ended()[0] == 0
    assert screen.entry.output == "Password:\nSure? yes\n11 yes\n"


def test_the_end_of_input_reaches_the_command(workshop: Workshop) -> None:
    screen = run(workshop, "cat").types("hello\r").sees("hello", "hello").types(CTRL_D)

    assert screen.ended()[0] == 0


def test_a_full_screen_program_works_and_leaves_nothing_of_its_screen_in_the_record(
    workshop: Workshop,
) -> None:
    workshop.write("long.txt", "".join(f"line {n}\n" for n in range(200)))
    line = "printf '\\033[?1049h'; for n in 1 2 3; do echo full $n; done; read x; printf '\\033[?1049l'; echo over"
    screen = run(workshop, "sh", "-c", line).sees("full 3").types("\r").sees("over")

    assert screen.ended()[0] == 0
    assert screen.entry.output == "over\n"


def test_the_terminal_is_as_it_was_however_the_command_ends(workshop: Workshop) -> None:
    screen = shell(workshop)
    before = termios.tcgetattr(screen.child.child_fd)

    for line in ("stty raw -echo", "sh -c 'kill -KILL $$'", "nosuch"):
        screen.types(f"{RUN} {line}; echo code=$?\r").sees("code=", "code=", "shell> ")

        assert termios.tcgetattr(screen.child.child_fd) == before


def test_a_signal_to_the_recorder_reaches_the_command_and_the_terminal_is_given_back(
    workshop: Workshop,
) -> None:
    screen = shell(workshop)
    before = termios.tcgetattr(screen.child.child_fd)
    line = "trap 'echo asked to stop; exit 9' TERM; echo $PPID > leader; echo rea''dy; while :; do sleep 0.02; done"
    screen.types(f"{RUN} bash -c {shlex.quote(line)}; echo code=$?\r").sees("ready")
    leader = (workshop.folder / "leader").read_text().strip()
    recorder = int(Path(f"/proc/{leader}/stat").read_text().rpartition(")")[2].split()[1])

    os.kill(recorder, signal.SIGTERM)

    screen.sees("asked to stop", "code=9", "shell> ")
    assert termios.tcgetattr(screen.child.child_fd) == before


def test_ctrl_z_stops_the_command_for_the_shell_and_fg_goes_on(workshop: Workshop) -> None:
    screen = shell(workshop)
    before = termios.tcgetattr(screen.child.child_fd)
    workshop.write("until_go.py", f"{UNTIL_GO_FILE}print('got', input())")

    screen.types(f"{RUN} {UNTIL_GO}\r").sees("ready").types(CTRL_Z)
    screen.sees("Stopped", "shell> ")
    assert termios.tcgetattr(screen.child.child_fd)[3] == before[3]
    workshop.write("go", "")
    screen.types("fg\r").sees("until_go.py").types("keys\r").sees("got keys", "recorded command")

    screen.sees("shell> ")
    assert screen.entry.exit == 0


def test_stopped_and_put_in_the_background_it_goes_on_and_takes_no_keys(
    workshop: Workshop,
) -> None:
    screen = shell(workshop)
    workshop.write("until_go.py", f"{UNTIL_GO_FILE}open('out', 'w').write('done')")

    screen.types(f"{RUN} {UNTIL_GO}\r").sees("ready").types(CTRL_Z)
    screen.sees("Stopped", "shell> ").types("bg\r").sees("&", "shell> ")
    screen.types("echo mi''ne\r").sees("mine", "shell> ").types("touch go; wait; cat out\r")

    screen.sees("done", "shell> ")
    assert screen.entry.exit == 0


def test_started_in_the_background_it_leaves_the_terminal_to_the_shell(workshop: Workshop) -> None:
    screen = shell(workshop)

    screen.types(f"{RUN} sh -c 'until [ -e go ]; do sleep 0.02; done; echo ov''er' &\r")
    screen.sees("shell> ").types("echo mi''ne\r").sees("mine", "shell> ").types("touch go; wait\r")

    screen.sees("over", "shell> ")
    assert screen.entry.output == "over\n"


def test_what_it_leaves_in_the_background_is_not_hung_up_on(workshop: Workshop) -> None:
    screen = shell(workshop)
    line = "(until [ -e go ]; do sleep 0.02; done; echo la''te) & echo fro''nt"

    screen.types(f"{RUN} sh -c {shlex.quote(line)}; echo code=$?\r").sees("front", "code=0")
    screen.sees("shell> ").types("touch go\r")

    screen.sees("late")
    assert screen.entry.output == "front\n"


def test_a_terminal_that_goes_away_hangs_up_on_the_command(workshop: Workshop) -> None:
    line = "trap 'touch hung-up; exit' HUP; echo ready; while :; do sleep 0.02; done"
    screen = run(workshop, "bash", "-c", line).sees("ready")

    screen.child.close(force=False)

    until((workshop.folder / "hung-up").exists)

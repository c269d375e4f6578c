"""What starts quickly stays quick: modules and files are counted, never milliseconds.

A module that is slow to load belongs into the function that needs it, so that only those wait for
it who need it. These are the commands that people wait for all day.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from changenote.cli import COMMANDS
from tests.workshop import COMPLETE, IDENTITY, Workshop

NEW = ["new", "--yes", *COMPLETE]

SLOW = set(
    """
    argparse asyncio calendar concurrent csv ctypes decimal difflib email fractions getpass glob
    gzip hmac html http importlib.metadata importlib.resources logging mimetypes multiprocessing
    optparse pickle pkgutil pprint queue random secrets shlex socket sqlite3 ssl statistics tarfile
    tempfile traceback unicodedata unittest urllib.request xml zipfile
    """.split()
)
"""Modules of the standard library that neither click nor a quick command of ours needs."""

OF_YAML = ("ruamel", "_ruamel", "cython", "_cython", "base64", "binascii", "struct", "_struct")
"""How the names of the parser's modules begin, and of those that it brings along."""

LOADED = """
import os, runpy, sys
log = sys.argv.pop(1)
leave = os._exit
def write_and_leave(code):
    with open(log, "w") as file:
        file.write("\\n".join(n for n, m in sys.modules.items() if type(m).__name__ != "Later"))
    leave(code)
os._exit = write_and_leave
if len(sys.argv) > 1:
    runpy.run_module("changenote", run_name="__main__")
else:
    import click
    write_and_leave(0)
"""
"""Runs changenote, or only loads click, and lists all modules when the process ends.

One that was put off and never used is not there.
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a changenote command has loaded when it ends; without one, those of click."""
    log = folder / "modules"
    subprocess.run(
        [sys.executable, "-c", LOADED, log, *arguments],
        cwd=folder,
        env={**os.environ, **IDENTITY, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return set(log.read_text().split())


@pytest.fixture(scope="module")
def by_click(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What Python, this environment and click load anyway."""
    return loaded(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def by_pathlib() -> set[str]:
    """What Python's own pathlib loads; newer ones are a package that brings glob along."""
    done = subprocess.run(
        [sys.executable, "-c", "import pathlib, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def ours(modules: set[str]) -> set[str]:
    return {m for m in modules if m.partition(".")[0] == "changenote"}


def foreign(modules: set[str]) -> set[str]:
    """The packages that belong neither to Python nor to this project."""
    return {m.partition(".")[0] for m in modules - ours(modules)} - set(sys.stdlib_module_names)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_starts_by_itself(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "changenote", command, "--help"], capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(f"Usage: changenote {command}".encode())


def test_help_loads_the_table_of_commands_and_no_command(
    tmp_path: Path, by_click: set[str]
) -> None:
    more = loaded(tmp_path, "--help") - by_click

    assert ours(more) == {
        "changenote",
        "changenote.characters",
        "changenote.cli",
        "changenote.cli.console",
        "changenote.errors",
        "changenote.later",
        "changenote.patterns",
    }
    assert foreign(more) == {"click"}  # its own way to wrap lines
    assert more & (SLOW | {"dataclasses", "json", "pathlib", "subprocess", "urllib"}) == set()
    assert "inspect" not in loaded(tmp_path, "--help")


def test_a_new_note_loads_no_other_package_and_nothing_slow(
    workshop: Workshop, by_click: set[str], by_pathlib: set[str]
) -> None:
    more = loaded(workshop.folder, *NEW) - by_click - by_pathlib

    assert foreign(more) == set()
    assert more & SLOW == set()


def test_a_new_note_loads_none_of_what_other_commands_are_for(
    workshop: Workshop, by_click: set[str]
) -> None:
    more = loaded(workshop.folder, *NEW) - by_click

    commands = {m.rpartition(".")[2] for m in more if m.startswith("changenote.cli.")}
    mine = set("elsewhere gathering judging new offers saving writing".split())
    assert commands == mine | {"console", "options"}
    others = {"changenote.site", "changenote.model.query", "changenote.model.measures"}
    assert more & (others | {"changenote.model.schema", "changenote.store.formatting"}) == set()


def test_a_new_note_loads_at_most_86_modules_more_than_click(
    workshop: Workshop, by_click: set[str], by_pathlib: set[str]
) -> None:
    more = loaded(workshop.folder, *NEW) - by_click - by_pathlib

    assert len(more) <= 86, sorted(more)


@pytest.mark.parametrize(("command", "most"), [("show", 45), ("rollback", 43)])
def test_one_note_is_shown_with_few_modules_beside_those_of_yaml(
    workshop: Workshop, by_click: set[str], by_pathlib: set[str], command: str, most: int
) -> None:
    workshop.run(*NEW)

    more = loaded(workshop.folder, command, workshop.notes()[0].name[:15]) - by_click - by_pathlib

    few = {module for module in more if not module.startswith(OF_YAML)}
    assert foreign(few) == set()
    assert few & SLOW <= {"glob"}  # by ruamel
    assert len(few) <= most, sorted(few)


def test_a_way_back_with_a_revert_loads_no_statistics_and_nothing_that_packs(
    workshop: Workshop,
) -> None:
    revert = ["--rollback-strategy", "revert", "--rollback-step", "git revert --no-edit 1234567"]
    workshop.run(*NEW, *revert)

    modules = loaded(workshop.folder, "rollback", workshop.notes()[0].name[:15])

    assert "changenote.capture.reverting" in modules
    assert modules & {"changenote.cli.reading.show", "changenote.model.measures"} == set()
    assert modules & {"shutil", "lzma", "bz2", "zlib"} == set()


@pytest.mark.parametrize("command", ["new", "show", "rollback"])
def test_what_click_and_pathlib_load_for_others_waits(workshop: Workshop, command: str) -> None:
    workshop.run(*NEW)
    words = NEW if command == "new" else [command, workshop.notes()[0].name[:15]]

    modules = loaded(workshop.folder, *words)

    assert modules & {"inspect", "dis", "ipaddress"} == set()
    assert "platform" not in modules or sys.platform != "linux"


def test_a_config_and_earlier_notes_are_parsed_once_and_then_remembered(
    workshop: Workshop,
) -> None:
    workshop.write("changes/config.yaml", "owner: '@acme/cart'\nservice: shop-web\n")
    workshop.run(*NEW)

    first = loaded(workshop.folder, *NEW, "--dry-run")
    second = loaded(workshop.folder, *NEW, "--dry-run")

    assert "ruamel" in foreign(first)
    assert "ruamel" not in foreign(second)


@pytest.mark.parametrize("command", ["list", "check", "metrics", "stats"])
def test_unchanged_notes_are_not_parsed_again(workshop: Workshop, command: str) -> None:
    workshop.run(*NEW)

    first = loaded(workshop.folder, command)
    second = loaded(workshop.folder, command)

    assert "ruamel" in foreign(first)
    assert "ruamel" not in foreign(second)


STARTED = """
import runpy, sys
log = open(sys.argv.pop(1), "w")
def note(event, values):
    if event == "subprocess.Popen":
        print(*(word for word in values[1] if word.isalpha()), file=log, flush=True)
sys.addaudithook(note)
runpy.run_module("changenote", run_name="__main__")
"""
"""Runs changenote and writes the plain words of each command that it starts to a log."""


def started(workshop: Workshop, *arguments: str) -> list[str]:
    """The programs that a command starts, with the words in which it asks them."""
    log = workshop.folder.parent / "started"
    subprocess.run(
        [sys.executable, "-c", STARTED, log, *arguments],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return log.read_text().splitlines()


def test_a_new_note_asks_git_four_questions(workshop: Workshop) -> None:
    asked = started(workshop, *NEW)

    assert [words.split()[:2] for words in asked] == [
        ["git", "config"],
        ["git", "log"],
        ["git", "log"],
        ["git", "diff"],
    ]


@pytest.mark.parametrize("command", ["show", "rollback"])
def test_showing_a_note_without_reverts_starts_nothing(workshop: Workshop, command: str) -> None:
    workshop.run(*NEW, "--rollback-strategy", "flag", "--rollback-step", "./flags set cache off")

    assert started(workshop, command, workshop.notes()[0].name[:15]) == []


OPENED = """
import runpy, sys
log = open(sys.argv.pop(1), "w")
def note(event, values):
    name = str(values[0]).rpartition("/")[2] if event == "open" else ""
    if name.startswith("20") and name.endswith(".yaml"):
        print(name, file=log, flush=True)
sys.addaudithook(note)
runpy.run_module("changenote", run_name="__main__")
"""
"""Runs changenote and writes the name of every note that it opens to a log."""


@pytest.mark.parametrize("words", [["show"], ["show", "--json"], ["rollback"]], ids=" ".join)
def test_one_note_is_found_without_opening_the_others(workshop: Workshop, words: list[str]) -> None:
    workshop.run(*NEW)
    (wanted,) = workshop.notes()
    for number in range(20):
        workshop.note("{ no: YAML", note_id=f"20260101-{number:06d}")
    note_id, log = wanted.name[:15], workshop.folder / "opened"

    subprocess.run(
        [sys.executable, "-c", OPENED, log, *words, note_id],
        cwd=workshop.folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )

    assert log.read_text().splitlines() == [wanted.name]

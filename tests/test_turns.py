"""Two builds into one folder: the second one stops at once, and a dead one is in nobody's way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from changenote.errors import SiteFailed
from changenote.site.turns import turn
from tests.books import sample_project
from tests.house import said
from tests.workshop import Workshop

HOLDS = """\
import sys, time
from pathlib import Path
from changenote.site.turns import turn
with turn(Path(sys.argv[1]), Path(sys.argv[2])):
    print("has it", flush=True)
    time.sleep(60)
"""


def test_a_second_build_into_a_folder_says_who_is_at_it_and_writes_nothing(tmp_path: Path) -> None:
    shop = Workshop(sample_project(tmp_path / "shop"))
    out = shop.folder / "public"

    with turn(shop.folder / ".changenote", out):
        error = said(shop.run("site", "build"))

    assert error.what == f"process {os.getpid()} builds the site into {out} at this moment"
    assert error.expected == "one build at a time into a folder"
    assert error.retry == "safe when that one has ended; nothing was written"
    assert not out.exists()


def test_builds_into_two_folders_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with turn(tmp_path / "cache", tmp_path / "one"), turn(tmp_path / "cache", tmp_path / "two"):
        pass


def test_a_build_that_was_killed_holds_no_folder(tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "public"
    killed = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(cache), str(out)], stdout=subprocess.PIPE
    )
    assert killed.stdout
    assert killed.stdout.readline() == b"has it\n"
    with pytest.raises(SiteFailed, match=f"process {killed.pid} "), turn(cache, out):
        pass

    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    with turn(cache, out):
        pass


def test_a_folder_is_held_as_long_as_a_process_of_the_build_writes_to_it(tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "public"
    with turn(cache, out) as held:
        mkdocs = subprocess.Popen(["sleep", "60"], pass_fds=held)

    with pytest.raises(SiteFailed), turn(cache, out):
        pass
    mkdocs.kill()
    mkdocs.wait()

    with turn(cache, out):
        pass


def test_who_stops_a_build_is_told_what_may_be_in_its_folder(tmp_path: Path) -> None:
    shop = sample_project(tmp_path / "shop")
    process = subprocess.Popen(
        [sys.executable, "-m", "changenote", "site", "build"],
        cwd=shop,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not list((shop / ".changenote").glob("building-*")):
        time.sleep(0.01)

    os.killpg(process.pid, signal.SIGINT)
    error = process.communicate()[1]

    assert process.returncode == 130
    assert error.endswith(
        "\nStopped. The folder may hold new pages beside old ones: "
        "run this again before it is published.\n"
    )

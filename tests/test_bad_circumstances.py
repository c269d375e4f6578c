"""Odd machines, odd files of our own, odd commands: every command says so, and nothing is lost."""

import json
import os
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house import NOTE, said
from tests.limits import NO_RIGHTS, no_file_above
from tests.workshop import COMPLETE, IDENTITY, Done, Workshop

ID, OTHER = "20251120-g00d00", "20251121-g00d01"
NUMBERS = ["--unit=ms", "--better=lower", "--quiet"]
MEASURE = ["measure", "--before=echo 5", "--after=echo 4", "--runs=6", "--name=sum", *NUMBERS]
SAVE = ["baseline", "save", "new", "--runs=1", *NUMBERS, "--", "echo 5"]
REHEARSE = ["rehearse", OTHER, "--environment=staging", "--yes"]
ROLL_BACK = ["rollback", OTHER, "--run", "--yes", "--mark"]

READ = {
    "commands list": ["commands", "list"],
    "commands add": ["commands", "add", ID, "a"],
    "commands forget": ["commands", "forget", "a"],
    "baseline list": ["baseline", "list"],
    "baseline show": ["baseline", "show", "cart"],
    "baseline after": ["baseline", "after", "cart", "--quiet"],
    "new": ["new", "--yes"],
}
CHANGE = {
    "commands import": ["commands", "import", "--file=README.md", "--yes", f"--into={ID}"],
    "measure": MEASURE,
    "measure into": [*MEASURE, f"--into={ID}"],
    "baseline save": SAVE,
    "baseline after": ["baseline", "after", "cart", "--quiet"],
    "metrics add": ["metrics", "add", ID, "p95: 840 ms -> 318 ms"],
    "set": ["set", ID, "reason=another one"],
    "review": ["review", ID],
    "outcome": ["outcome", ID, "failed"],
    "related": ["related", ID, OTHER],
    "supersede": ["supersede", ID, OTHER],
    "rehearse": REHEARSE,
    "rollback": ROLL_BACK,
    "new": ["new", *COMPLETE],
}
EVERY: dict[str, list[str]] = {**READ, **CHANGE}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two notes, a recorded command, a baseline and a kept metric."""
    shop = Workshop(tmp_path_factory.mktemp("template") / "shop").start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    shop.commit("Start the shop", {"README.md": "Shop\n"})
    shop.note(NOTE.replace("ID", ID), ID)
    steps = NOTE.replace("ID", OTHER).replace(
        "./flags set cart_total_cache off", "echo 12/12 hosts"
    )
    shop.note(steps.replace(" --env production", ""), OTHER)
    shop.commit("perf: cache cart totals (#412)", {"app/cart.py": "C = {}\n"})
    shop.run("run", "--", "true")
    shop.run("baseline", "save", "cart", "--runs=2", *NUMBERS, "--", "echo 5")
    shop.run(*MEASURE, "--name=kept")
    return shop.folder


@pytest.fixture
def shop(template: Path, tmp_path: Path) -> Workshop:
    """A copy of the template."""
    subprocess.run(["cp", "-a", str(template), str(tmp_path / "shop")], check=True)
    (tmp_path / "home").mkdir()
    return Workshop(tmp_path / "shop", {"HOME": str(tmp_path / "home")})


def kept(shop: Workshop) -> Path:
    """Where our own files of a repository are."""
    return shop.folder / ".git" / "changenote"


def everything(shop: Workshop) -> dict[str, bytes]:
    """Every note's file, and whatever else is in the notes folder."""
    return {
        str(path.relative_to(shop.folder)): path.read_bytes()
        for path in sorted((shop.folder / "changes").rglob("*"))
        if path.is_file()
    }


def is_in_shape(done: Done) -> bool:
    """Did it work, or end with an error of the right shape and code?"""
    if done.code in (0, 1):
        return True
    return done.code in (2, 3) and bool(said(done).what)


# --- Something else in the place of our own files -------------------------------------------------


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket is at most 107 bytes long
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)


def _terabyte(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


INSTEAD: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a socket": _socket,
    "no rights": lambda path: path.touch(mode=0),
    "words": lambda path: path.write_text("words\n"),
    "zeros": lambda path: path.write_bytes(b"\0" * 100),
    "brackets": lambda path: path.write_text("[" * 100_000),
    "another encoding": lambda path: path.write_bytes(b'{"name": "caf\xe9"}'),
}


@pytest.mark.parametrize("instead", INSTEAD)
def test_what_stands_in_the_place_of_our_own_files_stops_no_command_for_ever(
    shop: Workshop, instead: str
) -> None:
    for pattern in ("journal.jsonl", "noted", "baselines/*/manifest.json", "measured/*.json"):
        for path in [*kept(shop).glob(pattern)] or [kept(shop) / pattern]:
            path.unlink(missing_ok=True)
            INSTEAD[instead](path)

    ended = {name: shop.run(*words, under=NO_RIGHTS) for name, words in READ.items()}
    recorded = shop.run("run", "--", "echo", "still run", under=NO_RIGHTS)
    measured = shop.run(*MEASURE, under=NO_RIGHTS)

    assert all(map(is_in_shape, ended.values()))
    assert (recorded.code, recorded.out) == (0, "still run\n")
    assert "sum: " in measured.out + measured.err


def test_the_mark_of_the_last_note_is_not_written_through_a_link(shop: Workshop) -> None:
    (kept(shop) / "noted").unlink(missing_ok=True)
    (kept(shop) / "noted").symlink_to("../../README.md")

    done = shop.run("new", "--yes")

    assert done.code == 0
    assert (shop.folder / "README.md").read_text() == "Shop\n"


ENTRY = {
    "id": "aaaaaaaa",
    "run": "./deploy.sh",
    "noted": "2026-11-22T07:00:00+00:00",
    "at": "2026-11-22T07:00:00+00:00",
    "recorded": "wrapper",
    "purpose": "deploy",
    "exit": 0,
    "seconds": 1.5,
}
WRONG_ENTRIES: dict[str, dict[str, Any]] = {
    "no id": {"id": ""},
    "half of a character in the command": {"run": "echo \ud800"},
    "half of a character in the output": {"output": "\ud800"},
    "an exit code that is true": {"exit": True},
    "seconds that are no number": {"seconds": float("nan")},
    "the end of time": {"at": "9999-12-31T23:59:59+00:00"},
    "the beginning of time": {"noted": "0001-01-01T00:00:00+14:00"},
    "a list for a command": {"run": ["./deploy.sh"]},
}


def test_lines_that_we_cannot_have_written_are_counted_and_left_out(shop: Workshop) -> None:
    wrong = [
        {**ENTRY, "id": f"wrong{n}", **changed} for n, changed in enumerate(WRONG_ENTRIES.values())
    ]
    lines = [json.dumps(entry) for entry in [*wrong, ENTRY]]
    (kept(shop) / "journal.jsonl").write_text("\n".join(lines) + "\n")

    listed = shop.run("commands", "list", "--json")
    added = shop.run("commands", "add", ID, "aaaa")
    new = shop.run("new", "--yes")

    assert [entry["id"] for entry in listed.data] == ["aaaaaaaa"]
    assert listed.err == (
        f"{len(wrong)} lines of the journal cannot be read and were left out; the rest is whole.\n"
    )
    assert (added.code, new.code) == (0, 0)


WRONG_BASELINES: dict[str, dict[str, Any]] = {
    "neither numbers nor files": {"values": []},
    "numbers and files": {"files": [{"path": "a.json", "sha256": "x"}]},
    "a whole number beyond all floats": {"values": [10**400]},
    "more runs than can be made": {"values": [1] * 1000},
    "a warm-up without an end": {"warmup": 10**9},
    "half of a character": {"name": "\ud800"},
}


@pytest.mark.parametrize("changed", WRONG_BASELINES.values(), ids=list(WRONG_BASELINES))
def test_a_manifest_that_we_cannot_have_written_is_no_baseline(
    shop: Workshop, changed: dict[str, Any]
) -> None:
    (manifest,) = kept(shop).glob("baselines/*/manifest.json")
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **changed}))

    listed = shop.run("baseline", "list")
    after = shop.run("baseline", "after", "cart", "--quiet")

    assert (listed.code, listed.out) == (0, "")
    assert "cart" in listed.err
    assert after.code == 2
    assert said(after).what == "there is no baseline 'cart'"


# --- No room, no rights, nobody who reads ---------------------------------------------------------


@pytest.mark.parametrize("words", CHANGE.values(), ids=list(CHANGE))
def test_a_full_disk_leaves_every_note_whole_and_what_was_given_in_sight(
    shop: Workshop, words: list[str]
) -> None:
    before = everything(shop)

    done = shop.run(*words, under=no_file_above(200))
    retried = shop.run(*words)

    assert done.code == 3
    assert said(done).what.endswith(("file too large", "a file of this size is not allowed"))
    assert everything(shop) == before or retried.code == 0
    assert retried.code == 0, retried.err
    if words[0] in ("measure", "baseline"):
        assert re.search(r"^(new: 5|sum: 5,5,.* -> 4,4,.*|cart: 5,5 ms -> 5,5) ms$", done.err, re.M)
        assert "; what was measured stands above" in said(done).retry
    if words[0] == "new":
        assert "title: Cache cart totals per session" in done.err


def test_a_rollback_that_cannot_be_marked_is_not_run_again(shop: Workshop) -> None:
    year = shop.folder / "changes" / "2025"
    year.chmod(0o555)

    done = shop.run(*ROLL_BACK, under=NO_RIGHTS)
    year.chmod(0o755)
    marked = shop.run(*shlex.split(said(done).next.split("`")[1])[1:])

    assert done.code == 3
    assert said(done).retry == "only if the steps may be run twice: all of them were run"
    assert marked.code == 0
    assert "status: rolled_back" in shop.notes()[1].read_text()


def shell(shop: Workshop, words: list[str], rest: str) -> subprocess.CompletedProcess[str]:
    """A command line with redirections."""
    return subprocess.run(
        [
            "bash",
            "-o",
            "pipefail",
            "-c",
            f"{shlex.join([sys.executable, '-m', 'changenote', *words])} {rest}",
        ],
        cwd=shop.folder,
        env={**os.environ, **IDENTITY, **shop.environment, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


NOT_THERE = ["baseline", "show", "nothing"]


@pytest.mark.parametrize("rest", ["2>/dev/full", "2>&-", "<&- >&- 2>&-", "2>&1 >/dev/null | true"])
def test_nobody_who_reads_the_notices_changes_neither_the_work_nor_its_code(
    shop: Workshop, rest: str
) -> None:
    wrong = shell(shop, NOT_THERE, rest)
    changed = shell(shop, CHANGE["related"], rest)

    assert (wrong.returncode, wrong.stdout + wrong.stderr) == (2, "")
    assert (changed.returncode, changed.stderr) == (0, "")
    assert all("related:" in path.read_text() for path in shop.notes())


@pytest.mark.parametrize("words", EVERY.values(), ids=list(EVERY))
def test_a_folder_that_is_gone_is_an_error_of_the_environment(
    shop: Workshop, words: list[str]
) -> None:
    gone = shop.folder / "gone"
    gone.mkdir()
    before = everything(shop)
    line = shlex.join([sys.executable, "-m", "changenote", *words])

    done = _in_gone(gone, line)

    assert done.code == 3
    assert said(done).expected
    assert everything(shop) == before


def _in_gone(gone: Path, line: str) -> Done:
    ended = subprocess.run(
        ["bash", "-c", f"rmdir ../gone; {line}"],
        cwd=gone,
        env={**os.environ, **IDENTITY, "NO_COLOR": "1", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


# --- At the same moment ---------------------------------------------------------------------------


def at_once(shop: Workshop, lines: list[list[str]]) -> list[Done]:
    """All of these commands at the same moment."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "changenote", *words],
            cwd=shop.folder,
            env={**os.environ, **IDENTITY, **shop.environment, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in lines
    ]
    ended = [(process, *process.communicate()) for process in processes]
    return [Done(process.returncode, out, err) for process, out, err in ended]


def test_of_several_saves_of_a_name_one_wins_whole(shop: Workshop) -> None:
    done = at_once(shop, [[*SAVE[:-1], f"echo {n}"] for n in range(6)])

    winners = [n for n, one in enumerate(done) if one.code == 0]
    losers = [said(one).what for one in done if one.code]
    assert len(winners) == 1
    assert losers == ["there is a baseline 'new' already"] * 5
    assert f"new: 1 run, median {winners[0]} ms" in shop.run("baseline", "list").out
    assert sorted(path.name[:4] for path in (kept(shop) / "baselines").iterdir()) == [
        "cart",
        "new-",
    ]


def test_of_several_edits_of_a_note_none_is_lost_without_a_word(shop: Workshop) -> None:
    done = at_once(shop, [["set", ID, f"tags+=tag{n}"] for n in range(6)])

    won = {f"tag{n}" for n, one in enumerate(done) if one.code == 0}
    text = shop.notes()[0].read_text()
    assert won
    assert set(re.findall(r"tag\d", text)) == won
    assert {one.code for one in done} <= {0, 3}
    assert all("changed" in said(one).what for one in done if one.code)


# --- Commands that do not behave ------------------------------------------------------------------

MISBEHAVING = {
    "prints for ever": ("yes 1", "was stopped: it printed more than can be kept"),
    "complains for ever": ("yes 1 >&2", "was stopped: "),
    "never ends": ("sleep 60", "was stopped: it took longer than 1 s"),
    "dies": ("kill -9 $$", "ended with exit code 137"),
    "prints nothing": ("true", "found nothing where a number belongs"),
    "prints no number": ("echo nan", "found nan where a number belongs"),
    "prints two numbers": ("echo 1 2", "found 1 2 where a number belongs"),
    "prints a number without an end": ("printf %5000s 1 | tr ' ' 9", "where a number belongs"),
    "acts on the terminal": (r"printf '\033[2J5\n'", r"found \u001b[2J5 where"),
    "closes its output": ("exec >&-", "found nothing where a number belongs"),
}


@pytest.mark.parametrize(("line", "why"), MISBEHAVING.values(), ids=list(MISBEHAVING))
def test_a_command_that_cannot_be_measured_is_stopped_and_named(
    shop: Workshop, line: str, why: str
) -> None:
    patience = 1 if "longer than 1 s" in why else 60

    done = shop.run(*MEASURE, f"--before={line}", f"--timeout={patience}")

    assert (done.code, done.out) == (3, "")
    assert why in said(done).what
    assert not list(kept(shop).glob("measured/sum*"))


UNUSABLE_NAMES = {
    "blank": " ",
    "hidden": "p95\u200b",
    "reordered": "p95 \u202e",
    "two lines": "p95\np99",
    "long": "p" * 201,
}


@pytest.mark.parametrize("name", UNUSABLE_NAMES.values(), ids=list(UNUSABLE_NAMES))
def test_a_name_that_no_note_can_have_is_refused_before_anything_is_run(
    shop: Workshop, name: str
) -> None:
    measured = shop.run(*MEASURE, f"--name={name}", "--after=touch run")
    saved = shop.run("baseline", "save", name, "--runs=1", "--", "touch run")

    assert (measured.code, saved.code) == (2, 2)
    assert said(measured).what.startswith("the metric's name ")
    assert said(saved).what.startswith("the metric's name ")
    assert not (shop.folder / "run").exists()


ODD_TIMES: dict[str, tuple[list[str], int]] = {
    "ages ago": (["commands", "list", "--since=99999999999d"], 0),
    "a number without an end": (["commands", "list", f"--since={'9' * 400}d"], 0),
    "before all time": (["commands", "list", "--since=0001-01-01T00:00:00+14:00"], 2),
    "an outcome of ages ago": (["outcome", ID, "failed", "--restored-at=999999d ago"], 1),
    "a deployment after all time": (
        ["new", *COMPLETE, "--shipped-at=9999-12-31T23:59:59-14:00"],
        1,
    ),
    "ages of statistics": (["stats", f"--since={'9' * 400}d"], 2),
    "patience that is no number": ([*MEASURE, "--timeout=nan"], 2),
}


@pytest.mark.parametrize(("words", "code"), ODD_TIMES.values(), ids=list(ODD_TIMES))
def test_times_beyond_any_calendar_are_understood_or_refused(
    shop: Workshop, words: list[str], code: int
) -> None:
    done = shop.run(*words)

    assert done.code == code
    assert code != 2 or said(done).expected


def test_a_time_limit_without_an_end_does_not_stop_a_rollback(shop: Workshop) -> None:
    path = shop.notes()[1]
    limited = path.read_text().replace("  verify:", f"  time_limit: {'9' * 400}d\n  verify:")
    path.write_text(limited)

    done = shop.run("rollback", OTHER, "--run", "--yes")

    assert done.code == 0
    assert "12/12 hosts\n" in done.out


# --- Histories ------------------------------------------------------------------------------------

ROWS: dict[str, tuple[Any, ...]] = {
    "a time in words": ("yesterday", 5, 0, "./deploy.sh", "."),
    "no time": (None, None, None, "./deploy.sh", "."),
    "a time without an end": (9e999, 1, 0, "./deploy.sh", "."),
    "a time before all time": (-(2**62), -5, -5, "./deploy.sh", "."),
    "words for numbers": (1_790_000_000_000_000_000, "x", "y", "./deploy.sh", "."),
    "bytes for a command": (1_790_000_000_000_000_000, 5, 0, b"\xff", "."),
    "no command": (1_790_000_000_000_000_000, 5, 0, None, "."),
    "no folder": (1_790_000_000_000_000_000, 5, 0, "./deploy.sh", None),
    "a folder that cannot be": (1_790_000_000_000_000_000, 5, 0, "./deploy.sh", "a\0b"),
}


def test_a_database_of_atuin_with_anything_in_it_gives_what_can_be_understood(
    shop: Workshop,
) -> None:
    database = Path(shop.environment["HOME"]) / ".local/share/atuin/history.db"
    database.parent.mkdir(parents=True)
    with sqlite3.connect(database) as connection:
        connection.execute("create table history(command, timestamp, duration, exit, cwd)")
        for started, took, code, line, folder in [
            *ROWS.values(),
            (1_790_000_001_000_000_000, 2_000_000_000, 0, "make deploy", "."),
        ]:
            where = str(shop.folder) if folder == "." else folder
            connection.execute(
                "insert into history values(?, ?, ?, ?, ?)", (line, started, took, code, where)
            )

    done = shop.run("commands", "import", "--atuin", "--last=20", "--json")

    assert done.code == 0
    found = [(c["run"], c["at"], c["seconds"], c["exit"]) for c in done.data["imported"]]
    assert ("make deploy", "2026-09-21T14:13:21Z", 2.0, 0) in found
    assert {run for run, *_ in found} == {"make deploy", "./deploy.sh"}


HISTORIES: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a folder": Path.mkdir,
    "a terabyte": _terabyte,
}


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("name", [".bash_history", ".local/share/atuin/history.db"])
def test_a_history_that_is_none_is_named_at_once(shop: Workshop, history: str, name: str) -> None:
    path = Path(shop.environment["HOME"]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    HISTORIES[history](path)
    option = "--atuin" if "atuin" in name else "--bash"

    done = shop.run("commands", "import", option, "--last=5")

    assert done.code == 3
    assert said(done).what.startswith(f"{path} cannot be read: ")


# --- What the pipeline and the team left ----------------------------------------------------------

EVENTS: dict[str, Callable[[Path], object]] = {
    **{name: INSTEAD[name] for name in INSTEAD if name != "words"},
    "a list": lambda path: path.write_text("[]"),
    "a number without an end": lambda path: path.write_text('{"number": ' + "9" * 10_000 + "}"),
    "a title of half a character": lambda path: path.write_text(
        json.dumps(
            {"pull_request": {"number": 412, "title": "Cache \ud800\x1b[2J", "merged": True}}
        )
    ),
    "a body that goes on": lambda path: path.write_text(
        json.dumps(
            {"pull_request": {"number": 412, "title": "Cache it", "body": "closes #1 " * 50_000}}
        )
    ),
}


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_of_any_shape_never_stops_a_new_note(shop: Workshop, event: str) -> None:
    path = shop.folder.parent / "event.json"
    EVENTS[event](path)

    done = shop.run(
        "new",
        "--yes",
        under=NO_RIGHTS,
        GITHUB_ACTIONS="true",
        GITHUB_EVENT_NAME="pull_request",
        GITHUB_EVENT_PATH=str(path),
    )

    assert done.code == 0
    assert shop.run("check", done.out.strip()).code == 0


OWNERS = {
    "stars": b"*a" * 5_000 + b" @acme/cart\n",
    "folders": b"**/" * 5_000 + b"x @acme/cart\n",
    "many rules": b"".join(b"**/a*b*%d*/**/x?* @acme/cart\n" % n for n in range(20_000)),
    "one word": b"x" * 2_900_000,
    "brackets": b"[" * 50_000 + b"\n" + b"^[" * 20_000,
    "backslashes": b"\\" * 50_001,
    "owners": b"* " + b"@acme/cart " * 200_000,
    "ten megabytes": b"* @acme/cart\n" * 800_000,
}


@pytest.mark.parametrize("owners", OWNERS.values(), ids=list(OWNERS))
def test_owners_of_any_shape_never_hold_up_a_new_note(shop: Workshop, owners: bytes) -> None:
    (shop.folder / "CODEOWNERS").write_bytes(owners)
    shop.commit("feat: add much", {"a" * 200: "1\n", "/".join("ab" * 40): "1\n"})

    done = shop.run("new", "--yes", "--base=HEAD~1")

    assert done.code == 0

"""`changenote commands`: what was recorded is listed, added, forgotten; the rest is imported."""

import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changenote.capture import histories, journal
from changenote.capture.histories import Past
from changenote.model.redaction import redact
from changenote.store import codec
from tests.house import said, valid_note
from tests.test_run_terminal import Screen
from tests.workshop import Workshop

# From Python 3.12 on, any fork in a process with threads (pytest-xdist has some) is warned of.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

AT = 1_790_000_000


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(AT + seconds, UTC)


# --- Histories ------------------------------------------------------------------------------------


def test_bash_with_times_keeps_commands_of_several_lines_whole() -> None:
    text = f"old\n#{AT}\n./deploy.sh\n#{AT + 9}\nfor x in a; do\n  echo $x\ndone\n#no time\n"

    assert histories.of_bash(text.encode()) == [
        Past(run="old"),
        Past(run="./deploy.sh", at=at(0)),
        Past(run="for x in a; do\n  echo $x\ndone\n#no time\n", at=at(9)),
    ]


def test_zsh_with_times_lengths_continued_lines_and_its_own_coding_of_bytes() -> None:
    text = f": {AT}:94;./deploy.sh \\\n  v2\n: {AT + 9}:0;echo ".encode()
    text += b"caf\x83\xe3\x83\x89\nplain"  # é is C3 A9; zsh writes 83 and the byte with 20 flipped

    assert histories.of_zsh(text) == [
        Past(run="./deploy.sh \n  v2", at=at(0), seconds=94.0),
        Past(run="echo café", at=at(9)),
        Past(run="plain"),
    ]


def test_fish_with_times_and_its_signs_for_line_ends() -> None:
    text = f"- cmd: echo a\\nb \\\\n\n  when: {AT}\n  paths:\n    - x\n- cmd: true\n"

    assert histories.of_fish(text.encode()) == [
        Past(run="echo a\nb \\n", at=at(0)),
        Past(run="true"),
    ]


def atuin(path: Path, *rows: tuple[Any, ...]) -> Path:
    """A database as atuin 18 makes it."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create table history (id text primary key, timestamp integer not null, duration "
            "integer not null, exit integer not null, command text not null, cwd text not null, "
            "session text not null, hostname text not null, deleted_at integer)"
        )
        for number, row in enumerate(rows):
            connection.execute(
                "insert into history values (?, ?, ?, ?, ?, ?, 's', 'h', ?)", (number, *row)
            )
    connection.close()
    return path


def test_of_atuin_what_ran_in_the_repository_and_was_not_deleted(workshop: Workshop) -> None:
    here, nano = str(workshop.folder), 1_000_000_000
    database = atuin(
        workshop.folder / "history?.db",
        (AT * nano, 94_200_000_000, 0, "./deploy.sh", here, None),
        ((AT + 1) * nano, -1, -1, "sleep 99", f"{here}/app", None),
        ((AT + 2) * nano, 1, 0, "elsewhere", f"{here}-2", None),
        ((AT + 3) * nano, 1, 0, "deleted", here, 1),
    )

    assert histories.of_atuin(database, workshop.folder) == [
        Past(run="./deploy.sh", at=at(0), seconds=94.2, exit=0, folder="."),
        Past(run="sleep 99", at=at(1), folder="app"),
    ]


# --- Import ---------------------------------------------------------------------------------------

HISTORY = f"""\
#{AT}
cd shop
#{AT + 10}
./deploy.sh production v2
#{AT + 20}
mysql -u root -phunter22 shop < fix.sql
#{AT + 30}
changenote run -- ./deploy.sh production v3
#{AT + 40}
k6 run perf/cart.js
"""


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A shop whose owner has a history of bash."""
    workshop.environment["HOME"] = str(workshop.folder)
    workshop.write(".bash_history", HISTORY)
    return workshop


def runs(workshop: Workshop) -> list[str]:
    return [entry.run for entry in journal.entries(workshop.folder)]


def test_chosen_commands_are_imported_once_without_secrets(shop: Workshop) -> None:
    first = shop.run("commands", "import", "--bash", "--last", "3")
    again = shop.run("commands", "import", "--bash", "--last", "3")

    assert runs(shop) == [
        "./deploy.sh production v2",
        "mysql -u root -p[redacted: password] shop < fix.sql",
        "k6 run perf/cart.js",
    ]
    assert [line[26:] for line in first.out.splitlines()] == [
        f"  deploy                 {runs(shop)[0]}",
        f"  other                  {runs(shop)[1]}",
        f"  measure                {runs(shop)[2]}",
    ]
    assert first.err == "3 commands imported.\n"
    assert (again.out, again.err) == ("", "0 commands imported; 3 were there already.\n")
    deploy = journal.entries(shop.folder)[0]
    assert journal.as_command(deploy) == {
        "run": "./deploy.sh production v2",
        "purpose": "deploy",
        "at": "2026-09-21T14:13:30Z",
        "recorded": "imported",
    }


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (["--match", "DEPLOY"], ["./deploy.sh production v2"]),
        (["--match", "cart", "--match", "k6"], ["k6 run perf/cart.js"]),
        (["--since", at(35).isoformat()], ["k6 run perf/cart.js"]),
        (["--since", at(5).isoformat(), "--last", "1"], ["k6 run perf/cart.js"]),
        (["--match", "nosuch"], []),
    ],
)
def test_commands_are_chosen_by_text_time_and_number(
    shop: Workshop, choice: list[str], expected: list[str]
) -> None:
    shop.run("commands", "import", "--bash", *choice)

    assert runs(shop) == expected


def test_a_whole_history_is_not_imported_by_accident(shop: Workshop) -> None:
    done = shop.run("commands", "import", "--bash")

    assert done.code == 2
    assert said(done).what == "nothing says which commands of the history are meant"
    assert runs(shop) == []


def test_without_a_source_they_are_named(shop: Workshop) -> None:
    assert said(shop.run("commands", "import")).expected == (
        "one of --atuin, --bash, --zsh, --fish, or --file FILE"
    )


def test_a_dry_run_and_json_say_the_same_and_only_one_writes(shop: Workshop) -> None:
    arguments = ("commands", "import", "--bash", "--match", "k6", "--json")

    dry = shop.run(*arguments, "--dry-run").data
    assert runs(shop) == []
    wet = shop.run(*arguments).data

    assert (dry["dry_run"], wet["dry_run"]) == (True, False)
    assert dry["imported"][0]["id"] == wet["imported"][0]["id"]
    assert wet["known"] == 0
    assert runs(shop) == ["k6 run perf/cart.js"]


def test_a_list_of_commands_a_line_each_without_prompts_and_remarks(shop: Workshop) -> None:
    shop.write("list.txt", "# on the bastion\n$ ./deploy.sh\n\n./deploy.sh\n  true\n")

    shop.run("commands", "import", "--file", "list.txt")
    shop.run("commands", "import", "--file", "list.txt")

    assert runs(shop) == ["./deploy.sh", "./deploy.sh", "true"]


def test_a_missing_history_is_named(shop: Workshop) -> None:
    done = shop.run("commands", "import", "--zsh", "--last", "1")

    assert done.code == 3
    assert (
        said(done).what == f"{shop.folder}/.zsh_history cannot be read: no such file or directory"
    )


def test_something_else_than_atuins_database_is_named(shop: Workshop) -> None:
    done = shop.run("commands", "import", "--atuin", "--file", ".bash_history", "--last", "1")

    assert done.code == 3
    assert said(done).what == ".bash_history cannot be read: file is not a database"


def test_imported_into_a_note_as_well_and_only_once(shop: Workshop) -> None:
    path = valid_note(shop)
    arguments = ("commands", "import", "--bash", "--match", "deploy", "--into", "g00d00")

    shop.run(*arguments)
    shop.run(*arguments)

    (command,) = codec.load(path.read_bytes()).data["commands"]
    assert (command["run"], command["recorded"]) == ("./deploy.sh production v2", "imported")
    assert runs(shop) == ["./deploy.sh production v2"]


def test_what_is_cut_off_leaves_no_secret_at_the_end() -> None:
    line = f"echo {'AKIAIOSFODNN7EXAMPLE' * 2000}"

    [entry] = histories.as_entries(
        histories.of_lines(line.encode()), known={}, now=datetime.now(UTC)
    )

    assert len(entry.run) < 21_000
    assert redact(entry.run) == entry.run


def test_into_an_unknown_note_nothing_is_imported(shop: Workshop) -> None:
    done = shop.run("commands", "import", "--bash", "--last", "1", "--into", "nosuch")

    assert (done.code, runs(shop)) == (2, [])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["2"], ["./deploy.sh production v2"]),
        (["5", "2-1", "1,2-2"], ["cd shop", "./deploy.sh production v2"]),
        ([""], []),
    ],
)
def test_at_a_terminal_a_person_picks(
    shop: Workshop, answers: list[str], expected: list[str]
) -> None:
    screen = Screen(
        shop, f"env HOME={shop.folder} {sys.executable} -m changenote commands import --bash"
    )
    screen.sees("   1  ", "cd shop", "   4  ", "k6 run perf/cart.js")

    for answer in answers:
        screen.sees("Import which?", ": ").types(f"{answer}\r")

    code, printed = screen.ended()
    assert code == 0
    assert f"{len(expected)} command" in printed
    assert runs(shop) == expected


# --- List, add, forget ----------------------------------------------------------------------------


@pytest.fixture
def recorded(workshop: Workshop) -> Workshop:
    """A shop with two recorded commands, one of them of today."""
    now = datetime.now(UTC)
    old = journal.Entry(
        id="aaaa1111", run="./deploy.sh \\\n  v1", noted=at(0), at=at(0), recorded="wrapper",
        purpose="deploy", exit=0, seconds=94.2, folder="app", lines=1, bytes=5, output="live\n",
    )  # fmt: skip
    new = journal.Entry(id="aaaa2222", run="true", noted=now, at=now, recorded="wrapper", exit=1)
    journal.append(workshop.folder, old, new)
    return workshop


def test_the_list_has_a_line_for_each_command(recorded: Workshop) -> None:
    lines = recorded.run("commands", "list").out.splitlines()

    assert lines[0] == r"aaaa1111  2026-09-21 14:13  deploy      0   94.2s  ./deploy.sh \   v1"
    assert lines[1].endswith("  other       1          true")


@pytest.mark.parametrize("since", ["2h", "1h30m ago", "yesterday's date", "a local time"])
def test_the_list_begins_at_a_time(recorded: Workshop, since: str) -> None:
    before = datetime.now() - timedelta(days=1)
    since = {"yesterday's date": f"{before:%Y-%m-%d}", "a local time": before.isoformat()}.get(
        since, since
    )

    done = recorded.run("commands", "list", "--since", since)

    assert [line[:8] for line in done.out.splitlines()] == ["aaaa2222"]


def test_a_time_that_is_none_is_refused(recorded: Workshop) -> None:
    done = recorded.run("commands", "list", "--since", "lately")

    assert done.code == 2
    assert said(done).what == "'lately' is no time"


def test_json_has_everything_that_was_recorded(recorded: Workshop) -> None:
    (first,) = recorded.run("commands", "list", "--json", "--last", "2").data[:1]

    assert first == {
        "id": "aaaa1111", "run": "./deploy.sh \\\n  v1", "noted": "2026-09-21T14:13:20Z",
        "recorded": "wrapper", "at": "2026-09-21T14:13:20Z", "purpose": "deploy", "exit": 0,
        "signal": None, "seconds": 94.2, "folder": "app", "lines": 1, "bytes": 5,
        "output": "live\n",
    }  # fmt: skip


def test_an_empty_journal_says_how_to_fill_it(workshop: Workshop) -> None:
    done = workshop.run("commands", "list")

    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "Nothing was recorded. `changenote run -- CMD` runs and records a command.\n"
    )


def test_where_nothing_is_new_it_is_said_since_when(workshop: Workshop) -> None:
    done = workshop.run("commands", "list", "--since=2026-11-22T14:00Z")

    assert done.err == (
        "Nothing was recorded since 2026-11-22 14:00 UTC. "
        "`changenote run -- CMD` runs and records a command.\n"
    )


def test_recorded_commands_are_added_to_a_note_once(recorded: Workshop) -> None:
    path = valid_note(recorded)

    first = recorded.run("commands", "add", "g00d00", "aaaa1", "aaaa2222")
    again = recorded.run("commands", "add", "g00d00", "aaaa1")

    commands = codec.load(path.read_bytes()).data["commands"]
    assert [command["run"] for command in commands] == ["./deploy.sh \\\n  v1", "true"]
    assert first.err == "2 commands added to Cache cart totals per session.\n"
    assert again.err == "Nothing to change: it says so already.\n"


def test_a_forgotten_command_is_gone(recorded: Workshop) -> None:
    done = recorded.run("commands", "forget", "aaaa1")

    assert done.out == "aaaa1111  ./deploy.sh \\   v1\n"
    assert done.err == "1 command forgotten.\n"
    assert [entry.id for entry in journal.entries(recorded.folder)] == ["aaaa2222"]


@pytest.mark.parametrize(("name", "count"), [("aaaa", 2), ("zzzz", 0), ("", 0)])
def test_a_start_that_means_none_or_several_is_refused(
    recorded: Workshop, name: str, count: int
) -> None:
    done = recorded.run("commands", "forget", name)

    assert done.code == 2
    assert said(done).what == f"{count} recorded commands have an id that starts with {name!r}"
    assert len(journal.entries(recorded.folder)) == 2

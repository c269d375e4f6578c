"""The journal loses no command: not by a kill, not by a full disk, not by others that write too."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from changenote.capture import journal
from changenote.capture.journal import Entry
from changenote.errors import CannotWrite, ChangenoteError, NotARepository
from tests.limits import NO_RIGHTS, no_file_above
from tests.workshop import Workshop

AT = datetime(2026, 11, 22, 14, 3, 26, 500_000, tzinfo=UTC)
STARTED = Entry(id="k3f9xq2b", run="./deploy.sh v2", noted=AT, at=AT, recorded="wrapper")
ENDED = Entry(
    **{
        **vars(STARTED),
        "noted": AT + timedelta(seconds=94),
        "purpose": "deploy",
        "exit": 0,
        "seconds": 94.2,
        "lines": 1,
        "bytes": 5,
        "output": "é \u2028\n",
    }
)
OTHER = Entry(id="zzzzzzzz", run="true", noted=AT - timedelta(hours=1), recorded="imported")


def test_what_is_appended_is_read_back_oldest_first(workshop: Workshop) -> None:
    journal.append(workshop.folder, ENDED, OTHER)

    assert journal.entries(workshop.folder) == [OTHER, ENDED]
    assert journal.entries(workshop.folder, since=AT) == [ENDED]


def test_what_ended_since_then_is_found_by_when_it_ended(workshop: Workshop) -> None:
    imported = replace(OTHER, at=AT - timedelta(days=1), noted=AT + timedelta(hours=1))

    journal.append(workshop.folder, ENDED, imported)

    assert journal.entries(workshop.folder, since=AT + timedelta(seconds=90)) == [ENDED]


def test_without_a_journal_there_is_nothing(workshop: Workshop) -> None:
    assert journal.read(workshop.folder).entries == ()
    assert not journal.journal_file(workshop.folder).exists()


def test_the_end_of_a_command_takes_the_place_of_its_start(workshop: Workshop) -> None:
    journal.append(workshop.folder, STARTED)
    assert journal.entries(workshop.folder) == [STARTED]

    journal.append(workshop.folder, ENDED)

    assert journal.entries(workshop.folder) == [ENDED]


@pytest.mark.parametrize(
    "damage",
    [
        b'{"id": "torn", "ru',
        b"\xff\x00\xfe",
        b"[1]",
        b"null",
        b'{"id": 7, "run": "x", "noted": "2026-11-22T14:00:00+00:00", "recorded": "wrapper"}',
        b'{"id": "a", "run": "x", "noted": "yesterday", "recorded": "wrapper"}',
        b'{"id": "a", "run": "x", "noted": "2026-11-22T14:00:00Z", "recorded": "wrapper", "seconds": NaN}',
        b'{"id": "a"}',
        b"[" * 100_000,
    ],
    ids=lambda damage: damage[:20].decode("latin-1"),
)
def test_a_damaged_line_is_counted_and_swallows_no_other(workshop: Workshop, damage: bytes) -> None:
    journal.append(workshop.folder, OTHER)
    with journal.journal_file(workshop.folder).open("ab") as file:
        file.write(damage)

    journal.append(workshop.folder, ENDED)

    read = journal.read(workshop.folder)
    assert (list(read.entries), read.unreadable) == ([OTHER, ENDED], 1)
    done = workshop.run("commands", "list")
    assert len(done.out.splitlines()) == 2
    assert done.err == "1 line of the journal cannot be read and was left out; the rest is whole.\n"


def test_keys_of_a_later_version_are_no_damage(workshop: Workshop) -> None:
    journal.append(workshop.folder, ENDED)
    path = journal.journal_file(workshop.folder)
    path.write_text(path.read_text().replace('{"id"', '{"host": "x", "id"'))

    assert journal.entries(workshop.folder) == [ENDED]


APPEND = """if True:
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from changenote.capture.journal import Entry, append, new_id
    for n in range(20):
        run = f"{sys.argv[2]} {n} " + "x" * 9000
        append(Path(sys.argv[1]), Entry(id=new_id(), run=run, noted=datetime.now(UTC), recorded="wrapper"))
"""


def test_entries_of_several_processes_at_once_stay_whole(workshop: Workshop) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", APPEND, workshop.folder, name]) for name in "abcd"
    ]
    assert [process.wait() for process in processes] == [0] * 4

    read = journal.read(workshop.folder)
    told = sorted(tuple(entry.run.split()[:2]) for entry in read.entries)
    assert told == sorted((name, str(n)) for name in "abcd" for n in range(20))
    assert read.unreadable == 0


def test_a_full_disk_leaves_what_was_there_and_no_torn_line(workshop: Workshop) -> None:
    journal.append(workshop.folder, OTHER)
    size = journal.journal_file(workshop.folder).stat().st_size

    done = subprocess.run(
        [*no_file_above(size + 500), sys.executable, "-c", APPEND, str(workshop.folder), "a"],
        capture_output=True,
        check=False,
    )

    assert done.returncode == 1
    assert b"CannotWrite" in done.stderr
    assert journal.journal_file(workshop.folder).stat().st_size == size
    assert journal.entries(workshop.folder) == [OTHER]


def test_a_journal_of_somebody_else_is_said_to_be_unreadable(workshop: Workshop) -> None:
    journal.append(workshop.folder, OTHER)
    journal.journal_file(workshop.folder).chmod(0)

    done = workshop.run("commands", "list", under=NO_RIGHTS)

    assert done.code == 3
    assert "journal.jsonl cannot be read: permission denied" in done.err


def test_what_is_forgotten_is_gone_from_the_disk_and_the_rest_is_untouched(
    workshop: Workshop,
) -> None:
    journal.append(workshop.folder, STARTED, OTHER, ENDED)
    path = journal.journal_file(workshop.folder)
    kept = path.read_text().splitlines(keepends=True)[1]

    journal.forget(workshop.folder, {ENDED.id})

    assert path.read_text() == kept
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in path.parent.iterdir()) == ["journal.jsonl", "journal.lock"]


def test_what_root_records_belongs_to_whom_the_repository_belongs(workshop: Workshop) -> None:
    git = workshop.folder / ".git"
    owner = (1234, 5678) if os.geteuid() == 0 else (os.getuid(), os.getgid())
    os.chown(git, *owner)

    journal.append(workshop.folder, ENDED)
    journal.forget(workshop.folder, {OTHER.id})

    made = [git / "changenote", *(git / "changenote").iterdir()]
    assert len(made) == 3
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {owner}


@pytest.mark.parametrize("name", [".", "journal.lock", "journal.jsonl"])
def test_a_link_in_its_place_is_not_followed(workshop: Workshop, tmp_path: Path, name: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "journal.lock").write_text("mine\n")
    place = journal.journal_file(workshop.folder).parent / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(theirs if name == "." else theirs / "journal.lock")

    with pytest.raises(CannotWrite, match=r"journal\.jsonl could not be written"):
        journal.append(workshop.folder, ENDED)

    assert [path.name for path in theirs.iterdir()] == ["journal.lock"]
    assert (theirs / "journal.lock").read_text() == "mine\n"


def test_outside_a_repository_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(NotARepository):
        journal.append(tmp_path, OTHER)


def test_a_folder_in_the_way_is_named(workshop: Workshop) -> None:
    journal.journal_file(workshop.folder).mkdir(parents=True)

    with pytest.raises(CannotWrite, match=r"journal\.jsonl could not be written"):
        journal.append(workshop.folder, OTHER)
    with pytest.raises(ChangenoteError, match=r"journal\.jsonl cannot be read"):
        journal.read(workshop.folder)


def test_an_entry_becomes_a_command_of_a_note_in_the_order_of_its_keys() -> None:
    assert list(journal.as_command(ENDED).items()) == [
        ("run", "./deploy.sh v2"),
        ("purpose", "deploy"),
        ("exit", 0),
        ("takes", "94.2s"),
        ("at", "2026-11-22T14:03:26Z"),
        ("recorded", "wrapper"),
        ("output", "é \u2028\n"),
    ]
    assert journal.as_command(OTHER) == {"run": "true", "recorded": "imported"}


def test_ids_differ() -> None:
    ids = {journal.new_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert {len(i) for i in ids} == {8}

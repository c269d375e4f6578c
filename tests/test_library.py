"""What is known of notes saves work, and is never trusted more than their files."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time_ns
from typing import Any

import pytest

from changenote.cli.reading import library as listed_notes
from changenote.cli.reading import matching, trace
from changenote.model import facts, searched
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.model.query import Phrase, Word, parse
from changenote.site.loading import read_notes
from changenote.store import codec, database, library, tables
from changenote.store import notes as store_notes
from changenote.store.database import path_in
from changenote.store.library import Library
from changenote.store.notes import listed, read
from changenote.store.parsed import parsed
from changenote.store.project import Project, find_project
from changenote.store.tables import Kind
from tests.books import least, sample_project
from tests.workshop import Workshop

LONG_AGO = 1_700_000_000
TITLE = Kind(name="title")
OF_EACH = "SELECT name FROM sqlite_master WHERE name LIKE 'of each%'"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Twenty notes that were written long before anybody reads them, and some that are odd."""
    sample_project(tmp_path)
    for number in range(20):
        note_id = f"20260101-{number:06d}"
        path = tmp_path / f"changes/2026/{note_id}.yaml"
        path.write_text(least(note_id, f"Count {number} sheep"))
    settle(tmp_path)
    return find_project(tmp_path)


def settle(folder: Path) -> None:
    """Let all notes be older than any doubt about when they were written."""
    for path in folder.rglob("*.yaml"):
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture(autouse=True)
def _young_is_old_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    # When a file was changed in any way cannot be set back as its last writing can.
    monkeypatch.setattr(library, "_COARSEST", -10_000_000_000)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The texts that the YAML parser is given from now on."""
    texts: list[bytes] = []
    load = codec.load

    def counted(raw: bytes, *, with_places: bool = False) -> codec.Document:
        texts.append(raw)
        return load(raw, with_places=with_places)

    monkeypatch.setattr(codec, "load", counted)
    return texts


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The notes that are opened from now on."""
    paths: list[str] = []
    bytes_of = library.bytes_of

    def counted(path: str) -> bytes | None:
        paths.append(path)
        return bytes_of(path)

    monkeypatch.setattr(library, "bytes_of", counted)
    return paths


def notes(project: Project) -> dict[str, Note | None]:
    """All notes, as a command gets them."""
    files = listed(project)[0]
    return {one.file: one.note for one in parsed(Library(project.cache, files))}


def from_yaml(project: Project) -> dict[str, Note | None]:
    """All notes as their files say."""
    return {f: read(project, Path(path)).note for f, path in listed(project)[0].items()}


def file_of(project: Project, number: int = 7) -> Path:
    """One of the notes."""
    return project.notes / f"2026/20260101-{number:06d}.yaml"


def test_unchanged_notes_are_neither_opened_nor_parsed(
    project: Project, loaded: list[bytes], opened: list[str]
) -> None:
    first = notes(project)
    loaded.clear()
    opened.clear()

    second = notes(project)

    broken = project.notes / "2026/20261121-bad0ne-broken.yaml"
    assert opened == [str(broken)]
    assert loaded == [broken.read_bytes()]
    assert second == first == from_yaml(project)


def test_after_one_edit_among_many_one_note_is_parsed(
    project: Project, loaded: list[bytes]
) -> None:
    read_notes(project)
    changed = least("20260101-000007", "Count goats")
    file_of(project).write_text(changed)
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    loaded.clear()

    book = read_notes(project)

    assert loaded == [changed.encode()]
    assert "Count goats" in [entry.note.title for entry in book.entries]


def test_a_book_from_the_cache_is_the_book_from_the_files(project: Project) -> None:
    cold = read_notes(project)
    warm = read_notes(project)
    shutil.rmtree(project.cache)

    assert repr(warm) == repr(cold) == repr(read_notes(project))
    assert [entry.text for entry in warm.entries] == [
        (project.root / entry.file).read_text() for entry in warm.entries
    ]


def test_a_text_of_the_same_length_in_the_same_moment_is_seen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_COARSEST", 2_000_000_000)
    before = library._seen(str(file_of(project)))
    notes(project)
    file_of(project).write_text(least("20260101-000007", "Count 8 sheep"))
    # The clock of the file system is too coarse to tell the two apart.
    seen = library._seen
    monkeypatch.setattr(
        library, "_seen", lambda p: before if p == str(file_of(project)) else seen(p)
    )

    found = notes(project)["changes/2026/20260101-000007.yaml"]

    assert found
    assert found.title == "Count 8 sheep"


def test_after_the_clock_went_back_no_time_is_believed(
    project: Project, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(project)
    opened.clear()
    now = time_ns()
    for module in (library, tables):
        monkeypatch.setattr(module, "time_ns", lambda: now - 3_600_000_000_000)

    notes(project)

    assert {Path(path).name for path in opened} == {
        Path(path).name for path in listed(project)[0].values()
    }


def test_a_copy_of_a_checkout_is_read_but_not_parsed_again(
    project: Project, tmp_path: Path, loaded: list[bytes]
) -> None:
    right = notes(project)
    copy = tmp_path / "copy"
    shutil.copytree(project.notes, copy / "changes")
    shutil.copytree(project.cache, copy / ".changenote")
    loaded.clear()

    found = notes(find_project(copy))

    assert found == right
    assert loaded == [(copy / "changes/2026/20261121-bad0ne-broken.yaml").read_bytes()]


def test_another_thing_about_each_note_needs_no_yaml(project: Project, loaded: list[bytes]) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    notes(project)
    loaded.clear()

    for _ in parsed(Library(project.cache, listed(project)[0])):
        pass

    assert loaded == []


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The texts of notes in which the places of a word are looked for from now on."""
    raws: list[bytes] = []
    looking_for = searched._looking_for

    def counted(wanted: Word | Phrase) -> Callable[[bytes], int]:
        look = looking_for(wanted)
        return lambda raw: raws.append(raw) or look(raw)  # type: ignore[func-returns-value]

    monkeypatch.setattr(searched, "_looking_for", counted)
    return raws


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The labels of notes of which facts are made from now on."""
    every: list[Mapping[str, Any]] = []
    from_plain = facts.from_plain
    monkeypatch.setattr(matching, "from_plain", lambda p: every.append(p) or from_plain(p))  # type: ignore[func-returns-value]
    return every


def test_a_search_looks_into_those_alone_that_hold_what_is_asked_for(
    project: Project,
    looked_into: list[bytes],
    labelled: list[Mapping[str, Any]],
    opened: list[str],
) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    matching.ranked_rows(listed_notes.Every(project), parse("kind:fix goats"), 10)
    looked_into.clear()
    opened.clear()

    found, count = matching.ranked_rows(listed_notes.Every(project), parse('"count 7"'), 10)
    listed_rows = matching.rows(project, parse('"count 7"'))
    some = matching.rows(project, parse('"count 7" status:draft'))

    assert [row.id for row, _ in found] == [row.id for row in listed_rows] == ["20260101-000007"]
    assert count == 1
    assert len(looked_into) == 3  # one each time
    assert len(some) <= len(labelled) <= 1
    assert opened == []


def test_unchanged_notes_are_looked_at_once_and_their_names_together(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    listed_notes.all_rows(project)
    looked_at: list[str] = []
    names: list[str] = []
    stat, note_id = os.stat, id_in_file_name
    monkeypatch.setattr(os, "stat", lambda p, **o: looked_at.append(os.fspath(p)) or stat(p, **o))  # type: ignore[func-returns-value]
    monkeypatch.setattr(store_notes, "id_in_file_name", lambda n: names.append(n) or note_id(n))  # type: ignore[func-returns-value]

    rows, _ = listed_notes.all_rows(project)

    assert sorted(path for path in looked_at if path.endswith("yaml") and "/20" in path) == sorted(
        os.fspath(project.root / row.file) for row in rows
    )
    assert not any(name.endswith(".yaml") for name in names)


def test_notes_are_listed_whatever_lies_beside_them(project: Project) -> None:
    year = project.notes / "2026"
    before, strays = listed(project)
    linked = year / "20260101-0000zz-linked.yaml"

    (year / "20260101-000007").mkdir()
    linked.symlink_to(file_of(project))
    with_folder_and_link, found = listed(project)
    (year / "20250101-000008-old.yaml").write_text("")
    with_another_year, more = listed(project)

    assert list(with_folder_and_link.items()) == list(before.items())
    assert [stray.problem.found for stray in found if stray not in strays] == [linked.name]
    assert list(with_another_year) == sorted([*before, "changes/2026/20250101-000008-old.yaml"])
    assert [stray.problem.found for stray in more if stray not in found] == ["the folder 2026"]
    assert all(project.root / file == Path(path) for file, path in with_another_year.items())


def test_a_list_parses_no_note_and_opens_none(
    project: Project, loaded: list[bytes], opened: list[str], looked_into: list[bytes]
) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    listed_notes.all_rows(project)
    loaded.clear()
    opened.clear()

    rows, unreadable = listed_notes.all_rows(project)

    assert len(rows) >= 20
    assert (unreadable, loaded, opened, looked_into) == ([], [], [], [])


def test_a_trace_unpacks_the_files_of_those_that_may_have_touched_it_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    files = "files:\n  - {path: app/goats.py, change: modified, added: 1, removed: 1}\n"
    file_of(project).write_text(least("20260101-000007", "Count goats") + files)
    listed_notes.Every(project).all(trace._COLUMN)
    opened.clear()
    unpacked: list[bytes] = []
    touched = trace._touched

    def counted(raw: bytes) -> trace.Touched:
        unpacked.append(raw)
        return touched(raw)

    monkeypatch.setattr(trace, "_touched", counted)

    files_found = trace._that_may_touch(
        "app/goats.py", listed_notes.Every(project).all(trace._COLUMN)
    )

    assert files_found == ["changes/2026/20260101-000007.yaml"]
    assert len(unpacked) == 1
    assert opened == []


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The notes whose own row is read from the database from now on."""
    files: list[str] = []

    def counted(opened_now: Any, select: str, some: list[str]) -> Any:
        files.extend(some)
        return of_some(opened_now, select, some)

    of_some = tables._of_some
    monkeypatch.setattr(tables, "_of_some", counted)
    return files


def titles(project: Project) -> dict[str, Any]:
    """The title of each note, as a command asks for it."""
    column = listed_notes.Column(TITLE, lambda note, _file: note.title)
    return listed_notes.Every(project).all(column)


def test_what_is_known_of_a_month_is_read_in_one_piece(
    project: Project, rows_read: list[str], opened: list[str]
) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    right = titles(project)
    titles(project)  # puts them together
    rows_read.clear()
    opened.clear()

    assert titles(project) == right
    assert (rows_read, opened) == ([], [])


def test_after_an_edit_the_rows_of_its_month_alone_are_read(
    project: Project, rows_read: list[str]
) -> None:
    (project.notes / "2026/20261121-bad0ne-broken.yaml").unlink()
    titles(project)
    titles(project)
    file_of(project).write_text(least("20260101-000007", "Count goats"))
    rows_read.clear()

    found = titles(project)

    assert found["changes/2026/20260101-000007.yaml"] == "Count goats"
    assert {Path(file).name[:6] for file in rows_read} == {"202601"}
    assert titles(project) == found


def test_a_month_of_an_older_text_is_not_taken_for_the_new_one(project: Project) -> None:
    titles(project)
    titles(project)
    was = file_of(project).stat()
    text = file_of(project).read_text()
    file_of(project).write_text(text.replace("Count 7", "Count 8"))
    os.utime(file_of(project), ns=(was.st_atime_ns, was.st_mtime_ns))

    assert titles(project)["changes/2026/20260101-000007.yaml"] == "Count 8 sheep"


@pytest.mark.parametrize("value", ["NULL", "'x'", "value || x'00'", "x''", "zeroblob(99)"])
def test_a_damaged_month_costs_time_and_nothing_else(project: Project, value: str) -> None:
    right = titles(project)
    titles(project)
    with sqlite3.connect(path_in(project.cache)) as opened_now:
        opened_now.execute(f"UPDATE months SET value = {value}")  # noqa: S608  # a test's own words

    assert titles(project) == right
    assert titles(project) == right


def cut(path: Path) -> None:
    """Lose the second half."""
    os.truncate(path, path.stat().st_size // 2)


def fill(path: Path) -> None:
    """Something else entirely."""
    path.write_bytes(b"this is no database" * 5000)


def empty(path: Path) -> None:
    """Nothing at all."""
    path.write_bytes(b"")


def flip(path: Path) -> None:
    """One letter of every title, where the file is whole otherwise."""
    path.write_bytes(path.read_bytes().replace(b" sheep", b" sheeq"))


def be_no_bytes(path: Path) -> None:
    """Values of other types than anybody writes, which no checksum can be made of."""
    with sqlite3.connect(path) as opened_now:
        tables = [f'"{name}"' for (name,) in opened_now.execute(OF_EACH)]
        for table, value in zip(tables * 4, ("NULL", "'x'", "1", "1.5"), strict=False):
            opened_now.execute(
                f"UPDATE {table} SET value = {value} WHERE file IN"  # noqa: S608  # a test's own words
                f" (SELECT file FROM {table} WHERE typeof(value) = 'blob' LIMIT 3)"
            )
        opened_now.execute("UPDATE months SET value = NULL")


def lead_elsewhere(path: Path) -> None:
    """A link to somebody else's database."""
    other = path.with_name("other.sqlite")
    with sqlite3.connect(other) as opened_now:
        opened_now.execute("CREATE TABLE mine (x)")
    path.unlink()
    path.symlink_to(other)


def be_a_folder(path: Path) -> None:
    """A folder of that name."""
    path.unlink()
    (path / "x").mkdir(parents=True)


def be_older(path: Path) -> None:
    """Rows of another version of the program, which would say something else."""
    with sqlite3.connect(path) as opened_now:
        opened_now.execute("UPDATE salts SET salt = 'old' WHERE kind <> 'clock'")


def be_foreign(path: Path) -> None:
    """Tables with other columns."""
    path.unlink()
    with sqlite3.connect(path) as opened_now:
        opened_now.execute("CREATE TABLE files (a)")
        opened_now.execute("CREATE TABLE salts (b)")


def be_endless(path: Path) -> None:
    """A view in the place of a table, whose rows have no end."""
    with sqlite3.connect(path) as opened_now:
        opened_now.execute("DROP TABLE files")
        opened_now.execute(
            "CREATE VIEW files AS WITH RECURSIVE endless(x) AS"
            " (SELECT 1 UNION ALL SELECT x + 1 FROM endless)"
            " SELECT x AS file, x AS digest, x AS size, x AS written, x AS changed, x AS inode"
            " FROM endless WHERE x < 0"
        )


DAMAGES = [
    cut,
    fill,
    empty,
    flip,
    be_no_bytes,
    lead_elsewhere,
    be_a_folder,
    be_older,
    be_foreign,
    be_endless,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_cache_costs_time_and_nothing_else(
    project: Project, damage: Callable[[Path], None]
) -> None:
    right = notes(project)
    damage(path_in(project.cache))

    assert notes(project) == right
    assert notes(project) == right


def test_a_database_of_others_stays_as_it_is(project: Project) -> None:
    notes(project)
    lead_elsewhere(path_in(project.cache))

    notes(project)

    with sqlite3.connect(project.cache / "other.sqlite") as opened_now:
        assert opened_now.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]


@pytest.mark.parametrize("name", ["", "clock", "config.json", ".gitignore", path_in(Path()).name])
def test_nothing_is_written_where_a_link_in_the_cache_leads(project: Project, name: str) -> None:
    project.config_file.write_text("title: Ours\n")
    shutil.rmtree(project.cache)
    elsewhere = project.root / "elsewhere"
    elsewhere.mkdir()
    if name:
        project.cache.mkdir()
        (elsewhere / name).write_text("mine")
    (project.cache / name).symlink_to(elsewhere / name)

    right = notes(find_project(project.root))

    assert right == from_yaml(project)
    assert [path.read_text() for path in elsewhere.iterdir()] == (["mine"] if name else [])


@pytest.mark.parametrize("damage", [cut, fill, be_older])
def test_a_damaged_cache_is_made_anew(
    project: Project, damage: Callable[[Path], None], opened: list[str]
) -> None:
    right = notes(project)
    damage(path_in(project.cache))
    notes(project)
    notes(project)
    opened.clear()

    assert notes(project) == right
    assert len(opened) <= 2  # the odd ones


def test_a_locked_cache_is_done_without(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    right = notes(project)
    monkeypatch.setattr(database, "_WAIT", 0.01)
    with sqlite3.connect(path_in(project.cache), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert notes(project) == right


def test_a_locked_cache_is_waited_for_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(project)
    monkeypatch.setattr(database, "_WAIT", 0.01)
    waits: list[float] = []
    connect = sqlite3.connect

    def counted(path: Path, *, timeout: float, isolation_level: None) -> sqlite3.Connection:
        waits.append(timeout)
        return connect(path, timeout=timeout, isolation_level=isolation_level)

    other = connect(path_in(project.cache), isolation_level=None)
    monkeypatch.setattr(sqlite3, "connect", counted)
    other.execute("BEGIN EXCLUSIVE")

    notes(project)
    other.close()
    notes(project)
    notes(project)

    while_locked, after = waits.index(0), len(waits) - 1
    assert while_locked == 1
    assert waits[0] == waits[after] == 0.01


def test_notes_are_read_where_nothing_can_be_kept(project: Project) -> None:
    shutil.rmtree(project.cache)
    project.cache.write_text("a file where the folder should be")

    assert notes(project) == from_yaml(project)


def test_a_file_that_is_gone_or_cannot_be_read_is_not_known(project: Project) -> None:
    notes(project)
    files = listed(project)[0]
    file_of(project).unlink()

    assert "changes/2026/20260101-000007.yaml" not in Library(project.cache, files).digests


def test_what_is_gone_is_forgotten_once_it_outnumbers_the_rest(project: Project) -> None:
    notes(project)
    for number in range(19):
        file_of(project, number).unlink()
    (project.notes / "2026/20260101-00000z.yaml").write_text(least("20260101-00000z"))

    notes(project)

    with sqlite3.connect(path_in(project.cache)) as opened_now:
        files = {file for (file,) in opened_now.execute("SELECT file FROM files")}
        rows = {file for (file,) in opened_now.execute('SELECT file FROM "of each: note"')}
    assert files == rows == set(listed(project)[0])


def test_a_row_of_an_older_text_is_not_taken_for_the_new_one(project: Project) -> None:
    files = listed(project)[0]
    name = "changes/2026/20260101-000007.yaml"
    slow = Library(project.cache, files)
    slow.read(name)
    file_of(project).write_text(least("20260101-000007", "Count goats"))
    quick = Library(project.cache, files)
    quick.put(TITLE, name, "Count goats")
    quick.save()

    slow.put(TITLE, name, "Count 7 sheep")
    slow.save()

    assert Library(project.cache, files).known(TITLE) == {}


WORK = """
import sys
from pathlib import Path
from changenote.site.loading import read_notes
from changenote.store.project import find_project
project = find_project(Path(sys.argv[1]))
for _ in range(5):
    print(*sorted(entry.note.title for entry in read_notes(project).entries), sep="|")
    for path in project.cache.glob("index*"):
        path.unlink(missing_ok=True) if sys.argv[2] == "delete" else None
"""


def test_processes_at_once_all_find_what_the_files_say(project: Project) -> None:
    titles = sorted(entry.note.title for entry in read_notes(project).entries)
    shutil.rmtree(project.cache)
    command: list[Any] = [sys.executable, "-c", WORK, project.root]

    running = [
        subprocess.Popen([*command, how], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for how in ("keep", "keep", "delete")
    ]
    said = [process.communicate() for process in running]

    assert said == [(("|".join(titles) + "\n") * 5, "")] * 3


def test_a_page_is_not_made_of_a_file_that_changed_since(project: Project) -> None:
    entry = next(e for e in read_notes(project).entries if e.note.id == "20260101-000007")
    file_of(project).write_text(least("20260101-000007", "Count goats"))

    with pytest.raises(Exception, match="was changed or deleted while its page was made"):
        _ = entry.text


def test_what_check_finds_holds_until_time_changes_it(workshop: Workshop) -> None:
    path = workshop.note(least("20260101-000007") + "shipped: {at: 2030-01-01T00:00:00Z}\n")
    workshop.run("check")

    again = workshop.run("check")

    assert f"{path.name}:6:" in again.out
    assert "[future-time]" in again.out

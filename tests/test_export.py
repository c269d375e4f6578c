"""All notes for other programs: nothing is lost, nothing is made up, nothing is left out unsaid."""

import csv
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from changenote.cli.exchanging.every_note import EveryNote
from changenote.errors import CannotWrite
from changenote.exchange import parquet
from changenote.exchange.exported import Exported
from changenote.site.sources import checkouts
from changenote.store.files import streamed
from changenote.store.project import find_project
from tests.checkouts import ID, Shelf, note
from tests.exported import as_table, lines_of, table
from tests.house import said, valid_note
from tests.limits import no_file_above
from tests.workshop import Workshop

EACH = pytest.mark.parametrize(
    "form", ["ndjson", "json", "csv", "parquet", "markdown", "opensearch"]
)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository without notes."""
    return Workshop(tmp_path / "shop").start()


@EACH
def test_the_same_notes_are_the_same_bytes(
    form: str, sample_shop: Workshop, tmp_path: Path
) -> None:
    elsewhere = shutil.copytree(sample_shop.folder, tmp_path / "elsewhere")

    for shop in (sample_shop, Workshop(elsewhere)):
        shop.run("export", "--format", form, "--to", "out")

    assert (sample_shop.folder / "out").read_bytes() == (elsewhere / "out").read_bytes()
    assert (sample_shop.folder / "out").stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    """What new files are denied here."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_notes_of_several_checkouts_keep_apart_though_their_ids_are_equal(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository("shop-web", note(title="Of the shop"))
    shelf.repository("search", note(title="Of the search", service="finder"))
    home = shelf.knowledge("[../shop-web]")

    done = home.run("export", "--source", "../search")

    assert done.code == 0, done.err
    assert [
        (d["title"], *(d["derived"][key] for key in ("key", "repository", "service", "file")))
        for d in lines_of(done.out)
    ] == [
        ("Of the shop", f"shop-web/{ID}", "shop-web", "shop-web", f"changes/2026/{ID}-note.yaml"),
        ("Of the search", f"search/{ID}", "search", "finder", f"changes/2026/{ID}-note.yaml"),
    ]


def test_a_repository_alone_calls_its_notes_as_it_does_among_others(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    alone = shelf.repository("shop-web", note())
    home = shelf.knowledge("[../shop-web]", note("20261120-aaaaa2"))

    of_one, of_many = alone.run("export").out, home.run("export").out

    assert of_one in of_many


def test_of_two_files_with_one_id_both_are_there(shop: Workshop) -> None:
    shop.note(note(title="The first of them"), ID, "one")
    shop.note(note(title="The second of them"), ID, "two")

    found = lines_of(shop.run("export").out)

    assert [(document["title"], document["derived"]["key"]) for document in found] == [
        ("The first of them", ID),
        ("The second of them", f"{ID}/{ID}-two.yaml"),
    ]


@EACH
def test_a_file_that_is_no_note_is_named_and_the_others_are_written(
    form: str, shop: Workshop
) -> None:
    valid_note(shop)
    shop.note("title: and broken", "20261121-bad0ne")
    (shop.folder / "changes/2026/20261121-11nk00-link.yaml").symlink_to("/etc/hostname")

    done = shop.run("export", "--format", form, "--to", "out")

    assert done.code == 1
    assert done.out == "1 note in out\n"
    assert "changes/2026/20261121-bad0ne-note.yaml:1:1: error: id [missing-key]" in done.err
    assert "changes/2026/20261121-11nk00-link.yaml:1:1: error: [stray-file]" in done.err
    assert done.err.endswith("2 files are no valid notes: not in the export.\n")


def test_a_broken_note_of_another_checkout_is_named_with_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository("shop-web", note()).note("title: and broken", "20261121-bad0ne")
    home = shelf.knowledge("[../shop-web]", note("20261120-aaaaa2"))

    done = home.run("export")

    assert done.code == 1
    assert len(lines_of(done.out)) == 2
    assert "shop-web:changes/2026/20261121-bad0ne-note.yaml:1:1: error: id" in done.err


def test_no_note_at_all_is_an_export_of_none(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "title: Shop\n")

    done = shop.run("export")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert table(as_table(shop)) == []


def alive(found: Iterator[Exported]) -> list[int]:
    """How many notes of an export are in memory, whenever there is one more."""
    seen: list[weakref.ref[Exported]] = []
    counts = []
    for one in found:
        seen = [known for known in seen if known()]
        seen.append(weakref.ref(one))
        del one
        counts.append(len(seen))
    return counts


def test_notes_come_one_after_the_other(shop: Workshop) -> None:
    for number in range(40):
        valid_note(shop, f"20251120-g00d{number:02}")
    every = EveryNote(checkouts(find_project(shop.folder)).each)

    assert max(alive(iter(every))) <= 2


def test_a_table_is_written_a_group_of_rows_at_a_time(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS", 10)
    for number in range(40):
        valid_note(shop, f"20251120-g00d{number:02}")
    every = EveryNote(checkouts(find_project(shop.folder)).each)
    sizes: list[int] = []

    def noticed(stream: IO[bytes]) -> Iterator[Exported]:
        for one in every:
            sizes.append(stream.tell())
            yield one

    with (tmp_path / "notes.parquet").open("wb") as stream:
        written = parquet.write(stream, noticed(stream))

    assert written == 40
    assert len(set(sizes)) == 4
    groups = table(
        tmp_path / "notes.parquet",
        f"SELECT num_row_groups AS count FROM parquet_file_metadata('{tmp_path}/notes.parquet')",  # noqa: S608
    )
    assert groups == [{"count": 4}]


def test_a_file_that_is_there_stays_unless_it_may_go(sample_shop: Workshop) -> None:
    kept = sample_shop.write("mine.txt", "mine")

    refused = sample_shop.run("export", "--to", "mine.txt")
    forced = sample_shop.run("export", "--to", "mine.txt", "--force")

    assert (refused.code, said(refused).what) == (2, "mine.txt is there already")
    assert "--force" in said(refused).next
    assert forced.out == "6 notes in mine.txt\n"
    assert len(lines_of(kept.read_text("utf-8"))) == 6


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("notes.csv", '"key",'),
        ("NOTES.CSV", '"key",'),
        ("notes.json", "["),
        ("notes.md", "# Change notes\n"),
        ("notes.jsonl", '{"'),
        ("notes", '{"'),
    ],
)
def test_the_ending_of_the_file_says_what_is_written(
    name: str, starts: str, sample_shop: Workshop
) -> None:
    done = sample_shop.run("export", "--to", name)

    assert done.out == f"6 notes in {name}\n"
    assert (sample_shop.folder / name).read_text("utf-8").startswith(starts)


def test_a_format_that_is_not_that_of_the_ending_is_refused(sample_shop: Workshop) -> None:
    refused = sample_shop.run("export", "--format", "json", "--to", "notes.csv")
    bulk = sample_shop.run("export", "--format", "opensearch", "--to", "notes.ndjson")

    assert refused.code == 2
    assert said(refused).what == "--format json does not go with the ending of notes.csv"
    assert not (sample_shop.folder / "notes.csv").exists()
    assert bulk.out == "6 notes in notes.ndjson\n"


def test_of_a_table_its_rows_are_counted(sample_shop: Workshop) -> None:
    done = sample_shop.run("export", "--table", "metrics", "--to", "metrics.csv")

    with (sample_shop.folder / "metrics.csv").open(encoding="utf-8", newline="") as table:
        rows = len(list(csv.DictReader(table)))
    assert done.out == f"{rows} rows of 6 notes in metrics.csv\n"


def test_a_folder_that_was_not_there_is_named(sample_shop: Workshop) -> None:
    first = sample_shop.run("export", "--to", "made/for/notes.json")
    second = sample_shop.run("export", "--to", "made/for/more.json")

    assert first.out == "6 notes in made/for/notes.json\n"
    assert first.err.startswith("Made the folder made.\n")
    assert "Made the folder" not in second.err


def test_a_folder_is_no_file_for_an_export(sample_shop: Workshop) -> None:
    refused = sample_shop.run("export", "--to", "changes", "--force")

    assert (refused.code, said(refused).what) == (2, "changes is a folder")


@EACH
def test_a_full_disk_leaves_the_old_file_and_nothing_else(form: str, sample_shop: Workshop) -> None:
    sample_shop.run("list")  # the cache needs room, too
    kept = sample_shop.write("out/notes", "as it was")

    refused = sample_shop.run(
        *("export", "--format", form, "--to", "out/notes", "--force"), under=no_file_above(3000)
    )

    assert refused.code == 3
    assert (
        said(refused).what == "out/notes could not be written: a file of this size is not allowed"
    )
    assert [path.name for path in kept.parent.iterdir()] == ["notes"]
    assert kept.read_text() == "as it was"


def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    def stopped() -> None:
        with streamed(tmp_path / "out/notes", over=False) as stream:
            stream.write(b"half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()

    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_somebody_makes_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "notes"

    def overtaken() -> None:
        with streamed(path, over=False):
            path.write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        overtaken()

    assert path.read_bytes() == b"theirs"
    assert [one.name for one in tmp_path.iterdir()] == ["notes"]


def test_a_folder_that_cannot_be_made_is_an_error_of_the_house(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotWrite), streamed(tmp_path / "file/notes", over=True):
        pass


@pytest.mark.parametrize("form", ["ndjson", "json", "csv", "markdown"])
def test_a_reader_that_left_is_no_error(form: str, hostile_shop: Workshop) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "changenote", "export", "--format", form],
        cwd=hostile_shop.folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )

    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_table_needs_a_file(sample_shop: Workshop) -> None:
    refused = sample_shop.run("export", "--format", "parquet")

    assert (refused.code, said(refused).what) == (2, "--format parquet needs --to FILE")


def test_without_the_library_its_name_is_said(sample_shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError\n")

    refused = sample_shop.run(
        *("export", "--format", "parquet", "--to", "out"),
        PYTHONPATH=f"{tmp_path}:{Path(__file__).parent.parent}",
    )

    assert refused.code == 3
    assert said(refused).expected == "the library pyarrow"
    assert "pip install 'pyarrow>=22'" in said(refused).next
    assert not (sample_shop.folder / "out").exists()


def test_without_the_library_and_a_file_both_are_said_at_once(
    sample_shop: Workshop, tmp_path: Path
) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError\n")

    refused = sample_shop.run(
        *("export", "--format", "parquet"),
        PYTHONPATH=f"{tmp_path}:{Path(__file__).parent.parent}",
    )

    assert said(refused).what == "--format parquet needs --to FILE"
    assert said(refused).next.startswith("`pip install 'pyarrow>=22'`, and then `changenote export")


def test_other_alphabets_need_no_locale(shop: Workshop) -> None:
    shop.note(note(title="Größe – サイズ"))

    done = shop.run("export", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert lines_of(done.out)[0]["title"] == "Größe – サイズ"

"""All notes for other programs: nothing is lost, nothing is made up, nothing is left out unsaid."""

import json
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from changenote.cli.every_note import EveryNote
from changenote.errors import CannotWrite
from changenote.exchange import columns, exported, parquet
from changenote.exchange.exported import Exported
from changenote.model.note import Note
from changenote.model.reading import read_note
from changenote.site.sources import checkouts
from changenote.store import notes
from changenote.store.files import streamed
from changenote.store.project import find_project
from tests.checkouts import ID, Shelf, note
from tests.duck import Row, asked
from tests.hostile import write_hostile
from tests.house import said, valid_note
from tests.limits import no_file_above
from tests.workshop import Workshop

DATA = Path(__file__).parent / "data"
FULL = "changes/2026/20261122-k3f9xq-full.yaml"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository without notes."""
    return Workshop(tmp_path / "shop").start()


@pytest.fixture
def sample(shop: Workshop) -> Workshop:
    """The sample notes, with one that has every field; one file is broken."""
    shutil.copytree(DATA / "site/changes", shop.folder / "changes")
    shutil.copy(DATA / "notes/full.yaml", shop.folder / FULL)
    return shop


@pytest.fixture
def hostile(shop: Workshop) -> Workshop:
    """Notes that mean harm."""
    write_hostile(shop.folder)
    return shop


def notes_of(shop: Workshop) -> list[Note]:
    """Every valid note, as its file is read."""
    return [one.note for one in notes.read_all(find_project(shop.folder)) if one.note]


def lines_of(text: str) -> list[Row]:
    """The documents of NDJSON."""
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


def is_full(document: Row) -> bool:
    """Is it the note that has every field?"""
    return bool(document["derived"]["file"] == FULL)


def read_back(document: Row) -> Note:
    """The note that a document is of."""
    found, problems = read_note({k: v for k, v in document.items() if k != "derived"})
    assert found, problems
    return found


def table(path: Path, query: str = "SELECT * FROM notes") -> list[Row]:
    """What DuckDB finds in a Parquet file, its view called `notes`."""
    times = [column.name for column in columns.COLUMNS if column.form == "time"]
    naive = ", ".join(f"{name} AT TIME ZONE 'UTC' AS {name}" for name in times)
    return asked(
        f"CREATE VIEW zoned AS FROM read_parquet('{path}')",
        # Python has no time zones of DuckDB's kind without a further package.
        f"CREATE VIEW notes AS FROM zoned SELECT * REPLACE ({naive})",
        query,
    )


def as_table(shop: Workshop, *more: str) -> Path:
    """The notes of a shop as Parquet."""
    done = shop.run("export", "--format", "parquet", "--to", "notes.parquet", "--force", *more)
    assert done.code in (0, 1), done.err
    return shop.folder / "notes.parquet"


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_a_note_read_back_from_a_line_is_the_note(
    which: str, request: pytest.FixtureRequest
) -> None:
    shop = request.getfixturevalue(which)

    found = lines_of(shop.run("export").out)

    assert [read_back(document) for document in found] == notes_of(shop)


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_every_line_fits_the_schema(which: str, request: pytest.FixtureRequest) -> None:
    shop = request.getfixturevalue(which)
    schema = shop.run("export", "--schema").data
    validator = Draft202012Validator(schema, format_checker=FormatChecker())

    found = lines_of(shop.run("export").out)

    Draft202012Validator.check_schema(schema)
    assert [error.message for document in found for error in validator.iter_errors(document)] == []
    assert all(document["derived"].keys() == exported.DERIVED.keys() for document in found)


def test_what_is_worked_out_is_what_show_says(sample: Workshop) -> None:
    document = next(d for d in lines_of(sample.run("export").out) if is_full(d))

    shown = sample.run("show", document["derived"]["file"], "--json").data["derived"]

    assert document["derived"]["file"] == shown["path"]
    for ours, theirs in zip(document["derived"]["metrics"], shown["metrics"], strict=True):
        assert {key: ours[key] for key in theirs} == theirs


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_bulk_lines_are_pairs_of_an_action_and_the_line(
    which: str, request: pytest.FixtureRequest
) -> None:
    shop = request.getfixturevalue(which)

    done = shop.run("export", "--format", "opensearch")

    pairs = lines_of(done.out)
    actions, documents = pairs[::2], pairs[1::2]
    keys = [document["derived"]["key"] for document in documents]
    assert done.out.endswith("}\n")
    assert documents == lines_of(shop.run("export").out)
    assert actions == [{"index": {"_index": "changenotes", "_id": key}} for key in keys]
    assert len(set(keys)) == len(keys)
    assert all(len(key.encode()) <= 512 for key in keys)  # the services refuse longer ones


def typed(mapping: Row, document: Row, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every single value of a document with its path and the type that the mapping has for it."""
    for key, value in document.items():
        known = mapping["properties"][key]
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and known.get("enabled", True):
                yield from typed(known, one, f"{path}{key}.")
            elif one is not None:
                yield f"{path}{key}", known["type"], one


def test_the_mapping_has_a_fitting_type_for_all_that_a_note_can_say(sample: Workshop) -> None:
    mapping = sample.run("export", "--format", "opensearch", "--schema").data["mappings"]

    found = [t for d in lines_of(sample.run("export").out) for t in typed(mapping, d)]

    fits: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("keyword", "text", "date"), (str,)),
        "boolean": (bool,),
        "long": (int,),
        "double": (int, float),
        "object": (dict,),
    }
    assert [one for one in found if not isinstance(one[2], fits[one[1]])] == []
    types = {path: kind for path, kind, _ in found}
    assert types["shipped.at"] == types["revision.last_reviewed"] == "date"
    assert types["reason"] == types["title"] == types["commands.run"] == "text"
    assert types["service"] == types["files.path"] == types["tags"] == "keyword"
    assert types["metrics.before"] == types["derived.metrics.ratio"] == "double"
    assert mapping["properties"]["derived"]["properties"]["metrics"]["type"] == "nested"
    assert types["checklist"] == "object"  # whoever makes up an item makes no field of an index


def said_by(one: Note) -> Row:
    """What a table must say of a note, worked out from the note alone."""
    shipped, rollback, source = one.shipped, one.rollback, one.source
    done = rollback.rehearsed if rollback else None
    return {
        "id": one.id,
        "title": one.title,
        "kind": one.kind,
        "status": one.status,
        "owner": one.owner,
        "authors": list(one.authors),
        "environment": shipped.environment if shipped else None,
        "version": shipped.version if shipped else None,
        "outcome": shipped.outcome if shipped else None,
        "shipped_at": in_utc(shipped.at if shipped else None),
        "restored_at": in_utc(shipped.restored_at if shipped else None),
        "pull_requests": list(source.pull_requests) if source else [],
        "tags": list(one.tags),
        "files": [file.path for file in one.files],
        "lines_added": sum(file.added or 0 for file in one.files),
        "has_rollback": bool(rollback and rollback.steps),
        "rollback_strategy": rollback.strategy if rollback else None,
        "rehearsed_at": in_utc(done.at if done else None),
    }


def in_utc(moment: datetime | None) -> datetime | None:
    """Without its zone; None also where UTC no longer has that day."""
    try:
        return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
    except OverflowError:
        return None


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_another_engine_reads_from_the_table_what_the_notes_say(
    which: str, request: pytest.FixtureRequest
) -> None:
    shop = request.getfixturevalue(which)
    every = notes_of(shop)

    found = table(as_table(shop))

    assert [{key: row[key] for key in said_by(n)} for n, row in zip(every, found, strict=True)] == [
        said_by(n) for n in every
    ]
    assert [read_back(json.loads(row["note"])) for row in found] == every


def test_the_table_says_of_metrics_what_lines_say(sample: Workshop) -> None:
    documents = lines_of(sample.run("export").out)

    found = table(as_table(sample))

    for row, document in zip(found, documents, strict=True):
        derived = document["derived"]
        same = ("key", "file", "repository", "service", "verdict", "content_sha256")
        assert {key: row[key] for key in same} == {key: derived[key] for key in same}
        assert row["rehearsed"] == derived["rehearsal_counts"]
        for metric, said_of_it in zip(row["metrics"], derived["metrics"], strict=True):
            shared = metric.keys() & said_of_it.keys()
            assert shared >= {"name", "verdict", "trust", "median_before", "ratio"}
            assert {key: metric[key] for key in shared} == {key: said_of_it[key] for key in shared}
    (row,) = (row for row in found if row["file"] == FULL)
    assert row["metric_change_percent"] == pytest.approx(
        100 * (row["metric_after"] / row["metric_before"] - 1)
    )


def test_the_columns_of_a_table_are_those_that_are_described(sample: Workshop) -> None:
    described = sample.run("export", "--format", "parquet", "--schema").data

    found = table(as_table(sample), "DESCRIBE notes")

    assert [row["column_name"] for row in found] == [column["name"] for column in described]
    assert len({column.name for column in columns.COLUMNS}) == len(described)


@pytest.mark.parametrize("form", ["ndjson", "opensearch", "parquet"])
def test_the_same_notes_are_the_same_bytes(form: str, sample: Workshop, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(sample.folder, tmp_path / "elsewhere")

    for shop in (sample, Workshop(elsewhere)):
        shop.run("export", "--format", form, "--to", "out")

    assert (sample.folder / "out").read_bytes() == (elsewhere / "out").read_bytes()
    assert (sample.folder / "out").stat().st_mode & 0o777 == 0o666 & ~umask()


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


@pytest.mark.parametrize("form", ["ndjson", "opensearch", "parquet"])
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


def test_a_file_that_is_there_stays_unless_it_may_go(sample: Workshop) -> None:
    kept = sample.write("mine.txt", "mine")

    refused = sample.run("export", "--to", "mine.txt")
    forced = sample.run("export", "--to", "mine.txt", "--force")

    assert (refused.code, said(refused).what) == (2, "mine.txt is there already")
    assert "--force" in said(refused).next
    assert forced.out == "6 notes in mine.txt\n"
    assert len(lines_of(kept.read_text("utf-8"))) == 6


def test_a_folder_is_no_file_for_an_export(sample: Workshop) -> None:
    refused = sample.run("export", "--to", "changes", "--force")

    assert (refused.code, said(refused).what) == (2, "changes is a folder")


@pytest.mark.parametrize("form", ["ndjson", "opensearch", "parquet"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(form: str, sample: Workshop) -> None:
    sample.run("list")  # the cache needs room, too
    kept = sample.write("out/notes", "as it was")

    refused = sample.run(
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


def test_a_reader_that_left_is_no_error(hostile: Workshop) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "changenote", "export"],
        cwd=hostile.folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )

    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_table_needs_a_file(sample: Workshop) -> None:
    refused = sample.run("export", "--format", "parquet")

    assert (refused.code, said(refused).what) == (2, "--format parquet needs --to FILE")


def test_without_the_library_its_name_is_said(sample: Workshop, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError\n")

    refused = sample.run(
        *("export", "--format", "parquet", "--to", "out"),
        PYTHONPATH=f"{tmp_path}:{Path(__file__).parent.parent}",
    )

    assert refused.code == 3
    assert said(refused).expected == "the library pyarrow"
    assert "pip install 'changenote-kb[parquet]'" in said(refused).next
    assert not (sample.folder / "out").exists()


def test_other_alphabets_need_no_locale(shop: Workshop) -> None:
    shop.note(note(title="Größe – サイズ"))

    done = shop.run("export", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert lines_of(done.out)[0]["title"] == "Größe – サイズ"

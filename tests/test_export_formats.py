"""What an export says in each of its formats is what the notes say, and of the right type."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from changenote.exchange import columns, exported
from changenote.model.note import Note
from changenote.model.reading import read_note
from tests.duck import Row
from tests.exported import FULL_NOTE, as_table, is_full, lines_of, notes_of, table
from tests.workshop import Workshop


def read_back(document: Row) -> Note:
    """The note that a document is of."""
    found, problems = read_note({k: v for k, v in document.items() if k != "derived"})
    assert found, problems
    return found


@pytest.mark.parametrize("which", ["sample_shop", "hostile_shop"])
def test_a_note_read_back_from_a_line_is_the_note(
    which: str, request: pytest.FixtureRequest
) -> None:
    shop = request.getfixturevalue(which)

    found = lines_of(shop.run("export").out)

    assert [read_back(document) for document in found] == notes_of(shop)


@pytest.mark.parametrize("which", ["sample_shop", "hostile_shop"])
def test_every_line_fits_the_schema(which: str, request: pytest.FixtureRequest) -> None:
    shop = request.getfixturevalue(which)
    schema = shop.run("export", "--schema").data
    validator = Draft202012Validator(schema, format_checker=FormatChecker())

    found = lines_of(shop.run("export").out)

    Draft202012Validator.check_schema(schema)
    assert [error.message for document in found for error in validator.iter_errors(document)] == []
    assert all(document["derived"].keys() == exported.DERIVED.keys() for document in found)


def test_what_is_worked_out_is_what_show_says(sample_shop: Workshop) -> None:
    document = next(d for d in lines_of(sample_shop.run("export").out) if is_full(d))

    shown = sample_shop.run("show", document["derived"]["file"], "--json").data["derived"]

    assert document["derived"]["file"] == shown["path"]
    for ours, theirs in zip(document["derived"]["metrics"], shown["metrics"], strict=True):
        assert {key: ours[key] for key in theirs} == theirs


@pytest.mark.parametrize("which", ["sample_shop", "hostile_shop"])
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


def test_the_mapping_has_a_fitting_type_for_all_that_a_note_can_say(sample_shop: Workshop) -> None:
    mapping = sample_shop.run("export", "--format", "opensearch", "--schema").data["mappings"]

    found = [t for d in lines_of(sample_shop.run("export").out) for t in typed(mapping, d)]

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


@pytest.mark.parametrize("which", ["sample_shop", "hostile_shop"])
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


def test_the_table_says_of_metrics_what_lines_say(sample_shop: Workshop) -> None:
    documents = lines_of(sample_shop.run("export").out)

    found = table(as_table(sample_shop))

    for row, document in zip(found, documents, strict=True):
        derived = document["derived"]
        same = ("key", "file", "repository", "service", "verdict", "content_sha256")
        assert {key: row[key] for key in same} == {key: derived[key] for key in same}
        assert row["rehearsed"] == derived["rehearsal_counts"]
        for metric, said_of_it in zip(row["metrics"], derived["metrics"], strict=True):
            shared = metric.keys() & said_of_it.keys()
            assert shared >= {"name", "verdict", "trust", "median_before", "ratio"}
            assert {key: metric[key] for key in shared} == {key: said_of_it[key] for key in shared}
    (row,) = (row for row in found if row["file"] == FULL_NOTE)
    assert row["metric_change_percent"] == pytest.approx(
        100 * (row["metric_after"] / row["metric_before"] - 1)
    )


def test_the_columns_of_a_table_are_those_that_are_described(sample_shop: Workshop) -> None:
    described = sample_shop.run("export", "--format", "parquet", "--schema").data

    found = table(as_table(sample_shop), "DESCRIBE notes")

    assert [row["column_name"] for row in found] == [column["name"] for column in described]
    assert len({column.name for column in columns.COLUMNS}) == len(described)

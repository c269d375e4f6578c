"""The search finds what a note says, by any part of it: Pagefind's index, asked in Chromium."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from changenote.model.facts import searchable
from changenote.site.edition import edition
from changenote.site.environment import environment
from changenote.site.folder import write_pages
from changenote.site.search import bundle as bundles
from changenote.site.search.bundle import FOLDER, bundle, why_not
from changenote.site.search.records import PARTS, Record, note_records
from changenote.store.notes import understood
from tests.books import SAMPLE, book, least
from tests.browser import Reader, chromium, served

SCRIPTS = Path(__file__).parents[1] / "templates" / "assets" / "search"

REASON = """\
Every request summed the basket again, and cached nothing. Copying was slow. The wait grew.
"""
NOTES = (
    Record(
        url="changes/0/",
        title="Cache cart totals per session",
        texts=(
            ("reason", REASON),
            ("files", "app/cart/totals.py"),
            ("files", "db/migrations/rakico_polyfill.sql"),
            ("files", "web/useCartTotals.ts"),
            ("files", "app/storage/copy.go"),
            ("files", "db/gateway_v3_add.sql"),
            ("owner", "@acme/cart"),
            ("id", "20261122-k3f9xq"),
            ("shipped", "v2.14.0"),
            ("source", "https://github.com/acme/shop/pull/412"),
            ("tags", "wrong-total"),
            ("commands", "./flags set cart_total_cache on --env=production"),
            ("commands", "k6 run"),
            ("metrics", "GET /cart p95"),
            ("x", "カート合計を表示"),
            ("x", "Größe über café"),
            ("x", "C++ R"),
        ),
    ),
    Record(url="changes/1/", title="Nothing of note", texts=(("reason", "A release of 21.4."),)),
    Record(url="changes/2/", title="Totals of carts", texts=(("reason", "The app is in app."),)),
    Record(url="changes/3/", title="Zebra", texts=(("reason", "Cache " * 40 + "quagga"),)),
    Record(url="changes/4/", title="Last", texts=(("reason", "cart"),)),
)
OTHERS = (Record(url="guide/#feeding", title="Guide > Feeding", texts=(("", "Carrots, cache."),)),)

ASKED = """
const [words, base] = arguments;
return import(base + "texts.js")
    .then(texts => (window.opened ??= texts.open(base + "pagefind/")))
    .then(opened => opened.find(words))
    .then(found => Promise.all(found.map(async each => ({
        number: each.number, page: await each.page(), excerpt: await each.excerpt()
    }))));
"""


@dataclass(frozen=True)
class Index:
    """An index that a browser has opened."""

    reader: Reader

    def found(self, *words: str) -> list[dict[str, Any]]:
        """What is found for words, best first."""
        found: list[dict[str, Any]] = self.reader.asks(ASKED, list(words), self.reader.site)
        return found

    def numbers(self, *words: str) -> list[int]:
        """The numbers of what is found."""
        return [each["number"] for each in self.found(*words)]

    def excerpt(self, *words: str) -> str:
        """The excerpt of the best, with what is marked in brackets."""
        return shown(self.found(*words)[0]["excerpt"])


def shown(pieces: list[dict[str, Any]]) -> str:
    return "".join(f"[{p['text']}]" if p["marked"] else p["text"] for p in pieces)


def put(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Five notes in parts of two, and a page of the team's own."""
    folder = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bundles, "PART", 2)
        put(bundle(NOTES, OTHERS), folder / "pagefind")
    (folder / "texts.js").write_bytes((SCRIPTS / "texts.js").read_bytes())
    (folder / "index.html").write_text("<!doctype html><title>x</title><link rel=icon href=data:,>")
    with served(folder) as address, chromium() as driver:
        reader = Reader(driver, address)
        reader.opens("")
        yield Index(reader)


@pytest.mark.parametrize(
    "words",
    [
        "summed the basket",
        "totals.py",
        "cart/totals",
        "app/cart",
        "app/cart/totals.py",
        "/cart/tot",
        "rakico_polyfill.sql",
        "polyfill",
        "polyf",
        "app/storage/copy",
        "db/gateway_v3_add.sql",
        "useCartTotals",
        "cartTotals.ts",
        "usecarttotals",
        "cart_total_cache",
        "total_cache",
        "--env=production",
        "@acme/cart",
        "acme/cart",
        "20261122-k3f9xq",
        "k3f9xq",
        "v2.14.0",
        "2.14",
        "v2.14",
        "shop/pull/412",
        "412",
        "#412",
        "wrong-total",
        "k6",
        "P95",
        "GET /cart",
        "合計",
        "カート",
        "größe",
        "grö",
        "cafe",
        "café",
        "caching nothing",
        "copied",
        "C++ polyfill",
    ],
)
def test_a_note_is_found_by_any_part_of_a_word(index: Index, words: str) -> None:
    assert 0 in index.numbers(*words.split())


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["21.4"], [1]),
        (["2.14"], [0]),
        (["app/cartx"], []),
        (["totals/cart"], []),
        (["polyfillx"], []),
        (["quaggas"], [3]),
        (["quaggax"], []),
        (["cache", "zebraxyz"], []),
        (["zzzz"], []),
        (["zebra", "polyfill"], []),
        (["???"], []),
        (["summed the basket"], [0]),
        (["the summed basket"], []),
        (["of carts", "totals"], [2]),
        (["GET /cart"], [0]),
        (["r"], [0]),
        (["carrots"], [5]),
    ],
)
def test_nothing_is_found_that_is_not_there(
    index: Index, words: list[str], numbers: list[int]
) -> None:
    assert index.numbers(*words) == numbers


@pytest.mark.parametrize("words", ["cach", "cachi", "cachin", "caching"])
def test_a_form_of_a_word_is_found_with_every_letter_typed(index: Index, words: str) -> None:
    assert set(index.numbers(words)) == set(index.numbers("cache"))


def test_every_page_has_its_number_and_address(index: Index) -> None:
    found = {each["number"]: each["page"] for each in index.found("cache")}

    assert found == {
        0: {"url": "changes/0/", "title": "Cache cart totals per session", "tags": []},
        3: {"url": "changes/3/", "title": "Zebra", "tags": []},
        5: {"url": "guide/#feeding", "title": "Guide > Feeding", "tags": []},
    }


def test_a_word_in_the_title_weighs_more_than_any_in_the_text(index: Index) -> None:
    assert index.numbers("cache")[:2] == [0, 3]
    assert index.numbers("cart")[-1] == 4


@pytest.mark.parametrize(
    ("words", "excerpt"),
    [
        ("basket", "Every request summed the [basket] again, and cached nothing. Copying was slow. The wait grew."),
        ("caching", "Every request summed the basket again, and [cached] nothing. Copying was slow. The wait grew."),
        ("totals.py", "File: app/cart/[totals.py]"),
        ("polyfill", "File: db/migrations/rakico_[polyfill].sql"),
        ("k6 total_cache", "Command: ./flags set cart_[total_cache] on --env=production · Command: [k6] run"),
        ("session", "Every request summed the basket again, and cached nothing. Copying was slow. The wait grew."),
    ],
)  # fmt: skip
def test_an_excerpt_shows_why_a_page_was_found(index: Index, words: str, excerpt: str) -> None:
    assert index.excerpt(*words.split()) == excerpt


def test_a_long_text_is_cut_around_the_word(index: Index) -> None:
    excerpt = index.excerpt("quagga")

    assert excerpt.startswith(" … Cache Cache ")
    assert excerpt.endswith("Cache [quagga]")
    assert len(excerpt.split()) < 30


def test_the_index_says_in_what_part_of_a_note_a_word_is(tmp_path: Path) -> None:
    texts = tuple((part, f"word{place}x in {part}") for place, part in enumerate(PARTS))
    put(bundle([Record(url="x/", title="x", texts=texts)]), tmp_path / "pagefind")
    (tmp_path / "texts.js").write_bytes((SCRIPTS / "texts.js").read_bytes())
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>")

    with served(tmp_path) as address, chromium() as driver:
        reader = Reader(driver, address)
        reader.opens("")
        labels = [
            shown(Index(reader).found(f"word{place}x")[0]["excerpt"]).partition(": [")[0]
            for place in range(len(PARTS))
        ]

    assert labels[0] == "[word0x] in reason"
    assert labels[1:] == [
        "Expected", "Baseline", "Assumption", "Variable", "File", "Tag", "Service", "Id", "Kind",
        "Stack", "Owner", "Author", "Shipped", "Source", "Rollback", "Command", "No command",
        "Metric", "No metric", "Monitoring", "Cache rule", "Checklist", "Image", "Tool",
        "Difficulty", "Related", "Supersedes", "Revision", "Own field",
    ]  # fmt: skip


def test_every_text_of_a_note_is_in_its_record() -> None:
    (path,) = SAMPLE.rglob("20261122-k3f9xq*.yaml")
    text = path.read_text("utf-8")
    made = edition(book(text), environment())

    (record,) = note_records(made)

    note = understood("", path, text.encode()).note
    assert note
    assert [text for _, text in record.texts] == [text for _, text in searchable(note)][1:]
    assert {part for part, _ in record.texts} <= set(PARTS)
    assert (record.url, record.title, record.tags) == (
        "changes/20261122-k3f9xq/",
        note.title,
        note.tags,
    )


def test_the_same_records_give_the_same_bytes() -> None:
    one = bundle(NOTES, OTHERS)
    bundles._made.cache_clear()

    assert bundle(NOTES, OTHERS) == one


def test_a_new_note_changes_one_part_of_the_index_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "PART", 2)
    before = bundle(NOTES)

    after = bundle((replace(NOTES[0], url="changes/new/"), *NOTES))

    changed = {name for name in after if after[name] != before.get(name)}
    assert {name.partition("/")[0] for name in changed} == {"2", "pages.json"}


def test_what_a_note_says_to_pagefind_is_text() -> None:
    odd = "___PAGEFIND_WEIGHT___9 \ue005 \ud800 \u200b <b>bold</b> &lt;i&gt; " + "y" * 3000
    files = bundle(
        [Record(url="x/", title=odd, texts=(("reason", odd), ("x", "\x00")), tags=(odd,))]
    )

    (fragment,) = (content for name, content in files.items() if name.endswith(".pf_fragment"))
    told = json.loads(gzip.decompress(fragment).removeprefix(b"pagefind_dcd"))
    assert told["content"].startswith("\ue001 __PAGEFIND_WEIGHT___9 ? <b>bold</b> &lt;i&gt; yyy")


def test_a_page_without_a_word_moves_no_number_and_makes_no_part() -> None:
    empty = Record(url="empty/", title="Empty", texts=(("", ""),))

    parts = json.loads(bundle(NOTES, (empty, *OTHERS))["pages.json"])
    alone = json.loads(bundle(NOTES, (empty,))["pages.json"])

    assert [len(part["ids"].split(" ")) for part in parts] == [len(NOTES), 2]
    assert [bool(name) for name in parts[1]["ids"].split(" ")] == [False, True]
    assert alone == parts[:1]


def test_the_settings_of_a_team_for_its_own_pagefind_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bundle(NOTES[:2])
    (tmp_path / "pagefind.yml").write_text("include_characters: '/.-'\nverbose: [")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGEFIND_VERBOSE", "true")
    bundles._made.cache_clear()

    assert bundle(NOTES[:2]) == before


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("exit 0", "it ended before its work was done"),
        ("kill -9 $$", "it ended before its work was done"),
        ("printf 'no base64,nor, this,'; cat > /dev/null", "its answers cannot be understood"),
        ("printf 'bnVsbA==,bnVsbA==,W10=,'; cat > /dev/null", "its answers cannot be understood"),
        ("trap '' TERM; exec sleep 60", "it did not end its work in time"),
    ],
)
def test_a_pagefind_that_does_not_work_is_named_and_never_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    path = tmp_path / "pagefind"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o755)
    monkeypatch.setattr(bundles, "_program", lambda: path)
    monkeypatch.setattr(bundles, "PATIENCE", 0.5)
    bundles._made.cache_clear()

    assert why_not() == f"Pagefind could not make the search index: {why}"


def test_without_notes_nothing_is_found() -> None:
    assert list(bundle(())) == ["pages.json"]


def test_pages_for_other_builders_have_their_index_beside_them(tmp_path: Path) -> None:
    of = book(least(title="Count quaggas"))

    written = write_pages(of, tmp_path)

    assert f"changes/{FOLDER}pages.json" in written.files
    assert f"changes/{FOLDER}pagefind.js" in written.files


def test_pages_can_go_without_an_index(tmp_path: Path) -> None:
    written = write_pages(replace(book(least()), has_index=False), tmp_path)

    assert not [name for name in written.files if FOLDER in name]
    assert json.loads((tmp_path / "changes/search/facts.json").read_text())["words"] == "titles"

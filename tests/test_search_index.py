"""The search finds what a note says, by any part of it: our index, asked in Chromium."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks.search_page import book as generated
from changenote.characters import UNSEEN
from changenote.model.facts import searchable
from changenote.model.note import Note
from changenote.model.writing import plain
from changenote.resources import templates_folder
from changenote.site.book import Asset
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.folder import write_pages
from changenote.site.plan import Plan
from changenote.site.search import bundle as bundles
from changenote.site.search.bundle import FOLDER, PARTS, listed, parts_of
from changenote.site.search.cutting import places
from changenote.site.search.facts import facts_plans
from changenote.site.search.finished_parts import FinishedParts
from changenote.site.search.records import Record, Source, finished, note_record
from changenote.site.search.whole import index_files, word_plans
from changenote.store.notes import understood
from tests.books import LEAST, SAMPLE, book, least
from tests.browser import Reader, chromium, served

SCRIPTS = Path(__file__).parents[1] / "templates" / "assets" / "search"

REASON = """\
Every request summed the basket again, and cached nothing. Copying was slow. The wait grew.
"""
RAW: tuple[dict[str, Any], ...] = (
    {
        "title": "Cache cart totals per session",
        "reason": REASON,
        "files": [
            {"path": "app/cart/totals.py", "change": "modified"},
            {"path": "db/migrations/rakico_polyfill.sql"},
            {"path": "web/useCartTotals.ts"},
            {"path": "app/storage/copy.go"},
            {"path": "db/gateway_v3_add.sql"},
        ],
        "tags": ["wrong-total"],
        "id": "20261129-k3f9xq",
        "owner": "@acme/cart",
        "shipped": {"version": "v2.14.0"},
        "source": {"pull_requests": ["https://github.com/acme/shop/pull/412"]},
        "commands": [
            {"run": "./flags set cart_total_cache on --env=production", "exit": 0},
            {"run": "k6 run"},
        ],
        "metrics": [{"name": "GET /cart p95", "before": {"samples": [7.5]}}],
        "x": {"word": "カート合計を表示", "other": ["Größe über café", {"more": "C++ R"}]},
    },
    {"title": "Nothing of note", "reason": "A release of 21.4."},
    {"title": "Totals of carts", "reason": "The app is in app."},
    {"title": "Zebra", "reason": "Cache " * 40 + "quagga"},
    {"title": "Last", "reason": "cart"},
)
IDS = (
    "20261129-k3f9xq",
    "20261128-aaaaaa",
    "20261127-aaaaaa",
    "20261126-aaaaaa",
    "20261125-aaaaaa",
)


def _record(place: int, raw: Mapping[str, Any]) -> Record:
    texts = [
        text
        for name, value in raw.items()
        if name not in ("title", "tags")
        for text in _within(value)
    ]
    return Record(
        url=f"changes/{place}/",
        title=raw["title"],
        texts=tuple(texts),
        tags=tuple(raw.get("tags", ())),
    )


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _within(each)


def _sources(records: Iterable[Record], ids: Iterable[str] = IDS) -> list[Source]:
    return [replace(each, name=name) for each, name in zip(finished(records), ids, strict=False)]


def bundled(notes: Sequence[Source], others: Iterable[Record] = ()) -> dict[str, bytes]:
    """The files of an index by their names in its folder."""
    parts = parts_of(notes, finished(others))
    files = {
        f"{part.name}/{name}": content for part in parts for name, content in part.make().items()
    }
    return files | {PARTS: listed(parts)}


NOTES = tuple(_record(place, raw) for place, raw in enumerate(RAW))
OTHERS = (Record(url="guide/#feeding", title="Guide > Feeding", texts=("Carrots, cache.",)),)

ASKED = """
const [words, ids, base] = arguments;
const address = (number) => `${base}changes/${number}/`;
return import(base + "texts.js")
    .then(texts => (window.opened ??= texts.open(base + "words/", {ids, address})))
    .then(opened => opened.find(words))
    .then(found => Promise.all(found.map(async each => ({
        number: each.number,
        page: each.number < ids.length ? null : await each.page(),
        excerpt: await each.excerpt(),
    }))));
"""


@dataclass(frozen=True)
class Index:
    """An index that a browser has opened."""

    reader: Reader

    def found(self, *words: str) -> list[dict[str, Any]]:
        """What is found for words, best first."""
        found: list[dict[str, Any]] = self.reader.asks(ASKED, words, IDS, self.reader.site)
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
    """Five notes in parts of one or two, and a page of the team's own."""
    folder = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bundles, "_LEAST", 1)
        patched.setattr(bundles, "_MOST", 2)
        put(bundled(_sources(NOTES), OTHERS), folder / "words")
    put({f"changes/{n}/note.json": json.dumps(raw).encode() for n, raw in enumerate(RAW)}, folder)
    put({path.name: path.read_bytes() for path in SCRIPTS.glob("*.js")}, folder)
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
        "20261129-k3f9xq",
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


def test_every_page_has_its_number_and_other_pages_their_address(index: Index) -> None:
    found = {each["number"]: each["page"] for each in index.found("cache")}

    assert found == {
        0: None,
        3: None,
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


def test_an_excerpt_of_prose_has_no_signs_of_markdown_and_one_of_a_command_keeps_its_own(
    index: Index,
) -> None:
    note = {
        "reason": "# Search\n\n- A time without `conditions.cache`\n2. **No** cache * 2, a_b",
        "commands": [{"run": "echo `cat cache`"}],
    }

    shown_texts = index.reader.asks(
        """
        const [note, base] = arguments;
        const {excerpt, textsOfNote} = await import(base + "excerpts.js");
        return textsOfNote(note).map((text) => excerpt([text], new Set(["cache"]), ["cache"]));
        """,
        note,
        index.reader.site,
    )

    assert list(map(shown, shown_texts)) == [
        "Search A time without conditions.[cache] No [cache] * 2, a_b",
        "Command: echo `cat [cache]`",
    ]


def test_an_excerpt_shows_what_nobody_sees_in_it_as_an_escape(index: Index) -> None:
    script = (templates_folder() / "assets/search/excerpts.js").read_text("utf-8")
    hiding = "cache \u202eb \u115f \U0001d173 \U000e0041 \U0001f3f4\U000e0067\U000e007f \u0645\u06cc\u200c\u062e"

    (shown_text,) = index.reader.asks(
        """
        const [text, base] = arguments;
        const {excerpt} = await import(base + "excerpts.js");
        return [excerpt([["", text]], new Set(["cache"]), ["cache"])];
        """,
        hiding,
        index.reader.site,
    )

    assert shown(shown_text) == (
        r"[cache] \u202eb \u115f \U0001d173 \U000e0041"
        " \U0001f3f4\U000e0067\U000e007f \u0645\u06cc\u200c\u062e"
    )
    assert f"[{''.join(map(_in_script, UNSEEN))}]" in script


def _in_script(sign: str) -> str:
    """A sign of a class of characters as JavaScript has it."""
    code = ord(sign)
    return sign if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"


def test_a_long_text_is_cut_around_the_word(index: Index) -> None:
    excerpt = index.excerpt("quagga")

    assert excerpt.startswith(" … Cache Cache ")
    assert excerpt.endswith("Cache [quagga]")
    assert len(excerpt.split()) < 30


def test_every_text_of_a_note_that_is_searched_can_be_shown_as_the_reason(index: Index) -> None:
    (path,) = SAMPLE.rglob("20261122-k3f9xq*.yaml")
    note = understood("", path, path.read_bytes()).note
    assert note
    names = [field.name for field in fields(Note)]

    labels = index.reader.asks(
        """
        const [names, note, base] = arguments;
        const {textsOfNote} = await import(base + "excerpts.js");
        const label = (name) => [name, textsOfNote({[name]: {at: ["it"]}}).map(([label]) => label).join()];
        return [Object.fromEntries(names.map(label)), textsOfNote(note).map(([, text]) => text)];
        """,
        names,
        plain(note),
        index.reader.site,
    )

    shown, texts = labels
    searched = {(name.partition(".")[0], text) for name, text in searchable(note)}
    assert {name for name, label in shown.items() if not label} >= {"title", "reason"}
    assert {name for name, _ in searched} - {name for name, label in shown.items() if label} == {
        "title",
        "reason",
    }
    assert {text for name, text in searched if name != "title"} <= set(texts)


CUT = (
    "app/cart/totals.py", "db/gateway_v3_add.sql", "https://x.de/?a=b&c", "K3F9xq", "C++", "v2.14.0",
    "Größe ÜBER Straße", "cafe\u0301 re\u0301sume\u0301", "ΣΊΣΥΦΟΣ Σίσυφος", "İstanbul \u0131", "ﬁne ½ ² Ⅻ",
    "カート合計を表示", "데이터베이스 인덱스", "ฐานข้อมูล", "קטלוג", "फ़ाइल", "Ꭰꭰ", "x" * 100, "\U0001d4b3 𐐀𐐨", "\u02b9 ٣ ٤a", "",
)  # fmt: skip


def test_what_is_looked_for_is_cut_as_what_is_found(index: Index) -> None:
    cut = index.reader.asks(
        """
        const [texts, base] = arguments;
        const {wordsOf} = await import(base + "cutting.js");
        return texts.map(wordsOf);
        """,
        CUT,
        index.reader.site,
    )

    assert dict(zip(CUT, cut, strict=True)) == {text: _cut(text) for text in CUT}


def _cut(text: str) -> list[str]:
    """The words of a text in their order: of several that begin in one, the whole one."""
    found: dict[str, str] = {}
    for word, where in places(text, (), ()).items():
        for letter in where:
            if len(word) > len(found.get(letter, "")):
                found[letter] = word
    return [found[letter] for letter in sorted(found)]


@pytest.mark.parametrize(
    ("words", "one"),
    [
        (("cache", "cached", "caches", "caching"), True),
        (("copy", "copies", "copied", "copying"), True),
        (("deploy", "deployed", "deployment", "deploys"), False),
        (("query", "queries", "querying"), True),
        (("index", "indexes", "indexing", "indexed"), True),
        (("optimize", "optimized", "optimization", "optimizing"), True),
        (("plan", "planned", "planning", "plans"), True),
        (("fail", "failed", "falling", "fell"), False),
        (("relational", "rational"), False),
        (("ponies", "poni"), True),
        (("agreed", "agree"), True),
        (("hopping", "hoping"), False),
        (("be", "bed"), False),
    ],
)
def test_forms_of_a_word_have_one_stem(index: Index, words: tuple[str, ...], one: bool) -> None:
    stems = index.reader.asks(
        """
        const [words, base] = arguments;
        const {stem} = await import(base + "stems.js");
        return words.map(stem);
        """,
        words,
        index.reader.site,
    )

    assert (len(set(stems)) == 1) is one, stems


def test_every_text_of_a_note_is_in_its_record() -> None:
    (path,) = SAMPLE.rglob("20261122-k3f9xq*.yaml")
    text = path.read_text("utf-8")
    made = edition(book(text), environment())

    record = note_record(made.rows[0])

    note = understood("", path, text.encode()).note
    assert note
    texts = [text for name, text in searchable(note) if name not in ("title", "tags")]
    assert record == Record(
        url="changes/20261122-k3f9xq/", title=note.title, texts=tuple(texts), tags=note.tags
    )


MANY = [
    Source(
        f"2026{day:04}-{place:06}", f"{day} {place}", partial(Record, url="x/", title="x", texts=())
    )
    for day in range(60)
    for place in range(100)
]


def _parts(sources: Iterable[Source]) -> dict[str, int]:
    """The parts of notes in an index, and how many are in each."""
    return {part.name: len(part.sources) for part in parts_of(list(sources))}


def test_the_same_sources_give_the_same_bytes() -> None:
    assert bundled(_sources(NOTES), OTHERS) == bundled(_sources(NOTES), OTHERS)
    assert _parts(MANY) == _parts(reversed(MANY))


@pytest.mark.parametrize("place", [0, 50, 3000, 5999])
def test_one_note_more_or_less_or_changed_makes_one_part_anew(place: int) -> None:
    before = _parts(MANY)
    changed = [replace(each, digest="new") if n == place else each for n, each in enumerate(MANY)]
    newer = Source(MANY[place].name[:-1] + "z", "newer", MANY[place].make)

    after = [_parts(each) for each in (changed, [*MANY, newer], MANY[:place] + MANY[place + 1 :])]

    assert sum(before.values()) == len(MANY)
    assert len(before) > 4
    assert [len(each.keys() - before.keys()) for each in after] == [1, 1, 1]


def test_parts_are_neither_tiny_nor_huge() -> None:
    *sizes, last = _parts(MANY).values()

    assert min(sizes) >= 400
    assert max(*sizes, last) <= 1200


def test_an_index_is_planned_without_reading_a_note_and_only_a_new_part_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    texts = [
        LEAST.format(id=f"2026112{place}-aaaaaa", title=f"Count {place} quaggas", kind="fix")
        for place in range(4)
    ]
    monkeypatch.setattr(bundles, "_LEAST", 2)
    monkeypatch.setattr(bundles, "_MOST", 3)
    make = bundles.Part.make

    def counting(part: bundles.Part) -> dict[str, bytes]:
        made.append(part.name)
        return make(part)

    monkeypatch.setattr(bundles.Part, "make", counting)

    def build(texts: Iterable[str]) -> dict[str, bytes]:
        return index_files(edition(book(*texts), environment()), cache=tmp_path)

    plans = tuple(word_plans(edition(book(*texts), environment()), cache=tmp_path))
    assert made == []
    first, parts = build(texts), made.copy()
    again = build(texts)
    assert made == parts
    changed = build([*texts[:3], texts[3].replace("quaggas", "zebras")])

    assert [plan.path for plan in plans] == [*first][:-1]
    assert first == again
    assert len(parts) == 2
    assert len(made) == 3
    assert sum(first.get(name) == content for name, content in changed.items()) == 2
    assert (tmp_path / "search/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize("damage", [b"", b"\n", b"x\n[]\n", None])
def test_a_kept_part_that_is_damaged_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    whole = {"0.z": b"a\nb", "pages.z": b""}
    FinishedParts(tmp_path).files("part", lambda: whole)
    content = (tmp_path / "part").read_bytes()
    (tmp_path / "part").write_bytes(content[:-1] if damage is None else damage)

    assert FinishedParts(tmp_path).files("part", lambda: whole) == whole
    assert (tmp_path / "part").read_bytes() == content


def test_what_later_builds_do_not_use_is_forgotten_in_time(tmp_path: Path) -> None:
    for number in range(30):
        FinishedParts(tmp_path).files(f"part{number}", lambda: {"0.z": b""})

    FinishedParts(tmp_path).forget_all_but(["part0"])

    names = {path.name for path in tmp_path.iterdir()}
    assert {".gitignore", "part0", "part29"} < names
    assert len(names) == 22


def test_a_folder_that_cannot_be_written_keeps_nothing_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = FinishedParts(tmp_path / "file/kept")

    kept.forget_all_but([])

    assert kept.files("part", lambda: {"0.z": b""}) == {"0.z": b""}


@pytest.mark.parametrize("link", [".changenote", ".changenote/search"])
def test_files_elsewhere_are_no_parts_wherever_a_link_leads(tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    for number in range(30):
        (elsewhere / "search").mkdir(parents=True, exist_ok=True)
        (elsewhere / f"{number}.txt").write_text("mine")
        (elsewhere / f"search/{number}.txt").write_text("mine")
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(elsewhere)
    kept = FinishedParts(tmp_path / ".changenote/search")

    kept.forget_all_but([])
    kept.files("part", lambda: {"0.z": b""})

    assert len([path for path in elsewhere.rglob("*") if path.is_file()]) == 60


def test_a_page_without_a_word_moves_no_number() -> None:
    empty = Record(url="empty/", title="", texts=("",))

    parts = json.loads(bundled(_sources(NOTES), (empty, *OTHERS))[PARTS])

    assert [part["count"] for part in parts["others"]] == [2]


def test_any_text_can_be_in_an_index() -> None:
    odd = "\ud800 \0 \t\n\u2028 <b>bold</b> &lt;i&gt; " + "y" * 3000

    files = bundled([], [Record(url="x/", title=odd, texts=(odd,), tags=(odd,))])

    lines = "\n".join(zlib.decompress(raw).decode() for name, raw in files.items() if "/0." in name)
    assert {line.split("\t")[0] for line in lines.split("\n")} == {
        "b",
        "bold",
        "i",
        "lt",
        "gt",
        "y" * 64,
    }


def test_a_text_longer_than_places_can_count_is_found_whole() -> None:
    found = places("", (), (f"first {'and ' * 60_000} last",))

    assert set(found) == {"first", "and", "last"}
    assert len(found["and"]) == 60_000


def test_an_index_takes_a_fraction_of_the_notes_and_a_word_a_fraction_of_the_index() -> None:
    made = edition(generated(500), environment())
    texts = sum(len(text) for row in made.rows for _, text in searchable(row.note))

    files = index_files(made)

    words = sorted(len(content) for name, content in files.items() if name.endswith(".z"))
    assert sum(words) < texts / 4
    assert words[-1] < 20_000
    facts = sum(
        len(gzip.compress(_json(plan)))
        for plan in facts_plans(made)
        if plan.path.endswith("/facts.json")
    )
    assert facts < 500 * 25


def _json(plan: Plan) -> bytes:
    made = plan.make()
    assert isinstance(made, Asset)
    return made.content


def test_without_notes_nothing_is_found() -> None:
    assert bundled([]) == {PARTS: b'{\n"notes": [],\n"others": []\n}\n'}


def test_pages_for_other_builders_have_their_index_beside_them(tmp_path: Path) -> None:
    of = book(least(title="Count quaggas"))

    written = write_pages(of, tmp_path)

    assert f"changes/{FOLDER}{PARTS}" in written.files


def test_pages_can_go_without_an_index(tmp_path: Path) -> None:
    written = write_pages(replace(book(least()), has_index=False), tmp_path)

    assert not [name for name in written.files if FOLDER in name]
    assert json.loads((tmp_path / "changes/search/facts.json").read_text())["words"] == "titles"

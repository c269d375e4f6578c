"""The query language in the browser means what it means in the command line: the same queries run
in Chromium, by the modules that a site publishes, and in Python."""

import random
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from benchmarks.notes import notes
from changenote.config import Config
from changenote.errors import BadQuery
from changenote.model.facts import Facts, facts, folded
from changenote.model.keys import KEYS
from changenote.model.note import FileTouched, Note, Rollback, Shipped, Source, Step
from changenote.model.query import SYNTAX, Phrase, Term, Word, parse
from changenote.site.book import Asset, Book, Published
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.search.facts import facts_plans
from changenote.store.emitting import dump
from tests.books import published
from tests.browser import Reader, chromium, served

TODAY = date(2026, 11, 30)
GENERATED = 60

PLAIN = Note(schema=1, id="20261122-aaaaa1", title="Sum once", kind="fix", status="shipped")
ODD = (
    replace(
        PLAIN,
        id="20261122-aaaaa2",
        owner="Dana Q <dana@example.com>",
        authors=("@acme/cart", "Ann", "Ben <ben@example.com>>", "< >"),
        tags=("ÉTÉ", "two words", 'a"quote', "a,comma", "ſtraße"),
        flags=("needs_human_review", "needs-measurement"),
        stack=("C++", "ΟΔΟΣ", "İstanbul"),
        x={"Ticket": "ABC-1", "announced": True, "pages": 12, "teams": ["a b", "c=d", False]},
    ),
    replace(
        PLAIN,
        id="20251231-aaaaa3",
        status="rolled_back",
        owner="@acme/Cart",
        service="Straße",
        shipped=Shipped(
            at=datetime(2026, 1, 1, 0, 30, tzinfo=UTC), environment="Staging", version="V2.14.0"
        ),
        source=Source(
            pull_requests=(
                "https://github.com/acme/shop/pull/412",
                "https://gitlab.example/web/-/merge_requests/4120/",
                "https://x.example/?id=412#9",
            )
        ),
        files=(
            FileTouched(path="DB/Migrations/x.sql", from_="db/old name.sql"),
            FileTouched(path="app/*/star.py"),
            FileTouched(path="Makefile"),
        ),
        rollback=Rollback(steps=(Step(run="./undo"),)),
    ),
    replace(PLAIN, id="00010101-aaaaa4", kind="jobs", status="draft", owner="@ops"),
    replace(PLAIN, id="20261122-aaaaa5", kind="été", owner="<only@example.com>", service="a  b"),
)
CHOSEN = (
    "",
    "owner:@ owner:@acme/cart",
    "owner:cart",
    "owner:acme/cart",
    'owner:"dana q"',
    "owner:dana@example.com",
    "owner:@,<only@example.com>",
    'author:"ben <ben@example.com>>",ann',
    "author:ben@example.com",
    "author:cart -author:ann",
    "id:2026,aaaaa3 -id:20261122",
    "file:db/",
    "file:migrations/x.sql",
    "file:makefile",
    'file:"old name.sql"',
    "file:*.sql -file:app/",
    "file:**/*.py,a*s*r.py",
    "file:app/*/",
    "file:*",
    "pr:412",
    "pr:#412,!4120",
    "pr:9",
    "pr:pull/412",
    "pr:https://gitlab.example/web/-/merge_requests/4120",
    "pr:٤١٢",
    "version:2.14.0 version:v2.14.0",
    "version:2.14",
    "x.ticket:abc-1",
    "X.announced:true x.announced:yes",
    "x.pages:12 x.teams:c=d,none",
    "x.teams:no",
    "flag:needs-human-review,needs_measurement",
    "status:rolled-back,draft",
    "environment:STAGING",
    "service:strasse",
    'service:"A B"',
    "tag:été",
    'tag:"two  words","a,comma"',
    'tag:"a\\"quote"',
    "tag:STRASSE",
    "stack:οδος,c++,i̇stanbul",
    "kind:ÉTÉ",
    "after:2026",
    "after:2026-01-01 before:2026-01-02",
    "before:2026",
    "after:-30d",
    "after:-1m before:-1d",
    "after:-4w,-2y",
    "before:-2025y",
    "after:-9m -verdict:improved",
    "has:rollback -has:metrics,images",
)
REFUSED = (
    '"never closed',
    'tag:"never closed',
    '"a"b',
    'tag:"a"b',
    'tag:"a","b"c',
    '""',
    '-" "',
    "tag:",
    "tag: x",
    "tag:a, b",
    "tag:a,,b",
    'tag:""',
    "colour:red",
    "service :x tagg:a",
    "onwer:x",
    "x:abc",
    "X:abc",
    "verdict:imporved",
    "verdict:zzz",
    "status:rolled",
    "has:rolback",
    "has:" + "m" * 90,
    "k" * 90 + ":x",
    "after:yesterday",
    "after:2026-13",
    "after:2026-02-30",
    "after:0000",
    "before:-99999y",
    "after:-1h",
    "𝒜 äöü  tagg:b",
)  # fmt: skip
ALLOWED = (
    "https://example.com/x?tag:y std::vector a:b:c",
    "--dry-run - -- -\u3000x -- tag",
    "-tag:a,b -\"a phrase\" 'tag:a'",
    'Tag:"A \\" B" \\" \\"quoted\\"',
    "a\x1cb\x85c\u2028d\ufeffe\u200bf",
    "ß ſ İ ı ΟΔΟΣ ﬁ Ⅷ ① ½ 漢字 ＡＢ",
    "²tag:x",
    "x.:abc x.a.b:c",
    "naïve:// x.y:// é::b",
)


@dataclass(frozen=True)
class Both:
    """The same notes in a browser and in Python."""

    reader: Reader
    every: tuple[Facts, ...]

    def asks(self, script: str, *arguments: Any) -> Any:
        """What a script returns that has `engine`, `query` (a module) and the arguments."""
        return self.reader.asks(
            "const [{open}, query, args] = [await import('/changes/search/engine.js'),"
            " await import('/changes/search/query.js'), [...arguments]];"
            f"const engine = window.engine ??= await open(); {script}",
            *arguments,
        )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Odd notes and generated ones, newest first as on a site."""
    generated = [published(dump(data)) for data in notes(GENERATED)]
    odd = [Published(note=n, file=f"changes/{n.id}.yaml", digest=n.id) for n in (PLAIN, *ODD)]
    book = Book(config=Config(), entries=(*generated, *odd))
    made = edition(book, environment())
    folder = tmp_path_factory.mktemp("language")
    for asset in (plan.make() for plan in facts_plans(made)):
        assert isinstance(asset, Asset)
        _write(folder, asset)
    (folder / "page.html").write_text("<!doctype html><title>x</title>")
    with served(folder) as address, chromium() as driver:
        reader = Reader(driver, address)
        reader.opens("page.html")
        yield Both(reader, tuple(facts(row.note) for row in made.rows))


def _write(folder: Any, asset: Asset) -> None:
    path = folder / asset.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(asset.content)


FIND = """
const found = {};
for (const text of args[0]) {
  const {hits, problem, total} = await engine.find(text, {limit: 1e6, today: args[1]});
  found[text] = problem ? problem.what : hits.map((hit) => hit.number);
  if (!problem && total !== hits.length) throw new Error(text);
}
return found;
"""


def test_keys_find_the_same_notes_in_both(both: Both) -> None:
    queries = [*CHOSEN, *_drawn(both.every, 400)]

    found = both.asks(FIND, queries, TODAY.isoformat())

    expected = {text: _matching(both.every, text) for text in queries}
    different = {
        text: (found[text], expected[text]) for text in queries if found[text] != expected[text]
    }
    assert different == {}
    assert sum(bool(numbers) for numbers in expected.values()) > 250  # most find something


@pytest.mark.parametrize("key", KEYS, ids=lambda key: str(key.name))
def test_every_key_is_known_in_the_browser_and_its_example_is_understood(
    both: Both, key: Any
) -> None:
    texts = [key.example, *(f"{key.name}:{choice}" for choice in key.choices)]

    found = both.asks(FIND, texts, TODAY.isoformat())

    assert found == {text: _matching(both.every, text) for text in texts}


PARSE = """
return args[0].map((text) => {
  const {items, problem} = query.parse(text, engine.keys, args[1]);
  return problem ?? items;
});
"""


def test_what_cannot_be_a_query_is_refused_in_the_same_words(both: Both) -> None:
    said = both.asks(PARSE, REFUSED, TODAY.isoformat())

    assert dict(zip(REFUSED, said, strict=True)) == {text: _refusal(text) for text in REFUSED}


def test_any_text_means_the_same_in_both(both: Both) -> None:
    texts = [*ALLOWED, *(text for text, _ in SYNTAX), *_scribbles(600)]

    said = both.asks(PARSE, texts, TODAY.isoformat())

    read = dict(zip(texts, map(_read, said), strict=True))
    expected = {text: _meaning(text) for text in texts}
    assert {t: (read[t], expected[t]) for t in texts if read[t] != expected[t]} == {}


def test_me_is_nobody_on_a_page_and_the_refusal_says_so(both: Both) -> None:
    said = both.asks(PARSE, ["tag:a owner:me"], TODAY.isoformat())

    assert said == [
        {
            "what": "owner:me needs to know who you are (character 13 of the query)",
            "expected": "a name, such as owner:@acme/cart",
            "hint": "A page does not know who reads it.",
        }
    ]


def test_text_is_folded_the_same_in_both(both: Both) -> None:
    every = [
        c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in "CnCs"
    ]

    lines = both.asks(
        "return args[0].split('\\n').map(query.folded).join('\\n')",
        "\n".join(f"a{letter}b {letter}" for letter in every if letter not in "\n"),
    )

    expected = [folded(f"a{letter}b {letter}") for letter in every if letter not in "\n"]
    assert [
        (want, got) for want, got in zip(expected, lines.split("\n"), strict=True) if want != got
    ] == []


TOGGLE = "return args[0].map(([text, facet, value]) => engine.toggled(text, facet, value))"
TOGGLED = (
    ("", "kind", "fix", "kind:fix"),
    ("slow cart ", "kind", "fix", "slow cart kind:fix"),
    ("kind:fix slow", "kind", "Jobs", "kind:fix,Jobs slow"),
    ("kind:FIX,jobs slow", "kind", "fix", "kind:jobs slow"),
    ("slow kind:fix cart", "kind", "fix", "slow cart"),
    ("-kind:fix", "kind", "fix", "-kind:fix kind:fix"),
    ("owner:ann", "owner", "Dana Q", 'owner:ann,"Dana Q"'),
    ('environment:"a b"', "env", "c", 'env:"a b",c'),
    ("tag:a", "tag", 'say "hi", you', 'tag:a,"say \\"hi\\", you"'),
    ("cart", "year", "2026", "cart after:2026 before:2027"),
    ("after:2026 cart before:2027", "year", "2026", "cart"),
    ("after:2026 before:2027 cart", "year", "2025", "cart after:2025 before:2026"),
    ("after:-30d", "year", "2026", "after:2026 before:2027"),
    ('"never closed', "kind", "fix", '"never closed'),
)


def test_a_facet_writes_its_key_into_the_query_and_takes_it_away_again(both: Both) -> None:
    texts = both.asks(TOGGLE, [row[:3] for row in TOGGLED])

    assert texts == [row[3] for row in TOGGLED]


def test_counts_of_a_facet_are_what_choosing_it_alone_would_find(both: Both) -> None:
    texts = ["", "status:shipped", "service:search-api,billing -kind:fix", "kind:fix after:2026"]

    wrong = both.asks(
        """
        const wrong = [];
        for (const text of args[0]) {
          const {facets} = await engine.find(text);
          for (const {key, values} of facets) {
            let without = text;
            for (const {value, chosen} of values) {
              if (chosen) without = engine.toggled(without, key, value);
            }
            for (const {value, count} of values) {
              const asked = engine.toggled(without, key, value);
              const {total} = await engine.find(asked);
              if (total !== count) wrong.push([asked, total, count]);
            }
          }
        }
        return wrong;
        """,
        texts,
    )

    assert wrong == []


def test_without_an_index_words_are_starts_of_words_in_titles_and_short_facts(both: Both) -> None:
    words = ["cach", "CACHE of", "ache", '"cart tot"', "-cache", "k3f9", "shop", "get /cart"]

    found = both.asks(FIND, words, TODAY.isoformat())

    short = [
        replace(f, details="", prose="", files=(), authors=(), stack=(), pull_requests=(), kind="",
                version="", environment="")
        for f in both.every
    ]  # fmt: skip
    assert found == {text: _by_rank(short, text) for text in words}


def _by_rank(every: list[Facts], text: str) -> list[int]:
    """Newest first, but those that need a review last, unless nothing but minus is asked."""
    found = _matching(every, text)
    if text.startswith("-"):
        return found
    return sorted(found, key=lambda number: "needs_human_review" in every[number].flags)


def _matching(every: Any, text: str) -> list[int]:
    query = parse(text, today=TODAY)
    return [number for number, of in enumerate(every) if query.matches(of)]


def _drawn(every: tuple[Facts, ...], count: int) -> Iterator[str]:
    """Queries for values that the notes have, whole or cut, in any case, joined and negated."""
    draw = random.Random(7)  # noqa: S311  # not for secrets
    names = ("id", "kind", "owner", "author", "service", "env", "status", "tag", "stack", "file",
             "after", "before", "verdict", "flag", "version", "pr", "has", "x")  # fmt: skip
    assert {key.name for key in KEYS} == set(names)
    while count:
        terms = [
            _term(draw, draw.choice(names), draw.choice(every))
            for _ in range(draw.choice((1, 1, 2, 3)))
        ]
        if all(terms):
            count -= 1
            yield " ".join(terms)


def _term(draw: random.Random, name: str, of: Facts) -> str:
    values: dict[str, tuple[str, ...]] = {
        "id": (of.id, of.id[:8], of.id[-6:]),
        "author": of.authors,
        "env": (of.environment,),
        "tag": of.tags,
        "file": tuple(_of_path(draw, path) for path in of.files),
        "after": (of.day, of.day[:7], of.day[:4]),
        "flag": of.flags,
        "pr": tuple(pr.rpartition("/")[2] for pr in of.pull_requests),
        "x": of.own,
    }
    values["before"] = values["after"]
    own = {"kind": of.kind, "owner": of.owner, "service": of.service, "status": of.status,
           "verdict": of.verdict, "version": of.version}  # fmt: skip
    many = {"stack": of.stack, "has": of.has}
    found = [v for v in values.get(name) or many.get(name) or (own.get(name, ""),) if v]
    if not found:
        return ""
    chosen = draw.sample(found, k=min(len(found), draw.choice((1, 1, 2))))
    if name == "x":
        name, _, chosen[0] = f"x.{chosen[0]}".partition("=")
        chosen = chosen[:1]
    minus = draw.choice(("", "", "-"))
    return f"{minus}{name}:{','.join(_typed(draw.choice((v, v.upper()))) for v in chosen)}"


def _of_path(draw: random.Random, path: str) -> str:
    folder, _, name = path.rpartition("/")
    return draw.choice(
        (path, name, f"{folder}/" if folder else name, f"*{name[-4:]}", f"{path[:4]}*")
    )


def _typed(value: str) -> str:
    plain = not set(value) & set(' ,"')
    return value if plain else '"' + value.replace('"', '\\"') + '"'


def _scribbles(count: int) -> Iterator[str]:
    draw = random.Random(11)  # noqa: S311  # not for secrets
    pieces = ['"', '\\"', "\\", ":", ",", "-", " ", "\u3000", "x.", "tag", "owner", "after", "a", "é",
              "2026", "-3m", "verdict", "improved", "kind:", "id:", ".", "/", "::", "//", "ß"]  # fmt: skip
    for _ in range(count):
        yield "".join(draw.choices(pieces, k=draw.randint(1, 9)))


def _refusal(text: str) -> dict[str, str] | None:
    try:
        parse(text, today=TODAY)
    except BadQuery as error:
        return {"what": error.what, "expected": error.expected, "hint": error.hint}
    return None


def _meaning(text: str) -> Any:
    """What a text asks, with all of one sort together; or why it is refused."""
    if refused := _refusal(text):
        return refused
    query = parse(text, today=TODAY)
    items: tuple[Term | Word | Phrase, ...] = (*query.terms, *query.words, *query.phrases)
    return [
        (item.key, list(item.values), item.negated)
        if isinstance(item, Term)
        else (type(item).__name__.lower(), item.text, item.negated)
        for item in items
    ]


def _read(said: Any) -> Any:
    """The same of what the browser said."""
    if isinstance(said, dict):
        return said
    order = {"term": 0, "word": 1, "phrase": 2}
    return [
        (item["key"], [each["value"] for each in item["values"]], item["negated"])
        if item["type"] == "term"
        else (item["type"], item["text"], item["negated"])
        for item in sorted(said, key=lambda item: order[item["type"]])
    ]

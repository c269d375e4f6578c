"""The query language: what each text means, which notes it finds, how it is refused."""

import re
from datetime import UTC, date, datetime
from typing import get_args, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changenote.errors import BadQuery
from changenote.model.facts import Facts, facts
from changenote.model.keys import KEYS, VERDICTS
from changenote.model.measures import Verdict
from changenote.model.note import (
    Command,
    FileTouched,
    Image,
    Metric,
    Note,
    Rehearsal,
    Rollback,
    Shipped,
    Source,
    Step,
)
from changenote.model.query import SYNTAX, Phrase, Query, Term, Word, parse

TODAY = date(2026, 11, 30)
ME = ("Dana Q", "dana@example.com")

CART = Note(
    schema=1,
    id="20261122-k3f9xq",
    title="Cache cart totals per session",
    kind="performance",
    status="shipped",
    owner="@acme/cart",
    authors=("Dana Q <dana@example.com>", "Ann"),
    service="shop-web",
    shipped=Shipped(
        at=datetime(2026, 11, 22, 14, 5, tzinfo=UTC), environment="production", version="v2.14.0"
    ),
    reason="p95 of GET /cart was 840 ms because every request\nsummed the basket again.",
    rollback=Rollback(steps=(Step(run="./flags set cart_total_cache off"),)),
    source=Source(pull_requests=("https://github.com/acme/shop/pull/412",)),
    files=(
        FileTouched(path="app/cart/totals.py"),
        FileTouched(path="tests/test_totals.py", from_="tests/test_cart.py"),
    ),
    x={"ticket": "ABC-1", "risk": "very high", "announced": True, "served-by": ["us", "eu"]},
    metrics=(
        Metric(
            name="GET /cart p95",
            unit="ms",
            better="lower",
            primary=True,
            before=(841.2, 903.5, 812.7, 867.0, 1012.4, 838.8, 855.1, 879.9, 846.3, 901.7),
            after=(318.4, 341.0, 309.9, 327.5, 371.2, 316.0, 322.8, 335.1, 319.7, 338.6),
            conditions={"cache": "warm"},
        ),
    ),
    tags=("cart", "cache"),
    stack=("python", "redis"),
)
POLYFILL = Note(
    schema=1,
    id="20260930-7c2mha",
    title="Replace Rakico's polyfill",
    kind="fix",
    status="rolled_back",
    owner="Dana Q",
    authors=("Ben <ben@example.com>",),
    service="billing",
    shipped=Shipped(at=datetime(2026, 10, 1, 1, 0, tzinfo=UTC), environment="staging"),
    reason='The answer was "cache=off" on std::vector builds; see error: 502.',
    rollback=Rollback(steps=(Step(run="./undo"),), rehearsed=Rehearsal(environment="staging")),
    source=Source(pull_requests=("https://gitlab.example/web/-/merge_requests/4120",)),
    files=(FileTouched(path="db/Migrations/rakico_polyfill.sql"),),
    commands=(Command(run="./deploy.sh --dry-run", output="Straße ready"),),
    images=(Image(file="before.png"),),
    tags=("cart",),
    flags=("needs_human_review",),
)
DRAFT = Note(
    schema=1, id="20251130-draft0", title="Pay invoices twice", kind="jobs", status="draft"
)
NOTES = {"cart": facts(CART), "polyfill": facts(POLYFILL), "draft": facts(DRAFT)}

FOUND = [
    ("", "cart polyfill draft"),
    ("id:20261122-k3f9xq", "cart"),
    ("id:K3F9XQ", "cart"),
    ("id:2026", "cart polyfill"),
    ("kind:performance", "cart"),
    ("x.ticket:abc-1", "cart"),
    ("x.Ticket:ABC", ""),
    ('x.risk:low,"very high"', "cart"),
    ("x.announced:true x.announced:yes", "cart"),
    ("-x.ticket:ABC-1 kind:fix", "polyfill"),
    ("x.served-by:eu", "cart"),
    ("kind:fix,performance", "cart polyfill"),
    ("kind:fix kind:performance", ""),
    ("KIND:Fix", "polyfill"),
    ("kind:perf", ""),
    ("owner:@acme/cart", "cart"),
    ("owner:acme/cart", "cart"),
    ("owner:CART", "cart"),
    ("owner:@cart", ""),
    ("owner:acme", ""),
    ("owner:@", ""),
    ('owner:"Dana Q"', "polyfill"),
    ('owner:"dana  q",cart', "cart polyfill"),
    ('owner:"@dana q"', "polyfill"),
    ("owner:me", "polyfill"),
    ("author:me", "cart"),
    ("author:dana@example.com", "cart"),
    ('author:"dana q <dana@example.com>"', "cart"),
    ("author:ann,ben", "cart polyfill"),
    ("author:dana", ""),
    ("service:shop-web", "cart"),
    ("service:shop", ""),
    ("env:production", "cart"),
    ("environment:staging", "polyfill"),
    ("status:rolled_back", "polyfill"),
    ("status:rolled-back,draft", "polyfill draft"),
    ("tag:cart", "cart polyfill"),
    ("tag:cart tag:cache", "cart"),
    ("tag:cac", ""),
    ("stack:Redis", "cart"),
    ("file:app/cart/", "cart"),
    ("file:cart/", ""),
    ("file:app/cart/totals.py", "cart"),
    ("file:totals.py", "cart"),
    ("file:otals.py", ""),
    ("file:app/cart", ""),
    ("file:tests/test_cart.py", "cart"),
    ("file:rakico_polyfill.sql", "polyfill"),
    ("file:DB/migrations/", "polyfill"),
    ("file:*.sql,*.py", "cart polyfill"),
    ("file:app/*.py", "cart"),
    ("file:test_*.py", "cart"),
    ("file:*migrations/", "polyfill"),
    ("file:est_*.py", ""),
    ("after:2026-11-22", "cart"),
    ("after:2026-11-23", ""),
    ("before:2026-11-22", "polyfill draft"),
    ("after:2026-10-01 before:2026-10-02", "polyfill"),
    ("after:2026-10", "cart polyfill"),
    ("before:2026-10", "draft"),
    ("after:2026", "cart polyfill"),
    ("-after:2026", "draft"),
    ("after:-8d", "cart"),
    ("after:-1w", ""),
    ("after:-9w", "cart polyfill"),
    ("before:-1m", "polyfill draft"),
    ("after:-1y", "cart polyfill draft"),
    ("verdict:improved", "cart"),
    ("-verdict:improved", "polyfill draft"),
    ("verdict:no-change,no_change", ""),
    ("flag:needs_human_review", "polyfill"),
    ("-flag:needs-human-review", "cart draft"),
    ("version:v2.14.0", "cart"),
    ("version:2.14.0", "cart"),
    ("version:2.14", ""),
    ("version:v", ""),
    ("pr:412", "cart"),
    ("pr:#412,!4120", "cart polyfill"),
    ("pr:41", ""),
    ("pr:https://github.com/acme/shop/pull/412/", "cart"),
    ("pr:shop/pull/412", "cart"),
    ("pr:hop/pull/412", ""),
    ("has:rollback", "cart polyfill"),
    ("has:rehearsal", "polyfill"),
    ("has:metrics", "cart"),
    ("has:images", "polyfill"),
    ("-has:rollback,images", "draft"),
    ("cart", "cart polyfill"),
    ("CART Totals", "cart"),
    ("GET /cart", "cart"),
    ("p95", "cart"),
    ("95", ""),
    ("k3f9xq", "cart"),
    ("rakico_polyfill.sql", "polyfill"),
    ("polyfill", "polyfill"),
    ("poly", "polyfill"),
    ("fill", ""),
    ("totals.py", "cart"),
    ("strasse", "polyfill"),
    ("--dry-run", "polyfill"),
    ("std::vector", "polyfill"),
    ("https://github.com/acme", "cart"),
    ("-cart", "draft"),
    ("cart -polyfill", "cart"),
    ('"Cart Totals"', "cart"),
    ('"cart session"', ""),
    ('"every request summed"', "cart"),
    ('"session p95"', ""),
    ('-"cart totals"', "polyfill draft"),
    ('"error: 502"', "polyfill"),
    (r'"was \"cache=off\""', "polyfill"),
    ('  tag:cart\t-file:app/cart/\n"502"  ', "polyfill"),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_a_query_finds_the_notes_it_asks_for(text: str, expected: str) -> None:
    query = parse(text, today=TODAY, me=ME)

    found = [name for name, of in NOTES.items() if query.matches(of)]

    assert " ".join(found) == expected


def test_a_query_is_plain_data_in_the_order_written() -> None:
    text = r'cart -tag:A,"b c" "It\"s  so" -slow after:-1y owner:me -"x"'

    query = parse(text, today=TODAY, me=ME)

    assert query == Query(
        terms=(
            Term(key="tag", values=("a", "b c"), negated=True),
            Term(key="after", values=("2025-11-30",)),
            Term(key="owner", values=("dana q", "dana@example.com")),
        ),
        words=(Word(text="cart"), Word(text="slow", negated=True)),
        phrases=(Phrase(text='it"s so'), Phrase(text="x", negated=True)),
    )


BACK = [
    (date(2026, 3, 31), "-1m", "2026-02-28"),
    (date(2024, 2, 29), "-1y", "2023-02-28"),
    (date(2024, 2, 29), "-12m", "2023-02-28"),
    (date(2026, 1, 15), "-2m", "2025-11-15"),
    (date(2026, 1, 1), "-1d", "2025-12-31"),
    (date(2026, 3, 1), "-2w", "2026-02-15"),
    (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), "-0d", "2026-03-01"),
]


@pytest.mark.parametrize(("today", "back", "day"), BACK)
def test_days_count_back_from_today_and_stay_within_the_month(
    today: date, back: str, day: str
) -> None:
    assert parse(f"after:{back}", today=today).terms == (Term(key="after", values=(day,)),)


KNOWN = (
    "one of id, kind, owner, author, service, env, status, tag, stack, file, after, before, "
    "verdict, flag, version, pr, has, x.NAME"
)
DAYS = "a day: 2026-10-01, 2026-10, 2026, -30d, -2w, -6m or -1y"
NO_SPACE = "There is no space after `:` and `,`."

REFUSED = [
    (
        "cart sevice:shop",
        "unknown key sevice: (character 6 of the query)",
        KNOWN,
        'Did you mean `service`? To find the text itself, quote it: "sevice:…"',
    ),
    (
        "-q:x",
        "unknown key q: (character 2 of the query)",
        KNOWN,
        'To find the text itself, quote it: "q:…"',
    ),
    (
        "status:shiped",
        "status: cannot be shiped (character 8 of the query)",
        "one of draft, shipped, rolled_back, superseded",
        "Did you mean `shipped`?",
    ),
    (
        "verdict:improved,better",
        "verdict: cannot be better (character 18 of the query)",
        "one of improved, regressed, no_change, inconclusive, insufficient, unverified, invalid",
        "",
    ),
    (
        "x:ABC-1",
        "x: needs the name of a field (character 1 of the query)",
        "a name, such as x.ticket:ABC-1",
        "",
    ),
    (
        "has:rolback",
        "has: cannot be rolback (character 5 of the query)",
        "one of rollback, metrics, images, rehearsal",
        "Did you mean `rollback`?",
    ),
    (
        "after:yesterday",
        "after: cannot be yesterday (character 7 of the query)",
        DAYS,
        "",
    ),
    ("before:2026-02-30", "before: cannot be 2026-02-30 (character 8 of the query)", DAYS, ""),
    ("after:0000", "after: cannot be 0000 (character 7 of the query)", DAYS, ""),
    ("after:-9999y", "after: cannot be -9999y (character 7 of the query)", DAYS, ""),
    (
        "tag: cart",
        "tag: has no value (character 5 of the query)",
        "a value right behind it, such as tag:cache",
        NO_SPACE,
    ),
    (
        "kind:fix, performance",
        "kind: has no value (character 10 of the query)",
        "a value right behind it, such as kind:fix,performance",
        NO_SPACE,
    ),
    (
        'owner:"  "',
        "owner: has no value (character 7 of the query)",
        "a value right behind it, such as owner:@acme/cart",
        NO_SPACE,
    ),
    (
        'slow "basket again',
        "a quotation mark is never closed (character 6 of the query)",
        'a second "',
        "",
    ),
    (
        '"basket"again',
        "text goes on right behind a closing quotation mark (character 9 of the query)",
        "a space",
        r"A quotation mark inside quotation marks is written \".",
    ),
    (
        '""',
        "nothing between the quotation marks (character 1 of the query)",
        "a word or a phrase",
        "",
    ),
]


@pytest.mark.parametrize(("text", "what", "expected", "hint"), REFUSED)
def test_a_query_that_makes_no_sense_is_refused_with_its_place_and_a_remedy(
    text: str, what: str, expected: str, hint: str
) -> None:
    with pytest.raises(BadQuery) as refused:
        parse(text, today=TODAY)

    error = refused.value
    assert (error.what, error.expected, error.hint) == (what, expected, hint)


NOT_KNOWN_HERE = [
    ("after:-30d", "after: cannot be -30d (character 7 of the query)"),
    ("owner:me", "owner:me needs to know who you are (character 7 of the query)"),
]


@pytest.mark.parametrize(("text", "what"), NOT_KNOWN_HERE)
def test_today_and_me_are_refused_where_nobody_said_what_they_are(text: str, what: str) -> None:
    with pytest.raises(BadQuery, match=re.escape(what)):
        parse(text)


SNIPPETS = st.sampled_from(
    ["-", '"', "\\", ",", ":", "::", "//", " ", "tag:", "after:", "owner:me", "file:", "2026", "*"]
)


@given(st.text() | st.lists(SNIPPETS | st.text(max_size=3)).map("".join))
@example("after:٢٠٢٦")
@example("\ud800:\ud800")
def test_any_text_is_a_query_or_is_refused_at_a_place_in_it(text: str) -> None:
    refusal = _refusal(text)

    place = re.search(r" \(character (\d+) of the query\)$", refusal)
    assert refusal == "" or (place and 1 <= int(place[1]) <= len(text) + 1)


def _refusal(text: str) -> str:
    try:
        query = parse(text, today=TODAY, me=ME)
    except BadQuery as refused:
        return refused.what
    for of in NOTES.values():
        query.matches(of)
    return ""


@given(st.text().filter(lambda text: text.strip() and not text.endswith("\\")))
def test_a_text_in_quotation_marks_finds_the_note_that_says_so(text: str) -> None:
    quoted = '"' + text.replace('"', '\\"') + '"'

    query = parse(quoted)

    assert query.matches(_titled(f"before {text} after"))


@given(st.text("ab/", min_size=1), st.text("ab/*", min_size=1).filter(lambda text: "*" in text))
def test_a_star_in_a_path_stands_for_anything(path: str, pattern: str) -> None:
    wanted = pattern + "*" if pattern.endswith("/") else pattern
    expected = re.fullmatch("(.*/)?" + re.escape(wanted).replace(r"\*", ".*"), path)

    query = parse(f'file:"{pattern}"')

    assert query.matches(_with_file(path)) == bool(expected)


def _titled(title: str) -> Facts:
    return facts(Note(schema=1, id="20261122-k3f9xq", title=title, kind="fix", status="draft"))


def _with_file(path: str) -> Facts:
    return Facts(id="i", kind="fix", status="draft", at="2026", title="t", files=(path,))


@pytest.mark.parametrize("name", [key.name for key in KEYS])
def test_the_example_of_a_key_is_a_query_with_that_key(name: str) -> None:
    (key,) = (key for key in KEYS if key.name == name)

    query = parse(key.example, today=TODAY)

    assert [term.key for term in query.terms] == [name]


@pytest.mark.parametrize("text", [text for text, _ in SYNTAX])
def test_the_examples_of_the_syntax_are_queries(text: str) -> None:
    assert parse(text) != Query()


def test_every_verdict_there_is_can_be_asked_for() -> None:
    assert get_args(get_type_hints(Verdict)["verdict"]) == VERDICTS

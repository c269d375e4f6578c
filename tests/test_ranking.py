"""The order of search results, and the reason shown for each."""

from datetime import UTC, datetime
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changenote.model.facts import facts, folded
from changenote.model.note import Command, FileTouched, Note, Rollback, Shipped, Step
from changenote.model.query import parse
from changenote.model.ranking import Match, rank, why


def _note(name: str, **parts: Any) -> Note:
    needed = {"title": "Nothing to see here", "kind": "fix", "status": "shipped"}
    return Note(schema=1, id=f"20261122-{name}", **{**needed, **parts})


def _order(query: str, *notes: Note) -> list[str]:
    return [of.id.removeprefix("20261122-") for _, of in rank(parse(query), map(facts, notes))]


def test_title_comes_before_labels_before_prose_before_commands_and_outputs() -> None:
    notes = [
        _note("output", commands=(Command(run="./deploy", output="cart cart cart cart cart"),)),
        _note("reason", reason="The cart was slow, and a slow cart is left alone."),
        _note("filled", files=(FileTouched(path="app/cart/totals.py"),)),
        _note("tagged", tags=("cart",)),
        _note("titled", title="Cache cart totals"),
        _note("absent"),
    ]

    order = _order("cart", *notes)

    assert order == ["titled", "tagged", "filled", "reason", "output"]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    notes = [
        _note("first", title="Cache polyfill", reason="totals"),
        _note("other", title="Cache totals", reason="polyfill"),
        *(_note(f"more{n}", title="Other totals") for n in range(8)),
    ]

    assert _order("totals polyfill", *notes) == ["first", "other"]
    assert _order("totals polyfill", *reversed(notes)) == ["first", "other"]


def test_a_whole_word_counts_more_than_the_start_of_one() -> None:
    notes = [_note("whole", reason="the cart fell"), _note("zpart", reason="the cartoon fell")]

    assert _order("cart", *notes) == ["whole", "zpart"]


def test_a_short_text_about_a_word_counts_more_than_a_long_one() -> None:
    notes = [
        _note("short", reason="the cart fell"),
        _note("zlong", reason="the cart fell" + " and more happened" * 9),
    ]

    assert _order("cart", *notes) == ["short", "zlong"]


def test_equals_come_newest_first_whatever_their_order_was() -> None:
    notes = [
        _note("aaaaaa", shipped=Shipped(at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC))),
        _note("dddddd", shipped=Shipped(at=datetime(2026, 11, 25, 9, 29, tzinfo=UTC))),
        _note("cccccc"),
        _note("bbbbbb"),
    ]

    orders = {tuple(_order("nothing", *some)) for some in permutations(notes)}

    assert orders == {("aaaaaa", "dddddd", "cccccc", "bbbbbb")}


def test_a_query_without_words_gives_newest_first_and_no_scores() -> None:
    notes = [_note("aaaaaa"), _note("bbbbbb", flags=("needs_human_review",)), _note("cccccc")]

    ranked = rank(parse("kind:fix -absent"), map(facts, notes))

    assert [(score, of.id[9:]) for score, of in ranked] == [
        (0.0, "cccccc"),
        (0.0, "bbbbbb"),
        (0.0, "aaaaaa"),
    ]


def test_a_note_that_needs_review_comes_after_its_equals() -> None:
    notes = [_note("aaaaaa"), _note("bbbbbb", flags=("needs_human_review",))]

    assert _order("nothing", *notes) == ["aaaaaa", "bbbbbb"]


def test_nothing_found_is_an_empty_list() -> None:
    assert rank(parse("absent"), [facts(_note("aaaaaa"))]) == []
    assert rank(parse("absent"), []) == []


CART = _note(
    "k3f9xq",
    title="Cache cart totals per session",
    tags=("cart", "caf\u00e9"),
    files=(FileTouched(path="app/cart/totals.py", from_="app/rakico_polyfill.sql"),),
    reason="p95 of GET /cart was 840 ms because every request summed the basket again.\n"
    "The slow query log shows 38 calls for each request, and\tstra\u00dfe is spelled three ways; "
    "nobody had noticed before the autumn sale, when the basket stalled at checkout.",
    rollback=Rollback(steps=(Step(run="./flags set cart_total_cache off"),)),
    commands=(Command(run="./deploy.sh production v2.14.0", output="x" * 60 + "needle" * 30),),
)

REASONS = [
    ("cart", Match(field="title", excerpt="Cache cart totals per session", spans=((6, 10),))),
    (
        "TOTALS cache",
        Match(field="title", excerpt="Cache cart totals per session", spans=((0, 5), (11, 17))),
    ),
    (
        '"cart totals" tot',
        Match(field="title", excerpt="Cache cart totals per session", spans=((6, 17),)),
    ),
    ("polyfill", Match(field="files", excerpt="app/rakico_polyfill.sql", spans=((11, 19),))),
    (
        "p95",
        Match(
            field="reason",
            excerpt="p95 of GET /cart was 840 ms because every request summed the basket again. "
            "The slow query…",
            spans=((0, 3),),
        ),
    ),
    (
        "strasse",
        Match(
            field="reason",
            excerpt="…calls for each request, and stra\u00dfe is spelled three ways; nobody had "
            "noticed before the…",
            spans=((29, 35),),
        ),
    ),
    (
        "basket checkout sale",
        Match(
            field="reason",
            excerpt="…ways; nobody had noticed before the autumn sale, when the basket stalled at "
            "checkout.",
            spans=((44, 48), (59, 65), (77, 85)),
        ),
    ),
    (
        "flags cart_total",
        Match(
            field="rollback.steps",
            excerpt="./flags set cart_total_cache off",
            spans=((2, 7), (12, 22)),
        ),
    ),
    (
        '"xneedle"',
        Match(
            field="commands.output",
            excerpt="\u2026" + "x" * 31 + "needle" * 9 + "needl\u2026",
            spans=((31, 38),),
        ),
    ),
    ("caf\u00e9", Match(field="tags", excerpt="caf\u00e9", spans=((0, 4),))),
    ("absent", None),
    ("tag:cart -slow", None),
]


@pytest.mark.parametrize(("query", "match"), REASONS)
def test_the_reason_is_the_part_with_most_of_the_words(query: str, match: Match | None) -> None:
    assert why(parse(query), CART) == match


LETTERS = st.text("ab \u00df\u0301\u00e9\ufb01\u1100\u1161/.", min_size=1, max_size=20)


@given(st.lists(LETTERS, max_size=30).map(" ".join), LETTERS)
@example("", " \u0301")
def test_spans_are_in_order_and_each_says_what_was_asked(text: str, wanted: str) -> None:
    asked = f"x{wanted}"
    note = _note("aaaaaa", reason=f"{text} {asked} {text} {asked} {text}")

    match = why(parse(f'"{asked}"'), note)

    assert match is not None
    assert len(match.excerpt) <= 92
    assert all(end <= start for (_, end), (start, _) in pairwise(match.spans))
    said = [folded(match.excerpt[start:end]) for start, end in match.spans]
    assert said[0].startswith(folded(asked))
    assert all(folded(asked).startswith(each) for each in said[1:])

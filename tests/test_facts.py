"""What can be searched of a note, and how it is kept."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.model.facts import facts, find_word, folded, from_plain, searchable, to_plain
from changenote.model.note import (
    FileTouched,
    Image,
    Metric,
    Note,
    Rehearsal,
    Rollback,
    Shipped,
    Step,
)

NOTE = Note(schema=1, id="20261122-k3f9xq", title="Cache cart", kind="cache", status="shipped")

NOT_SEARCHED = [
    "rollback.steps.takes",
    "rollback.time_limit",
    "rollback.rehearsed.took",
    "rollback.rehearsed.steps_sha256",
    "commands.takes",
    "metrics.unit",
    "metrics.source.sha256",
    "cache_rules.ttl",
    "flags",
]
"""Lengths of time, units, hashes; and flags, which have a key of their own."""


def test_every_text_of_a_note_can_be_found_save_lengths_units_hashes_and_flags() -> None:
    marks: dict[str, str] = {}
    note = _filled(Note, "", (f"mark{n:03}" for n in count()), marks)

    text = facts(note).text
    hidden = [path for mark, path in marks.items() if find_word(text, mark) < 0]

    assert hidden == NOT_SEARCHED


def test_facts_hold_the_very_texts_that_an_excerpt_can_be_taken_from() -> None:
    note = _filled(Note, "", (f"mark{n:03}" for n in count()), {})

    texts = sorted(facts(note).text.split("\n"))

    assert texts == sorted(folded(text) for _, text in searchable(note))


SHIPPED_AT = [
    (None, "2026-11-22"),
    (datetime(2026, 11, 23, 14, 5, tzinfo=UTC), "2026-11-23"),
    (datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-11-23"),
    (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "2026-11-22"),
    (datetime(9999, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=-5))), "2026-11-22"),
]


@pytest.mark.parametrize(("at", "day"), SHIPPED_AT)
def test_a_note_counts_by_the_utc_day_it_shipped_or_else_by_its_id(
    at: datetime | None, day: str
) -> None:
    note = replace(NOTE, shipped=Shipped(at=at))

    assert facts(note).day == day


HAS: list[tuple[Note, tuple[str, ...]]] = [
    (NOTE, ()),
    (replace(NOTE, rollback=Rollback(strategy="none", point_of_no_return="mail is sent")), ()),
    (replace(NOTE, rollback=Rollback(steps=(Step(run="./undo"),))), ("rollback",)),
    (replace(NOTE, rollback=Rollback(rehearsed=Rehearsal())), ("rehearsal",)),
    (replace(NOTE, metrics=(Metric(name="p95"),)), ("metrics",)),
    (replace(NOTE, images=(Image(file="p95.png"),)), ("images",)),
]


@pytest.mark.parametrize(("note", "has"), HAS)
def test_a_note_has_a_rollback_when_a_step_of_it_can_be_run(
    note: Note, has: tuple[str, ...]
) -> None:
    assert facts(note).has == has


def test_facts_are_plain_json_and_come_back_the_same() -> None:
    before = facts(replace(NOTE, tags=("Straße", "b"), files=(FileTouched(path="a\udc80.py"),)))

    plain = to_plain(before)
    after = from_plain(json.loads(json.dumps(plain)))

    assert plain == {
        "id": "20261122-k3f9xq",
        "kind": "cache",
        "status": "shipped",
        "at": "2026-11-22",
        "title": "cache cart",
        "files": ["a\udc80.py"],
        "tags": ["strasse", "b"],
    }
    assert after == before
    assert after.text == before.text


def test_a_verdict_is_worked_out_once_when_asked_for_and_kept_from_then_on() -> None:
    asked: list[str] = []

    def judge() -> str:
        asked.append("judge")
        return "improved"

    stored = from_plain(to_plain(facts(NOTE)), judge)
    assert asked == []

    assert (stored.verdict, stored.verdict) == ("improved", "improved")
    assert asked == ["judge"]
    assert from_plain(to_plain(stored)).verdict == "improved"


def test_a_verdict_that_nobody_can_work_out_is_never_made_up() -> None:
    stored = from_plain(to_plain(facts(NOTE)))

    with pytest.raises(LookupError):
        _ = stored.verdict


def test_a_search_without_a_verdict_loads_no_statistics() -> None:
    program = """
import sys
from changenote.model.facts import facts
from changenote.model.note import Note
from changenote.model.query import parse
from changenote.model.ranking import rank
note = Note(schema=1, id="20261122-k3f9xq", title="Cache cart", kind="cache", status="shipped")
rank(parse("cart kind:cache after:2026"), [facts(note)])
print(*sorted(m for m in sys.modules if m.startswith("changenote.model.")))
"""

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    names = ("facts", "keys", "note", "problems", "query", "ranking")
    assert ran.stdout.split() == [f"changenote.model.{name}" for name in names]


FOLDED = [
    ("GET  /Cart\n\tTotals ", "get /cart totals"),
    ("Straße", "strasse"),
    ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
    ("cafe\u0301", "caf\u00e9"),
    ("\uff21\uff22\u3000\uff11", "ab 1"),
    ("ﬁle\u00a0name", "file name"),
]


@pytest.mark.parametrize(("text", "expected"), FOLDED)
def test_text_is_compared_without_case_width_or_white_space(text: str, expected: str) -> None:
    assert folded(text) == expected


PLACES = [
    ("app/rakico_polyfill.sql", "polyfill", 11),
    ("app/rakico_polyfill.sql", "poly", 11),
    ("app/rakico_polyfill.sql", "rakico_polyfill.sql", 4),
    ("app/rakico_polyfill.sql", "polyfill.sql", 11),
    ("app/rakico_polyfill.sql", "fill", -1),
    ("app/rakico_polyfill.sql", "/rakico", 3),
    ("app/rakico_polyfill.sql", "app", 0),
    ("get /cart p95", "/cart", 4),
    ("get /cart p95", "95", -1),
    ("get /cart p95", "p95", 10),
    ("20261122-k3f9xq", "k3f9xq", 9),
    ("discard the card", "card", 12),
    ("購物車緩存", "緩存", 3),
    ("überprüfung", "prüfung", -1),
]


@pytest.mark.parametrize(("text", "word", "place"), PLACES)
def test_a_word_is_found_where_a_word_starts(text: str, word: str, place: int) -> None:
    assert find_word(text, word) == place


@given(st.text())
def test_every_word_of_a_text_finds_it(text: str) -> None:
    line = folded(text)

    assert [word for word in text.split() if find_word(line, folded(word)) < 0] == []


def _filled(kind: Any, path: str, marks: Iterator[str], seen: dict[str, str]) -> Any:
    """A value of a type in which every text is a word that stands nowhere else."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        names = [f.name for f in fields(kind) if f.name != "schema"]
        types = {f.name: f.type for f in fields(kind)}
        made = {n: _filled(types[n], f"{path}.{n}".strip("._"), marks, seen) for n in names}
        return kind(**made, **({"schema": 1} if kind is Note else {}))
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (_filled(arguments[0], path, marks, seen),)
    if origin is Mapping:
        return {"key": _filled(arguments[1], path, marks, seen)}
    if arguments:
        return _filled(next(a for a in arguments if a is not NoneType), path, marks, seen)
    if kind in (str, Any):
        mark = next(marks)
        seen[mark] = path
        return mark
    plain = {int: 1, float: 1.0, bool: True, datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    return plain.get(kind, date(2026, 1, 1))

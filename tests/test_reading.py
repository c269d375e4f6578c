"""Plain data becomes a note, or every problem with it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.model.note import Metric, Note, seconds
from changenote.model.problems import dotted
from changenote.model.reading import Plain, read, read_note, resolved
from changenote.store import codec

FULL = Path(__file__).parent / "data" / "notes" / "full.yaml"
SMALL = {
    "schema": Plain("1"),
    "id": Plain("20261122-k3f9xq"),
    "title": "Cache cart totals",
    "kind": Plain("fix"),
    "status": Plain("draft"),
}


def problems(data: Mapping[str, Any]) -> list[str]:
    _, found = read_note({**SMALL, **data})
    return [f"{dotted(p.path)}: {p.rule}: {p.found} | {p.expected} | {p.remedy}" for p in found]


def test_the_example_of_the_format_is_read_whole() -> None:
    document = codec.load(FULL.read_bytes())

    note, found = read_note(document.data)

    assert found == []
    assert note is not None
    assert [f.name for f in fields(note) if not getattr(note, f.name)] == [
        "no_command",
        "no_metric",
        "supersedes",
        "flags",
        "x",
    ]


def plain_keys(value: Any) -> Any:
    """The resolved data as msgspec wants it: `from` is a field called `from_`."""
    if isinstance(value, dict):
        return {"from_" if k == "from" else k: plain_keys(v) for k, v in value.items()}
    return [plain_keys(v) for v in value] if isinstance(value, list) else value


def test_an_independent_reader_of_the_same_types_agrees() -> None:
    data = codec.load(FULL.read_bytes()).data

    ours, _ = read_note(data)
    theirs = msgspec.convert(plain_keys(resolved(data)), Note)

    assert ours == theirs


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"title": None}, ["title: missing-key: nothing | a value for title | Add `title:`."]),
        ({"ownr": "x"}, ["ownr: unknown-key: ownr | a key of the format | Did you mean `owner`?"]),
        (
            {"zebra": "x"},
            ["zebra: unknown-key: zebra | a key of the format | Keys of your own go under `x:`."],
        ),
        (
            {"status": Plain("shiped")},
            [
                "status: bad-value: shiped | one of draft, shipped, rolled_back, superseded"
                " | Did you mean `shipped`?"
            ],
        ),
        ({"owner": ["a"]}, ["owner: wrong-type: a list of 1 | text | "]),
        ({"tags": Plain("cart")}, ["tags: wrong-type: cart | a list | "]),
        ({"title": "ab"}, ["title: bad-length: ab | 5 to 100 characters, not 2 | "]),
        ({"title": "two\nlines"}, ["title: bad-value: two lines | text on one line | "]),
        (
            {"source": {"head": "abc"}},
            ["source.head: bad-value: abc | a full commit id of 40 (or 64) hexadecimal digits | "],
        ),
        (
            {
                "metrics": [
                    {"name": "n", "before": [Plain("1"), Plain(".nan")], "after": Plain(".inf")}
                ]
            },
            [
                "metrics[0].before[1]: wrong-type: .nan | a finite number | ",
                "metrics[0].after: wrong-type: .inf | a finite number | ",
            ],
        ),
        (
            {"shipped": {"at": Plain("2026-11-22T14:05:00")}},
            [
                "shipped.at: wrong-type: 2026-11-22T14:05:00 | a time with its zone, such as 2026-11-22T14:05:00Z | "
            ],
        ),
        (
            {"shipped": {"at": Plain("2026-02-30T14:05:00Z")}},
            [
                "shipped.at: wrong-type: 2026-02-30T14:05:00Z | a time with its zone, such as 2026-11-22T14:05:00Z | "
            ],
        ),
        (
            {"commands": [{"run": "x", "takes": Plain("soon")}]},
            ["commands[0].takes: bad-value: soon | a duration such as 15s, 2m30s or 1h | "],
        ),
        ({"files": {"a": "b"}}, ["files: wrong-type: keys: a | a list | "]),
        (
            {"shipped": {"planned": Plain("yes")}},
            ["shipped.planned: wrong-type: yes | true or false | "],
        ),
        (
            {"commands": [{"run": "x", "exit": "0"}]},
            ["commands[0].exit: wrong-type: 0 | a whole number | "],
        ),
    ],
)
def test_each_problem_says_where_what_was_found_and_what_was_expected(
    given: dict[str, Any], expected: list[str]
) -> None:
    assert problems(given) == expected


def test_all_problems_of_a_note_are_reported_at_once() -> None:
    found = problems({"title": "x", "kind": "Bad Kind", "status": "no", "files": [{}], "wat": 1})

    assert len(found) == 5


@pytest.mark.parametrize("text", ["no", "1e10000", "0644", "12:30", "0x1F", "true", "1.10", "on"])
def test_a_scalar_without_quotes_stays_the_text_its_author_wrote(text: str) -> None:
    note, found = read_note({**SMALL, "owner": Plain(text), "tags": [Plain(text)]})

    assert found == []
    assert note is not None
    assert (note.owner, note.tags) == (text, (text,))


@pytest.mark.parametrize("text", ["0123", "0x10", "1_000", "12:30", "+.5.", "1e", "١٢"])
def test_what_only_looks_like_a_number_is_not_one(text: str) -> None:
    metric, found = read(Metric, {"name": "n", "before": Plain(text)})

    assert metric is None
    assert [p.expected for p in found] == ["a finite number"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-2.50", -2.5), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("+7", 7)],
)
def test_numbers_are_numbers(text: str, value: float) -> None:
    metric, _ = read(Metric, {"name": "n", "before": Plain(text)})

    assert metric is not None
    assert metric.before == value


def test_times_keep_their_instant() -> None:
    note, _ = read_note({**SMALL, "shipped": {"at": Plain("2026-11-22 15:05:00.25 +01:00")}})

    assert note is not None
    assert note.shipped is not None
    assert note.shipped.at == datetime.fromisoformat("2026-11-22T14:05:00.250+00:00")


@pytest.mark.parametrize(
    ("text", "expected"), [("15s", 15), ("2m30s", 150), ("1h", 3600), ("1.5m", 90), ("1d2h", 93600)]
)
def test_durations_are_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text().map(Plain),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from([f.name.rstrip("_") for f in fields(Note)])


@given(st.dictionaries(KEYS | st.text(), JSON, max_size=6))
def test_no_data_whatever_makes_the_reader_fail(data: dict[str, Any]) -> None:
    note, found = read_note({**SMALL, **data})

    assert note is not None or found


def test_every_field_has_a_description() -> None:
    def undescribed(kind: Any) -> list[str]:
        return [f"{kind.__name__}.{f.name}" for f in fields(kind) if not f.metadata.get("doc")]

    parts = [
        v
        for v in vars(__import__("changenote.model.note", fromlist=["x"])).values()
        if isinstance(v, type) and is_dataclass(v)
    ]

    assert [u for p in parts for u in undescribed(p)] == []

"""A note changed by a program keeps all that a person wrote."""

from difflib import unified_diff
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from changenote.errors import InvalidNote
from changenote.model.reading import resolved
from changenote.store import codec
from changenote.store.editing import value_at, with_item, with_value, without
from tests.workshop import FULL


def changed_lines(old: str, new: str) -> list[str]:
    """The lines of a diff that say something."""
    lines = unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


CHANGES: list[tuple[tuple[str | int, ...], Any, list[str]]] = [
    (
        ("status",),
        "superseded",
        [
            "-status: shipped                    # draft | shipped | rolled_back | superseded",
            "+status: superseded                 # draft | shipped | rolled_back | superseded",
        ],
    ),
    (("shipped", "restored_at"), "2026-11-22T15:05:00Z", ["+  restored_at: 2026-11-22T15:05:00Z"]),
    (
        ("rollback", "data", "loses"),
        "carts: all",
        [
            "-  data: {reversible: true, loses: nothing}",
            '+  data: {reversible: true, loses: "carts: all"}',
        ],
    ),
    (("rollback", "steps", 1, "takes"), "2s", ["+      takes: 2s"]),
    (
        ("expected",),
        "one\ntwo\n",
        [
            "-expected: GET /cart p95 under 400 ms; no change in wrong-total reports.",
            "+expected: |",
            "+  one",
            "+  two",
        ],
    ),
    (
        ("reason",),
        "short",
        [
            "-reason: |",
            "-  p95 of GET /cart was 840 ms because every request summed the basket again.",
            "+reason: short",
        ],
    ),
    (("supersedes",), ["20260903-7c2mha"], ["-supersedes: []", "+supersedes: [20260903-7c2mha]"]),
    (("no_metric",), "none", ["+no_metric: none"]),
    (("x", "team"), {"a": 1}, ["+", "+x:", "+  team: {a: 1}"]),
    (("metrics", 0, "primary"), False, ["-    primary: true", "+    primary: false"]),
]


@pytest.mark.parametrize(("path", "value", "lines"), CHANGES)
def test_only_the_lines_concerned_change(
    path: tuple[str | int, ...], value: Any, lines: list[str]
) -> None:
    new = with_value(FULL, path, value)

    assert changed_lines(FULL, new) == lines
    assert with_value(new, path, value) == new


def test_a_missing_part_goes_where_the_format_has_it() -> None:
    text = "schema: 1\nstatus: draft  # for now\n\ntags: [a]\n"

    assert with_value(text, ("shipped", "at"), "2026-11-22T14:05:00Z") == (
        "schema: 1\nstatus: draft  # for now\nshipped:\n  at: 2026-11-22T14:05:00Z\n\ntags: [a]\n"
    )
    assert with_value(text, ("reason",), "why") == (
        "schema: 1\nstatus: draft  # for now\n\nreason: why\n\ntags: [a]\n"
    )
    assert with_item(text, ("related",), "20260903-7c2mha") == (
        "schema: 1\nstatus: draft  # for now\n\ntags: [a]\nrelated: [20260903-7c2mha]\n"
    )
    assert with_value("title: a\n", ("schema",), 1) == "schema: 1\ntitle: a\n"


PLACES: list[tuple[str, tuple[str | int, ...], Any, str]] = [
    ("schema: 1", ("tags",), ["x"], "schema: 1\ntags: [x]"),
    ("id: a", ("reason",), "x\ny\n", "id: a\nreason: |\n  x\n  y\n"),
    ("tags:\n", ("tags",), ["x"], "tags: [x]\n"),
    ("tags:   # none yet\n", ("tags", 0), "x", "tags: [x]  # none yet\n"),
    ("tags: ~\n", ("tags", 0), "x", "tags: [x]\n"),
    ("tags: []\n", ("tags", 0), "x", "tags: [x]\n"),
    ("x: {}\n", ("x", "a"), 1, "x:\n  a: 1\n"),
    ("tags:\n- a\n- b  # last\nx: 1\n", ("tags", 2), "c", "tags:\n- a\n- b  # last\n- c\nx: 1\n"),
    ("tags:\n  - a\n  -\n", ("tags", 1), "b", "tags:\n  - a\n  - b\n"),
    ("tags:\n  - a\n    # more\n\n", ("tags", 1), "b", "tags:\n  - a\n    # more\n  - b\n\n"),
    ("shipped:\n  at: x\n  # or so\nx: 1\n", ("service",), "w",
        "service: w\nshipped:\n  at: x\n  # or so\nx: 1\n"),
    ("shipped:\n  at: x\n  # or so\nx: 1\n", ("reason",), "w",
        "shipped:\n  at: x\n  # or so\nreason: w\nx: 1\n"),
    ('"owner" : "@a"  # us\n', ("owner",), "@b", '"owner" : "@b"  # us\n'),
    ("owner: 'it''s'\n", ("owner",), "he's", "owner: 'he''s'\n"),
    ("owner: é # ü\n", ("owner",), "ß", "owner: ß # ü\n"),
    ("owner: |  # who\n  a\n  b\n", ("owner",), "c", "owner: c  # who\n"),
    ("owner: a  # who\n", ("owner",), "b\nc\n", "owner: |  # who\n  b\n  c\n"),
    ("owner: a\n  b\nx: 1\n", ("owner",), "c", "owner: c\nx: 1\n"),
    ("owner:\n  - a  # first\nx: 1\n", ("owner",), "c", "owner: c\nx: 1\n"),
    ("x:  # ours\n  a: 1\n", ("x",), "c", "x: c  # ours\n"),
    ("reason: |+\n  a\n\n\ntags: [a]\n", ("expected",), "b",
        "reason: |+\n  a\n\n\nexpected: b\ntags: [a]\n"),
    ("{schema: 1, title: abc}\n", ("kind",), "fix", "{schema: 1, title: abc, kind: fix}\n"),
    ("{schema: 1, title: abc}\n", ("title",), "a: b", '{schema: 1, title: "a: b"}\n'),
    ("x: {a: 1, b: }\n", ("x", "b"), 2, "x: {a: 1, b: 2 }\n"),
    ("x: {\n  a: 1, # one\n  b: 2\n}\n", ("x", "c"), 3, "x: {\n  a: 1, # one\n  b: 2, c: 3\n}\n"),
    ("shipped: {at: 2026-11-22T14:05:00Z, planned: true}\n", ("shipped", "outcome"), "failed",
        "shipped: {at: 2026-11-22T14:05:00Z, outcome: failed, planned: true}\n"),
    ("metrics:\n  - name: a\n    unit: ms\n", ("metrics", 0, "better"), "lower",
        "metrics:\n  - name: a\n    unit: ms\n    better: lower\n"),
    ("commands:\n  - run: a\n  - {run: b}\n", ("commands", 1, "exit"), 0,
        "commands:\n  - run: a\n  - {run: b, exit: 0}\n"),
    ("\ufeffowner: a\r\nx: 1\r\n", ("owner",), "b\nc", "\ufeffowner: |-\r\n  b\r\n  c\r\nx: 1\r\n"),
    ("a: 1\r\nowner: a\nx: 1\r\n", ("owner",), "b", "a: 1\r\nowner: b\nx: 1\r\n"),
    ("# $schema\nowner: a\n# end\n", ("owner",), "b", "# $schema\nowner: b\n# end\n"),
    ("---\nowner: a\n...\n", ("tags",), ["b"], "---\nowner: a\ntags: [b]\n...\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "value", "expected"), PLACES)
def test_a_value_goes_into_text_of_any_form(
    text: str, path: tuple[str | int, ...], value: Any, expected: str
) -> None:
    assert with_value(text, path, value) == expected


def test_brackets_that_grow_too_long_are_opened() -> None:
    text = f"schema: 1\nshipped: {{at: 2026-11-22T14:05:00Z, environment: {'x' * 40}}}\n"

    assert with_value(text, ("shipped", "deployment"), "https://ci.example/812") == (
        "schema: 1\nshipped:\n  at: 2026-11-22T14:05:00Z\n"
        f"  environment: {'x' * 40}\n  deployment: https://ci.example/812\n"
    )


def test_brackets_with_comments_stay_however_long() -> None:
    text = f"x: {{a: {'x' * 90}, # why\n  b: 1}}\n"

    assert with_value(text, ("x", "b"), "y" * 120) == text.replace("1}", "y" * 120 + "}")


def test_of_a_list_or_mapping_only_what_differs_is_touched() -> None:
    text = "x:\n  - a  # one\n  - {b: 1}  # two\n  # three\n"

    assert with_value(text, ("x",), ["a", {"b": 2}, "c"]) == (
        "x:\n  - a  # one\n  - {b: 2}  # two\n  - c\n  # three\n"
    )


CUTS: list[tuple[str, tuple[str | int, ...], str]] = [
    ("a: 1\nflags: [x]  # look\n", ("flags", 0), "a: 1\n"),
    ("a: 1\nflags: [x, y]\n", ("flags", 0), "a: 1\nflags: [y]\n"),
    ("a: 1\nflags: [x, y]\n", ("flags", 1), "a: 1\nflags: [x]\n"),
    ("a: 1\n\nflags:\n  - x\n  - y\n", ("flags", 0), "a: 1\n\nflags:\n  - y\n"),
    ("a: 1\n\nflags: [x]\n\nb: 2\n", ("flags",), "a: 1\n\nb: 2\n"),
    ("a: 1\n\nflags: [x]", ("flags",), "a: 1"),
    ("x: {a: {b: 1}, c: 2}\n", ("x", "a", "b"), "x: {c: 2}\n"),
    ("x:\n  - a: 1\n    b: 2\n", ("x", 0, "a"), "x:\n  - {b: 2}\n"),
    ("a: 1\n", ("b", "c"), "a: 1\n"),
]


@pytest.mark.parametrize(("text", "path", "expected"), CUTS)
def test_a_part_is_taken_out_with_what_is_empty_then(
    text: str, path: tuple[str | int, ...], expected: str
) -> None:
    assert without(text, path) == expected


def test_an_item_goes_to_the_end_of_its_list() -> None:
    assert with_item("tags: [a]\n", ("tags",), "a") == "tags: [a, a]\n"
    assert with_item("tags:\n", ("tags",), "a") == "tags: [a]\n"
    with pytest.raises(InvalidNote, match="at tags: it is no list"):
        with_item("tags: a\n", ("tags",), "b")


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "a: 1\na: 2\n", "a: &b 1\n"])
def test_a_text_that_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote, match="it is not readable YAML"):
        with_value(text, ("status",), "draft")


def test_a_path_through_a_text_is_refused() -> None:
    with pytest.raises(InvalidNote, match=r"at owner\.name: the part around it is something else"):
        with_value("owner: a\n", ("owner", "name"), "b")


def test_what_cannot_be_proved_is_refused_before_a_comment_is_lost() -> None:
    text = "x:\n  - a: 1  # one\n    b: 2\n"

    with pytest.raises(InvalidNote, match="too unusual"):
        without(text, ("x", 0, "a"))


PARTS = {
    "title": ["title: Cache it", "title:  'Cache it'  # in short", "title: >-\n  Cache\n  it"],
    "owner": ['owner: "@a"', "owner:   # who?", "# who\nowner: ann   # her"],
    "shipped": [
        "shipped: {at: 2026-11-22T14:05:00Z, environment: staging}  # now",
        "shipped:\n  # when\n  at: 2026-11-22T14:05:00Z\n\n  planned: true # yes\n  # done",
        "shipped: {}",
    ],
    "reason": ["reason: |\n  one # no comment\n\n  two", "reason: |+  # kept\n  one\n", "reason: ~"],
    "rollback": [
        "rollback:\n    strategy: flag\n    steps:\n    - run: a  # first\n      expect: b\n    - {run: c}",
        "rollback: {steps: [{run: a, expect: b}, {run: c}]}",
    ],
    "tags": ["tags: [a, b]", "tags:\n- a\n# and\n- b # two", "tags: []", "tags: [\n  a, # one\n  b,\n]"],
    "x": ["x:\n  é: {ü: [1, 2]}\n  # tail", "x: {}", "x:\n  - - 1\n    - 2\n  - a: 1"],
}  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """The text of something like a note, in the many ways that people write."""
    keys = draw(st.lists(st.sampled_from(list(PARTS)), unique=True, min_size=1))
    between = st.sampled_from(["\n", "\n\n", "\n# a comment\n", "\n\n# above\n\n# below\n"])
    text = draw(st.sampled_from(["schema: 1", "# $schema\nschema: 1", '"schema": 1 # one']))
    for key in keys:
        text += draw(between) + draw(st.sampled_from(PARTS[key]))
    text += draw(st.sampled_from(["", "\n", "\n# end\n", "\n\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


CHOSEN_PATHS: list[tuple[str | int, ...]] = [
    ("title",),
    ("owner",),
    ("shipped",),
    ("shipped", "at"),
    ("shipped", "outcome"),
    ("reason",),
    ("rollback", "when"),
    ("rollback", "steps", 0, "expect"),
    ("rollback", "steps", 1, "expect"),
    ("rollback", "data", "loses"),
    ("tags",),
    ("tags", 0),
    ("related",),
    ("files_omitted", "lock"),
    ("x", "é"),
]

VALUES = st.one_of(
    st.text(st.sampled_from("ab é:#-'\"|{[,\n"), max_size=12),
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.text("ab: #", max_size=5), max_size=3),
    st.dictionaries(st.sampled_from("abc"), st.text("x\n:", max_size=5), max_size=3),
)


@settings(deadline=None, max_examples=150)
@given(texts(), st.sampled_from(CHOSEN_PATHS), VALUES)
def test_any_change_reads_right_and_leaves_the_other_keys_as_they_are(
    text: str, path: tuple[str | int, ...], value: Any
) -> None:
    old = resolved(codec.load(text.encode()).data)

    try:
        new = with_value(text, path, value)
    except InvalidNote as error:
        reject_unless("the part around it is something else" in str(error))

    data = resolved(codec.load(new.encode()).data)
    assert _others(data, path[0]) == _others(old, path[0])
    assert resolved(value_at(new, path)) == value
    assert with_value(new, path, value) == new
    for lines in (part for key, part in _parts(text) if key != path[0]):
        assert lines in new


def _others(data: dict[str, Any], key: str | int) -> dict[str, Any]:
    """A text of many lines gets its last newline from what follows, or from the file's end."""
    return {k: v.rstrip("\n") if isinstance(v, str) else v for k, v in data.items() if k != key}


def reject_unless(expected: bool) -> None:
    """Leave a case out when it was refused for the reason expected."""
    if not expected:
        raise AssertionError("refused")
    reject()


def _parts(text: str) -> list[tuple[str, str]]:
    """Each top-level key with its text as it was drawn."""
    ends = "\r\n" if "\r\n" in text else "\n"
    every = [(key, form.replace("\n", ends)) for key, forms in PARTS.items() for form in forms]
    return [(key, form) for key, form in every if form in text]


@settings(deadline=None, max_examples=60)
@given(texts())
def test_a_value_that_is_there_already_changes_nothing(text: str) -> None:
    document = codec.load(text.encode())

    for path in document.positions:
        if path and not any(str(part).startswith("#") for part in path):
            assert with_value(text, path, value_at(text, path)) == text


@settings(deadline=None, max_examples=60)
@given(texts(), st.data())
def test_what_is_taken_out_is_gone_and_nothing_else(text: str, data: st.DataObject) -> None:
    paths = [path for path in codec.load(text.encode()).positions if path]
    path = data.draw(st.sampled_from(paths))

    try:
        new = without(text, path)
    except InvalidNote as error:
        # Only where a comment would have gone with it.
        reject_unless("#" in text and "too unusual" in str(error))

    for key, part in _parts(text):
        assert key == path[0] or part in new
    if isinstance(path[-1], str):
        assert value_at(new, path) is None

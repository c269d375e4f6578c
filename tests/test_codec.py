"""YAML text becomes plain data with places, and plain data becomes one form of text."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from changenote.model.reading import Plain, read_note, resolved
from changenote.model.writing import canonical
from changenote.store import codec
from changenote.store.emitting import dump
from changenote.store.yaml_text import FORBIDDEN

DATA = Path(__file__).parent / "data"
FULL = (DATA / "notes" / "full.yaml").read_text()


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "security" / name).read_text().splitlines()]


def first_problem(raw: bytes) -> str:
    document = codec.load(raw)
    problem = document.problems[0]
    line, column = document.position(problem.path)
    return f"{line}:{column}: {problem.rule}: {problem.found} | {problem.expected}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a:\n\t- b", "2:1: yaml-syntax: a tab in the indentation | spaces"),
        (b"a: 1\nb: 2\na: 3\n", "3:1: duplicate-key: a again | each key once"),
        (
            b"a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main\n",
            "2:1: merge-conflict: a merge conflict marker, <<<<<<< | one version of the text",
        ),
        (
            b"a: |\n  <<<<<<< HEAD\n  b\n",
            "2:1: merge-conflict: a merge conflict marker, <<<<<<< | one version of the text",
        ),
        (b"a: 1\n---\nb: 2\n", "2:1: yaml-documents: a second document | one document per file"),
        (b"a: &x [1]\nb: *x\n", "1:4: yaml-alias: an anchor, &x | the value without an anchor"),
        (b"a: b\x00c\n", "1:5: yaml-syntax: the control character U+0000 | visible text"),
        (
            b'a: "b\\0c"\n',
            "1:4: yaml-syntax: the control character U+0000, written as an escape | visible text",
        ),
        (b"a: caf\xe9\n", "1:7: yaml-syntax: the byte 0xe9 | UTF-8 text"),
        (
            b"a: !!python/object:os.system x\n",
            "1:4: yaml-tag: a tag, tag:yaml.org,2002:python/object:os.system | the value without a tag",
        ),
        (
            b'a: b\nc: "d\ne: f\n',
            "2:4: yaml-syntax: a quotation mark that nothing ends | one at each end",
        ),
        (b"a: b: c\n", "1:5: yaml-syntax: a: b: c | one key: value a line"),
        (b"%YAML 1.1\n---\na: 1\n", "1:1: yaml-syntax: a YAML directive (%) | no directive"),
        (b"a: 1\n" + b"#" * 1_000_000, "1:1: too-big: 1,000,005 bytes | at most 1,000,000 bytes"),
        (b"[" * 30, "1:21: yaml-syntax: deeper nesting | at most 20 levels"),
    ],
)
def test_what_is_refused_is_refused_where_it_stands(raw: bytes, expected: str) -> None:
    assert first_problem(raw) == expected


def test_every_duplicate_alias_and_tag_is_reported_not_only_the_first() -> None:
    document = codec.load(b"a: 1\na: 2\nb: &x 1\nc: *x\nd: !t 1\n")

    assert [p.rule for p in document.problems] == [
        "duplicate-key",
        "yaml-alias",
        "yaml-alias",
        "yaml-tag",
    ]


def test_byte_order_marks_and_windows_line_ends_are_read_as_if_they_were_not_there() -> None:
    assert codec.load(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n").data == {
        "a": "1",
        "b": "x\ny\n",
    }


def test_places_are_those_of_the_text() -> None:
    document = codec.load(b"a: 1\nb:\n  - c: x\n    d: y\n")

    assert document.position(("b", 0, "d")) == (4, 8)
    assert document.position(("b", 0, "d"), key=True) == (4, 5)
    assert document.position(("b", 0, "nothing")) == (3, 5)


def test_yaml_that_only_the_slower_parser_takes_is_read_all_the_same() -> None:
    assert codec.load(b"a: {at: 2026-11-22T11:40:00Z}\n").data == {
        "a": {"at": "2026-11-22T11:40:00Z"}
    }


def attack_bytes(case: dict[str, Any]) -> bytes:
    if "input_b64" in case:
        return base64.b64decode(case["input_b64"])
    # Large inputs of our own test data are written as expressions.
    names = {"__builtins__": {"range": range, "str": str, "chr": chr}}
    made = eval(case["gen"], names) if "gen" in case else case["input"]  # noqa: S307 - our own data
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("case", lines("yaml-attacks.jsonl"), ids=lambda c: c["id"])
def test_hostile_yaml_is_refused_or_stays_text(case: dict[str, Any]) -> None:
    document = codec.load(attack_bytes(case))
    note, problems = read_note(document.data)

    if case["expect"] == "error":
        assert document.problems or problems
    assert note is None


naughty = lines("naughty-strings.jsonl")


def is_storable(text: str) -> bool:
    return not FORBIDDEN.search(text)


@pytest.mark.parametrize("case", naughty, ids=lambda c: c["id"])
def test_naughty_strings_come_back_unchanged(case: dict[str, Any]) -> None:
    text = case["input"].replace("\r\n", "\n")
    data = {"title": text, "tags": [text], "x": {"deep": {"text": text}}}

    document = codec.load(dump(data).encode("utf-8", "surrogatepass"))

    if is_storable(text):
        assert document.problems == []
        assert document.data == data
    else:
        assert document.problems != []


def test_a_character_that_json_writes_as_two_escapes_is_one() -> None:
    data = {"title": "a 😀 b", "x": {"𑀓": "\\ud83d\\ude00"}}

    assert codec.load(json.dumps(data).encode()).data == data
    assert codec.load(rb'{"title": "\ude00\ud83d"}').problems != []


@pytest.mark.parametrize("hidden", list("\u202e\u2066\u200b\u061c\u2060"))
def test_what_hides_text_is_seen_in_the_file(hidden: str) -> None:
    data = {"title": f"a{hidden}b", "reason": f"a\nb{hidden}\nc\n", "tags": [f"{hidden}a"]}

    text = dump(data)

    assert hidden not in text
    assert text.count(f"\\u{ord(hidden):04x}") == 3
    assert codec.load(text.encode()).data == data


def test_what_words_and_emoji_are_made_with_stays_as_it_is() -> None:
    assert dump({"title": "نمی‌خواهم 👩‍💻 🏴\U000e0067\U000e007f"}) == (
        "title: نمی‌خواهم 👩‍💻 🏴\U000e0067\U000e007f\n"
    )


SCALARS = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"])
        | st.sampled_from(list("\n\t :#-'\"[]{},&*!|>%@`"))
    )
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
                lambda k: k != "<<"
            ),
            inner,
            min_size=1,
            max_size=4,
        )
    ),
    max_leaves=10,
)


def loads_everywhere(data: dict[str, Any]) -> Any:
    """What ruamel's own constructor makes of our text, with the pure parser of YAML 1.2."""
    return YAML(typ="safe", pure=True).load(dump(data))


@given(
    st.dictionaries(st.sampled_from(["title", "reason", "x", "tags", "files"]), VALUES, min_size=1)
)
@example({"title": "2026-11-22T14:05:00Z"})
@example({"x": {"a": ["no", "0644", "12:30", "1e5", "~", "null", "", "=", "<<", "-", "?"]}})
@example({"reason": "  two spaces\nfirst"})
@example({"reason": "line\n\n\n"})
def test_what_is_written_is_read_back_by_us_and_as_text_by_others(data: dict[str, Any]) -> None:
    document = codec.load(dump(data).encode())

    if not any(not is_storable(t) for t in json.dumps(data, ensure_ascii=False)):
        assert document.problems == []
        assert resolved(document.data) == data


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "0644",
        "12:30",
        "1e5",
        "~",
        "",
        "y",
        "0x1F",
        "1_000",
        "-",
        "a: b",
        "a #b",
        " a",
        "a ",
        "@x",
        "*a",
        "&a",
        "!a",
        "%a",
        "'a",
        '"a',
        "|",
        ">",
        "null",
        "true",
        "1.5",
        "-1",
        "+1",
        ".5",
        ".inf",
    ],
)
def test_text_that_other_yaml_versions_would_take_for_something_else_is_quoted(text: str) -> None:
    assert loads_everywhere({"title": text, "tags": [text]}) == {"title": text, "tags": [text]}


def test_the_same_data_is_the_same_bytes_whatever_order_it_came_in() -> None:
    data = codec.load(FULL.encode()).data
    turned = dict(reversed(list(data.items())))

    assert dump(canonical(turned)) == dump(canonical(data))


def test_a_commit_id_is_always_in_quotes() -> None:
    sha = "1" * 40

    assert dump({"source": {"head": sha}}) == f'source:\n  head: "{sha}"\n'
    assert dump({"source": {"head": Plain(sha)}}) == f'source:\n  head: "{sha}"\n'


def test_null_values_and_empty_parts_are_left_out_of_the_canonical_form() -> None:
    assert canonical({"tags": [], "id": "x", "owner": None, "reason": Plain("~"), "zz": 1}) == {
        "id": "x",
        "zz": 1,
    }


def kinds(value: Any) -> Any:
    """Plain data with the type of each text told."""
    if isinstance(value, dict):
        return {key: kinds(part) for key, part in value.items()}
    if isinstance(value, list):
        return [kinds(part) for part in value]
    return (type(value), value)


SNIPPETS = st.sampled_from(
    """
    a b é - : ? , [ ] { } & * ! | > ' " # % @ ` ~ << ... --- %YAML\u00201.2 !!str &x *x \\0 \\t null
    0644 12:30 -\u0020 ?\u0020 :\u0020 \u0020\u0020 \u0020# \n \n\u0020\u0020 \n- \na:\u0020 \nb:\u0020 \t \u200b
    """.split(" ")
)


@given(st.lists(SNIPPETS, max_size=25).map("".join))
@example("[" * 21 + "]" * 21)
@example("[" * 20 + "]" * 20)
@example("{a: {b: [c, {d: 'e'}]}, f: \"g\", h: , i: ~}")
@example("a: &x 1\nb: 2\n")
@example("--- {}\n...\n--- {}\n")
@example("a: 1\n? b\n")
@example("? [a]\n: b\n")
def test_places_are_found_in_the_text_that_the_data_was_read_from(text: str) -> None:
    document, sparing = codec.load(text.encode()), codec.load(text.encode(), with_places=True)

    (data, problems), (positions, keys) = codec._read(text.encode(), codec._compose)

    assert kinds(document.data) == kinds(sparing.data) == kinds(data)
    assert document.problems == sparing.problems == problems
    assert (document.positions, document.keys) == (positions, keys)
    for path in (*positions, *keys, ("no such key", 7)):
        for asked in (path, (*path, "x"), (*path, 99)):
            assert sparing.position(asked) == document.position(asked)
            assert sparing.position(asked, key=True) == document.position(asked, key=True)


def test_a_text_with_too_many_values_or_levels_is_refused_where_they_begin() -> None:
    many, deep = b"[" + b"1," * 20_000 + b"]", b"[" * 21 + b"]" * 21

    assert first_problem(many) == "1:40000: yaml-syntax: more values | at most 20,000"
    assert first_problem(deep) == "1:21: yaml-syntax: deeper nesting | at most 20 levels"
    assert codec.load(many.replace(b"1,", b"", 1)).problems == []
    assert codec.load(deep[1:-1]).problems == []


@pytest.mark.parametrize("with_places", [False, True])
def test_brackets_without_end_are_refused_without_reading_all_of_them(
    monkeypatch: pytest.MonkeyPatch, with_places: bool
) -> None:
    taken: list[Any] = []
    read = codec._quick_events

    def counted(text: str) -> Iterator[Any]:
        for event in read(text):
            taken.append(event)
            yield event

    monkeypatch.setattr(codec, "_quick_events", counted)

    document = codec.load(b"[" * 5000, with_places=with_places)

    assert [problem.found for problem in document.problems] == ["deeper nesting"]
    assert 0 < len(taken) < 1000


@pytest.mark.parametrize("raw", [b"a: 1\nb: [x, {c: 2}]\n", b"a: 1\na: 2\n", b"a: [", b"", b"\xff"])
def test_places_found_on_the_way_are_those_that_are_looked_for_later(raw: bytes) -> None:
    at_once, later = codec.load(raw, with_places=True), codec.load(raw)

    assert (at_once.data, at_once.problems) == (later.data, later.problems)
    assert (at_once.positions, at_once.keys) == (later.positions, later.keys)


def test_a_few_places_are_found_without_reading_the_text_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = codec.load(b"a: 1\nb: [x, {c: 2}]\n", with_places=True)
    monkeypatch.setattr(codec, "_quick_events", lambda _text: pytest.fail("it was read again"))

    assert document.position(("b", 1, "c")) == (2, 12)
    assert document.position(("b", 1, "c"), key=True) == (2, 9)
    assert document.position(("b", 7)) == (2, 4)

"""A packed note is the note: nothing of it is lost, changed or added."""

import json
import math
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changenote.model.note import Note
from changenote.model.packing import packed, unpacker
from changenote.store.notes import understood

DATA = Path(__file__).parent / "data"

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(),
    float: st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: st.datetimes(timezones=zones | st.just(UTC)).map(lambda at: at.replace(fold=0)),
    date: st.dates(),
    Any: plain,
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Anything that a field of a kind may hold."""
    if is_dataclass(kind) and isinstance(kind, type):
        return st.builds(kind, **{f.name: values(f.type) for f in fields(kind)})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of([st.none() if a is NoneType else values(a) for a in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is not None:
        return st.dictionaries(st.text(max_size=5), values(arguments[1]), max_size=3)
    return SCALARS[kind]


def there_and_back(note: Note) -> Note:
    """A note that went through the text of a cache."""
    return unpacker()(json.loads(json.dumps(packed(note))))


@settings(max_examples=25, deadline=None)
@given(values(Note))
def test_every_note_comes_back_as_it_was(note: Note) -> None:
    # `repr` tells 1 from 1.0 and True, and a tuple from a list, where `==` does not.
    assert repr(there_and_back(note)) == repr(note)


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.yaml")), ids=lambda path: path.name)
def test_what_comes_back_is_what_the_yaml_says(path: Path) -> None:
    note = understood("", path, path.read_bytes()).note

    assert note is None or repr(there_and_back(note)) == repr(note)


def test_numbers_keep_their_kind_and_their_last_digit() -> None:
    numbers = (1, 1.0, 0.1 + 0.2, -0.0, 1e300, math.nextafter(1, 2), 10**40)
    text = f"metrics: [{{name: a, before: {list(numbers)}, after: 2}}]\n"
    head = "schema: 1\nid: 20261122-k3f9xq\ntitle: Count sheep\nkind: fix\nstatus: draft\n"
    note = understood("", Path("x.yaml"), f"{head}{text}".encode()).note

    assert note
    assert repr(there_and_back(note).metrics[0].before) == repr(note.metrics[0].before)


def test_notes_share_what_is_equal_in_them() -> None:
    unpack = unpacker()
    text = json.dumps(
        [1, "20261122-k3f9xq", "Count sheep", "fix", "shipped", "@acme/cart", ["Ann <a@x.org>"]]
    )

    first, second = (unpack(json.loads(text)) for _ in range(2))

    assert first.owner is second.owner
    assert first.authors[0] is second.authors[0]
    assert first.monitoring is second.monitoring

"""Notes that say anything a note may say, for tests that hold for all of them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from changenote.model.note import Note

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
finite = st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(),
    float: st.integers() | finite,
    bool: st.booleans(),
    datetime: st.datetimes(timezones=zones | st.just(UTC)).map(lambda at: at.replace(fold=0)),
    date: st.dates(),
    Any: plain,
}


def values(kind: Any, *, is_valid: bool = False) -> st.SearchStrategy[Any]:
    """Anything that a field of a kind may hold; where `is_valid`, that may stand in a file."""
    if is_dataclass(kind) and isinstance(kind, type):
        of_each = {f.name: values(f.type, is_valid=is_valid) for f in fields(kind)}
        if is_valid:
            of_each = {f.name: limited(of_each[f.name], f.type, f.metadata) for f in fields(kind)}
        return st.builds(kind, **of_each)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = [a for a in arguments if a is not NoneType]
        every = [values(a, is_valid=is_valid) for a in inner]
        return st.one_of([*(st.none() for a in arguments if a is NoneType), *every])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values(arguments[0], is_valid=is_valid), max_size=3).map(tuple)
    if origin is not None:
        inner_values = values(arguments[1], is_valid=is_valid)
        return st.dictionaries(st.text(max_size=5), inner_values, max_size=3)
    return SCALARS[kind]


def limited(
    anything: st.SearchStrategy[Any], kind: Any, facts: Mapping[str, Any]
) -> st.SearchStrategy[Any]:
    """Values of a field that keep its limits."""
    if facts["pattern"]:
        texts = st.from_regex(facts["pattern"], fullmatch=True)
        is_optional = NoneType in get_args(kind)
        anything = texts | st.none() if is_optional else texts
    least, most = facts["length"] or (0, 10**9)
    return anything.filter(
        lambda value: not hasattr(value, "__len__") or least <= len(value) <= most
    )


ANY_NOTE: st.SearchStrategy[Note] = values(Note)
VALID_NOTE: st.SearchStrategy[Note] = values(Note, is_valid=True)
"""Notes that can be read from a file or an export."""

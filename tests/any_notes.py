"""Notes that say anything a note may say, for tests that hold for all of them."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from changenote.model.note import Note

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


ANY_NOTE: st.SearchStrategy[Note] = values(Note)

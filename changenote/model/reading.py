"""Plain data → `Note`, collecting every `Problem` with its path, what was found and expected.

Plain data is what JSON has: mappings, lists, text, numbers, booleans, null. YAML adds one thing:
a scalar without quotes arrives as `Plain`, and what it *is* gets decided here by the type of the
field, never by how it looks, so `no`, `0644`, `12:30` and `1e10000` stay what their author wrote.
One reader per type is compiled once.
"""

import math
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from changenote.model.note import Note
from changenote.model.problems import Path, Problem, did_you_mean, shown
from changenote.patterns import pattern

T = TypeVar("T")
Reader = Callable[[Any, Path, list[Problem]], Any]
_BAD = object()

_NULLS = ("", "~", "null")
# Not with a zero in front: `0644` is octal to some and decimal to others.
_NUMBER = pattern(
    r"[-+]?(?!0[0-9])(?:(?P<integer>[0-9]+)|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
)
_INSTANT = pattern(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)? ?([Zz]|[+-]\d\d:?\d\d)")


class Plain(str):
    """A YAML scalar written without quotes."""

    __slots__ = ()


def read_note(data: object) -> tuple[Note | None, list[Problem]]:
    """The note, or None when it has a part of the wrong type; and every problem met.

    Problems of rule `unknown-key` do not stop a note from being read.
    """
    return read(Note, data)


def read(kind: type[T], data: object) -> tuple[T | None, list[Problem]]:
    """An instance of a dataclass from plain data, and every problem met."""
    problems: list[Problem] = []
    value = _reader(cast(Hashable, kind))(data, (), problems)
    return (None if value is _BAD else value), problems


def is_null(value: object) -> bool:
    """Is this an absent value: null, or `~`, `null` or nothing without quotes?"""
    return value is None or (isinstance(value, Plain) and value in _NULLS)


def resolved(value: Any) -> Any:
    """Plain data with every `Plain` scalar read by the YAML 1.2 core rules, for untyped keys."""
    if isinstance(value, Mapping):
        return {str(k): resolved(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(v) for v in value]
    return _resolved_scalar(value) if isinstance(value, Plain) else value


def _resolved_scalar(text: Plain) -> object:
    if is_null(text):
        return None
    if text in ("true", "false"):
        return text == "true"
    number = _number(text)
    return str(text) if number is None else number


@cache
def keys_of(kind: type) -> tuple[str, ...]:
    """The keys of a part as they are written, in reading order."""
    return tuple(f.name.rstrip("_") for f in fields(kind))


@cache
def every_key() -> frozenset[str]:
    """The keys of a note and of all its parts."""
    return frozenset(_keys_in(Note))


def _keys_in(kind: Any) -> Iterator[str]:
    if is_dataclass(kind):
        for field in fields(kind):
            yield field.name.rstrip("_")
            yield from _keys_in(field.type)
    else:
        for inner in get_args(kind):
            yield from _keys_in(inner)


@cache
def _reader(kind: Hashable) -> Reader:
    if is_dataclass(kind) and isinstance(kind, type):
        return _mapping_reader(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union_reader(arguments)
    if origin is tuple:
        return _list_reader(_reader(arguments[0]))
    if origin is Literal:
        return _choice_reader(arguments)
    if origin is not None:
        return _free_mapping_reader(_reader(arguments[1]))
    return _SCALARS[kind]


def _union_reader(arguments: tuple[Any, ...]) -> Reader:
    kinds = [a for a in arguments if a is not NoneType]
    inner = _reader(kinds[0]) if len(kinds) == 1 else _simple_or_not_reader(kinds)

    def read_optional(value: Any, path: Path, problems: list[Problem]) -> Any:
        return None if is_null(value) else inner(value, path, problems)

    return read_optional


def _simple_or_not_reader(kinds: list[Any]) -> Reader:
    """Of two types, the second one is a list or a part with keys, and is known by that."""
    simple, other = (_reader(k) for k in kinds)
    shape = Mapping if is_dataclass(kinds[1]) else (list, tuple)

    def read_simple_or_not(value: Any, path: Path, problems: list[Problem]) -> Any:
        return (other if isinstance(value, shape) else simple)(value, path, problems)

    return read_simple_or_not


def _mapping_reader(kind: Any) -> Reader:
    parts = [_part(field) for field in fields(kind)]
    known = {key for key, *_ in parts}

    def read_mapping(value: Any, path: Path, problems: list[Problem]) -> Any:
        if type(value) is not dict and not isinstance(value, Mapping):
            return _wrong(problems, path, value, f"keys such as {', '.join(sorted(known)[:4])}")
        arguments, ok = {}, True
        for key, name, reader, required in parts:
            given = value.get(key)
            # As `is_null` says, of all the keys that this note has not: half the work is here.
            if given is None or (type(given) is Plain and given in _NULLS):
                if required:
                    ok = False
                    problems.append(_missing(path, key))
                continue
            got = arguments[name] = reader(given, (*path, key), problems)
            if got is _BAD:
                ok = False
        if not known.issuperset(value):
            problems.extend(_unknown(path, str(k), known) for k in value if k not in known)
        return kind(**arguments) if ok else _BAD

    return read_mapping


def _part(field: Any) -> tuple[str, str, Reader, bool]:
    """The key of a field, its name, what reads it, and whether it must be there."""
    reader = _limited(_reader(cast(Hashable, field.type)), field.metadata)
    is_required = field.default is MISSING and field.default_factory is MISSING
    return field.name.rstrip("_"), field.name, reader, is_required


def _missing(path: Path, key: str) -> Problem:
    return Problem(
        rule="missing-key",
        path=(*path, key),
        found="nothing",
        expected=f"a value for {key}",
        remedy=f"Add `{key}:`.",
    )


def _unknown(path: Path, key: str, known: set[str]) -> Problem:
    remedy = did_you_mean(key, known) or "Keys of your own go under `x:`."
    return Problem(
        rule="unknown-key",
        path=(*path, key),
        found=key,
        expected="a key of the format",
        remedy=remedy,
        key=True,
    )


def _limited(reader: Reader, facts: Mapping[str, Any]) -> Reader:
    allowed = pattern(facts["pattern"]) if facts.get("pattern") else None
    length = facts.get("length")
    if not allowed and not length:
        return reader

    def read_limited(value: Any, path: Path, problems: list[Problem]) -> Any:
        got = reader(value, path, problems)
        if got is _BAD:
            return got
        if length and hasattr(got, "__len__") and not length[0] <= len(got) <= length[1]:
            return _wrong(problems, path, value, _length_expected(got, length), "bad-length")
        if allowed and isinstance(got, str) and not allowed.fullmatch(got.rstrip("\n")):
            return _wrong(problems, path, value, _pattern_expected(facts), "bad-value")
        return got

    return read_limited


def _length_expected(got: object, length: tuple[int, int]) -> str:
    unit = "characters" if isinstance(got, str) else "items"
    return f"{length[0]} to {length[1]} {unit}, not {len(got)}"  # type: ignore[arg-type]  # has __len__, see the caller


def _pattern_expected(facts: Mapping[str, Any]) -> str:
    by_format = {
        "duration": "a duration such as 15s, 2m30s or 1h",
        "sha": "a full commit id of 40 (or 64) hexadecimal digits",
        "id": "an id such as 20261122-k3f9xq",
        "kind": "one lower-case word",
        "slug": "letters, digits, `-`, `_` and `.`, and none of the last at the start",
    }
    return by_format.get(facts.get("format", ""), "text on one line")


def _list_reader(item: Reader) -> Reader:
    def read_list(value: Any, path: Path, problems: list[Problem]) -> Any:
        if not isinstance(value, list | tuple):
            return _wrong(problems, path, value, "a list")
        got = [item(v, (*path, i), problems) for i, v in enumerate(value)]
        for one in got:
            if one is _BAD:
                return _BAD
        return tuple(got)

    return read_list


def _free_mapping_reader(item: Reader) -> Reader:
    def read_free_mapping(value: Any, path: Path, problems: list[Problem]) -> Any:
        if not isinstance(value, Mapping):
            return _wrong(problems, path, value, "keys with values")
        got = {str(k): item(v, (*path, str(k)), problems) for k, v in value.items()}
        return _BAD if any(v is _BAD for v in got.values()) else got

    return read_free_mapping


def _choice_reader(choices: tuple[Any, ...]) -> Reader:
    by_text = {str(c): c for c in choices}

    def read_choice(value: Any, path: Path, problems: list[Problem]) -> Any:
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        if text in by_text:
            return by_text[text]
        remedy = did_you_mean(text or "", by_text)
        return _wrong(problems, path, value, "one of " + ", ".join(by_text), "bad-value", remedy)

    return read_choice


def _text(value: Any, path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _wrong(problems, path, value, "text")


def _number(text: str) -> int | float | None:
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    if match["integer"] and len(text) < 300:
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None


def _finite(value: Any, path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, Plain):
        number = _number(value)
        if number is not None:
            return number
    elif isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value):
        return value
    return _wrong(problems, path, value, "a finite number")


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond all floats
        return False


def _integer(value: Any, path: Path, problems: list[Problem]) -> Any:
    number = _number(value) if isinstance(value, Plain) else value
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    return _wrong(problems, path, value, "a whole number")


def _truth(value: Any, path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, Plain) and value in ("true", "false"):
        return value == "true"
    return value if isinstance(value, bool) else _wrong(problems, path, value, "true or false")


def is_instant(text: str) -> bool:
    """Is a text a time as notes have it, with its zone?"""
    return isinstance(_instant(text, (), []), datetime)


def _instant(value: Any, path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.replace(" ", "T", 1).replace(" ", "").upper())
        except ValueError:
            pass
    return _wrong(problems, path, value, "a time with its zone, such as 2026-11-22T14:05:00Z")


def _day(value: Any, path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    return _wrong(problems, path, value, "a day, such as 2026-11-22")


def _anything(value: Any, _path: Path, _problems: list[Problem]) -> Any:
    return resolved(value)


_SCALARS: dict[Any, Reader] = {
    str: _text,
    int: _integer,
    float: _finite,
    bool: _truth,
    datetime: _instant,
    date: _day,
    Any: _anything,
}


def _wrong(
    problems: list[Problem],
    path: Path,
    value: object,
    expected: str,
    rule: str = "wrong-type",
    remedy: str = "",
) -> object:
    found = shown(value) if isinstance(value, str) else _kind_found(value)
    problems.append(Problem(rule=rule, path=path, found=found, expected=expected, remedy=remedy))
    return _BAD


def _kind_found(value: object) -> str:
    if isinstance(value, Mapping):
        return "keys: " + shown(", ".join(map(str, value)), limit=40)
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return shown(value)

"""The contents of a result file: text or JSON, with errors that name file, field and type."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from changenote.errors import BadResult
from changenote.model.problems import dotted, shown
from changenote.patterns import pattern
from changenote.records import record

AGAIN = "let the tool write the file again, or give another file"
_PLAIN_KEY = pattern(r"[^\W\d][\w-]*")
_SPACES = pattern(r"\s*")
_MOST_ITEMS = 1_000_000
_LARGEST = 1.7976931348623157e308  # of a float, as an int can be larger


class Field:
    """A value inside a JSON document that knows where it stands."""

    def __init__(self, value: Any, file: str, path: tuple[str | int, ...] = ()) -> None:
        self.value = value
        self.file = file
        self.path = path

    def __getitem__(self, key: str | int) -> "Field":
        """The member or item; it must be there."""
        found = self.get(key)
        if found is None:
            Field(None, self.file, (*self.path, key)).refuse("missing", "to be there")
        return found

    def get(self, *keys: str | int) -> "Field | None":
        """The first of these members or items that is there and not null."""
        for key in keys:
            value = None
            if isinstance(self.value, dict):
                value = self.value.get(key)
            elif isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
                value = self.value[key]
            if value is not None:
                return Field(value, self.file, (*self.path, key))
        return None

    def members(self) -> Iterator[tuple[str, "Field"]]:
        """The members of an object, in the order of the file."""
        if not isinstance(self.value, dict):
            self.refuse(shown(self.value), "an object")
        for key, value in self.value.items():
            yield key, Field(value, self.file, (*self.path, key))

    def items(self) -> Iterator["Field"]:
        """The items of a list."""
        if not isinstance(self.value, list):
            self.refuse(shown(self.value), "a list")
        if len(self.value) > _MOST_ITEMS:
            self.refuse(f"a list of {len(self.value):,}", f"at most {_MOST_ITEMS:,} of them")
        for index, value in enumerate(self.value):
            yield Field(value, self.file, (*self.path, index))

    def number(self, unit: str | None = None) -> float:
        """A finite number; whole ones stay whole."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(shown(value), number_of(unit))
        if not math.isfinite(value) if isinstance(value, float) else abs(value) > _LARGEST:
            self.refuse(named_number(value), number_of(unit))
        return value

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            self.refuse(shown(self.value), "a text")
        return self.value

    def count(self) -> int:
        """How many of something: 0 when it is no number, as it is only told and never judged."""
        usable = isinstance(self.value, int | float) and abs(self.value) <= _LARGEST
        return int(self.value) if usable and self.value == self.value else 0

    def moment(self) -> datetime | None:
        """A point in time; None when it is written in another way than ISO 8601."""
        return moment_of(self.value)

    def has(self, *keys: str) -> bool:
        """Is it an object with all of these members?"""
        return isinstance(self.value, dict) and all(key in self.value for key in keys)

    def where(self) -> str:
        """The file and the path in it: `before.json: results[0].times[3]`."""
        place = dotted(tuple(_quoted(part) for part in self.path))
        return f"{self.file}: {shown(place, limit=200)}" if place else self.file

    def refuse(self, found: str, expected: str, hint: str = AGAIN) -> NoReturn:
        """Stop: what stands here cannot be used."""
        raise BadResult(f"{self.where()} is {found}", expected=expected, hint=hint)


@record
class Document:
    """What stands in one result file, or in a part of it that is a result of its own.

    `json` is empty when it is no JSON; it has several documents when one follows the other.
    `path` is None when there is no file, as for what a command printed.
    """

    file: str
    text: str
    json: tuple[Field, ...] = ()
    path: Path | None = None

    @property
    def root(self) -> Field:
        """The (first) JSON document; a null when there is none."""
        return self.json[0] if self.json else Field(None, self.file)


def moment_of(text: object) -> datetime | None:
    """A point in time; None when it is written in another way than ISO 8601."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def number_of(unit: str | None) -> str:
    """What is expected where a number belongs."""
    return f"a finite number in {unit}" if unit else "a finite number"


def named_number(value: float) -> str:
    """A number that cannot be used, as people call it."""
    if isinstance(value, int):
        return "a number too large to calculate with"
    return "NaN, which is no number" if math.isnan(value) else "infinite"


def parsed(text: str, file: str) -> tuple[Field, ...]:
    """The JSON documents in a text, one after the other; NaN and Infinity are numbers here."""
    from json import JSONDecodeError, JSONDecoder

    decoder = JSONDecoder(object_pairs_hook=lambda pairs: _object(pairs, file))
    found: list[Field] = []
    at = _next(text, 0)
    try:
        while at < len(text):
            value, end = decoder.raw_decode(text, at)
            found.append(Field(value, file))
            at = _next(text, end)
    except JSONDecodeError as error:
        raise _broken(error.msg, error.lineno, error.colno, text, file) from None
    except RecursionError:
        raise _unreadable(file, "nested too deep") from None
    except ValueError:  # Python's own limit for the digits of a whole number
        raise _unreadable(file, "a number in it has thousands of digits") from None
    return tuple(found)


def _next(text: str, at: int) -> int:
    rest = _SPACES.match(text, at)
    return rest.end() if rest else at


def _object(pairs: list[tuple[str, Any]], file: str) -> Mapping[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = _first_twice(key for key, _ in pairs)
        raise BadResult(
            f"{file}: the key {shown(twice)!r} stands twice in one object",
            expected="every key once, or nobody can tell which value counts",
            hint=AGAIN,
        )
    return made


def _first_twice(keys: Iterable[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise LookupError("no key stands twice")


def _broken(message: str, line: int, column: int, text: str, file: str) -> BadResult:
    cut_off = not text.rstrip().endswith(("}", "]"))
    why = "it ends too early" if cut_off else message[:1].lower() + message[1:]
    return BadResult(
        f"{file}:{line}:{column}: not valid JSON: {why}",
        expected="the whole file, as the tool wrote it",
        hint=AGAIN,
    )


def _unreadable(file: str, why: str) -> BadResult:
    return BadResult(
        f"{file} cannot be read: {why}",
        expected="JSON as measuring tools write it",
        hint=AGAIN,
    )


def _quoted(part: str | int) -> str | int:
    return part if isinstance(part, int) or _PLAIN_KEY.fullmatch(part) else f'"{part}"'

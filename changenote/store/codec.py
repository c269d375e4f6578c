"""YAML text → plain data with line numbers: the only module that knows ruamel.

Reading works on the parser's events, so that nothing is constructed, expanded or guessed:
scalars without quotes become `Plain` text, aliases, tags, several documents and duplicate keys
are refused where they stand.

It is done in two ways. Nearly every text has nothing unusual in it, and then only its data is
wanted: `_Values` takes no notice of places. Whatever it does not expect, and every question about
a place, is left to `Composer`, which notes all of them in twice the time.
"""

from collections.abc import Callable, Iterator
from dataclasses import field
from functools import cached_property, partial
from itertools import islice
from sys import intern
from typing import TYPE_CHECKING, Any

from changenote.model.problems import Path, Problem, shown
from changenote.model.reading import Plain
from changenote.records import record
from changenote.store.yaml_text import (
    DEEPEST,
    FORBIDDEN,
    MOST_VALUES,
    NO_END,
    Found,
    Position,
    explained,
    readable,
    syntax,
)

if TYPE_CHECKING:
    from changenote.store.composing import Places, Read

_AT_ONCE = 500  # events, where places are asked for


@record
class Document:
    """One YAML document as plain data, and where everything stands in its text.

    Places are looked for when the first one is asked for: few documents ever are.
    """

    data: Any
    problems: list[Problem] = field(default_factory=list)
    raw: bytes = b""

    @property
    def positions(self) -> dict[Path, Position]:
        """Where the value of each path stands."""
        return self._places[0]

    @property
    def keys(self) -> dict[Path, Position]:
        """Where the key of each path stands."""
        return self._places[1]

    @property
    def is_empty(self) -> bool:
        """Is there nothing but white space and comments?"""
        return isinstance(self.data, Plain) and not self.data

    def position(self, path: Path, key: bool = False) -> Position:
        """Where a path stands in the text, or the nearest part around it."""
        if kept := vars(self).get("_events"):
            from changenote.store.places import position_in  # only `check` asks for places

            return position_in(kept, path, key)
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))

    @cached_property
    def _places(self) -> "Places":
        return _read(self.raw, _compose)[1]


def load(raw: bytes, *, with_places: bool = False) -> Document:
    """Plain data of one YAML document. Never raises for bad input: see `problems`.

    Data is None when the text could not be understood at all. With `with_places`, what tells them
    is kept: who will ask for some of them saves reading twice.
    """
    kept: list[Any] | None = [] if with_places else None
    (data, problems), places = _read(raw, partial(_composed_quickly, kept=kept))
    document = Document(data=data, problems=problems, raw=raw)
    if kept:
        vars(document)["_events"] = kept
    elif with_places:
        vars(document)["_places"] = places
    return document


def _read(raw: bytes, compose: "Callable[[str], Read]") -> "Read":
    """What `compose` makes of a text that may be read."""
    text, found = readable(raw)
    return _refused(found) if found else compose(text)


def _refused(found: Found) -> "Read":
    place, problem = found
    return (None, [problem]), ({problem.path: place}, {})


def _composed_quickly(text: str, kept: list[Any] | None) -> "Read":
    """The data of a text with nothing unusual in it, its events where they are kept; of others all.

    What is kept is empty then.
    """
    from ruamel.yaml import events as kinds
    from ruamel.yaml.error import YAMLError

    try:
        events = _quick_events(text)
        if kept is not None:
            events = _keeping(events, kept)
        return (_Values(events, kinds).root(), []), ({}, {})
    except (YAMLError, ValueError, OverflowError, _UnusualError):
        if kept:
            kept.clear()
        return _compose(text)


def _keeping(events: Iterator[Any], kept: list[Any]) -> Iterator[Any]:
    """The events, each kept when it is asked for or soon after one that is.

    Not all at once: of brackets without end the parser takes longer for each, and who asks for
    them stops at the twentieth.
    """
    while some := list(islice(events, _AT_ONCE)):
        kept.extend(some)
        yield from some


def _compose(text: str) -> "Read":
    """The C parser first; what it refuses is decided by the pure one.

    libyaml is an order of magnitude faster but refuses some YAML 1.2, such as a time without
    quotes inside braces, and its messages are worse.
    """
    read = _compose_with(text, pure=False)
    return read if read[0][0] is not None else _compose_with(text, pure=True)


def _compose_with(text: str, *, pure: bool) -> "Read":
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    from changenote.store.composing import Composer, TooMuchError  # few texts need it

    composer = Composer()
    try:
        for event in _pure_events(text) if pure else _quick_events(text):
            composer.take(event)
    except MarkedYAMLError as error:
        # A quotation that never ends is wrong where it begins, not at the end of the file.
        is_open = error.context_mark and error.problem == NO_END
        mark = error.context_mark if is_open else error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _refused((place, explained(text, place, str(error.problem or error.context))))
    except (YAMLError, ValueError, OverflowError, RecursionError) as error:
        return _refused(((1, 1), syntax(shown(str(error)), "valid YAML")))
    except TooMuchError as error:
        return _refused((error.place, error.problem))
    return composer.read()


def events(text: str) -> list[Any]:
    """The parser's events for a text that `load` reads without problems, with their marks.

    The text must have newlines for line ends, and no byte order mark.
    """
    from ruamel.yaml.error import YAMLError

    try:
        return list(_quick_events(text))
    except YAMLError:
        return list(_pure_events(text))


def _quick_events(text: str) -> Iterator[Any]:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # it comes from C

    # Not YAML(): for every text it looks for plug-ins on the disk and makes a class.
    return iter(CParser(text).get_event, None)


def _pure_events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)
    return events


class _UnusualError(Exception):
    """There is something in a text that has to be looked at more closely."""


class _Values:
    """The data of a text that has nothing in it but texts, lists, and mappings of them."""

    def __init__(self, events: Iterator[Any], kinds: Any) -> None:
        self._scalar = kinds.ScalarEvent
        self._mapping, self._mapping_end = kinds.MappingStartEvent, kinds.MappingEndEvent
        self._sequence, self._sequence_end = kinds.SequenceStartEvent, kinds.SequenceEndEvent
        self._stream_end = kinds.StreamEndEvent
        self._next = events.__next__
        self._count = 0

    def root(self) -> Any:
        """The data; nothing at all is null, written as nothing without quotes."""
        self._next()
        start = self._next()
        if type(start) is self._stream_end:
            return Plain("")
        if start.version or start.tags:
            raise _UnusualError
        value = self._value(self._next(), DEEPEST)
        self._next()
        if type(self._next()) is not self._stream_end:
            raise _UnusualError
        return value

    def _value(self, event: Any, deeper: int) -> Any:
        kind = type(event)
        if kind is self._scalar:
            return self._text(event)
        if kind not in (self._mapping, self._sequence) or not deeper:
            raise _UnusualError
        if event.anchor or event.ctag is not None:
            raise _UnusualError
        value = (self._pairs if kind is self._mapping else self._items)(deeper - 1)
        self._count += 1 + 2 * len(value)
        if self._count > MOST_VALUES:
            raise _UnusualError
        return value

    def _text(self, event: Any) -> str:
        if event.anchor or event.ctag is not None:
            raise _UnusualError
        text: str = event.value
        style = event.style
        if not style:
            return Plain(text)
        if style == '"' and not text.isprintable() and FORBIDDEN.search(text):
            raise _UnusualError
        return text

    def _key(self, event: Any) -> str:
        """One text for all notes that have this key, so that none keeps its own."""
        text: str = event.value
        if event.anchor or event.ctag is not None or text == "<<":
            raise _UnusualError
        if not text.isascii() or (event.style == '"' and not text.isprintable()):
            raise _UnusualError
        return intern(text)

    def _pairs(self, deeper: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        take, end, scalar = self._next, self._mapping_end, self._scalar
        while type(event := take()) is not end:
            if type(event) is not scalar:
                raise _UnusualError
            key = self._key(event)
            if key in pairs:
                raise _UnusualError
            event = take()
            pairs[key] = self._text(event) if type(event) is scalar else self._value(event, deeper)
        return pairs

    def _items(self, deeper: int) -> list[Any]:
        items: list[Any] = []
        take, end, scalar = self._next, self._sequence_end, self._scalar
        while type(event := take()) is not end:
            items.append(self._text(event) if type(event) is scalar else self._value(event, deeper))
        return items

"""YAML text → plain data with line numbers: the only module that knows ruamel.

Reading works on the parser's events, so that nothing is constructed, expanded or guessed:
scalars without quotes become `Plain` text, aliases, tags, several documents and duplicate keys
are refused where they stand.

It is done in two ways. Nearly every text has nothing unusual in it, and then only its data is
wanted: `_Values` takes no notice of places. Whatever it does not expect, and every question about
a place, is left to `_Composer`, which notes all of them in twice the time.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import cached_property
from sys import intern
from typing import Any

from changenote.model.problems import Path, Problem, shown
from changenote.model.reading import Plain
from changenote.patterns import pattern
from changenote.records import record

LARGEST = 1_000_000
DEEPEST = 20
MOST_VALUES = 20_000

_FORBIDDEN = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# A line of seven equals signs alone is a Markdown heading as well, so it does not count.
_HARMLESS = b"\t\n\r" + bytes(range(0x20, 0x7F))
_CONFLICT = pattern(
    r"^[ \t]*(?:<{7}|>{7}|\|{7})(?: |$)", re.M, holds=("<<<<<<<", ">>>>>>>", "|||||||")
)
_NO_END = "found unexpected end of stream"  # YAML says so of a quotation alone
_TAB_INDENT = pattern(r"^[ ]*\t[ \t]*\S", re.M)
_DIRECTIVE = pattern(r"^%", re.M)

Position = tuple[int, int]
"""Line and column, counted from 1."""


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
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))

    @cached_property
    def _places(self) -> "_Places":
        return _read(self.raw, _compose)[1]


def load(raw: bytes, *, with_places: bool = False) -> Document:
    """Plain data of one YAML document. Never raises for bad input: see `problems`.

    Data is None when the text could not be understood at all. With `with_places`, the places are
    found on the way: who will ask for them saves reading twice.
    """
    (data, problems), places = _read(raw, _compose if with_places else _composed_quickly)
    document = Document(data=data, problems=problems, raw=raw)
    if with_places:
        vars(document)["_places"] = places
    return document


_Places = tuple[dict[Path, Position], dict[Path, Position]]
_Read = tuple[tuple[Any, list[Problem]], _Places]
"""Data and problems; places of values and of keys."""


def _read(raw: bytes, compose: Callable[[str], _Read]) -> _Read:
    """What `compose` makes of a text without line ends or characters that it must not have."""
    text, problem = _decoded(raw)
    if problem:
        return _refused(problem)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if raw.translate(None, _HARMLESS) or _CONFLICT.search(text):
        for found in _forbidden_text(text):
            return _refused(found)
    return compose(text)


def _refused(problem: tuple[Position, Problem]) -> _Read:
    return (None, [problem[1]]), ({problem[1].path: problem[0]}, {})


def _decoded(raw: bytes) -> tuple[str, tuple[Position, Problem] | None]:
    if len(raw) > LARGEST:
        return "", ((1, 1), _syntax(f"{len(raw):,} bytes", f"at most {LARGEST:,} bytes", "too-big"))
    try:
        return raw.decode(), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        problem = _syntax(f"the byte 0x{raw[error.start]:02x}", "UTF-8 text")
        return "", ((line, column), problem)


def _forbidden_text(text: str) -> Iterator[tuple[Position, Problem]]:
    if match := _FORBIDDEN.search(text):
        found = f"the control character U+{ord(match[0]):04X}"
        yield _place(text, match.start()), _syntax(found, "visible text", remedy="Remove it.")
    if match := _CONFLICT.search(text):
        remedy = "Keep one of the two versions and delete the marker lines."
        found = f"a merge conflict marker, {match[0].strip()}"
        yield (
            _place(text, match.start()),
            _syntax(found, "one version of the text", "merge-conflict", remedy),
        )


def _syntax(found: str, expected: str, rule: str = "yaml-syntax", remedy: str = "") -> Problem:
    return Problem(rule=rule, path=(), found=found, expected=expected, remedy=remedy)


def _place(text: str, index: int) -> Position:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _composed_quickly(text: str) -> _Read:
    """The data of a text with nothing unusual in it, without places; of others all."""
    from ruamel.yaml.error import YAMLError

    try:
        return (_Values(text).root(), []), ({}, {})
    except (YAMLError, ValueError, OverflowError, _UnusualError):
        return _compose(text)


def _compose(text: str) -> _Read:
    """The C parser first; what it refuses is decided by the pure one.

    libyaml is an order of magnitude faster but refuses some YAML 1.2, such as a time without
    quotes inside braces, and its messages are worse.
    """
    read = _compose_with(text, pure=False)
    return read if read[0][0] is not None else _compose_with(text, pure=True)


def _compose_with(text: str, *, pure: bool) -> _Read:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    composer = _Composer()
    try:
        for event in _pure_events(text) if pure else _quick_events(text):
            composer.take(event)
    except MarkedYAMLError as error:
        # A quotation that never ends is wrong where it begins, not at the end of the file.
        is_open = error.context_mark and error.problem == _NO_END
        mark = error.context_mark if is_open else error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _refused((place, _explained(text, place, str(error.problem or error.context))))
    except (YAMLError, ValueError, OverflowError, RecursionError) as error:
        return _refused(((1, 1), _syntax(shown(str(error)), "valid YAML")))
    except _TooMuchError as error:
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


def _explained(text: str, place: Position, said: str) -> Problem:
    lines = text.split("\n")
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    if _TAB_INDENT.match(line) or "\\t" in said:
        return _syntax("a tab in the indentation", "spaces", remedy="Indent with two spaces.")
    if _DIRECTIVE.match(line):
        return _syntax("a YAML directive (%)", "no directive", remedy="Quote the text.")
    if "mapping values are not allowed" in said:
        remedy = "Put quotes around text that holds a colon and a space, or start it with |."
        return _syntax(shown(line.strip()), "one key: value a line", remedy=remedy)
    if said == _NO_END:
        remedy = "Put the same mark at the end of the text, or take the first one out."
        return _syntax("a quotation mark that nothing ends", "one at each end", remedy=remedy)
    remedy = "Put quotes around text that starts with a special character."
    return _syntax(shown(said.removeprefix("found ")), "valid YAML", remedy=remedy)


class _TooMuchError(Exception):
    """Reading stops here; everything after it would be as bad."""

    def __init__(self, place: Position, problem: Problem) -> None:
        self.place = place
        self.problem = problem


class _UnusualError(Exception):
    """There is something in a text that has to be looked at more closely."""


class _Values:
    """The data of a text that has nothing in it but texts, lists, and mappings of them."""

    def __init__(self, text: str) -> None:
        from ruamel.yaml import events

        self._scalar = events.ScalarEvent
        self._mapping, self._mapping_end = events.MappingStartEvent, events.MappingEndEvent
        self._sequence, self._sequence_end = events.SequenceStartEvent, events.SequenceEndEvent
        self._stream_end = events.StreamEndEvent
        self._next = _quick_events(text).__next__
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
        if style == '"' and not text.isprintable() and _FORBIDDEN.search(text):
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


class _Open:
    """A list or mapping that is still being read; `key` waits for its value."""

    __slots__ = ("key", "path", "seen", "value")

    def __init__(self, value: Any, path: Path) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None
        self.seen: set[str] = set()

    def next_path(self) -> Path:
        """Where the next value goes; the mapping's own path while it waits for a key."""
        if isinstance(self.value, list):
            return (*self.path, len(self.value))
        return (*self.path, self.key) if self.key is not None else self.path


class _Composer:
    """Builds plain data from YAML events, noting where everything stands."""

    def __init__(self) -> None:
        self.root: Any = None
        self.problems: list[Problem] = []
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self._open: list[_Open] = []
        self._values = 0
        self._documents = 0

    def read(self) -> _Read:
        """What was read. An empty text is null, written as nothing without quotes."""
        data = Plain("") if self.root is None else self.root
        return (data, self.problems), (self.positions, self.keys)

    def take(self, event: Any) -> None:
        """One event of the parser."""
        name = type(event).__name__
        if name == "ScalarEvent":
            self._refuse_extras(event)
            # The whole text was searched before: what is left are escapes, which need quotes.
            if event.style == '"' and (match := _FORBIDDEN.search(event.value)):
                found = f"the control character U+{ord(match[0]):04X}, written as an escape"
                self._problem(event, found, "visible text")
            self._put(event.value if event.style else Plain(event.value), event)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._refuse_extras(event)
            self._start({} if name == "MappingStartEvent" else [], event)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()
        elif name == "AliasEvent":
            self._count(event)
            self._problem(
                event, f"an alias, *{event.anchor}", "the value written out", "yaml-alias"
            )
            self._put(None, event)
        elif name == "DocumentStartEvent":
            self._document(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            problem = _syntax("a second document", "one document per file", "yaml-documents")
            raise _TooMuchError(_start(event), problem)
        if event.version or event.tags:
            self._problem(event, "a YAML directive (%)", "no directive")

    def _count(self, event: Any) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _TooMuchError(_start(event), _syntax("more values", f"at most {MOST_VALUES:,}"))

    def _refuse_extras(self, event: Any) -> None:
        self._count(event)
        if event.anchor:
            found = f"an anchor, &{event.anchor}"
            self._problem(event, found, "the value without an anchor", "yaml-alias")
        if event.ctag is not None and (tag := event.tag) != "!":
            self._problem(event, f"a tag, {tag}", "the value without a tag", "yaml-tag")

    def _start(self, value: Any, event: Any) -> None:
        path = self._next_path()
        self._put(value, event)
        self._open.append(_Open(value, path))
        if len(self._open) > DEEPEST:
            problem = _syntax("deeper nesting", f"at most {DEEPEST} levels")
            raise _TooMuchError(_start(event), problem)

    def _next_path(self) -> Path:
        return self._open[-1].next_path() if self._open else ()

    def _put(self, value: Any, event: Any) -> None:
        if not self._open:
            self.root = value
            self.positions[()] = _start(event)
            return
        top = self._open[-1]
        if isinstance(top.value, list):
            self.positions.setdefault(top.next_path(), _start(event))
            top.value.append(value)
        elif top.key is None:
            self._key(top, value, event)
        else:
            self.positions.setdefault(top.next_path(), _start(event))
            top.value.setdefault(top.key, value)
            top.key = None

    def _key(self, top: _Open, value: Any, event: Any) -> None:
        text = str(value) if isinstance(value, str) else f"<{type(value).__name__}>"
        same = text if text.isascii() else _composed(text)
        if not isinstance(value, str):
            self._problem(event, "a key that is not text", "a word as key")
        elif same in top.seen or value == "<<":
            expected = "written-out keys" if value == "<<" else "each key once"
            self._problem(event, f"{text} again", expected, "duplicate-key", path=(*top.path, text))
        top.seen.add(same)
        top.key = text
        self.keys.setdefault((*top.path, text), _start(event))

    def _problem(
        self, event: Any, found: str, expected: str, rule: str = "yaml-syntax", path: Path = ()
    ) -> None:
        # Each gets a path of its own, so that its place is kept beside that of the value.
        path = (*(path or self._next_path()), f"#{len(self.problems)}")
        self.positions[path] = _start(event)
        self.problems.append(Problem(rule=rule, path=path, found=found, expected=expected))


def _start(event: Any) -> Position:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _composed(text: str) -> str:
    """The same letters written in one way: `é` may be one character or two."""
    from unicodedata import normalize  # keys are seldom more than ASCII

    return normalize("NFC", text)

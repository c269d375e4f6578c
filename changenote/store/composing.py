"""Plain data from the events of a YAML parser, with the places of all and every problem."""

from typing import Any

from changenote.model.problems import Path, Problem
from changenote.model.reading import Plain
from changenote.store.yaml_text import DEEPEST, FORBIDDEN, MOST_VALUES, Position, joined, syntax

Places = tuple[dict[Path, Position], dict[Path, Position]]
Read = tuple[tuple[Any, list[Problem]], Places]
"""Data and problems; places of values and of keys."""


class TooMuchError(Exception):
    """Reading stops here; everything after it would be as bad."""

    def __init__(self, place: Position, problem: Problem) -> None:
        self.place = place
        self.problem = problem


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


class Composer:
    """Builds plain data from YAML events, noting where everything stands."""

    def __init__(self) -> None:
        self.root: Any = None
        self.problems: list[Problem] = []
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self._open: list[_Open] = []
        self._values = 0
        self._documents = 0

    def read(self) -> Read:
        """What was read. An empty text is null, written as nothing without quotes."""
        data = Plain("") if self.root is None else self.root
        return (data, self.problems), (self.positions, self.keys)

    def take(self, event: Any) -> None:
        """One event of the parser."""
        name = type(event).__name__
        if name == "ScalarEvent":
            self._refuse_extras(event)
            self._put(self._text(event), event)
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

    def _text(self, event: Any) -> str:
        """What a scalar says; without quotes it may become something else than text."""
        text: str = event.value
        if not event.style:
            return Plain(text)
        # The whole text was searched before: what is left are escapes, which need double quotes.
        if event.style == '"' and FORBIDDEN.search(text):
            text = joined(text)
            if match := FORBIDDEN.search(text):
                found = f"the control character U+{ord(match[0]):04X}, written as an escape"
                self._problem(event, found, "visible text")
        return text

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            problem = syntax("a second document", "one document per file", rule="yaml-documents")
            raise TooMuchError(_start(event), problem)
        if event.version or event.tags:
            self._problem(event, "a YAML directive (%)", "no directive")

    def _count(self, event: Any) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise TooMuchError(_start(event), syntax("more values", f"at most {MOST_VALUES:,}"))

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
            problem = syntax("deeper nesting", f"at most {DEEPEST} levels")
            raise TooMuchError(_start(event), problem)

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

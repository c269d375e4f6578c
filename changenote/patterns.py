"""Regular expressions that are compiled when they are first used.

A module that defines twenty of them would otherwise compile all twenty each time a command starts,
to use three. Compiling was a quarter of what importing our modules took.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast


def pattern(
    text: str, flags: re.RegexFlag | int = 0, *, holds: tuple[str, ...] = ()
) -> re.Pattern[str]:
    """Like `re.compile`, for a module's own patterns; compiled at the first `match`, `search` …

    Every match holds one of the texts in `holds`, if there are any: where none of them stands, the
    pattern need not be compiled to know that it does not match. Compiling takes a hundred times as
    long as that look, and most commands look at few texts. They are in lower case where the pattern
    takes no notice of it (`re.I` among the flags).
    """
    return cast("re.Pattern[str]", Sparing(text, flags, holds) if holds else _Pattern(text, flags))


class _Pattern:
    def __init__(self, text: str, flags: re.RegexFlag | int) -> None:
        self._text = text
        self._flags = flags

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self._text, self._flags)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.compiled, name)
        self.__dict__[name] = method  # the next time it is found without coming here
        return method


class Sparing(_Pattern):
    """Answers by itself as long as nothing can match; then it is what it stands for."""

    def __init__(self, text: str, flags: re.RegexFlag | int, holds: tuple[str, ...]) -> None:
        super().__init__(text, flags)
        self.holds = holds

    def match(self, text: str, *ends: int) -> re.Match[str] | None:
        """As `re` does."""
        return self._real("match")(text, *ends) if self._can_match(text) else None

    def fullmatch(self, text: str, *ends: int) -> re.Match[str] | None:
        """As `re` does."""
        return self._real("fullmatch")(text, *ends) if self._can_match(text) else None

    def search(self, text: str, *ends: int) -> re.Match[str] | None:
        """As `re` does."""
        return self._real("search")(text, *ends) if self._can_match(text) else None

    def findall(self, text: str) -> list[Any]:
        """As `re` does."""
        return self._real("findall")(text) if self._can_match(text) else []

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As `re` does."""
        return self._real("finditer")(text) if self._can_match(text) else iter(())

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """As `re` does."""
        return self._real("sub")(new, text, count) if self._can_match(text) else text

    def _can_match(self, text: str) -> bool:
        if self._flags & re.I:
            if not text.isascii():  # a long s equals s, and is no s in lower case
                return True
            text = text.lower()
        for part in self.holds:  # noqa: SIM110 - `any` takes twice as long
            if part in text:
                return True
        return False

    def _real(self, name: str) -> Any:
        return self.__getattr__(name)

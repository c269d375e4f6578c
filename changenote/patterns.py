"""Regular expressions that are compiled when they are first used.

A module that defines twenty of them would otherwise compile all twenty each time a command starts,
to use three. Compiling was a quarter of what importing our modules took.
"""

import re
from typing import Any, cast


def pattern(text: str, flags: re.RegexFlag | int = 0) -> re.Pattern[str]:
    """Like `re.compile`, for a module's own patterns; compiled at the first `match`, `search` …"""
    return cast("re.Pattern[str]", _Pattern(text, flags))


class _Pattern:
    def __init__(self, text: str, flags: re.RegexFlag | int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(self._text, self._flags), name)
        self.__dict__[name] = method  # the next time it is found without coming here
        return method

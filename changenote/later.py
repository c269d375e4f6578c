"""Modules of the standard library that are loaded when something of theirs is used, if ever.

click and pathlib load them for functions that few commands come to, and every command would wait.
"""

import sys
from _thread import RLock
from collections.abc import Callable
from importlib import reload
from types import ModuleType
from typing import Any

_LOADING = RLock()


class Later(ModuleType):
    """A module that is not loaded yet; the first look at anything in it loads it in its place."""

    def __getattr__(self, name: str) -> Any:
        with _LOADING:  # a second thread waits until all of it is there
            if type(self) is Later:
                reload(self)
                self.__class__ = ModuleType  # type: ignore[assignment]  # as the loader of Python does
        return getattr(self, name)


def put_off() -> None:
    """Let what is slow to load and seldom used wait for its first use."""
    _put_off("inspect", cleandoc=_cleaned)
    _put_off("ipaddress")
    if sys.platform == "linux":  # uuid asks what click's own type for it does not need
        _put_off("platform", system=lambda: "Linux")


def _put_off(name: str, **answers: Callable[..., Any]) -> None:
    """A module that answers some questions before it is loaded; None: that one it cannot."""
    if name in sys.modules:
        return
    module = sys.modules[name] = Later(name)
    for function, answer in answers.items():
        setattr(module, function, _answering(module, function, answer))


def _answering(module: ModuleType, name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    def answered(*arguments: Any) -> Any:
        known = answer(*arguments)
        if known is not None:
            return known
        vars(module).pop(name, None)
        return getattr(module, name)(*arguments)

    return answered


def _cleaned(text: str) -> str | None:
    """As `inspect.cleandoc`, which click calls for every help text; None where a tab is in it."""
    first, *rest = text.split("\n")
    if not all(line.isprintable() for line in (first, *rest)):
        return None
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join((first.lstrip(), *(line[margin:] for line in rest))).strip("\n")

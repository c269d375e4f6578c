"""A function that remembers what it gave last: for what two pages in a row need of one note."""

from collections.abc import Callable
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class Latest(Generic[Given, Made]):
    """Calls a function, but not again for the very thing that it was called for last.

    Only one result is kept: all of them would not fit into memory.
    """

    def __init__(self, made: Callable[[Given], Made]) -> None:
        self._made = made
        self._last: tuple[Given, Made] | None = None

    def __call__(self, given: Given) -> Made:
        """What the function gives."""
        last = self._last
        if last is None or last[0] is not given:
            last = self._last = (given, self._made(given))
        return last[1]

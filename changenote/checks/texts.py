"""All texts of a note with their places, collected once for the rules that look at every one."""

from collections.abc import Iterable, Mapping
from typing import Any

from changenote.model.problems import Path

Text = tuple[Path, str, bool]
"""A text, where it is, and whether it is the key there."""

SHORTEST = 8
"""Characters of a text in which a secret can be."""


def texts_in(data: Mapping[str, Any]) -> list[Text]:
    """The texts of plain data in order, without those too short for any rule: ASCII and tiny."""
    found: list[Text] = []
    _collect(data, (), found)
    return found


def _collect(value: Any, path: Path, found: list[Text]) -> None:
    is_mapping = isinstance(value, Mapping)
    items: Iterable[tuple[Any, Any]] = value.items() if is_mapping else enumerate(value)
    for key, inner in items:
        if is_mapping and not key.isascii():
            found.append(((*path, key), key, True))
        if isinstance(inner, str):
            # A note has hundreds of numbers and words such as `modified`, and time is short.
            if len(inner) >= SHORTEST or path[:1] == ("x",) or not inner.isascii():
                found.append(((*path, key), inner, False))
        elif isinstance(inner, Mapping | list | tuple):
            _collect(inner, (*path, key), found)

"""Where a path stands in a text, from its parser's events: a few are asked for, of many.

The events are those of a text with nothing unusual in it, as `codec` keeps them.
"""

from typing import Any

from changenote.model.problems import Path
from changenote.store.yaml_text import Position

_FIRST = 2  # after the starts of the stream and of the document
_STARTS = ("MappingStartEvent", "SequenceStartEvent")
_ENDS = ("MappingEndEvent", "SequenceEndEvent")


def position_in(events: list[Any], path: Path, key: bool) -> Position:
    """Where a path stands, or its key, or else the nearest part around it."""
    at = key_at = _FIRST
    if len(events) <= _FIRST:
        return 1, 1
    for number, step in enumerate(path, 1):
        found = _inside(events, at, step)
        if found is None:
            break
        key_at, at = found
        if key and number == len(path) and isinstance(step, str):
            at = key_at
    mark = events[at].start_mark
    return mark.line + 1, mark.column + 1


def _inside(events: list[Any], at: int, step: str | int) -> tuple[int, int] | None:
    """Where the key and the value of a part of a mapping are, or one of a list; None: nowhere."""
    kind = type(events[at]).__name__
    if kind not in _STARTS:
        return None
    is_mapping, at, number = kind == _STARTS[0], at + 1, 0
    while type(events[at]).__name__ not in _ENDS:
        value = at + is_mapping
        if step == (events[at].value if is_mapping else number):
            return at, value
        at = _after(events, value)
        number += 1
    return None


def _after(events: list[Any], at: int) -> int:
    """Where the next one begins after a value."""
    depth = 0
    while True:
        kind = type(events[at]).__name__
        depth += (kind in _STARTS) - (kind in _ENDS)
        at += 1
        if not depth:
            return at

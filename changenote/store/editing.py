"""Changes to a note's text that keep every other byte: comments, order, quotes, line ends.

The new value is put into the text where the old one stands, or where a new key belongs. What comes
out is read back: it must be exactly the old data with that change, and no comment may be lost. If
it is not, the part around the value is written anew; if that fails too, the change is refused.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from changenote.errors import InvalidNote
from changenote.model.problems import Path, dotted
from changenote.model.reading import Plain, is_null, resolved
from changenote.records import record
from changenote.store import codec
from changenote.store.emitting import WIDTH
from changenote.store.outline import Node, Span, comments, found, line_end, outline
from changenote.store.splicing import Splice, cut, put

_GONE = object()


def with_value(text: str, path: Path, value: Any) -> str:
    """The text with a value at a path; parts that are missing are made, in canonical key order.

    The same text when the value is there already. Of a list or mapping, only what differs is
    touched. Raises `InvalidNote` when the text cannot be read, or not be changed there.
    """
    source = _read(text)
    old = _at(source.data, path)
    try:
        for place, new in _differences(path, old, value):
            text = _changed(text, place, new)
    except InvalidNote:
        text = _changed(source.raw, path, value)
    return text


def with_item(text: str, path: Path, item: Any) -> str:
    """The text with an item more at the end of the list at a path, which is made if missing.

    Raises `InvalidNote` as `with_value` does.
    """
    old = _at(_read(text).data, path)
    if old is _GONE or is_null(old):
        return with_value(text, path, [item])
    if not isinstance(old, list):
        raise _cannot(path, "it is no list")
    return _changed(text, (*path, len(old)), item)


def without(text: str, path: Path) -> str:
    """The text without the key or item at a path, and without a part that is empty then.

    The same text when nothing is there. Raises `InvalidNote` as `with_value` does.
    """
    return text if _at(_read(text).data, path) is _GONE else _changed(text, path, _GONE)


def value_at(text: str, path: Path) -> Any:
    """The plain data at a path of a note's text; None when nothing is there."""
    found = _at(_read(text).data, path)
    return None if found is _GONE or is_null(found) else found


@record
class _Source:
    """A text as it was given, and the same with plain newlines, understood."""

    raw: str
    text: str
    data: Any
    root: Node


def _read(raw: str) -> _Source:
    document = codec.load(raw.encode("utf-8", "surrogateescape"))
    if document.problems or not isinstance(document.data, dict):
        raise _cannot((), "it is not readable YAML", "Run `changenote check` on it first.")
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _Source(raw=raw, text=text, data=document.data, root=outline(text))


def _ended(source: _Source) -> _Source:
    """With a newline at the end, where a text of many lines would get it from what follows."""
    last = source.root
    while last.entries:
        last = last.entries[-1][1]
    if last.style not in ("|", ">") or last.end < len(source.text):
        return source
    return _read(source.raw + ("\r\n" if "\r\n" in source.raw else "\n"))


def _cannot(path: Path, why: str, hint: str = "") -> InvalidNote:
    where = f" at {dotted(path)}" if path else ""
    return InvalidNote(
        f"the note cannot be changed{where}: {why}",
        expected="a note written one key a line, or in the usual brackets",
        hint=hint or "`changenote edit ID` opens it: change it by hand.",
    )


def _at(data: Any, path: Path) -> Any:
    """What is at a path, or `_GONE`."""
    for part in path:
        is_key = isinstance(data, Mapping) and part in data
        is_item = isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data)
        if not is_key and not is_item:
            return _GONE
        data = data[part]
    return data


def _differences(path: Path, old: Any, new: Any) -> Iterator[tuple[Path, Any]]:
    """The smallest parts that differ, each with what it should be; later paths hold afterwards."""
    if old is not _GONE and _same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and old and new:
        for key, value in new.items():
            yield from _differences((*path, key), old.get(key, _GONE), value)
        for key in [key for key in old if key not in new]:
            yield (*path, key), _GONE
    elif isinstance(old, list) and isinstance(new, list | tuple) and old and len(new) >= len(old):
        for number, value in enumerate(new):
            before = old[number] if number < len(old) else _GONE
            yield from _differences((*path, number), before, value)
    else:
        yield path, new


def _changed(text: str, path: Path, value: Any) -> str:
    """One change, by the smallest splice that proves right."""
    source = _ended(_read(text))
    wanted = _data_with(source.data, path, value)
    target, whole = _span(source.root, path), _flow_around(source.root, path)
    wide = None
    for depth in range(len(path), 0, -1):
        new = value if depth == len(path) else _at(wanted, path[:depth])
        splice = _splice(source, path[:depth], new)
        gone = splice.gone if splice and depth == len(path) else target
        splice = _proved(source, splice, wanted, gone) if splice else None
        if splice is None:
            continue
        if depth > whole > 0 and _is_too_wide(source.text, splice):
            wide = wide or splice
            continue
        return _applied(source.raw, splice)
    if wide is None:
        raise _cannot(path, "its form is too unusual for a change by a program")
    return _applied(source.raw, wide)


def _splice(source: _Source, path: Path, value: Any) -> Splice | None:
    if value is _GONE:
        return cut(source.text, source.root, path)
    return put(source.text, source.root, path, value)


def _span(root: Node, path: Path) -> Span:
    entries, missing = found(root, path)
    return (0, 0) if missing else (entries[-1][1].start, entries[-1][1].end)


def _flow_around(root: Node, path: Path) -> int:
    """How long the path is of the outermost brackets that hold the place; 0 when none do."""
    node: Node | None = root
    for depth, part in enumerate((*path, 0)):
        if node is None:
            break
        if node.is_flow:
            return depth
        entry = node.entry(part)
        node = entry[1] if entry else None
    return 0


def _is_too_wide(text: str, splice: Splice) -> bool:
    """Does the splice make the longest of its lines too long, which it was not before?"""
    new = _applied(text, splice)
    before = _longest_line(text, splice.start, splice.end)
    return before <= WIDTH < _longest_line(new, splice.start, splice.start + len(splice.text))


def _longest_line(text: str, start: int, end: int) -> int:
    first = text.rfind("\n", 0, start) + 1
    return max(map(len, text[first : line_end(text, end)].split("\n")))


def _data_with(data: Any, path: Path, value: Any, *, at: Path = ()) -> Any:
    """The data with that change: what the new text must read as. `at` is where the data stands."""
    if not path:
        return value
    part, rest, here = path[0], path[1:], (*at, path[0])
    if is_null(data):
        data = [] if isinstance(part, int) else {}
    if isinstance(data, Mapping) and isinstance(part, str):
        inner = _data_with(data.get(part), rest, value, at=here)
        emptied = value is _GONE and (inner is _GONE or inner in ({}, []))
        others = {k: v for k, v in data.items() if k != part} if emptied else dict(data)
        return others if emptied else {**others, part: inner}
    if isinstance(data, list) and isinstance(part, int) and 0 <= part <= len(data):
        old = data[part] if part < len(data) else None
        inner = _data_with(old, rest, value, at=here)
        kept = [] if value is _GONE and (inner is _GONE or inner in ({}, [])) else [inner]
        return [*data[:part], *kept, *data[part + 1 :]]
    raise _cannot((*at, *path), "the part around it is something else")


def _proved(source: _Source, splice: Splice, wanted: Any, gone: Span) -> Splice | None:
    """The splice that makes the text right; a text of many lines may need a newline behind it."""
    if _is_right(source, splice, wanted, gone):
        return splice
    ended = replace(splice, text=splice.text + "\n")
    is_last = splice.end == len(source.text)
    return ended if is_last and _is_right(source, ended, wanted, gone) else None


def _is_right(source: _Source, splice: Splice, wanted: Any, gone: Span) -> bool:
    """Does the new text read as it should, with every comment that is not inside what is gone?"""
    new = _applied(source.text, splice)
    document = codec.load(new.encode("utf-8", "surrogateescape"))
    if document.problems or not _same(document.data, wanted):
        return False
    kept, every = comments(source.text, source.root, gone), comments(source.text, source.root)
    return kept <= comments(new, outline(new)) <= every


def _applied(raw: str, splice: Splice) -> str:
    """The splice put into the text as it was given, with its own line ends."""
    mark = raw[: raw.startswith("\ufeff")]
    body = raw[len(mark) :]
    start, end = _raw_index(body, splice.start), _raw_index(body, splice.end)
    first = body.find("\n")
    is_windows = first > 0 and body[first - 1] == "\r"
    new = splice.text.replace("\n", "\r\n") if is_windows else splice.text
    return mark + body[:start] + new + body[end:]


def _raw_index(raw: str, index: int) -> int:
    """Where an index of the text with plain newlines is in the text as it was given."""
    if "\r\n" not in raw:
        return index
    pieces = raw.split("\r\n")
    places, place = [], -1
    for piece in pieces[:-1]:
        place += len(piece) + 1
        places.append(place)
    return index + bisect_left(places, index)


def _same(first: Any, second: Any) -> bool:
    """Do two values read the same, however they are written?"""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(_same(v, second[k]) for k, v in first.items())
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, Plain) and isinstance(second, Plain):
        return str(first) == str(second) or (is_null(first) and is_null(second))
    one, other = resolved(first), resolved(second)
    return one == other and isinstance(one, bool) == isinstance(other, bool)

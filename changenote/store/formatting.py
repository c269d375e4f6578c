"""A note's text in canonical form, without touching its meaning or its comments.

The text is cut into one block per top-level key; blocks are put into reading order. A block
without comments is written anew; one with comments keeps every character. The result is read back
and compared, so a block this module misjudges is a refusal, never a loss.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from changenote.errors import InvalidNote
from changenote.model.reading import is_null
from changenote.model.writing import canonical
from changenote.patterns import pattern
from changenote.store import codec
from changenote.store.emitting import dump, entry, same_group

_MAYBE_COMMENT = pattern(r"(?:^|\s)#", re.M)


@dataclass(frozen=True)
class _Block:
    key: str
    comments: str  # the comment lines above the key
    text: str


@dataclass(frozen=True)
class _Blocks:
    header: str  # comments above the first key, up to an empty line
    each: list[_Block]
    footer: str  # comments below the last key


def formatted(text: str) -> str:
    """The canonical form of a note's text, ending in a newline.

    Raises `InvalidNote` when the text is not readable YAML, or could not be kept in meaning.
    """
    document = codec.load(text.encode())
    if document.problems or not isinstance(document.data, dict):
        raise _cannot("it is not readable YAML", "Run `changenote check` on it first.")
    order = list(canonical(document.data))
    blocks = _blocks(text, document)
    if blocks is None:
        return _whole(text, document)
    blocks = _saying_something(blocks, document.data)
    found = sorted(blocks.each, key=lambda b: _rank(b, order))
    new = blocks.header + _joined(found, document.data) + blocks.footer
    _prove_same(text, new)
    return new


def _cannot(why: str, hint: str) -> InvalidNote:
    return InvalidNote(
        f"the note cannot be formatted: {why}",
        expected="a note that changenote can read",
        hint=hint,
    )


def _rank(block: _Block, order: list[str]) -> int:
    return order.index(block.key) if block.key in order else len(order)


def _whole(text: str, document: codec.Document) -> str:
    """For a note written as one `{…}`: written anew, unless it has comments."""
    if _MAYBE_COMMENT.search(text):
        raise _cannot("it has comments inside braces", "Write one key a line.")
    return dump(canonical(document.data))


def _blocks(text: str, document: codec.Document) -> _Blocks | None:
    starts = {line: path[0] for path, (line, column) in document.keys.items() if len(path) == 1}
    columns = {column for path, (_, column) in document.keys.items() if len(path) == 1}
    if columns != {1} or len(starts) != len(document.data):
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header, comments = _header(lines[: min(starts) - 1])
    each, footer = _cut(lines, starts, comments)
    return _Blocks(header, each, footer)


def _header(above: list[str]) -> tuple[str, str]:
    """The lines above the first key: those of the file, and those right above the key."""
    empty = [number for number, line in enumerate(above, 1) if not line.strip()]
    end = empty[-1] if empty else len(above)
    return _comment_lines(above[:end], keep_empty=True), _comment_lines(above[end:])


def _comment_lines(lines: list[str], *, keep_empty: bool = False) -> str:
    if keep_empty:
        return "".join(f"{line}\n" for line in lines)
    # An indented one, below another key, would be taken for a part of that.
    return "".join(f"{line.lstrip()}\n" for line in lines if line.strip())


def _cut(lines: list[str], starts: dict[int, str | int], comments: str) -> tuple[list[_Block], str]:
    numbers = sorted(starts)
    blocks = []
    for number, following in zip(numbers, [*numbers[1:], len(lines) + 1], strict=True):
        block = lines[number - 1 : following - 1]
        kept = _without_trailing_comments(block)
        body = "\n".join(kept).rstrip() + "\n"
        blocks.append(_Block(str(starts[number]), comments, body))
        comments = _comment_lines(block[len(kept) :])
    return blocks, comments


def _without_trailing_comments(block: list[str]) -> list[str]:
    """A block without the unindented comments at its end: those belong to the next key."""
    end = len(block)
    while end > 1 and (not block[end - 1].strip() or block[end - 1].startswith("#")):
        end -= 1
    return block[:end]


def _saying_something(blocks: _Blocks, data: dict[str, object]) -> _Blocks:
    """Without the keys that have no value; the comments above one stay, above what follows."""
    each, comments = [], ""
    for block in blocks.each:
        comments += block.comments
        if _rewritten(block, data):
            each.append(replace(block, comments=comments))
            comments = ""
    return _Blocks(blocks.header, each, comments + blocks.footer)


def _joined(blocks: list[_Block], data: dict[str, object]) -> str:
    text, before = "", None
    for block in blocks:
        if before is not None and not same_group(before, block.key):
            text += "\n"
        text += block.comments + _rewritten(block, data)
        before = block.key
    return text


def _rewritten(block: _Block, data: dict[str, object]) -> str:
    if _MAYBE_COMMENT.search(block.text):
        return block.text
    ordered = canonical({block.key: data[block.key]})
    return entry(block.key, ordered[block.key]) if ordered else ""


def _prove_same(old: str, new: str) -> None:
    before, after = codec.load(old.encode()), codec.load(new.encode())
    same = _said(canonical(before.data)) == _said(canonical(after.data))
    if not same or after.problems or _comments(old) != _comments(new):
        raise _cannot("its meaning or a comment would change", "Put it in order by hand.")


def _said(value: Any) -> Any:
    """Data in which nothing is the same however it is written."""
    if isinstance(value, Mapping):
        return {key: _said(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_said(item) for item in value]
    return None if is_null(value) else value


def _comments(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.strip().startswith("#"))

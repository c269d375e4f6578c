"""Where in a YAML text a new value goes, and what to write there. Proposals: `editing` proves them.

All of it works on a text with newlines for line ends, without a byte order mark.
"""

from collections.abc import Sequence
from typing import Any

from changenote.model.problems import Path
from changenote.model.reading import Plain, resolved
from changenote.model.writing import keys_at
from changenote.patterns import pattern
from changenote.records import record
from changenote.store.emitting import entry_lines, inline, item_lines, requoted, same_group
from changenote.store.outline import Entry, Node, Span, found, line_end

_COMMENT_BEHIND = pattern(r"[ \t]+#.*")
_SPACES_BEFORE_COMMENT = pattern(r"[ ]+(?=#)")
_SET_OFF = 2  # spaces that set a comment off from a value
_ANY_KEY = "k"


@record
class Splice:
    """What to write from `start` up to `end`; the comments inside `gone` go with the old value."""

    start: int
    end: int
    text: str
    gone: Span = (0, 0)


def put(text: str, root: Node, path: Path, value: Any) -> Splice | None:
    """A value at a path, where one is or where one belongs; None when there is no place for it."""
    entries, missing = found(root, path)
    is_flow = any(node.is_flow for _, node in entries[:-1])
    holder = entries[-1][1]
    if not missing or not holder.entries:
        return _replaced(text, entries, _built(missing, value), is_flow=is_flow)
    part, inner = missing[0], _built(missing[1:], value)
    if holder.kind == "list":
        if part != len(holder.entries):
            return None
        return _appended(text, holder, inner, is_flow=is_flow or holder.is_flow)
    if not isinstance(part, str):
        return None
    order = keys_at(path[: len(path) - len(missing)])
    if is_flow or holder.is_flow:
        return _inserted_in_flow(holder, order, part, inner)
    is_top = len(entries) == 1
    return _inserted(text, holder, order, part, inner, is_top=is_top)


def _built(parts: Path, value: Any) -> Any:
    """The value inside the parts that are missing around it."""
    for part in reversed(parts):
        value = [value] if isinstance(part, int) else {part: value}
    return value


# Replacing a value that is there, or nothing where a value could be.


def _replaced(text: str, entries: Sequence[Entry], value: Any, *, is_flow: bool) -> Splice | None:
    if len(entries) == 1:
        return None
    key, node = entries[-1]
    requoted_value = _in_old_quotes(node, value)
    if is_flow or requoted_value is not None:
        new = requoted_value if requoted_value is not None else inline(value)
        return _spaced(text, node, new)
    if key is None:
        return _replaced_item(text, entries[-2][1], node, value)
    return _replaced_in_lines(text, key, node, value)


def _in_old_quotes(node: Node, value: Any) -> str | None:
    is_text = isinstance(value, str) and "\n" not in value
    if not is_text or (isinstance(value, Plain) and not isinstance(resolved(value), str)):
        return None
    return requoted(value, node.style) if node.style in ("'", '"') and node.style else None


def _spaced(text: str, node: Node, new: str) -> Splice:
    is_nothing = node.start == node.end and text[node.start - 1 : node.start] in (":", "-")
    new = f" {new}" if is_nothing else new
    return _with_comment_in_place(text, node.start, node.end, new)


def _with_comment_in_place(text: str, start: int, end: int, new: str) -> Splice:
    """A comment behind the value, set off by some spaces, stays in its column if it can."""
    spaces = _SPACES_BEFORE_COMMENT.match(text, end)
    if spaces is None or "\n" in text[start:end] or len(spaces[0]) < _SET_OFF:
        return Splice(start=start, end=end, text=new, gone=(start, end))
    room = max(len(spaces[0]) - (len(new) - (end - start)), _SET_OFF)
    return Splice(start=start, end=spaces.end(), text=new + " " * room, gone=(start, end))


def _replaced_item(text: str, holder: Node, node: Node, value: Any) -> Splice:
    dash = text.rfind("-", 0, node.start + (node.start == node.end))
    first, *body = item_lines(value, holder.column)
    gone = (node.start, node.end)
    if not body:
        behind = _header_comment(text, node)
        new = first[holder.column + 1 :] + behind
        return _with_comment_in_place(text, dash + 1, node.end, new)
    end = line_end(text, node.end)
    comment = _header_comment(text, node) + text[node.end : end].rstrip()
    new = "\n".join([first[holder.column + 1 :] + comment, *body])
    return Splice(start=dash + 1, end=end, text=new, gone=gone)


def _replaced_in_lines(text: str, key: Node, node: Node, value: Any) -> Splice:
    name = _ANY_KEY * len(text[key.start : key.end])
    first, *body = entry_lines(name, value, key.column)
    head = first[key.column + len(name) + 1 :]
    gone = (node.start, node.end)
    colon = text.find(":", key.end) + 1
    between = text[colon : node.start].rstrip()
    is_block = node.kind != "scalar" and not node.is_flow
    if not body and not is_block:
        behind = _header_comment(text, node)
        start = node.start if text[colon : node.start] else colon
        new = head if start == colon else head.lstrip()
        return _with_comment_in_place(text, start, node.end, new + behind)
    if is_block:
        line, end = line_end(text, colon), line_end(text, node.end)
        new = "\n".join([head + text[colon:line].rstrip(), *body])
        return Splice(start=colon, end=end, text=new, gone=(line, end))
    end = line_end(text, node.end)
    comment = _header_comment(text, node) + text[node.end : end].rstrip()
    new = "\n".join([head + between + comment, *body])
    return Splice(start=colon, end=end, text=new, gone=gone)


def _header_comment(text: str, node: Node) -> str:
    """The comment behind the `|` that a text of many lines begins with."""
    if node.style not in ("|", ">"):
        return ""
    comment = _COMMENT_BEHIND.search(text, node.start, line_end(text, node.start))
    return comment[0] if comment else ""


# A place for something new.


def _appended(text: str, holder: Node, value: Any, *, is_flow: bool) -> Splice:
    last = holder.entries[-1][1]
    if is_flow:
        return Splice(start=last.end, end=last.end, text=f", {inline(value)}")
    at = _end_with_comments(text, last.end, holder.column)
    new = "".join(f"\n{line}" for line in item_lines(value, holder.column))
    return Splice(start=at, end=at, text=new)


def _end_with_comments(text: str, index: int, column: int) -> int:
    """The end of a value's last line, or of the comments below it that are indented deeper."""
    end = at = line_end(text, index)
    while at < len(text):
        start, at = at + 1, line_end(text, at + 1)
        line = text[start:at]
        content = line.lstrip(" ")
        if content.strip() and not (content[0] == "#" and len(line) - len(content) > column):
            break
        end = at if content.strip() else end
    return end


def _neighbours(holder: Node, order: Sequence[str], part: str) -> tuple[int, int]:
    """The numbers of the entries that a new key goes behind and before; -1 when there is none."""
    ranks = {key: rank for rank, key in enumerate(order)}
    names = [key.value if key else "" for key, _ in holder.entries]
    if part not in ranks:
        free = [n for n, name in enumerate(names) if name != "x"]
        return max(free, default=len(names) - 1), -1
    before = [n for n, name in enumerate(names) if ranks.get(name, len(ranks)) < ranks[part]]
    behind = [n for n, name in enumerate(names) if ranks.get(name, len(ranks)) > ranks[part]]
    last = max(before, key=lambda n: ranks[names[n]], default=-1)
    first = min(behind, key=lambda n: ranks.get(names[n], len(ranks)), default=-1)
    return last, first


def _inserted_in_flow(holder: Node, order: Sequence[str], part: str, value: Any) -> Splice:
    previous, _ = _neighbours(holder, order, part)
    pair = inline({part: value})[1:-1]
    if previous < 0:
        key, node = holder.entries[0]
        start = (key or node).start
        return Splice(start=start, end=start, text=f"{pair}, ")
    end = holder.entries[previous][1].end
    return Splice(start=end, end=end, text=f", {pair}")


def _inserted(
    text: str, holder: Node, order: Sequence[str], part: str, value: Any, *, is_top: bool
) -> Splice | None:
    previous, following = _neighbours(holder, order, part)
    names = [key.value if key else "" for key, _ in holder.entries]
    column = _column_of_keys(holder)
    lines = entry_lines(part, value, column)
    is_parted = is_top and _has_groups(text, holder) and not _keeps_newlines(text, holder, previous)
    goes_before = previous < 0 or (
        is_parted
        and following > 0
        and not same_group(names[previous], part)
        and same_group(part, names[following])
    )
    if goes_before and (at := _line_above(text, holder, max(following, 0), column)) is not None:
        return Splice(start=at, end=at, text="".join(f"{line}\n" for line in lines))
    at = _end_with_comments(text, holder.entries[max(previous, 0)][1].end, column)
    if is_parted and not same_group(names[previous], part):
        lines = ["", *lines]
        lines += [""] if text[at : at + 2].strip() else []
    return Splice(start=at, end=at, text="".join(f"\n{line}" for line in lines))


def _column_of_keys(holder: Node) -> int:
    key = holder.entries[0][0]
    return key.column if key else holder.column


def _has_groups(text: str, holder: Node) -> bool:
    """Do empty lines part the top-level keys, as they do in what `new` writes?"""
    starts = [key.start for key, _ in holder.entries if key]
    ends = [node.end for _, node in holder.entries]
    return any("\n\n" in text[end:start] for end, start in zip(ends, starts[1:], strict=False))


def _keeps_newlines(text: str, holder: Node, number: int) -> bool:
    """Would an empty line behind an entry become a part of its text (`|+`)?"""
    node = holder
    while node.entries:
        node = node.entries[number][1]
        number = -1
    return node.style in ("|", ">") and "+" in text[node.start : node.start + 3]


def _line_above(text: str, holder: Node, number: int, column: int) -> int | None:
    """Where the line of an entry starts, or its comments above; None behind a dash."""
    key = holder.entries[number][0]
    start = text.rfind("\n", 0, key.start) + 1 if key else 0
    if key is None or text[start : key.start].strip():
        return None
    floor = line_end(text, holder.entries[number - 1][1].end) + 1 if number else 0
    while start > floor:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above : start - 1]
        if not line.strip().startswith("#") or len(line) - len(line.lstrip()) != column:
            break
        start = above
    return start


# Taking something away.


def cut(text: str, root: Node, path: Path) -> Splice | None:
    """A key or item taken out, with the parts around it that hold nothing else."""
    entries, missing = found(root, path)
    while len(entries) > 2 and len(entries[-2][1].entries) == 1:
        entries.pop()
    if missing or len(entries) < 2:
        return None
    holder = entries[-2][1]
    if any(node.is_flow for _, node in entries[:-1]):
        return _cut_in_flow(holder, entries[-1])
    return _cut_lines(text, holder, entries[-1], is_top=len(entries) == 2)


def _cut_in_flow(holder: Node, entry: Entry) -> Splice | None:
    number = holder.entries.index(entry)
    start, end = (entry[0] or entry[1]).start, entry[1].end
    if number + 1 < len(holder.entries):
        key, node = holder.entries[number + 1]
        end = (key or node).start
    elif number:
        start = holder.entries[number - 1][1].end
    else:
        return None
    return Splice(start=start, end=end, text="", gone=(start, end))


def _cut_lines(text: str, holder: Node, entry: Entry, *, is_top: bool) -> Splice | None:
    key, node = entry
    begin = key.start if key else text.rfind("-", 0, node.start + (node.start == node.end))
    start = text.rfind("\n", 0, begin) + 1
    if text[start:begin].strip():
        return None  # it shares its line with the dash of the item around it
    end = _end_with_comments(text, node.end, key.column if key else holder.column)
    gone = (begin, end)
    below = text[end + 1 :]
    if is_top and text[:start].endswith("\n\n") and (not below or below.startswith("\n")):
        start -= 1  # one empty line between two groups is enough
    if end == len(text) and start:
        return Splice(start=start - 1, end=end, text="", gone=gone)
    return Splice(start=start, end=end + 1, text="", gone=gone)

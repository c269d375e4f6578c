"""Where every value of a YAML text stands, and its comments: what an edit of the text needs."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from changenote.model.problems import Path
from changenote.patterns import pattern
from changenote.store import codec

_COMMENT = pattern(r"(?:(?<=\s)|^)#[^\n]*")


class Node:
    """A value in a text: `text[start:end]` is all of it, without a comment behind it.

    `entries` are the pairs of a mapping, or the items of a list with None for a key. `style` of a
    scalar is its first character when it is not plain (`"`, `'`, `|`, `>`).
    """

    __slots__ = ("column", "end", "entries", "is_flow", "kind", "start", "style", "value")

    def __init__(self, event: Any, kind: Literal["scalar", "map", "list"]) -> None:
        self.kind = kind
        self.start: int = event.start_mark.index
        self.end: int = event.end_mark.index
        self.column: int = event.start_mark.column
        self.style: str = (event.style or "") if kind == "scalar" else ""
        self.value: str = event.value if kind == "scalar" else ""
        self.is_flow: bool = kind != "scalar" and bool(event.flow_style)
        self.entries: list[Entry] = []

    def entry(self, part: str | int) -> "Entry | None":
        """The pair with a key, or the item with a number."""
        if isinstance(part, int):
            is_there = self.kind == "list" and 0 <= part < len(self.entries)
            return self.entries[part] if is_there else None
        return next((e for e in self.entries if e[0] is not None and e[0].value == part), None)


Entry = tuple[Node | None, Node]
Span = tuple[int, int]
"""From an index of a text up to another one."""


def outline(text: str) -> Node:
    """The whole value of a text that `codec.load` reads without problems.

    The text must have newlines for line ends, and no byte order mark.
    """
    opened: list[Node] = []
    keys: list[Node | None] = []
    for event in codec.events(text):
        name = type(event).__name__
        if name in ("MappingEndEvent", "SequenceEndEvent"):
            root = opened.pop()
            keys.pop()
            _close(root, event)
            continue
        node = _begun(event, name, text, keys[-1] if keys else None)
        if node is None:
            continue
        if opened:
            _put(node, opened[-1], keys)
        if node.kind != "scalar":
            opened.append(node)
            keys.append(None)
    return root


def _begun(event: Any, name: str, text: str, key: Node | None) -> Node | None:
    if name == "ScalarEvent":
        return _scalar(Node(event, "scalar"), text, key)
    kinds: dict[str, Literal["map", "list"]]
    kinds = {"MappingStartEvent": "map", "SequenceStartEvent": "list"}
    return Node(event, kinds[name]) if name in kinds else None


def _scalar(node: Node, text: str, key: Node | None) -> Node:
    if node.style in ("|", ">"):
        keeps_newlines = "+" in text[node.start : node.start + 3]
        content = text[node.start : node.end]
        content = content.removesuffix("\n") if keeps_newlines else content.rstrip()
        node.end = node.start + len(content)
    elif node.start == node.end and key is not None:
        # The parsers disagree on where nothing stands: it stands right behind the colon.
        node.start = node.end = text.find(":", key.end) + 1
    return node


def _put(node: Node, into: Node, keys: list[Node | None]) -> None:
    if into.kind == "map" and keys[-1] is None:
        keys[-1] = node
    else:
        into.entries.append((keys[-1], node))
        keys[-1] = None


def _close(node: Node, event: Any) -> None:
    """A list or mapping in lines ends with its last value, not where the next one begins."""
    node.end = event.end_mark.index if node.is_flow else node.entries[-1][1].end


def found(root: Node, path: Path) -> tuple[list[Entry], Path]:
    """The entries along a path as far as they exist, the root first, and the parts that do not."""
    entries: list[Entry] = [(None, root)]
    for number, part in enumerate(path):
        entry = entries[-1][1].entry(part)
        if entry is None:
            return entries, path[number:]
        entries.append(entry)
    return entries, ()


def comments(text: str, root: Node, without: Span = (0, 0)) -> Counter[str]:
    """Every comment of a text, except those inside one span of it."""
    masked = list(text)
    for node in _scalars(root):
        is_block = node.style in ("|", ">")
        _mask(masked, line_end(text, node.start) if is_block else node.start, node.end)
    _mask(masked, *without)
    found = _COMMENT.findall("".join(masked))
    return Counter(comment.rstrip() for comment in found)


def _mask(text: list[str], start: int, end: int) -> None:
    for index in range(start, end):
        if text[index] != "\n":
            text[index] = "_"


def line_end(text: str, index: int) -> int:
    """Where the line that holds an index ends: at its newline, or at the end of the text."""
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _scalars(node: Node) -> Iterator[Node]:
    if node.kind == "scalar":
        yield node
    for key, value in node.entries:
        if key is not None:
            yield from _scalars(key)
        yield from _scalars(value)

"""Blocks of notes in a team's own Markdown pages: where they are, and how they get back in.

    ```changenotes limit=10
    service:shop-web after:-30d
    ```

A builder turns Markdown into HTML in ways that differ by its extensions. So a block is taken out
before, a word is left in its place as a paragraph, and the paragraph becomes the list afterwards.
Where the word turns up as anything else, it was part of a sample of code, and the sample is put
back as it was written.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

NAME = "changenotes"

_LEAD = " \t>"  # of a line in a list, a box or a quotation
_OPENING = re.compile(r"(?P<lead>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)")
_MARK = re.compile(
    r"(?P<open><p[^>]*>\s*)?(?P<before>\n\n)?(?P<mark>changenotesblock[0-9a-f]{16})"
    r"(?P<after>\n\n)?(?P<close>\s*</p>)?"
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """What stands in one block: a query, the words of its first line, and the whole as written."""

    query: str
    options: tuple[str, ...]
    source: str


def parted(text: str) -> tuple[str, dict[str, Block]]:
    """A page's Markdown with a word in place of each block, and the blocks by these words."""
    if NAME not in text:
        return text, {}
    lines: list[str] = []
    blocks: dict[str, Block] = {}
    for piece in _pieces(text.split("\n")):
        opening = _OPENING.fullmatch(piece[0]) if len(piece) > 1 else None
        if not opening or _name(opening["info"]) != NAME:
            lines += piece
            continue
        block = _block(piece, opening)
        mark = f"changenotesblock{sha256(block.source.encode()).hexdigest()[:16]}"
        blocks[mark] = block
        lead = opening["lead"]
        lines += [lead.rstrip(), lead + mark, lead.rstrip()]
    return "\n".join(lines), blocks


def filled(html: str, blocks: Mapping[str, Block], shown: Callable[[Block], str]) -> str:
    """A page's HTML with every block in its place, as HTML that `shown` makes of it."""

    def back(match: re.Match[str]) -> str:
        block = blocks.get(match["mark"])
        if not block:
            return match[0]
        if match["open"] and match["close"]:
            return shown(block)
        before, after = ("\n" if match[part] else "" for part in ("before", "after"))
        edges = (match["open"] or "", match["close"] or "")
        return f"{edges[0]}{before}{escape(block.source, quote=False)}{after}{edges[1]}"

    return _MARK.sub(back, html) if blocks and f"{NAME}block" in html else html


def _pieces(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """The lines of each fence together, every other line alone."""
    at = 0
    while at < len(lines):
        end = _end(lines, at)
        yield lines[at : end + 1]
        at = end + 1


def _end(lines: Sequence[str], start: int) -> int:
    """The last line of the fence that a line opens; the line itself when it opens none."""
    opening = _OPENING.fullmatch(lines[start])
    if not opening:
        return start
    fence = opening["fence"]
    for at in range(start + 1, len(lines)):
        closing = lines[at].strip(_LEAD)
        if len(closing) >= len(fence) and not closing.strip(fence[0]):
            return at
    return start


def _name(info: str) -> str:
    return info.split()[0] if info.strip() else ""


def _block(lines: Sequence[str], opening: re.Match[str]) -> Block:
    width = len(opening["lead"])
    inner = [line.lstrip(_LEAD).strip() for line in lines[1:-1]]
    return Block(
        query=" ".join(line for line in inner if line),
        options=tuple(opening["info"].split()[1:]),
        source="\n".join(line[width:] if not line[:width].strip(_LEAD) else line for line in lines),
    )

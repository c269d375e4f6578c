"""The page of a theme around the words of any page of one shape.

The theme renders a page of that shape once, with words in it that stand for those of a page. Where
these words come out, the ones of a page go in, and what the theme does to them is seen from signs
that come with each: printed as they are, escaped once more, without tags, or as a text of a script.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from markupsafe import escape as escaped_again

from changenote.site.book import Page
from changenote.site.digests import digest_of
from changenote.site.press.sheets import Neighbour, Shape, Sheet, last_name, parent

_MARK = f"cnpress{os.urandom(8).hex()}"
"""Differs from build to build: no note can have such a word in it. Nothing of it is in a page."""

_SIGNS = " <b>&amp;\"'  \\ é "
"""Whatever a theme does to a text, it does something else to one of these."""

_NAME = re.compile(rf"{_MARK}([a-z0-9]+?)([a-z])x", re.I)
"""The name of what stands there; `n` is a whole name, `a` and `z` are the ends of a text."""


class CannotPress(Exception):  # noqa: N818  # named for what it says, and caught where it matters
    """The theme does something to a word that cannot be done after it."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place for the words of a page: whose they are, and by its number what the theme
    makes of them."""

    name: str
    turn: int


@dataclass(frozen=True, slots=True)
class Shell:
    """A page in UTF-8 with slots: one after each of its pieces but the last."""

    pieces: tuple[bytes, ...]
    slots: tuple[_Slot, ...]
    below: int

    def filled(self, sheet: Sheet) -> bytes:
        """The finished page of a sheet that has the shell's shape."""
        words = _words(sheet, self.below)
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            parts += _encoded(_TURNS[slot.turn](words[slot.name])), piece
        return b"".join(parts)

    @property
    def digest(self) -> str:
        """The same for the same shell, in any build."""
        return digest_of((self.pieces, self.slots))


def shell_of(shape: Shape, render: Callable[[Sheet], str]) -> Shell:
    """The shell of a shape. Raises `CannotPress` when the theme is up to something unknown."""
    html = render(_sample(shape))
    pieces: list[str] = []
    slots: list[_Slot] = []
    at = 0
    while found := _NAME.search(html, at):
        start, end, slot = _slot(html, found, shape)
        pieces.append(html[at:start])
        slots.append(slot)
        at = end
    pieces.append(html[at:])
    if any(_MARK in piece.lower() for piece in pieces):
        raise CannotPress("a part of a word")
    return Shell(tuple(map(_encoded, pieces)), tuple(slots), shape.below)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "xmlcharrefreplace")


def _whole(name: str) -> str:
    return f"{_MARK}{name}nx"


def _text(name: str) -> str:
    return f"{_MARK}{name}ax{_SIGNS}{_MARK}{name}zx"


def _content(shape: Shape) -> str:
    tag = "h1" if shape.has_heading else "p"
    return f"<{tag}>{_whole('content')}</{tag}>"


def _sample(shape: Shape) -> Sheet:
    """A sheet of a shape, all of its words standing for others."""
    names = [_whole(f"folder{number}") for number in range(shape.below)]
    path = "".join((shape.folder, *(f"{name}/" for name in names)))
    entries = [
        (level, _whole(f"anchor{number}"), _text(f"entry{number}"))
        for number, level in enumerate(shape.levels)
    ]
    return Sheet(
        page=Page(
            path=path,
            title=_text("title") if shape.has_title else "",
            description=_text("description") if shape.has_description else "",
            content=_content(shape),
            toc=((1, shape.anchor, _text("top")), *entries),
            hide=shape.hide,
        ),
        older=_neighbour("older", path) if shape.has_older else None,
        newer=_neighbour("newer", path) if shape.has_newer else None,
        feed=_text("feed") if shape.has_feed else "",
    )


def _neighbour(name: str, path: str) -> Neighbour:
    return Neighbour(f"{parent(path)}{_whole(f'{name}path')}/", _text(f"{name}title"))


def _slot(html: str, found: re.Match[str], shape: Shape) -> tuple[int, int, _Slot]:
    """Where a slot begins and ends, and the slot."""
    name, kind = found[1], found[2]
    if found[0] == _whole("content"):
        return _content_slot(html, found, shape)
    if found[0] == _whole(name):
        return found.start(), found.end(), _Slot(name, _AS_IT_IS)
    start, end = _text(name).split(_SIGNS)
    close = html.find(end, found.end())
    if kind != "a" or found[0] != start or close < 0:
        raise CannotPress(found[0])
    close += len(end)
    return found.start(), close, _Slot(name, _turn(_text(name), html[found.start() : close]))


def _content_slot(html: str, found: re.Match[str], shape: Shape) -> tuple[int, int, _Slot]:
    content = _content(shape)
    start = found.start() - content.index(found[0])
    if html[max(start, 0) : max(start, 0) + len(content)] != content:
        raise CannotPress(found[0])
    return start, start + len(content), _Slot("content", _AS_IT_IS)


def _turn(text: str, printed: str) -> int:
    """The number of what turns a text into what was printed for it."""
    for number, turn in enumerate(_TURNS):
        if turn(text) == printed:
            return number
    raise CannotPress(printed)


def _without_tags(text: str) -> str:
    return Markup(escape(text)).striptags()  # noqa: S704  # only to take the tags out of it


def _collapsing(turn: Callable[[str], str]) -> Callable[[str], str]:
    """The same after white space has become one space."""
    return lambda text: turn(" ".join(text.split()))


_DONE: Sequence[Callable[[str], str]] = (
    escape,
    lambda text: str(escaped_again(escape(text))),
    _without_tags,
    lambda text: str(escaped_again(_without_tags(text))),
    lambda text: str(htmlsafe_json_dumps(escape(text)))[1:-1],
    lambda text: str(htmlsafe_json_dumps(_without_tags(text)))[1:-1],
)
"""What themes do to a text, which they are given escaped."""

_TURNS: Sequence[Callable[[str], str]] = (str, *_DONE, *map(_collapsing, _DONE))
_AS_IT_IS = 0


def _words(sheet: Sheet, below: int) -> Mapping[str, str]:
    """What goes into the slots of a shell, by their names; `below` as in a shape."""
    page = sheet.page
    names = page.path.split("/")[-1 - below : -1]
    words = {f"folder{number}": name for number, name in enumerate(names)}
    words |= {
        "title": page.title,
        "description": page.description,
        "content": page.content,
        "feed": sheet.feed,
        "top": page.toc[0][2],
    }
    for number, (_, anchor, text) in enumerate(page.toc[1:]):
        words[f"anchor{number}"] = anchor
        words[f"entry{number}"] = text
    for name, other in (("older", sheet.older), ("newer", sheet.newer)):
        if other:
            words[f"{name}path"] = last_name(other.path)
            words[f"{name}title"] = other.title
    return words

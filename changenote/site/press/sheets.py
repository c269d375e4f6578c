"""A page with everything about it that a theme may show, and its shape: what it has of that."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from changenote.site.book import Page

_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
"""A name that stays the same in an address, in an attribute and in a script."""

_HEADING = "<h1"
"""Themes print a heading of their own above a page that has none."""


class Neighbour(NamedTuple):
    """The page before or after another one; `path` is its folder in the site."""

    path: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page, the pages before and after it, and the title of its own feed, if there is one."""

    page: Page
    older: Neighbour | None = None
    newer: Neighbour | None = None
    feed: str = ""


Render = Callable[[Sheet], str]
"""How a theme makes a finished page of a sheet."""


class Shape(NamedTuple):
    """What two sheets have in common when the theme's part of their pages differs in words only.

    `folder` is the part of the page's path that links may share with it, `below` the number of
    folders after that. `anchor` is where the table of contents starts, `levels` are those of its
    other entries.
    """

    folder: str
    below: int
    anchor: str
    levels: tuple[int, ...]
    hide: tuple[str, ...]
    has_title: bool
    has_description: bool
    has_heading: bool
    has_older: bool
    has_newer: bool
    has_feed: bool


def shape_of(sheet: Sheet, folders: Collection[str]) -> Shape | None:
    """The shape of a sheet; None when it has something that is like no other.

    `folders` are all that something lies in which a theme may link to.
    """
    page = sheet.page
    folder = known_part(page.path, folders)
    below = page.path[len(folder) :].split("/")[:-1]
    (_, anchor, _), *entries = page.toc
    names = (*below, anchor, *(name for _, name, _ in entries))
    if not all(map(_PLAIN.fullmatch, names)) or not _are_siblings(sheet) or _has_edges(sheet):
        return None
    return Shape(
        folder=folder,
        below=len(below),
        anchor=anchor,
        levels=tuple(level for level, _, _ in entries),
        hide=page.hide,
        has_title=bool(page.title),
        has_description=bool(page.description.strip()),
        has_heading=_HEADING in page.content,
        has_older=sheet.older is not None,
        has_newer=sheet.newer is not None,
        has_feed=bool(sheet.feed),
    )


def known_part(path: str, folders: Collection[str]) -> str:
    """The longest part of a path that is one of the folders; they end in `/` as it does."""
    end = len(path)
    while end and path[:end] not in folders:
        end = path.rfind("/", 0, end - 1) + 1
    return path[:end]


def parent(path: str) -> str:
    """The folder that a page's folder is in; empty at the top."""
    return path[: path.rfind("/", 0, -1) + 1]


def last_name(path: str) -> str:
    """The name of a page's own folder."""
    return path[path.rfind("/", 0, -1) + 1 : -1]


def _are_siblings(sheet: Sheet) -> bool:
    """Are the pages before and after it in the same folder, under names that need no quoting?"""
    home = parent(sheet.page.path)
    paths = [other.path for other in (sheet.older, sheet.newer) if other]
    return all(parent(path) == home and _PLAIN.fullmatch(last_name(path)) for path in paths)


def _has_edges(sheet: Sheet) -> bool:
    """Does a text begin or end in white space, which nobody could see a theme take away?"""
    neighbours = [other.title for other in (sheet.older, sheet.newer) if other]
    entries = (text for _, _, text in sheet.page.toc[1:])
    texts = (sheet.page.title, sheet.feed, *neighbours, *entries)
    return any(text != text.strip() for text in texts)

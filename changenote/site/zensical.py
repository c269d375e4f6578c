"""`zensical.toml`: what Zensical has to be told about the pages that `folder` wrote."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from changenote.site.book import Book, Page
from changenote.site.edition import Edition
from changenote.site.environment import environment
from changenote.site.folder import Written, write_edition
from changenote.site.navigation import outline
from changenote.site.pages import plans_of, printed
from changenote.store import files

CONFIG = "zensical.toml"
_DOCS = "docs"


@dataclass(frozen=True, kw_only=True)
class _Chapter:
    """A heading of the navigation, if it has one, and titles with the files of their pages."""

    title: str
    pages: tuple[tuple[str, str], ...]


def write_project(book: Book, folder: Path, cache: Path | None = None) -> Written:
    """Write the pages into `docs/` of a folder, and `zensical.toml` if there is none yet.

    Raises `CannotWrite` as `write_edition` does, which `cache` is for.
    """
    edition = printed(book)
    written = write_edition(edition, folder / _DOCS, cache)
    if not (folder / CONFIG).exists():
        files.create(folder / CONFIG, zensical_toml(book, _titles(edition)))
    return written


def _titles(edition: Edition) -> dict[str, str]:
    """The titles of the pages in the navigation, by their paths."""
    named = {"", *(path for chapter in outline(edition.book.root) for path in chapter.paths)}
    made = (plan.make() for plan in plans_of(edition) if plan.path in named)
    return {page.path: page.title for page in made if isinstance(page, Page)}


def zensical_toml(book: Book, titles: Mapping[str, str]) -> str:
    """The config for a site whose pages have these titles, by their path."""
    template = environment().get_template("zensical.toml.j2")
    chapters = [_chapter("", [""], titles)]
    chapters += [_chapter(c.title, c.paths, titles) for c in outline(book.root)]
    return template.render(
        name=_text(book.config.title),
        site_url=_text(book.site_url) if book.site_url else "",
        chapters=[chapter for chapter in chapters if chapter.pages],
    )


def _chapter(title: str, paths: Collection[str], titles: Mapping[str, str]) -> _Chapter:
    found = [(path, "Overview" if not path else titles[path]) for path in paths if path in titles]
    return _Chapter(
        title=_text(title) if title else "",
        pages=tuple((_text(name), _text(f"{path}index.md")) for path, name in found),
    )


def _text(text: str) -> "_Toml":
    """A text as TOML has it: JSON's quoting, and no character that TOML forbids."""
    return _Toml(json.dumps(" ".join(text.split()).replace("\x7f", ""), ensure_ascii=False))


class _Toml(str):
    """Text that is quoted for TOML, which needs no quoting for HTML."""

    __slots__ = ()

    def __html__(self) -> str:
        return self

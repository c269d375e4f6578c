"""Our pages in the navigation that MkDocs makes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as MkDocsPage

from changenote.site.mkdocs_files import page_at
from changenote.site.navigation import outline


def add_lists(nav: Navigation, files: Files, root: str) -> None:
    """As a section, or at the top of a site that has nothing but notes."""
    home = page_at(files, "")
    overview = home or page_at(files, f"{root}/")
    items: list[StructureItem] = []
    if overview:
        overview.title = "Overview"
        items.append(overview)
    for chapter in outline(root):
        found = [page for path in chapter.paths if (page := page_at(files, path))]
        items.extend([_section(chapter.title, found)] if chapter.title and found else found)
    nav.pages.extend(_pages_in(items))
    nav.items.extend(items if home else [_section("Change notes", items)])


def titled(navigation: Any) -> Iterator[tuple[str, str]]:
    """The pages that a team gave a title in its own navigation."""
    if isinstance(navigation, list):
        for item in navigation:
            yield from titled(item)
    elif isinstance(navigation, dict):
        for title, inner in navigation.items():
            if isinstance(inner, str):
                yield title, inner
            else:
                yield from titled(inner)


def _section(title: str, items: Sequence[StructureItem]) -> Section:
    section = Section(title, list(items))
    for item in items:
        item.parent = section
    return section


def _pages_in(items: Iterable[StructureItem]) -> Iterator[MkDocsPage]:
    for item in items:
        if isinstance(item, MkDocsPage):
            yield item
        elif isinstance(item, Section):
            yield from _pages_in(item.children)

"""The search page: the box, the words around it, and help; scripts do the rest."""

from collections.abc import Iterator

from changenote.model.keys import OWN
from changenote.model.query import SYNTAX
from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.plan import Plan, nothing_else

TITLE = "Search"

_MODULES = (
    "engine",
    "facets",
    "results",
    "elements",
    "columns",
    "cutting",
    "excerpts",
    "query",
    "spelling",
    "stems",
    "texts",
    "titles",
)
"""What the page's script imports; named here, they load at once and not one after the other."""


def search_plan(edition: Edition) -> Iterator[Plan]:
    """The page that searches all notes; itself it is not searched."""
    path = edition.places.inside("search")
    yield Plan(path, lambda: _page(edition, path), nothing_else)


def _page(edition: Edition, path: str) -> Page:
    content = edition.rendered(
        "site/search.html.j2",
        path,
        title=TITLE,
        syntax=SYNTAX,
        keys=tuple((_shown(key.name), key) for key in edition.keys),
        modules=_MODULES,
    )
    return Page(
        path=path,
        title=TITLE,
        description="Search all text of all change notes, and narrow it down.",
        content=content,
        toc=((1, "note", TITLE),),
        search=False,
        hide=("toc",),
    )


def _shown(name: str) -> str:
    return f"{name}.NAME" if name == OWN else name

"""Our pages of a site that MkDocs builds, which MkDocs itself hardly sees.

It is told of the pages in navigations alone, finds the others when somebody links to them, and they
are written when all else is.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from gzip import GzipFile
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link, Navigation, Section
from mkdocs.utils import get_build_timestamp

from changenote.errors import SiteFailed
from changenote.site.addresses import is_page
from changenote.site.book import Page
from changenote.site.mkdocs_files import (
    FinishedPage,
    OpenFiles,
    folders_of,
    linked_file,
    listed_pages,
    ready,
)
from changenote.site.mkdocs_theme import Theme
from changenote.site.plan import Plan
from changenote.site.press.around import Around
from changenote.site.press.output import Output
from changenote.site.press.press import Press
from changenote.site.press.printing import Finished, Printing
from changenote.site.press.sheets import Sheet, last_name
from changenote.site.press.titles import Titles


class PressedPages:
    """Every page and file of ours, to be written into the folder of a site."""

    def __init__(
        self,
        plans: Mapping[str, Plan],
        *,
        around: Around,
        key_of: Callable[[Plan], str | None],
        output: Output,
        config: MkDocsConfig,
        titles: Titles | None = None,
        processes: int | None = None,
    ) -> None:
        self._press = Press(render=self._rendered, folders=frozenset())
        self._printing = Printing(press=self._press, around=around, key_of=key_of)
        self._output = output
        self._config = config
        self._plans = plans
        self._titles = titles
        self._processes = processes
        self._remade: dict[str, Plan] = {}
        self.can_make = False
        """Not before MkDocs has read all of its own pages."""
        self.pages: dict[str, FinishedPage] = {}
        """Those of navigations, by their paths."""
        self._named: dict[str, File] = {}
        self._linked: dict[str, File] = {}

    def opened(self, files: Files, named: Collection[str]) -> OpenFiles:
        """The files of the site with ours; `named` are the paths that navigations name."""
        for path in named:
            if is_page(path) and self._has(path):
                page = ready(self._known(path), self._config)
                page.anchors = partial(self._anchors, path) if self._titles else None
                self.pages[path] = page
                self._named[page.file.src_uri] = page.file
        return OpenFiles(files, self._found)

    def _has(self, path: str) -> bool:
        is_known = self._titles is not None and bool(self._titles.of(path))
        return is_known or path in self._plans

    def _known(self, path: str) -> Page:
        """A page of a navigation: what others show of it, if it is as it was, or else all of it."""
        if self._titles and (title := self._titles.of(path)):
            return _titled(path, title)
        plan = self._plans[path]
        if known := self._output.known(plan, self._printing):
            return known
        try:
            made = cast("Page", plan.make())  # one lies at every address of a page
        except SiteFailed:
            if self._titles:  # who asks for the page will be told
                return _titled(path, last_name(path).capitalize())
            raise
        if self._titles:
            self._titles.put(path, made.title)
            return _titled(path, made.title)
        self._remade[path] = Plan(path, lambda: made, plan.depends)
        return made

    def _found(self, uri: str) -> File | None:
        """A page or file of ours by the path that it would have in the docs folder."""
        if uri in self._named:
            return self._named[uri]
        path = uri.removesuffix("index.md")
        if uri not in self._linked and path in self._plans:
            self._linked[uri] = linked_file(path, self._config, partial(self._anchors, path))
        return self._linked.get(uri)

    def _anchors(self, path: str) -> set[str]:
        made = self._plans[path].make()
        return {name for _, name, _ in made.toc} if isinstance(made, Page) else set()

    def listed(self) -> Iterator[Any]:
        """All of our pages for a site map, with what that looks at of a file."""
        return listed_pages(filter(is_page, self._plans), self._config)

    def is_ready(self, env: Environment, nav: Navigation, files: Files) -> None:
        """Everything is known that pages are made with."""
        self.can_make = True
        pages = files.documentation_pages()
        self._theme = Theme(config=self._config, nav=nav, files=pages, env=env, known=self.pages)
        self._press.folders = folders_of(
            (*files, *self._named.values()), _linked_by(nav, self._config)
        )

    def _rendered(self, sheet: Sheet) -> str:
        return self._theme.page(sheet)

    def turned(self, plans: Mapping[str, Plan], around: Around) -> None:
        """Go on with the plans of another edition, with everything of the site as it is."""
        self._plans = plans
        self._printing = replace(self._printing, around=around)

    @property
    def linked(self) -> frozenset[str]:
        """The paths of pages and files of ours that pages of the team lead to."""
        return frozenset(uri.removesuffix("index.md") for uri in self._linked)

    @property
    def difference(self) -> str:
        """Why every page is rendered by itself; empty if none is."""
        return self._press.difference

    def finished(self, path: str) -> Finished | None:
        """One page or file as it lies in the site; None where none of ours does."""
        plan = self._plans.get(path)
        return self._printing.finished(plan) if plan else None

    def said(self) -> Iterator[str]:
        """What was done, one line each."""
        if self._press.difference:
            yield f"Every page is rendered by itself: {self._press.difference}."
        counts = self._output.now.counts
        if counts["lost"]:
            yield f"{counts['lost']} of its processes were ended; this one did their work, too."
        pages = counts["missed"]  # parts of the search have another name with other content
        removed = f", {pages} page{'s' * (pages > 1)} removed" if pages else ""
        yield f"{counts['written']} pages and files written, {counts['kept']} kept{removed}."

    def prints(self) -> None:
        """Write everything that is not there yet."""
        own = self._config.theme.static_templates  # written by MkDocs before, and meant to be
        every = {**self._plans, **self._remade}
        plans = [plan for path, plan in every.items() if path not in own]
        processes = self._processes
        self._output.takes(plans, self._printing, self.pages, processes=processes)
        if not self._theme.files:
            _date_site_map(Path(self._config.site_dir), self.pages.values())


def _date_site_map(site: Path, pages: Iterable[FinishedPage]) -> None:
    """Compress the site map as MkDocs does for sites with pages of their own: by day.

    It takes the second of the build where it knows of none, and no two builds would be the same.
    """
    plain, packed = site / "sitemap.xml", site / "sitemap.xml.gz"
    day = get_build_timestamp(pages=list(pages))
    if plain.is_file() and packed.is_file():
        with packed.open("wb") as file, GzipFile(str(packed), "wb", fileobj=file, mtime=day) as to:
            to.write(plain.read_bytes())


def _titled(path: str, title: str) -> Page:
    """A page as navigations show it."""
    return Page(path=path, title=title, description="", content="", toc=((1, "", title),))


def _linked_by(nav: Navigation, config: MkDocsConfig) -> Iterator[str]:
    """The addresses that navigations, style sheets, scripts and the options of a theme name."""
    yield from (link.url for link in _links_in(nav.items))
    yield from map(str, (*config.extra_css, *config.extra_javascript))
    yield from texts_in(dict(config.extra))


def _links_in(items: Iterable[StructureItem]) -> Iterator[Link]:
    for item in items:
        if isinstance(item, Link):
            yield item
        elif isinstance(item, Section):
            yield from _links_in(item.children)


def texts_in(values: Any) -> Iterator[str]:
    """Every text in lists and mappings, such as a navigation."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, list):
        for one in values:
            yield from texts_in(one)
    elif isinstance(values, Mapping):
        yield from texts_in(list(values.values()))

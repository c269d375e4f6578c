"""Our pages and files as MkDocs has them, among all files of a site."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from changenote.site.addresses import is_page
from changenote.site.book import Asset, Page
from changenote.site.press.around import Around
from changenote.site.press.sheets import Neighbour, Sheet


class FinishedPage(MkDocsPage):
    """A page whose HTML is finished: it is never read as Markdown, nor has it front matter."""

    def __init__(
        self, made: Page, file: File, config: MkDocsConfig, *, search: dict[str, Any] | None
    ) -> None:
        self.made = made
        self.search = search
        self.is_overview = False
        self.feed = ""
        self.anchors: Callable[[], Collection[str]] | None = None
        super().__init__(None, file, config)

    @property
    def is_index(self) -> bool:
        """Is it the page of a whole section? All are called `index.md`, and one is.

        Material's `navigation.indexes` takes such a page out of its section and links the title.
        """
        return self.is_overview

    def read_source(self, config: MkDocsConfig) -> None:
        """The page's facts, escaped: themes print them as they are."""
        self.markdown = ""
        self.meta = {
            "title": escape(self.made.title),
            "description": escape(" ".join(self.made.description.split())),
            "hide": ["tags", *self.made.hide],
        }
        if tags := _allowed(self.made.tags, config):
            self.meta["tags"] = [escape(tag) for tag in tags]
        if self.search:
            self.meta["search"] = self.search

    def shows(self, made: Page, config: MkDocsConfig) -> None:
        """Be a page that is ready for the theme."""
        self.made = made
        self.read_source(config)
        self.render(config, Files([]))

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002  # MkDocs passes them
        """The page's own HTML and table of contents."""
        self.content = self.made.content
        self.toc = _toc(self.made)

    @property
    def present_anchor_ids(self) -> set[str]:  # type: ignore[override]  # read only by whom it concerns
        """Every anchor that MkDocs would find."""
        return set(self.anchors() if self.anchors else (name for _, name, _ in self.made.toc))


def file_of(
    made: Page | Asset, config: MkDocsConfig, *, search: dict[str, Any] | None = None
) -> File:
    """A page or file as one of MkDocs's; `search` is what the theme's own index is told of it."""
    if isinstance(made, Asset):
        return File.generated(
            config, made.path, content=made.content, inclusion=InclusionLevel.INCLUDED
        )
    file = _page_file(made.path, config)
    FinishedPage(made, file, config, search=search)
    return file


def page_of(sheet: Sheet, config: MkDocsConfig) -> FinishedPage:
    """A page that is ready for the theme, and no file of the site."""
    page = ready(sheet.page, config)
    page.feed = sheet.feed
    page.previous_page = _neighbour(sheet.older, config)
    page.next_page = _neighbour(sheet.newer, config)
    return page


def _neighbour(other: Neighbour | None, config: MkDocsConfig) -> FinishedPage | None:
    """A page of which others show the title and the address."""
    if not other:
        return None
    toc = ((1, "", other.title),)
    made = Page(path=other.path, title=other.title, description="", content="", toc=toc)
    return ready(made, config)


def ready(made: Page, config: MkDocsConfig) -> FinishedPage:
    """A page that is ready for the theme, with a file that is none of the site's yet."""
    page = FinishedPage(made, _page_file(made.path, config), config, search={"exclude": True})
    page.shows(made, config)
    return page


@contextmanager
def posing(page: FinishedPage, sheet: Sheet, config: MkDocsConfig) -> Iterator[None]:
    """A page of a navigation with the words of a sheet, for as long as it is rendered."""
    before = page.made
    page.shows(sheet.page, config)
    page.feed = sheet.feed
    try:
        yield
    finally:
        page.shows(before, config)


def link_neighbours(pages: Collection[FinishedPage], around: Around, config: MkDocsConfig) -> None:
    """From note to note: themes show the page before and after, and notes are in no navigation."""
    by_path = {page.made.path: page for page in pages}
    for page in pages:
        sheet = around.sheet(page.made)
        if older := sheet.older:
            page.previous_page = by_path.get(older.path) or _neighbour(older, config)
        if newer := sheet.newer:
            page.next_page = by_path.get(newer.path) or _neighbour(newer, config)


class LinkedPage(MkDocsPage):
    """A page of ours that others link to; `anchors` gives what there is on it to link to."""

    def __init__(
        self, file: File, config: MkDocsConfig, anchors: Callable[[], Collection[str]]
    ) -> None:
        super().__init__(None, file, config)
        self._anchors = anchors

    @property
    def present_anchor_ids(self) -> set[str]:  # type: ignore[override]  # read only by whom it concerns
        """Every anchor that MkDocs would find."""
        return set(self._anchors())


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as site maps see it, in place of a file that has one."""

    page: "Listed.Entry"

    @dataclass(frozen=True, slots=True)
    class Entry:
        """What they say of a page."""

        canonical_url: str | None
        abs_url: str | None
        update_date: str
        is_link: bool = False


class OpenFiles(Files):
    """The files of a site, and those of ours that nobody has to see unless they link to them.

    `later` finds one by the path that a file in the docs folder would have.
    """

    def __init__(self, files: Files, later: Callable[[str], File | None]) -> None:
        super().__init__(files)
        self._later = later

    def get_file_from_path(self, path: str) -> File | None:
        """The file at a path of the docs folder, whether it is there or ours."""
        return super().get_file_from_path(path) or self._later(PurePosixPath(path).as_posix())

    def __contains__(self, path: str) -> bool:
        return self.get_file_from_path(path) is not None


def listed_pages(paths: Iterable[str], config: MkDocsConfig) -> Iterator[Listed]:
    """Pages of ours as site maps see them, by their paths; none where no site has an address."""
    file = File("index.md", config.docs_dir, config.site_dir, config.use_directory_urls)
    top = MkDocsPage(None, file, config)
    if not top.canonical_url or not top.abs_url:
        return
    name = "" if config.use_directory_urls else "index.html"
    canonical, absolute = (url.removesuffix(name) for url in (top.canonical_url, top.abs_url))
    for path in paths:
        # MkDocs takes a hundred times longer for each, and a site may have as many thousands.
        url = quote(path + name)
        yield Listed(Listed.Entry(canonical + url, absolute + url, top.update_date))


def linked_file(path: str, config: MkDocsConfig, anchors: Callable[[], Collection[str]]) -> File:
    """A page or file of ours that is only linked to, by its path in the site."""
    if not is_page(path):
        return file_of(Asset(path=path, content=b""), config)
    file = _page_file(path, config)
    LinkedPage(file, config, anchors)
    return file


def _page_file(path: str, config: MkDocsConfig) -> File:
    uri, level = f"{path}index.md", InclusionLevel.NOT_IN_NAV
    return File.generated(config, uri, content="", inclusion=level)


def finished_pages(files: Files) -> list[FinishedPage]:
    """The pages of ours among all files of a site."""
    return [file.page for file in files if isinstance(file.page, FinishedPage)]


def folder_of(page: MkDocsPage) -> str:
    """The folder of a page in the site, which its relative links start from."""
    return page.file.dest_uri.rpartition("/")[0] + "/" if "/" in page.file.dest_uri else ""


def by_address(files: Files) -> dict[str, File]:
    """The files of a site by what becomes of them: `rollback.md` and `rollback/index.md` clash."""
    shown = (file for file in files if file.inclusion is not InclusionLevel.EXCLUDED)
    return {file.dest_uri: file for file in shown}


def taken(paths: Iterable[str], files: Files) -> dict[str, str]:
    """The paths of ours at which a team has a file of its own, and what that is called."""
    theirs = by_address(files)
    found: dict[str, str] = {}
    for path in paths:
        ends = ("index.html", "index.md") if is_page(path) else ("", "")
        own = theirs.get(path + ends[0]) or files.get_file_from_path(path + ends[1])
        if own:
            found[path] = own.src_uri
    return found


def paths_in(files: Files) -> Iterator[str]:
    """Every path that a page or file of ours would have to lie where a file of the site does."""
    for uri, file in by_address(files).items():
        yield uri.removesuffix("index.html")
        yield file.src_uri.removesuffix("index.md")


def folders_of(files: Iterable[File], others: Iterable[str]) -> frozenset[str]:
    """Every folder of a site that something lies in which pages may link to."""
    paths = (*(file.dest_uri for file in files), *others)
    parts = (path.lstrip("/").split("/")[:-1] for path in paths)
    return frozenset(
        "".join(f"{name}/" for name in names[:end])
        for names in parts
        for end in range(len(names) + 1)
    ) | {""}


def page_at(files: Files, path: str) -> FinishedPage | None:
    """One of our pages; None where a team has a file of its own."""
    file = files.get_file_from_path(f"{path}index.md")
    return file.page if file and isinstance(file.page, FinishedPage) else None


def _allowed(tags: tuple[str, ...], config: MkDocsConfig) -> list[str]:
    """The tags that Material's tags plugin takes: it stops the build for any other."""
    plugin: Any = config.plugins.get("material/tags")
    allowed = {tag.name for tag in plugin.config.tags_allowed} if plugin else set()
    return [tag for tag in tags if not allowed or tag in allowed]


def _toc(made: Page) -> TableOfContents:
    top, *below = (AnchorLink(escape(text), name, level) for level, name, text in made.toc)
    top.children = below
    return TableOfContents([top])

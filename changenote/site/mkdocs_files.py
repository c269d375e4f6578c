"""Our pages and files as MkDocs has them, among all files of a site."""

from html import escape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from changenote.site.book import Asset, Page


class FinishedPage(MkDocsPage):
    """A page whose HTML is finished: it is never read as Markdown, nor has it front matter."""

    def __init__(
        self, made: Page, file: File, config: MkDocsConfig, *, search: dict[str, Any] | None
    ) -> None:
        self.made = made
        self.search = search
        self.is_overview = False
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

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002  # MkDocs passes them
        """The page's own HTML and table of contents."""
        self.content = self.made.content
        self.toc = _toc(self.made)
        self.present_anchor_ids = {name for _, name, _ in self.made.toc}


def file_of(
    made: Page | Asset, config: MkDocsConfig, *, search: dict[str, Any] | None = None
) -> File:
    """A page or file as one of MkDocs's; `search` is what the theme's own index is told of it."""
    if isinstance(made, Asset):
        return File.generated(
            config, made.path, content=made.content, inclusion=InclusionLevel.INCLUDED
        )
    file = File.generated(
        config, f"{made.path}index.md", content="", inclusion=InclusionLevel.NOT_IN_NAV
    )
    FinishedPage(made, file, config, search=search)
    return file


def link_neighbours(files: Files) -> None:
    """From note to note: themes show the page before and after, and notes are in no navigation."""
    for file in files:
        page = file.page
        if isinstance(page, FinishedPage) and page.made.older:
            older = page_at(files, page.made.older)
            if older:
                page.previous_page, older.next_page = older, page


def folder_of(page: MkDocsPage) -> str:
    """The folder of a page in the site, which its relative links start from."""
    return page.file.dest_uri.rpartition("/")[0] + "/" if "/" in page.file.dest_uri else ""


def by_address(files: Files) -> dict[str, File]:
    """The files of a site by what becomes of them: `rollback.md` and `rollback/index.md` clash."""
    shown = (file for file in files if file.inclusion is not InclusionLevel.EXCLUDED)
    return {file.dest_uri: file for file in shown}


def is_ours(files: Files, path: str) -> bool:
    """Is the file at this path one that we made?"""
    file = files.get_file_from_path(path)
    return file is not None and file.generated_by == "changenote"


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

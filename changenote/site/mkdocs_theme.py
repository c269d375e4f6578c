"""How MkDocs makes a finished page of one of ours, and who else wants to see it on the way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation

from changenote.site.book import Page
from changenote.site.mkdocs_files import FinishedPage, page_of, posing, ready
from changenote.site.press.sheets import Sheet

_EVENTS = (
    "files",
    "nav",
    "env",
    "pre_page",
    "page_read_source",
    "page_markdown",
    "page_content",
    "page_context",
    "post_page",
)
"""Where a plugin sees pages, one by one or all of them."""

_HARMLESS = {
    "changenote": "this one",
    "material/search": "is told to leave our pages out of its index",
    "material/blog": "looks at its own posts and views alone",
}
"""Plugins that do nothing to a page of ours, and why."""


def onlookers(config: MkDocsConfig) -> list[str]:
    """The plugins and hooks that want to see every page, by their names in mkdocs.yml."""
    names: dict[Any, str] = {plugin: name for name, plugin in config.plugins.items()}
    found = {
        names.get(getattr(method, "__self__", None), "hooks")  # hooks are plain functions
        for event in _EVENTS
        for method in config.plugins.events[event]
    }
    return sorted(name for name in found - _HARMLESS.keys() if not _is_off(name, config))


def _is_off(name: str, config: MkDocsConfig) -> bool:
    """Plugins of Material can be there and do nothing."""
    plugin: Any = config.plugins.get(name)
    return name.startswith("material/") and not plugin.config.enabled


def blank_pages(
    env: Environment, nav: Navigation, files: Files, config: MkDocsConfig, *, deepest: int
) -> Iterator[str]:
    """A page of the theme without a word of its own, in each depth of folders; and the `404.html`.

    What a theme has inside its pages can say how far it is to the top of the site.
    """
    for depth in range(deepest + 1):
        path = "x/" * depth
        page = ready(
            Page(path=path, title="", description="", content="", toc=((1, "", ""),)), config
        )
        template = env.get_template("main.html")
        yield template.render(get_context(nav, files, config, page))
    if "404.html" in config.theme.static_templates:
        top = urlsplit(config.site_url or "/").path
        template = env.get_template("404.html")
        yield template.render(get_context(nav, files, config, base_url=top))


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A theme at work: what MkDocs gives it with every page.

    `files` are the pages of the site, `known` those of ours that stand in navigations, by their
    paths.
    """

    config: MkDocsConfig
    nav: Navigation
    files: Sequence[File]
    env: Environment
    known: Mapping[str, FinishedPage]

    def page(self, sheet: Sheet) -> str:
        """The finished page of a sheet, in the steps that MkDocs takes for its own."""
        if known := self.known.get(sheet.page.path):
            with posing(known, sheet, self.config):
                return self._rendered(known)
        return self._rendered(page_of(sheet, self.config))

    def _rendered(self, page: FinishedPage) -> str:
        config = self.config
        page.active = True
        context = get_context(self.nav, self.files, config, page)
        template = self.env.get_template("main.html")
        context = config.plugins.on_page_context(context, page=page, config=config, nav=self.nav)
        html: str = template.render(context)
        html = config.plugins.on_post_page(html, page=page, config=config)
        page.active = False
        return html

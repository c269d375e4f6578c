"""The search of a site that MkDocs builds: its settings, its own index, and ours beside it."""

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from changenote.site.search.material import (
    INDEX,
    SEPARATOR,
    USUAL_SEPARATORS,
    documents,
    emptied,
)

THEMES_OWN = "material/search"
_SEARCHES = (THEMES_OWN, "search")
_OFFLINE = "material/offline"


def cut_words_at_signs(config: MkDocsConfig) -> None:
    """Let the theme's own index know the names of files, unless a team chose how it cuts words."""
    for name in _SEARCHES:
        plugin: Any = config.plugins.get(name)
        if plugin and plugin.config.separator in USUAL_SEPARATORS:
            plugin.config.separator = SEPARATOR


def is_on(name: str, config: MkDocsConfig) -> bool:
    """Is a plugin there, and not switched off?"""
    plugin: Any = config.plugins.get(name)
    return plugin is not None and plugin.config.enabled


def is_for_disks(config: MkDocsConfig) -> bool:
    """Are the pages to be read from a disk? Those cannot load an index."""
    return is_on(_OFFLINE, config)


def index_of_others(
    site: Path, ours: Container[str], *, empty: bool
) -> Sequence[Mapping[str, Any]]:
    """What the theme's index says of all pages but ours; it has nothing else in it if `empty`."""
    file = site / INDEX
    if not (text := file.read_text("utf-8") if file.is_file() else ""):
        return ()
    if empty:
        file.write_text(emptied(text), "utf-8")
    return documents(text, without=ours)

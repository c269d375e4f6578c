"""What the search field of Material for MkDocs needs to ask our index instead of its own."""

import json
from collections.abc import Container, Mapping
from typing import Any
from urllib.parse import quote

from changenote.patterns import pattern

INDEX = "search/search_index.json"
"""The file that every page loads: settings of the search, and the text of the whole site."""

WORKER = "search/worker.js"
"""Our answers, below the folder of the pages."""

SEPARATOR = (
    r"""&(?:[lg]t|amp|quot);|[\s\-_/,:;!?=|&()\[\]{}<>"'`@#$*+~^\\]+|\.(?!\d)|\b[vV](?=\d)"""
)
"""Where the theme's index cuts words, and what was typed. Its own cuts, `USUAL_SEPARATORS`, are at
white space and hyphens only, so that `app/cart/totals.py` is one word and `totals` or `totals.py`
finds nothing. A full stop inside a number stays, and a version loses its v: `2.14` finds `v2.14.0`.
Text is indexed as HTML, hence the entities."""

USUAL_SEPARATORS = (None, r"[\s\-]+")

_CONFIG = pattern(r"<script\b[^>]*\bid=\"?__config\b.*?</script>", 16)  # re.DOTALL
_WORKER = pattern(r'("search": ?"[^"]*?)assets/javascripts/workers/search\.[0-9a-z.]+\.js"')


def with_our_worker(html: str, root: str) -> str:
    """A page whose search field asks our worker; the same page if it has no such field."""
    if not (found := _CONFIG.search(html)):
        return html
    ours = json.dumps(quote(f"{root}/{WORKER}"))[1:]
    config = _WORKER.sub(lambda match: match[1] + ours, found[0])
    return html[: found.start()] + config + html[found.end() :]


def documents(index: str, *, without: Container[str]) -> list[Mapping[str, Any]]:
    """What a theme's index says of all pages but some: `location`, `title`, `text` of each section.

    `without` are addresses of pages, from the top of the site.
    """
    found: list[Mapping[str, Any]] = json.loads(index)["docs"]
    return [doc for doc in found if doc["location"].partition("#")[0] not in without]


def emptied(index: str) -> str:
    """The index with nothing but its settings, which highlighting needs."""
    return json.dumps({**json.loads(index), "docs": []})

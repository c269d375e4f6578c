"""The table of contents of a page, from its own headings."""

import re

from markupsafe import Markup

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)(?:<a class="headerlink"|</h2>)', re.S)


def headings(title: str, content: str) -> tuple[tuple[int, str, str], ...]:
    """Level, id and text of the title and of every heading below it.

    Text of a note cannot get in between: it has no headings and no ids (see `markdown`).
    """
    below = ((2, name, _text(html)) for name, html in _HEADING.findall(content))
    return ((1, "note", title), *below)


def _text(html: str) -> str:
    if "<" not in html and "&" not in html:
        return html.strip()
    return Markup(html).striptags()  # noqa: S704  # only to take the tags out of it

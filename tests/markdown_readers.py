"""Markdown as forges and sites read it: programs that nobody here wrote."""

from html.parser import HTMLParser

import markdown
from markdown_it import MarkdownIt


class Seen(HTMLParser):
    """The elements of a page, its text, and the text outside of code."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.text = ""
        self.outside = ""
        self._code = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(" ".join([tag, *(name for name, _ in attrs)]))
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.outside += " " if self._code else data


def forge(text: str) -> str:
    """As GitHub and GitLab read it: CommonMark with tables, HTML, struck words and bare links."""
    page: str = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    return page


def site(text: str) -> str:
    """As MkDocs reads it, with what many teams add."""
    return markdown.markdown(text, extensions=["extra", "attr_list", "admonition", "sane_lists"])


def plain_site(text: str) -> str:
    return markdown.markdown(text)

"""Text fields of a note as HTML that cannot do anything but be read.

Three walls, each enough by itself: the parser takes no HTML, the result is cleaned against a list
of tags, and templates escape whatever did not come through here.
"""

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = ("http", "https", "mailto")
_SIGNS = r"A-Za-z0-9 .,;:!?()/=\"'%$#@^{}|+\-"
_LETTERS = "\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u2190-\u22ff"
_LINE = (
    rf"(?=[A-Za-z\"'(./@$%`{_LETTERS}]|[0-9]++(?![.)]))"  # nothing begins a list or the like
    rf"(?:[{_SIGNS}{_LETTERS}]++|`(?! )[!-_a-~ {_LETTERS}]++(?<! )`(?!`)"
    r"|(?<=[A-Za-z0-9])_++(?=[A-Za-z0-9])|~(?!~)|&(?= )|>)*+(?<! )"
)
_PROSE = re.compile(rf"{_LINE}(?:\n++{_LINE})*+\n*+")
"""Paragraphs of bare words, `code` and addresses: what the parser would make of them is known."""

_BETWEEN = re.compile(r"\n\n+")
_CODE = re.compile(r"`([^`]+)`")
_NEVER_IN_A_URL = re.compile(r"[\s\0-\x1f]")
_SIMPLE = re.compile(
    r"https?://(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::[0-9]{1,4})?"
    r"(?:[/?#][A-Za-z0-9/._?=#+@,:-]*)?"
)
"""An address that stays as it is when it is cleaned."""

_BARE = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")


def block(text: str | None) -> Markup:
    """A text as paragraphs, lists, tables and code."""
    if not text:
        return Markup()
    if not is_prose(text):
        return cleaned(_parser().render(text))
    paragraphs = _BETWEEN.sub("</p>\n<p>", _words(text.rstrip("\n")))
    return Markup(f"<p>{paragraphs}</p>\n")  # noqa: S704  # its words are escaped


def line(text: str | None) -> Markup:
    """A short text as one line, without paragraphs around it."""
    bare = (text or "").strip()
    if "\n" in bare or not is_prose(bare):
        return cleaned(_parser().renderInline(bare))
    return Markup(_words(bare))  # noqa: S704  # they are escaped


def is_address(text: str) -> bool:
    """May this become a link: a web page or a mail address, and nothing else?"""
    return _is_safe(text) and (not text.startswith("mailto:") or "@" in text)


def plain(text: str | None) -> str:
    """A text without its markup, on one line."""
    if text and is_prose(text):
        return " ".join(text.replace("`", "").split())
    return " ".join(block(text).striptags().split())


def is_prose(text: str) -> bool:
    """Is a text nothing but paragraphs of words and code? Most are, and need no parser."""
    return bool(_PROSE.fullmatch(text)) and ("://" not in text or _has_simple_addresses(text))


def _has_simple_addresses(text: str) -> bool:
    """Are its web addresses simple ones, and is nothing beside them but words?"""
    found = _BARE.findall(text)
    is_simple = all(_SIMPLE.fullmatch(address) for address in found)
    return is_simple and text.count("://") == len(found) and not set("`&>") & set(text)


def _words(text: str) -> str:
    """Prose with its code and its web addresses marked as such."""
    words = escape(text, quote=False)
    if "://" in text:
        return _BARE.sub(r'<a href="\g<0>" rel="noopener">\g<0></a>', words)
    return _CODE.sub(r"<code>\1</code>", words) if "`" in text else words


def _is_safe(url: str) -> bool:
    if _NEVER_IN_A_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and bool(parts.netloc or parts.scheme == "mailto")


def cleaned(html: str) -> Markup:
    """HTML with nothing left in it but text, its structure and links that may be followed."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=set(_SCHEMES),
        link_rel="noopener",
    )
    return Markup(clean)  # noqa: S704  # this is where HTML becomes safe


def _attribute(_tag: str, name: str, value: str) -> str | None:
    # A relative address would lead to wherever the page happens to be.
    return value if name != "href" or _is_safe(value) else None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
        ["table", "strikethrough"]
    )
    parser.validateLink = _is_safe  # type: ignore[method-assign]  # the documented way to set it
    parser.add_render_rule("heading_open", _bold_open)
    parser.add_render_rule("heading_close", _bold_close)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("text", _text)
    return parser


def _bold_open(*_: Any) -> str:
    """A heading inside a text is a bold line: the page has headings of its own."""
    return "<p><strong>"


def _bold_close(*_: Any) -> str:
    return "</strong></p>\n"


def _image(_parser: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    """A picture somewhere else is a link to it: a page asks no other host for anything."""
    source = str(tokens[index].attrs.get("src", ""))
    words = tokens[index].content or source
    return f'<a href="{escape(source)}">{escape(words)}</a>'


def _text(_parser: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    """Text with the bare web addresses in it as links, unless it is inside a link already."""
    text = tokens[index].content
    if "://" not in text or _inside_link(tokens[:index]):
        return escape(text, quote=False)
    parts, end = [], 0
    for match in _BARE.finditer(text):
        parts += [escape(text[end : match.start()], quote=False), _linked(match[0])]
        end = match.end()
    return "".join((*parts, escape(text[end:], quote=False)))


def _inside_link(before: Sequence[Token]) -> bool:
    return sum(int(token.nesting) for token in before if token.tag == "a") > 0


def _linked(url: str) -> str:
    shown = escape(url, quote=False)
    return f'<a href="{escape(url)}">{shown}</a>' if _is_safe(url) else shown

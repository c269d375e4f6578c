"""A Content-Security-Policy: a browser runs the scripts of the theme, and none that a page brings.

A theme has small scripts inside its pages, which are allowed by their hashes. They are taken from
pages without a word of a note, or a script that got into a note would be allowed with them.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html.parser import HTMLParser

from changenote.patterns import pattern

HEADERS = "_headers"
"""The file at the top of a site that Netlify, Cloudflare Pages and others take headers from."""

_RULES = (
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "img-src 'self' data:",  # the theme's icons
    "manifest-src 'self'",
    "media-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # Markdown aligns the columns of tables so
    "worker-src 'self'",
)
_FRAMES = "frame-ancestors 'self'"
"""Which sites may show pages in a frame; browsers take it from a header alone."""

_HEAD = pattern(r"<head\b[^>]*>(?:\s*<meta charset=[^>]*>)?")
"""Browsers look in the first 1,024 bytes for how a page is encoded, so that this goes first."""

_SCRIPTS = ("", "text/javascript", "application/javascript", "module")
"""The types of what runs; anything else is data."""


def policy_of(pages: Iterable[str]) -> str:
    """The policy that allows the scripts inside these pages, which no note has part in."""
    found = {script for page in pages for script in _inline_scripts(page)}
    hashes = sorted(b64encode(sha256(script.encode()).digest()).decode() for script in found)
    allowed = " ".join(("script-src 'self'", *(f"'sha256-{digest}'" for digest in hashes)))
    return "; ".join((*_RULES, allowed))


def with_policy(html: str, policy: str) -> str:
    """A finished page that says the policy itself, before anything in it can run."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _HEAD.sub(lambda head: head[0] + meta, html, count=1)


def headers_file(policy: str) -> str:
    """The policy as a header of every page and file."""
    return f"/*\n  Content-Security-Policy: {policy}; {_FRAMES}\n"


def _inline_scripts(page: str) -> Iterator[str]:
    scripts = _Scripts()
    scripts.feed(page.replace("\r\n", "\n"))
    scripts.close()
    yield from scripts.found


class _Scripts(HTMLParser):
    """Collects the scripts that stand inside a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        is_script = tag == "script" and "src" not in said
        self._is_inside = is_script and (said.get("type") or "").lower() in _SCRIPTS
        if self._is_inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.found[-1] += data

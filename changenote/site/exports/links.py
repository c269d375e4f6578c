"""Links in files that are read away from the site, where a relative one may mean nothing."""

from urllib.parse import quote

from changenote.site.addresses import relative
from changenote.site.edition import Edition


def link(edition: Edition, here: str, there: str) -> str:
    """The address of a page or file; from the folder `here` when nobody said where the site is."""
    site = edition.book.site_url
    if not site:
        return relative(here, there, index=edition.index)
    is_page = not there or there.endswith("/")
    return f"{site}{quote(there)}{edition.index if is_page else ''}"

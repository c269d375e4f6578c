"""What all pages that list notes have in common."""

from changenote.site.book import Page
from changenote.site.headings import headings


def listing(path: str, title: str, description: str, content: str) -> Page:
    """A page of a list. It is not searched: every title would be found twice."""
    return Page(
        path=path,
        title=title,
        description=description,
        content=content,
        toc=headings(title, content),
        search=False,
    )


def asking(key: str, value: str) -> str:
    """The query for one value of a key: `file:app/jobs/`, `owner:"Dana Q"`."""
    if value and not any(sign.isspace() or sign in ',"' for sign in value):
        return f"{key}:{value}"
    quoted = value.replace('"', '\\"')
    return f'{key}:"{quoted}"'

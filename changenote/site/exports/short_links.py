"""Short addresses: `/c/k3f9xq/` leads to the note, without a script and on any web server."""

from collections.abc import Iterator
from dataclasses import dataclass

from changenote.site.book import Asset
from changenote.site.edition import Edition
from changenote.site.exports.links import link


@dataclass(frozen=True, kw_only=True)
class Target:
    """A page that a short address may mean."""

    path: str
    title: str
    about: str


def short_link_assets(edition: Edition) -> Iterator[Asset]:
    """A small page for the end of every id; where two notes share one, it lists both."""
    found: dict[str, list[Target]] = {}
    for short, target in _targets(edition):
        found.setdefault(short, []).append(target)
    for short, targets in sorted(found.items()):
        yield Asset(path=f"{short}index.html", content=_page(edition, short, targets))


def _targets(edition: Edition) -> Iterator[tuple[str, Target]]:
    short, files = edition.places.short, edition.places.files
    for row in edition.rows:
        yield short(row.note.id), Target(path=row.path, title=row.note.title, about=row.note.id)
    for broken in edition.book.broken:
        if broken.id:
            path = files[broken.file]
            yield short(broken.id), Target(path=path, title=broken.file, about="cannot be read")


def _page(edition: Edition, short: str, targets: list[Target]) -> bytes:
    text = edition.rendered(
        "site/exports/short.html.j2",
        short,
        targets=targets,
        canonical=link(edition, short, targets[0].path),
    )
    return (text + "\n").encode("utf-8", "replace")

"""Short addresses: `/c/k3f9xq/` leads to the note, without a script and on any web server."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from changenote.site.book import Asset
from changenote.site.edition import Edition
from changenote.site.exports.links import link
from changenote.site.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Target:
    """A page that a short address may mean."""

    path: str
    title: str
    about: str


def short_link_plans(edition: Edition) -> Iterator[Plan]:
    """A small page for the end of every id; where two notes share one, it lists both."""
    found: dict[str, list[Target]] = {}
    for short, target in _targets(edition):
        found.setdefault(short, []).append(target)
    for short, targets in sorted(found.items()):
        path = f"{short}index.html"
        yield Plan(path, partial(_page, edition, short, path, targets), partial(_depends, targets))


def _targets(edition: Edition) -> Iterator[tuple[str, Target]]:
    short, files = edition.places.short, edition.places.files
    for row in edition.rows:
        about = ", ".join(filter(None, (row.note.id, row.source.name)))
        yield short(row.note.id), Target(path=row.path, title=row.note.title, about=about)
    for broken in edition.book.broken:
        if broken.id:
            path = files[broken.file]
            yield short(broken.id), Target(path=path, title=broken.file, about="cannot be read")


def _depends(targets: list[Target]) -> list[Target]:
    return targets


def _page(edition: Edition, short: str, path: str, targets: list[Target]) -> Asset:
    text = edition.rendered(
        "site/exports/short.html.j2",
        short,
        targets=targets,
        canonical=link(edition, short, targets[0].path),
    )
    return Asset(path=path, content=(text + "\n").encode("utf-8", "replace"))

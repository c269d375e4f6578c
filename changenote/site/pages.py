"""A book of notes → pages and files, for any generator. Nothing here knows which one.

Pure: the same book gives the same pages, on any day and any machine.
"""

from collections.abc import Callable, Iterator
from typing import Any

from changenote.model.schema import json_schema
from changenote.resources import templates_folder
from changenote.site import addresses
from changenote.site.book import Asset, Book, Broken, Page
from changenote.site.edition import Edition, edition
from changenote.site.environment import environment
from changenote.site.exports.badges import badge_assets
from changenote.site.exports.feeds import feed_assets
from changenote.site.exports.index import index_assets
from changenote.site.exports.llms import llms_asset
from changenote.site.exports.short_links import short_link_assets
from changenote.site.headings import headings
from changenote.site.json_text import indented
from changenote.site.lists.files import file_pages
from changenote.site.lists.groups import group_pages
from changenote.site.lists.home import home_pages
from changenote.site.lists.releases import release_pages
from changenote.site.lists.review import review_page
from changenote.site.lists.rollback import rollback_pages
from changenote.site.lists.timeline import timeline_pages
from changenote.site.lists.weeks import week_pages
from changenote.site.note.page import notes_pages
from changenote.site.numbers.metrics import metric_pages
from changenote.site.numbers.statistics import statistics_pages
from changenote.site.plan import Plan, finished
from changenote.site.search.facts import facts_assets
from changenote.site.search.page import search_page


def pages(book: Book, *, index: str = "") -> Iterator[Page | Asset]:
    """Every page and file of a book.

    A page lies in a folder of its own; `index` is what links add to that folder's address, for
    sites that are read without a server (`index.html`).
    """
    return pages_of(printed(book, index=index))


def printed(book: Book, *, index: str = "") -> Edition:
    """A book being made into pages, for those who need more of it than its pages."""
    return edition(book, environment(book.templates), index=index)


def pages_of(edition: Edition) -> Iterator[Page | Asset]:
    """Every page and file of an edition, made."""
    return (plan.make() for plan in plans_of(edition))


def plans_of(edition: Edition) -> Iterator[Plan]:
    """Every page and file of an edition, to be made when it is wanted."""
    for plans in _MAKERS:
        for one in plans(edition):
            yield one if isinstance(one, Plan) else finished(one)


def _all_broken(edition: Edition) -> Iterator[Page | Asset]:
    for broken in edition.book.broken:
        yield from _broken(edition, broken)


def _broken(edition: Edition, broken: Broken) -> Iterator[Page | Asset]:
    path = edition.places.files[broken.file]
    title = f"Unreadable: {broken.file.rpartition('/')[2]}"
    content = edition.rendered(
        "site/broken.html.j2",
        path,
        title=title,
        file=broken.file,
        text=broken.text,
        findings=broken.findings,
        blob=edition.blob(broken.file),
    )
    yield Page(
        path=path,
        title=title,
        description=f"{broken.file} cannot be read as a note.",
        content=content,
        toc=headings(title, content),
        source=broken.file,
    )
    yield Asset(path=f"{path}note.yaml", content=broken.text.encode("utf-8", "surrogatepass"))


def _rules(edition: Edition) -> Iterator[Page]:
    from changenote.checks.catalogue import RULES

    path, title = edition.places.inside("rules"), "Check rules"
    severity = edition.book.config.severity
    content = edition.rendered(
        "site/rules.html.j2",
        path,
        title=title,
        rules=tuple(RULES.values()),
        severities={rule.id: severity.get(rule.id, rule.severity) for rule in RULES.values()},
    )
    yield Page(
        path=path,
        title=title,
        description="What changenote check looks for, why, and what to do about it.",
        content=content,
        toc=headings(title, content),
        search=False,
    )


def _assets(edition: Edition) -> Iterator[Asset]:
    for name, parts in ((addresses.STYLES, "styles/*.css"), (addresses.SCRIPT, "scripts/*.js")):
        yield Asset(path=edition.places.asset(name), content=_joined(parts))
    schema: dict[str, Any] = json_schema(
        edition.book.config.kind_names, edition.book.config.services
    )
    content = indented(schema).encode()
    yield Asset(path=edition.places.asset(addresses.SCHEMA), content=content)


def _joined(parts: str) -> bytes:
    """The parts of a style sheet or script in order of their names: one request for all."""
    files = sorted((templates_folder() / "assets").glob(parts))
    return b"\n".join(file.read_bytes() for file in files)


_MAKERS: tuple[Callable[[Edition], Iterator[Page | Asset | Plan]], ...] = (
    home_pages,
    rollback_pages,
    review_page,
    timeline_pages,
    group_pages,
    release_pages,
    week_pages,
    file_pages,
    metric_pages,
    statistics_pages,
    search_page,
    facts_assets,
    _rules,
    notes_pages,
    _all_broken,
    badge_assets,
    feed_assets,
    index_assets,
    llms_asset,
    short_link_assets,
    _assets,
)

"""A book of notes → pages and files, for any generator. Nothing here knows which one.

Pure: the same book gives the same pages, on any day and any machine.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from changenote.model.schema import json_schema
from changenote.resources import templates_folder
from changenote.site import addresses
from changenote.site.book import Asset, Book, Broken, Page, Source
from changenote.site.edition import Edition
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.exports.badges import badge_plans
from changenote.site.exports.feeds import feed_plans
from changenote.site.exports.index import index_plans
from changenote.site.exports.llms import llms_plan
from changenote.site.exports.short_links import short_link_plans
from changenote.site.headings import headings
from changenote.site.json_text import indented
from changenote.site.lists.files import file_plans
from changenote.site.lists.groups import group_plans
from changenote.site.lists.home import home_plans
from changenote.site.lists.releases import release_plans
from changenote.site.lists.review import review_plan
from changenote.site.lists.rollback import rollback_plan
from changenote.site.lists.timeline import timeline_plans
from changenote.site.lists.weeks import week_plans
from changenote.site.note.page import note_plans
from changenote.site.numbers.metrics import metric_plans
from changenote.site.numbers.statistics import statistics_plans
from changenote.site.plan import Plan, nothing_else
from changenote.site.search.facts import facts_plans
from changenote.site.search.page import search_plan

Maker = Callable[[Edition], Iterator[Plan]]
"""Plans some of the pages of an edition."""


def pages(book: Book, *, index: str = "") -> Iterator[Page | Asset]:
    """Every page and file of a book.

    A page lies in a folder of its own; `index` is what links add to that folder's address, for
    sites that are read without a server (`index.html`).
    """
    return pages_of(printed(book, index=index))


def printed(book: Book, *, index: str = "", before: Edition | None = None) -> Edition:
    """A book being made into pages, for those who need more of it than its pages.

    What would be the same as in the edition `before` is taken from there, its templates aside.
    """
    return edition(book, environment(book.templates), index=index, before=before)


def printed_again(book: Book, before: Edition) -> Edition:
    """The same while all templates are what they were: they are not read again."""
    return edition(book, before.templates, index=before.index, before=before)


def pages_of(edition: Edition) -> Iterator[Page | Asset]:
    """Every page and file of an edition, made."""
    return (plan.make() for plan in plans_of(edition))


def plans_of(edition: Edition) -> Iterator[Plan]:
    """Every page and file of an edition, to be made when it is wanted."""
    for plans in _MAKERS:
        yield from plans(edition)


class Shelf(Mapping[str, Plan]):
    """The plans of an edition and of `others` by their paths, worked out when one is looked for."""

    def __init__(self, edition: Edition, others: Iterable[Maker] = ()) -> None:
        self._edition = edition
        self._found: dict[str, Plan] = {}
        self._waiting = deque(sorted((*_MAKERS, *others), key=_takes_long))

    def __getitem__(self, path: str) -> Plan:
        while path not in self._found and self._waiting:
            self._found |= {plan.path: plan for plan in self._waiting.popleft()(self._edition)}
        return self._found[path]

    def __iter__(self) -> Iterator[str]:
        while self._waiting:
            self._found |= {plan.path: plan for plan in self._waiting.popleft()(self._edition)}
        return iter(self._found)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _takes_long(maker: Maker) -> int:
    """Puts first what most pages are of, and last what looks at all notes before it has a plan."""
    return -1 if maker is note_plans else int(maker in (metric_plans, group_plans))


def _all_broken(edition: Edition) -> Iterator[Plan]:
    for broken in edition.book.broken:
        path = edition.places.files[broken.file]
        depends = partial(_hangs_on, edition, broken)
        yield Plan(path, partial(_broken, edition, broken, path), depends)
        yaml = f"{path}note.yaml"
        yield Plan(yaml, partial(_yaml, broken, yaml), depends)


def _hangs_on(edition: Edition, broken: Broken) -> tuple[Broken, Source]:
    return broken, edition.book.source(broken.source)


def _yaml(broken: Broken, path: str) -> Asset:
    return Asset(path=path, content=broken.text.encode("utf-8", "surrogatepass"))


def _broken(edition: Edition, broken: Broken, path: str) -> Page:
    title = f"Unreadable: {broken.file.rpartition('/')[2]}"
    source = edition.book.source(broken.source)
    content = edition.rendered(
        "site/broken.html.j2",
        path,
        title=title,
        file=source.path(broken.file),
        text=broken.text,
        findings=broken.findings,
        is_redacted=broken.is_redacted,
        blob=source.blob(source.path(broken.file)),
    )
    return Page(
        path=path,
        title=title,
        description=f"{broken.file} cannot be read as a note.",
        content=content,
        toc=headings(title, content),
        source=broken.file,
    )


def _rules(edition: Edition) -> Iterator[Plan]:
    path = edition.places.inside("rules")
    yield Plan(path, partial(_rules_page, edition, path), nothing_else)


def _rules_page(edition: Edition, path: str) -> Page:
    from changenote.checks.catalogue import RULES

    title = "Check rules"
    severity = edition.book.config.severity
    content = edition.rendered(
        "site/rules.html.j2",
        path,
        title=title,
        rules=tuple(RULES.values()),
        severities={rule.id: severity.get(rule.id, rule.severity) for rule in RULES.values()},
    )
    return Page(
        path=path,
        title=title,
        description="What changenote check looks for, why, and what to do about it.",
        content=content,
        toc=headings(title, content),
        search=False,
    )


def _assets(edition: Edition) -> Iterator[Plan]:
    for name, parts in ((addresses.STYLES, "styles/*.css"), (addresses.SCRIPT, "scripts/*.js")):
        path = edition.places.asset(name)
        yield Plan(path, partial(_joined, parts, path), nothing_else)
    path = edition.places.asset(addresses.SCHEMA)
    yield Plan(path, partial(_schema, edition.book, path), partial(_schema_depends, edition.book))


def _joined(parts: str, path: str) -> Asset:
    """The parts of a style sheet or script in order of their names: one request for all."""
    files = sorted((templates_folder() / "assets").glob(parts))
    return Asset(path=path, content=b"\n".join(file.read_bytes() for file in files))


def _schema_depends(book: Book) -> tuple[object, ...]:
    return book.kind_names, book.services


def _schema(book: Book, path: str) -> Asset:
    schema: dict[str, Any] = json_schema(book.kind_names, book.services)
    return Asset(path=path, content=indented(schema).encode())


_MAKERS: tuple[Maker, ...] = (
    home_plans,
    rollback_plan,
    review_plan,
    timeline_plans,
    group_plans,
    release_plans,
    week_plans,
    file_plans,
    metric_plans,
    statistics_plans,
    search_plan,
    facts_plans,
    _rules,
    note_plans,
    _all_broken,
    badge_plans,
    feed_plans,
    index_plans,
    llms_plan,
    short_link_plans,
    _assets,
)

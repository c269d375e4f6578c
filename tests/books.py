"""Books for the tests of the site: from YAML texts, and the sample project in `data/site`."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree, ignore_patterns

from changenote.config import Config
from changenote.forge.links import Repository
from changenote.model.identity import file_name
from changenote.site.book import Asset, Book, Page, Published
from changenote.site.digests import digest_of_bytes
from changenote.site.pages import Shelf, pages, printed
from changenote.store.notes import understood

_KIND = re.compile(r'<div class="cn (cn-[\w-]+)')

SAMPLE = Path(__file__).parent / "data" / "site"
SHOP = Repository(forge="github", web="https://github.com/acme/shop")

LEAST = "schema: 1\nid: {id}\ntitle: {title}\nkind: {kind}\nstatus: draft\n"
"""A note with nothing but what every note must have."""


def least(note_id: str = "20261122-k3f9xq", title: str = "Count sheep", kind: str = "fix") -> str:
    """The smallest note there is, as YAML."""
    return LEAST.format(id=note_id, title=title, kind=kind)


def published(text: str, file: str = "") -> Published:
    """A note from its YAML, as if it lay in the notes folder."""
    stored = understood("", Path("x.yaml"), text.encode())
    assert stored.note, stored.problems
    name = file or f"changes/{stored.note.id[:4]}/{file_name(stored.note.id, stored.note.title)}"
    digest = digest_of_bytes(text.encode())
    return Published(note=stored.note, file=name, content=text, digest=digest)


def book(*texts: str, config: Config | None = None, repository: Repository | None = SHOP) -> Book:
    """A book of notes given as YAML."""
    return Book(
        config=config or Config(),
        entries=tuple(published(text) for text in texts),
        repository=repository,
    )


def page(of: Book, path: str) -> Page:
    """The page at a path."""
    made = Shelf(printed(of))[path].make()
    assert isinstance(made, Page)
    return made


def note_page(text: str) -> Page:
    """The page of one note, given as YAML."""
    of = book(text)
    return page(of, f"changes/{of.entries[0].note.id}/")


def paths(of: Book) -> list[str]:
    """Every page and file of a book."""
    return [made.path for made in pages(of)]


def assets(of: Book) -> dict[str, bytes]:
    """Every file of a book that is not a page."""
    return {made.path: made.content for made in pages(of) if isinstance(made, Asset)}


def sample_project(folder: Path) -> Path:
    """A copy of the sample notes in a folder of their own, of which nothing is known yet."""
    copytree(SAMPLE, folder, dirs_exist_ok=True, ignore=ignore_patterns(".changenote"))
    return folder


def one_of_each_kind(site: Path) -> dict[str, str]:
    """A page of each kind, the longest one, by its section and the class of its template."""
    found: dict[str, tuple[int, str]] = {}
    for path, html in built_pages(site):
        if match := _KIND.search(html):
            section = path.removeprefix("changes/").split("/")[0]
            kind = match[1] if section[:2] == "20" else f"{match[1]}-{section.partition('.')[0]}"
            found[kind] = max(found.get(kind, (0, "")), (len(html), path))
    return {kind: path for kind, (_, path) in found.items()}


def words(html: str) -> str:
    """The text that a reader sees, with one space for all white space."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\s+", " ", "".join(reader.text)).strip()


def links(html: str) -> list[str]:
    """Every address that a page links to or loads."""
    reader = _Reader()
    reader.feed(html)
    return reader.links


def ids(html: str) -> set[str]:
    """Every anchor of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.ids


def attributes(html: str) -> set[str]:
    """The name of every attribute on a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.attributes


class _Reader(HTMLParser):
    """Collects text, addresses and anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.attributes: set[str] = set()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "xlink:href", "src") and value is not None:
                self.links.append(value)
            if name == "id" and value:
                self.ids.add(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)


def built_pages(site: Path) -> Iterator[tuple[str, str]]:
    """Every HTML file of a built site with its path from the top."""
    for path in sorted(site.rglob("*.html")):
        yield path.relative_to(site).as_posix(), path.read_text("utf-8")

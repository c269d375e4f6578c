"""Nothing in a note executes: texts made to run as scripts, in every field, before a browser."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from changenote.config import Config
from changenote.model.note import Note
from changenote.model.reading import read
from changenote.release.choosing import Candidate
from changenote.release.comment import comment
from changenote.release.rendering import Texts
from changenote.release.section import release
from tests import markdown_readers
from tests.sites import MATERIAL, mkdocs
from tests.trust.promise import Outcome, Promise, spread
from tests.trust.vectors import ELSEWHERE, as_markdown, notes, texts, write_notes
from tests.trust.watching import Seen, Watcher, watched
from tests.workshop import Workshop

_PLAIN = """\
site_name: Plain
theme: {name: material, font: false}
plugins: [search]
markdown_extensions: [admonition, attr_list, def_list, footnotes, md_in_html, tables, toc]
nav: [index.md]
"""
"""A site that knows nothing of notes, with what teams switch on for their own pages."""

_OF_A_KIND = 20
"""So many pages of one kind are opened; the others are read as the browser reads them."""

_SHARE = 15
"""With some of the texts, one note has to do for so many."""

_OF_A_CONTROL = 60
"""So many texts without care are enough: what runs there can keep a browser busy for ever."""

_AT_ONCE = 100
_SEARCH = "changes/search/index.html"
_FIELDS = ("[data-cn-part=box]", "[data-md-component=search-query]")
_ASK = """
const [selector, query] = arguments;
const field = document.querySelector(selector);
field.value = query;
for (const type of ["focus", "input", "keyup"]) field.dispatchEvent(new Event(type, {bubbles: true}));
"""
_PAUSE = "setTimeout(arguments[0], 150);"

Build = Callable[[Workshop, Sequence[str], int], Path]


def _our_site(shop: Workshop, chosen: Sequence[str], number: int) -> Path:
    """The site as a team has it."""
    write_notes(shop, chosen, number)
    return _built(shop, MATERIAL)


def _plain_pages(shop: Workshop, chosen: Sequence[str], number: int) -> Path:
    """The pages for other builders, in a site of plain MkDocs: all of notes, some of each kind."""
    write_notes(shop, chosen, number)
    assert shop.run("site", "pages", "--to", "docs").code == 0
    docs = shop.folder / "docs"
    pages = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    for path in set(pages) - _opened(pages, 1 if number < len(chosen) else _OF_A_KIND):
        (docs / path).unlink()
    return _built(shop, _PLAIN)


def _careless(shop: Workshop, chosen: Sequence[str], number: int) -> Path:
    """The same texts as Markdown in a site of plain MkDocs."""
    for name, page in as_markdown(spread(chosen, min(number, _OF_A_CONTROL // _SHARE))).items():
        shop.write(f"docs/changes/{name}", page)
    return _built(shop, _PLAIN)


def _careless_pictures(shop: Workshop, _chosen: Sequence[str], _number: int) -> Path:
    return _careless(shop, ELSEWHERE, len(ELSEWHERE))


def _built(shop: Workshop, config: str) -> Path:
    site = mkdocs(shop.folder, config)
    assert site.code == 0, site.said
    (site.folder / "favicon.ico").touch()  # browsers ask for it when they open a picture
    return site.folder


@contextmanager
def _shop() -> Iterator[Workshop]:
    with TemporaryDirectory(prefix="trust-") as folder:
        yield Workshop(Path(folder)).start()


def _some(most: int | None) -> tuple[list[str], int]:
    """Texts, and how many notes they go into."""
    chosen = spread(texts(), most)
    return chosen, len(chosen) if most is None else max(1, len(chosen) // _SHARE)


@cache
def _seen(build: Build, most: int | None) -> tuple[Seen, ...]:
    """What happened on the pages of a site that has so many of the texts."""
    chosen, number = _some(most)
    with _shop() as shop:
        site = build(shop, chosen, number)
        paths = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*"))]
        pages = [path for path in paths if path.endswith((".html", ".svg", "feed.xml"))]
        opened = _opened(pages, _OF_A_KIND if most is None else 1)
        with watched(site) as watcher:
            found = [watcher.visits(path) for path in sorted(opened)]
            if _SEARCH in pages:
                found += _searched(watcher, chosen if most is None else chosen[: number // 2])
            others = [path for path in pages if path not in opened and path.endswith(".html")]
            for start in range(0, len(others), _AT_ONCE):
                found += watcher.scans(others[start : start + _AT_ONCE])
    return tuple(found)


def _opened(pages: Sequence[str], most: int) -> set[str]:
    """The pages to open: those of notes, and so many of each other kind."""
    kinds = defaultdict(list)
    for path in pages:
        folder = path.removeprefix("changes/").partition("/")[0]
        kinds["note" if folder[:2] == "20" else f"{folder}.{path[-4:]}"].append(path)
    return {
        path
        for kind, paths in kinds.items()
        for path in spread(paths, None if kind == "note" else most)
    }


def _searched(watcher: Watcher, chosen: Sequence[str]) -> Iterator[Seen]:
    """What happened while somebody looked for each text, on the search page and in the field."""
    driver = watcher.reader.driver
    for field in _FIELDS:
        driver.get(f"{watcher.reader.site}{_SEARCH}?q=kind:fix")
        watcher.reader.waits_for("return document.querySelector('[data-cn-part=hits] a')")
        for number, text in enumerate(chosen):
            for query in (text, f"v{number:05}"):
                watcher.reader.asks(_ASK, field, query)
                driver.execute_async_script(_PAUSE)
            yield watcher.presses(f"{_SEARCH} {text}")


def _none_ran(build: Build, most: int | None) -> Outcome:
    seen = _seen(build, most)
    failures = (f"{one.path}: {one.ran[0]}" for one in seen if one.ran)
    return Outcome(cases=len(seen), failures=tuple(failures))


def _none_asked(build: Build, most: int | None) -> Outcome:
    seen = _seen(build, most)
    failures = (
        f"{one.path}: {(*one.asked, *one.said)[0]}" for one in seen if one.asked or one.said
    )
    return Outcome(cases=len(seen), failures=tuple(failures))


Sent = Callable[[Note], str]


def _sent(note: Note) -> str:
    """Everything about a note that is sent to a forge as Markdown."""
    ships = [Candidate(note=note, file="changes/x.yaml", is_new=True)]
    made = release(
        "v1.0", ships, day=date(2026, 11, 22), since=None, config=Config(),
        repository=None, address_of=lambda one: f"https://notes.example/{one.note.title}",
    )  # fmt: skip
    own = Texts(Path("no-templates"))
    address = f"https://notes.example/{note.title}"
    return "\n\n".join((comment([(note, address)]), own.section(made), own.on_the_forge(made)))


def _sent_carelessly(note: Note) -> str:
    return f"**[{note.title}](https://notes.example)**\n\n{note.reason}\n\n- {note.expected}\n"


def _none_ran_on_a_forge(sent: Sent, most: int | None) -> Outcome:
    """Open what is sent as a page that nobody has cleaned; two programs make the HTML."""
    chosen, number = _some(most)
    with _shop() as shop:
        for name, note in enumerate(notes(chosen, number)):
            markdown = sent(_read(note))
            html = markdown_readers.forge(markdown) + markdown_readers.site(markdown)
            shop.write(f"{name}.html", f"<meta charset=utf-8><body data-trust>{html}")
        shop.write("404.html", "")
        with watched(shop.folder) as watcher:
            seen = [watcher.visits(f"{name}.html") for name in range(number)]
    failures = (f"{one.path}: {one.ran[0]}" for one in seen if one.ran)
    return Outcome(cases=len(seen), failures=tuple(failures))


def _read(data: dict[str, Any]) -> Note:
    note, problems = read(Note, data)
    assert note, problems
    return note


_CONTROL = "the same texts in pages of plain Markdown"
PROMISES = (
    Promise(
        name="nothing-runs",
        says="Texts made to run as scripts stand in every field of a note and in files that are"
        " none. On no page does one run: when it is opened, after everything on it was pressed,"
        " and while each text is searched for.",
        kept=lambda most: _none_ran(_our_site, most),
        control=_CONTROL,
        broken=lambda most: _none_ran(_careless, most),
    ),
    Promise(
        name="nothing-asked",
        says="None of these pages asks another host for anything, or makes a browser complain.",
        kept=lambda most: _none_asked(_our_site, most),
        control="pictures of another host in pages of plain Markdown",
        broken=lambda most: _none_asked(_careless_pictures, most),
    ),
    Promise(
        name="nothing-runs-in-plain-pages",
        says="Nothing runs in the pages for other builders, which plain MkDocs reads as Markdown.",
        kept=lambda most: _none_ran(_plain_pages, most),
        control=_CONTROL,
        broken=lambda most: _none_ran(_careless, most),
    ),
    Promise(
        name="nothing-runs-on-a-forge",
        says="Nothing runs in the comment on a pull request or the text of a release, shown by"
        " readers of Markdown that leave HTML as it is.",
        kept=lambda most: _none_ran_on_a_forge(_sent, most),
        control="title and reason as they are",
        broken=lambda _: _none_ran_on_a_forge(_sent_carelessly, _OF_A_CONTROL),
    ),
)

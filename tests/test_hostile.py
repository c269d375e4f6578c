"""Notes by many hands: none of them can do more to a site than be read on it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.books import attributes, book, built_pages, least, links, one_of_each_kind, page, paths
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.hostile import TEXTS, write_hostile
from tests.sites import MATERIAL, Site, lost_links, mkdocs
from tests.workshop import Workshop

BROKEN = ("20261125-many00-57.yaml", "20261125-tags00-56.yaml")
RUNNING = re.compile(r"(?i)\s*(?:javascript|vbscript|data):(?!image/svg\+xml;base64,)")
HARMLESS = ("javascript:void(0)",)  # Material's own button


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A repository with nothing but notes that mean harm."""
    shop = Workshop(tmp_path_factory.mktemp("hostile")).start()
    write_hostile(shop.folder)
    return shop


@pytest.fixture(scope="module")
def site(project: Workshop) -> Site:
    """What MkDocs makes of them, in Material's theme."""
    return mkdocs(project.folder, MATERIAL)


@pytest.fixture(scope="module")
def reader(site: Site) -> Iterator[Reader]:
    """Somebody with a browser."""
    with served(site.folder) as address, chromium() as driver:
        yield Reader(driver, address)


def test_every_note_but_the_broken_ones_is_shown(site: Site) -> None:
    warnings = {line for line in site.said.splitlines() if line.startswith("WARNING")}

    assert site.code == 0
    assert {name for line in warnings for name in BROKEN if name in line} == set(BROKEN)
    assert all(any(name in line for name in BROKEN) for line in warnings)


def test_nothing_goes_missing_on_the_way(site: Site, project: Workshop) -> None:
    done = project.run("check", "--site", str(site.folder), "--format", "json")

    assert done.data["files"] == 58
    assert {(f["rule"], f["found"][:15]) for f in done.data["findings"]} == {
        ("duplicate-id", "20261125-many00")
    }


def test_no_page_has_an_element_or_an_address_that_runs(site: Site) -> None:
    for path, html in built_pages(site.folder):
        assert not [name for name in attributes(html) if name.startswith("on")], path
        assert not [link for link in links(html) if RUNNING.match(link) and link not in HARMLESS], (
            path
        )
        assert not [link for link in _loaded(html) if "//" in link], path


def test_no_link_leads_nowhere(site: Site) -> None:
    assert lost_links(site.folder) == set()


def test_every_file_for_programs_can_be_read(site: Site) -> None:
    read = Counter(path.suffix for path in site.folder.rglob("*"))

    for path in site.folder.rglob("*"):
        if path.suffix in (".xml", ".svg"):
            ElementTree.parse(path)  # noqa: S314  # we have just written it
        elif path.suffix == ".json":
            json.loads(path.read_bytes())
    assert min(read[".xml"], read[".svg"], read[".json"]) > 3


def test_a_system_that_does_not_tell_letters_apart_by_case_has_every_file(site: Site) -> None:
    names = [path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*")]

    assert [name for name, count in Counter(map(str.lower, names)).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[\w./-]{1,240}", name, re.A)] == []


def test_in_a_browser_nothing_runs_nothing_is_asked_of_others_and_nothing_is_too_wide(
    reader: Reader, site: Site
) -> None:
    notes = [f"changes/20261122-h{number:05}/index.html" for number in (*range(len(TEXTS) + 1), 99)]
    reader.sits_at(PHONE)
    reader.opens("changes/")
    reader.complaints()
    reader.requests()
    wide = []

    for path in (*one_of_each_kind(site.folder).values(), *notes):
        reader.driver.get(reader.site + path)
        if reader.asks("return document.documentElement.scrollWidth") != PHONE[0]:
            wide.append(path)
        assert reader.asks("return window.hurt") is None, path

    assert wide == []
    assert reader.complaints() == []
    assert [url for url in reader.requests() if not url.startswith((reader.site, "data:"))] == []


ANSWERED = """
const [excerpts, problem] = ["[data-cn-complete]", "[aria-invalid=true]"];
if (!document.querySelector(`${excerpts}, ${problem}`)) return null;
const said = part => document.querySelector(`[data-cn-part=${part}]`).textContent;
return said("problem") || said("count");
"""


def test_a_search_takes_any_name_and_any_query(reader: Reader) -> None:
    reader.sits_at(DESK)
    asked = {
        "zebra": "4 notes",
        "service:__proto__": "1 note",
        "tag:hasOwnProperty": "1 note",
        'service:"../../x"': "1 note",
        "file:con/aux.txt": "2 notes",
        "<img src=x onerror=window.hurt=9>": "no note matches",
        "constructor:x": "unknown key constructor",
    }
    reader.complaints()

    for query, answer in asked.items():
        reader.driver.get(f"{reader.site}changes/search/?q={quote(query)}")
        assert reader.waits_for(ANSWERED).lower().startswith(answer), query
        assert reader.asks("return window.hurt") is None, query

    assert reader.complaints() == []


@pytest.mark.parametrize("day", ["00010101", "99991231", "99999999", "00000000"])
def test_a_day_at_the_end_of_any_calendar_is_a_day_like_others(day: str) -> None:
    shipped = "{at: 9999-12-31T23:59:59-12:00, environment: production}"
    far = least(f"{day}-aaaaaa").replace("draft", "shipped") + f"shipped: {shipped}\n"
    usual = least().replace("draft", "shipped") + (
        "shipped: {at: 2026-11-22T14:05:00Z, environment: production}\n"
    )
    of = book(far, usual)

    made = paths(of)

    assert len([path for path in made if path.startswith("changes/weeks/")]) <= 3
    assert "22 Nov 2026" in page(of, "changes/statistics/").content


def test_numbers_of_no_service_have_a_page_of_their_own() -> None:
    text = least().replace("draft", "shipped") + (
        "shipped: {at: 2026-11-22T14:05:00Z, environment: production}\n"
        "metrics: [{name: p95, unit: ms, before: 3, after: 2}]\n"
    )

    made = paths(book(text, text.replace("k3f9xq", "k3f9xr") + "service: shop\n"))

    assert [path for path in made if "//" in path] == []


@pytest.mark.parametrize("name", ["tags", "stack"])
def test_a_note_has_no_more_tags_than_anybody_reads(workshop: Workshop, name: str) -> None:
    workshop.note(least() + f"{name}: [{', '.join(f't{n}' for n in range(101))}]\n")

    done = workshop.run("check")

    assert done.code == 1
    assert "found:    a list of 101\n  expected: 0 to 100 items, not 101" in done.out


class _Loads(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("img", "script", "iframe", "object", "embed", "video", "audio", "source", "use"):
            self.found += [said.get("src") or "", said.get("data") or "", said.get("href") or ""]
        if tag == "link" and said.get("rel") in ("stylesheet", "preload", "icon"):
            self.found.append(said.get("href") or "")


def _loaded(html: str) -> list[str]:
    loads = _Loads()
    loads.feed(html)
    return loads.found

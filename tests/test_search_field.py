"""Material's search field asks our index; where that cannot be, it asks its own as ever."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import LEAST, sample_project
from tests.browser import DESK, Reader, chromium, served
from tests.sites import Site, mkdocs

NOTE = "changes/20261122-k3f9xq/"
INDEX = "changes/search/words/parts.json"
TITLE = "</title><img src=x onerror=window.hurt=1>&lt;script&gt;window.hurt=2&lt;/script&gt; zebra"
GUIDE = """\
# Guide to quokkas

They live on islands.

## Feeding them

No <img src=x onerror=window.hurt=3> carrots, however the basket looks.
"""
FIELD = """\
theme:
  name: material
  font: false
  features: [navigation.instant, search.suggest, search.highlight]
"""


def project(folder: Path) -> Path:
    """The sample notes, a hostile one, and a page of the team's own."""
    sample_project(folder)
    text = LEAST.format(id="20261123-ev1000", title=json.dumps(TITLE), kind="fix")
    hurt = json.dumps(TITLE)
    more = f"owner: {hurt}\nservice: {hurt}\ntags: [{hurt}]\nreason: {hurt}\n"
    (folder / "changes/2026/20261123-ev1000.yaml").write_text(text + more)
    (folder / "docs").mkdir()
    (folder / "docs/guide.md").write_text(GUIDE)
    return folder


def configured(*, plugins: str = "[search, changenote]", more: str = "") -> str:
    return f"site_name: Acme knowledge\n{FIELD}plugins: {plugins}\n{more}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site in a folder of its server, as project pages of forges are; much of it on okapis."""
    folder = project(tmp_path_factory.mktemp("field"))
    for number in range(8):
        text = LEAST.format(id=f"20261010-0kap1{number}", title="Feed okapis", kind="fix")
        (folder / f"changes/2026/20261010-0kap1{number}.yaml").write_text(text)
        (folder / f"docs/{number}.md").write_text(f"# Animal {number}\n\nThis okapi is fed.\n")
    return mkdocs(folder, configured())


@pytest.fixture(scope="module")
def reader(site: Site) -> Iterator[Reader]:
    """Somebody with a browser."""
    with served(site.folder.parent) as address, chromium() as driver:
        driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
        yield Reader(driver, f"{address}public/")


ENTRIES = """
return [...document.querySelectorAll(".md-search-result__item")].map(item => ({
    links: [...item.querySelectorAll("a")].map(link => link.href),
    title: item.querySelector("h1").innerText,
    marked: [...item.querySelectorAll("mark")].map(mark => mark.innerText),
    text: item.innerText,
}));
"""
COUNT = "document.querySelector('.md-search-result__meta').textContent.trim()"


def asks(reader: Reader, words: str, path: str = "guide/") -> list[dict[str, Any]]:
    """What the drop-down shows for all that is typed into the field.

    While somebody types, answers to what there was before come and go: the last entry of each leads
    to the search page, and says which query it is an answer to.
    """
    reader.sits_at(DESK)
    reader.opens(path)
    box = reader.driver.find_element("css selector", "[data-md-component=search-query]")
    reader.asks("document.querySelector('#__search').click()")  # a fixed clock keeps it closed
    reader.waits_for(f"return {COUNT} == 'Type to start searching'")

    box.send_keys(words)

    shown: list[dict[str, Any]] = reader.waits_for(
        f"const shown = (() => {{{ENTRIES}}})();"
        f"return shown.length && new URL(shown.at(-1).links[0]).searchParams.get('query') == arguments[0] && shown;",
        words,
    )
    return shown


def test_the_field_finds_notes_and_says_why(reader: Reader) -> None:
    first, *_, last = asks(reader, "840 summed")

    assert first["links"] == [f"{reader.site}{NOTE}?h=840+summed"]
    assert first["title"] == "Cache cart totals per session"
    assert "2026-11-22 · shop-web · improved\n" in first["text"]
    assert first["marked"] == ["840", "summed"]
    assert last["title"] == "All results, with filters: 1 note"
    assert reader.asks(f"return {COUNT}") == "1 note"


def test_the_last_entry_leads_to_the_search_page_with_the_query(reader: Reader) -> None:
    *_, last = asks(reader, "cart")

    reader.driver.find_element("css selector", ".md-search-result__item:last-child a").click()

    assert last["links"][0].startswith(f"{reader.site}changes/search/?query=cart")
    reader.waits_for("return location.pathname.endsWith('/changes/search/')")
    assert reader.waits_for("return document.querySelector('.cn input[type=search]')?.value")


def test_however_much_is_found_the_way_to_all_of_it_is_there(reader: Reader) -> None:
    *shown, last = asks(reader, "okapi")

    assert len(shown) == 9
    assert last["title"] == "All results, with filters: 8 notes, 8 pages"
    assert reader.asks(f"return {COUNT}") == "8 notes, 8 pages"


def test_the_field_understands_the_query_language(reader: Reader) -> None:
    first, *_ = asks(reader, "tag:cache kind:performance summed")

    assert first["links"] == [f"{reader.site}{NOTE}?h=summed"]
    assert "tag:cache · kind:performance" in first["text"]


def test_a_mistake_in_a_query_is_said(reader: Reader) -> None:
    (only,) = asks(reader, "ownr:@dana")

    assert only["title"].startswith("unknown key ownr:")
    assert "Did you mean `owner`?" in only["text"]
    assert reader.asks(f"return {COUNT}") == "This is no query"


def test_pages_of_the_team_are_found_with_their_sections(reader: Reader) -> None:
    first, *_ = asks(reader, "quokkas", NOTE)

    assert first["title"] == "Guide to quokkas"
    assert first["links"] == [
        f"{reader.site}guide/?h=quokkas",
        f"{reader.site}guide/?h=quokkas#feeding-them",
    ]


def test_what_no_page_has_is_not_found_but_the_search_page_is(reader: Reader) -> None:
    (only,) = asks(reader, "polyfillx 840")

    assert only["title"] == "Nothing found. Search with filters"
    assert only["links"] == [f"{reader.site}changes/search/?query=polyfillx+840"]
    assert reader.asks(f"return {COUNT}") == "Nothing found"


def test_a_word_that_is_mistyped_is_offered_as_it_is_spelled(reader: Reader) -> None:
    first, last = asks(reader, "cahce kind:performance")

    assert first["title"] == "Did you mean cache kind:performance: 1 note"
    assert first["links"] == [f"{reader.site}changes/search/?query=cache+kind%3Aperformance"]
    assert last["links"] == [f"{reader.site}changes/search/?query=cahce+kind%3Aperformance"]
    assert reader.asks(f"return {COUNT}") == "Nothing found"


def test_a_file_that_cannot_be_read_is_found(reader: Reader) -> None:
    first, *_ = asks(reader, "bad0ne")

    assert first["title"] == "Unreadable: 20261121-bad0ne-broken.yaml"


def test_a_hostile_note_stays_text(reader: Reader) -> None:
    first, *_ = asks(reader, "zebra")

    assert first["title"] == TITLE
    assert reader.asks("return window.hurt") is None
    assert not reader.asks(
        "return document.querySelector('.md-search-result__item :is(img, script, a a)')"
    )


def test_found_words_are_marked_on_the_page(reader: Reader) -> None:
    asks(reader, "840 summed")

    reader.driver.find_element("css selector", ".md-search-result__item a").click()

    marked = "return [...document.querySelectorAll('.md-content mark')].map(m => m.innerText)"
    assert {word.casefold() for word in reader.waits_for(f"const all = (() => {{{marked}}})(); return all.length && all")} >= {"840", "summed"}  # fmt: skip


def test_a_word_that_is_being_typed_is_suggested(reader: Reader) -> None:
    asks(reader, "cach")

    assert reader.waits_for(
        "return document.querySelector('[data-md-component=search-suggest]').innerText"
    ).startswith("cache")


def test_the_console_is_quiet_and_nothing_is_loaded_before_the_first_word(
    reader: Reader, site: Site
) -> None:
    reader.complaints()
    reader.requests()
    reader.opens("guide/")

    assert [url for url in reader.requests() if "words/" in url or "facts" in url] == []
    asks(reader, "cart")
    assert reader.complaints() == []
    assert json.loads(site.text("search/search_index.json"))["docs"] == []


def test_pages_with_file_names_are_found_by_them(tmp_path: Path) -> None:
    built = mkdocs(project(tmp_path), configured(more="use_directory_urls: false\n"))

    with served(built.folder) as address, chromium() as driver:
        reader = Reader(driver, address)
        first, *_, last = asks(reader, "840 summed", "guide.html")

    assert first["links"] == [f"{reader.site}{NOTE}index.html?h=840+summed"]
    assert last["links"][0].startswith(f"{reader.site}changes/search/index.html?query=")


def test_a_deleted_note_is_not_in_the_index_any_more(tmp_path: Path) -> None:
    folder = project(tmp_path)
    before = mkdocs(folder, configured()).text(INDEX)
    (path,) = folder.rglob("20261122-k3f9xq*.yaml")
    path.unlink()

    after = mkdocs(folder, configured()).text(INDEX)

    def count(index: str) -> int:
        return sum(part["count"] for part in json.loads(index)["notes"])

    assert count(after) == count(before) - 1


def test_a_site_without_notes_is_searched(tmp_path: Path) -> None:
    built = mkdocs(tmp_path, configured())

    with served(built.folder) as address, chromium() as driver:
        first, *_ = asks(Reader(driver, address), "acme", "")

    assert first["title"] == "Acme"


def _keeps_its_own_search(built: Site) -> None:
    """Notes are in the theme's index, its worker answers, and there is no other index."""
    assert built.code == 0
    docs = json.loads(built.text("search/search_index.json"))["docs"]
    assert "basket" in "".join(doc["text"] for doc in docs if doc["location"].startswith(NOTE))
    assert "workers/search." in built.text("404.html")
    assert not (built.folder / INDEX).exists()
    assert json.loads(built.text("changes/search/facts.json"))["words"] == "titles"


def test_a_team_can_keep_the_built_in_search(tmp_path: Path) -> None:
    plugins = "[search, {changenote: {search: builtin}}]"

    built = mkdocs(project(tmp_path), configured(plugins=plugins), "--strict", "--quiet")

    assert "search: builtin" not in built.said


def test_the_built_in_search_has_every_note_and_ranks_unreviewed_ones_last(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "changes/2026/20261124-aaaaaa.yaml").write_text(
        LEAST.format(id="20261124-aaaaaa", title="Count sheep", kind="fix")
        + "flags: [needs_human_review]\n"
    )

    built = mkdocs(folder, configured(plugins="[search, {changenote: {search: builtin}}]"))

    _keeps_its_own_search(built)
    docs = json.loads(built.text("search/search_index.json"))["docs"]
    boosts = {doc["location"]: doc.get("boost") for doc in docs}
    assert not [doc for doc in docs if "The rule behind every point" in doc["text"]]
    assert boosts["changes/20261124-aaaaaa/"] == 0.001
    assert boosts[NOTE] is None


def test_pages_read_from_a_disk_have_the_built_in_search(tmp_path: Path) -> None:
    built = mkdocs(project(tmp_path), configured(plugins="[search, offline, changenote]"))

    _keeps_its_own_search(built)
    assert "Pages read from a disk cannot load an index" in built.said


def test_in_another_theme_the_index_is_for_the_search_page(tmp_path: Path) -> None:
    config = "site_name: x\ntheme: mkdocs\nplugins: [search, changenote]\n"

    built = mkdocs(project(tmp_path), config)

    docs = json.loads(built.text("search/search_index.json"))["docs"]
    assert NOTE in {doc["location"] for doc in docs}
    parts = json.loads(built.text(INDEX))
    assert [part["count"] for part in (*parts["notes"], *parts["others"])] == [6, 6]

"""The search page in a browser: one built site with Material's instant navigation, and the same
pages without any theme, behind a strict content security policy."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from benchmarks.generate import write_notes
from changenote.config import Config
from changenote.model.facts import facts
from changenote.model.query import parse
from changenote.site.book import Asset, Book
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.loading import project_of, read_book
from changenote.site.pages import pages_of, printed
from changenote.site.search.bundle import FOLDER
from changenote.site.search.whole import index_files
from tests.books import LEAST, published, sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

PAGE = "changes/search/"
GENERATED = 30
HURT = "</a><img src=x onerror=window.hurt=1>&lt;script&gt;window.hurt=2&lt;/script&gt; zebra"
INSTANT = MATERIAL.replace(
    "theme:\n", "site_url: https://kb.example/\ntheme:\n  features: [navigation.instant]\n"
)
OTHER_PAGE = "# Handbook\n\nHow the okapi is fed, [and others](index.md).\n"
REVIEWED = "status: shipped\nreason: The giraffe was hungry.\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes, generated ones, and some to find in a certain order."""
    project = sample_project(tmp_path_factory.mktemp("search"))
    write_notes(GENERATED, project)
    notes = project / "changes/2026"
    hurt = json.dumps(HURT)
    text = LEAST.format(id="20261123-ev1000", title=hurt, kind="fix")
    (notes / "20261123-ev1000.yaml").write_text(
        f"{text}owner: {hurt}\nservice: {hurt}\ntags: [{hurt}]\nreason: {hurt}\n"
    )
    elsewhere = "shipped: {at: 2026-11-24T10:00:00Z, environment: staging}\n"
    for number, more in (("000001", ""), ("000002", "flags: [needs_human_review]\n")):
        text = LEAST.format(id=f"20261124-{number}", title="Feed the giraffe", kind="fix")
        made = text.replace("status: draft\n", REVIEWED) + elsewhere + more
        (notes / f"20261124-{number}.yaml").write_text(made)
    for number, title in (("1", "Undo v7.1.1, back to v7.1.0"), ("0", "Weigh the tapir")):
        text = LEAST.format(id=f"20261110-00007{number}", title=title, kind="config")
        shipped = f"shipped: {{at: 2026-11-10T10:00:00Z, version: v7.1.{2 * int(number)}}}\n"
        reviewed = REVIEWED.replace("giraffe was hungry", "tapir grew")
        made = text.replace("status: draft\n", reviewed) + shipped
        (notes / f"20261110-00007{number}.yaml").write_text(made)
    (project / "docs").mkdir()
    (project / "docs/handbook.md").write_text(OTHER_PAGE)
    built = mkdocs(project, INSTANT)
    assert built.code == 0, built.said
    return built.folder


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """A browser for the whole module."""
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with served(site) as address:
        sitemap = site / "sitemap.xml"  # Material looks here for what it can show without loading
        sitemap.write_text(sitemap.read_text().replace("https://kb.example/", address))
        yield address


@pytest.fixture
def reader(driver: Any, address: str) -> Reader:
    """Somebody at a desk."""
    reader = Reader(driver, address)
    reader.sits_at(DESK)
    return reader


def _asks(reader: Reader, query: str = "", more: str = "") -> None:
    """Open the page with a query in the address."""
    reader.opens(f"{PAGE}?q={query}{more}")
    _answered(reader)


def _answered(reader: Reader) -> None:
    """Wait until what is in the box is what is shown, with all excerpts."""
    reader.waits_for(
        "const root = document.querySelector('[data-cn-search]');"
        "return root && root.dataset.cnComplete !== undefined"
        " && [root.dataset.cnShown, root.dataset.cnComplete]"
        ".every(text => text === root.querySelector('input').value);"
    )


def _types(reader: Reader, *keys: str) -> None:
    ActionChains(reader.driver).send_keys(*keys).perform()


def _text(reader: Reader, part: str) -> str:
    return str(
        reader.asks(
            "return document.querySelector(`[data-cn-part=${arguments[0]}]`).innerText", part
        )
    )


def _hits(reader: Reader) -> list[str]:
    """The titles found."""
    found: list[str] = reader.asks(
        "return [...document.querySelectorAll('.cn-hits .cn-row__title')].map((a) => a.innerText)"
    )
    return found


def _box(reader: Reader) -> str:
    return str(reader.asks("return document.querySelector('[data-cn-part=box]').value"))


def _chooses(reader: Reader, facet: str, value: str) -> None:
    reader.asks(
        """
        const [title, value] = arguments;
        const facet = [...document.querySelectorAll(".cn-facet")]
          .find((each) => each.querySelector("legend").textContent === title);
        [...facet.querySelectorAll("label")]
          .find((each) => each.querySelector(".cn-facet__name").textContent === value)
          .querySelector("input").click();
        """,
        facet,
        value,
    )
    _answered(reader)


FACETS = """
return Object.fromEntries([...document.querySelectorAll(".cn-facet:not([hidden])")].map((facet) => [
  facet.querySelector("legend").textContent,
  Object.fromEntries([...facet.querySelectorAll("label")].map((label) => [
    label.querySelector(".cn-facet__name").textContent,
    Number(label.querySelector(".cn-facet__count").textContent)]))]));
"""


def test_the_page_begins_with_the_newest_notes_and_shows_more_on_demand(reader: Reader) -> None:
    _asks(reader)

    total = GENERATED + 10
    assert _text(reader, "count") == f"{total} notes, newest first"
    assert len(_hits(reader)) == 20
    assert _hits(reader)[:2] == ["Feed the giraffe", "Feed the giraffe"]

    reader.asks("document.querySelector('[data-cn-part=more]').click()")
    reader.waits_for("return document.querySelectorAll('.cn-hit').length > 20")

    assert len(_hits(reader)) == total
    assert reader.asks(
        "return document.activeElement === document.querySelectorAll('.cn-hit .cn-row__title')[20]"
    )


def test_notes_are_found_while_somebody_types_and_the_way_back_leads_to_the_query_before(
    reader: Reader,
) -> None:
    _asks(reader, "kind:fix")
    before = _hits(reader)

    reader.asks("document.querySelector('[data-cn-part=box]').select()")
    _types(reader, "giraffe")
    _answered(reader)

    assert _hits(reader) == ["Feed the giraffe", "Feed the giraffe"]
    assert reader.driver.current_url.endswith("changes/search/?q=giraffe")

    reader.driver.back()
    reader.waits_for("return document.querySelector('[data-cn-part=box]').value === 'kind:fix'")
    _answered(reader)

    assert _hits(reader) == before


def test_an_address_holds_the_query_and_its_order(reader: Reader) -> None:
    _asks(reader, "cache", "&sort=date")
    by_date = _hits(reader)

    reader.asks("document.querySelector('[data-cn-sort=rank]').click()")
    reader.waits_for("return document.querySelector('[data-cn-sort=rank][aria-pressed=true]')")
    address = reader.driver.current_url
    by_rank = _hits(reader)
    reader.driver.get("about:blank")
    reader.driver.get(address)
    _answered(reader)

    assert address.endswith("?q=cache&sort=rank")
    assert _hits(reader) == by_rank != by_date


def test_notes_that_need_a_review_are_shown_as_such_and_come_last_by_rank(reader: Reader) -> None:
    _asks(reader, "giraffe")
    ids = "return [...document.querySelectorAll('.cn-hit .cn-row__title')].map((a) => a.href.slice(-7, -1))"
    badges = "return [...document.querySelectorAll('.cn-hit')].map((hit) => /needs review/.test(hit.innerText))"

    assert reader.asks(ids) == ["000001", "000002"]
    assert reader.asks(badges) == [False, True]

    _asks(reader, "giraffe", "&sort=date")

    assert reader.asks(ids) == ["000002", "000001"]


def test_facets_narrow_down_and_their_counts_follow_the_query(reader: Reader) -> None:
    _asks(reader)
    every = reader.asks(FACETS)

    _chooses(reader, "Kind", "fix")

    assert _box(reader) == "kind:fix"
    assert _text(reader, "count").startswith(f"{every['Kind']['fix']} notes")
    assert reader.asks(FACETS)["Kind"] == every["Kind"]  # what choosing another one would add
    assert sum(reader.asks(FACETS)["Status"].values()) == every["Kind"]["fix"]

    _chooses(reader, "Kind", "cache")

    assert _box(reader) == "kind:fix,cache"
    assert _text(reader, "count").startswith(
        f"{every['Kind']['fix'] + every['Kind']['cache']} notes"
    )

    _chooses(reader, "Kind", "fix")
    _chooses(reader, "Year", "2026")

    assert _box(reader) == "kind:cache after:2026 before:2027"
    assert "q=kind%3Acache+after%3A2026+before%3A2027" in reader.driver.current_url


def test_the_values_of_a_facet_are_in_the_order_of_their_counts_and_then_of_names(
    reader: Reader,
) -> None:
    _asks(reader, "kind:fix")

    shown = reader.asks("""
        return [...document.querySelectorAll(".cn-facet:not([hidden])")].map((facet) =>
          [...facet.querySelectorAll("label")].map((label) => [
            -Number(label.querySelector(".cn-facet__count").textContent),
            label.querySelector(".cn-facet__name").textContent]))""")

    assert shown == [sorted(values) for values in shown]


def test_a_result_shows_why_it_was_found(reader: Reader) -> None:
    _asks(reader, "hungry file:app/")
    assert _text(reader, "count") == "No note matches"

    _asks(reader, "hungry")
    first = "return document.querySelector('.cn-hit').innerText"
    marked = (
        "return [...document.querySelectorAll('.cn-hit__why mark')].map((each) => each.innerText)"
    )
    assert "The giraffe was hungry." in reader.asks(first)
    assert reader.asks(marked) == ["hungry", "hungry"]

    _asks(reader, "file:app/cart/totals.py")
    assert "file app/cart/totals.py" in reader.asks(first)


def test_an_id_finds_the_note_that_has_it_before_newer_ones_that_speak_of_it(
    reader: Reader,
) -> None:
    _asks(reader, "7c2mha")

    assert len(_hits(reader)) > 1
    first = "return document.querySelector('.cn-hits .cn-row__title').href"
    assert "20260903-7c2mha" in reader.asks(first)


@pytest.mark.parametrize("version", ["v7.1.0", "7.1.0", "V7.1.0"])
def test_a_version_finds_what_shipped_in_it_before_what_goes_back_to_it(
    reader: Reader, version: str
) -> None:
    _asks(reader, version)

    assert _hits(reader) == ["Weigh the tapir", "Undo v7.1.1, back to v7.1.0"]


def test_a_result_leads_straight_to_its_way_back(reader: Reader) -> None:
    _asks(reader, "id:k3f9xq")

    address = reader.asks("return document.querySelector('.cn-hit__undo').href")

    assert address.endswith("changes/20261122-k3f9xq/#rollback")


def test_the_keyboard_alone_leads_from_the_query_to_a_note(reader: Reader) -> None:
    _asks(reader)
    focused = "return document.activeElement.name"
    place = "return [...document.querySelectorAll('.cn-hit .cn-row__title')].indexOf(document.activeElement)"

    _types(reader, "/")
    assert reader.asks(focused) == "q"
    _types(reader, "giraffe")
    _answered(reader)
    assert _box(reader) == "giraffe"
    _types(reader, Keys.ARROW_DOWN)
    assert reader.asks(place) == 0
    _types(reader, "j")
    assert reader.asks(place) == 1
    _types(reader, "j", Keys.ARROW_DOWN)
    assert reader.asks(place) == 1
    _types(reader, "k")
    assert reader.asks(place) == 0
    _types(reader, "k")
    assert reader.asks(focused) == "q"
    _types(reader, Keys.ARROW_DOWN, Keys.ESCAPE)
    assert reader.asks(focused) == "q"

    _types(reader, Keys.ARROW_DOWN, Keys.ENTER)

    reader.waits_for("return location.pathname.endsWith('/changes/20261124-000001/')")


def test_who_comes_without_a_query_can_type_one_at_once(reader: Reader) -> None:
    _asks(reader)

    _types(reader, "/giraffe")  # the key that leads to the box, from habit
    _answered(reader)

    assert _box(reader) == "giraffe"
    assert _hits(reader) == ["Feed the giraffe", "Feed the giraffe"]
    assert reader.asks("return scrollY") == 0


FOCUSED = "return document.activeElement === document.querySelector('[data-cn-part=box]')"


@pytest.mark.parametrize("path", ["?q=giraffe", "#note"], ids=["a query", "a place on the page"])
def test_the_box_is_left_alone_where_the_address_leads_elsewhere(reader: Reader, path: str) -> None:
    reader.driver.get("about:blank")
    reader.opens(PAGE + path)
    _answered(reader)

    assert reader.asks(FOCUSED) is False


def test_no_keyboard_comes_up_on_a_screen_that_is_touched(reader: Reader) -> None:
    touch = "Emulation.setTouchEmulationEnabled"
    reader.sits_at(PHONE)
    reader.driver.execute_cdp_cmd(touch, {"enabled": True, "maxTouchPoints": 1})
    try:
        _asks(reader)
        assert reader.asks(FOCUSED) is False
    finally:
        reader.driver.execute_cdp_cmd(touch, {"enabled": False})


def test_a_result_says_where_it_shipped_unless_most_did(reader: Reader) -> None:
    _asks(reader, "env:production,staging")

    about = reader.asks(
        "return [...document.querySelectorAll('.cn-row__about')].map((each) => each.innerText)"
    )

    assert about[0] == "fix · staging"
    assert not any("production" in each for each in about)


def test_a_query_that_finds_nothing_says_what_would(reader: Reader) -> None:
    _asks(reader, "giraffe kind:cache status:draft")

    assert _text(reader, "count") == "No note matches"
    offers = [line for line in _text(reader, "instead").split("\n") if line.startswith("Without")]
    assert offers == []

    _asks(reader, "girafe")
    assert "Without" not in _text(reader, "instead")  # that would be all notes

    _asks(reader, "giraffe kind:cache")
    assert "Without kind:cache: 2 notes" in _text(reader, "instead")

    reader.asks("[...document.querySelectorAll('.cn-search__offer')].at(-2).click()")
    _answered(reader)

    assert (_box(reader), len(_hits(reader))) in (
        ("giraffe", 2),
        ("kind:cache", len(_hits(reader))),
    )
    assert _text(reader, "instead") == ""


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("zebar", "zebra"),
        ("giraffe zebra", None),
        ("Hugnry+girfafe", None),
        ("girfafe+kind:fix", "giraffe kind:fix"),
        ('"feed+the+girrafe"', '"feed the giraffe"'),
        ("app/crat/totlas.py", "app/cart/totals.py"),
        ("girfafe+kind:cache", None),  # there is none of that kind
        ("qqzzqqz", None),
    ],
)
def test_words_that_are_mistyped_are_offered_as_they_are_spelled(
    reader: Reader, asked: str, meant: str | None
) -> None:
    _asks(reader, asked)

    offered = _text(reader, "instead").split("\n")
    found = [line for line in offered if line.startswith("Did you mean")]

    if meant is None:
        assert found == []
        return
    reader.asks("document.querySelector('.cn-search__offer').click()")
    _answered(reader)
    assert found == [f"Did you mean {meant}: {_text(reader, 'count').split(',')[0]}"]
    assert _box(reader) == meant


def test_the_nearest_and_most_frequent_words_are_offered_first(reader: Reader) -> None:
    _asks(reader)

    found = reader.asks(
        """
        const {Spelling, distance} = await import("/changes/search/spelling.js");
        const texts = [["Cart cache, caches", 2], ["care", 9], ["report", 1], ["resort", 3], ["v2", 9]];
        const spelling = new Spelling(texts);
        const words = ["cahce", "cars", "reprot", "REPORTX", "ca", "v3", "2024", "cart"];
        return {
          near: Object.fromEntries(words.map((word) => [word, spelling.near(word)])),
          far: [["", "ab"], ["ab", "ba"], ["ca", "abc"], ["totls", "totals"]].map((two) => distance(...two)),
        };
        """
    )

    assert found == {
        "near": {
            "cahce": ["cache"],
            "cars": ["care", "cart"],
            "reprot": ["report", "resort"],
            "REPORTX": ["report", "resort"],
            "ca": [],
            "v3": [],
            "2024": [],
            "cart": ["care"],
        },
        "far": [2, 1, 3, 1],
    }


def test_half_a_query_is_no_mistake_yet_but_a_wrong_one_is_told_as_in_the_terminal(
    reader: Reader,
) -> None:
    _asks(reader, "giraffe")
    reader.stops_the_clock()

    reader.asks(
        "const box = document.querySelector('[data-cn-part=box]');"
        "box.value += ' kynd:fix';"
        "box.dispatchEvent(new Event('input'));"
    )
    reader.waits_for("return window.putOff")
    assert _text(reader, "problem") == ""
    assert len(_hits(reader)) == 2
    _types(reader, "/", Keys.ENTER)
    said = reader.waits_for("return document.querySelector('[data-cn-part=problem]').innerText")

    assert said.startswith(
        "unknown key kynd: (character 9 of the query). Expected one of id, kind,"
    )
    assert said.endswith('Did you mean kind? To find the text itself, quote it: "kynd:…"')
    assert reader.asks(
        "return [...document.querySelectorAll('[data-cn-part=problem] code')].map(c => c.innerText)"
    ) == ["kind"]
    is_seen = "return document.querySelector('.cn-hits').checkVisibility()"
    assert not reader.asks(is_seen)  # what was found before is no answer to this
    assert reader.asks("return document.querySelector('[aria-invalid=true]') !== null")


def test_hostile_text_stays_text(reader: Reader) -> None:
    _asks(reader, "zebra")

    assert _hits(reader) == [HURT]
    assert HURT in reader.asks("return document.querySelector('.cn-hit__why').innerText")
    _chooses(reader, "Owner", HURT)
    assert len(_hits(reader)) == 1
    assert reader.asks("return window.hurt") is None


def test_other_pages_of_the_site_are_found_behind_the_notes_unless_a_key_is_asked(
    reader: Reader,
) -> None:
    _asks(reader, "okapi")

    link = reader.asks("return document.querySelector('[data-cn-part=pages] a').href")
    assert link == f"{reader.site}handbook/"
    assert "the okapi is fed" in _text(reader, "pages")

    _asks(reader, "okapi kind:fix")

    assert reader.asks("return document.querySelector('[data-cn-part=pages]').hidden")


def test_every_note_that_the_terminal_finds_for_a_word_is_found_here_too(
    reader: Reader, site: Path
) -> None:
    rows = edition(read_book(project_of(site.parent / "changes")), environment()).rows
    every = [facts(row.note) for row in rows]
    words = sorted({word for each in every for word in each.text.split() if _is_usual(word)})
    asked = random.Random(5).sample(words, 150)  # noqa: S311  # not for secrets
    _asks(reader)

    found = reader.asks(
        """
        const {open} = await import("/changes/search/engine.js"), engine = await open();
        const found = {};
        for (const word of arguments[0]) {
          const {hits, problem} = await engine.find(word, {limit: 1e6, facets: false});
          found[word] = problem ? problem.what : hits.map((hit) => hit.number);
        }
        return found;
        """,
        asked,
    )

    expected = {w: [n for n, f in enumerate(every) if parse(w).matches(f)] for w in asked}
    assert {w: found[w] for w in asked if not set(expected[w]) <= set(found[w])} == {}
    assert sum(set(expected[w]) == set(found[w]) for w in asked) > 120  # the others: more forms


def _is_usual(word: str) -> bool:
    """A word of two letters or more that is not the beginning of a key or a phrase."""
    return (
        sum(letter.isalnum() for letter in word) > 1
        and word[0].isalnum()
        and not set(word) & set(':"')
    )


def test_words_may_be_left_out_and_signs_alone_are_not_looked_for(reader: Reader) -> None:
    _asks(reader, "kind:fix")
    every = int(_text(reader, "count").split()[0])

    _asks(reader, "kind:fix -giraffe --")

    assert _text(reader, "count").startswith(f"{every - 2} notes")
    assert _text(reader, "notice") == "Signs alone are not looked for: --"


def test_instant_navigation_brings_the_page_to_life_each_time(reader: Reader) -> None:
    reader.opens("handbook/")
    reader.waits_for_instant_links()
    reader.asks("window.stayed = true")
    click = "document.querySelector(`.md-nav a[href$='${arguments[0]}']`).click()"

    for _ in range(2):
        reader.asks(click, "search/")
        reader.waits_for("return document.querySelector('[data-cn-search]')")
        _answered(reader)
        assert len(_hits(reader)) == 20
        reader.asks(click, "handbook/")
        reader.waits_for("return document.body.innerText.includes('the okapi is fed')")

    reader.asks("document.querySelector('article a').href = '/changes/search/?q=giraffe'")
    reader.asks("document.querySelector('article a').click()")
    reader.waits_for("return document.querySelector('[data-cn-search]')")
    _answered(reader)
    assert _hits(reader) == ["Feed the giraffe", "Feed the giraffe"]
    assert reader.asks("return window.stayed")


def test_the_themes_own_search_does_not_open_over_a_query_in_the_address(reader: Reader) -> None:
    _asks(reader, "giraffe")

    assert reader.asks("return document.querySelector('[data-md-toggle=search]').checked") is False
    assert reader.driver.current_url.endswith("changes/search/?q=giraffe")


def test_on_a_phone_facets_are_folded_and_nothing_scrolls_sideways(reader: Reader) -> None:
    reader.sits_at(PHONE)

    _asks(reader, "cache")
    folded = reader.asks("return !document.querySelector('[data-cn-part=filters]').open")
    reader.asks(
        "document.querySelectorAll('.cn-search details').forEach((each) => each.open = true)"
    )

    assert folded
    assert reader.asks("return document.documentElement.scrollWidth") == PHONE[0]


def test_no_other_host_is_asked_and_the_console_stays_quiet(reader: Reader) -> None:
    reader.complaints()
    reader.requests()

    _asks(reader, "cache kind:fix")

    assert [a for a in reader.requests() if not a.startswith((reader.site, "data:"))] == []
    assert reader.complaints() == []


def test_a_word_loads_one_file_of_each_part_of_the_index_and_the_notes_that_are_shown(
    reader: Reader, site: Path
) -> None:
    listed = json.loads((site / PAGE / "words/parts.json").read_bytes())
    reader.driver.get("about:blank")
    reader.requests()

    _asks(reader, "giraffe")

    paths = [address.removeprefix(reader.site) for address in reader.requests()]
    words = [path for path in paths if path.startswith(f"{PAGE}words/")]
    assert len(words) == 1 + len(listed["notes"]) + len(listed["others"])
    assert len(set(words)) == len(words)
    assert len([path for path in paths if path.endswith("note.json")]) == len(_hits(reader))
    assert [path for path in paths if "facts" in path] == [f"{PAGE}facts.json"]


def test_all_modules_that_the_page_needs_are_loaded_at_once(reader: Reader) -> None:
    _asks(reader)

    named = reader.asks(
        "return [...document.querySelectorAll('.cn-search link')].map((link) => link.href)"
    )
    reader.waits_until_idle()
    loaded = reader.asks(
        "return performance.getEntriesByType('resource').map((each) => each.name)"
        ".filter((name) => /search[/][a-z]+[.]js$/.test(name))"
    )

    others = [f"{reader.site}{PAGE}{name}.js" for name in ("address", "page", "worker")]
    assert sorted(set(loaded) - set(others)) == sorted(named)


def test_the_help_shows_every_key_and_its_examples_can_be_tried(reader: Reader) -> None:
    _asks(reader)
    reader.asks("document.querySelector('.cn-search__help').open = true")

    reader.asks("document.querySelector('[data-cn-query=\"kind:fix,performance\"]').click()")
    _answered(reader)

    assert _box(reader) == "kind:fix,performance"
    assert _text(reader, "count").startswith("1")


def test_without_scripts_the_page_says_so_and_leads_on(reader: Reader) -> None:
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        reader.driver.get(reader.site + PAGE)
        off = reader.driver.find_element("css selector", ".cn-search__off")
        assert off.is_displayed()
        assert off.text.startswith("Search has not started. It needs JavaScript")
        assert not reader.driver.find_element("css selector", ".cn-search__form").is_displayed()
        off.find_element("link text", "timeline").click()
        assert reader.waits_for("return location.pathname.endsWith('/changes/timeline/')")
    finally:
        reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_opened_from_disk_the_page_says_what_to_do(reader: Reader, site: Path) -> None:
    reader.driver.get((site / PAGE / "index.html").as_uri())

    said = reader.waits_for(
        "const off = document.querySelector('.cn-search__off');"
        "return getComputedStyle(off).visibility === 'visible' && off.innerText;"
    )

    assert "file://" in said
    assert "changenote site serve" in said


PLAIN = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Plain</title>'
    '<meta http-equiv="Content-Security-Policy" content="{}">{}</html>'
)
STRICT = "default-src 'self'; script-src 'self'"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Pages below folders of a server, without a theme or folder addresses."""
    folder = tmp_path_factory.mktemp("plain")
    _write_plain(folder / "deep/with", has_index=True)
    _write_plain(folder / "deep/without", has_index=False)
    _write_plain(folder / "deep/lost", has_index=True)
    rmtree(folder / "deep/lost/changes" / FOLDER)
    with served(folder) as address:
        yield f"{address}deep/"


def _write_plain(folder: Path, *, has_index: bool) -> None:
    text = LEAST + "reason: A quagga waits.\n"
    texts = [text.format(id=f"20261124-00000{n}", title=f"Note {n}", kind="fix") for n in range(3)]
    book = Book(
        config=Config(), entries=tuple(published(text) for text in texts), has_index=has_index
    )
    made = printed(book, index="index.html")
    files = index_files(made)
    for each in pages_of(made):
        if isinstance(each, Asset):
            files[each.path] = each.content
        else:
            files[f"{each.path}index.html"] = PLAIN.format(STRICT, each.content).encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _opens_plain(reader: Reader, site: str, query: str) -> None:
    reader.complaints()
    reader.driver.get(f"{reader.site}{site}/{PAGE}index.html?q={query}")
    _answered(reader)


def test_any_builder_will_do_behind_a_strict_security_policy(driver: Any, plain: str) -> None:
    reader = Reader(driver, plain)

    _opens_plain(reader, "with", "quagga+kind:fix+-1")

    assert _hits(reader) == ["Note 2", "Note 0"]
    assert "A quagga waits." in reader.asks("return document.querySelector('.cn-hit').innerText")
    assert reader.asks("return document.querySelector('.cn-hit .cn-row__title').href") == (
        f"{plain}with/changes/20261124-000002/index.html"
    )
    assert [line for line in reader.complaints() if "favicon" not in line] == []


@pytest.mark.parametrize("site", ["without", "lost"])
def test_where_no_index_can_be_loaded_titles_are_searched_and_the_page_says_so(
    driver: Any, plain: str, site: str
) -> None:
    reader = Reader(driver, plain)

    _opens_plain(reader, site, "note+kind:fix+-1")

    assert _hits(reader) == ["Note 2", "Note 0"]
    assert _text(reader, "notice").startswith("Words are looked for in titles")

"""From the home page in a real browser: three questions, each answered within two clicks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.books import sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs
from tests.test_home import MEASURED, UNDO, shipped

HURT = json.dumps("<img src=x onerror=window.hurt=1> zebra")
CART = "changes/20261122-k3f9xq/"
VISIT = "changenote.visit:/changes/"

_A_VISIT_LONG_AGO = """
localStorage.setItem("%s", JSON.stringify({seen: [], shown: %s, at: 1}));
"""
_NO_STORAGE = """
Object.defineProperty(window, "localStorage", {get() { throw new DOMException("no"); }});
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes, seven more services and a hostile one, on the home page of a site."""
    project = sample_project(tmp_path_factory.mktemp("home"))
    folder = project / "changes/2026"
    for n in range(7):
        note_id = f"20261019-00000{n}"
        note = shipped(note_id, f"Change number {n}", service=f"s{n}", more=MEASURED + UNDO)
        (folder / f"{note_id}.yaml").write_text(note)
    hurt = shipped("20261123-ev1000", "A hostile one", service=HURT, version=HURT)
    (folder / "20261123-ev1000.yaml").write_text(hurt + f"no_metric: {HURT}\n")
    features = "theme:\n  features: [navigation.instant]\n"
    return mkdocs(project, MATERIAL.replace("theme:\n", features), index=False).folder


@pytest.fixture(scope="module")
def reader(site: Path) -> Iterator[Reader]:
    """Somebody with a browser."""
    with served(site) as address, chromium() as driver:
        yield Reader(driver, address)


def clicks(reader: Reader, selector: str) -> None:
    """One click on the first element that is meant."""
    reader.driver.find_element(By.CSS_SELECTOR, selector).click()


def reads(reader: Reader, selector: str) -> str:
    """The text that is seen."""
    return reader.driver.find_element(By.CSS_SELECTOR, selector).text


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_changed_and_did_it_help_need_no_click(reader: Reader, size: tuple[int, int]) -> None:
    reader.sits_at(size)

    reader.opens("")

    card = reads(reader, '[data-cn-note="20261122-k3f9xq"]')
    assert "Cache cart totals per session" in card
    assert "improved" in card
    assert "861 → 325.1 ms" in card


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_how_to_undo_it_is_one_click_away(reader: Reader, size: tuple[int, int]) -> None:
    reader.sits_at(size)
    reader.opens("")

    clicks(reader, '[data-cn-note="20261122-k3f9xq"] a[href$="#rollback"]')

    reader.waits_for("return location.pathname.endsWith(arguments[0])", CART)
    assert "./flags set cart_total_cache off --env production" in reader.waits_for(
        "return document.querySelector('.cn-rollback')?.innerText"
    )


def test_the_first_command_unfolds_in_place(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens("")

    clicks(reader, '[data-cn-note="20261122-k3f9xq"] summary')

    unfolded = reads(reader, '[data-cn-note="20261122-k3f9xq"] details pre')
    assert unfolded == "./flags set cart_total_cache off --env production"


def test_a_question_typed_goes_to_the_search(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens("")

    reader.driver.find_element(By.TAG_NAME, "body").send_keys("/")
    reader.driver.switch_to.active_element.send_keys("cart", Keys.ENTER)

    assert reader.waits_for("return location.search") == "?q=cart"
    assert reader.asks("return location.pathname") == "/changes/search/"


def test_nothing_on_the_pages_runs_or_complains(reader: Reader) -> None:
    reader.complaints()

    for path in ("", "rollback/"):
        reader.opens(path)
        assert "zebra" in reads(reader, ".cn")

    assert reader.asks("return window.hurt") is None
    assert reader.complaints() == []


@pytest.mark.parametrize("path", ["", "rollback/"])
def test_no_page_scrolls_sideways(reader: Reader, path: str) -> None:
    reader.sits_at(PHONE)

    reader.opens(path)

    assert reader.asks("return document.documentElement.scrollWidth") == PHONE[0]


def test_many_rollbacks_are_narrowed_down_by_a_word(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens("rollback/")

    reader.driver.find_element(By.ID, "cn-filter").send_keys("shop")

    seen = reader.asks(
        "return Array.from(document.querySelectorAll('section[data-cn-way]'))"
        ".filter(part => part.offsetHeight).map(part => part.querySelector('h2').innerText)"
    )
    assert [name.split()[0] for name in seen] == ["shop-web"]
    assert "1 of 11" in reads(reader, ".cn-filter")


@pytest.fixture
def without_scripts(reader: Reader) -> Iterator[Reader]:
    """The same person, who does not let pages run anything."""
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield reader
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_without_scripts_every_rollback_is_there(without_scripts: Reader) -> None:
    without_scripts.driver.get(without_scripts.site + "rollback/")

    text = reads(without_scripts, ".cn")
    assert "./flags set cart_total_cache off --env production" in text
    assert text.count("./flags set x off") == 7


def test_without_scripts_the_rollback_is_two_clicks_away_and_search_is_asked(
    without_scripts: Reader,
) -> None:
    without_scripts.driver.get(without_scripts.site)

    clicks(without_scripts, 'a[href="rollback/"]')
    without_scripts.waits_for("return location.pathname === '/rollback/'")
    clicks(without_scripts, 'nav[aria-label="Services"] a')
    assert without_scripts.waits_for("return location.hash")
    assert "/rollback/#" in without_scripts.driver.current_url

    without_scripts.driver.get(without_scripts.site)
    without_scripts.driver.find_element(By.ID, "cn-find").send_keys("cart", Keys.ENTER)
    without_scripts.waits_for("return location.search")
    assert without_scripts.driver.current_url.endswith("/changes/search/?q=cart")


def test_a_saved_copy_is_read_without_the_site(reader: Reader, site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "rollback.html"
    copy.write_bytes((site / "rollback/index.html").read_bytes())

    reader.driver.get(copy.as_uri())

    text = reader.asks("return document.querySelector('.cn').innerText")
    assert "./flags set cart_total_cache off --env production" in text
    assert "Verify" in text
    sizes = reader.asks(
        "return Array.from(document.querySelectorAll('svg'), one => one.clientHeight)"
    )
    assert max(sizes) <= 24  # without its styles, the theme's icons would fill screens


def opens_with(reader: Reader, script: str, path: str = "") -> None:
    """Open a page on which a script has run before all others."""
    added: Any = reader.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": script}
    )
    reader.driver.get(reader.site + path)
    reader.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def shown(reader: Reader) -> list[str]:
    """The notes that the home page shows, as the browser remembers them."""
    found: list[str] = reader.waits_for(
        "return JSON.parse(localStorage.getItem(arguments[0]) || '{}').shown", VISIT
    )
    return found


def test_a_first_visit_marks_nothing(reader: Reader) -> None:
    reader.opens("")

    assert len(shown(reader)) == 13
    assert reader.driver.find_elements(By.CSS_SELECTOR, ".cn-badge--new") == []
    assert reads(reader, "[data-cn-new]") == ""


@pytest.mark.parametrize("path", ["", "changes/"])
def test_what_came_since_the_last_visit_is_marked_until_it_is_seen(
    reader: Reader, path: str
) -> None:
    reader.sits_at(DESK)
    reader.opens("")
    known = [note for note in shown(reader) if note != "20261122-k3f9xq"]

    opens_with(reader, _A_VISIT_LONG_AGO % (VISIT, json.dumps(known)), path)

    reader.waits_for("return document.querySelector('.cn-badge--new')")
    assert reads(reader, "[data-cn-new]") == "1 note new since your last visit\nMark all as seen"
    marked = reader.asks(
        "return Array.from(document.querySelectorAll('.cn-badge--new'))"
        ".map(mark => mark.closest('[data-cn-note]').dataset.cnNote)"
    )
    assert set(marked) == {"20261122-k3f9xq"}
    clicks(reader, "[data-cn-new] button")
    assert reader.driver.find_elements(By.CSS_SELECTOR, ".cn-badge--new") == []
    assert "20261122-k3f9xq" in reader.asks(
        "return JSON.parse(localStorage.getItem(arguments[0])).seen", VISIT
    )


def test_marks_are_there_again_after_going_away_and_back_without_loading(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens("")
    known = shown(reader)[1:]
    opens_with(reader, _A_VISIT_LONG_AGO % (VISIT, json.dumps(known)))
    reader.waits_for("return document.querySelector('.cn-badge--new')")
    reader.waits_for_instant_links()
    reader.asks("window.stays = true")

    clicks(reader, '.md-sidebar--primary a[href$="rollback/"]')
    reader.waits_for("return document.querySelector('.cn-rollbacks')")
    reader.waits_until_idle()  # then the theme follows links again
    reader.driver.back()

    reader.waits_for("return document.querySelector('.cn-home .cn-badge--new')")
    assert reader.asks("return window.stays")
    assert (
        reader.asks("return document.querySelectorAll('[data-cn-new]:not([hidden])').length") == 1
    )


def test_where_nothing_may_be_stored_nothing_is_marked_or_said(reader: Reader) -> None:
    reader.complaints()

    opens_with(reader, _NO_STORAGE)

    assert reads(reader, "[data-cn-new]") == ""
    assert not [said for said in reader.complaints() if "changenote" in said]

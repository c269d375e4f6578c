"""At three in the morning the home page answers: what changed here, did it help, how to undo it."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.remote.webelement import WebElement

from benchmarks.generate import write_notes
from tests.books import sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

COMMAND = "./flags set cart_total_cache off --env production"
TITLE = "Cache cart totals per session"
ANSWER = "GET /cart p95"

sizes = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Somebody with a browser before a site of many notes."""
    folder = sample_project(tmp_path_factory.mktemp("questions"))
    write_notes(40, folder)
    with served(mkdocs(folder, MATERIAL, index=False).folder) as address, chromium() as driver:
        yield Reader(driver, address)


@pytest.fixture
def reader(browser: Reader, size: tuple[int, int]) -> Reader:
    """The same, on the home page."""
    browser.sits_at(size)
    browser.opens("")
    return browser


def seen(reader: Reader, selector: str, words: str = "") -> list[WebElement]:
    """What can be seen without scrolling, of a kind and with these words."""
    within = """
    return [...document.querySelectorAll(arguments[0])].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && box.top >= 0 && box.top < innerHeight && box.left < innerWidth
            && e.textContent.includes(arguments[1]) && e.checkVisibility();
    });
    """
    found: list[WebElement] = reader.asks(within, selector, words)
    return found


def asks_for(reader: Reader, query: str) -> None:
    """Type one query into the field of the home page."""
    (field,) = seen(reader, ".cn-find input")
    field.send_keys(query + "\n")
    reader.waits_for("return document.querySelector('[data-cn-complete] .cn-hits a')")


@sizes
def test_what_changed_is_on_the_home_page(reader: Reader) -> None:
    (service,) = seen(reader, ".cn-last__where a", "shop-web")

    assert seen(reader, ".cn-last__title a", TITLE)
    service.click()

    assert seen(reader, "h1", "shop-web")
    assert seen(reader, ".cn a", TITLE)


@sizes
def test_what_changed_in_a_file_is_one_query_away(reader: Reader) -> None:
    asks_for(reader, "file:app/cart/totals.py after:2026-11-01")

    found = [row.text for row in seen(reader, ".cn-hits .cn-row__title")]
    assert found == [TITLE]


@sizes
def test_whether_it_helped_is_on_the_home_page_and_why_one_click_away(reader: Reader) -> None:
    assert seen(reader, ".cn-last__told", "861 → 325.1 ms")
    (title,) = seen(reader, ".cn-last__title a", TITLE)

    title.click()

    assert seen(reader, ".cn-answer", ANSWER)
    assert seen(reader, ".cn-answer .cn-verdict", "improved")


@sizes
def test_what_did_not_help_is_one_query_away(reader: Reader) -> None:
    asks_for(reader, "verdict:regressed after:2026-01-01")

    rows = seen(reader, ".cn-hits > li")
    assert rows
    assert all("got worse" in row.text or "regressed" in row.text for row in rows)


@sizes
def test_how_to_undo_it_is_one_click_away(reader: Reader) -> None:
    (way_back, *_) = seen(reader, ".cn-revert__link")

    way_back.click()

    reader.waits_for("return location.hash === '#rollback' && scrollY >= 0")
    assert seen(reader, ".cn-rollback .cn-step code", COMMAND)
    assert reader.waits_for("return document.querySelector('.cn-step .cn-copy')").is_displayed()


@sizes
def test_the_first_command_is_on_the_home_page_behind_one_click(reader: Reader) -> None:
    (fold, *_) = seen(reader, ".cn-revert__first summary", COMMAND)

    fold.click()

    assert seen(reader, ".cn-revert__first pre code", COMMAND)
    assert reader.waits_for("return document.querySelector('.cn-revert__first .cn-copy')")


@sizes
def test_how_to_undo_the_last_change_of_any_service_is_two_clicks_away(reader: Reader) -> None:
    (every, *_) = seen(reader, ".cn-home__bar a", "All rollbacks")
    every.click()
    (service, *_) = seen(reader, ".cn-jumps a", "shop-web")
    service.click()

    assert seen(reader, ".cn-way h2", "shop-web")
    assert seen(reader, ".cn-way .cn-step code", COMMAND)


@sizes
def test_how_to_undo_something_older_is_one_query_and_one_click_away(reader: Reader) -> None:
    asks_for(reader, "sum the basket in SQL kind:performance")
    (title, *_) = seen(reader, ".cn-hits .cn-row__title", "Sum the basket in SQL")

    title.click()

    assert seen(reader, "#rollback")
    assert seen(reader, ".cn-rollback .cn-step code", "git revert")

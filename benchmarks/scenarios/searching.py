"""A search in Chromium: what a browser loads and works until there is a first result."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from selenium.common import TimeoutException
from selenium.webdriver import Chrome

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.promises import Compared, Limit, Scenario
from benchmarks.runner import Act, Sample, TooLong
from benchmarks.scenarios.building import sites
from benchmarks.server import served
from tests.browser import DESK, Reader, chromium

_OURS, _THEIRS = "our search page", "Material's built-in search"
_PLAIN = "a page without a search"
_WORD = "totals"
_PATIENCE = 300
_TYPED = ("c", "ca", "cache", "cache t", "kind:fix", "file:*.py", "the")

_WATCH_TASKS = """
window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
  .observe({type: "longtask"});
"""
_OUR_RESULT = "[data-cn-shown] a[href*='20']"
_THEIR_RESULT = ".md-search-result__item"
_FOUND = """
const [selector, done] = arguments;
const look = () => document.querySelector(selector) ? done() : setTimeout(look, 10);
look();
"""
_TYPE = """
const [selector, text] = arguments, box = document.querySelector(selector);
const happens = (name) => box.dispatchEvent(new Event(name, {bubbles: true}));
box.focus();
box.value = text;
["input", "keyup", "change"].forEach(happens);
"""
_LOADED = """
return performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .filter((entry) => entry.name.includes("/search")).map((entry) => entry.encodedBodySize)
  .reduce((sum, size) => sum + size, 0);
"""
_LONGEST = "return Math.max(0, ...window.tasks)"
"""Milliseconds that the page did nothing else; the browser tells of those over 50."""


def search(bench: Bench) -> Scenario:
    """Ours beside Material's own, on pages that say the same."""
    ours, theirs = sites(bench)
    enter = bench.closing.enter_context
    first, second = (enter(served(folder)) for folder in (ours, theirs))
    browser = _Browser(enter(chromium(logs=False)), first, second)
    browser.driver.set_script_timeout(_PATIENCE)
    browser.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH_TASKS}
    )
    return Scenario(
        name="search",
        title=f"Search {bench.large:,} notes in Chromium",
        rounds=7,
        warm_up=1,
        seconds=150,
        contenders=[
            Act(name=_OURS, shown=f"changes/search/?q={_WORD}", act=browser.ours),
            Act(name=_THEIRS, shown=f"{_WORD} in the field of a page", act=browser.theirs),
            Act(name=_PLAIN, shown="changes/rules/", act=browser.plain),
        ],
        compared=[
            Compared(ours=_OURS, theirs=_THEIRS),
            Compared(ours=_OURS, theirs=_THEIRS, of="loaded"),
            Compared(ours=_OURS, theirs=_PLAIN),
        ],
        limits=[
            Limit(ours=_OURS, of="loaded", at_most=450_000),
            Limit(ours=_OURS, of="cpu", at_most=0.5, less=_PLAIN),
            Limit(ours=_OURS, of="typing", at_most=0.1),
        ],
        remark="From an empty tab and an empty cache to the first result of a word. Processor time"
        " is that of all of Chromium's processes; bytes are those of the search alone, as a host"
        " that compresses sends them.",
    )


@dataclass(frozen=True)
class _Browser:
    driver: Chrome
    our_site: str
    their_site: str

    def ours(self) -> Sample:
        """The search page with a word in its address, then typing."""
        reader = Reader(self.driver, self.our_site)
        address = f"{self.our_site}changes/search/?q={_WORD}"
        sample = self._measured(address, lambda: None, _OUR_RESULT)
        reader.asks("window.tasks = []")  # what showing the page took is no wait in typing
        for text in _TYPED:
            reader.asks(_TYPE, '[data-cn-part="box"]', text)
            time.sleep(0.5)
        return {**sample, "typing": float(reader.asks(_LONGEST)) / 1000}

    def theirs(self) -> Sample:
        """Any page with a search field, and the word typed into it."""
        typed = partial(
            self.driver.execute_script, _TYPE, "[data-md-component=search-query]", _WORD
        )
        return self._measured(self.their_site, typed, _THEIR_RESULT)

    def plain(self) -> Sample:
        """What it costs to show any page of ours."""
        return self._measured(f"{self.our_site}changes/rules/", lambda: None, "body")

    def _measured(self, address: str, ask: Callable[[], object], found: str) -> Sample:
        self.driver.get("about:blank")
        Reader(self.driver, "").sits_at(DESK)
        self.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        browser = self.driver.capabilities["goog:processID"]
        start, cpu = time.perf_counter(), processes.used(browser)
        self.driver.get(address)
        ask()
        try:
            self.driver.execute_async_script(_FOUND, found)
        except TimeoutException as error:
            raise TooLong(f"no result after {_PATIENCE} s") from error
        return {
            "cpu": processes.used(browser) - cpu,
            "wall": time.perf_counter() - start,
            "loaded": float(self.driver.execute_script(_LOADED)),
        }

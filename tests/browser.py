"""A real browser, headless Chromium, and a web server for what it looks at."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

DESK, PHONE = (1280, 800), (390, 844)

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
# A clock that was set: pages say how long ago something was. It ticks, or Material would wait for
# ever. No memory: Material keeps the last palette.
_BEFORE_EACH_PAGE = """
Date.now = () => Math.floor(Date.parse("2027-03-01T00:00:00Z") + performance.now());
try { localStorage.clear(); } catch { }
"""


_PATIENCE = 60
"""Seconds for what a busy machine does late. Nothing that goes well takes as long."""

_LATER = """
const soon = window.setTimeout;
window.putOff = 0;
window.setTimeout = (act, wait, ...more) => {
    if (!(wait >= 500)) return soon(act, wait, ...more);
    window.putOff += 1;
    return 0;
};
"""
_KNOWS_ALL_PAGES = """
return performance.getEntriesByType("resource").some(
    one => one.name.endsWith("/sitemap.xml") && one.responseEnd
);
"""
_HAS_ITS_COLOURS = """
const scheme = document.body?.dataset.mdColorScheme; // short links lead on before they have one
return !scheme || (scheme == "slate") == matchMedia("(prefers-color-scheme: dark)").matches;
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on a server of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: pytest has output enough."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """A file, for a browser that may have gone on to the next page."""
        with suppress(ConnectionError):
            super().copyfile(source, outputfile)


@contextmanager
def chromium(*flags: str, logs: bool = True) -> Iterator[Chrome]:
    """A browser that remembers nothing and logs every request, which costs it time."""
    with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        if logs:
            options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        driver.set_script_timeout(_PATIENCE)
        driver.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": _BEFORE_EACH_PAGE}
        )
        yield driver
        driver.quit()


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at a site, on a desk or a phone, by day or by night."""

    driver: Chrome
    site: str

    def sits_at(self, size: tuple[int, int], scheme: str = "light", media: str = "screen") -> None:
        """The size of the window and the colours the system prefers."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": size[0],
                "height": size[1],
                "deviceScaleFactor": 1,
                "mobile": size[0] < 500,
            },
        )
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {
                "media": "" if media == "screen" else media,
                "features": [{"name": "prefers-color-scheme", "value": scheme}],
            },
        )

    def opens(self, path: str) -> None:
        """Go to a page; it has the colours that the system prefers."""
        self.driver.get(self.site + path)
        if not self.asks(_HAS_ITS_COLOURS):
            # The first scripts of a new page can run before Chromium's emulation has reached it.
            self.driver.refresh()
            self.waits_for(_HAS_ITS_COLOURS)

    def asks(self, script: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def waits_for(self, script: str, *arguments: Any) -> Any:
        """What a script returns, once that is something."""
        end = monotonic() + _PATIENCE
        while monotonic() < end:
            if found := self.asks(script, *arguments):
                return found
            sleep(0.1)
        raise AssertionError(f"nothing came of {script}")

    def stops_the_clock(self) -> None:
        """From now on, the page puts off for ever what it means to do half a second later or more.

        `window.putOff` counts it.
        """
        self.asks(_LATER)

    def waits_for_instant_links(self) -> None:
        """Until Material shows pages without loading them: it first reads which ones there are."""
        self.waits_for(_KNOWS_ALL_PAGES)
        self.waits_until_idle()

    def waits_until_idle(self) -> None:
        """Until the page has nothing left to do with what it has got."""
        self.driver.execute_async_script("requestIdleCallback(() => arguments[0]())")

    def complaints(self) -> list[str]:
        """What the browser's console has said since the last time, of pages that are not its own."""
        said = [entry["message"] for entry in self._log("browser")]
        # Without a network, its first empty tab complains of its own font.
        return [message for message in said if not message.startswith("chrome://")]

    def requests(self) -> list[str]:
        """Every address asked for since the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def _log(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.get_log(name)  # type: ignore[no-untyped-call]  # selenium has no types here
        return found

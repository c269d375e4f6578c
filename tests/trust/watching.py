"""A browser that notices what a page should not do: run a text, ask another host, complain."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser import DESK, Reader, chromium, served

_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-ipc-flooding-protection",  # no person searches as often as this one
)
_BEFORE_EACH_PAGE = """
(() => {
    const ran = (window.trustRan = []);
    const names = ["alert", "confirm", "prompt", "print", "open", "eval"];
    for (const name of names) window[name] = text => void ran.push(`${name}(${text})`);
    for (const name of ["write", "writeln"]) document[name] = () => void ran.push(name);
    window.addEventListener("error", event => ran.push(`error: ${event.message}`));
    window.addEventListener("unhandledrejection", event => ran.push(`error: ${event.reason}`));
})();
"""
"""What texts call that want to show that they run. One that runs and fails is one that runs."""

_SUSPICIOUS = """
const isRunning = value => /^(?:javascript|vbscript|data):/i.test(value.replace(/[\\0-\\x20]/g, ""));
const isThemes = value =>
    value == "javascript:void(0)" || value.startsWith("data:image/svg+xml;base64,");
const isAddress = name =>
    /^(?:[\\w]+:)?(?:href|src|srcdoc|action|formaction|data|poster|values|to|from)$/.test(name);
const unknown = "iframe, frame, object, embed, applet, base, portal, fencedframe, math, marquee";
const withoutPlace = script => script.textContent.replace(/new URL\\("[^"]*",/g, "new URL(");
const inline = page => [...page.querySelectorAll("script:not([src], [type='application/json'])")];

function elements(root) {
    return [...root.querySelectorAll("*")].flatMap(one =>
        [one, ...(one.content instanceof DocumentFragment ? elements(one.content) : [])]);
}
function suspicious(page, known) {
    const found = inline(page).filter(script => !known.includes(withoutPlace(script)));
    for (const element of elements(page)) {
        const runs = [...element.attributes].some(({ name, value }) =>
            name.startsWith("on") || (isAddress(name) && isRunning(value) && !isThemes(value)));
        if (runs || element.matches(unknown)) found.push(element);
    }
    return found.map(element => element.outerHTML.slice(0, 120));
}
async function read(path) {
    const answer = await fetch(path);
    if (!answer.ok) return document.implementation.createHTMLDocument();
    return new DOMParser().parseFromString(await answer.text(), "text/html");
}
async function knownScripts() {
    window.trustKnown ??= inline(await read("/404.html")).map(withoutPlace);
    return window.trustKnown;
}
"""
"""What could run on a page if somebody came near enough. The theme has scripts of its own: they are
on the page that says that there is none, where no note can be, and say where the page is."""

_PRESSED = """
addEventListener("click", event => {
    const link = event.target.closest?.("a, area");
    if (link && /^(?:https?|mailto):$/.test(link.protocol)) event.preventDefault();
}, true);
for (const details of document.querySelectorAll("details")) details.open = true;
const pressed = "a, area, summary, label, button, [tabindex], [data-cn-copy], svg *, img, input";
for (const element of document.querySelectorAll("article *, .cn *, [data-trust] *")) {
    for (const type of ["mouseover", "pointerenter", "focus", "toggle"]) {
        element.dispatchEvent(new Event(type, { bubbles: type == "mouseover" }));
    }
    const click = new MouseEvent("click", { bubbles: true, cancelable: true });
    if (element.matches(pressed)) element.dispatchEvent(click);
}
"""
"""Opens and presses everything on a page; a link that leads to a web page is not followed."""

_SEEN = """
const done = arguments[0];
knownScripts().then(known => setTimeout(() => done({
    ran: [...new Set(window.trustRan), ...suspicious(document, known)], at: location.href,
}), 20));
"""
_SCANNED = """
const [paths, done] = arguments;
(async () => {
    const known = await knownScripts();
    const found = [];
    for (const path of paths) found.push(suspicious(await read(path), known));
    done(found);
})();
"""


@dataclass(frozen=True)
class Seen:
    """What happened on a page: texts that ran or could, other hosts, what the console says."""

    path: str
    ran: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watcher:
    """Somebody who opens pages, presses everything and writes down what happens."""

    reader: Reader

    def visits(self, path: str) -> Seen:
        """Open a page of the site and press everything on it."""
        self.reader.driver.get(self.reader.site + path)
        return self.presses(path)

    def presses(self, path: str) -> Seen:
        """Press everything on the page that is open, which is called by this path."""
        self.reader.asks(_PRESSED)
        seen: dict[str, Any] = self.reader.driver.execute_async_script(_SUSPICIOUS + _SEEN)
        left = () if seen["at"].startswith(self.reader.site) else (f"left for {seen['at']}",)
        return Seen(
            path,
            ran=(*seen["ran"], *left),
            asked=tuple(filter(self._is_elsewhere, self.reader.requests())),
            said=tuple(self.reader.complaints()),
        )

    def scans(self, paths: Sequence[str]) -> list[Seen]:
        """Read pages as the browser reads them, without opening them."""
        self.reader.driver.get(f"{self.reader.site}404.html")
        script = _SUSPICIOUS + _SCANNED
        addresses = [f"/{path}" for path in paths]
        found: list[list[str]] = self.reader.driver.execute_async_script(script, addresses)
        return [Seen(path, ran=tuple(ran)) for path, ran in zip(paths, found, strict=True)]

    def _is_elsewhere(self, address: str) -> bool:
        inside = (self.reader.site, f"blob:{self.reader.site}", "data:image/", "about:", "chrome:")
        return not address.startswith(inside)


@contextmanager
def watched(folder: Path) -> Iterator[Watcher]:
    """A watcher before the site in a folder; nothing that is asked for reaches another host."""
    with served(folder) as address, chromium(*_FLAGS) as driver:
        driver.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": _BEFORE_EACH_PAGE}
        )
        reader = Reader(driver, address)
        reader.sits_at(DESK)
        yield Watcher(reader)


def visited(folder: Path, paths: Iterable[str]) -> list[Seen]:
    """What happened on some pages of a site."""
    with watched(folder) as watcher:
        return [watcher.visits(path) for path in paths]

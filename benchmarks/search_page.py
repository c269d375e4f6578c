"""`python -m benchmarks.search_page [N]`: how soon the search page answers, among N notes.

Makes N notes up, publishes what their search page needs, and looks at it with Chromium through a
server on this machine that does not compress. Times are milliseconds that pass, the median of some
tries; no network is simulated, so bytes are said beside them.
"""

import argparse
import gzip
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.notes import notes, path_of
from changenote.config import Config
from changenote.model.reading import read_note
from changenote.site.book import Asset, Book, Page, Published
from changenote.site.edition import Edition, edition
from changenote.site.environment import environment
from changenote.site.search.bundle import bundle
from changenote.site.search.facts import facts_plans
from changenote.site.search.page import search_plan
from changenote.site.search.records import note_records
from tests.browser import DESK, Reader, chromium, served

PAGE = "changes/search/"
TRIES = 5
FIRST = ("", "cache totals", "service:billing kind:fix", "file:app/ cache")
NEXT = (
    "c", "ca", "cache", "cache t", "cache totals", "the", "kind:fix", "kind:fix,cache -cache",
    "file:*.py", "pr:412", '"of GET"', "app/jobs", "nothinglikethis", "owner:@acme/cart after:-1y",
)  # fmt: skip

_SHELL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title>
<link rel="stylesheet" href="../assets/changenote.css"><body>{content}</body></html>"""
_WATCH = """
window.shown = [];
new MutationObserver((changes) => {
  for (const {target} of changes) shown.push([target.dataset.cnShown, performance.now()]);
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-cn-shown"]});
"""
_TYPE = """
const [text] = arguments, box = document.querySelector('[data-cn-part="box"]');
box.value = text;
const start = performance.now();
box.dispatchEvent(new Event("input"));
while (!shown.some(([what, at]) => what === text && at > start)) {
  await new Promise((done) => setTimeout(done, 1));
}
return [shown.at(-1)[1] - start, document.querySelector('[data-cn-part="count"]').textContent];
"""
_LOADED = """
return performance.getEntriesByType("resource").map((e) => [e.name, e.encodedBodySize]);
"""


def book(total: int) -> Book:
    """So many made-up notes."""
    made = []
    for data in notes(total):
        note, problems = read_note(data)
        assert note, problems  # noqa: S101  # the generator writes valid notes
        made.append(Published(note=note, file=str(path_of(data)), text="", digest=note.id))
    return Book(config=Config(), entries=tuple(made))


def publish(made: Edition, folder: Path) -> dict[str, bytes]:
    """Write the search page and its files; what was written below its folder."""
    page, *others = (plan.make() for plan in (*search_plan(made), *facts_plans(made)))
    assert isinstance(page, Page)  # noqa: S101  # the first one is
    files = {one.path: one.content for one in others if isinstance(one, Asset)}
    index = bundle(note_records(made))
    files |= {f"{PAGE}pagefind/{name}": content for name, content in index.items()}
    files[f"{PAGE}index.html"] = _SHELL.format(content=page.content).encode()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {name.removeprefix(PAGE): content for name, content in files.items()}


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_page", description=__doc__)
    parser.add_argument("total", type=int, nargs="?", default=10_000, metavar="N")
    total = parser.parse_args().total
    with TemporaryDirectory() as name:
        files = publish(edition(book(total), environment()), Path(name))
        _sizes(files, total)
        with served(Path(name)) as address, chromium() as driver:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH})
            reader = Reader(driver, address)
            reader.sits_at(DESK)
            _first(reader)
            _next(reader)


def _sizes(files: dict[str, bytes], total: int) -> None:
    for name, content in files.items():
        if name.startswith("facts"):
            small = len(gzip.compress(content))
            print(f"{name:20} {len(content):>11,} bytes, {len(content) / total:6.1f} a note,"
                  f" {small:>9,} with gzip")  # fmt: skip
    index = sum(len(content) for name, content in files.items() if name.startswith("pagefind"))
    print(f"{'pagefind/':20} {index:>11,} bytes, {index / total:6.1f} a note")


def _first(reader: Reader) -> None:
    print("\nFrom an empty page to its answer")
    for text in FIRST:
        times = []
        for _ in range(TRIES):
            reader.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
            times.append(_opened(reader, text))
        loaded: Any = reader.asks(_LOADED)
        size = sum(bytes_ for _, bytes_ in loaded)
        print(
            f"{text or 'no query':36} {median(times):7.0f} ms, {len(loaded)} files, {size:,} bytes"
        )


def _opened(reader: Reader, text: str) -> float:
    reader.driver.get("about:blank")
    reader.driver.get(f"{reader.site}{PAGE}?q={text.replace(' ', '+')}")
    shown: Any = reader.waits_for("return window.shown.length && shown[0]")
    return float(shown[1])


def _next(reader: Reader) -> None:
    print("\nFrom a letter typed to the answer, 50 ms of which wait for the next letter")
    reader.driver.get(f"{reader.site}{PAGE}")
    reader.waits_for("return window.shown.length")
    for text in NEXT:
        tries: list[Any] = []
        for _ in range(TRIES):
            tries.append(reader.asks(_TYPE, text))
            reader.asks(_TYPE, "kind:jobs")
        (first, said), times = tries[0], [each for each, _ in tries]
        print(f"{text:36} {first:7.0f} ms, again {median(times[1:]):5.0f} ms: {said}")


if __name__ == "__main__":
    main()

"""`python -m benchmarks.search_page [N]`: what a search costs its reader, among N notes.

Makes N notes up, publishes what their search page needs, and looks at it with Chromium through a
server on this machine that compresses text, as hosts do. Processor time is that of the page
(`TaskDuration` of Chromium's `Performance.getMetrics`) and of the whole process that shows it; time
is the median of some tries. No network is simulated, so bytes are said beside them.
"""

import argparse
import gzip
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.notes import notes, path_of
from benchmarks.server import served
from changenote.config import Config
from changenote.model.reading import read_note
from changenote.site.book import Asset, Book, Page, Published
from changenote.site.edition import Edition
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.note.page import note_plans
from changenote.site.search.facts import facts_plans
from changenote.site.search.page import search_plan
from changenote.site.search.whole import index_files
from tests.browser import DESK, Reader, chromium

PAGE = "changes/search/"
TRIES = 5
FIRST = ("", "cache", "cache totals", "service:billing kind:fix", "file:app/ cache")
NEXT = (
    "c", "ca", "cac", "cache", "cache t", "cache totals", "the", "app", "kind:fix",
    "kind:fix,cache -cache", "file:*.py", "pr:412", '"of GET"', "app/jobs", "nothinglikethis",
    "owner:@acme/cart after:-1y",
)  # fmt: skip

_SHELL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title>
<link rel="icon" href="data:,"><body>{content}</body></html>"""
_WATCH = """
window.shown = [];
window.longest = 0;
new MutationObserver((changes) => {
  for (const {target} of changes) shown.push([target.dataset.cnShown, performance.now()]);
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-cn-shown"]});
new PerformanceObserver((list) => {
  for (const {duration} of list.getEntries()) longest = Math.max(longest, duration);
}).observe({entryTypes: ["longtask"]});
"""
_TYPE = """
const [text] = arguments, box = document.querySelector('[data-cn-part="box"]');
window.longest = 0;
box.value = text;
const start = performance.now();
box.dispatchEvent(new Event("input"));
while (!shown.some(([what, at]) => what === text && at > start)) {
  await new Promise((done) => setTimeout(done, 1));
}
const took = shown.at(-1)[1] - start;
await new Promise((done) => setTimeout(done, 100));
return [took, longest, document.querySelector('[data-cn-part="count"]').textContent];
"""
_LOADED = """
const kinds = ["resource", "navigation"];
const all = kinds.flatMap((kind) => performance.getEntriesByType(kind));
return all.map((each) => [each.name, each.encodedBodySize, each.decodedBodySize]);
"""


def book(total: int) -> Book:
    """So many made-up notes."""
    made = []
    for data in notes(total):
        note, problems = read_note(data)
        assert note, problems  # noqa: S101  # the generator writes valid notes
        made.append(Published(note=note, file=str(path_of(data)), digest=note.id))
    return Book(config=Config(), entries=tuple(made))


def publish(made: Edition, folder: Path) -> dict[str, int]:
    """Write the search page and all that it loads; the size of each file that is not a note's."""
    page, *others = (plan.make() for plan in (*search_plan(made), *facts_plans(made)))
    assert isinstance(page, Page)  # noqa: S101  # the first one is
    files = {one.path: one.content for one in others if isinstance(one, Asset)}
    files |= index_files(made)
    files[f"{PAGE}index.html"] = _SHELL.format(content=page.content).encode()
    for name, content in (*files.items(), *_notes(made)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {name.removeprefix(PAGE): len(content) for name, content in files.items()}


def _notes(made: Edition) -> Iterator[tuple[str, bytes]]:
    """`note.json` of each note, whose texts a search shows."""
    for plan in note_plans(made):
        if plan.path.endswith("/note.json"):
            file = plan.make()
            assert isinstance(file, Asset)  # noqa: S101  # it is no page
            yield file.path, file.content


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_page", description=__doc__)
    parser.add_argument("total", type=int, nargs="?", default=10_000, metavar="N")
    total = parser.parse_args().total
    with TemporaryDirectory() as name:
        _sizes(publish(edition(book(total), environment()), Path(name)), Path(name, PAGE), total)
        with served(Path(name)) as address, chromium() as driver:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH})
            driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
            reader = Reader(driver, address)
            reader.sits_at(DESK)
            _first(reader)
            _next(reader)


def _sizes(files: dict[str, int], folder: Path, total: int) -> None:
    for name, size in files.items():
        if name.startswith("facts") or name.endswith("parts.json"):
            small = len(gzip.compress((folder / name).read_bytes(), 6))
            print(f"{name:20} {size:>11,} bytes, {size / total:6.1f} a note, {small:>9,} with gzip")
    index = {name: size for name, size in files.items() if name.endswith(".z")}
    size, parts = sum(index.values()), len({name.rpartition("/")[0] for name in index})
    print(f"{'words/':20} {size:>11,} bytes, {size / total:6.1f} a note,"
          f" {len(index):>9,} files in {parts} parts")  # fmt: skip


def _first(reader: Reader) -> None:
    print("\nFrom an empty page to its answer")
    for text in FIRST:
        tries = []
        for _ in range(TRIES):
            reader.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
            tries.append(_opened(reader, text))
        loaded: Any = reader.asks(_LOADED)
        sent, whole = (sum(sizes[n] for sizes in loaded) for n in (1, 2))
        took, page, process = (median(each) for each in zip(*tries, strict=True))
        print(
            f"{text or 'no query':28}{took:6.0f} ms, {page:5.0f} ms CPU of the page,"
            f" {process:5.0f} of its process,"
            f" {len(loaded)} files, {sent:,} bytes ({whole:,} unpacked)"
        )


def _opened(reader: Reader, text: str) -> tuple[float, float, float]:
    """Milliseconds until the answer is shown, and of a processor until nothing moves any more."""
    reader.driver.get("about:blank")
    reader.driver.get(f"{reader.site}{PAGE}?q={text.replace(' ', '+')}")
    shown: Any = reader.waits_for("return window.shown.length && shown[0]")
    reader.asks("return new Promise((done) => setTimeout(done, 300))")
    found = reader.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    metrics = {each["name"]: each["value"] for each in found}
    return float(shown[1]), metrics["TaskDuration"] * 1000, metrics["ProcessTime"] * 1000


def _next(reader: Reader) -> None:
    print("\nFrom a letter typed to the answer, 50 ms of which wait for the next letter")
    reader.driver.get(f"{reader.site}{PAGE}")
    reader.waits_for("return window.shown.length")
    for text in NEXT:
        tries: list[Any] = []
        for _ in range(TRIES):
            tries.append(reader.asks(_TYPE, text))
            reader.asks(_TYPE, "kind:jobs")
        (first, longest, said), times = tries[0], [each for each, *_ in tries]
        print(
            f"{text:28}{first:6.0f} ms, again {median(times[1:]):5.0f} ms,"
            f" blocked for {longest:.0f} ms at most: {said}"
        )


if __name__ == "__main__":
    main()

"""`python -m benchmarks.search [N …]`: what searching N made-up notes costs, beside Material's own.

For the index: processor time and size, and the time after one more note. For a reader: what a
browser loads and how long it takes for a first query and for one after it.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import SimpleNamespace
from typing import Any

from benchmarks.notes import notes
from changenote.config import Config
from changenote.site.book import Asset, Book, Page, Published
from changenote.site.edition import Edition
from changenote.site.note.page import note_plans
from changenote.site.pages import printed
from changenote.site.search.bundle import FOLDER, bundle
from changenote.site.search.facts import facts_plans
from changenote.site.search.records import Record, note_records
from changenote.store.emitting import dump
from changenote.store.notes import understood
from tests.browser import chromium

QUERIES = ("cache slow", "kind:performance pool", "ca")

_ASKED = """
const [base, text] = arguments;
const start = performance.now();
return import(base + "engine.js")
    .then(module => (window.engine ??= module.open()))
    .then(engine => engine.find(text, {limit: 8, facets: false}))
    .then(async ({ total, hits }) => {
        await Promise.all(hits.map(hit => hit.excerpt()));
        return [total, performance.now() - start];
    });
"""


@dataclass
class Traffic:
    """What a server was asked for."""

    requests: int = 0
    size: int = 0


def main() -> None:
    """Measure and print a table for each number of notes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("totals", nargs="*", type=int, metavar="N", default=[1000, 10000])
    for total in parser.parse_args().totals:
        print(f"\n{total:,} notes")
        made = printed(_book(total))
        files = _indexed(note_records(made))
        _read(made, files)
        _materials_own(made)


def _book(total: int) -> Book:
    return Book(config=Config(), entries=tuple(_published(data) for data in notes(total)))


def _published(data: Mapping[str, Any]) -> Published:
    text = dump(data)
    note = understood("", Path("x.yaml"), text.encode()).note
    assert note, text  # noqa: S101  # the generator makes valid notes
    return Published(note=note, file=f"changes/{note.id}.yaml", text=text, digest=note.id)


def _indexed(records: Sequence[Record]) -> dict[str, bytes]:
    with _timed("index made"):
        bundle(records[1:])
    with _timed("one more note"):
        files = bundle(records)
    size = sum(len(content) for content in files.values())
    print(f"  {'index':<24}{size / 1e6:8.1f} MB in {len(files):,} files")
    return files


@contextmanager
def _timed(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), _cpu()
    yield
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    print(f"  {name:<24}{cpu:8.2f} s of a processor, {wall:.2f} s in all")


def _cpu() -> float:
    """Processor time of this program and those that it ran, in seconds."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _read(made: Edition, files: Mapping[str, bytes]) -> None:
    with TemporaryDirectory(prefix="benchmark-search-") as name:
        folder = Path(name)
        assets = (plan.make() for plan in facts_plans(made))
        _put({one.path: one.content for one in assets if isinstance(one, Asset)}, folder)
        _put(files, folder / "changes" / FOLDER)
        (folder / "index.html").write_text("<!doctype html><title>x</title>")
        with _counting(folder) as (address, traffic), chromium() as driver:
            driver.get(address)
            for query in QUERIES:
                before = replace(traffic)
                found, took = driver.execute_script(_ASKED, f"{address}changes/search/", query)
                asked, size = traffic.requests - before.requests, traffic.size - before.size
                row = f"{took:8.0f} ms, {size / 1e3:,.0f} kB in {asked} requests, {found:,} found"
                print(f"  {query:<24}{row}")


def _put(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@contextmanager
def _counting(folder: Path) -> Iterator[tuple[str, Traffic]]:
    traffic = Traffic()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Counting, traffic, str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", traffic
    server.shutdown()


class _Counting(SimpleHTTPRequestHandler):
    def __init__(self, traffic: Traffic, folder: str, *given: Any) -> None:
        self._traffic = traffic
        super().__init__(*given, directory=folder)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        self._traffic.requests += 1
        self._traffic.size += len(content)
        outputfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: the table says it."""


def _materials_own(made: Edition) -> None:
    """The size of the one file that Material's own search loads with every page."""
    from material.plugins.search.plugin import SearchIndex  # type: ignore[import-untyped]

    index = SearchIndex(lang=["en"], separator="", pipeline=[], fields={})
    for page in (plan.make() for plan in note_plans(made)):
        if isinstance(page, Page):
            index.add_entry_from_context(
                SimpleNamespace(
                    content=page.content, url=page.path, title=page.title, toc=[], meta={}
                )
            )
    size = len(json.dumps(index.entries, separators=(",", ":")))
    each = size / 1e3 / len(made.rows)
    print(f"  {'Material, one file':<24}{size / 1e6:8.1f} MB, {each:.1f} kB a note")


if __name__ == "__main__":
    main()

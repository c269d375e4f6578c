"""`python -m benchmarks.search [N …]`: what searching N made-up notes costs, beside Material's own.

For the index: processor time and size, and the time after one more note. What a browser loads of it
is measured by `benchmarks.search_page`.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.notes import notes
from changenote.config import Config
from changenote.site.book import Asset, Book, Page, Published
from changenote.site.edition import Edition
from changenote.site.note.page import note_plans
from changenote.site.pages import printed
from changenote.site.plan import Plan
from changenote.site.search.bundle import parts_of
from changenote.site.search.facts import facts_plans
from changenote.site.search.records import Source, note_sources
from changenote.store.emitting import dump
from changenote.store.notes import understood


def main() -> None:
    """Measure and print a table for each number of notes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("totals", nargs="*", type=int, metavar="N", default=[1000, 10000])
    for total in parser.parse_args().totals:
        print(f"\n{total:,} notes")
        made = printed(_book(total))
        _indexed(note_sources(made))
        with _timed("columns of facts"):
            size = sum(len(_content(plan)) for plan in facts_plans(made))
        print(f"  {'columns and scripts':<24}{size / 1e6:8.1f} MB")
        _materials_own(made)


def _book(total: int) -> Book:
    return Book(config=Config(), entries=tuple(_published(data) for data in notes(total)))


def _published(data: Mapping[str, Any]) -> Published:
    text = dump(data)
    note = understood("", Path("x.yaml"), text.encode()).note
    assert note, text  # noqa: S101  # the generator makes valid notes
    return Published(note=note, file=f"changes/{note.id}.yaml", content=text, digest=note.id)


def _indexed(sources: Sequence[Source]) -> None:
    """The first source is the newest note."""
    with _timed("index made"):
        before = {part.name: part.make() for part in parts_of(sources[1:])}
    with _timed("one more note"):
        anew = {part.name: part.make() for part in parts_of(sources) if part.name not in before}
    files = [file for part in before.values() for file in part.values()]
    size = sum(map(len, files))
    print(f"  {'index':<24}{size / 1e6:8.1f} MB, {len(files):,} files in {len(before)} parts")
    print(f"  {'one more note':<24}{len(anew):8} part made anew")


def _content(plan: Plan) -> bytes:
    made = plan.make()
    return made.content if isinstance(made, Asset) else b""


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

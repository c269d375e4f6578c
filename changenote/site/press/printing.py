"""Plans → files of a site: made and written one after the other, and only what is not there yet."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from changenote.site.addresses import is_page
from changenote.site.book import Asset, Page
from changenote.site.digests import digest_of
from changenote.site.plan import Plan
from changenote.site.press.around import Around
from changenote.site.press.kept import is_there
from changenote.site.press.manifest import Entry, Framed, Manifest, entry_of, line_of
from changenote.site.press.press import Press
from changenote.site.press.sheets import Shape

NO_SHAPE = -1


@dataclass(frozen=True, slots=True)
class Finished:
    """A file of a site: its path, its bytes, and the page that it is, with its shape."""

    path: str
    content: bytes
    page: Page | None = None
    shape: Shape | None = None


@dataclass(frozen=True, kw_only=True)
class Printing:
    """An edition at the press. `key_of` gives the key of a plan, or None."""

    press: Press
    around: Around
    key_of: Callable[[Plan], str | None]

    def finished(self, plan: Plan) -> Finished:
        """A page or file as it lies in the site."""
        made = plan.make()
        if isinstance(made, Asset):
            return Finished(made.path, made.content)
        content, shape = self.press.finished(self.around.sheet(made))
        return Finished(address(made.path), content, made, shape)

    def key(self, plan: Plan) -> str | None:
        """The key of a page or file with what is around it; None where nobody can tell."""
        key = self.key_of(plan)
        if key is None or not is_page(plan.path):
            return key
        return digest_of((key, *self.around.words(plan.path)))


def address(path: str) -> str:
    """The file of a page or file, by its path."""
    return f"{path}index.html" if is_page(path) else path


def write(
    site: Path, plans: Sequence[Plan], printing: Printing, before: Manifest, named: Collection[str]
) -> Manifest:
    """Write every page and file that is not there yet; what is gone from the plans is removed.

    What it did is in the manifest that it gives: the files that it `made`, `written` or `kept` as
    they were, `removed`, and how often the theme `rendered` a page.
    `before` has what an earlier build left that is still as it was, `named` the paths of the pages
    of which others show more than their addresses.
    """
    run = _Run(site=site, printing=printing, before=before, named=named)
    removed = _without_the_others(site, plans, before)
    run.takes(plans)
    if printing.press.difference and run.shapes:  # found on the way: pages before it may be wrong
        before = replace(before, lines={**before.lines, **run.lines}, shapes=())
        run = _Run(site=site, printing=printing, before=before, named=named)
        run.takes(plans)
    run.counts["removed"] = removed
    return run.printed()


def _without_the_others(site: Path, plans: Iterable[Plan], before: Manifest) -> int:
    """Remove what an earlier build wrote and no plan has, with the folders that held it.

    It comes first: a folder may have the name of what was a file. Says how many files it were.
    """
    names = {address(plan.path) for plan in plans}
    gone = [name for name in before.lines if name not in names]
    removed = [name for name in gone if is_there(site / name, before.lines.pop(name))]
    for name in removed:
        _remove(site / name, site)
    return len(removed)


@dataclass(kw_only=True)
class _Run:
    """One way through all plans."""

    site: Path
    printing: Printing
    before: Manifest
    named: Collection[str]
    lines: dict[str, str] = field(default_factory=dict)
    shapes: dict[Shape, int] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def takes(self, plans: Iterable[Plan]) -> None:
        """Make and write what has to be."""
        for plan in plans:
            name, key = address(plan.path), self.printing.key(plan)
            line = self.before.lines.get(name)
            is_told = plan.path not in self.named or plan.path in self.before.pages
            if key and line and is_told and self._holds(entry := entry_of(line), key):
                self._keeps(plan, name, entry)
            else:
                self._makes(plan, key, line)

    def _holds(self, entry: Entry, key: str) -> bool:
        """Would the same bytes be made again?"""
        if entry.key != key or entry.shape == NO_SHAPE:
            return entry.key == key
        is_known = not self.printing.press.difference and entry.shape < len(self._frames)
        return is_known and self._frames[entry.shape]

    @cached_property
    def _frames(self) -> list[bool]:
        """Whether the shell around each shape of the last build is what it was."""
        digest = self.printing.press.digest
        return [digest(framed.shape) == framed.digest for framed in self.before.shapes]

    def _keeps(self, plan: Plan, name: str, entry: Entry) -> None:
        if entry.shape != NO_SHAPE:
            entry = entry._replace(shape=self._number(self.before.shapes[entry.shape].shape))
        if plan.path in self.named:
            self.pages[plan.path] = self.before.pages[plan.path]
        self.lines[name] = line_of(entry)
        self.counts["kept"] += 1

    def _makes(self, plan: Plan, key: str | None, line: str | None) -> None:
        done = self.printing.finished(plan)
        state = self._writes(done, line)
        is_framed = done.page is None or done.shape is not None
        number = self._number(done.shape) if done.shape else NO_SHAPE
        entry = Entry((is_framed and key) or "", number, state.st_size, state.st_mtime_ns)
        if done.page and plan.path in self.named:
            self.pages[plan.path] = replace(done.page, content="")
        self.lines[done.path] = line_of(entry)
        self.counts["made"] += 1

    def _number(self, shape: Shape) -> int:
        return self.shapes.setdefault(shape, len(self.shapes))

    def _writes(self, done: Finished, line: str | None) -> os.stat_result:
        path = self.site / done.path
        if line and _is_same(path, entry_of(line), done.content):
            self.counts["kept"] += 1
        else:
            _write(path, done.content)
            self.counts["written"] += 1
        return path.stat()

    def printed(self) -> Manifest:
        """What is there now."""
        digest = self.printing.press.digest
        shapes = tuple(Framed(shape, digest(shape)) for shape in self.shapes)
        self.counts["rendered"] = self.printing.press.rendered
        return Manifest(lines=self.lines, shapes=shapes, pages=self.pages, counts=self.counts)


def _is_same(path: Path, entry: Entry, content: bytes) -> bool:
    return entry.size == len(content) and path.read_bytes() == content


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _remove(path: Path, site: Path) -> None:
    path.unlink()
    with suppress(OSError):  # where something else is in a folder
        for folder in path.relative_to(site).parents[:-1]:
            (site / folder).rmdir()

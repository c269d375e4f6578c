"""Plans → files of a site: made and written one after the other, and only what is not there yet."""

import gc
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from changenote.site.addresses import is_page
from changenote.site.book import Asset, Page
from changenote.site.digests import digest_of
from changenote.site.plan import Plan
from changenote.site.press.around import Around
from changenote.site.press.kept import is_there, remove
from changenote.site.press.manifest import (
    NO_SHAPE,
    Entry,
    Framed,
    Manifest,
    entry_of,
    line_of,
)
from changenote.site.press.press import Press
from changenote.site.press.sheets import Shape, known_part
from changenote.site.press.workers import MOST_PIECES, divided

_OBJECTS = 5_000
"""What a few pages leave behind, until somebody looks for garbage."""

_PIECE = 24
"""So many plans are taken at once, and more where their number is large."""


class Finished(NamedTuple):
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
    site: Path,
    plans: Sequence[Plan],
    printing: Printing,
    before: Manifest,
    named: Collection[str],
    *,
    processes: int = 1,
) -> Manifest:
    """Write every page and file that is not there yet; what is gone from the plans is removed.

    What it did is in the manifest that it gives: the files that it `made`, `written` or `kept` as
    they were, `removed`, and of those the pages that are `missed`; how often the theme `rendered`
    a page; and what the `processes` did: how many `helped` this one, and how many were `lost`.
    `before` has what an earlier build left that is still as it was, `named` the paths of the pages
    of which others show more than their addresses.
    """
    run = _Run(site=site, printing=printing, before=before, named=named)
    removed = _without_the_others(site, plans, before)
    with _seldom_collected():
        if processes > 1 and not printing.press.difference:
            _together(run, plans, processes)
        else:
            run.takes(plans)
        if printing.press.difference and run.shapes:  # found on the way: pages before may be wrong
            run = _again(run, plans)
    run.counts["removed"] = len(removed)
    run.counts["missed"] = sum(name.endswith(".html") for name in removed)
    return run.printed()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage after more objects than usual: those of a page go without that."""
    first, *others = gc.get_threshold()
    gc.set_threshold(first and _OBJECTS, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)


def _again(first: "_Run", plans: Iterable[Plan]) -> "_Run":
    """A second way through all plans, by the theme alone; both are counted as one."""
    was = first.before.lines
    before = replace(first.before, lines=first.lines, shapes=())
    run = replace(first, before=before, lines={}, shapes={}, digests={}, pages={})
    run.takes(plans)
    run.counts = Counter({**first.counts, **_counted(was, run.lines)})
    return run


def _counted(was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, int]:
    """What two ways did of what was there; the second made what has no key, the first the rest."""
    entries = {name: entry_of(line) for name, line in now.items()}
    before = {name: entry_of(line) for name, line in was.items()}
    made = sum(not entry.key or entry != before.get(name) for name, entry in entries.items())
    kept = sum(entry[2:] == before.get(name, ())[2:] for name, entry in entries.items())
    return {"made": made, "written": len(entries) - kept, "kept": kept}


def _without_the_others(site: Path, plans: Iterable[Plan], before: Manifest) -> list[str]:
    """Remove what an earlier build wrote and no plan has, with the folders that held it.

    It comes first: a folder may have the name of what was a file. Gives the files that it were.
    """
    names = {address(plan.path) for plan in plans}
    gone = [name for name in before.lines if name not in names]
    removed = [name for name in gone if is_there(site / name, before.lines.pop(name))]
    for name in removed:
        remove(site / name, site)
    return removed


def _together(run: "_Run", plans: Sequence[Plan], processes: int) -> None:
    """Make and write what has to be in several processes, which share what comes first."""
    folders = run.printing.press.folders
    first = {_kind(plan.path, folders): plan for plan in reversed(plans) if is_page(plan.path)}
    leading = {plan.path for plan in first.values()}
    run.takes(plan for plan in plans if plan.path in leading)
    pieces = _pieces([plan for plan in plans if plan.path not in leading])
    share = run.share()
    done = divided(len(pieces), processes, lambda number: share.takes(pieces[number]), share.told)
    for told in (share.told(), *done.results):
        run.adds(told)
    run.counts["helped"] += processes - 1
    run.counts["lost"] += done.lost
    for number in done.left:
        run.takes(pieces[number])


def _kind(path: str, folders: Collection[str]) -> str:
    """What the press samples pages by; they hang on the same facts of an edition as well."""
    folder = known_part(path, folders)
    return folder if folder != path else ""


def _pieces(plans: Sequence[Plan]) -> list[Sequence[Plan]]:
    """The plans in pieces; what lies in one folder stays together, as it is made of the same."""
    size = max(_PIECE, -(-len(plans) // MOST_PIECES))
    pieces, start = [], 0
    for end in range(1, len(plans) + 1):
        is_last = end == len(plans)
        may_end = is_last or _folder(plans[end]) != _folder(plans[end - 1])
        if is_last or (may_end and end - start >= size):
            pieces.append(plans[start:end])
            start = end
    return pieces


def _folder(plan: Plan) -> str:
    return plan.path.rpartition("/")[0]


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What one process did of a run; shapes are numbered in its own order."""

    lines: Mapping[str, str]
    shapes: Sequence[Framed]
    pages: Mapping[str, Page]
    counts: Counter[str]
    rendered: int
    difference: str


@dataclass(kw_only=True)
class _Run:
    """One way through all plans."""

    site: Path
    printing: Printing
    before: Manifest
    named: Collection[str]
    lines: dict[str, str] = field(default_factory=dict)
    shapes: dict[Shape, int] = field(default_factory=dict)
    digests: dict[Shape, str] = field(default_factory=dict)
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
        path = f"{self.site}/{done.path}"
        if line and _is_same(path, entry_of(line), done.content):
            self.counts["kept"] += 1
        else:
            _write(path, done.content)
            self.counts["written"] += 1
        return os.stat(path)  # noqa: PTH116  # as below

    def share(self) -> "_Run":
        """The same way, of which nothing is gone yet, knowing all that this one knows."""
        press = replace(self.printing.press, rendered=0)  # its shells stay the same ones
        share = replace(
            self,
            printing=replace(self.printing, press=press),
            lines={},
            shapes=dict(self.shapes),
            pages={},
            counts=Counter(),
        )
        share._frames = self._frames  # what was found out is known to all of them
        return share

    def told(self) -> _Told:
        """What was done, to be added to what others did."""
        press = self.printing.press
        framed = tuple(Framed(shape, press.digest(shape)) for shape in self.shapes)
        return _Told(
            lines=self.lines,
            shapes=framed,
            pages=self.pages,
            counts=self.counts,
            rendered=press.rendered,
            difference=press.difference,
        )

    def adds(self, told: _Told) -> None:
        """Go on as if what another process did had been done here."""
        press = self.printing.press
        press.rendered += told.rendered
        self.digests |= {framed.shape: framed.digest for framed in told.shapes}
        numbers = [self._number(framed.shape) for framed in told.shapes]
        for name, line in told.lines.items():
            entry = entry_of(line)
            if entry.shape == NO_SHAPE or numbers[entry.shape] == entry.shape:
                self.lines[name] = line
            else:
                self.lines[name] = line_of(entry._replace(shape=numbers[entry.shape]))
        self.pages |= told.pages
        self.counts += told.counts
        press.difference = press.difference or told.difference

    def printed(self) -> Manifest:
        """What is there now."""
        digest = self.printing.press.digest
        known = self.digests
        shapes = tuple(Framed(shape, known.get(shape) or digest(shape)) for shape in self.shapes)
        self.counts["rendered"] = self.printing.press.rendered
        return Manifest(lines=self.lines, shapes=shapes, pages=self.pages, counts=self.counts)


def _is_same(path: str, entry: Entry, content: bytes) -> bool:
    return entry.size == len(content) and Path(path).read_bytes() == content


def _write(path: str, content: bytes) -> None:
    try:
        try:
            _put(path, content)
        except FileNotFoundError:
            os.makedirs(path.rpartition("/")[0], exist_ok=True)  # noqa: PTH103  # as below
            _put(path, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error  # a full disk names none


def _put(path: str, content: bytes) -> None:
    with open(path, "wb") as file:  # noqa: PTH123  # a Path for each takes as long as the writing
        file.write(content)

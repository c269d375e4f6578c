"""The whole site, from nothing and again, beside other builders on pages that say the same."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count, cycle
from pathlib import Path

from benchmarks import peers, places
from benchmarks.bench import Bench, removed
from benchmarks.promises import Compared, Scenario
from benchmarks.runner import Command

NOTHING, INDEX = "site build, from nothing", "site build, index there"
ONE, SAME = "site build, one note changed", "site build, nothing changed"
MKDOCS, ZENSICAL = "MkDocs + Material", "Zensical"
_LISTED = "MkDocs + Material, all in the navigation"
_REASON = re.compile(r'^reason: "?', re.MULTILINE)
_REMARK = (
    "Ours makes the pages of all lists, metrics, files, weeks and releases besides one for each"
    " note; the other builders make one for each hand-written page and none besides."
)


def small_site(bench: Bench) -> Scenario:
    """A team's site."""
    return _built("site-small", bench, bench.small, rounds=5)


def large_site(bench: Bench) -> Scenario:
    """An organisation's site, and what one more note costs it."""
    scenario = _built("site-large", bench, bench.large, rounds=3)
    again = [
        Compared(ours=ONE, theirs=NOTHING, at_most=0.1),
        Compared(ours=SAME, theirs=NOTHING),
        Compared(ours=NOTHING, theirs=MKDOCS, of="memory", at_most=1.2),
    ]
    compared = [*scenario.compared, *again]
    return replace(scenario, compared=compared, warm_up=0, seconds=240)


def listed_site(bench: Bench) -> Scenario:
    """Why the pages of the other scenarios are not in the navigation."""
    folder = bench.made("listed", partial(places.pages, total=bench.small, listed=True))
    return Scenario(
        name="site-listed",
        title=f"{bench.small:,} hand-written pages, all in the navigation",
        rounds=1,
        warm_up=0,
        contenders=[_mkdocs(bench, folder, _LISTED)],
        remark="Once, as a remark: every page of the site holds links to all of them.",
    )


def _built(name: str, bench: Bench, total: int, *, rounds: int) -> Scenario:
    return Scenario(
        name=name,
        title=f"Build the site of {total:,} notes",
        rounds=rounds,
        warm_up=1,
        contenders=[
            *_ours(bench, total),
            _mkdocs(bench, bench.pages(total, "mkdocs"), MKDOCS),
            _zensical(bench, bench.pages(total, "zensical")),
        ],
        compared=[
            Compared(ours=NOTHING, theirs=MKDOCS, at_most=0.25),
            Compared(ours=NOTHING, theirs=ZENSICAL, at_most=1),
            Compared(ours=INDEX, theirs=MKDOCS),
            Compared(ours=INDEX, theirs=ZENSICAL),
        ],
        remark=_REMARK,
    )


def _ours(bench: Bench, total: int) -> list[Command]:
    """All in one folder: each leaves a whole site, its notes and what is known of them.

    The first one needs nothing of the others.
    """
    notes, out = home(bench, total)
    first = removed(out, notes / ".changenote")
    return [
        _build(bench, name, notes, out, prepare)
        for name, prepare in (
            (NOTHING, first),
            (INDEX, removed(out)),
            (ONE, edits(notes)),
            (SAME, lambda: None),
        )
    ]


def home(bench: Bench, total: int) -> tuple[Path, Path]:
    """The notes that sites of ours are built from, and the folder they are built to."""
    return bench.notes(total, "site"), bench.folder / f"built-{total}"


def _build(bench: Bench, name: str, notes: Path, out: Path, prepare: Callable[[], None]) -> Command:
    return Command(
        name=name,
        command=(bench.ours / "changenote", "site", "build", "--to", out),
        shown="changenote site build --to …",
        folder=notes,
        prepare=prepare,
        writes=out,
    )


def edits(notes: Path) -> Callable[[], None]:
    """A function that changes the text of one note, of another one each time."""
    every = cycle(sorted(notes.glob("changes/*/*.yaml"))[::-97])
    numbers = count(1)

    def edit() -> None:
        change(next(every), f"Seen {next(numbers)} times.")

    return edit


def change(file: Path, sentence: str) -> None:
    """Put a sentence before the reason of a made-up note: one line, with quotes or without."""
    text = file.read_text("utf-8")
    file.write_text(_REASON.sub(rf"\g<0>{sentence} ", text, count=1), "utf-8")


def _mkdocs(bench: Bench, folder: Path, name: str) -> Command:
    site = folder / "site"
    line = "mkdocs build --quiet"
    command = bench.peer(peers.MATERIAL, line, folder, name=name, prepare=removed(site))
    return replace(command, writes=site)


def _zensical(bench: Bench, folder: Path) -> Command:
    site = folder / "site"
    remove = removed(site, folder / ".cache")
    command = bench.peer(peers.ZENSICAL, "zensical build", folder, name=ZENSICAL, prepare=remove)
    return replace(command, writes=site)


def sites(bench: Bench) -> tuple[Path, Path]:
    """Our site of many notes and MkDocs's, as an earlier scenario left them or made now."""
    (notes, ours), pages = home(bench, bench.large), bench.pages(bench.large, "mkdocs")
    if not ours.is_dir():
        bench.run(notes, bench.ours / "changenote", "site", "build", "--to", ours)
    if not (pages / "site").is_dir():
        bench.run(pages, peers.installed(peers.MATERIAL) / "mkdocs", "build", "--quiet")
    return ours, pages / "site"

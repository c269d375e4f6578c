"""Proof that nothing went missing: notes = pages = search = index = feeds, or what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from changenote.model.problems import Problem
from changenote.site.addresses import ATOM, INDEX, JSON_FEED
from changenote.site.book import Broken, Published
from changenote.site.edition import Edition
from changenote.site.exports.built import Built
from changenote.site.exports.feeds import feeds, item_id
from changenote.site.shared_ids import shared_ids


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is wrong with a note's file; with `is_built`, with a file of the site, from its top."""

    file: str
    problem: Problem
    is_built: bool = False


@dataclass(frozen=True, kw_only=True)
class _Expected:
    """A file of the notes folder that must have a page."""

    file: str
    sha256: str


def differences(edition: Edition, built: Built) -> Iterator[Difference]:
    """Everything that differs between the notes and a site; `edition` has the site's own root.

    Files that share an id are among it: the address of the id shows only one of them.
    """
    for file, problem in shared_ids(edition.book):
        yield Difference(file=file, problem=problem)
    expected = _expected(edition)
    missing = {name for name in expected if not _is_shown(built, name)}
    for name in sorted(missing):
        yield Difference(file=expected[name].file, problem=_lost(built, name))
    shown = {name: known for name, known in expected.items() if name not in missing}
    yield from _outdated(shown, built)
    yield from _extra(expected, built)
    yield from _search(shown, built, edition)
    yield from _index(shown, built)
    yield from _feeds(edition, built, missing)


def counts(edition: Edition, built: Built) -> str:
    """`5 notes, 1 unreadable file; 6 pages, 6 in the search, …`: what was compared, on one line."""
    newest = next(feeds(edition))
    parts = (
        f"{len(edition.rows)} notes and {len(edition.book.broken)} unreadable files on disk",
        f"{sum(shown.is_page for shown in built.pages.values())} pages",
        f"{_counted(built.searched)} in the search",
        f"{_counted(built.indexed)} in {INDEX}",
        f"{len(built.feeds.get(ATOM, ()))} in {ATOM} of {len(newest.rows)} that belong there",
    )
    return ", ".join(parts)


def _counted(names: frozenset[str] | None) -> str:
    return "none" if names is None else str(len(names))


def _expected(edition: Edition) -> dict[str, _Expected]:
    """Every file by the name of its page."""
    book, files = edition.book, edition.places.files
    every: Iterator[Published | Broken] = chain(book.entries, book.broken)
    texts = ((one.file, one.text.encode("utf-8", "surrogatepass")) for one in every)
    return {
        _name(edition, files[file]): _Expected(file=file, sha256=sha256(text).hexdigest())
        for file, text in texts
    }


def _name(edition: Edition, path: str) -> str:
    return path.removeprefix(f"{edition.places.root}/").removesuffix("/")


def _is_shown(built: Built, name: str) -> bool:
    return name in built.pages and built.pages[name].is_page


def _lost(built: Built, name: str) -> Problem:
    """A note without a page, and where else it is missing: one finding, for one cause."""
    elsewhere = (
        ("the search", built.searched is not None and name not in built.searched),
        (INDEX, built.indexed is not None and name not in built.indexed),
    )
    also = ", ".join(place for place, is_missing in elsewhere if is_missing)
    return Problem(
        rule="site-page",
        path=(),
        found=f"no page {built.root}{name}/" + (f", nor is it in {also}" if also else ""),
        expected="a page for every file of the notes folder",
    )


def _outdated(shown: Mapping[str, _Expected], built: Built) -> Iterator[Difference]:
    for name, known in shown.items():
        if built.pages[name].sha256 != known.sha256:
            problem = Problem(
                rule="site-outdated",
                path=(),
                found=f"another version of it on the page {built.root}{name}/",
                expected="the file as it is now",
            )
            yield Difference(file=known.file, problem=problem)


def _extra(expected: Mapping[str, _Expected], built: Built) -> Iterator[Difference]:
    for name in sorted(built.pages.keys() - expected.keys()):
        problem = Problem(
            rule="site-page",
            path=(),
            found="a page of a note that is not in the notes folder",
            expected="pages of notes that there are",
        )
        yield Difference(file=f"{built.root}{name}/index.html", problem=problem, is_built=True)


def _search(shown: Mapping[str, _Expected], built: Built, edition: Edition) -> Iterator[Difference]:
    if built.searched is None:
        problem = _search_problem("no index of a search", "one that has every note")
        yield Difference(file=built.root, problem=problem, is_built=True)
    if built.offered is None:
        problem = _search_problem("no list of notes", "what the search page lists")
        yield Difference(file=f"{built.root}search/facts.json", problem=problem, is_built=True)
    notes = {_name(edition, row.path) for row in edition.rows}
    for name, known in shown.items():
        if built.searched is not None and name not in built.searched:
            problem = _search_problem("not in the text search", "a search that finds it")
            yield Difference(file=known.file, problem=problem)
        if built.offered is not None and name in notes and name not in built.offered:
            problem = _search_problem("not on the search page", "a search that lists it")
            yield Difference(file=known.file, problem=problem)
    for name in sorted((built.offered or frozenset()) - notes):
        problem = _search_problem(f"{name}, which is no note", "notes that there are")
        yield Difference(file=f"{built.root}search/facts.json", problem=problem, is_built=True)


def _search_problem(found: str, expected: str) -> Problem:
    return Problem(rule="site-search", path=(), found=found, expected=expected)


def _index(shown: Mapping[str, _Expected], built: Built) -> Iterator[Difference]:
    file = f"{built.root}{INDEX}"
    if built.indexed is None:
        problem = _index_problem("no such file", "an index of all notes")
        yield Difference(file=file, problem=problem, is_built=True)
        return
    for name, known in shown.items():
        if name not in built.indexed:
            problem = _index_problem(f"not in {INDEX}", "an entry for every note")
            yield Difference(file=known.file, problem=problem)
    for name in sorted(built.indexed - built.pages.keys()):
        problem = _index_problem(f"an entry for {name}, which has no page", "notes that there are")
        yield Difference(file=file, problem=problem, is_built=True)


def _index_problem(found: str, expected: str) -> Problem:
    return Problem(rule="site-index", path=(), found=found, expected=expected)


def _feeds(edition: Edition, built: Built, missing: set[str]) -> Iterator[Difference]:
    """A note may be in many feeds: one finding names all that lack it."""
    lacking: dict[str, list[str]] = {}
    for feed in feeds(edition):
        for path in (feed.path + ATOM, feed.path + JSON_FEED):
            ids = tuple(item_id(edition, row) for row in feed.rows)
            if problem := _wrong_feed(built.feeds.get(path), ids):
                yield Difference(file=path, problem=problem, is_built=True)
            for note_id, row in zip(ids, feed.rows, strict=True):
                is_known = _name(edition, row.path) in missing or path not in built.feeds
                if not is_known and note_id not in built.feeds[path]:
                    lacking.setdefault(row.entry.file, []).append(path)
    for file, paths in lacking.items():
        problem = _feed_problem(f"not in {', '.join(paths)}", "the newest notes in every feed")
        yield Difference(file=file, problem=problem)


def _wrong_feed(found: tuple[str, ...] | None, ids: tuple[str, ...]) -> Problem | None:
    """What is wrong with a feed as a whole, apart from notes that are missing from it."""
    if found is None:
        return _feed_problem("no such file", "a feed")
    if others := sum(note_id not in ids for note_id in found):
        entries = "1 entry" if others == 1 else f"{others} entries"
        return _feed_problem(f"{entries} too many", "the newest notes that shipped, no others")
    if list(found) != [note_id for note_id in ids if note_id in found]:
        return _feed_problem("entries in another order", "the newest first")
    return None


def _feed_problem(found: str, expected: str) -> Problem:
    return Problem(rule="site-feed", path=(), found=found, expected=expected)

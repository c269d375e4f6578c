"""The index of a whole site: notes, files that cannot be read, and a team's own pages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from changenote.site.book import Asset
from changenote.site.edition import Edition
from changenote.site.plan import Plan, nothing_else
from changenote.site.search.bundle import FOLDER, PARTS, Part, listed, parts_of
from changenote.site.search.finished_parts import FinishedParts
from changenote.site.search.records import broken_records, finished, note_sources, page_records


def word_plans(edition: Edition, cache: Path | None = None) -> Iterator[Plan]:
    """The files of the index with the words of the notes. A part is made when its first file is.

    What was made before is taken from the folder `cache`, if there is one.
    """
    parts = _of_notes(edition)
    made = lru_cache(maxsize=1)(_maker(parts, cache))  # all files of a part are wanted in a row
    for number, part in enumerate(parts):
        for name in part.files:
            path = _path(edition, f"{part.name}/{name}")
            yield Plan(path, partial(_file, path, made, number, name), nothing_else)


def other_files(edition: Edition, docs: Sequence[Mapping[str, Any]] = ()) -> dict[str, bytes]:
    """The other files of the index by their paths in the site: all that is no note, and the list.

    `docs` are the sections of the team's own pages, as `material.documents` has them.
    """
    others = finished((*broken_records(edition), *page_records(docs)))
    parts = parts_of((), others, salt=edition.fingerprint)
    files = {f"{part.name}/{name}": raw for part in parts for name, raw in part.make().items()}
    files[PARTS] = listed((*_of_notes(edition), *parts))
    return {_path(edition, name): content for name, content in files.items()}


def index_files(edition: Edition, cache: Path | None = None) -> dict[str, bytes]:
    """All files of the index by their paths in the site, for one without other pages."""
    made = (plan.make() for plan in word_plans(edition, cache))
    words = {file.path: file.content for file in made if isinstance(file, Asset)}
    return words | other_files(edition)


def _of_notes(edition: Edition) -> tuple[Part, ...]:
    return parts_of(note_sources(edition), salt=edition.fingerprint)


def _path(edition: Edition, name: str) -> str:
    return edition.places.asset(FOLDER + name)


def _maker(parts: Sequence[Part], cache: Path | None) -> Callable[[int], Mapping[str, bytes]]:
    if not cache:
        return lambda number: parts[number].make()
    known = FinishedParts(cache / "search")
    known.forget_all_but([part.name for part in parts])
    return lambda number: known.files(parts[number].name, parts[number].make)


def _file(path: str, made: Callable[[int], Mapping[str, bytes]], number: int, name: str) -> Asset:
    return Asset(path=path, content=made(number)[name])

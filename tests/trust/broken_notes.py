"""One broken note never stops a build: it becomes a page that says what is wrong."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from changenote.store.notes import understood
from tests.hostile import full
from tests.sites import MATERIAL, Site, mkdocs
from tests.trust.cases import cases, given
from tests.trust.promise import Outcome, Promise, spread
from tests.workshop import Workshop

_STOPS = ("hide: 5", "tags: [null]", "title: [5]", "template: none.html", "search: 5", "date: x")
"""What stops other builds when it stands at the head of a page."""

_CRASHES = (
    "<![",
    "<!",
    "<?",
    "</",
    "&#",
    "]]>",
    "<![CDATA[",
    "<!--",
    "<!DOCTYPE",
    "---\nhide: 5\n---",
)
"""What has stopped readers of HTML and Markdown when it stood in a text."""

_WRONG: tuple[Any, ...] = (5, None, True, "", [], [None], {}, {"a": None})

Broken = tuple[str, bytes]
"""An id, and the bytes of the file that has it."""

_CONTROL_CONFIG = (
    "site_name: Plain\ntheme: {name: material, font: false}\nplugins: [search, tags]\n"
)


_HERE = "20261122-b00000"
"""Stands for the id that a file gets."""


def _wrong(value: Any) -> Iterator[Any]:
    """A note again and again, each time with one wrong value in it, at every depth."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from ({**value, key: wrong} for wrong in _WRONG if wrong != one)
            yield from ({**value, key: inner} for inner in _wrong(one))
    elif isinstance(value, list) and value:
        yield from ([inner] for inner in _wrong(value[0]))


def _contents() -> Iterator[bytes]:
    """What is in each file."""
    known = {"schema": 1, "id": _HERE}
    for line in _STOPS:
        yield f"schema: 1\nid: {_HERE}\n{line}\n".encode()
    for text in _CRASHES:
        yield json.dumps(known | full(f"{text} x x")).encode()
        yield text.encode()
    yield from map(given, cases("yaml-attacks.jsonl"))
    for wrong in _wrong(full("Plain words")):
        yield json.dumps(known | wrong).encode()


def _files(most: int | None) -> list[Broken]:
    """Files that are no notes, or nearly; those that stop other builds are always among them."""
    every = list(_contents())
    always, others = every[: len(_STOPS) + 1], every[len(_STOPS) + 1 :]
    ids = (f"20261122-b{number:05}" for number in count())
    chosen = zip(ids, (*always, *spread(others, most)), strict=False)
    return [(note_id, one.replace(_HERE.encode(), note_id.encode())) for note_id, one in chosen]


def _built(files: list[Broken], shop: Workshop, *options: str) -> Site:
    for note_id, content in files:
        path = shop.folder / f"changes/2026/{note_id}-x.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return mkdocs(shop.folder, MATERIAL, *options)


def _never_stopped(most: int | None) -> Outcome:
    files = _files(most)
    with TemporaryDirectory(prefix="trust-") as folder:
        site = _built(files, Workshop(Path(folder, "all")).start())
        strict = _built(files[:1], Workshop(Path(folder, "one")).start(), "--strict")
        failures = [] if strict.code == 1 else [f"--strict ended with {strict.code}"]
        failures += [
            f"{note_id}: {why}"
            for note_id, content in files
            if (why := _why(site, note_id, content))
        ]
    return Outcome(cases=len(files), failures=tuple(failures))


def _why(site: Site, note_id: str, content: bytes) -> str:
    """What is wrong with what became of a file; nothing where its page says what is wrong."""
    page = site.folder / f"changes/{note_id}/index.html"
    if site.code or not page.is_file():
        return f"no page, and the build ended with {site.code}"
    if understood("", Path(f"{note_id}-x.yaml"), content).note:
        return "" if "cn-note" in page.read_text() else "the page is none of a note"
    says = "cn-broken" in page.read_text() and "cn-findings__where" in page.read_text()
    return "" if says and f"{note_id}-x.yaml" in site.said else "nothing says what is wrong"


def _stopped(most: int | None) -> Outcome:
    """The same files as the head of a page each, and their text below."""
    files = _files(most)
    with TemporaryDirectory(prefix="trust-") as folder:
        shop = Workshop(Path(folder)).start()
        for note_id, content in files:
            text = content.decode("utf-8", "replace")
            shop.write(f"docs/{note_id}.md", f"---\n{text}\n---\n\n{text}\n")
        site = mkdocs(shop.folder, _CONTROL_CONFIG)
        missing = [note_id for note_id, _ in files if not (site.folder / note_id).is_dir()]
    return Outcome(cases=len(files), failures=tuple(missing))


PROMISES = (
    Promise(
        name="nothing-stops-a-build",
        says="A file that cannot be read as a note becomes a page and a warning that say what is"
        " wrong; the build gets to its end, and a strict one fails.",
        kept=_never_stopped,
        control="the same files as pages of plain Markdown, with front matter",
        broken=_stopped,
    ),
)

"""What a finished site shows of which notes, read from its folder; whatever built it."""

import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from gzip import GzipFile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from changenote.errors import UsageProblem
from changenote.model.note import ID
from changenote.site.addresses import ATOM, INDEX, JSON_FEED, LLMS, STYLES
from changenote.site.folder import MANIFEST
from changenote.site.search.bundle import FOLDER, PAGES, PARTS

_ID = re.compile(ID)
_ENTRY_ID = re.compile(r"<entry>\s*<id>([^<]*)</id>")
_PAGEFIND = "pagefind-entry.json"
_SEARCH_INDEX = "search_index.json"
_LARGEST, _LARGEST_FRAGMENT = 500_000_000, 50_000_000  # bytes: many times what a build writes


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What lies in the folder of a page: the page itself, and a hash of the note's file."""

    is_page: bool
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished site. A note is known by the name of its page's folder.

    `root` is the folder of our pages and `top` the one that all addresses start from, both inside
    the folder that was read. What the site does not have at all is None; `feeds` has the ids of
    the entries by the path of each feed that there is.
    """

    top: str
    root: str
    pages: Mapping[str, Shown]
    searched: frozenset[str] | None
    offered: frozenset[str] | None
    indexed: frozenset[str] | None
    feeds: Mapping[str, tuple[str, ...]]


def read_built(folder: Path) -> Built:
    """The site in a folder. Raises `UsageProblem` when there is none, or more than one."""
    places = _places(folder)
    root = _root(folder, places[Path(STYLES).name])
    tops = [parent for parent in (root, *root.parents) if parent.is_relative_to(folder)]
    top = next((parent for parent in tops if (parent / LLMS).is_file()), folder)
    return Built(
        top=_inside(folder, top),
        root=_inside(top, root),
        pages=dict(_pages(root)),
        searched=_searched(places, root),
        offered=_offered(root),
        indexed=_indexed(root),
        feeds=dict(_feeds(places, top)),
    )


def _places(folder: Path) -> dict[str, list[Path]]:
    """The files by which a site, its search and its feeds are known, by their names."""
    known = (Path(STYLES).name, _PAGEFIND, _SEARCH_INDEX, ATOM, JSON_FEED)
    found: dict[str, list[Path]] = {name: [] for name in known}
    if not folder.is_dir():
        raise _no_site(folder, "it is no folder")
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in found.keys() & set(names):
            found[name].append(Path(place, name))
    return found


def _root(folder: Path, styles: list[Path]) -> Path:
    roots = [path.parent.parent for path in styles if path.parent.name == Path(STYLES).parent.name]
    if (folder / MANIFEST).is_file() and not _has_html(folder):
        raise _no_site(folder, "it holds pages that a builder has yet to make a site of")
    if not roots:
        raise _no_site(folder, "no page of change notes is in it")
    if len(roots) > 1:
        raise _no_site(folder, f"{len(roots)} of them are in it, such as {roots[0]}")
    return roots[0]


def _has_html(folder: Path) -> bool:
    return next(folder.glob("*.html"), None) is not None


def _no_site(folder: Path, why: str) -> UsageProblem:
    return UsageProblem(
        f"{folder} is not a site of change notes: {why}",
        expected="the folder of one finished site",
        retry="safe, nothing was written",
        hint="`changenote site build --to public` builds one.",
    )


def _inside(folder: Path, inner: Path) -> str:
    path = inner.relative_to(folder).as_posix()
    return "" if path == "." else f"{path}/"


def _pages(root: Path) -> Iterator[tuple[str, Shown]]:
    """Every folder with a page of a note in it, or with a note's file."""
    for name in sorted(folder.name for folder in root.iterdir()):
        text, html = _bytes(root / name / "note.yaml"), _bytes(root / name / "index.html")
        if text is not None:
            digest = sha256(text).hexdigest()
            yield name, Shown(is_page=_is_about(html, name), sha256=digest)


def _is_about(html: bytes | None, name: str) -> bool:
    """Is it a page, and one that names the note? Other pages of ours may name it otherwise."""
    return html is not None and (not _ID.fullmatch(name) or name.encode() in html)


def _bytes(path: Path) -> bytes | None:
    """What is in a file; None when there is none, or one that no build has written.

    A site may come from anywhere: what looks like a file of ours can be a pipe, or never end.
    """
    try:
        is_ours = path.is_file() and path.stat().st_size <= _LARGEST
        return path.read_bytes() if is_ours else None
    except OSError:
        return None


def _json(path: Path) -> Any:
    """The data in a file; None when it is not there or is no JSON."""
    raw = _bytes(path)
    return None if raw is None else _parsed(raw)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _members(data: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects in a list of an object, which all may be something else."""
    found = data.get(name) if isinstance(data, dict) else None
    return (one for one in found if isinstance(one, dict)) if isinstance(found, list) else iter(())


def _searched(places: Mapping[str, list[Path]], root: Path) -> frozenset[str] | None:
    """The pages that the text search finds.

    Of our own index if there is one, or else of the theme's, or of any that Pagefind made.
    """
    name = re.compile(rf"(?:^|[/:]){re.escape(root.name)}/([^/#]+)/(?:index\.html)?(?:#.*)?")
    ours = root / FOLDER / PARTS
    if not places[_PAGEFIND] and not places[_SEARCH_INDEX] and not ours.exists():
        return None
    urls = list(_listed(root / FOLDER))
    urls = urls or [url for path in places[_SEARCH_INDEX] for url in _locations(path)]
    urls = urls or [url for path in places[_PAGEFIND] for url in _fragments(path.parent)]
    return frozenset(match[1] for url in urls if (match := name.search(url)))


def _listed(folder: Path) -> Iterator[str]:
    """The address of every page that our own index lists and has."""
    listed = _json(folder / PARTS)
    for part in (*_members(listed, "notes"), *_members(listed, "others")):
        pages = _unpacked(folder / str(part.get("folder")) / PAGES)
        for page in pages if isinstance(pages, list) else ():
            yield str(page.get("url") if isinstance(page, dict) else page)


def _unpacked(path: Path) -> Any:
    """The data in a file that is compressed JSON; None when it is not there or is none."""
    unpacking = zlib.decompressobj()
    try:
        return _parsed(unpacking.decompress(_bytes(path) or b"", _LARGEST_FRAGMENT))
    except zlib.error:
        return None


def _fragments(folder: Path) -> Iterator[str]:
    """The address of every page in an index of Pagefind."""
    for path in folder.rglob("*.pf_fragment"):
        yield from _address(path)


def _address(fragment: Path) -> Iterator[str]:
    """The address in a fragment, which is compressed JSON behind the word `pagefind_dcd`."""
    try:
        plain = GzipFile(fileobj=BytesIO(_bytes(fragment) or b"")).read(_LARGEST_FRAGMENT)
    except (OSError, EOFError, zlib.error):
        return  # a page that no search can show
    data = _parsed(plain[plain.find(b"{") :])
    if isinstance(data, dict):
        yield str(data.get("url"))


def _locations(path: Path) -> Iterator[str]:
    return (str(doc.get("location")) for doc in _members(_json(path), "docs"))


def _offered(root: Path) -> frozenset[str] | None:
    """The notes that the search page can list."""
    data = _json(root / "search" / "facts.json")
    ids, other = (data.get(name) if isinstance(data, dict) else None for name in _OFFERED)
    if not isinstance(ids, list) or not isinstance(other, dict):
        return None
    return frozenset(_last(other.get(str(place), note_id)) for place, note_id in enumerate(ids))


_OFFERED = ("ids", "addresses")


def _indexed(root: Path) -> frozenset[str] | None:
    data = _json(root / INDEX)
    if not isinstance(data, dict):
        return None
    every = (*_members(data, "notes"), *_members(data, "unreadable"))
    return frozenset(_last(entry.get("address")) for entry in every)


def _last(address: object) -> str:
    """The name of the folder that an address leads to."""
    return str(address).removesuffix("index.html").rstrip("/").rpartition("/")[2]


def _feeds(places: Mapping[str, list[Path]], top: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path in places[JSON_FEED] + places[ATOM]:
        if path.is_relative_to(top):
            ids = _of_json(path) if path.name == JSON_FEED else _of_atom(path)
            yield path.relative_to(top).as_posix(), tuple(ids)


def _of_json(path: Path) -> Iterator[str]:
    return (str(item.get("id")) for item in _members(_json(path), "items"))


def _of_atom(path: Path) -> list[str]:
    text = (_bytes(path) or b"").decode("utf-8", "replace")
    return [str(found) for found in _ENTRY_ID.findall(text)]

"""What a build left in a site's folder: every file of ours, and what it was made of.

A file of text in the cache of a project, one for each folder that sites are built into: a line for
each file, and one of JSON. What cannot be read counts for nothing: the next build makes everything
anew.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from changenote.site.book import Page
from changenote.site.press.sheets import Shape
from changenote.store.files import put_in_cache

_LAYOUT = 1
_PREFIX = "built-"
NO_SHAPE = -1
_DEEPEST = 1000
"""Folders in a path: no file system has room for more, and one would be rendered for each."""

_STRANGE = (ValueError, TypeError, KeyError, AttributeError, UnboundLocalError, RecursionError)
"""What comes up in the reading of something that nobody here wrote."""

Made = TypeVar("Made", Shape, Page)


class Entry(NamedTuple):
    """A file as it was written: the key of its plan, the number of its shape, and its state.

    Files that are no pages have the shape -1. `changed` is in nanoseconds.
    """

    key: str
    shape: int
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class Framed:
    """A shape that pages have, and a digest of the shell that was around them."""

    shape: Shape
    digest: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The files of ours by their paths in the site.

    `pages` has what others show of a page, by its path: for those that stand in navigations.
    """

    lines: dict[str, str] = field(default_factory=dict)
    shapes: tuple[Framed, ...] = ()
    pages: Mapping[str, Page] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


def manifest_path(cache: Path, site: Path) -> Path:
    """Where the manifest of a site's folder lies."""
    name = sha256(os.fsencode(site.resolve())).hexdigest()[:16]
    return cache / f"{_PREFIX}{name}.txt"


def read_manifest(path: Path) -> Manifest:
    """What the last build left; nothing when nobody can tell."""
    lines: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                name, _, rest = line.partition("\t")
                if rest:
                    _refuse_others(name)
                    lines[name] = rest
                    _refuse_strange(entry_of(rest))
            return _with_the_last_line(lines, json.loads(line))
    except (OSError, *_STRANGE):
        return Manifest()


def _refuse_others(name: str) -> None:
    """Raises `ValueError` for a file that lies outside: what is in no plan is removed."""
    if name[:1] in ("", "/", "\\") or ":" in name or ".." in name:
        path = PureWindowsPath(name)  # it knows both slashes, and drives
        if path.anchor or ".." in path.parts or not name:
            raise ValueError(name)
    if not name.isprintable() or (("./" in name or "//" in name) and _is_roundabout(name)):
        raise ValueError(name)


def _is_roundabout(name: str) -> bool:
    """Is there a shorter name for the same file, under which it may be one of a plan?"""
    return not {"", "."}.isdisjoint(name.split("/"))


def _refuse_strange(entry: Entry) -> None:
    if entry.shape < NO_SHAPE:
        raise ValueError(entry)


def _with_the_last_line(lines: dict[str, str], facts: Mapping[str, Any]) -> Manifest:
    if facts["layout"] != _LAYOUT or len(lines) != facts["files"]:
        return Manifest()
    return Manifest(
        lines=lines,
        shapes=tuple(_framed(one) for one in facts["shapes"]),
        pages={path: _page(known) for path, known in facts["pages"].items()},
        counts=Counter({name: _typed(n, int) for name, n in facts["counts"].items()}),
    )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Remember what is in a site. Where the disk refuses, the next build is a slow one."""
    listed = [(name, line) for name, line in manifest.lines.items() if name.isprintable()]
    lines = (f"{name}\t{line}\n".encode() for name, line in listed)
    put_in_cache(path, chain(lines, (_last_line(len(listed), manifest).encode(),)))


def _last_line(number: int, manifest: Manifest) -> str:
    facts = {
        "layout": _LAYOUT,
        "files": number,
        "shapes": [[framed.shape._asdict(), framed.digest] for framed in manifest.shapes],
        "pages": {path: asdict(page) for path, page in manifest.pages.items()},
        "counts": dict(manifest.counts),
    }
    return json.dumps(facts) + "\n"


def line_of(entry: Entry) -> str:
    """What a manifest says of a file, after its name."""
    return "\t".join(map(str, entry))


def forget(path: Path) -> None:
    """Make the next build one that knows of no other."""
    path.unlink(missing_ok=True)


def entry_of(line: str) -> Entry:
    """What stands on a line, after the name of the file. Raises `ValueError` for anything else."""
    key, shape, size, changed = line.split("\t")
    return Entry(key, int(shape), int(size), int(changed))


def _framed(known: Any) -> Framed:
    facts, digest = known
    shape = _made(Shape, facts)
    if not 0 <= shape.below <= _DEEPEST or shape.folder[-1:] not in ("", "/"):
        raise ValueError(shape.folder)
    return Framed(shape, _typed(digest, str))


def _page(facts: Any) -> Page:
    page = _made(Page, facts)
    if not page.toc:
        raise ValueError(page.path)
    return page


def _made(kind: type[Made], facts: Any) -> Made:
    """One of these with all that it has. Raises `TypeError` when a value is of another type."""
    hints = get_type_hints(kind)
    return kind(**{name: _typed(value, hints[name]) for name, value in facts.items()})


def _typed(value: Any, hint: Any) -> Any:
    """A value from JSON as the type that it has to have. Raises `TypeError` or `ValueError`."""
    kinds = get_args(hint)
    if get_origin(hint) is tuple:
        each = kinds[:1] * len(value) if kinds[-1] is ... else kinds
        return tuple(_typed(one, kind) for one, kind in zip(value, each, strict=True))
    if type(value) not in (kinds or (hint,)):
        raise TypeError(value)
    return value

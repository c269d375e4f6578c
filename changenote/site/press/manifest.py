"""What a build left in a site's folder: every file of ours, and what it was made of.

A file of text in the cache of a project, one for each folder that sites are built into: a line for
each file, and one of JSON. What cannot be read counts for nothing: the next build makes everything
anew.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple

from changenote.errors import ChangenoteError
from changenote.site.book import Page
from changenote.site.press.sheets import Shape
from changenote.store.files import prepare_cache

_LAYOUT = 1
_PREFIX = "built-"


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
                    entry_of(rest)
            return _with_the_last_line(lines, json.loads(line))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, UnboundLocalError):
        return Manifest()


def _refuse_others(name: str) -> None:
    """Raises `ValueError` for a file that lies outside: what is in no plan is removed."""
    if name[:1] in ("", "/", "\\") or ":" in name or ".." in name:
        path = PureWindowsPath(name)  # it knows both slashes, and drives
        if path.anchor or ".." in path.parts or not name:
            raise ValueError(name)


def _with_the_last_line(lines: dict[str, str], facts: Mapping[str, Any]) -> Manifest:
    if facts["layout"] != _LAYOUT or len(lines) != facts["files"]:
        return Manifest()
    return Manifest(
        lines=lines,
        shapes=tuple(_framed(one) for one in facts["shapes"]),
        pages={path: _page(known) for path, known in facts["pages"].items()},
        counts=Counter(facts["counts"]),
    )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Remember what is in a site. Where the disk refuses, the next build is a slow one."""
    listed = [(name, line) for name, line in manifest.lines.items() if name.isprintable()]
    with suppress(OSError, ChangenoteError):
        prepare_cache(path.parent)
        beside = path.with_suffix(f".{os.getpid()}")
        try:
            with beside.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{name}\t{line}\n" for name, line in listed)
                file.write(_last_line(len(listed), manifest))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _last_line(number: int, manifest: Manifest) -> str:
    facts = {
        "layout": _LAYOUT,
        "files": number,
        "shapes": [[asdict(framed.shape), framed.digest] for framed in manifest.shapes],
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
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()
    }
    return Framed(Shape(**values), digest)


def _page(facts: Mapping[str, Any]) -> Page:
    toc = tuple((level, name, text) for level, name, text in facts["toc"])
    return Page(**{**facts, "toc": toc, "tags": tuple(facts["tags"]), "hide": tuple(facts["hide"])})

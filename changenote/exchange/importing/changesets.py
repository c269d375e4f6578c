"""Changesets: Markdown below a list of packages, each with the bump it needs.

https://github.com/changesets/changesets/blob/main/docs/adding-a-changeset.md
"""

from collections.abc import Mapping
from typing import Any

from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.mappings import mapping_in, text_of
from changenote.exchange.importing.texts import tidy
from changenote.patterns import pattern

_BUMPS = ("major", "minor", "patch", "none")
_FENCE = pattern(r"---[ \t]*")


def read(source: Source, _config: Mapping[str, Any]) -> list[Read]:
    """The changeset in a file."""
    name = source.name.rpartition("/")[2]
    if name in ("config.json", "pre.json") or name.lower() == "readme.md" or name.startswith("."):
        reason = "it belongs to changesets itself"
        return [LeftOut(file=source.file, reason=reason, is_problem=False)]
    if not name.endswith(".md"):
        return [LeftOut(file=source.file, reason="changesets reads files named *.md")]
    parts = _parts(source.text)
    if parts is None:
        reason = "it does not begin with packages between --- lines"
        return [LeftOut(file=source.file, reason=reason)]
    front, text = parts
    packages = _packages(source, front)
    if isinstance(packages, LeftOut):
        return [packages]
    if not text:
        reason = "it says nothing" if packages else "an empty changeset releases nothing"
        return [LeftOut(file=source.file, reason=reason, is_problem=bool(packages))]
    return [_entry(source, text, packages)]


def _parts(text: str) -> tuple[str, str] | None:
    """What stands between the lines `---`, and what stands below."""
    lines = text.lstrip("\n").split("\n")
    if not _FENCE.fullmatch(lines[0]):
        return None
    for number, line in enumerate(lines[1:], 1):
        if _FENCE.fullmatch(line):
            return "\n".join(lines[1:number]), tidy("\n".join(lines[number + 1 :]))
    return None


def _packages(source: Source, front: str) -> dict[str, str] | LeftOut:
    if not front.strip():
        return {}
    data = mapping_in(source, front, line=2)
    return data if isinstance(data, LeftOut) else {k: text_of(v) for k, v in data.items()}


def _entry(source: Source, text: str, packages: Mapping[str, str]) -> Entry:
    bumps = sorted(set(packages.values()), key=lambda b: _BUMPS.index(b) if b in _BUMPS else -1)
    return Entry(
        file=source.file,
        text=text,
        types=tuple(bumps),
        tags=tuple(packages),
        is_breaking="major" in bumps,
        facts={"packages": dict(packages)},
    )

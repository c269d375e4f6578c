"""News fragments of towncrier: `<issue>.<type>[.<counter>][.<ending>]`.

https://towncrier.readthedocs.io/en/stable/configuration.html
"""

from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.texts import from_restructured, tidy
from changenote.patterns import pattern

_BUILT_IN = ("feature", "bugfix", "doc", "removal", "misc")
_IGNORED = (".gitignore", ".gitkeep", ".keep", "readme", "readme.*", "_template*", "*.j2")
_NUMBER = pattern(r"0*(\d+)")
_ADDRESS = pattern(r"https?://[^\s<>`'\"()]+", holds=("://",))


def read(source: Source, config: Mapping[str, Any]) -> list[Read]:
    """The fragment in a file; `config` is the table `tool.towncrier`."""
    *folders, name = source.name.split("/")
    if _is_ignored(name, config):
        return [_left_out(source, "towncrier ignores it too", is_problem=False)]
    parts = _parts(name, _types(config))
    if parts is None:
        expected = "its name is not <issue>.<type>, with a type that the config has"
        return [_left_out(source, expected)]
    if not source.text.strip():
        return [_left_out(source, "it is empty")]
    issue, kind = parts
    issues = _issues(issue, config)
    return [
        Entry(
            file=source.file,
            text=_markdown(name, source.text),
            types=(kind,),
            tags=tuple(folders),
            issues=issues,
            is_breaking="breaking" in kind,
            facts={"name": "" if issues else issue, "section": "/".join(folders)},
        )
    ]


def _left_out(source: Source, reason: str, *, is_problem: bool = True) -> LeftOut:
    return LeftOut(file=source.file, reason=reason, is_problem=is_problem)


def _is_ignored(name: str, config: Mapping[str, Any]) -> bool:
    own = config.get("ignore")
    patterns = [*_IGNORED, *(map(str, own) if isinstance(own, list) else ())]
    template = PurePosixPath(str(config.get("template", ""))).name
    lowered = name.lower()
    return name == template or any(fnmatch(lowered, one.lower()) for one in patterns)


def _types(config: Mapping[str, Any]) -> set[str]:
    """The types of fragments, as tables or a list of them have them."""
    tables, listed = config.get("fragment"), config.get("type")
    types = set(map(str, tables)) if isinstance(tables, Mapping) else set()
    for table in listed if isinstance(listed, list) else ():
        if isinstance(table, Mapping):
            types.add(str(table.get("directory") or table.get("name", "")).lower())
    return types or set(_BUILT_IN)


def _parts(name: str, types: set[str]) -> tuple[str, str] | None:
    """Issue and type; the type is the last part of the name that is one, as for towncrier."""
    parts = name.split(".")
    for index in range(len(parts) - 1, 0, -1):
        if parts[index] in types:
            return ".".join(parts[:index]).strip(), parts[index]
    return None


def _issues(issue: str, config: Mapping[str, Any]) -> tuple[str, ...]:
    """The issue in a file's name, as the config's address of it where there is one.

    An orphan such as `+something` has none, nor a name that is only words.
    """
    number = _NUMBER.fullmatch(issue)
    if not number:
        return ()
    shape = str(config.get("issue_format", "")).replace("{issue}", number[1])
    address = _ADDRESS.search(shape)
    return (address[0] if address else number[1],)


def _markdown(name: str, text: str) -> str:
    return tidy(text) if name.endswith(".md") else from_restructured(tidy(text))

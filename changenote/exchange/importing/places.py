"""Where another tool keeps its notes: its project's root, its settings, its files."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from changenote.errors import UsageProblem
from changenote.exchange.importing.entries import LeftOut, Source
from changenote.exchange.importing.texts import NotTextError, decoded
from changenote.git import written_path
from changenote.model.reading import resolved
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import codec

Data = Mapping[str, Any]

LARGEST = 300_000  # bytes of a file with one entry: a note has room for it
LARGEST_CHANGELOG = 20_000_000
_LARGEST_SETTINGS = 1_000_000
_DEEPEST = 6  # folders below the notes folder
_HIGHEST = 4  # folders above it that may be the project's root
_YEAR = pattern(r"\d{4}")
# Two parsers take the square of the time that others do: tomllib over the parts of a key, and
# configparser over a gap in the name of one.
_MANY_PARTS = pattern(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){50}")
_LONG_GAP = pattern(r"[^\S\n]{20,}")


class SettingsError(Exception):
    """A tool's own settings that cannot be used: which file, and why."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(reason)
        self.file = file
        self.reason = reason


@record
class Tool:
    """How one tool lays out its files.

    `folder` gives the notes folder (or the changelog) from the project's root; `names` are those
    that it usually has, and `largest` is the size in bytes up to which a file of it is read.
    """

    settings: Callable[[Path], Data]
    folder: Callable[[Data], str]
    names: tuple[str, ...]
    largest: int = LARGEST


@record
class Place:
    """A tool's notes on disk: the project's root, and the notes folder or the changelog."""

    root: Path
    notes: Path
    settings: Data
    problems: tuple[LeftOut, ...] = ()


def find_place(tool: Tool, name: str, path: Path) -> Place:
    """Where the notes are, from a project's root or from the notes folder itself.

    Raises `UsageProblem` when there are none.
    """
    path = path.resolve()
    if not path.exists():
        raise UsageProblem(
            f"{path} does not exist",
            expected=f"the root of a project that uses {name}",
            hint=f"Give the path of one: `changenote import {name} PATH`.",
        )
    for root in (path, *list(path.parents)[:_HIGHEST]):
        place = _place(tool, root)
        if root == path and place.notes.exists():
            return _inside(place)
        if root != path and place.notes.exists() and path.is_relative_to(place.notes.resolve()):
            return Place(root=root, notes=path, settings=place.settings, problems=place.problems)
    if path.is_file() == (tool.largest > LARGEST) and (path.is_file() or path.name in tool.names):
        return Place(root=path.parent, notes=path, settings={})
    raise _nothing_here(tool, name, path)


def _nothing_here(tool: Tool, name: str, path: Path) -> UsageProblem:
    usual = tool.folder(_place(tool, path).settings) if path.is_dir() else tool.names[0]
    return UsageProblem(
        f"there are no notes of {name} in {path}",
        expected=f"the root of a project with {usual}, or that itself",
        hint=f"Give the path that has them: `changenote import {name} PATH`.",
    )


def _place(tool: Tool, root: Path) -> Place:
    """Where a project's notes would be, if this is its root."""
    problems: tuple[LeftOut, ...] = ()
    settings: Data = {}
    if root.is_dir():
        try:
            settings = tool.settings(root)
        except SettingsError as error:
            file = written_path(error.file.name)
            problems = (LeftOut(file=file, reason=f"{error.reason}; the usual places count"),)
    return Place(
        root=root, notes=root / tool.folder(settings), settings=settings, problems=problems
    )


def _inside(place: Place) -> Place:
    """The same, if the notes are in the project: settings may lead anywhere, and so may links."""
    if not place.notes.resolve().is_relative_to(place.root):
        raise UsageProblem(
            f"{place.notes} leads out of {place.root}",
            expected="notes inside the project",
            hint="Give the path of the notes folder itself.",
        )
    return place


def files_in(notes: Path, *, ours: Path) -> Iterator[Path | tuple[Path, str]]:
    """Every file below a notes folder in order; what is none with the reason.

    A folder of years with our own notes, `ours`, may lie among them and is left aside.
    """
    if notes.is_file():
        yield notes
    elif not notes.is_dir():
        yield notes, "it is no plain file"
    else:
        yield from _walked(notes, ours, _DEEPEST)


def _walked(folder: Path, ours: Path, deeper: int) -> Iterator[Path | tuple[Path, str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield folder, f"it cannot be read: {(error.strerror or 'an error').lower()}"
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink():
            yield path, "it is a link, and links are not followed"
        elif entry.is_dir():
            if folder == ours and (_YEAR.fullmatch(entry.name) or entry.name == "templates"):
                continue
            if deeper:
                yield from _walked(path, ours, deeper - 1)
            else:
                yield path, f"it lies more than {_DEEPEST} folders deep"
        elif entry.is_file():
            yield path
        else:
            yield path, "it is no plain file"


def source_in(path: Path, *, base: Path, notes: Path, largest: int) -> Source | LeftOut:
    """A file's text, or why it has none; `base` is what its name starts from."""
    file = named(path, base)
    name = file if notes.is_file() else named(path, notes)
    try:
        with path.open("rb") as stream:
            raw = stream.read(largest + 1)
    except OSError as error:
        reason = f"it cannot be read: {(error.strerror or 'an error').lower()}"
        return LeftOut(file=file, reason=reason)
    if len(raw) > largest:
        return LeftOut(file=file, reason=f"it is larger than {largest // 1000:,} kB")
    try:
        return Source(file=file, name=name, text=decoded(raw))
    except NotTextError as error:
        return LeftOut(file=file, reason=str(error))


def named(path: Path, base: Path) -> str:
    """A path as notes have it, from a folder."""
    return written_path(path.relative_to(base).as_posix() if path != base else path.name)


# --- The settings of each tool --------------------------------------------------------------------


def _nothing(_root: Path) -> Data:
    return {}


def _bytes(path: Path) -> bytes | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_SETTINGS:
            return None
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(path, f"it cannot be read: {error.strerror}") from error


def _toml(path: Path) -> dict[str, Any] | None:
    import tomllib

    raw = _bytes(path)
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8-sig")
        if _MANY_PARTS.search(text):
            raise SettingsError(path, "it has a name of too many parts")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(path, f"it is no valid TOML: {str(error)[:100]}") from error


def _yaml(path: Path) -> dict[str, Any] | None:
    raw = _bytes(path)
    if raw is None:
        return None
    document = codec.load(raw)
    if document.problems:
        raise SettingsError(path, f"it is no valid YAML: {document.problems[0].found}")
    data = resolved(document.data)
    return data if isinstance(data, dict) else {}


def _table(data: dict[str, Any] | None, *keys: str) -> dict[str, Any] | None:
    """A table in a table, if there is one."""
    for key in keys:
        inner = data.get(key) if data else None
        data = inner if isinstance(inner, dict) else None
    return data


def _text(data: Data, key: str, otherwise: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) and value and "\0" not in value else otherwise


def _of_towncrier(root: Path) -> Data:
    tables = (_table(_toml(root / file), "tool", "towncrier") for file in _TOWNCRIER_FILES)
    return next((table for table in tables if table is not None), {})


def _towncrier_folder(settings: Data) -> str:
    package = _text(settings, "package", "")
    below = Path(_text(settings, "package_dir", "."), *package.split(".")) if package else Path()
    return _text(settings, "directory", str(below / "newsfragments"))


def _of_scriv(root: Path) -> Data:
    settings: dict[str, Any] = {}
    for file in ("setup.cfg", "tox.ini", "changelog.d/scriv.ini"):
        settings.update(_ini(root / file, ("scriv", "tool.scriv")))
    return {**settings, **(_table(_toml(root / "pyproject.toml"), "tool", "scriv") or {})}


def _ini(path: Path, sections: tuple[str, ...]) -> dict[str, str]:
    from configparser import Error, RawConfigParser

    raw = _bytes(path)
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(_LONG_GAP.sub(" ", (raw or b"").decode()))
    except (Error, ValueError) as error:
        raise SettingsError(path, f"it is no valid INI: {' '.join(str(error).split())}") from error
    return {k: v for one in sections if parser.has_section(one) for k, v in parser.items(one)}


def _of_reno(root: Path) -> Data:
    return _yaml(root / "reno.yaml") or _yaml(root / "releasenotes" / "config.yaml") or {}


def _of_changie(root: Path) -> Data:
    return _yaml(root / ".changie.yaml") or _yaml(root / ".changie.yml") or {}


def _of_chloggen(root: Path) -> Data:
    return _yaml(root / ".chloggen" / "config.yaml") or {}


def _of_git_cliff(root: Path) -> Data:
    tables = (_table(_toml(root / file), "changelog") for file in _CLIFF_FILES)
    return next((table for table in tables if table is not None), {})


_TOWNCRIER_FILES = ("towncrier.toml", "pyproject.toml")
_CLIFF_FILES = ("cliff.toml", ".cliff.toml", "config/cliff.toml", ".config/cliff.toml")

TOWNCRIER = Tool(
    settings=_of_towncrier,
    folder=_towncrier_folder,
    names=("newsfragments", "changelog.d", "changes", "changelog", "news", "fragments"),
)
SCRIV = Tool(
    settings=_of_scriv,
    folder=lambda settings: _text(settings, "fragment_directory", "changelog.d"),
    names=("changelog.d", "scriv.d", "fragments"),
)
RENO = Tool(
    settings=_of_reno,
    folder=lambda settings: f"releasenotes/{_text(settings, 'notesdir', 'notes')}",
    names=("notes",),
)
CHANGIE = Tool(
    settings=_of_changie,
    folder=lambda settings: _text(settings, "changesDir", ".changes"),
    names=(".changes", "changes", "unreleased"),
)
CHANGESETS = Tool(settings=_nothing, folder=lambda _: ".changeset", names=(".changeset",))
CHLOGGEN = Tool(
    settings=_of_chloggen,
    folder=lambda settings: _text(settings, "entries_dir", ".chloggen"),
    names=(".chloggen",),
)
KEEP_A_CHANGELOG = Tool(
    settings=_nothing,
    folder=lambda _: "CHANGELOG.md",
    names=("CHANGELOG.md",),
    largest=LARGEST_CHANGELOG,
)
GIT_CLIFF = Tool(
    settings=_of_git_cliff,
    folder=lambda settings: _text(settings, "output", "CHANGELOG.md"),
    names=("CHANGELOG.md",),
    largest=LARGEST_CHANGELOG,
)

"""What a note points to: web addresses, files of the repository, pictures beside it, commits."""

from collections.abc import Iterator, Mapping
from typing import Any

from changenote.model.note import Note
from changenote.model.problems import Path, Problem, shown
from changenote.model.reading import Plain, is_null
from changenote.patterns import pattern

_ADDRESS = pattern(r"(?i:https?)://[^\s/?#@\\\"'<>`]+(?:[/?#]\S*)?")
_DRIVE = pattern(r"[A-Za-z]:", holds=(":",))
_ESCAPED = pattern(r"\\([0-3][0-7]{2})", holds=("\\",))


def check_links(note: Note) -> Iterator[Problem]:
    """Everything a note points to in a way that cannot be followed."""
    for path, address in _addresses(note):
        if not _ADDRESS.fullmatch(address.strip()):
            yield _bad_address(path, address)
    for index, file in enumerate(note.files):
        for key, name in (("path", file.path), ("from", file.from_)):
            if name is not None and (why := why_outside(name)):
                yield _bad_path(("files", index, key), name, why)
    yield from _check_images(note)


def check_shas(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Commit ids without quotes, which only the plain data of a note can tell."""
    source = data.get("source")
    if not isinstance(source, Mapping):
        return
    for key in ("base", "head"):
        if isinstance(source.get(key), Plain) and not is_null(source[key]):
            yield Problem(
                rule="unquoted-sha",
                path=("source", key),
                found=f"{shown(source[key], limit=12)} without quotes",
                expected="a commit id in quotes",
                remedy="Put quotes around it, or run `changenote fmt`.",
            )


def _addresses(note: Note) -> Iterator[tuple[Path, str]]:
    if note.shipped and note.shipped.deployment:
        yield ("shipped", "deployment"), note.shipped.deployment
    if note.shipped and note.shipped.incident:
        yield ("shipped", "incident"), note.shipped.incident
    if note.source:
        for key in ("pull_requests", "issues"):
            for index, address in enumerate(getattr(note.source, key)):
                yield ("source", key, index), address
    for name, address in note.monitoring.items():
        yield ("monitoring", name), address


def _bad_address(path: Path, address: str) -> Problem:
    return Problem(
        rule="bad-link",
        path=path,
        found=shown(address) or "nothing",
        expected="an address such as https://host/path, without blanks or a password",
        remedy="Copy the whole address from the browser.",
    )


def why_outside(name: str) -> str:
    """Why a text is no path inside the repository; empty when it is one."""
    path = _unquoted(name)
    if "\x00" in path:
        return "a NUL character"
    # In quotes, git writes what looks like another system's path and is part of a name.
    if path.startswith("/") or name.startswith("\\") or _DRIVE.match(name):
        return "a path from the root of a disk"
    return "a path with .." if ".." in path.replace("\\", "/").split("/") else ""


def _unquoted(name: str) -> str:
    """A path in quotes, as git writes awkward ones, without them: `..` can be written as bytes."""
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), name[1:-1])


def _bad_path(path: Path, name: str, why: str) -> Problem:
    return Problem(
        rule="bad-path",
        path=path,
        found=f"{shown(name)}, {why}",
        expected="a path from the repository's root",
        remedy="Write it as `git ls-files` shows it.",
    )


def _check_images(note: Note) -> Iterator[Problem]:
    for index, image in enumerate(note.images):
        if image.file in (".", "..") or _DRIVE.match(image.file):
            yield Problem(
                rule="bad-image",
                path=("images", index, "file"),
                found=shown(image.file),
                expected="the plain name of a file in the note's own folder",
                remedy="Put the picture into the folder named like the note's id.",
            )

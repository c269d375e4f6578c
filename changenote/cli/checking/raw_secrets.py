"""Secrets in files as they lie there: notes that cannot be read, and what is no note at all."""

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from stat import S_ISREG

from changenote.checks.reports import findings
from changenote.checks.secrets import secrets_by_line
from changenote.config import Config
from changenote.model.problems import Finding
from changenote.store.notes import Stray, printable

_LARGEST = 1_000_000  # bytes of a file that is searched


def in_text(
    file: str, text: str, config: Config, known: Collection[str] = (), lines: Collection[int] = ()
) -> list[Finding]:
    """A finding for each line of a file with secrets, but for `lines` and secrets told already."""
    found: list[Finding] = []
    for place, problem in secrets_by_line(text, config.allowed, known):
        if place[0] not in lines:
            found += findings(file, [problem], config, lambda *_, at=place: at)
    return found


def in_strays(strays: Iterable[Stray], config: Config) -> list[Finding]:
    """The secrets in what is no note, where it is text."""
    found: list[Finding] = []
    for file, path in _files(strays):
        found += in_text(file, _text(path) or "", config)
    return found


def not_searched(strays: Iterable[Stray]) -> int:
    """How many files that are no notes are no text, too large, or cannot be opened."""
    return sum(_text(path) is None for _, path in _files(strays))


def _files(strays: Iterable[Stray]) -> Iterator[tuple[str, Path]]:
    """Plain files with their names; links lead elsewhere, and are not followed."""
    for stray in strays:
        if stray.problem.rule != "stray-file":
            continue  # a note in the wrong folder is looked at as a note
        if stray.path.is_symlink() or not stray.path.is_dir():
            yield stray.file, stray.path
        for folder, _, names in os.walk(stray.path):
            for path in (Path(folder, name) for name in sorted(names)):
                inside = printable(str(path.relative_to(stray.path)))
                yield f"{stray.file}/{inside}", path


def _text(path: Path) -> str | None:
    """What a file says; None when it is no text that can be read, "" for a link."""
    try:
        look = path.lstat()
        if path.is_symlink():
            return ""
        if not S_ISREG(look.st_mode) or look.st_size > _LARGEST:
            return None
        raw = path.read_bytes()
        return None if b"\0" in raw else raw.decode()
    except (OSError, UnicodeDecodeError):
        return None

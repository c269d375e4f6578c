"""The files of an earlier build, through a builder that empties its folder first.

Builders leave hidden entries alone. So our folders go to a hidden one before, and come back
afterwards, when everything in them that no earlier build of ours wrote is removed. Whenever that is
cut short, a further build begins with what is in the hidden folder.
"""

import os
import shutil
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG

from changenote.site.press.manifest import Manifest, entry_of

HIDDEN = ".changenote-kept"


class _Every:
    def __contains__(self, _name: object) -> bool:
        return True


_EVERY = _Every()


def set_aside(site: Path, manifest: Manifest) -> None:
    """Hide what an earlier build wrote, until `put_back`. What cannot be moved is made anew."""
    hidden = site / HIDDEN
    if hidden.is_symlink():  # what it leads to was hidden by nobody
        hidden.unlink()
    for name in _at_the_top(manifest):
        with suppress(OSError):
            if (site / name).is_symlink() or not (site / name).exists():
                continue
            hidden.mkdir(exist_ok=True)
            if not (hidden / name).exists():  # or else it is from a build that was cut short
                (site / name).rename(hidden / name)


def put_back(site: Path, manifest: Manifest) -> Manifest:
    """What is as an earlier build wrote it, where it was; everything else beside it is removed."""
    hidden = site / HIDDEN
    found: dict[str, str] = {}
    with suppress(OSError):
        names = {entry.name for entry in hidden.iterdir()}
        for name in sorted(names):
            (hidden / name).rename(site / name)
        _clear(str(site), "", manifest.lines, found, only=names)
    drop_hidden(site)
    return replace(manifest, lines=found)


def drop_hidden(site: Path) -> None:
    """Remove what a build that was cut short has hidden: it would be published as it is."""
    shutil.rmtree(site / HIDDEN, ignore_errors=True)


def as_written(site: Path, manifest: Manifest) -> Manifest:
    """What is as an earlier build wrote it, in a folder that nobody emptied."""
    lines = manifest.lines.items()
    return replace(manifest, lines={n: line for n, line in lines if is_there(site / n, line)})


def is_left_over(site: Path, manifest: Manifest) -> bool:
    """Is a folder what is left of a site whose last build was cut short?"""
    return (site / HIDDEN).is_dir() or any(is_there(site / n, m) for n, m in manifest.lines.items())


def is_there(path: Path, line: str) -> bool:
    """Is there a file that is what a line of the manifest says of it?"""
    with suppress(OSError):
        return _is_as_written(path.lstat(), line)
    return False


def _is_as_written(state: os.stat_result, line: str) -> bool:
    """Is a file what a line of the manifest says of it?"""
    known = entry_of(line)
    return S_ISREG(state.st_mode) and (state.st_size, state.st_mtime_ns) == known[2:]


def _at_the_top(manifest: Manifest) -> list[str]:
    return sorted({name.partition("/")[0] for name in manifest.lines})


def _clear(
    folder: str,
    name: str,
    known: Mapping[str, str],
    found: dict[str, str],
    *,
    only: Container[str] = _EVERY,
) -> bool:
    """Remove all in a folder but what is known, which is added to `found`; is anything left?

    `name` is that of the folder in the site, with a `/` at its end.
    """
    is_left = False
    with os.scandir(folder) as entries:
        for entry in (one for one in entries if one.name in only):
            if entry.is_dir(follow_symlinks=False):
                kept = _clear(entry.path, f"{name}{entry.name}/", known, found)
            elif kept := _is_known(entry, known.get(name + entry.name)):
                found[name + entry.name] = known[name + entry.name]
            if not kept:
                _remove(entry)
            is_left |= kept
    return is_left


def _is_known(entry: os.DirEntry[str], line: str | None) -> bool:
    return line is not None and _is_as_written(entry.stat(follow_symlinks=False), line)


def _remove(entry: os.DirEntry[str]) -> None:
    path = Path(entry)
    path.rmdir() if entry.is_dir(follow_symlinks=False) else path.unlink()

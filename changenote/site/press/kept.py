"""The files of an earlier build, through a builder that empties its folder first.

Builders leave hidden entries alone. So everything goes to a hidden folder before, and comes back
afterwards: what an earlier build of ours wrote, and what the builder is about to write again, for
whoever looks at the site meanwhile. All else is removed, at once or, where the builder did not
write it after all, at the end. Whenever that is cut short, a further build begins with what is in
the hidden folder.
"""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from stat import S_ISREG

from changenote.site.press.manifest import Manifest, entry_of

HIDDEN = ".changenote-kept"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is there again: the lines of `ours`, and the state of `theirs`, to be written anew."""

    ours: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, tuple[int, int]] = field(default_factory=dict)


def set_aside(site: Path, manifest: Manifest) -> None:
    """Hide what an earlier build left, until `put_back`. What cannot be moved is made anew."""
    hidden = site / HIDDEN
    if hidden.is_symlink():  # what it leads to was hidden by nobody
        hidden.unlink()
    for name in _at_the_top(site, manifest):
        with suppress(OSError):
            if (site / name).is_symlink() or not (site / name).exists():
                continue
            hidden.mkdir(exist_ok=True)
            if not (hidden / name).exists():  # or else it is from a build that was cut short
                (site / name).rename(hidden / name)


def put_back(site: Path, manifest: Manifest, awaited: Collection[str] = ()) -> Kept:
    """What is as an earlier build wrote it, and what is `awaited`, where it was.

    Everything else beside it is removed.
    """
    hidden, kept = site / HIDDEN, Kept()
    with suppress(OSError):
        names = {entry.name for entry in hidden.iterdir()}
        for name in sorted(names):
            (hidden / name).rename(site / name)
        _Clearing(ours=manifest.lines, theirs=awaited, kept=kept).clears(str(site), "", names)
    drop_hidden(site)
    return kept


def drop_unwritten(site: Path, theirs: Mapping[str, tuple[int, int]]) -> None:
    """Remove what the builder was to write anew and did not, with the folders that held it."""
    for name, state in theirs.items():
        with suppress(OSError):
            if _written_at((site / name).lstat()) == state:
                remove(site / name, site)


def remove(path: Path, site: Path) -> None:
    """Remove a file of a site, and the folders in which nothing else is."""
    path.unlink()
    with suppress(OSError):  # where something else is in a folder
        for folder in path.relative_to(site).parents[:-1]:
            (site / folder).rmdir()


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


def _at_the_top(site: Path, manifest: Manifest) -> list[str]:
    """The entries of a site that a builder removes, and those of ours."""
    ours = {name.partition("/")[0] for name in manifest.lines}
    with suppress(OSError):
        names = (entry.name for entry in site.iterdir())
        return sorted(ours.union(name for name in names if not name.startswith(".")))
    return []


@dataclass(frozen=True, kw_only=True)
class _Clearing:
    """A walk through a site that leaves what is `ours` or `theirs`."""

    ours: Mapping[str, str]
    theirs: Collection[str]
    kept: Kept

    def clears(self, folder: str, name: str, only: Collection[str] | None = None) -> bool:
        """Remove all else in a folder; is anything left?

        `name` is that of the folder in the site, with a `/` at its end.
        """
        is_left = False
        for entry in _entries(folder, only):
            if entry.is_dir(follow_symlinks=False):
                is_kept = self.clears(entry.path, f"{name}{entry.name}/")
            else:
                is_kept = self._keeps(entry, name + entry.name)
            if not is_kept:
                _remove(entry)
            is_left |= is_kept
        return is_left

    def _keeps(self, entry: os.DirEntry[str], name: str) -> bool:
        line = self.ours.get(name)
        if line is None and name not in self.theirs:
            return False
        state = entry.stat(follow_symlinks=False)
        if line is not None and _is_as_written(state, line):
            self.kept.ours[name] = line
        elif name in self.theirs and _can_be_written(entry.path, state):
            self.kept.theirs[name] = _written_at(state)
        else:
            return False
        return True


def _entries(folder: str, only: Collection[str] | None) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (one for one in entries if only is None or one.name in only)


def _can_be_written(path: str, state: os.stat_result) -> bool:
    """Could a builder write to a file in its place, which is nobody else's as well?"""
    return S_ISREG(state.st_mode) and state.st_nlink == 1 and os.access(path, os.W_OK)


def _written_at(state: os.stat_result) -> tuple[int, int]:
    """What differs after a file was written, even where its time is set to what it was."""
    return state.st_mtime_ns, state.st_ctime_ns


def _remove(entry: os.DirEntry[str]) -> None:
    path = Path(entry)
    path.rmdir() if entry.is_dir(follow_symlinks=False) else path.unlink()

"""What `init` knows of a repository, and the files that it writes there."""

from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

from changenote.cli import console
from changenote.errors import CannotWrite
from changenote.forge.links import Repository
from changenote.store import files


@dataclass(frozen=True)
class Found:
    """What could be found out about the repository."""

    root: Path
    name: str
    forge: Repository | None
    default_branch: str


@dataclass(frozen=True)
class Change:
    """One file as it is (None: not there) and as it should be; a program `is_run`."""

    path: Path
    old: str | None
    new: str
    is_run: bool = False

    @property
    def is_needed(self) -> bool:
        """Is there something to write?"""
        return self.new != self.old


def existing(path: Path) -> str | None:
    """The text of a file, None when there is none. Raises `CannotWrite` for all but a file."""
    if path.is_file():
        return path.read_bytes().decode("utf-8", "surrogateescape")
    if path.exists() or path.is_symlink():
        raise CannotWrite(
            f"{path} could not be written: something else stands where the file should be",
            expected="a file, or nothing of that name",
            hint="Move it away, then run the same command again.",
        )
    return None


def rendered(template: str, *, marks: str = "{}", **values: Any) -> str:
    """A template filled in; `marks` are around names and parts, and are `<>` in pipelines."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from changenote.resources import templates_folder

    opens, closes = marks[0], marks[1]
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        variable_start_string=opens * 2,
        variable_end_string=closes * 2,
        block_start_string=f"{opens}%",
        block_end_string=f"%{closes}",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML and Markdown, with values quoted as such
    )
    return environment.get_template(template).render(**values)


def with_old_line_ends(change: Change) -> Change:
    """The same change, with the line ends that the file has."""
    if change.old is None or "\r\n" not in change.old:
        return change
    return replace(change, new=change.new.replace("\r\n", "\n").replace("\n", "\r\n"))


def show_or_write(change: Change, root: Path, *, dry_run: bool) -> None:
    """Print a change as a diff, or write it and say so."""
    name = _name(change.path, root)
    if dry_run:
        old = (change.old or "").splitlines(keepends=True)
        lines = unified_diff(old, change.new.splitlines(keepends=True), f"a/{name}", f"b/{name}")
        console.raw("".join(lines))
        return
    if change.old is None:
        files.create(change.path, change.new, mode=0o777 if change.is_run else 0o666)
    else:
        files.replace(change.path, change.new, was=change.old.encode("utf-8", "surrogateescape"))
    console.out(f"{'made' if change.old is None else 'added to'} {name}")


def _name(path: Path, root: Path) -> str:
    """A path from the repository's root; a hook may lie elsewhere."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()

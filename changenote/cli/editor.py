"""The person's editor: open a text, take back what was saved, lose no word of it."""

import os
import shlex
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from changenote.cli import console
from changenote.errors import EditorFailed, InvalidNote
from changenote.model.problems import Finding
from changenote.store import files

_FALLBACKS = ("sensible-editor", "nano", "vim", "vi")


def edit(path: Path, configured: str | None) -> None:
    """Open a file in the person's editor and wait. Raises `EditorFailed`; the file stays."""
    words = _editor(configured)
    try:
        code = subprocess.run([*words, str(path)], check=False).returncode
    except OSError as error:
        raise _failed(words[0], f"cannot be started: {error.strerror}", path) from error
    if code:
        raise _failed(words[0], f"ended with exit code {code}", path)


def _editor(configured: str | None) -> list[str]:
    from shutil import which

    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or configured
    if chosen:
        return shlex.split(chosen)
    for name in _FALLBACKS:
        if which(name):
            return [name]
    raise EditorFailed(
        "no editor was found", expected="an editor named in $EDITOR", hint="export EDITOR=nano"
    )


def _failed(name: str, how: str, path: Path) -> EditorFailed:
    return EditorFailed(
        f"the editor {name!r} {how}",
        expected="an editor in $EDITOR that ends with exit code 0",
        retry=f"safe, the text is kept in {path}",
        hint="export EDITOR=nano, then run the same command again.",
    )


def edit_until_valid(
    text: str,
    *,
    name: str,
    folder: Path,
    configured: str | None,
    errors_in: Callable[[str], Sequence[Finding]],
    again: str,
) -> tuple[str, Path]:
    """What the person made of a text, once it has no errors, and the file that still holds it.

    Raises `InvalidNote` when they give up; `again` (with `{path}`) is the command that goes on.
    """
    path = files.keep(text, name, [folder])
    while True:
        edit(path, configured)
        edited = path.read_text(encoding="utf-8", errors="surrogateescape")
        found = errors_in(edited)
        if not found:
            return edited, path
        _show(found)
        if not (console.is_interactive() and click.confirm("Edit again?", default=True, err=True)):
            raise InvalidNote(
                f"the note was not saved: {len(found)} thing(s) in it are wrong",
                expected="a valid note",
                retry=f"safe, every word is kept in {path}",
                hint=again.format(path=path),
            )


def _show(found: Sequence[Finding]) -> None:
    for f in found:
        console.notice(f"  line {f.line}: {f.where}\n    found:    {f.found}")
        console.notice(f"    expected: {f.expected}" + (f"\n    {f.remedy}" if f.remedy else ""))

"""The person's editor: open a text, take back what was saved, lose no word of it."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from changenote.cli import console
from changenote.errors import CannotWrite, ChangedOnDisk, EditorFailed, InvalidNote
from changenote.model.problems import Finding
from changenote.store import files

_FALLBACKS = ("sensible-editor", "nano", "vim", "vi")


def edit(path: Path, configured: str | None) -> None:
    """Open a file in the person's editor and wait. Raises `EditorFailed`; the file stays."""
    words = _editor(configured, path)
    try:
        with _interrupts_left_to_the_editor():
            code = subprocess.run([*words, str(path)], check=False).returncode
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise _failed(f"the editor {words[0]!r} cannot be started: {why}", path) from error
    if code:
        raise _failed(f"the editor {words[0]!r} ended with exit code {code}", path)


@contextmanager
def _interrupts_left_to_the_editor() -> Iterator[None]:
    """Ctrl-C in an editor is a key of the editor. Not SIG_IGN, which the editor would inherit."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _editor(configured: str | None, path: Path) -> list[str]:
    from shutil import which

    every = (os.environ.get("VISUAL"), os.environ.get("EDITOR"), configured)
    chosen = next((words for words in every if words and words.strip()), None)
    if chosen:
        try:
            return shlex.split(chosen)
        except ValueError as error:  # a quote that is not closed
            raise _failed(f"the editor {chosen!r} cannot be understood: {error}", path) from error
    for name in _FALLBACKS if console.is_interactive() else ():
        if which(name):
            return [name]
    raise _failed("no editor is chosen", path)


def _failed(what: str, path: Path) -> EditorFailed:
    return EditorFailed(
        what,
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
    goes_on = again.format(path=shlex.quote(str(path)))
    while True:
        try:
            edit(path, configured)
        except EditorFailed as error:
            error.hint = f"export EDITOR=nano, then `{goes_on}`."
            raise
        edited = path.read_text(encoding="utf-8", errors="surrogateescape")
        found = errors_in(edited)
        if not found:
            return edited, path
        _show(found)
        if not _wants_to_edit_again():
            raise InvalidNote(
                f"the note was not saved: {len(found)} thing(s) in it are wrong",
                expected="a valid note",
                retry=f"safe, every word is kept in {path}",
                hint=f"`{goes_on}` goes on.",
            )


def _wants_to_edit_again() -> bool:
    try:
        return console.is_interactive() and click.confirm("Edit again?", default=True, err=True)
    except click.Abort:  # Ctrl-C: the text is kept all the same, and its place is said
        console.notice("")
        return False


@contextmanager
def text_kept_in(path: Path, goes_on: str) -> Iterator[None]:
    """Whatever keeps an edited text from being saved says where it is, and how to go on."""
    try:
        yield
    except (CannotWrite, ChangedOnDisk) as error:
        error.retry = f"safe, your text is kept in {path}"
        error.hint = "\n            ".join(line for line in (error.hint, goes_on) if line)
        raise


def _show(found: Sequence[Finding]) -> None:
    for f in found:
        console.notice(f"  line {f.line}: {f.where}\n    found:    {f.found}")
        console.notice(f"    expected: {f.expected}" + (f"\n    {f.remedy}" if f.remedy else ""))

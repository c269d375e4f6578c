"""Changing a note by command: read, edit as text, judge, write."""

from collections.abc import Callable
from typing import Any

from changenote.cli import console, judging
from changenote.cli.show import readable
from changenote.errors import InvalidNote
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.records import record
from changenote.store import notes
from changenote.store.project import Project

Data = dict[str, Any]
Edit = Callable[[Note, str], str]


@record
class Updated:
    """A note's file before and after a change; `note` is the one after it."""

    stored: notes.StoredNote
    note: Note
    text: str

    @property
    def id(self) -> str:
        """The note's id."""
        return self.note.id

    @property
    def file(self) -> str:
        """The note's file, from the project's root."""
        return self.stored.file

    @property
    def is_changed(self) -> bool:
        """Is the new text another one than what is on disk?"""
        return self.text != _text(self.stored)

    @property
    def plain(self) -> Data:
        """For programs: `id`, `path`, `changed`."""
        return {"id": self.id, "path": self.file, "changed": self.is_changed}

    def diff(self) -> str:
        """The change as a unified diff; nothing when there is none."""
        from difflib import unified_diff

        old, new = (t.splitlines(keepends=True) for t in (_text(self.stored), self.text))
        lines = unified_diff(old, new, f"a/{self.file}", f"b/{self.file}")
        return "".join(
            t if t.endswith("\n") else f"{t}\n\\ No newline at end of file\n" for t in lines
        )


def update(project: Project, name: str, edit: Edit, *, dry_run: bool = False) -> Updated:
    """Change the note that goes by a name; `edit(note, text)` gives the new text.

    Nothing is written for a dry run, nor when the text stays the same. Raises `NoSuchNote`,
    `InvalidNote` when the note cannot be read or would get errors that it did not have, and
    `ChangedOnDisk` when somebody else was faster.
    """
    updated = prepare(project, name, edit)
    if not dry_run:
        write(updated)
    return updated


def prepare(project: Project, name: str, edit: Edit) -> Updated:
    """The change as `update` would write it; raises the same errors, writes nothing."""
    stored = notes.read(project, notes.find(project, name))
    old = _text(stored)
    new = edit(readable(stored), old)
    if new == old:
        return Updated(stored=stored, note=readable(stored), text=old)
    if wrong := _new_errors(project, stored.file, old, new):
        raise _refused(stored.file, wrong)
    raw = new.encode("utf-8", "surrogateescape")
    after = notes.understood(stored.file, stored.path, raw)
    return Updated(stored=stored, note=readable(after), text=new)


def write(updated: Updated) -> None:
    """Put the new text on disk, unless it is the old one."""
    if updated.is_changed:
        notes.rewrite(updated.stored, updated.text)


def say(updated: Updated, done: str, *, dry_run: bool) -> None:
    """What was done, in a line for people on stderr, with the file or the diff on stdout."""
    if not updated.is_changed:
        console.notice(f"{updated.file} says so already: nothing was changed.")
    elif dry_run:
        console.raw(updated.diff())
    else:
        console.out(updated.file)
        console.notice(done)


def _text(stored: notes.StoredNote) -> str:
    return stored.raw.decode("utf-8", "surrogateescape")


def _new_errors(project: Project, file: str, old: str, new: str) -> list[Finding]:
    found = judging.errors_in(project.config, file, new)
    if not found:
        return []
    known = {(f.rule, f.where) for f in judging.errors_in(project.config, file, old)}
    return [f for f in found if (f.rule, f.where) not in known]


def _refused(file: str, wrong: list[Finding]) -> InvalidNote:
    first = wrong[0]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return InvalidNote(
        f"{file} would no longer be valid: {first.where}: {first.found}{more}",
        expected=first.expected,
        hint=first.remedy or f"`changenote edit {file}` opens it.",
    )

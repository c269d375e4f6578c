"""Changing a note by command: read, edit as text, judge, write."""

from collections.abc import Callable
from typing import Any

from changenote.cli import console
from changenote.cli.reading.show import readable
from changenote.cli.writing import judging
from changenote.errors import ChangenoteError, InvalidNote
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.model.secrets import Allowed
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
    allowed: Allowed

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

    def diff(self) -> str:
        """The change as a unified diff without secrets; nothing when there is none."""
        return diff_without_secrets(self.file, _text(self.stored), self.text, self.allowed)


def diff(file: str, old: str, new: str) -> str:
    """What becomes of a file, as a unified diff; nothing when it stays as it is."""
    from difflib import unified_diff

    before, after = (text.splitlines(keepends=True) for text in (old, new))
    lines = unified_diff(before, after, f"a/{file}", f"b/{file}")
    return "".join(t if t.endswith("\n") else f"{t}\n\\ No newline at end of file\n" for t in lines)


def diff_without_secrets(file: str, old: str, new: str, allowed: Allowed) -> str:
    """`diff` as others may read it, in the log of a pipeline for one."""
    from changenote.model.publishing import secrets_in_file, text_without_secrets

    secrets = [secrets_in_file(text, None, allowed) for text in (old, new)]
    return text_without_secrets(diff(file, old, new), allowed, secrets[0] | secrets[1])


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
    return _prepared(project, stored, edit(readable(stored), _text(stored)))


def mend(
    project: Project, name: str, edit: Callable[[str], str], *, dry_run: bool = False
) -> Updated:
    """As `update`, of a note that may have fields which are wrong: `edit(text)` mends them."""
    stored = notes.read(project, notes.find(project, name))
    updated = _prepared(project, stored, edit(_text(stored)))
    if not dry_run:
        write(updated)
    return updated


def _prepared(project: Project, stored: notes.StoredNote, new: str) -> Updated:
    old, allowed = _text(stored), project.config.allowed
    if new == old:
        return Updated(stored=stored, note=readable(stored), text=old, allowed=allowed)
    if wrong := _new_errors(project, stored.file, old, new):
        raise _refused(stored.file, wrong)
    raw = new.encode("utf-8", "surrogateescape")
    after = notes.understood(stored.file, stored.path, raw)
    return Updated(stored=stored, note=readable(after), text=new, allowed=allowed)


def write(*updates: Updated) -> None:
    """Put the new texts on disk, those that are not the old ones, one after the other.

    When one cannot be written, the error says which ones are.
    """
    done: list[str] = []
    for updated in updates:
        if not updated.is_changed:
            continue
        try:
            notes.rewrite(updated.stored, updated.text)
        except ChangenoteError as error:
            if done:
                error.retry = f"safe, the same command goes on; {' and '.join(done)} is written"
            raise
        done.append(updated.file)


def report(
    *updates: Updated, done: str, as_json: bool, dry_run: bool, more: Data | None = None
) -> int:
    """Say what became of the notes; the exit code. `more` is only for programs.

    On stdout the files that changed, or for a dry run the diff, or JSON: `{changed, dry_run,
    notes: [{id, path, status, changed, diff}]}`. On stderr `done`, in words.
    """
    changed = [updated for updated in updates if updated.is_changed]
    if as_json:
        every = [plain(updated, dry_run=dry_run) for updated in updates]
        console.data({"changed": bool(changed), "dry_run": dry_run, "notes": every, **(more or {})})
        return 0
    for updated in changed:
        if dry_run:
            console.raw(updated.diff())
        else:
            console.out(updated.file)
    if not changed:
        console.notice("Nothing to change: it says so already.")
    elif not dry_run:
        console.notice(done)
    return 0


def plain(updated: Updated, *, dry_run: bool) -> Data:
    """What became of a note, for programs: `{id, path, status, changed, diff}`."""
    what = {"id": updated.id, "path": updated.file, "status": updated.note.status}
    diff = {"diff": updated.diff()} if dry_run else {}
    return {**what, "changed": updated.is_changed, **diff}


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

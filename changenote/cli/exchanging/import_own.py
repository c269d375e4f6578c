"""`changenote import json`: our own notes out of an export, as they were."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from changenote.cli import console
from changenote.cli.exchanging import writing_many
from changenote.errors import FINDINGS, UsageProblem
from changenote.exchange.importing.entries import LeftOut
from changenote.exchange.restoring import Restored, restored
from changenote.model.identity import created_on, id_in_file_name
from changenote.model.note import Note
from changenote.model.reading import read_note
from changenote.model.writing import canonical, content_sha256, plain
from changenote.records import record
from changenote.store import notes
from changenote.store.library import Library
from changenote.store.parsed import parsed
from changenote.store.project import Project

TOOL = "json"
_DECIDE = ("kinds", "day", "owner", "service", "name", "again")


@record
class _Sorted:
    """What an export holds: new notes, notes that are here, others of an id that is here, none."""

    new: list[Restored]
    known: list[Restored]
    changed: list[Restored]
    left_out: list[LeftOut]


def take_in(
    path: Path, project: Project, given: Mapping[str, Any], *, dry_run: bool, as_json: bool
) -> int:
    """Bring in the notes of an export; the exit code."""
    _refuse(given)
    found = _sorted(restored(_bytes(path), path.name), _here(project))
    new = [one.data for one in found.new]
    paths = (writing_many.paths if dry_run else writing_many.written)(project, new)
    if as_json:
        console.data(_report(path.name, found, paths, dry_run=dry_run))
    else:
        _tell(path.name, found, dry_run=dry_run)
    return FINDINGS if found.left_out else 0


def _refuse(given: Mapping[str, Any]) -> None:
    if any(given[name] for name in _DECIDE):
        raise UsageProblem(
            "notes of an export come in as they are",
            expected="`import json` without --kind, --date, --owner, --service, --project, --again",
            hint="`changenote import json FILE`, and then `changenote edit ID`.",
        )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be read: {(error.strerror or 'an error').lower()}",
            expected="a file that `changenote export --format json` or ndjson wrote",
            hint="`changenote export --format json --to notes.json`, where the notes are.",
        ) from error


def _here(project: Project) -> dict[str, str]:
    """What the notes that are here say, by id; nothing of those that cannot be understood."""
    files, _ = notes.listed(project)
    here = {id_in_file_name(Path(file).name) or "": "" for file in files}
    for one in parsed(Library(project.cache, files)):
        if one.note:
            here[one.note.id] = _content(one.note)
    return here


def _content(note: Note) -> str:
    """The hash of what a note says when it is written, where empty parts are left out."""
    kept, _ = read_note(canonical(plain(note)))
    return content_sha256(plain(kept or note))


def _sorted(every: Iterator[Restored | LeftOut], here: Mapping[str, str]) -> _Sorted:
    found = _Sorted(new=[], known=[], changed=[], left_out=[])
    for one in every:
        if isinstance(one, LeftOut):
            found.left_out.append(one)
        elif one.note.id not in here:
            found.new.append(one)
        else:
            is_same = here[one.note.id] == _content(one.note)
            (found.known if is_same else found.changed).append(one)
    return found


def _remarks(found: _Sorted) -> Iterator[str]:
    for one in found.new:
        if one.is_cleaned:
            yield f"{one.note.id}: a password, token, key or unseen character was taken out"


def _report(file: str, found: _Sorted, paths: list[str], *, dry_run: bool) -> dict[str, Any]:
    """What was done, in the shape that every import has."""
    return {
        "format": 1,
        "tool": TOOL,
        "project": None,
        "dry_run": dry_run,
        "notes": [_plain(one, file, path) for one, path in zip(found.new, paths, strict=True)],
        "known": [{"id": one.note.id, "from": _from(one, file)} for one in found.known],
        "changed": [{"id": one.note.id, "from": _from(one, file)} for one in found.changed],
        "left_out": [
            {"file": one.file, "line": one.line, "reason": one.reason, "problem": True}
            for one in found.left_out
        ],
        "remarks": list(_remarks(found)),
        "mapped": [],
    }


def _plain(one: Restored, file: str, path: str) -> dict[str, Any]:
    note = one.note
    day = created_on(note.id)
    return {
        "id": note.id,
        "path": path,
        "title": note.title,
        "kind": note.kind,
        "day": day and day.isoformat(),
        "day_from": "the id" if day else None,
        "flags": list(note.flags),
        "from": _from(one, file),
        "mapped": [],
    }


def _from(one: Restored, file: str) -> dict[str, Any]:
    return {"file": file, "line": 1, "entry": f"note {one.number}"}


def _tell(file: str, found: _Sorted, *, dry_run: bool) -> None:
    would = " would come in" if dry_run else " came in"
    console.out(f"{_notes(len(found.new))} of {file}{would}.")
    if found.known:
        console.out(f"{_notes(len(found.known))} here already, left alone.")
    for one in found.changed:
        console.out(f"{one.note.id}: the note that is here says something else, and is left alone")
    for remark in _remarks(found):
        console.notice(remark)
    for refused in found.left_out:
        console.notice(f"{refused.file}: no note: {refused.reason}")


def _notes(count: int) -> str:
    return f"{count} {'note' if count == 1 else 'notes'}"

"""The new note on its way to disk: saved with every answer, or edited until it is valid."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote.cli import judging
from changenote.cli.gathering import Known
from changenote.errors import ChangenoteError
from changenote.model.writing import canonical
from changenote.store import files, notes
from changenote.store.emitting import dump
from changenote.store.project import CACHE, SCHEMA, Project

Data = dict[str, Any]

_HEADER = "#: "
_KEPT = "kept"


class NewNote:
    """The note's file while answers come in: made with the first one, replaced with each."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.stored: notes.Created | None = None

    @property
    def id(self) -> str | None:
        """The id, once there is a file."""
        return self.stored.id if self.stored else None

    def save(self, data: Data) -> None:
        """Put the note's data on disk, whole."""
        if self.stored is None:
            self.stored = notes.create(
                self._project, data, lambda d: note_text(self._project, d), datetime.now(UTC)
            )
        else:
            text = note_text(self._project, {**data, "id": self.id})
            if text.encode() != self.stored.raw:
                self.stored = replace(self.stored, raw=notes.rewrite(self.stored, text))


def note_text(project: Project, data: Data) -> str:
    """The text of a new note; with a schema in the notes folder, its first line names it."""
    head = ""
    if (project.notes / SCHEMA).is_file():
        head = f"# yaml-language-server: $schema=../{SCHEMA}\n"
    return head + dump(canonical(data))


def edited_note(known: Known, judged: judging.Judged) -> tuple[notes.Created, judging.Judged]:
    """The note as the person made it in their editor. Raises `InvalidNote`; no word is lost."""
    from changenote.cli.editor import edit_until_valid

    project = known.project
    text, path = edit_until_valid(
        _header(judged) + note_text(project, {**judged.data, "id": judging.PLACE}),
        name="note.yaml",
        folder=project.cache / _KEPT,
        configured=known.editor,
        errors_in=lambda t: judging.errors_in(project.config, "", _without_header(t)),
        again="changenote new --edit --from {path}",
    )
    final = _without_header(text)
    data = _data_of(final)
    judged = judging.judge(project.config, data, wanted=_wanted(judged, data))
    created = notes.create(
        project, judged.data, lambda d: _with_identity(final, d), datetime.now(UTC)
    )
    path.unlink(missing_ok=True)
    return created, judged


def _wanted(before: judging.Judged, data: Data) -> str | None:
    """A draft only for want of parts ships when the parts are there; other words are kept."""
    was_draft_for_want = before.data["status"] == "draft" and bool(before.missing or before.wrong)
    return None if was_draft_for_want and data["status"] == "draft" else data["status"]


def _header(judged: judging.Judged) -> str:
    lines = ["Save and close to write this note; lines like these are dropped."]
    lines += [line.strip() for line in judged.in_words()]
    return "".join(f"{_HEADER}{' '.join(line.split())}\n" for line in lines)


def _without_header(text: str) -> str:
    return "".join(t for t in text.splitlines(keepends=True) if not t.startswith(_HEADER.strip()))


def _data_of(text: str) -> Data:
    from changenote.store import codec

    data: Data = codec.load(text.encode("utf-8", "surrogateescape")).data
    return data


def _with_identity(text: str, data: Data) -> str:
    """The person's own text, comments and all, with the id and status that it got."""
    swaps = {"id:": f"id: {data['id']}\n", "status:": f"status: {data['status']}\n"}
    return "".join(swaps.get(t.split(" ")[0], t) for t in text.splitlines(keepends=True))


@contextmanager
def kept_on_failure(typed: Data, raw: bytes = b"") -> Iterator[None]:
    """What a person gave is on disk before the error that stops us reaches them."""
    try:
        yield
    except ChangenoteError as error:
        if not (typed or raw) or "is kept in" in error.retry:
            raise
        text = raw.decode("utf-8", "surrogateescape") or dump(canonical(typed))
        path = files.keep(text, "new.yaml", [folder_to_keep()])
        error.retry = f"safe, what you gave is kept in {path}"
        goes_on = f"`changenote new --from {path}` takes it up again."
        error.hint = f"{error.hint}\n            {goes_on}" if error.hint else goes_on
        raise


def folder_to_keep() -> Path:
    """Where texts that could not be saved are kept: the project's cache, else below home."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            return folder / CACHE / _KEPT
    return Path.home() / ".local" / "state" / "changenote" / _KEPT

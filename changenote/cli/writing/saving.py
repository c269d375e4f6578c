"""The new note on its way to disk: saved with every answer, or edited until it is valid."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from changenote.capture import draft
from changenote.cli import console
from changenote.cli.writing import judging
from changenote.cli.writing.gathering import Known
from changenote.errors import CannotWrite, ChangenoteError, UsageProblem
from changenote.model.problems import Finding
from changenote.model.writing import canonical
from changenote.patterns import pattern
from changenote.store import codec, files, notes
from changenote.store.emitting import dump
from changenote.store.project import CACHE, SCHEMA, Project

Data = dict[str, Any]

_AGAIN = "changenote new --edit --from {path}"
_SCALAR = pattern(r"\"[^\"]*\"|'[^']*'|[^\s,}\]#]+")

HEADER = "#: "
"""How lines begin that are for the person in the editor and never become part of a note."""
_KEPT = "kept"


class Given:
    """What a person or program gave so far; `text` is the part that is not understood (yet)."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.text = b""


def refuse_clash(name: str, partial: Data, typed: Data) -> None:
    """An option that goes into a part would replace a part that is no mapping, and lose it."""
    for key, value in typed.items():
        other = partial.get(key)
        if isinstance(value, dict) and other and not isinstance(other, dict):
            raise UsageProblem(
                f"{name}: {key} has no keys, and an option wants to set one",
                expected=f"`{key}:` with keys such as {', '.join(value)}",
            )


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


def edited_note(
    known: Known, judged: judging.Judged, *, given: Given, wanted: str | None
) -> tuple[notes.Created, judging.Judged]:
    """The note as the person made it in their editor. Raises `InvalidNote`; no word is lost.

    A text that was given and could not be understood is edited as it is, and taken for a partial
    note once it can be.
    """
    from shlex import quote

    from changenote.cli.writing.editor import edit_until_valid, text_kept_in

    project = known.project
    filled = _header(judged) + note_text(project, {**judged.data, "id": judging.PLACE})
    text, path = edit_until_valid(
        given.text.decode("utf-8", "surrogateescape") or filled,
        name="note.yaml",
        folder=project.cache / _KEPT,
        configured=known.editor,
        errors_in=lambda t: _errors_in(known, _without_header(t), is_partial=bool(given.text)),
        again=_AGAIN,
    )
    final = _without_header(text)
    data = _data_of(final) if not given.text else known.data(_partial(final))
    judged = judging.judge(project.config, data, wanted=_wanted(judged, wanted, data))
    with text_kept_in(path, f"`{_AGAIN.format(path=quote(str(path)))}` goes on."):
        created = notes.create(
            project, judged.data, lambda d: _final_text(project, final, d), datetime.now(UTC)
        )
    path.unlink(missing_ok=True)
    return created, judged


def _errors_in(known: Known, text: str, *, is_partial: bool) -> list[Finding]:
    """What keeps an edited text from becoming a note; a partial one only has to be readable."""
    if is_partial and isinstance(_data_of(text), dict) and _is_partial(_data_of(text)):
        return []
    return judging.errors_in(known.project.config, "", text)


def _is_partial(data: Data) -> bool:
    return not {"schema", "id", "kind", "status", "title"} <= data.keys()


def _partial(text: str) -> Data:
    return {k: v for k, v in _data_of(text).items() if k not in ("schema", "id")}


def _wanted(before: judging.Judged, wanted: str | None, data: Data) -> str | None:
    """A draft only for want of parts ships when the parts are there; other words are kept."""
    was_draft_for_want = wanted is None and before.data["status"] == "draft"
    return None if was_draft_for_want and data["status"] == "draft" else data["status"]


def _header(judged: judging.Judged) -> str:
    lines = ["Save and close to write this note; lines like these are dropped."]
    lines += [line.strip() for line in judged.in_words()]
    return "".join(f"{HEADER}{' '.join(line.split())}\n" for line in lines)


def _without_header(text: str) -> str:
    return "".join(t for t in text.splitlines(keepends=True) if not t.startswith(HEADER.strip()))


def _data_of(text: str) -> Data:
    data: Data = codec.load(text.encode("utf-8", "surrogateescape")).data
    return data


def _final_text(project: Project, text: str, data: Data) -> str:
    """The person's own text, comments and all, with the id and status that the note got.

    Where those two cannot be put into the text, the note is written from its data.
    """
    lines = text.splitlines(keepends=True)
    for key in ("id", "status"):
        position = codec.load(text.encode("utf-8", "surrogateescape")).positions.get((key,))
        if position is None:
            return note_text(project, data)
        number, column = position[0] - 1, position[1] - 1
        rest = _SCALAR.sub(str(data[key]), lines[number][column:], count=1)
        lines[number] = lines[number][:column] + rest
    final = "".join(lines)
    is_right = {k: _data_of(final).get(k) for k in ("id", "status")}
    return final if is_right == {k: data[k] for k in ("id", "status")} else note_text(project, data)


@contextmanager
def kept_on_failure(given: Given) -> Iterator[None]:
    """What a person gave is on disk before the error that stops us reaches them."""
    try:
        yield
    except ChangenoteError as error:
        if "is kept in" not in error.retry:
            _say_where(error, given)
        raise
    except (click.Abort, click.exceptions.Exit):
        raise
    except Exception:
        if places := _kept(given):
            console.notice(f"What you gave is kept in {' and '.join(map(str, places))}.")
        raise


def _say_where(error: ChangenoteError, given: Given) -> None:
    from shlex import quote

    places = _kept(given)
    if places is None:
        error.retry = "safe, but no folder takes what you gave; it stands above"
    elif places:
        error.retry = f"safe, what you gave is kept in {' and '.join(map(str, places))}"
        first = quote(str(places[0]))
        goes_on = f"`changenote new --from {first}` takes it up again."
        if given.text:
            goes_on = f"Correct it there, then run the same command with `--from {first}`."
        error.hint = "\n            ".join(line for line in (error.hint, goes_on) if line)


def _kept(given: Given) -> list[Path] | None:
    """The files that now hold what was given. None when it could only be printed."""
    texts = [given.text.decode("utf-8", "surrogateescape")] if given.text.strip() else []
    texts += [dump(canonical(draft.cleaned(given.data)))] if given.data else []
    try:
        return [files.keep(text, "new.yaml", folders_to_keep()) for text in texts]
    except CannotWrite:
        for text in texts:
            console.notice(text)
        return None


def folders_to_keep() -> list[Path]:
    """Where texts that could not be saved are kept: the project's cache, else below home."""
    with suppress(OSError):  # the current folder may be gone
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / ".git").exists():
                return [folder / CACHE / _KEPT]
    with suppress(RuntimeError):  # a user without a home
        return [Path.home() / ".local" / "state" / "changenote" / _KEPT]
    return []

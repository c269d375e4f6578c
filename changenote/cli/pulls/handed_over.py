"""The notes in a result file, which an untrusted job wrote: each is read as if it were hostile."""

from pathlib import Path
from stat import S_ISREG

from changenote.checks.result_file import MOST_BYTES, Handed, read
from changenote.cli import console
from changenote.cli.pulls.pull_requests import Shown
from changenote.errors import NoResultFile
from changenote.model.note import Note
from changenote.store import notes
from changenote.store.project import Project


def notes_in(file: Path, project: Project, commit: str) -> list[Shown]:
    """The notes in a result file about a commit, each once; others in it are told of.

    Raises `NoResultFile` when it is none.
    """
    found: dict[str, Shown] = {}
    for handed in read(_bytes(file)):
        note = _understood(project, handed)
        if note is None:
            console.notice(f"{handed.file} cannot be understood, and is left out.")
        else:
            found.setdefault(note.id, Shown(note=note, file=handed.file, commit=commit))
    return list(found.values())


def _understood(project: Project, handed: Handed) -> Note | None:
    """The note, if its file has its id as name and lies where notes do."""
    if not handed.file.startswith(f"{project.notes.name}/"):
        return None
    raw = handed.text.encode("utf-8", "replace")
    stored = notes.understood(handed.file, Path(handed.file), raw)
    return None if stored.problems else stored.note


def _bytes(file: Path) -> bytes:
    """What is in the file itself, which is no link, and not more than such a file may have."""
    try:
        if not S_ISREG(file.lstat().st_mode):
            raise _unreadable("it is no file")
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable((error.strerror or "an error").lower()) from error


def _unreadable(why: str) -> NoResultFile:
    return NoResultFile(
        f"the result file cannot be read: {why}",
        expected="the file that `changenote check --ci --result FILE` wrote",
        retry="safe, nothing was sent",
        hint="Was it downloaded, and is this its name?",
    )

"""The commands recorded by `changenote run`, and those imported from a shell's history.

One file per repository, shared by its linked work trees and outside of all of them:
`.git/changenote/journal.jsonl`, a line of JSON per record. It is only ever appended to; a command
has a record from before it starts and a second one from when it ended, and the last record of an
id counts. So a kill at any moment leaves a command that started and whose end is not known.
"""

import contextlib
import errno
import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from changenote import git
from changenote.capture.regular import bytes_in
from changenote.errors import CannotWrite, ChangenoteError, NotARepository
from changenote.model.identity import ALPHABET
from changenote.model.note import duration
from changenote.records import record


@record
class Entry:
    """One command. `when` orders entries and says which are newer than a note."""

    id: str
    run: str
    """The command line, quoted for a shell, redacted."""
    noted: datetime
    """When it was written to the journal."""
    recorded: Literal["wrapper", "imported"]
    at: datetime | None = None
    """When it started, in UTC; None: the history it is from does not say."""
    purpose: str | None = None
    exit: int | None = None
    """None: not known. A recorded command without it still runs, or its recorder was killed."""
    signal: str | None = None
    seconds: float | None = None
    folder: str | None = None
    """Where it ran, from the repository's root; None: not known."""
    lines: int = 0
    bytes: int = 0
    output: str = ""
    """The last lines it printed, redacted."""

    @property
    def when(self) -> datetime:
        """When it started, or else when it was written down."""
        return self.at or self.noted


@record
class Journal:
    """All that could be read, oldest first, and how many lines could not."""

    entries: tuple[Entry, ...]
    unreadable: int


def journal_file(root: Path) -> Path:
    """Where the journal of a repository is, or will be. Raises `NotARepository`."""
    folder = git.common_folder(root)
    if folder is None:
        raise NotARepository(
            f"{root} has no .git folder that the journal of commands could be kept in",
            expected="a folder inside a git repository",
            hint="Go into your project's folder, or make a repository with `git init`.",
        )
    return folder / "changenote" / "journal.jsonl"


def new_id() -> str:
    """Eight random letters."""
    return letters(os.urandom(5))


def letters(five: bytes) -> str:
    """Five bytes as eight letters, as an entry's id has them."""
    number = int.from_bytes(five, "big")
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))


def append(root: Path, *entries: Entry) -> None:
    """Write entries to the end of the journal, on the disk when this returns.

    Safe under others that append at the same time. Raises `CannotWrite`.
    """
    import json

    lines = "".join(json.dumps(_plain(entry)) + "\n" for entry in entries)
    path = journal_file(root)
    with _house_errors(path), _locked(path):
        _add(path, lines.encode())


def read(root: Path, *, since: datetime | None = None) -> Journal:
    """The journal, with the entries since an instant. Raises `ChangenoteError` if it cannot.

    What was recorded counts until it ended: a deployment may go on while a note is written.
    """
    path = journal_file(root)
    try:
        lines = bytes_in(path).splitlines()
    except FileNotFoundError:
        lines = []
    except OSError as error:
        raise ChangenoteError(
            f"{path} cannot be read: {(error.strerror or 'an error').lower()}",
            expected="a journal that can be read, or none",
            hint="Look at its permissions, then run the same command again.",
        ) from error
    known = [_entry(line) for line in lines if line.strip()]
    last = {entry.id: entry for entry in known if entry}
    wanted = (e for e in last.values() if since is None or until(e) >= since)
    return Journal(
        entries=tuple(sorted(wanted, key=lambda entry: entry.when)),
        unreadable=known.count(None),
    )


def until(entry: Entry) -> datetime:
    """When an entry's command had ended, as far as it is known."""
    return entry.noted if entry.recorded == "wrapper" else entry.when


def entries(root: Path, *, since: datetime | None = None) -> list[Entry]:
    """The entries since an instant, oldest first; `read` says also what could not be read."""
    return list(read(root, since=since).entries)


def forget(root: Path, ids: Collection[str]) -> None:
    """Take every record of some entries out of the journal. Raises `CannotWrite`.

    The file is written anew, because what should not have been recorded must be gone from the disk.
    """
    path = journal_file(root)
    with _house_errors(path), _locked(path):
        lines = bytes_in(path).splitlines(keepends=True)
        kept = [line for line in lines if not ((entry := _entry(line)) and entry.id in ids)]
        temporary = path.with_suffix(".tmp")
        temporary.unlink(missing_ok=True)
        _add(temporary, b"".join(kept))
        temporary.replace(path)


def as_command(entry: Entry) -> dict[str, Any]:
    """An entry as the data of one of a note's `commands`, what is not known left out."""
    at = entry.at and entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = {
        "run": entry.run,
        "purpose": entry.purpose,
        "exit": entry.exit,
        "takes": None if entry.seconds is None else duration(entry.seconds),
        "at": at,
        "recorded": entry.recorded,
        "output": entry.output or None,
    }
    return {key: value for key, value in known.items() if value is not None}


def _plain(entry: Entry) -> dict[str, Any]:
    plain = {name: getattr(entry, name) for name in Entry.__annotations__}
    moments = {k: v.astimezone(UTC).isoformat() for k, v in plain.items() if _is_moment(v)}
    return {k: v for k, v in {**plain, **moments}.items() if v is not None}


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime)


def _entry(line: bytes) -> Entry | None:
    """The entry in a line, unknown keys left out; None when it is torn or no entry."""
    import json

    try:
        plain = json.loads(line)
        known = {name: plain[name] for name in Entry.__annotations__ if name in plain}
        for name in {"noted", "at"} & known.keys():
            known[name] = datetime.fromisoformat(known[name]).astimezone(UTC)
        fits = all(map(_fits, known, known.values())) and 0 <= known.get("seconds", 0) < 1e9
        return Entry(**known) if fits else None
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None


_EARLIEST_YEAR, _LATEST_YEAR = 1000, 9000
_FORMS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "run", "recorded", "purpose", "signal", "folder", "output"), (str,)),
    **dict.fromkeys(("exit", "lines", "bytes"), (int,)),
    "seconds": (int, float),
}


def _fits(name: str, value: Any) -> bool:
    """Can it be what we wrote? Raises `ValueError` for text that no file can hold."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, datetime):  # with room for whoever calculates with it
        return _EARLIEST_YEAR <= value.year <= _LATEST_YEAR
    return type(value) in _FORMS[name] and (name != "id" or value != "")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone with the journal; its folder is made if need be, for its owner's eyes only."""
    import fcntl

    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.parent.is_symlink():  # root must not give away what somebody's link leads to
        raise OSError(errno.ELOOP, "a link stands where its folder should be")
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path.with_suffix(".lock"), flags, 0o600)
    _give_to_owner(path.parent, path.parent.parent)
    _give_to_owner(handle, path.parent.parent)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: one write is as good
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _add(path: Path, lines: bytes) -> None:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, 0o600)
    try:
        _give_to_owner(handle, path.parent.parent)
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            lines = b"\n" + lines  # a torn line must not swallow this one
        try:
            _write(handle, lines)
        except OSError:  # a full disk: what was there stays readable
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)


def _give_to_owner(what: Path | int, repository: Path) -> None:
    """Whoever owns the repository is to read what `sudo changenote run` recorded in it."""
    if os.geteuid() == 0:
        owner = repository.stat()
        os.chown(what, owner.st_uid, owner.st_gid)


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


@contextlib.contextmanager
def _house_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(
            f"{path} could not be written: {(error.strerror or str(error)).lower()}",
            expected="a .git folder that can be written to, on a disk with space",
            retry="safe, what was recorded before is whole",
            hint="Mend that first. A command that ran is not recorded, and need not run again: "
            "add it to its note by hand.",
        ) from error

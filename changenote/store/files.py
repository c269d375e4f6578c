"""Files that are there whole or not at all: exclusive creation, replacement, what was typed.

A new file is written without a name, flushed to the disk, then linked to its name, which fails when
the name is taken. A changed file is written the same way and renamed over the old one. A kill or a
full disk at any moment leaves the old file or the new one, never half of either. Where a file
system knows no files without names, it is written beside its place, and a kill leaves the rest.
"""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from changenote.errors import CannotWrite, ChangedOnDisk

_CAUSES = {
    errno.ENOSPC: ("the disk is full", "Free some space"),
    errno.EDQUOT: ("the disk quota is used up", "Free some space"),
    errno.EACCES: ("permission was denied", "Ask for write permission on the folder"),
    errno.EPERM: ("permission was denied", "Ask for write permission on the folder"),
    errno.EROFS: ("the file system is read-only", "Choose a folder that can be written"),
    errno.EFBIG: ("a file of this size is not allowed", "Raise the limit (`ulimit -f`)"),
    errno.EISDIR: ("a folder stands where the file should be", "Move that folder away"),
    errno.ENOENT: ("the folder went away", "Make the folder again"),
    errno.EEXIST: ("a file stands where a folder should be", "Move that file away"),
    errno.ENOTDIR: ("a file stands where a folder should be", "Move that file away"),
}


def create(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a new file, with its folders. `FileExistsError` when the name is taken.

    Surrogates (`surrogateescape`) in the text are bytes that were not UTF-8, and stay those bytes.
    Raises `CannotWrite` when the disk refuses; no part of the file is left behind.
    """
    with _house_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _nameless(path.parent, text, mode) as handle:
            if handle is None or not _is_named(handle, path):
                _create_beside(path, text, mode)
        _flush_folder(path.parent)


def replace(path: Path, text: str, *, was: bytes | None) -> None:
    """Put a new text in the place of the old one, read earlier as `was`.

    Raises `ChangedOnDisk` when the file is not what was read (None: when it exists), and
    `CannotWrite` when the disk refuses; the old file stays in both cases.
    """
    path = path.resolve()  # what a link leads to is replaced, not the link
    with _house_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _nameless(path.parent, text, 0o666) as handle:
            _replace(path, text, handle, was)
        _flush_folder(path.parent)


def _replace(path: Path, text: str, handle: int | None, was: bytes | None) -> None:
    temporary = _name_beside(path)
    try:
        if handle is None:
            _write(temporary, text, 0o666)
        with _in_turn(path.parent):
            _refuse_changed(path, was)
            if handle is not None and not _is_named(handle, temporary):
                _write(temporary, text, 0o666)
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o7777)
            temporary.replace(path)
    finally:
        _discard(temporary)


@contextlib.contextmanager
def _in_turn(folder: Path) -> Iterator[None]:
    """One of our processes at a time: between a look at a file and its replacement fits another's.

    Where the file system knows no locks, the moment is as short as without.
    """
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        with contextlib.suppress(OSError):  # nothing was written to it
            os.close(handle)


@contextlib.contextmanager
def streamed(path: Path, *, over: bool) -> Iterator[IO[bytes]]:
    """A stream whose bytes become the file when all are written; until then nothing is there.

    `FileExistsError` when there is a file that is not to be written `over`. Raises `CannotWrite`
    when the disk refuses; then, and when anything else stops it, no part is left behind.
    """
    with _house_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _name_beside(path)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if over:
                temporary.replace(path.resolve())
            else:
                _link(temporary, path)
        finally:
            _discard(temporary)
        _flush_folder(path.parent)


def keep(text: str, name: str, folders: list[Path]) -> Path:
    """Save what a person typed in the first folder that takes it, never over another file.

    The folders keep themselves out of git. A new folder for temporary files is tried last. Raises
    `CannotWrite` when nothing works.
    """
    for folder in folders:
        with contextlib.suppress(CannotWrite):
            _ignored_by_git(folder)
            return _keep_in(folder, text, name)
    return _keep_in(_temporary_folder(), text, name)


def prepare_cache(folder: Path) -> None:
    """Make a cache folder; it keeps itself out of git, so that no commit ever carries it.

    Raises `OSError` for a link, which a repository may bring along: it leads to files of others.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise OSError(errno.ELOOP, "a link is no cache folder", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not os.path.lexists(ignore):
        ignore.write_text("*\n", encoding="utf-8")


def put_in_cache(path: Path, pieces: Iterable[bytes]) -> bool:
    """Write pieces as one file of a cache, over what has its name: a link is replaced itself.

    False where the disk refuses: then the file is as it was.
    """
    with contextlib.suppress(OSError):
        prepare_cache(path.parent)
        put(path, pieces)
        return True
    return False


def put(path: Path, pieces: Iterable[bytes]) -> None:
    """Write what can be made again as one file, whole or not at all, over what has its name.

    Raises `OSError` when the disk refuses: then the file is as it was. It is not flushed.
    """
    temporary = _name_beside(path)
    try:
        with temporary.open("xb") as stream:
            stream.writelines(pieces)
        temporary.replace(path)
    finally:
        _discard(temporary)


def write(path: Path, text: str) -> None:
    """Write a file, new or in the place of an old one. Raises `CannotWrite`."""
    if path.exists():
        replace(path, text, was=path.read_bytes())
    else:
        create(path, text)


def _ignored_by_git(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        create(folder / ".gitignore", "*\n")


def _temporary_folder() -> Path:
    """One that nobody else can look into: what was typed may hold a secret."""
    from tempfile import mkdtemp  # rarely needed

    with _house_errors(Path("the folder for temporary files")):
        return Path(mkdtemp(prefix="changenote-"))


def _keep_in(folder: Path, text: str, name: str) -> Path:
    for number in range(1000):
        stem, dot, ending = name.rpartition(".")
        path = folder / (f"{stem}-{number}{dot}{ending}" if number else name)
        with contextlib.suppress(FileExistsError):
            create(path, text, mode=0o600)  # what was typed may hold a secret
            return path
    raise CannotWrite(f"{folder} is full of {name}", expected="a free file name")


def _name_beside(path: Path) -> Path:
    """A name that nobody can guess, and plant a link there."""
    # Not `tempfile`: importing it would be a tenth of the start-up time of `changenote new`.
    return path.with_name(f".{path.name[:40]}.{os.urandom(8).hex()}.tmp")


@contextlib.contextmanager
def _nameless(folder: Path, text: str, mode: int) -> Iterator[int | None]:
    """A file on the disk that has no name, and is gone if it gets none; None where there is none.

    What the disk refuses, it refuses again, with its cause, where the file has a name.
    """
    try:
        handle = os.open(folder, os.O_WRONLY | os.O_TMPFILE, mode)
    except (OSError, AttributeError):  # the latter on systems that know none at all
        yield None
        return
    try:
        _fill(handle, text)
        yield handle
    finally:
        with contextlib.suppress(OSError):  # all of it is on the disk already
            os.close(handle)


def _is_named(handle: int, path: Path) -> bool:
    """Give a nameless file this name. `FileExistsError` when it is taken; False if it cannot."""
    try:
        # Python follows links only when it is told from where.
        os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _create_beside(path: Path, text: str, mode: int) -> None:
    temporary = _name_beside(path)
    try:
        _write(temporary, text, mode)
        _link(temporary, path)
    finally:
        _discard(temporary)


def _write(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        _fill(handle, text)
    finally:
        os.close(handle)


def _discard(temporary: Path) -> None:
    """Take it away, if it is there: what came of the writing does not hang on that."""
    with contextlib.suppress(OSError):
        temporary.unlink()


def _fill(handle: int, text: str) -> None:
    """Write it all, down to the disk."""
    with os.fdopen(handle, "wb", closefd=False) as stream:
        stream.write(text.encode("utf-8", "surrogateescape"))
        stream.flush()
        os.fsync(handle)


def _link(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        # A file system without hard links (FAT, some network mounts): take the name, then fill it.
        path.open("x").close()
        temporary.replace(path)


def _refuse_changed(path: Path, was: bytes | None) -> None:
    now = path.read_bytes() if path.exists() else None
    if now != was:
        raise ChangedOnDisk(
            f"{path.name} was changed by somebody else since it was read",
            expected="the file as it was",
            retry="safe after looking at what changed",
            hint="Compare the two first.",
        )


def _flush_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system can flush a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _house_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        if error.filename2 or str(error.filename) == str(path):
            raise
        raise _cannot_write(path, error) from error
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> CannotWrite:
    cause, hint = _CAUSES.get(
        error.errno or 0, (str(error.strerror or error).lower(), "Look there")
    )
    return CannotWrite(
        f"{path} could not be written: {cause}",
        expected="a folder that can be written to",
        retry="safe, nothing was changed",
        hint=f"{hint}, then run the same command again.",
    )

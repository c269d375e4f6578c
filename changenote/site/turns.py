"""One build at a time into a folder: whoever comes second is told so, and who is at it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from changenote.errors import SiteFailed
from changenote.store.files import prepare_cache

_PREFIX = "building-"
_LONGEST_NUMBER = 20


@contextmanager
def turn(cache: Path, out: Path) -> Iterator[tuple[int, ...]]:
    """Be the only build into a folder; gives the handle that holds it, for processes to inherit.

    The system takes it back when the last of them ends, however that happens. Raises `SiteFailed`
    while another build has it. Where no file can be locked, nobody is stopped.
    """
    try:
        handle = _opened(cache, out)
    except OSError:
        yield ()
        return
    try:
        _take(handle, out)
        yield (handle,)
    finally:
        os.close(handle)


def _opened(cache: Path, out: Path) -> int:
    prepare_cache(cache)
    name = sha256(os.fsencode(out.resolve())).hexdigest()[:16]
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(cache / f"{_PREFIX}{name}.lock", flags, 0o666)


def _take(handle: int, out: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _is_taken(out, os.pread(handle, _LONGEST_NUMBER, 0)) from error
    except OSError:
        return  # a file system without locks
    with suppress(OSError):  # a full disk: whoever comes second is told less
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)


def _is_taken(out: Path, number: bytes) -> SiteFailed:
    who = f"process {int(number)}" if number.isdigit() else "another process"
    return SiteFailed(
        f"{who} builds the site into {out} at this moment",
        expected="one build at a time into a folder",
        retry="safe when that one has ended; nothing was written",
        hint="Wait for it, or build into another folder with --to.",
    )

"""Files of our own, read only while they still are files: a pipe in their place would never end."""

import errno
import os
from pathlib import Path
from stat import S_ISREG


def bytes_in(path: Path, *, most: int = -1) -> bytes:
    """The bytes of a regular file, at most so many, and without a number all of them.

    Raises `OSError` for anything else, and never waits for it.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Is not a regular file", os.fspath(path))
        return stream.read(most)

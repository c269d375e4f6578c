"""One file out of a zip that anybody may have made: read with bounds, and never unpacked."""

import stat
from io import BytesIO
from typing import IO

from changenote.errors import NoResultFile

MOST_FILES = 100
_FORMS = (0, 8)
"""Stored and deflated: these need little memory, whatever the file says of itself."""


def file_in(packed: bytes, name: str, *, most: int) -> bytes:
    """The file of that name, at most so many bytes. Raises `NoResultFile`.

    Nothing is written, so that no name in the zip leads anywhere; what it claims of a file's size
    is not believed.
    """
    import zipfile
    import zlib

    broken = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_FILES:
                raise _refused(f"it has {len(infos):,} files")
            found = [info for info in infos if info.filename == name]
            if len(found) != 1:
                raise _refused(f"it has not one file {name}")
            if stat.S_ISLNK(found[0].external_attr >> 16):
                raise _refused(f"{name} is a link in it")
            if found[0].compress_type not in _FORMS or found[0].flag_bits & 1:
                raise _refused("it is packed or encrypted in an unusual way")
            if found[0].file_size > most:
                raise _too_large(most)
            with archive.open(found[0]) as stream:
                return _bounded(stream, most)
    except broken as error:
        raise _refused("it is no whole zip") from error


def _bounded(stream: IO[bytes], most: int) -> bytes:
    found = stream.read(most + 1)
    if len(found) > most:  # whatever the zip says of its size
        raise _too_large(most)
    return found


def _too_large(most: int) -> NoResultFile:
    return _refused(f"its file has more than {most:,} bytes")


def _refused(why: str) -> NoResultFile:
    return NoResultFile(
        f"what the run left behind cannot be used: {why}",
        expected="the file that `changenote check --ci --result FILE` wrote, and nothing else",
        retry="safe, nothing was sent",
        hint="It is made anew by the job that checks the branch.",
    )

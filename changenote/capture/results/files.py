"""Result files as text: regular files of a sane size, in an encoding that a tool would write."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from changenote.errors import BadResult
from changenote.model.problems import shown

LARGEST = 50_000_000  # bytes
_MOST_FILES = 10_000
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def contents(path: Path) -> bytes:
    """The bytes of a result file."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise _refused(path, "is not a regular file", "a file that a measuring tool wrote")
        if status.st_size > LARGEST:
            raise _too_large(path)
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _refused(path, "does not exist", "a file that a measuring tool wrote") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable name"
        raise _refused(path, f"cannot be read: {reason}", "a file you may read") from None
    if len(raw) > LARGEST:
        raise _too_large(path)
    return raw


def decoded(raw: bytes, file: str) -> str:
    """The text of a result file; PowerShell writes UTF-16."""
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadResult(
            f"{file} is not text",
            expected="JSON, CSV or text from a measuring tool (unpack it first if it is packed)",
            hint="let the tool write text: most have an option such as --json or --output",
        )
    if not text.strip():
        raise BadResult(
            f"{file} is empty",
            expected="the results of at least one run",
            hint="see whether the tool failed, and run it again",
        )
    return text


def below(folder: Path) -> Iterator[Path]:
    """All regular files below a folder, sorted, without following links to folders."""
    seen = 0
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                raise _refused(
                    folder, f"holds more than {_MOST_FILES:,} files", "a folder with results"
                )
            yield Path(where, name)


def _too_large(path: Path) -> BadResult:
    return _refused(
        path, "is larger than 50 MB", "a summary of runs, not every request of a load test"
    )


def _refused(path: Path, what: str, expected: str) -> BadResult:
    return BadResult(
        f"{shown(str(path), limit=200)} {what}",
        expected=expected,
        hint="check the name, and give the file that the tool wrote",
    )

"""Files kept beside the journal until a note needs them: whole or not at all, and private."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from changenote.capture.journal import journal_file
from changenote.capture.regular import bytes_in
from changenote.errors import CannotWrite
from changenote.model.identity import slug


def shelf(root: Path, kind: str) -> Path:
    """The folder for one kind of kept files; it need not exist."""
    return journal_file(root).parent / kind


def label(name: str) -> str:
    """A name as a file's name: its words, and a mark that tells names with equal words apart."""
    from hashlib import sha256

    mark = sha256(name.encode("utf-8", "replace")).hexdigest()[:6]
    words = slug(name)
    return f"{words}-{mark}" if words else mark


def put(path: Path, raw: bytes) -> None:
    """Write a file, with its folders, in the place of an older one. Raises `CannotWrite`."""
    temporary = path.with_name(f".{path.name[:40]}.{os.urandom(8).hex()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):  # nothing is there where a file stands in the place of a folder
            temporary.unlink()
        raise CannotWrite(
            f"{path} could not be written: {(error.strerror or str(error)).lower()}",
            expected="a folder that can be written to",
            hint="Mend that, then run the same command again.",
        ) from error


def put_data(path: Path, data: Any) -> None:
    """Write plain data as JSON; the same data gives the same bytes. Raises `CannotWrite`."""
    import json

    put(path, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))


def data_in(path: Path) -> dict[str, Any] | None:
    """The data that `put_data` wrote; None when there is no such file, or something else in it."""
    import json

    try:
        data = json.loads(bytes_in(path))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None

"""Commands carried out in this process: a tenth of the time of a process each."""

import io
import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from changenote import cli
from tests.workshop import IDENTITY, Done

_USUAL = {**IDENTITY, "NO_COLOR": "1", "COLUMNS": "100"}


def carried_out(folder: Path, *arguments: str, given: bytes = b"", **environment: str) -> Done:
    """How a command ended that was carried out in a folder, without a terminal."""
    out, err = _stream(), _stream()
    with (
        chdir(folder),
        patch.dict(os.environ, {**_USUAL, **environment}),
        patch.object(sys, "stdin", _stream(given)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = cli.carry_out(list(arguments))
    return Done(code, _text(out), _text(err))


def _stream(given: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(given), encoding="utf-8", errors="replace", newline="")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw: io.BytesIO = stream.buffer  # type: ignore[assignment]  # of bytes in memory
    return raw.getvalue().decode("utf-8", "surrogateescape")

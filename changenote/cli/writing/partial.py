"""A partial note out of a file or from stdin, under what was typed."""

import sys
from pathlib import Path
from typing import Any

from changenote.capture import draft
from changenote.cli.writing import saving
from changenote.cli.writing.saving import Given, refuse_clash
from changenote.errors import UsageProblem
from changenote.model.redaction import redact
from changenote.store import codec


def take_file(held: Given, source: str, *, edit: bool) -> None:
    """Put what was typed over the partial note in a file (`-`: on stdin).

    One that cannot be understood is left as it is when it is to be edited (`edit`), and raises
    `UsageProblem` otherwise.
    """
    raw = sys.stdin.buffer.read() if source == "-" else _file_bytes(Path(source))
    document = codec.load(raw)
    is_broken = bool(document.problems) or not isinstance(document.data, dict)
    is_half_edited = raw.startswith(saving.HEADER.encode())
    opens_as_it_is = edit and not held.data and (is_broken or is_half_edited)
    held.text = raw if source == "-" or opens_as_it_is else b""
    if opens_as_it_is:
        return
    if is_broken:
        raise _unreadable(source, document)
    partial = {k: v for k, v in document.data.items() if k not in ("schema", "id")}
    if is_half_edited and partial.get("status") == "draft":
        del partial["status"]  # it was ours, for want of parts: see `saving.edited_note`
    refuse_clash(_named(source), partial, held.data)
    held.data, held.text = draft.merged(partial, held.data), b""


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}",
            expected="a file with a partial note in YAML or JSON",
        ) from error


def _named(source: str) -> str:
    return "stdin" if source == "-" else source


def _unreadable(source: str, document: Any) -> UsageProblem:
    name = _named(source)
    if not document.problems:
        what = "there is nothing in it" if document.is_empty else "this is not a note"
        return UsageProblem(
            f"{name}: {what}",
            expected="keys with values, such as `title: …`",
            hint="`changenote schema` has all keys.",
        )
    first = document.problems[0]
    line, column = document.position(first.path)
    return UsageProblem(
        f"{name}:{line}:{column}: {redact(first.found)}", expected=first.expected, hint=first.remedy
    )

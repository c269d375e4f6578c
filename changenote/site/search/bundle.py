"""Records → the files of an index, made by the program `pagefind`."""

import base64
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Any

from changenote.errors import SiteFailed
from changenote.patterns import pattern
from changenote.site.search.cutting import forms
from changenote.site.search.records import PARTS, Record

_MARK = 0xE000
_MARKS = pattern("[\ue000-\uf8ff]")
_COMMANDS = pattern("___(?=(?:END_)?PAGEFIND)")
_USED = ("pagefind.js", "pagefind-entry.json", "wasm.en.pagefind")
_USED_KINDS = (".pf_meta", ".pf_index", ".pf_fragment")


def bundle(records: Sequence[Record]) -> dict[str, bytes]:
    """The files of an index by their names in its folder; the nth record has the number n.

    Raises `SiteFailed` when Pagefind is missing or fails; `why_not` tells before.
    """
    with TemporaryDirectory(prefix="changenote-search-") as name:
        folder = Path(name)
        _ask([_NEW, *_added(records), {**_WRITE, "output_path": name}])
        files = sorted(path for path in folder.rglob("*") if _is_used(path))
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def why_not() -> str | None:
    """Why no index can be made on this machine; None when one can be made."""
    try:
        bundle(())
    except SiteFailed as error:
        return error.what
    return None


# English endings are taken off whatever the language of the site: most notes are English, and words
# of other languages are found by their beginnings all the same.
_NEW = {"type": "NewIndex", "config": {"force_language": "en"}}
_WRITE = {"type": "WriteFiles", "index_id": 0}


def _added(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    for number, record in enumerate(records):
        yield {
            "type": "AddRecord",
            "index_id": 0,
            "url": record.url,
            "content": _content(record.texts),
            "language": "en",
            "meta": _meta(record),
            "filters": None,
            "sort": {"n": str(number)},
        }


def _meta(record: Record) -> dict[str, str]:
    """What is said of a page besides its text. Pagefind finds words here as well.

    `words` has the forms of words with signs, which nobody wants to read.
    """
    found: dict[str, None] = {}
    for text in (record.title, *(text for _, text in record.texts)):
        found.update(forms(text))
    return {
        "title": _plain(record.title),
        "tags": _plain("\n".join(record.tags)),
        "words": _plain(" ".join(found)),
    }


def _content(texts: Iterable[tuple[str, str]]) -> str:
    """All texts, each behind a character that says which part of a note it is."""
    return " ".join(f"{_mark(part)} {_plain(text)}" for part, text in texts)


def _mark(part: str) -> str:
    return chr(_MARK + (PARTS.index(part) + 1 if part in PARTS else 0))


def _plain(text: str) -> str:
    """Text without our marks or Pagefind's own commands in it, as JSON can carry it."""
    return _COMMANDS.sub("__", _MARKS.sub(" ", text)).encode("utf-8", "replace").decode()


def _is_used(path: Path) -> bool:
    """Pagefind writes finished search pages as well, which take three times the room."""
    return path.name in _USED or path.suffix in _USED_KINDS


def _ask(requests: Sequence[Mapping[str, Any]]) -> None:
    """Put every request to Pagefind, and wait for all answers.

    Its own Python interface waits a tenth of a second for each.
    """
    try:
        process = subprocess.Popen(
            [_program(), "--service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise _failed(f"it cannot be run: {error.strerror or error}") from error
    with process:
        writer = Thread(target=_put, args=(process.stdin, requests))
        writer.start()
        try:
            _check(_answers(process.stdout), len(requests))
        finally:
            process.terminate()
            writer.join()


def _program() -> str:
    try:
        from pagefind.service import get_executable

        program = get_executable()
    except ImportError:
        program = None
    if program is None:
        raise _failed("it is not installed")
    return str(program)


def _put(pipe: IO[bytes] | None, requests: Sequence[Mapping[str, Any]]) -> None:
    if pipe is None:
        return
    try:
        for number, request in enumerate(requests):
            message = json.dumps({"message_id": number, "payload": request})
            pipe.write(base64.b64encode(message.encode()) + b",")
        pipe.flush()
    except OSError:
        pass  # Pagefind has ended, which its missing answers tell


def _answers(pipe: IO[bytes] | None) -> Iterator[Any]:
    """Every answer, as each one ends with a comma."""
    rest = b""
    while pipe and (read := os.read(pipe.fileno(), 1 << 16)):
        *whole, rest = (rest + read).split(b",")
        for answer in whole:
            yield json.loads(base64.b64decode(answer))["payload"]


def _check(answers: Iterator[Any], expected: int) -> None:
    """Raises when an answer is an error, or one is missing."""
    for answer in islice(answers, expected):
        if answer["type"] == "Error":
            raise _failed(str(answer.get("message")))
        expected -= 1
    if expected:
        raise _failed("it ended before its work was done")


def _failed(why: str) -> SiteFailed:
    return SiteFailed(
        f"Pagefind could not make the search index: {why}",
        expected="the program that comes with the package pagefind-bin",
        hint="`pip install 'pagefind[bin]'` installs it; `search: builtin` does without.",
    )

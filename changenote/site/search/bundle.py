"""Records → the files of an index, made by the program `pagefind`."""

import base64
import gzip
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any

from changenote.errors import SiteFailed
from changenote.patterns import pattern
from changenote.site.search.cutting import pairs
from changenote.site.search.records import PARTS, Record

FOLDER = "search/pagefind/"
"""Where the files of the index lie, below the folder of the pages."""

PATIENCE = 300.0
"""So many seconds Pagefind has for one part, which takes it a few."""

_LATE = "it did not end its work in time"

PART = 1000
"""So many notes are one part of the index. Pagefind's time for a search grows with the square of
the pages that it finds, so that ten parts take a tenth of what the whole would."""

PAGES = "pages.json"
"""Says of each part where it is, which records are in it, and what Pagefind calls each."""

_MARK = 0xE000
_MARKS = pattern("[\ue000-\uf8ff]")
_COMMANDS = pattern("___(?=(?:END_)?PAGEFIND)")
_PROGRAMS = ("pagefind.js", "pagefind-worker.js", "wasm.en.pagefind")
_USED = (*_PROGRAMS, "pagefind-entry.json")
_USED_KINDS = (".pf_meta", ".pf_index", ".pf_fragment")


def bundle(notes: Sequence[Record], others: Sequence[Record] = ()) -> dict[str, bytes]:
    """The files of an index by their names in its folder; the same records give the same bytes.

    A note has its place among the notes as its number, other pages count on from there. Raises
    `SiteFailed` when Pagefind is missing or fails; `why_not` tells before.
    """
    parts = [part for part in (*_parts(len(notes)), _rest(len(notes), len(others))) if part]
    every = (*notes, *others)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = pool.map(_made, (tuple(every[number] for number in part) for part in parts))
    files: dict[str, bytes] = {}
    listed = []
    filled = [found for found in zip(parts, made, strict=True) if any(found[1][0])]
    for place, (part, (ids, content)) in enumerate(filled):
        folder = f"{place}/" if place else ""
        listed.append({"folder": folder, "first": part[0], "step": part.step, "ids": " ".join(ids)})
        files |= {folder + n: c for n, c in content.items() if not (place and n in _PROGRAMS)}
    return files | {PAGES: json.dumps(listed, indent=0).encode() + b"\n"}


def why_not() -> str | None:
    """Why no index can be made on this machine; None when one can be made."""
    try:
        _made(())
    except SiteFailed as error:
        return error.what
    return None


def _parts(total: int) -> Iterator[range]:
    """The notes in parts of equal size. A new note, which is the first, changes one part alone."""
    count = -(-total // PART)
    return (range(total - 1 - place, -1, -count) for place in range(count))


def _rest(first: int, count: int) -> range:
    return range(first, first + count)


@lru_cache(maxsize=64)  # while a site is served, most parts are what they were
def _made(records: tuple[Record, ...]) -> tuple[tuple[str, ...], Mapping[str, bytes]]:
    """What Pagefind calls each record, and the files of one part."""
    try:
        *_, last = _answers_to([_NEW, *_added(records), _FILES])
        files = {file["path"]: base64.b64decode(file["content"]) for file in last["files"]}
        files = {name: files[name] for name in sorted(files) if _is_used(Path(name))}
        return _ids(files, len(records)), files
    except (KeyError, TypeError, ValueError, EOFError, gzip.BadGzipFile) as error:
        raise _failed("its answers cannot be understood") from error


def _ids(files: Mapping[str, bytes], count: int) -> tuple[str, ...]:
    """In the order of the records: the address of each begins with its place.

    Pagefind leaves out a page without a word; what it is called is empty then.
    """
    found: dict[int, str] = {}
    for name, content in files.items():
        if name.endswith(".pf_fragment"):
            address = json.loads(gzip.decompress(content).removeprefix(b"pagefind_dcd"))["url"]
            found[int(address.partition(":")[0])] = Path(name).stem.removeprefix("en_")
    return tuple(found.get(place, "") for place in range(count))


# English endings are taken off whatever the language of the site: most notes are English, and words
# of other languages are found by their beginnings all the same.
_NEW = {"type": "NewIndex", "config": {"force_language": "en"}}
# Not "WriteFiles": that is answered before everything is on the disk.
_FILES = {"type": "GetFiles", "index_id": 0}


def _added(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    for place, record in enumerate(records):
        yield {
            "type": "AddRecord",
            "index_id": 0,
            "url": f"{place}:{_plain(record.url)}",
            "content": _content(record.texts),
            "language": "en",
            "meta": _meta(record),
            "filters": None,
            "sort": None,
        }


def _meta(record: Record) -> dict[str, str]:
    """What is said of a page besides its text. Pagefind finds words here as well.

    `words` has the pairs of words of several parts, which nobody wants to read.
    """
    texts = (record.title, *(text for _, text in record.texts))
    words = dict.fromkeys(pair for text in texts for pair in pairs(text))
    return {
        "title": _plain(record.title),
        "tags": _plain("\n".join(record.tags)),
        "words": _plain(" ".join(words)),
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
    """Pagefind gives finished search pages as well, which take half a megabyte."""
    return path.name in _USED or path.suffix in _USED_KINDS


def _answers_to(requests: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What Pagefind answers to each request; its own Python interface waits 0.1 s for each."""
    program = _program()
    # Away from the settings of a Pagefind that the team uses itself, in files or the environment.
    environment = {name: text for name, text in os.environ.items() if "PAGEFIND" not in name}
    try:
        process = subprocess.Popen(
            [program, "--service"],
            cwd=program.parent,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise _failed(f"it cannot be run: {error.strerror or error}") from error
    with process:
        end = Timer(PATIENCE, process.kill)
        writer = Thread(target=_put, args=(process.stdin, requests))
        for thread in (end, writer):
            thread.start()
        try:
            answers = list(islice(_answers(process.stdout), len(requests)))
        finally:
            is_late = not end.is_alive()
            end.cancel()
            process.kill()
            writer.join()
    if len(answers) < len(requests):
        raise _failed(_LATE if is_late else "it ended before its work was done")
    return answers


def _program() -> Path:
    try:
        from pagefind.service import get_executable

        program = get_executable()
    except ImportError:
        program = None
    if program is None:
        raise _failed("it is not installed")
    return program.resolve()


def _put(pipe: IO[bytes] | None, requests: Sequence[Mapping[str, Any]]) -> None:
    """Write every request, past the buffer: nothing is left in it when Pagefind has ended."""
    with suppress(OSError):  # Pagefind has ended, which its missing answers tell
        for number, request in enumerate(requests):
            message = json.dumps({"message_id": number, "payload": request})
            left = base64.b64encode(message.encode()) + b","
            while pipe and left:
                left = left[os.write(pipe.fileno(), left) :]


def _answers(pipe: IO[bytes] | None) -> Iterator[Any]:
    """One answer after another; each ends with a comma. Raises when one is an error."""
    pieces: list[bytes] = []
    while pipe and (read := os.read(pipe.fileno(), 1 << 20)):
        first, *others = read.split(b",")
        pieces.append(first)
        for other in others:
            yield _payload(b"".join(pieces))
            pieces = [other]


def _payload(answer: bytes) -> Any:
    payload = json.loads(base64.b64decode(answer))["payload"]
    if payload["type"] == "Error":
        raise _failed(str(payload.get("message")))
    return payload


def _failed(why: str) -> SiteFailed:
    return SiteFailed(
        f"Pagefind could not make the search index: {why}",
        expected="the program that comes with the package pagefind-bin",
        hint="`pip install 'pagefind[bin]'` installs it; `search: builtin` does without.",
    )

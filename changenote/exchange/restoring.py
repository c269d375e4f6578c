"""Notes out of an export in JSON, just as they went in: the way back of `exported`."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from changenote.capture.draft import cleaned
from changenote.errors import UsageProblem
from changenote.exchange.importing.entries import LeftOut
from changenote.model.note import Note
from changenote.model.problems import dotted
from changenote.model.reading import read_note
from changenote.model.writing import canonical
from changenote.store import codec
from changenote.store.emitting import dump

Data = dict[str, Any]
Numbered = tuple[int, Any]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A note of an export: which one it is there, counted from 1, what it says, and the same as
    data without what nobody may store. `is_cleaned` where that took anything away.
    """

    number: int
    note: Note
    data: Data
    is_cleaned: bool


def restored(raw: bytes, file: str) -> Iterator[Restored | LeftOut]:
    """The notes of an export as `json` or `ndjson`, or why one of them is none.

    Raises `UsageProblem` when nothing in it can be understood.
    """
    taken: set[str] = set()
    for number, document in _documents(raw, file):
        one = document if isinstance(document, LeftOut) else _kept(number, document, file)
        if isinstance(one, Restored) and one.note.id in taken:
            one = _left_out(file, number, f"{one.note.id} stands there more than once")
        if isinstance(one, Restored):
            taken.add(one.note.id)
        yield one


def _documents(raw: bytes, file: str) -> Iterator[Numbered]:
    """What the list holds, or each line; each with its number."""
    try:
        text = raw.decode("utf-8-sig")
        if text.lstrip().startswith("["):
            yield from enumerate(_understood(text), 1)
            return
    except (ValueError, RecursionError) as error:
        raise _no_export(file, _reason(error)) from error
    lines = enumerate(text.split("\n"), 1)
    yield from _of_lines(((number, line) for number, line in lines if line.strip()), file)


def _of_lines(lines: Iterable[tuple[int, str]], file: str) -> Iterator[Numbered]:
    for before, (number, line) in enumerate(lines):
        try:
            yield number, _understood(line)
        except (ValueError, RecursionError) as error:
            if before == 0:
                raise _no_export(file, _reason(error)) from error
            yield number, _left_out(file, number, _reason(error))


def _reason(error: Exception) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)[:200]


def _no_export(file: str, reason: str) -> UsageProblem:
    return UsageProblem(
        f"{file} is no export: {reason}",
        expected="what `changenote export --format json` or ndjson writes",
        hint="`changenote export --format json --to notes.json`, where the notes are.",
    )


def _understood(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite)


def _once(pairs: list[tuple[str, Any]]) -> Data:
    """An object, in which no key hides another."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is larger than any number")
    return number


def _kept(number: int, document: Any, file: str) -> Restored | LeftOut:
    """A note, or why it is none: whatever one of them holds, the others come in."""
    try:
        return _one(number, document, file)
    except RecursionError as error:  # JSON is read deeper than anything else goes
        return _left_out(file, number, _reason(error))


def _one(number: int, document: Any, file: str) -> Restored | LeftOut:
    """A note, when it can be kept as it is."""
    if not isinstance(document, Mapping):
        return _left_out(file, number, "it is no object with keys")
    data = {key: value for key, value in document.items() if key != "derived"}
    safe = cleaned(data)
    note, problems = read_note(safe)
    if note is None:
        first = problems[0]
        reason = f"{dotted(first.path)}: {first.found}; expected {first.expected}"
        return _left_out(file, number, reason)
    if not _is_kept(safe):
        return _left_out(file, number, "the file of a note cannot say all of it")
    return Restored(number=number, note=note, data=safe, is_cleaned=safe != data)


def _is_kept(data: Data) -> bool:
    """Does a file say just the same when it is read?"""
    said = canonical(data)
    try:
        raw = dump(said).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character in a key
        return False
    document = codec.load(raw)
    read_back = None if document.problems else read_note(document.data)[0]
    return read_back is not None and read_back == read_note(said)[0]


def _left_out(file: str, number: int, reason: str) -> LeftOut:
    return LeftOut(file=file, reason=f"note {number}: {reason}")

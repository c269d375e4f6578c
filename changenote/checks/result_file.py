"""What a job that nobody trusts hands to one that holds a token: a branch's notes, in a file.

The first runs in a pipeline that anybody can start with a pull request, so it may only write this
file, and what is in the file may be anything. The second takes the texts of notes from it, reads
each as carefully as a note in the folder, and believes nothing else that it says.
"""

from collections.abc import Iterable, Mapping

from changenote.checks.branch import Answer
from changenote.errors import NoResultFile
from changenote.patterns import pattern
from changenote.records import record

FORMAT = 1
MOST_BYTES = 5_000_000
MOST_NOTES = 50
MOST_IN_A_NOTE = 1_000_000
"""Characters."""

_AROUND, _AROUND_A_NOTE = 10_000, 50  # bytes of what stands there beside notes
_NAME = pattern(r"[a-z0-9][a-z0-9._/-]{0,200}\.yaml")


@record
class Handed:
    """The text of a note, and the path that its file has in the branch."""

    file: str
    text: str


def written(answer: Answer, notes: Iterable[Handed]) -> bytes:
    """The file: `{"format": 1, "word", "line", "notes": [{"file", "text"}], "left_out"}`.

    Notes beyond what `read` takes are left out and counted.
    """
    import json

    every = list(notes)
    handed = _as_many_as_fit(every)
    data = {"format": FORMAT, "word": answer.word, "line": answer.line}
    told = {**data, "notes": handed, "left_out": len(every) - len(handed)}
    return json.dumps(told, indent=1).encode() + b"\n"


def _as_many_as_fit(notes: Iterable[Handed]) -> list[dict[str, str]]:
    import json

    room = MOST_BYTES - _AROUND
    handed: list[dict[str, str]] = []
    for note in notes:
        entry = {"file": note.file, "text": note.text}
        size = len(json.dumps(entry)) + _AROUND_A_NOTE
        if len(note.text) <= MOST_IN_A_NOTE and size <= room and len(handed) < MOST_NOTES:
            handed.append(entry)
            room -= size
    return handed


def read(raw: bytes) -> list[Handed]:
    """The notes in such a file, as they are there. Raises `NoResultFile` for any other."""
    if len(raw) > MOST_BYTES:
        raise _refused(f"it has more than {MOST_BYTES:,} bytes")
    data = _parsed(raw)
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise _refused("it has another shape")
    notes = data.get("notes")
    if not isinstance(notes, list):
        raise _refused("it has no list of notes")
    if len(notes) > MOST_NOTES:
        raise _refused(f"it has more than {MOST_NOTES} notes")
    return [_handed(note) for note in notes]


def _parsed(raw: bytes) -> object:
    import json

    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _refused("it is no JSON") from error


def _handed(note: object) -> Handed:
    file, text = (note.get("file"), note.get("text")) if isinstance(note, Mapping) else ("", "")
    if not isinstance(file, str) or not _is_inside(file):
        raise _refused("it has a note without the path of a note's file")
    if not isinstance(text, str) or len(text) > MOST_IN_A_NOTE:
        raise _refused(f"it has a note without a text of up to {MOST_IN_A_NOTE:,} characters")
    return Handed(file=file, text=text)


def _is_inside(file: str) -> bool:
    parts = file.split("/")
    return bool(_NAME.fullmatch(file)) and not any(part in ("", ".", "..") for part in parts)


def _refused(why: str) -> NoResultFile:
    return NoResultFile(
        f"the result file cannot be used: {why}",
        expected="what `changenote check --ci --result FILE` wrote",
        retry="safe, nothing was sent",
        hint="It is made anew by the job that checks the branch.",
    )

"""What can only be seen with all notes at hand: ids that are shared, links that lead nowhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from changenote.model.identity import named
from changenote.model.problems import Path, Problem, did_you_mean, shown
from changenote.records import record

_TYPOS = 3


@record
class Identity:
    """What other notes need to know of a note."""

    file: str
    id: str
    related: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    status: str = "shipped"


def check_together(notes: Sequence[Identity]) -> list[tuple[str, Problem]]:
    """Every problem between notes, each with the file it belongs to."""
    files = _by_id(notes)
    replaced = {other for note in notes for other in note.supersedes if other != note.id}
    in_effect = {note.id for note in notes if note.status == "shipped"}
    problems = []
    for note in notes:
        problems += [(note.file, p) for p in _check_note(note, files, replaced)]
        problems += [(note.file, p) for p in _check_replaced(note, in_effect)]
    return problems


def check_ids(notes: Sequence[Identity]) -> list[tuple[str, Problem]]:
    """The problem of every file whose id another one has too."""
    files = _by_id(notes)
    return [(note.file, problem) for note in notes for problem in _check_id(note, files)]


def _by_id(notes: Iterable[Identity]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = defaultdict(list)
    for note in notes:
        files[note.id].append(note.file)
    return files


def _check_id(note: Identity, files: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    others = [file for file in files[note.id] if file != note.file]
    if others:
        yield _shared(note.id, others)


def _check_replaced(note: Identity, in_effect: set[str]) -> Iterator[Problem]:
    """What a shipped note replaces, and still says that it holds."""
    if note.status == "draft":
        return
    for index, other in enumerate(note.supersedes):
        if other in in_effect and other != note.id:
            yield Problem(
                rule="not-superseded",
                path=("supersedes", index),
                found=f"{other}, which is still `shipped`",
                expected="an older note with `status: superseded`",
                remedy=f"`changenote supersede {other} {note.id}` says it in both.",
            )


def _check_note(
    note: Identity, files: Mapping[str, Sequence[str]], replaced: set[str]
) -> Iterator[Problem]:
    yield from _check_id(note, files)
    for key, ids in (("related", note.related), ("supersedes", note.supersedes)):
        for index, other in enumerate(ids):
            if other == note.id:
                yield _own(note.id, (key, index))
            elif other not in files:
                yield _nowhere(other, (key, index), files)
    if note.status == "superseded" and note.id not in replaced:
        yield _by_none(note.id)


def _shared(note_id: str, others: Sequence[str]) -> Problem:
    return Problem(
        rule="duplicate-id",
        path=("id",),
        found=f"{note_id}, also in " + ", ".join(others),
        expected="an id of its own",
        remedy="Give the newer note another id, in `id:` and in its file name.",
    )


def _own(note_id: str, path: Path) -> Problem:
    return Problem(
        rule="links-to-itself",
        path=path,
        found=f"{note_id}, this note",
        expected="the id of another note",
        remedy="Remove it.",
    )


def _nowhere(other: str, path: Path, known: Iterable[str]) -> Problem:
    return Problem(
        rule="unknown-note",
        path=path,
        found=shown(other) or "nothing",
        expected="the id of a note that exists",
        remedy=_nearest(other, known) or "Look it up with `changenote search`.",
    )


def _nearest(other: str, known: Iterable[str]) -> str:
    """A suggestion, when one id is clearly meant: an end or start of it, or up to three typos."""
    whole = named(other, known)
    if len(whole) == 1:
        return f"Did you mean `{whole[0]}`?"
    # Looking only at ids of the same month or the same end keeps this fast with many notes.
    close = [i for i in known if i[:6] == other[:6] or i[-6:] == other[-6:]]
    return did_you_mean(other, [i for i in close if _differences(i, other) <= _TYPOS])


def _differences(first: str, second: str) -> int:
    return abs(len(first) - len(second)) + sum(a != b for a, b in zip(first, second, strict=False))


def _by_none(note_id: str) -> Problem:
    return Problem(
        rule="superseded-by-none",
        path=("status",),
        found="superseded, but no note says by which",
        expected=f"a note with `supersedes: [{note_id}]`",
        remedy="Add that line to the note that replaced this one.",
    )

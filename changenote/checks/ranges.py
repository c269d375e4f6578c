"""The range of commits that a note names, held against the files that it lists."""

from collections.abc import Collection, Iterator

from changenote.model.note import Note
from changenote.model.problems import Problem

_NAMED = 3


def check_range(
    note: Note, touched: Collection[str], *, optional: Collection[str]
) -> Iterator[Problem]:
    """Files that the note lists and its range did not touch, and the other way round.

    `touched` are the paths that differ between both ends, a renamed file with both of its paths;
    `optional` are those that a note need not list. Files that are counted are taken at its word.
    """
    paths = {file.path for file in note.files}
    moved = {file.from_ for file in note.files if file.from_}
    strangers = sorted(paths - set(touched))
    missing = sorted(set(touched) - set(optional) - paths - moved)
    if len(missing) <= sum(note.files_omitted.values()):
        missing = []
    if strangers or missing:
        yield _differ(strangers, missing)


def _differ(strangers: list[str], missing: list[str]) -> Problem:
    said = [
        f"listed, but not touched by the range: {_names(strangers)}" if strangers else "",
        f"touched, but not listed: {_names(missing)}" if missing else "",
    ]
    return Problem(
        rule="files-differ",
        path=("files",),
        found="; ".join(filter(None, said)),
        expected="the files that differ between `source.base` and `source.head`",
        remedy="Correct the list or the range; `git diff --stat BASE HEAD` shows what it touched.",
    )


def _names(paths: list[str]) -> str:
    rest = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")

"""Does a branch have a note, or need one? Judged by what it changes and what it says.

A branch that has none is told so kindly: nothing here teaches people to write notes that say
nothing. What needs no note is found by its paths, or said with a reason.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from changenote.config import PathRule
from changenote.model.note import Note
from changenote.model.problems import Problem
from changenote.records import record

Word = Literal["present", "draft", "missing", "not needed"]

USUAL_RULES = (
    PathRule(
        paths=(
            *("*.md", "*.rst", "*.adoc", "docs/", "doc/", "LICENSE*", "CODEOWNERS"),
            *("tests/", "*/tests/", "test/", "*/test/", "spec/", "*/spec/", "*/__tests__/"),
            *("test_*.py", "*/test_*.py", "*_test.py", "*_test.go", "*_spec.rb"),
            *("*.test.[jt]s", "*.test.[jt]sx", "*.spec.[jt]s", "*.spec.[jt]sx"),
        ),
        note=False,
    ),
)
"""Documents and tests need no note. They come after a team's own rules, and the first one holds."""

NO_NOTE = "no-note"
"""The rule that such a branch breaks."""

_MOST_NAMED = 3
_ADVICE = "`changenote new` writes one"


@record
class Branch:
    """What a branch changes, the notes that it has, and why it says that it needs none.

    `paths` are from the top of the repository, without those of the notes folder.
    """

    paths: tuple[str, ...]
    notes: tuple[Note, ...]
    why: str = ""


@record
class Answer:
    """Whether a branch has what it needs, in a word and in a line.

    `paths` are those that ask for a note which is not there.
    """

    word: Word
    line: str
    paths: tuple[str, ...] = ()


def judge(branch: Branch, rules: Iterable[PathRule] = ()) -> Answer:
    """Whether a branch has the notes that a team's rules, and then the usual ones, ask for.

    What it says itself (`why`) goes over the rules, and a note that it has over both, unless a rule
    asks for a note of another kind.
    """
    asking = dict(_asking(branch.paths, (*rules, *USUAL_RULES)))
    unmet = {path: rule for path, rule in asking.items() if not _is_met(rule, branch.notes)}
    if branch.why and (unmet or not branch.notes):
        return Answer(word="not needed", line=branch.why)
    if unmet:
        return Answer(word="missing", line=_missing(unmet, branch.notes), paths=tuple(unmet))
    if branch.notes:
        return _present(branch.notes)
    return Answer(word="not needed", line=_why_none(branch.paths))


def problems(answer: Answer) -> list[Problem]:
    """What is wrong with a branch that misses a note."""
    if answer.word != "missing":
        return []
    more = len(answer.paths) - 1
    asks = f"this and {more} more ask for a note" if more > 0 else "this asks for a note"
    return [
        Problem(
            rule="no-note",
            path=(),
            found=asks if answer.line == _ADVICE else answer.line,
            expected="a note that this branch adds, or the reason why none is needed",
        )
    ]


def _asking(paths: Iterable[str], rules: Sequence[PathRule]) -> Iterator[tuple[str, PathRule]]:
    """The paths that ask for a note, each with what it asks for."""
    for path in paths:
        rule = next((rule for rule in rules if _fits(path, rule.paths)), PathRule(paths=()))
        if rule.note:
            yield path, rule


def _fits(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, f"{p}*" if p.endswith("/") else p) for p in patterns)


def _is_met(rule: PathRule, notes: Sequence[Note]) -> bool:
    """Is there a note as the rule wants it?"""
    return any(
        (not rule.kinds or note.kind in rule.kinds)
        and all(name in note.checklist for name in rule.checklists)
        for note in notes
    )


def remedy(notes: Sequence[Note]) -> str:
    """What to do where notes are there, and none is as a rule wants it."""
    ids = notes[0].id if len(notes) == 1 else "ID"
    given = f"`changenote set {ids} kind=KIND`, `changenote edit {ids}`"
    return f"Give that note what is asked for ({given}), or write another one."


def _missing(unmet: Mapping[str, PathRule], notes: Sequence[Note]) -> str:
    path, rule = next(iter(unmet.items()))
    wanted = [
        *([f"of kind {' or '.join(rule.kinds)}"] if rule.kinds else []),
        *([f"with checklist {' and '.join(rule.checklists)}"] if rule.checklists else []),
    ]
    if not wanted:
        return _ADVICE
    asks = f"{path} asks for a note {' '.join(wanted)}"
    if not notes:
        return asks
    more = f" and {len(notes) - 1} more are not" if len(notes) > 1 else " is not"
    return f"{asks}; {notes[0].id} ({notes[0].kind}){more}"


def leading(notes: Sequence[Note]) -> Note:
    """The note that stands for all: the first draft, or else the first."""
    return next((note for note in notes if note.status == "draft"), notes[0])


def _present(notes: Sequence[Note]) -> Answer:
    drafts = [note for note in notes if note.status == "draft"]
    count = len(drafts or notes)
    more = f" and {count - 1} more" if count > 1 else ""
    word: Word = "draft" if drafts else "present"
    return Answer(word=word, line=f"{leading(notes).title}{more}")


def _why_none(paths: Sequence[str]) -> str:
    if not paths:
        return "nothing was changed that a note could be about"
    named = ", ".join(paths[:_MOST_NAMED])
    more = len(paths) - _MOST_NAMED
    return f"{named} and {more} more need none" if more > 0 else _only(paths, named)


def _only(paths: Sequence[str], named: str) -> str:
    return f"{named} needs none" if len(paths) == 1 else f"{named} need none"

"""Texts that only hold the place of one that is still to be written."""

from collections.abc import Iterator

from changenote.model.note import Note, Rollback
from changenote.model.problems import Path, Problem, shown
from changenote.patterns import pattern

_FILLERS = frozenset(
    "n/a, n a, na, none, no, nothing, nil, null, unknown, placeholder, tba, tbc, tbd, todo, to do"
    ", fixme, wip, ditto, same, as above, see above, same as above, as usual, to be done"
    ", to be decided, to be defined, fill in, fill me in, lorem ipsum, test, asdf, foo"
    ", bar".split(", ")
)
_EXCUSES = frozenset(
    "fix, fixes, fixed, bug, bugfix, bug fix, fix bug, fix the bug, update, updates, change"
    ", changes, improvement, improvements, refactor, refactoring, cleanup, clean up, misc, minor"
    ", because, no reason, see title, see pr, see the pr, see pull request, see ticket, see issue"
    ", see commit, not needed, not applicable, not available, not measured, no metric, no metrics"
    ", no command, no commands, it works, works, should work, check, check it, verify"
    ", monitor".split(", ")
)
"""Words that say nothing where a reason, an expectation or a sign is asked for."""

_LATER = pattern(r"\s*(?:(?i:todo|to do|tbd|fixme)\s*:|(?:TODO|TBD|FIXME)\b)")
_WORDS = pattern(r"[\w/]+")


def is_filler(text: str) -> bool:
    """Is a text only a mark for one that is still to be written, such as `TODO` or `…`?"""
    words = _words_of(text)
    return words in _FILLERS or not words.strip("x") or bool(_LATER.match(text))


def is_excuse(text: str) -> bool:
    """Does a text say nothing where a reason is asked for, such as `n/a` or `see the PR`?"""
    return is_filler(text) or _words_of(text) in _EXCUSES


def says_the_same(first: str, second: str) -> bool:
    """Have two texts the same words? A reason that has those of the title is none."""
    return _words_of(first) == _words_of(second)


def check_fillers(note: Note) -> Iterator[Problem]:
    """Every text of a note that holds a place and says nothing."""
    for path, text, expected in _texts(note):
        if text is None or not text.strip():
            continue  # which is a missing part
        if path == ("reason",) and says_the_same(text, note.title):
            yield _filler(path, "the title again", expected)
        elif is_excuse(text):
            yield _filler(path, shown(text), expected)


def _words_of(text: str) -> str:
    """A text as compared with others: case, punctuation and line breaks do not count."""
    return " ".join(_WORDS.findall(text.casefold()))


def _texts(note: Note) -> Iterator[tuple[Path, str | None, str]]:
    yield ("reason",), note.reason, "why the change was made, in a sentence"
    yield ("expected",), note.expected, "what was expected to happen, in a sentence"
    if note.rollback:
        yield from _texts_of_rollback(note.rollback)
    yield ("no_metric",), note.no_metric, "why nothing was measured"
    yield ("no_command",), note.no_command, "why no command was run"


def _texts_of_rollback(rollback: Rollback) -> Iterator[tuple[Path, str | None, str]]:
    loss = "why, or from when on, it cannot be undone"
    yield ("rollback", "point_of_no_return"), rollback.point_of_no_return, loss
    if rollback.strategy != "none":  # which leaves nothing to wait for or to look at
        yield ("rollback", "when"), rollback.when, "what must be seen to roll back"
        yield ("rollback", "verify"), rollback.verify, "how to see that the rollback worked"


def _filler(path: Path, found: str, expected: str) -> Problem:
    return Problem(
        rule="placeholder-text",
        path=path,
        found=found,
        expected=expected,
        remedy="Write it in words that help somebody who was not there.",
    )

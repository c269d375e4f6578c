"""Checklists: their answers can be counted, and the kinds of change that need one have one."""

import re
from collections.abc import Iterator

from changenote.model.note import Note
from changenote.model.problems import Problem, did_you_mean, shown
from changenote.patterns import pattern

ANSWERS = ("ok", "na", "todo", "fail")
KINDS = ("security", "database", "cache", "jobs")
"""Kinds of change whose mistakes a checklist is known to catch."""

_ANSWER = pattern(r"(ok|na|todo|fail)\b(?!/)")


def check_checklist(note: Note) -> Iterator[Problem]:
    """What is wrong with a note's checklist, or with its absence."""
    shipped = note.status != "draft"
    if shipped and not note.checklist and note.kind in KINDS:
        yield _absent(note.kind)
    for group, items in note.checklist.items():
        for item, answer in items.items():
            match = _ANSWER.match(answer)
            if match is None:
                yield _unknown((group, item), answer)
            elif shipped and match[1] in ("todo", "fail"):
                yield _open((group, item), answer)


def _absent(kind: str) -> Problem:
    return Problem(
        rule="no-checklist",
        path=("kind",),
        found=f"a {kind} change without a checklist",
        expected="what was looked at before it shipped",
        remedy=f"Add `checklist:` with a group `{kind}:`.",
    )


def _unknown(where: tuple[str, str], answer: str) -> Problem:
    word = re.sub(r"\W", "", answer.split()[0]) if answer.split() else ""
    return Problem(
        rule="bad-answer",
        path=("checklist", *where),
        found=shown(answer) or "nothing",
        expected="ok, na, todo or fail, or text that starts with one of them",
        remedy=did_you_mean(word.lower(), ANSWERS),
    )


def _open(where: tuple[str, str], answer: str) -> Problem:
    return Problem(
        rule="open-checklist",
        path=("checklist", *where),
        found=shown(answer),
        expected="ok or na, because the change has shipped",
        remedy="Do it and write `ok`, or say why not after `na`.",
    )

"""Checklists: their answers can be counted, and the kinds of change that need one have one."""

import re
from collections.abc import Iterable, Iterator, Mapping

from changenote.config import Config
from changenote.model.checklists import ANSWERS, Groups, parted, same_item
from changenote.model.note import Note
from changenote.model.problems import Path, Problem, did_you_mean, shown

_SIMILAR = 0.8
"""How alike a misspelt name is: `staging` and `testing` are two words."""


def check_checklist(note: Note, config: Config) -> Iterator[Problem]:
    """What is wrong with a note's checklist, or with its absence."""
    shipped = note.status != "draft"
    if shipped:
        yield from _check_absent(note, config)
    for group, items in note.checklist.items():
        yield from _check_names(group, items, note, config.groups, shipped=shipped)
        for item, answer in items.items():
            state = parted(answer)[0]
            if state == "other":
                yield _unknown((group, item), answer)
            elif shipped and state in ("todo", "fail"):
                yield _open((group, item), answer)


def _check_absent(note: Note, config: Config) -> Iterator[Problem]:
    for group in config.checklists_of(note.kind):
        if group not in note.checklist:
            which = f"the checklist `{group}`" if note.checklist else "a checklist"
            yield Problem(
                rule="no-checklist",
                path=("kind",),
                found=f"a {note.kind} change without {which}",
                expected="what was looked at before it shipped",
                remedy=f"Add `checklist:` with a group `{group}:`.",
            )


def _check_names(
    group: str, items: Mapping[str, str], note: Note, groups: Groups, *, shipped: bool
) -> Iterator[Problem]:
    """Names that are nearly known ones, and known items that a group lacks."""
    if group not in groups:
        if near := _near(group, set(groups) - set(note.checklist)):
            yield _misspelt(("checklist", group), group, near)
        return
    missing = {same_item(item): item for item in groups[group]}
    others = [item for item in items if missing.pop(same_item(item), None) is None]
    for item in others:
        if near := _near(same_item(item), missing):
            yield _misspelt(("checklist", group, item), item, missing.pop(near))
    if missing and shipped:
        yield _incomplete(group, list(missing.values()), len(groups[group]))


def _near(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # slow to load, and most names are known

    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=_SIMILAR)), "")


def _misspelt(path: Path, name: str, near: str) -> Problem:
    return Problem(
        rule="misspelt-item",
        path=path,
        found=shown(name),
        expected="a name that the checklist has, or another one of your own",
        remedy=f"Did you mean `{near}`?",
        key=True,
    )


def _incomplete(group: str, missing: list[str], count: int) -> Problem:
    return Problem(
        rule="missing-item",
        path=("checklist", group),
        found="no answer to " + ", ".join(missing),
        expected=f"an answer to each of the {count} items of `{group}`",
        remedy="Add them; `na` and why is an answer as well.",
        key=True,
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

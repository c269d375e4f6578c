"""The rules of a note's score: what each asks of a note, and the points for it."""

from collections.abc import Callable, Collection, Iterable
from typing import Literal

from changenote.model.measures import Verdict, doubt
from changenote.model.note import Note, Step, primary_metric
from changenote.model.problems import Path, Problem, dotted
from changenote.model.rehearsal import is_of
from changenote.patterns import pattern
from changenote.records import record

Part = Literal["quality", "freshness", "depth", "clarity"]

PARTS: dict[Part, str] = {
    "quality": "the parts that a reader looks for are there",
    "freshness": "somebody read it again, and its files are still as they were",
    "depth": "what was known before, how well it was measured, whether the way back was tried",
    "clarity": "steps to paste, numbers and names, a length that gets read",
}
"""What each part of the score stands for."""

_CONCRETE = pattern(r"[\d`/_@=%<>]|\b[A-Z]{2,}\b|\w\.\w|[a-z][A-Z]")
"""A number, a path, a name, an option: something that can be looked at."""

_REASON = (40, 2500)
_DENSE_REASON = 15  # characters of a script that needs fewer of them
_ASSUMPTION = 12
_BETTERING = ("performance", "fix", "database", "cache", "jobs")
_TRUSTED = {"exact": 1.0, "interleaved": 1.0, "sequential": 0.75, "reported": 0.25}
_MOST_NAMED = 3


@record
class Answer:
    """How far a note does what a rule asks, from 0 to 1, and why not further.

    Without a share the rule does not count for this note, and `why` says why.
    """

    share: float | None
    why: str = ""


YES = Answer(share=1)
"""All that a rule asks for."""

_SAYS_NOTHING = ("placeholder-text", "boilerplate-rollback")
_NO_NUMBER = "no-number-expected"


@record
class Case:
    """A note with what is known of it besides; `doubts` are the problems that checks found."""

    note: Note
    doubts: tuple[Problem, ...]
    headline: Verdict | None
    drifted: Collection[str] | None
    reverts: bool | None

    def is_doubted(self, *path: str | int) -> bool:
        """Did a check find something at this place of the note?"""
        return any(problem.path == path for problem in self.doubts)

    def says_nothing(self, *path: str | int) -> bool:
        """Did a check find that the text at this place says nothing?"""
        return any(p.path == path and p.rule in _SAYS_NOTHING for p in self.doubts)


@record
class Rule:
    """One rule: what it asks, as a sentence about a note that does it, and the points for it."""

    id: str
    part: Part
    asks: str
    points: int
    answer: Callable[[Case], Answer]


def _named(items: Collection[str]) -> str:
    first = list(items)[:_MOST_NAMED]
    more = len(items) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _part_of(done: Collection[str], every: Collection[str], what: str) -> Answer:
    """A share of several things, the others named."""
    rest = [name for name in every if name not in done]
    return Answer(share=len(done) / len(every), why=f"{what}: {_named(rest)}" if rest else "")


def _said(case: Case, text: str | None, *path: str | int, lacks: str) -> Answer:
    """Is a text there, and does it say something?"""
    if not (text or "").strip():
        return Answer(share=0, why=lacks)
    if case.says_nothing(*path):
        return Answer(share=0, why="what stands there could stand in any note")
    return YES


def _owner(case: Case) -> Answer:
    return _said(case, case.note.owner, "owner", lacks="nobody is named")


def _place(case: Case) -> Answer:
    shipped = case.note.shipped
    known = {
        "the time": shipped and shipped.at,
        "the environment": shipped and shipped.environment,
        "the service": case.note.service,
    }
    return _part_of([name for name, value in known.items() if value], known, "missing")


def _reason(case: Case) -> Answer:
    return _said(case, case.note.reason, "reason", lacks="no reason")


def _expected(case: Case) -> Answer:
    return _said(case, case.note.expected, "expected", lacks="nothing")


def _steps(case: Case) -> tuple[Step, ...]:
    return case.note.rollback.steps if case.note.rollback else ()


def _is_final(case: Case) -> bool:
    """Does the note say that there is no way back by commands?"""
    rollback = case.note.rollback
    return bool(rollback and rollback.strategy in ("none", "forward_fix") and not rollback.steps)


def _way_back(case: Case) -> Answer:
    rollback = case.note.rollback
    if not rollback or (not rollback.steps and not _is_final(case)):
        return Answer(share=0, why="no command, and no reason why there is none")
    if rollback.steps:
        useless = len(_not_runnable(case)) == len(rollback.steps)
        return Answer(share=0.5, why="none of its steps can be pasted") if useless else YES
    why = rollback.point_of_no_return
    return _said(case, why, "rollback", "point_of_no_return", lacks="no reason why it cannot be")


def _in_rollback(case: Case, key: str, lacks: str) -> Answer:
    rollback = case.note.rollback
    if rollback and rollback.strategy == "none":
        return Answer(share=None, why="it cannot be undone")
    text = getattr(rollback, key) if rollback else None
    return _said(case, text, "rollback", key, lacks=lacks)


def _trigger(case: Case) -> Answer:
    return _in_rollback(case, "when", "nothing says when")


def _verify(case: Case) -> Answer:
    return _in_rollback(case, "verify", "nothing says how to see that it worked")


def _number(case: Case) -> Answer:
    if case.note.metrics:
        return YES
    return _said(case, case.note.no_metric, "no_metric", lacks="neither a number nor a reason")


_JUDGED_ELSEWHERE = ("owner", "service", "shipped", "reason", "expected", "rollback", "metrics")


def _required(case: Case) -> Answer:
    missing: dict[Path, str] = {
        problem.path: dotted(problem.path)
        for problem in case.doubts
        if problem.rule == "missing-part" and problem.path[0] not in _JUDGED_ELSEWHERE
    }
    return Answer(share=0, why=f"missing: {_named(missing.values())}") if missing else YES


def _review(case: Case) -> Answer:
    revision = case.note.revision
    if "needs_human_review" in case.note.flags:
        return Answer(share=0, why="it is marked as needing a review")
    if not revision or revision.status != "reviewed":
        return Answer(share=0, why="nobody has reviewed it")
    if not revision.by:
        return Answer(share=0.5, why="nobody says by whom")
    if _is_author(revision.by, case.note.authors):
        return Answer(share=0.5, why="by its author")
    return YES


_NAME = pattern(r"[\w.+-]+")


def _is_author(name: str, authors: Iterable[str]) -> bool:
    """Is a reviewer, by name or by handle (`@dana`), one of the authors (`Dana <dana@…>`)?"""
    words = _NAME.findall(name.casefold())
    return any(set(words) <= set(_NAME.findall(author.casefold())) for author in authors if words)


def _unchanged(case: Case) -> Answer:
    if case.drifted is None:
        return Answer(share=None, why="git does not tell")
    if case.note.status != "shipped":
        return Answer(share=None, why="it is not in effect any more")
    files = [file.path for file in case.note.files]
    if not files:
        return Answer(share=None, why="no file is listed")
    same = [path for path in files if path not in case.drifted]
    return _part_of(same, files, "changed since without a note")


def _before(case: Case) -> Answer:
    note, known = case.note, case.note.baseline
    if not known and not note.metrics and note.kind not in _BETTERING:
        return Answer(share=None, why=f"a {note.kind} change without numbers need not say")
    parts = {
        "where": known and known.where,
        "the symptom": known and known.symptom,
        "the evidence": known and known.evidence,
    }
    return _part_of([name for name, text in parts.items() if text], parts, "missing")


def _evidence(case: Case) -> Answer:
    if not case.note.metrics:
        if _number(case).share and case.note.kind != "performance":
            return Answer(share=None, why="nothing could be measured")
        return Answer(share=0, why="nothing was measured")
    if case.headline is None:
        primary = primary_metric(case.note)
        return Answer(share=0.25, why=doubt(primary) if primary else "no metric is the primary one")
    share = _TRUSTED.get(case.headline.trust, 0.0)
    return Answer(share=share, why=_SHORT_OF_TRUST.get(case.headline.trust, ""))


_SHORT_OF_TRUST = {
    "sequential": "measured one after the other, not in turns",
    "reported": "too few runs to tell chance from effect",
    "invalid": "the numbers cannot be compared",
}


def _tried(case: Case) -> Answer:
    steps, rollback = _steps(case), case.note.rollback
    if not rollback or not steps:
        why = "there is no way back" if _is_final(case) else "there is nothing to try"
        return Answer(share=None if _is_final(case) else 0, why=why)
    if case.reverts is False:
        return Answer(share=0, why="the revert does not apply any more")
    rehearsed = rollback.rehearsed
    if rehearsed and is_of(rehearsed, steps):
        return YES
    if case.reverts:
        return Answer(share=0.5, why="git tried the revert; nobody rehearsed it")
    return Answer(share=0, why="not these steps" if rehearsed else "never rehearsed")


def _assumptions(case: Case) -> Answer:
    said = any(len(text.strip()) >= _ASSUMPTION for text in case.note.assumptions)
    return YES if said else Answer(share=0, why="none")


def _runnable(case: Case) -> Answer:
    steps = _steps(case)
    if not steps:
        return Answer(share=None if _is_final(case) else 0, why="there are no steps")
    bad = _not_runnable(case)
    why = f"not step {_named(bad)}" if bad else ""
    return Answer(share=1 - len(bad) / len(steps), why=why)


def _not_runnable(case: Case) -> list[str]:
    """The numbers of the steps that are no commands, or not whole ones."""
    count = len(_steps(case))
    return [str(n + 1) for n in range(count) if case.is_doubted("rollback", "steps", n, "run")]


def _shown(case: Case) -> Answer:
    steps = _steps(case)
    if not steps:
        return Answer(share=None if _is_final(case) else 0, why="there are no steps")
    # Git says itself whether a revert worked.
    silent = [
        str(n)
        for n, step in enumerate(steps, start=1)
        if not step.expect and not step.run.lstrip().startswith("git revert")
    ]
    why = f"not step {_named(silent)}" if silent else ""
    return Answer(share=1 - len(silent) / len(steps), why=why)


def _concrete(case: Case) -> Answer:
    rollback = case.note.rollback
    if rollback and rollback.strategy == "none":
        return Answer(share=None, why="it cannot be undone")
    parts = {"the trigger": rollback and rollback.when, "the check": rollback and rollback.verify}
    done = [name for name, text in parts.items() if text and _CONCRETE.search(text)]
    return _part_of(done, parts, "names nothing")


def _held_against(case: Case) -> Answer:
    if not case.note.metrics and case.note.kind != "performance":
        return Answer(share=None, why="nothing was measured")
    if any(problem.rule == _NO_NUMBER for problem in case.doubts) or not case.note.expected:
        return Answer(share=0, why="no number, and no target in a metric")
    return YES


def _length(case: Case) -> Answer:
    text = (case.note.reason or "").strip()
    least = _REASON[0] if text.isascii() else _DENSE_REASON
    if len(text) < least:
        return Answer(share=0, why=f"{len(text)} characters, fewer than {least}")
    if len(text) > _REASON[1]:
        return Answer(share=0, why=f"{len(text):,} characters, more than {_REASON[1]:,}")
    return YES


def _rule(name: str, part: Part, points: int, asks: str, answer: Callable[[Case], Answer]) -> Rule:
    return Rule(id=name, part=part, asks=asks, points=points, answer=answer)


RULES: tuple[Rule, ...] = (
    _rule("owner", "quality", 4, "It names somebody to ask.", _owner),
    _rule("place", "quality", 4, "It says when, where and to which service it shipped.", _place),
    _rule("reason", "quality", 5, "It says why.", _reason),
    _rule("expected", "quality", 4, "It says what was expected.", _expected),
    _rule("way-back", "quality", 8, "It says how to undo it, or why it cannot be.", _way_back),
    _rule("trigger", "quality", 5, "It says what must be seen to undo it.", _trigger),
    _rule("verify", "quality", 4, "It says how to see that undoing worked.", _verify),
    _rule("number", "quality", 3, "It has a number, or says why there is none.", _number),
    _rule("required", "quality", 3, "Nothing else that the team asks for is missing.", _required),
    _rule("review", "freshness", 6, "A colleague has reviewed it.", _review),
    _rule(
        "unchanged",
        "freshness",
        10,
        "What changed in its files since it shipped or was last reviewed has a note.",
        _unchanged,
    ),
    _rule("before", "depth", 6, "It says where and how the problem was noticed.", _before),
    _rule("evidence", "depth", 8, "Its headline number was measured well.", _evidence),
    _rule("tried", "depth", 8, "The way back was tried: exactly these steps.", _tried),
    _rule("assumptions", "depth", 2, "It says what must stay true.", _assumptions),
    _rule("runnable", "clarity", 6, "Every step of the way back can be pasted.", _runnable),
    _rule("shown", "clarity", 4, "Every step says what it shows when it worked.", _shown),
    _rule("concrete", "clarity", 5, "Trigger and check name what to look at.", _concrete),
    _rule("target", "clarity", 2, "What was expected can be held against a number.", _held_against),
    _rule("length", "clarity", 3, "The reason is neither a label nor an essay.", _length),
)
"""Every rule; without any left out their points make 100."""

"""How much a note helps whoever needs it: points for rules that are shown with every point.

No rule looks at whether the change was a good one: a measured regression with a way back scores
like a measured success. A rule that has nothing to ask of a note, or that nobody could answer, is
left out of the total instead of being given or denied.
"""

from collections.abc import Collection, Iterable

from changenote.model.measures import Verdict
from changenote.model.note import Note
from changenote.model.problems import Problem
from changenote.model.score_rules import RULES, YES, Answer, Case, Part, Rule
from changenote.records import record


@record
class Mark:
    """The points that a note got by one rule; none are possible (`of`) when it does not count."""

    rule: str
    part: Part
    asks: str
    got: int
    of: int
    why: str = ""

    @property
    def lost(self) -> int:
        """Points that could still be gained."""
        return self.of - self.got


@record
class Score:
    """All marks of a note, in the order of the rules."""

    marks: tuple[Mark, ...]

    @property
    def total(self) -> int:
        """Points out of 100: what was got of what counts for this note, rounded down."""
        got, of = self.points()
        return 100 * got // of if of else 0

    def points(self, part: Part | None = None) -> tuple[int, int]:
        """Points got and possible, in one part or in all."""
        got, of = 0, 0
        for mark in self.marks:
            if part is None or mark.part == part:
                got, of = got + mark.got, of + mark.of
        return got, of


def score(
    note: Note,
    doubts: Iterable[Problem] = (),
    *,
    headline: Verdict | None = None,
    drifted: Collection[str] | None = None,
    reverts: bool | None = None,
) -> Score:
    """The score of a note.

    `doubts` are problems that checks found: a text that only holds a place earns nothing.
    `headline` is the verdict that speaks for the note. `drifted` are its files that changed after
    it shipped and was last reviewed, and no note tells of that; `reverts` says whether its plan to
    revert still applies. Both are None where git tells nothing.
    """
    case = Case(
        note=note, doubts=tuple(doubts), headline=headline, drifted=drifted, reverts=reverts
    )
    answers = ((rule, rule.answer(case)) for rule in RULES)
    return Score(
        marks=tuple(
            _FULL[rule.id] if answer is YES else _mark(rule, answer) for rule, answer in answers
        )
    )


def _mark(rule: Rule, answer: Answer) -> Mark:
    of = 0 if answer.share is None else rule.points
    return Mark(
        rule=rule.id,
        part=rule.part,
        asks=rule.asks,
        got=int(of * (answer.share or 0) + 1e-9),
        of=of,
        why=answer.why,
    )


_FULL = {rule.id: _mark(rule, YES) for rule in RULES}
"""What most notes get by most rules."""

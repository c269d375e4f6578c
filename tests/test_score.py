"""The score of a note: every rule gives what it says, and nothing pays that does not help."""

import pytest

from changenote.config import Config
from changenote.model.measures import headline
from changenote.model.score import Score, score
from changenote.model.score_rules import PARTS, RULES
from changenote.site.note.scored import doubts
from tests.books import least, published

GOOD = """\
schema: 1
id: 20261122-k3f9xq
title: Cache cart totals per session
kind: performance
status: shipped
owner: "@acme/cart"
authors: [Dana <dana@example.com>]
service: shop-web
shipped: {at: 2026-11-22T14:05:00Z, environment: production}
reason: p95 of GET /cart was 840 ms because every request summed the basket again.
expected: GET /cart p95 under 400 ms.
rollback:
  strategy: flag
  when: GET /cart p95 over 900 ms for 10 min
  steps:
    - {run: ./flags set cart_total_cache off, expect: flag off on 12 hosts}
    - {run: curl -fsS https://shop.example/health, expect: HTTP 200}
  verify: p95 back to 800-900 ms
  rehearsed:
    at: 2026-11-22T11:40:00Z
    steps_sha256: bba80428bd0517dfb4b7c69f2fab377f5520b6ee41948a8db6b19b836494b132
baseline: {where: GET /cart, symptom: the page stalls, evidence: slow query log}
assumptions: [sessions stay on one host]
files:
  - {path: app/cart/totals.py}
  - {path: app/cart/cache.py}
commands: [{run: ./deploy.sh production v2.14.0}]
metrics:
  - name: GET /cart p95
    unit: ms
    better: lower
    before: [841.2, 903.5, 812.7, 867.0, 912.4, 838.8]
    after: [318.4, 341.0, 309.9, 327.5, 371.2, 316.0]
    order: interleaved
    conditions: {cache: warm}
revision: {status: reviewed, last_reviewed: 2026-11-23, by: "@ann"}
"""


def scored(text: str, *, drifted: set[str] | None = None, reverts: bool | None = None) -> Score:
    """The score of a note given as YAML, with what the checks say of it."""
    note = published(text).note
    found = doubts(note, Config())
    return score(note, found, headline=headline(note), drifted=drifted, reverts=reverts)


def mark(of: Score, rule: str) -> str:
    """A rule's points, and why some are missing."""
    found = next(m for m in of.marks if m.rule == rule)
    return f"{found.got} of {found.of}" + (f": {found.why}" if found.why else "")


def changed(old: str, new: str) -> str:
    """The good note with one text replaced."""
    assert old in GOOD
    return GOOD.replace(old, new)


def test_the_points_of_all_rules_make_a_hundred() -> None:
    assert sum(rule.points for rule in RULES) == 100
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {rule.part for rule in RULES} == set(PARTS)


def test_a_note_with_everything_gets_every_point() -> None:
    found = scored(GOOD, drifted=set())

    assert [m for m in found.marks if m.lost or m.why] == []
    assert found.total == 100
    assert {part: found.points(part) for part in PARTS} == {
        "quality": (40, 40),
        "freshness": (16, 16),
        "depth": (24, 24),
        "clarity": (20, 20),
    }


STEPS = GOOD[GOOD.index("  steps:") : GOOD.index("  verify:")]
REHEARSED = GOOD[GOOD.index("  rehearsed:") : GOOD.index("baseline:")]
METRICS = GOOD[GOOD.index("metrics:") : GOOD.index("revision:")]
ROLLBACK = GOOD[GOOD.index("rollback:") : GOOD.index("baseline:")]
NO_WAY = "rollback: {strategy: none, point_of_no_return: the old rows are gone}\n"


@pytest.mark.parametrize(
    ("old", "new", "rule", "says"),
    [
        ('owner: "@acme/cart"\n', "", "owner", "0 of 4: nobody is named"),
        ("service: shop-web\n", "", "place", "2 of 4: missing: the service"),
        (", environment: production", "", "place", "2 of 4: missing: the environment"),
        ("reason: p95 of", "reason: TBD #", "reason", "0 of 5: what stands there could stand in any note"),
        ("expected: GET /cart p95 under 400 ms.\n", "", "expected", "0 of 4: nothing"),
        (ROLLBACK, "", "way-back", "0 of 8: no command, and no reason why there is none"),
        (ROLLBACK, NO_WAY, "way-back", "8 of 8"),
        (ROLLBACK, NO_WAY, "trigger", "0 of 0: it cannot be undone"),
        (ROLLBACK, NO_WAY, "tried", "0 of 0: there is no way back"),
        (ROLLBACK, NO_WAY, "runnable", "0 of 0: there are no steps"),
        (ROLLBACK, NO_WAY, "concrete", "0 of 0: it cannot be undone"),
        (
            STEPS,
            "  steps: [{run: Revert the change and tell the team}]\n",
            "way-back",
            "4 of 8: none of its steps can be pasted",
        ),
        ("GET /cart p95 over 900 ms for 10 min", "if something goes wrong", "trigger", "0 of 5: what stands there could stand in any note"),
        ("verify: p95 back to 800-900 ms", "verify: ''", "verify", "0 of 4: nothing says how to see that it worked"),
        (METRICS, "", "number", "0 of 3: neither a number nor a reason"),
        (METRICS, "no_metric: the load test was down\n", "number", "3 of 3"),
        ("commands: [{run: ./deploy.sh production v2.14.0}]\n", "", "required", "0 of 3: missing: commands"),
        ("status: reviewed", "status: unreviewed", "review", "0 of 6: nobody has reviewed it"),
        ('by: "@ann"', 'by: "@dana"', "review", "3 of 6: by its author"),
        (', by: "@ann"', "", "review", "3 of 6: nobody says by whom"),
        ("revision:", "flags: [needs_human_review]\nrevision:", "review", "0 of 6: it is marked as needing a review"),
        ("symptom: the page stalls, evidence: slow query log", "symptom: slow", "before", "4 of 6: missing: the evidence"),
        ("order: interleaved", "order: sequential", "evidence", "6 of 8: measured one after the other, not in turns"),
        ("cache: warm", "load: low", "evidence", "2 of 8: the note does not say whether the cache was cold or warm"),
        (METRICS, "no_metric: the load test was down\n", "evidence", "0 of 8: nothing was measured"),
        (REHEARSED, "", "tried", "0 of 8: never rehearsed"),
        ("bba80428", "00000000", "tried", "0 of 8: not these steps"),
        ("[sessions stay on one host]", "[none]", "assumptions", "0 of 2: none"),
        ("run: ./flags set cart_total_cache off", "run: Switch the flag off.", "runnable", "3 of 6: not step 1"),
        (", expect: HTTP 200", "", "shown", "2 of 4: not step 2"),
        ("p95 back to 800-900 ms", "the basket is quick again", "concrete", "2 of 5: names nothing: the check"),
        ("GET /cart p95 under 400 ms.", "It gets quicker.", "target", "0 of 2: no number, and no target in a metric"),
        ("p95 of GET /cart was 840 ms because every request summed the basket again.", "Too slow.", "length", "0 of 3: 9 characters, fewer than 40"),
        ("p95 of GET /cart was", f"{'very ' * 600}", "length", "0 of 3: 3,054 characters, more than 2,500"),
        ("p95 of GET /cart was 840 ms because every request summed the basket again.", "毎回かごの合計を計算し直していたため遅かった。", "length", "3 of 3"),
    ],
)  # fmt: skip
def test_what_a_rule_gives(old: str, new: str, rule: str, says: str) -> None:
    assert mark(scored(changed(old, new), drifted=set()), rule) == says


DOCS = GOOD.replace("kind: performance", "kind: docs").replace(METRICS, "no_metric: words\n")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("evidence", "0 of 0: nothing could be measured"),
        ("target", "0 of 0: nothing was measured"),
        ("before", "6 of 6"),
    ],
)
def test_a_change_of_words_owes_no_numbers(rule: str, says: str) -> None:
    assert mark(scored(DOCS), rule) == says


def test_what_git_tells_counts_only_when_it_tells() -> None:
    unknown = scored(GOOD)
    moved = scored(GOOD, drifted={"app/cart/cache.py", "something/else.py"})

    assert mark(unknown, "unchanged") == "0 of 0: git does not tell"
    assert unknown.total == 100
    assert mark(moved, "unchanged") == "5 of 10: changed since without a note: app/cart/cache.py"
    assert moved.total == 95


@pytest.mark.parametrize(
    ("text", "reverts", "says"),
    [
        (GOOD, True, "8 of 8"),
        (GOOD, False, "0 of 8: the revert does not apply any more"),
        (GOOD.replace(REHEARSED, ""), True, "4 of 8: git tried the revert; nobody rehearsed it"),
        (GOOD.replace(REHEARSED, ""), None, "0 of 8: never rehearsed"),
    ],
)
def test_a_revert_that_git_tried_counts_half_and_one_that_conflicts_nothing(
    text: str, reverts: bool | None, says: str
) -> None:
    assert mark(scored(text, reverts=reverts), "tried") == says


def test_an_honest_regression_scores_like_a_success() -> None:
    worse = GOOD.replace("better: lower", "better: higher")

    assert headline(published(worse).note) != headline(published(GOOD).note)
    assert scored(worse).total == scored(GOOD).total


def test_a_change_that_is_not_in_effect_is_not_asked_for_its_files() -> None:
    undone = GOOD.replace("status: shipped", "status: rolled_back")

    assert mark(scored(undone, drifted={"app/cart/cache.py"}), "unchanged") == (
        "0 of 0: it is not in effect any more"
    )


FILLED = """\
schema: 1
id: 20261122-k3f9xq
title: Update things
kind: performance
status: shipped
reason: TBD
expected: it works
rollback: {when: if something breaks, steps: [{run: TODO}], verify: everything works}
baseline: {}
assumptions: [n/a, -, todo]
no_metric: not needed
no_command: none
files_omitted: {more: 1}
revision: {version: 7}
"""


def test_a_note_full_of_fillers_earns_next_to_nothing() -> None:
    assert scored(FILLED).total < 12


def test_the_same_step_ten_times_pays_no_more_than_once() -> None:
    once = STEPS.replace(
        "    - {run: curl -fsS https://shop.example/health, expect: HTTP 200}\n", ""
    )
    line = once.splitlines()[1]
    often = once.replace(line, "\n".join([line] * 10))

    assert scored(GOOD.replace(STEPS, often)).total == scored(GOOD.replace(STEPS, once)).total


def test_a_note_with_nothing_has_no_points_and_stays_in_bounds() -> None:
    found = scored(least().replace("draft", "shipped"))

    assert found.total == 0
    assert all(0 <= m.got <= m.of for m in found.marks)
    assert all(m.why for m in found.marks if m.lost)

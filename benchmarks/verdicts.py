"""`python -m benchmarks.verdicts`: how often a verdict is right where the truth is known.

Programs whose speed we make up are "measured" thousands of times and verdicts counted. The same
seed gives the same table, so it is a promise that a test can hold the code to.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from changenote.model.effects import effect
from changenote.model.measures import compare

RESULTS = Path(__file__).parent / "results" / "verdicts.md"
RUNS = 10  # a side
TIMES = 2000
SEED = 20261122

SCATTER = 0.03  # of one run, as a share of the time it takes
DRIFT = 0.15  # how much faster or slower the machine gets from the first run to the last

Sides = tuple[list[float], list[float]]
Session = Callable[[Random, float], Sides]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A way of measuring, and what really happened: `factor` 1 is no change at all."""

    title: str
    session: Session
    judge: Callable[[Sequence[float], Sequence[float]], str]
    factor: float = 1.0


def one_after_the_other(random: Random, factor: float, *, drift: float = 0.0) -> Sides:
    """All runs before, then all runs after."""
    speeds = list(_machine(random, 2 * RUNS, drift))
    return speeds[:RUNS], [factor * s for s in speeds[RUNS:]]


def alternately(random: Random, factor: float, *, drift: float = 0.0) -> Sides:
    """Old and new in turns: A B, B A, A B …"""
    speeds = list(_machine(random, 2 * RUNS, drift))
    pairs = [speeds[i : i + 2][:: 1 if i % 4 == 0 else -1] for i in range(0, 2 * RUNS, 2)]
    return [a for a, _ in pairs], [factor * b for _, b in pairs]


def lucky(random: Random, factor: float) -> Sides:
    """One after the other; three to eight runs after hit a cache and are 3 to 20 times faster."""
    before, after = one_after_the_other(random, factor)
    for index in random.sample(range(RUNS), random.randint(3, 8)):
        after[index] /= random.uniform(3, 20)
    return before, after


def requests(random: Random, factor: float) -> Sides:
    """A hundred requests of one run before and of one run after, taken for a hundred runs."""
    runs = [speed * (1 + random.gauss(0, 0.02)) for speed in _machine(random, 2, 0.0)]
    before, after = ([run * random.lognormvariate(0, 0.1) for _ in range(100)] for run in runs)
    return before, [factor * value for value in after]


def _machine(random: Random, runs: int, drift: float) -> Iterator[float]:
    """The time each run takes on a machine that drifts steadily, one way or the other."""
    steps = random.choice((-1, 1)) * math.log1p(drift) / max(runs - 1, 1)
    for number in range(runs):
        yield 100 * math.exp(number * steps) * random.lognormvariate(0, SCATTER)


def _unpaired(before: Sequence[float], after: Sequence[float]) -> str:
    return compare(before, after, better="lower").verdict


def _paired(before: Sequence[float], after: Sequence[float]) -> str:
    return compare(before, after, better="lower", paired=True).verdict


def _without_guard(before: Sequence[float], after: Sequence[float]) -> str:
    """The same test without the look for two kinds of runs."""
    found = effect(before, after, paired=False)
    if not found.is_clear:
        return "inconclusive"
    return "improved" if found.change < 0 else "regressed"


def _one_number(before: Sequence[float], after: Sequence[float]) -> str:
    return compare(before[:1], after[:1], better="lower").verdict


def _drifting(session: Callable[..., Sides]) -> Session:
    return lambda random, factor: session(random, factor, drift=DRIFT)


CASES = (
    Case(
        title="nothing changed, one after the other", session=one_after_the_other, judge=_unpaired
    ),
    Case(title="nothing changed, alternately", session=alternately, judge=_paired),
    Case(
        title="nothing changed, machine drifts 15 %, one after the other",
        session=_drifting(one_after_the_other),
        judge=_unpaired,
    ),
    Case(
        title="nothing changed, machine drifts 15 %, alternately",
        session=_drifting(alternately),
        judge=_paired,
    ),
    Case(
        title="5 % faster, machine drifts 15 %, one after the other",
        session=_drifting(one_after_the_other),
        judge=_unpaired,
        factor=0.95,
    ),
    Case(
        title="5 % faster, machine drifts 15 %, alternately",
        session=_drifting(alternately),
        judge=_paired,
        factor=0.95,
    ),
    Case(title="nothing changed but lucky cache hits", session=lucky, judge=_unpaired),
    Case(
        title="the same, were it not for the look at two kinds of runs",
        session=lucky,
        judge=_without_guard,
    ),
    Case(
        title="nothing changed, 100 requests of one run taken for 100 runs",
        session=requests,
        judge=_unpaired,
    ),
    Case(
        title="half the time, one number against one number",
        session=one_after_the_other,
        judge=_one_number,
        factor=0.5,
    ),
)


def counted(case: Case, times: int = TIMES) -> Mapping[str, float]:
    """The share of each verdict, from 0 to 1, over that many sessions."""
    random = Random(f"{SEED} {case.title}")  # noqa: S311 - a simulation, no secret
    verdicts = [case.judge(*case.session(random, case.factor)) for _ in range(times)]
    return {word: verdicts.count(word) / times for word in sorted(set(verdicts))}


def as_markdown(times: int = TIMES) -> str:
    """The table of all cases."""
    lines = [
        "# How often is a verdict right?",
        "",
        f"{times} made-up sessions a row, {RUNS} runs a side, each run scattering by"
        f" {SCATTER:.0%}; `python -m benchmarks.verdicts` makes this table, and the same seed makes"
        " the same one.",
        "",
        "| what really happened, and how it was measured | improved | regressed | neither |",
        "|---|---|---|---|",
    ]
    for case in CASES:
        shares = counted(case, times)
        better, worse = shares.get("improved", 0.0), shares.get("regressed", 0.0)
        lines.append(f"| {case.title} | {better:.1%} | {worse:.1%} | {1 - better - worse:.1%} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    RESULTS.write_text(as_markdown(), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))

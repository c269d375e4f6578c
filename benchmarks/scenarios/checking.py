"""All notes are read and checked, for the first time and again."""

from functools import partial

from benchmarks import peers, places
from benchmarks.bench import Bench, removed
from benchmarks.promises import Compared, Scenario
from benchmarks.runner import Command

_COLD, _WARM = "changenote check, cold", "changenote check, warm"
_MANY = "changenote check, many, warm"
_LINT, _LINT_ONE_COMMIT = "reno lint", "reno lint, one commit"
_ANTSIBULL = "antsibull-changelog lint"


def check(bench: Bench) -> Scenario:
    """Ours cold and warm, beside reno's and antsibull's."""
    cold, warm = (bench.notes(bench.small, name) for name in ("cold", "warm"))
    return Scenario(
        name="check",
        title=f"Check {bench.small:,} notes, and {bench.large:,}",
        rounds=10,
        contenders=[
            bench.changenote(_COLD, "changenote check", cold, removed(cold / ".changenote")),
            bench.changenote(_WARM, "changenote check", warm),
            bench.changenote(_MANY, "changenote check", bench.notes(bench.large, "warm")),
            *_peers(bench),
        ],
        compared=[
            Compared(ours=_COLD, theirs=_LINT, at_most=0.5),
            Compared(ours=_COLD, theirs=_ANTSIBULL, at_most=0.5),
            Compared(ours=_MANY, theirs=_LINT, at_most=1),
            Compared(ours=_WARM, theirs=_LINT, at_most=0.1),
            Compared(ours=_COLD, theirs=_LINT_ONE_COMMIT),
            Compared(ours=_WARM, theirs=_LINT_ONE_COMMIT),
        ],
    )


def _peers(bench: Bench) -> list[Command]:
    total = bench.small
    reno, at_once = (
        bench.made(name, partial(places.reno_notes, total=total, one_commit=one))
        for name, one in (("reno", False), ("reno-at-once", True))
    )
    antsibull = bench.made("antsibull", partial(places.antsibull_notes, total=total))
    return [
        bench.peer(peers.CHANGELOGS, "reno lint", reno),
        bench.peer(peers.CHANGELOGS, "reno lint", at_once, name=_LINT_ONE_COMMIT),
        bench.peer(peers.ANTSIBULL, "antsibull-changelog lint", antsibull),
    ]

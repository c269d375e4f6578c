"""What shipped, as a list: no two tools mean the same by it, and so nothing is promised."""

from functools import partial

from benchmarks import peers, places
from benchmarks.bench import Bench, removed
from benchmarks.promises import Compared, Scenario

_COLD, _WARM = "changenote list, cold", "changenote list, warm"
_CLIFF, _TOWNCRIER, _RENO = "git-cliff", "towncrier build --draft", "reno report"


def changelog(bench: Bench) -> Scenario:
    """All changes read and printed."""
    total = bench.small
    cold, warm = (bench.notes(total, name) for name in ("cold", "warm"))
    cliff = bench.made("commits", partial(places.commits, total=total))
    towncrier = bench.made("towncrier", partial(places.towncrier_notes, total=total))
    reno = bench.made("reno", partial(places.reno_notes, total=total, one_commit=False))
    draft = "towncrier build --draft --version 1.0.0"
    return Scenario(
        name="changelog",
        title=f"Print what shipped, {total:,} changes",
        rounds=7,
        contenders=[
            bench.changenote(_COLD, "changenote list", cold, removed(cold / ".changenote")),
            bench.changenote(_WARM, "changenote list", warm),
            bench.peer(peers.CLIFF, "git-cliff", cliff),
            bench.peer(peers.CHANGELOGS, draft, towncrier, name=_TOWNCRIER),
            bench.peer(peers.CHANGELOGS, "reno report", reno),
        ],
        compared=[Compared(ours=_WARM, theirs=other) for other in (_CLIFF, _TOWNCRIER, _RENO)],
        remark="Each prints what it is made for: a line for each note, or the text of a changelog.",
    )

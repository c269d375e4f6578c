"""One note, or some, out of very many."""

from benchmarks.bench import Bench
from benchmarks.notes import note_id, notes
from benchmarks.promises import Compared, Limit, Scenario
from benchmarks.scenarios.references import CLICK, references

_ONE, _MANY = 1.6, 4  # times `import click`
_MEMORY = 150_000_000


def look_up(bench: Bench) -> Scenario:
    """Commands that people run all day, with the index of the notes there."""
    home = bench.notes(bench.large, "warm")
    wanted = note_id(bench.large // 2, bench.large)
    one = [f"changenote {word} {wanted}" for word in ("show", "rollback")]
    several = ["changenote list", "changenote search cache", f"changenote trace {_file(bench)}"]
    others = ["changenote metrics", "changenote stats"]
    return Scenario(
        name="look-up",
        title=f"Look something up among {bench.large:,} notes, index warm",
        rounds=15,
        contenders=[
            *references(bench, home),
            *(bench.changenote(_name(line), line, home) for line in (*one, *several, *others)),
        ],
        compared=[
            *(Compared(ours=_name(line), theirs=CLICK, at_most=_ONE) for line in one),
            *(Compared(ours=_name(line), theirs=CLICK, at_most=_MANY) for line in several),
            *(Compared(ours=_name(line), theirs=CLICK) for line in others),
        ],
        limits=[Limit(ours=_name(line), of="memory", at_most=_MEMORY) for line in several],
    )


def _name(line: str) -> str:
    return " ".join(line.split()[:2])


def _file(bench: Bench) -> str:
    """A file that notes name."""
    (first,) = notes(1)
    return str(first["files"][0]["path"]) if bench.large else ""

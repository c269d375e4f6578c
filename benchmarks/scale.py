"""`python -m benchmarks.scale`: what notes cost from a hundred to a hundred thousand.

Every step is run on repositories of growing size, each within a limit of time; what does not get
to its end is said to have not been reached. Writes results/scale.json, .md and .svg.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import machine, page, places
from benchmarks.__main__ import RESULTS, as_json
from benchmarks.bench import Bench, removed
from benchmarks.notes import note_id
from benchmarks.runner import Command, Sample, TooLong
from benchmarks.scenarios.building import edits

TOTALS = (100, 1_000, 10_000, 100_000)
LIMIT = 1_800
_RUNS, _ENOUGH = 5, 20  # runs of each step, and seconds after which there is no further one

Data = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that is done with all notes."""

    name: str
    command: Command


def main() -> None:
    """Measure and print the tables; those of the usual sizes are written, after each step."""
    given = _arguments()
    reached: dict[str, list[Data]] = {}
    with TemporaryDirectory(prefix="benchmark-scale-", dir=given.folder) as folder:
        for total in sorted(given.totals):
            bench = Bench(folder=Path(folder, str(total)))
            for name, point in _points(bench, total, given, reached):
                reached.setdefault(name, []).append({"notes": total, **point})
                if tuple(given.totals) == TOTALS:  # after each step: the largest take an hour
                    results = _results(given, reached)
                    (RESULTS / "scale.json").write_text(as_json(results), encoding="utf-8")
            removed(bench.folder)()
            if tuple(given.totals) == TOTALS:
                page.write()
    print(page.scale_report(_results(given, reached)))


def _results(given: argparse.Namespace, reached: Mapping[str, Sequence[Data]]) -> Data:
    return {
        "format": 1,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.machine(),
        "versions": machine.versions(of_peers=False),
        "limit": given.limit,
        "history": given.history,
        "steps": [{"name": name, "points": points} for name, points in reached.items()],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument(
        "totals", nargs="*", type=int, default=TOTALS, metavar="N", help="other numbers of notes"
    )
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for a run of a step")
    parser.add_argument("--folder", type=Path, help="where repositories and sites are made")
    parser.add_argument(
        "--one-commit",
        action="store_false",
        dest="history",
        help="all notes in one commit, instead of a commit for each",
    )
    return parser.parse_args()


def _points(
    bench: Bench, total: int, given: argparse.Namespace, reached: Mapping[str, Sequence[Data]]
) -> Iterator[tuple[str, Data]]:
    for step in _steps(bench, total, history=given.history):
        before = reached.get(step.name, ())
        if before and "not_reached" in before[-1]:
            yield step.name, {"not_reached": "one of a smaller size was not"}
            continue
        print(f"{total:,} notes: {step.name}", file=sys.stderr)
        try:
            yield step.name, _point(replace(step.command, limit=given.limit), bench.environment)
        except TooLong as error:
            yield step.name, {"not_reached": str(error)}


def _point(command: Command, environment: Mapping[str, str]) -> Data:
    """Some runs of a step; a long one is run once."""
    samples: list[Sample] = []
    while len(samples) < _RUNS and sum(sample["wall"] for sample in samples) < _ENOUGH:
        samples.append(command.sample(environment))
    return {
        quantity: round(median(sample[quantity] for sample in samples), 6)
        for quantity in samples[0]
    } | {"runs": len(samples)}


def _steps(bench: Bench, total: int, *, history: bool) -> Iterator[Step]:
    made = bench.folder / "generated"
    yield Step(name="notes made up and written", command=_generate(total, made))
    notes = _repository(bench, total, made, history=history)
    cache, out, exports = notes / ".changenote", bench.folder / "site", bench.folder / "exports"
    export = f"export --force --to {exports}/notes"
    for name, line, prepare, writes in (
        ("check, cold", "check", removed(cache), cache),
        ("check, warm", "check", None, None),
        ("index made (list, cold)", "list", removed(cache), cache),
        ("list, warm", "list", None, None),
        ("one note shown", f"show {note_id(total // 2, total)}", None, None),
        ("site, from nothing", f"site build --to {out}", removed(out, cache), out),
        ("site, one note changed", f"site build --to {out}", edits(notes), out),
        ("site, index there", f"site build --to {out}", removed(out), out),
        ("export, NDJSON", export, removed(exports), exports),
        ("export, Parquet", f"{export} --format parquet", removed(exports), exports),
    ):
        command = bench.changenote(name, f"changenote {line}", notes, prepare or _nothing)
        yield Step(name=name, command=replace(command, writes=writes))


def _generate(total: int, made: Path) -> Command:
    """So many notes written into a folder."""
    return Command(
        name="generate",
        command=(sys.executable, "-m", "benchmarks.generate", str(total), made),
        shown="python -m benchmarks.generate …",
        folder=Path(__file__).parent.parent,
        prepare=removed(made),
        writes=made,
    )


def _nothing() -> None:
    pass


def _repository(bench: Bench, total: int, made: Path, *, history: bool) -> Path:
    """With a commit for each note, or the generated folder as one commit."""
    if history:
        return bench.made("notes", lambda folder: places.change_notes(folder, total))
    places.committed(made)
    return made


if __name__ == "__main__":
    main()

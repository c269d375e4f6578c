"""`python -m tests.fuzz [--minutes N] [--again] [TARGET …]`: looks for inputs that break a promise.

Every target unless some are named, for so many minutes in all. Prints a table, keeps each failing
input in .fuzz/failures, and ends with 1 when there is one. `--again` only looks at what is kept.
"""

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.target import failure
from tests.fuzz.targets import BY_NAME
from tests.fuzz.worker import DRIVERS

FOLDER = Path(".fuzz")
MINUTES = 20.0
REGRESSIONS = Path(__file__).parents[1] / "data/fuzz"
"""Inputs that failed once, in a folder for each target."""

_ENOUGH = 8 * 2**30  # bytes that a process may take at all
_PATIENCE = 180  # seconds more than were asked for: to start, and to make inputs small


@dataclass(frozen=True)
class Line:
    """What one driver found out about one target."""

    target: str
    driver: str
    tried: int
    failures: dict[str, str]


def main(words: Sequence[str], folder: Path = FOLDER) -> int:
    """Look for inputs; 1 when one fails, 2 for a target that is not there."""
    asked = _asked(words)
    if unknown := [name for name in asked.target if name not in BY_NAME]:
        sys.stderr.write(f"no such target: {', '.join(unknown)}; there are {', '.join(BY_NAME)}\n")
        return 2
    names = asked.target or list(BY_NAME)
    if asked.again:
        return _again(names, folder)
    seconds = asked.minutes * 60 / len(names) / len(DRIVERS)
    lines = []
    for name in names:
        for driver in DRIVERS:
            sys.stderr.write(f"{name} by {driver} …\n")
            lines.append(_looked(name, driver, seconds, folder))
            sys.stderr.writelines(f"  {p}\n    {w}\n" for p, w in lines[-1].failures.items())
    sys.stdout.write(as_text(lines))
    return 1 if any(line.failures for line in lines) else 0


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="in all, %(default)s")
    parser.add_argument("--again", action="store_true", help="only look at what failed before")
    parser.add_argument("target", nargs="*", help="all unless some are named")
    return parser.parse_args(words)


def _looked(name: str, driver: str, seconds: float, folder: Path) -> Line:
    command = [sys.executable, "-m", "tests.fuzz.worker", name, driver, str(seconds), str(folder)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            timeout=seconds + _PATIENCE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_ENOUGH, _ENOUGH)),
        )
        said = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None
        why = f"ended with {done.returncode}: {done.stderr[-300:].decode(errors='replace')}"
    except subprocess.TimeoutExpired:
        said, why = None, "never came to an end"
    if said is None:
        return Line(name, driver, 0, {str(folder / f"current-{name}"): why})
    return Line(name, driver, said["tried"], said["failures"])


def _again(names: Sequence[str], folder: Path) -> int:
    """Read the inputs that failed once; 1 when one of them still fails."""
    failed = 0
    for name, path in kept(names, folder / "failures", REGRESSIONS):
        found = failure(BY_NAME[name].holds, path.read_bytes())
        sys.stdout.write(f"{path}: {f'{found.place}: {found.what}' if found else 'holds'}\n")
        failed += found is not None
    return 1 if failed else 0


def kept(names: Sequence[str], *folders: Path) -> Iterator[tuple[str, Path]]:
    """The inputs that failed once, each with its target."""
    for name in names:
        for folder in folders:
            yield from ((name, path) for path in sorted(folder.glob(f"{name}/*")))


def as_text(lines: Sequence[Line]) -> str:
    """The table: target, inputs tried, failures, driver."""
    rows = [("target", "inputs", "failures", "driver")]
    rows += [(x.target, f"{x.tried:,}", f"{len(x.failures):,}", x.driver) for x in lines]
    whole = f"{sum(line.tried for line in lines):,}", f"{sum(len(x.failures) for x in lines):,}"
    return "".join(
        f"{target:<14}{tried:>12}{failures:>10}  {driver}".rstrip() + "\n"
        for target, tried, failures, driver in [*rows, ("all", *whole, "")]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m benchmarks.profile`: where the processor's time goes in the work that takes longest.

Looks at a process at work every few milliseconds of processor time that it uses, and counts
what the time since the last look went to: the part of the work by the file of the innermost
function that belongs to one, and the innermost function itself. The report is of both.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import machine, page, places
from benchmarks.bench import LARGE, SMALL, removed
from benchmarks.scenarios.building import edits

ROOT = Path(__file__).parent.parent
RESULT = page.RESULTS / "profile.json"
LOOKING = Path(__file__).with_name("looking")
_TOP = 30
_CHANGENOTE = str(Path(sys.executable).with_name("changenote"))

PHASES = {
    "changenote/checks": "checks",
    "changenote/store": "reading notes",
    "changenote/git": "what git tells",
    "changenote/site/in_git": "what git tells",
    "changenote/site/note": "pages of notes",
    "changenote/site/lists": "pages of lists",
    "changenote/site/numbers": "pages of metrics and statistics",
    "changenote/site/exports": "feeds, badges, short links, data for programs",
    "changenote/site/search": "search: facts and index",
    "changenote/site/press": "splicing and writing",
    "changenote/site/mkdocs": "splicing and writing",
    "changenote/site/digests": "what has changed",
    "changenote/site/fingerprint": "what has changed",
    "changenote/site/code_generator": "templates compiled",
    "changenote/site/inlining": "templates compiled",
    "jinja2/environment.py: Environment.compile": "templates compiled",
    "jinja2/environment.py: Environment.get_template": "templates compiled",
    "jinja2/environment.py: Environment._load_template": "templates compiled",
    "changenote/site/edition": "edition: facts over all notes",
    "changenote/site/row": "edition: facts over all notes",
    "changenote/site/pages": "other pages",
    "changenote/site": "the plugin",
    "changenote/cli": "the command",
    "importlib": "loading modules",
    "mkdocs": "MkDocs and Material",
    "material": "MkDocs and Material",
}
"""What a piece of `file: function` stands for; the first that fits counts."""

_HELPERS = (
    "changenote/model",
    "changenote/site/edition.py: Edition.rendered",
    "changenote/site/edition.py: Edition._rendered",
    "changenote/site/environment",
    "changenote/site/markdown",
    "changenote/site/addresses",
    "changenote/site/wording",
    "changenote/site/charts",
    "changenote/site/headings",
    "changenote/site/json_text",
    "changenote/site/tree",
    "changenote/site/plan",
)
"""What works for whoever calls it."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """Something that is done with so many notes; `prepared` gives what is done before each time."""

    name: str
    notes: int
    command: tuple[str, ...]
    prepared: Callable[[Path], Callable[[], None]]


def works(few: int, many: int) -> tuple[Work, ...]:
    """What is looked at: all of it reads or makes much, and is asked for often."""
    build = ("site", "build", "--to", "../site")
    return (
        Work(name="site, from nothing", notes=few, command=build, prepared=_forgotten),
        Work(name="site, one note changed", notes=many, command=build, prepared=edits),
        Work(
            name="check, everything read anew", notes=few, command=("check",), prepared=_forgotten
        ),
    )


def _forgotten(notes: Path) -> Callable[[], None]:
    """Nothing is there from before but bytecode, and what the system keeps of files."""

    def forget() -> None:
        for name in (".changenote", "../site"):
            removed(notes / name)()

    return forget


def main() -> None:
    """Profile all works with made-up notes, print the report and write it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    sizes: dict[str, Any] = {"type": int, "nargs": 2, "metavar": ("FEW", "MANY")}
    parser.add_argument("--notes", default=(SMALL, LARGE), help="other numbers of notes", **sizes)
    few, many = parser.parse_args().notes
    found = {
        "format": 2,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.machine(),
        "versions": machine.versions(of_peers=False),
        "works": [_found(work) for work in works(few, many)],
    }
    print(page.profile_report(found))
    if (few, many) == (SMALL, LARGE):
        RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        page.write()


def _found(work: Work) -> dict[str, Any]:
    """What the time of a work went to, in the second run of it."""
    with TemporaryDirectory(prefix="benchmark-profile-") as name:
        folder = Path(name)
        notes = places.change_notes(folder / "notes", work.notes)
        seen = Path(folder, "looks")
        seen.mkdir()
        prepare = work.prepared(notes)
        for more in ({}, {"LOOKS": str(seen)}):
            prepare()
            _run(work.command, notes, folder, more)
        phases, functions = counted([json.loads(f.read_text("utf-8")) for f in seen.iterdir()])
    return {
        "name": work.name,
        "notes": work.notes,
        "phases": _rounded(phases),
        "functions": _rounded(functions, _TOP),
    }


def _run(command: Sequence[str], notes: Path, folder: Path, more: Mapping[str, str]) -> None:
    """Run a command in a repository of notes, on one processor, so that one process does it."""
    done = subprocess.run(
        ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), _CHANGENOTE, *command),
        cwd=notes,
        env={**places.environment(folder / "home"), "PYTHONPATH": str(LOOKING), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"`changenote {command[0]}` failed:\n{done.stderr}")


def counted(looks: Sequence[Mapping[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """Seconds by part of the work and by function, over all processes that were looked at."""
    phases: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for look in looks:
        for stack, used in look["stacks"].items():
            phases[phase(stack.splitlines())] += used
        for stack, used in look["children"].items():
            phases[f"{phase(stack.splitlines())}: other programs"] += used
        for name, used in look["functions"].items():
            functions[_short(name)] += used
    return phases, functions


def phase(running: Iterable[str]) -> str:
    """The part of the work that the innermost known function belongs to."""
    for function in map(_inside, running):
        if not function.startswith(_HELPERS):
            for piece, name in PHASES.items():
                if function.startswith(piece):
                    return name
    return "other"


def _inside(function: str) -> str:
    """`file: function` from the package on; a template belongs to whoever renders it."""
    if function.startswith("<frozen importlib"):
        return "importlib"
    package = function.rpartition("site-packages/")[2].removeprefix(f"{ROOT}/")
    return "" if package.startswith("templates/") else package


def _short(name: str) -> str:
    """A function with the end of its file's path."""
    file, _, function = name.rpartition(": ")
    return f"{'/'.join(file.split('/')[-3:])}: {function}"


def _rounded(seconds: Counter[str], most: int | None = None) -> dict[str, float]:
    """The largest first."""
    return {name: round(used, 4) for name, used in seconds.most_common(most)}


if __name__ == "__main__":
    main()

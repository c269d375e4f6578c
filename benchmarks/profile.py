"""`python -m benchmarks.profile [N]`: where the processor's time goes when a site is built.

Looks at the process that builds every few milliseconds of processor time that it uses, and counts
what the time since the last look went to: the part of the work by the file of the innermost
function that belongs to one, and the innermost function itself. The report is of both.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import machine, page, places
from benchmarks.bench import SMALL, removed

ROOT = Path(__file__).parent.parent
RESULT = page.RESULTS / "profile.json"
LOOKING = Path(__file__).with_name("looking")
_TOP = 30

PHASES = {
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


def main() -> None:
    """Profile a build of made-up notes, print the report and write it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("total", type=int, nargs="?", default=SMALL, metavar="N")
    total = parser.parse_args().total
    phases, functions = counted(_looks(total))
    found = {
        "format": 1,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.machine(),
        "versions": machine.versions(of_peers=False),
        "notes": total,
        "phases": _rounded(phases),
        "functions": _rounded(functions, _TOP),
    }
    print(page.profile_report(found))
    if total == SMALL:
        RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        page.write()


def _looks(total: int) -> list[dict[str, Any]]:
    """What was seen in each process of a build of so many notes, the second one."""
    with TemporaryDirectory(prefix="benchmark-profile-") as name:
        folder = Path(name)
        notes = places.change_notes(folder / "notes", total)
        _build(notes, folder / "warm-up", folder)
        seen = Path(folder, "looks")
        seen.mkdir()
        _build(notes, folder / "site", folder, LOOKS=str(seen))
        return [json.loads(file.read_text("utf-8")) for file in seen.iterdir()]


def _build(notes: Path, out: Path, folder: Path, **more: str) -> None:
    """A site from nothing; bytecode and what the system keeps of files is there from before."""
    removed(notes / ".changenote")()
    done = subprocess.run(
        # One processor, so that the work stays in one process.
        ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), *_changenote(), out),
        cwd=notes,
        env={**places.environment(folder / "home"), "PYTHONPATH": str(LOOKING), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the site could not be built:\n{done.stderr}")


def _changenote() -> tuple[str, ...]:
    return str(Path(sys.executable).with_name("changenote")), "site", "build", "--to"


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

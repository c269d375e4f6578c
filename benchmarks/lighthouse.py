"""`python -m benchmarks.lighthouse`: what Google's Lighthouse says of pages, as on a phone.

Builds the site of the sample notes and of 300 made-up ones, serves it as hosts do, compressed, and
looks at the pages that are opened in a hurry with Lighthouse's own profile of a phone: a slow 4G
network is simulated, the processor slowed to a quarter. The median of some runs counts.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine
from benchmarks.peers import ENVIRONMENT
from benchmarks.server import served
from tests.books import one_of_each_kind
from tests.browser import FLAGS
from tests.screenshots import NOTES, project
from tests.sites import MATERIAL, mkdocs

HERE = Path(__file__).parent
REPORT = HERE / "results" / "lighthouse.md"
RUNS = 3
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
TIMES = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocked",
}
_PAGES = {
    "cn-note": "the longest note",
    "cn-home-index": "home",
    "cn-rollbacks-rollback": "rollback",
    "cn-search-search": "search",
    "cn-one-metric-metrics": "a metric",
}

Report = Mapping[str, Any]


def main() -> None:
    """Measure, print the table, and write it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of each page")
    runs = parser.parse_args().runs
    command = installed()
    with TemporaryDirectory() as folder:
        built = mkdocs(project(Path(folder, "site")), MATERIAL, index=False)
        if built.code:
            sys.exit(built.said)
        with served(built.folder) as address:
            pages = {
                name: [_looked_at(command, address + path, Path(folder)) for _ in range(runs)]
                for name, path in _paths(built.folder).items()
            }
    text = as_markdown(pages, machine())
    REPORT.write_text(text, encoding="utf-8")
    print(text)


def installed() -> Path:
    """The command `lighthouse`, at the versions and hashes of the lock file."""
    web = ENVIRONMENT / "web"
    lock = web / "package-lock.json"
    if not lock.is_file() or lock.read_bytes() != (HERE / "web" / lock.name).read_bytes():
        shutil.rmtree(web, ignore_errors=True)
        shutil.copytree(HERE / "web", web)
        npm = ("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error")
        subprocess.run(npm, cwd=web, env=_environment(), check=True)
    return web / "node_modules" / ".bin" / "lighthouse"


def _environment() -> dict[str, str]:
    """With the Node.js that is installed beside this Python first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CHROME_PATH": "/usr/bin/chromium"}


def _paths(site: Path) -> dict[str, str]:
    kinds = one_of_each_kind(site)
    return {name: kinds[kind].removesuffix("index.html") for kind, name in _PAGES.items()}


def _looked_at(command: Path, address: str, folder: Path) -> Report:
    print(address, file=sys.stderr)
    report = folder / "report.json"
    flags = f"--chrome-flags={' '.join(FLAGS)}"
    output = ("--output=json", f"--output-path={report}", "--quiet", "--no-enable-error-reporting")
    subprocess.run([command, address, flags, *output], env=_environment(), check=True)
    found: Report = json.loads(report.read_text("utf-8"))
    return found


def as_markdown(pages: Mapping[str, Sequence[Report]], where: Mapping[str, str]) -> str:
    """The table that is committed: a line per page, the median of its runs."""
    reports = [report for runs in pages.values() for report in runs]
    rows = [_row(name, runs) for name, runs in pages.items()]
    head = ["page", *CATEGORIES.values(), *TIMES.values(), "transferred"]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(
        [
            "# What Lighthouse says",
            "",
            "Written by `make lighthouse`; do not edit. How it is measured:",
            "[benchmarks/README.md](../README.md).",
            "",
            *lines,
            "",
            *_lost(pages),
            f"Lighthouse {reports[0]['lighthouseVersion']}, its profile of a phone, the median of"
            f" {max(map(len, pages.values()))} runs; {NOTES} made-up notes and the sample notes."
            f" {where['processor']}, {where['cores']} cores, {where['system']}.",
            "",
        ]
    )


def _row(name: str, runs: Sequence[Report]) -> list[str]:
    scores = [f"{100 * median(_scores(runs, each)):.0f}" for each in CATEGORIES]
    times = [_milliseconds(runs, audit) for audit in TIMES]
    size = median(run["audits"]["total-byte-weight"]["numericValue"] for run in runs)
    return [name, *scores, *times, f"{size / 1000:.0f} kB"]


def _scores(runs: Sequence[Report], category: str) -> list[float]:
    return [run["categories"][category]["score"] for run in runs]


def _milliseconds(runs: Sequence[Report], audit: str) -> str:
    return f"{median(run['audits'][audit]['numericValue'] for run in runs):,.0f} ms"


def _lost(pages: Mapping[str, Sequence[Report]]) -> list[str]:
    """What cost points beside time: every audit that a page failed in any run."""
    found = {
        f"- {name}: {audit['title']}"
        for name, runs in pages.items()
        for run in runs
        for category in list(CATEGORIES)[1:]
        for ref in run["categories"][category]["auditRefs"]
        if ref["weight"] and (audit := run["audits"][ref["id"]])["score"] not in (None, 1)
    }
    return ["Points were lost for:", "", *sorted(found), ""] if found else []


if __name__ == "__main__":
    main()

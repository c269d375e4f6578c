"""`python -m benchmarks.page`: reports, plots and the site's page, from results that are there.

`python -m benchmarks` and `python -m benchmarks.scale` do this themselves.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import million, plots
from benchmarks.report import (
    HOW_TO_READ,
    as_markdown,
    conditions,
    promised,
    seconds,
    seen,
    size,
    table,
    targets,
)
from benchmarks.trend import TOLERANCE, Fit, Point, fit, growth

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "site" / "reference" / "measurements.md"
_MEMORY, _PROMISED = 2_000_000_000, 100_000

Data = Mapping[str, Any]

_QUANTITIES = {
    "cpu": ("Processor time", seconds),
    "wall": ("Time passed", seconds),
    "memory": ("Memory, the most held together", size),
    "written": ("Bytes written", size),
}

_PAGE_HEAD = """\
<!-- Written by `make bench` and `make bench-scale` from benchmarks/results/; do not edit. -->

# Measurements

How long things take beside other tools, measured in turns on one machine in one run. What is
compared, how, and where the work differs is told in `benchmarks/README.md`, and every single
sample is kept in `benchmarks/results/`."""

_PROFILE_HEAD = """\
Written by `python -m benchmarks.profile`; do not edit. How it looks:
[benchmarks/README.md](../README.md)."""

_PROFILED = """\
On one processor. The part of the work is that of the innermost function that belongs to one."""

_FUNCTIONS = "Those that were running themselves; calls to others are not counted."
_PARTS = {"phases": "part of the work", "functions": "function"}

_OTHERWISE = ("missed", "not clear", "not finished")

_SCALE_HEAD = """\
Written by `make bench-scale`; do not edit. How it is measured:
[benchmarks/README.md](../README.md)."""


def main() -> None:
    """Write all that is made from results, and nothing else."""
    write()


def write() -> None:
    """Bring every report, plot and page up to the results."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def files() -> dict[Path, str]:
    """What the results are shown as, by file."""
    results, scale, profile = (_read(f"{name}.json") for name in ("latest", "scale", "profile"))
    guide = million.with_measured(million.GUIDE.read_text("utf-8"), results, scale)
    made = {PAGE: as_page(results, scale, profile), million.GUIDE: guide}
    if results:
        made[RESULTS / "README.md"] = as_markdown(results)
        made[RESULTS / "ratios.svg"] = plots.shares(results, inline=False)
    if profile:
        made[RESULTS / "profile.md"] = profile_report(profile)
    if scale:
        made[RESULTS / "scale.md"] = scale_report(scale)
        made[RESULTS / "scale.svg"] = plots.trends(_series(scale), inline=False)
    return made


def as_page(results: Data | None, scale: Data | None, profile: Data | None) -> str:
    """The page of the site."""
    parts = [_PAGE_HEAD]
    if results:
        parts += [
            "## What was promised",
            _counted(results),
            HOW_TO_READ,
            plots.shares(results, inline=True),
        ]
        parts += [targets(results), "## Measured without a promise", seen(results)]
    if scale:
        parts += ["## From a hundred notes to a hundred thousand", _told(scale)]
        parts += [plots.trends(_series(scale), inline=True), *_tables(scale, "###")]
    if profile:
        parts += ["## Where the time goes", _PROFILED]
        for work in profile["works"]:
            parts += [_title_of(work, "###"), _used(work), _shares_of(work, "phases")]
    if either := results or scale:
        parts += ["## Machine and versions", conditions(either)]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _counted(results: Data) -> str:
    """How many promises are kept, in a sentence."""
    verdicts = Counter(one["verdict"] for one in promised(results))
    every = sum(verdicts.values())
    others = [f"{verdicts[word]} {word}" for word in _OTHERWISE if verdicts[word]]
    return f"**{verdicts['met']} of {every} targets are met**{''.join(f', {o}' for o in others)}."


def scale_report(scale: Data) -> str:
    """What `make bench-scale` found."""
    plot = "![Processor time by number of notes](scale.svg)"
    parts = ["# As notes grow", _SCALE_HEAD, _told(scale), plot, *_tables(scale, "##")]
    return "\n\n".join([*parts, "## Machine and versions", conditions(scale)]) + "\n"


def profile_report(profile: Data) -> str:
    """What `python -m benchmarks.profile` found."""
    parts = ["# Where the time goes", _PROFILE_HEAD, _PROFILED]
    for work in profile["works"]:
        parts += [_title_of(work, "##"), _used(work), _shares_of(work, "phases")]
        parts += ["### Functions", _FUNCTIONS, _shares_of(work, "functions")]
    return "\n\n".join([*parts, "## Machine and versions", conditions(profile)]) + "\n"


def _title_of(work: Data, level: str) -> str:
    return f"{level} {work['name'].capitalize()}, {work['notes']:,} notes"


def _used(work: Data) -> str:
    used, notes = sum(work["phases"].values()), work["notes"]
    return f"{seconds(used)}, {1000 * used / notes:.2f} ms a note."


def _shares_of(work: Data, what: str) -> str:
    used, notes = sum(work["phases"].values()), work["notes"]
    rows = [
        (name, seconds(one), f"{1000 * one / notes:.2f} ms", f"{100 * one / used:.1f} %")
        for name, one in work[what].items()
    ]
    return table((_PARTS[what], "used", "a note", "share"), rows)


def _told(scale: Data) -> str:
    history = "a commit for each note" if scale["history"] else "all notes in one commit"
    return (
        f"Repositories of made-up notes, {history}. Short steps are run up to five times (the"
        f" median counts), long ones once; none may take longer than {scale['limit']:,.0f} seconds."
        " *Growth* is from the size before to the largest one reached, beside that of n log n; a"
        f" step is *met* when it grew by no more than {TOLERANCE:g} times that. Dashed lines are n"
        " log n through the points."
    )


def _tables(scale: Data, level: str) -> Iterator[str]:
    for quantity, (title, write) in _QUANTITIES.items():
        steps = [s for s in scale["steps"] if any(quantity in p for p in s["points"])]
        if not steps:
            continue
        totals = sorted({point["notes"] for step in steps for point in step["points"]})
        grows = quantity == "cpu"
        head = ["step", *(f"{total:,}" for total in totals), *(_GROWTH if grows else ())]
        rows = [
            [
                s["name"],
                *_cells(s["points"], totals, quantity, write),
                *(_grown(s) if grows else ()),
            ]
            for s in steps
        ]
        yield f"{level} {title}"
        yield table(head, rows)
    yield _within(scale)


_GROWTH = ("growth", "n log n", "result")


def _cells(points: Sequence[Data], totals: Sequence[int], quantity: str, write: Any) -> list[str]:
    by_total = {point["notes"]: point for point in points}
    return [
        "not finished"
        if "not_reached" in by_total.get(total, {})
        else write(by_total[total][quantity])
        if quantity in by_total.get(total, {})
        else ""
        for total in totals
    ]


def _grown(step: Data) -> tuple[str, str, str]:
    found = growth(_reached(step))
    if not found:
        return "", "", ""
    grew, may = found
    verdict = "met" if grew <= may * TOLERANCE else "missed"
    if any("not_reached" in point for point in step["points"]):
        verdict = f"{verdict}, largest not finished"
    return f"× {grew:.1f}", f"× {may:.1f}", verdict


def _within(scale: Data) -> str:
    """The promise about memory, in a sentence."""
    steps = [step for step in scale["steps"] if step["name"] == "site, from nothing"]
    points = [point for step in steps for point in step["points"] if "memory" in point]
    if not points:
        return "No site was built."
    largest = max(points, key=lambda point: int(point["notes"]))
    verdict = ": met" if largest["memory"] <= _MEMORY else ": missed"
    if largest["notes"] < _PROMISED:
        verdict = ", and no site of that size was built"
    return (
        f"A site of {largest['notes']:,} notes from nothing held {size(largest['memory'])} at most;"
        f" {size(_MEMORY)} were promised for {_PROMISED:,}{verdict}."
    )


def _reached(step: Data) -> list[Point]:
    return [(point["notes"], point["cpu"]) for point in step["points"] if "cpu" in point]


def _series(scale: Data) -> dict[str, tuple[list[Point], Fit]]:
    """What is drawn: all but our own making up of notes."""
    found = {step["name"]: _reached(step) for step in scale["steps"][1:]}
    return {name: (points, fit(points)) for name, points in found.items() if points}


def _read(name: str) -> Data | None:
    path = RESULTS / name
    found: Data | None = json.loads(path.read_text("utf-8")) if path.is_file() else None
    return found


if __name__ == "__main__":
    main()

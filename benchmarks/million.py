"""What notes cost on the way to a million: the parts of a guide that are made from results.

Up to the largest size that was reached it is measured, beyond it is reckoned: processor time by
the n log n that fits all sizes, everything else by what a note more took in the last step. The
text around the parts is written by hand.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import seconds, size, table
from benchmarks.trend import fit

GUIDE = Path(__file__).parent.parent / "site" / "guide" / "scale.md"
MILLION = 1_000_000

_PART = re.compile(
    r"(?<=<!-- measured: )(?P<name>[a-z]+)(?P<start> -->\n).*?(?=<!-- end of (?P=name) -->)", re.S
)
_NOTHING = "Not measured yet: `make bench-scale` does it.\n"
_UPLOAD = 100e6 / 8  # bytes a second: 100 Mbit/s
_REQUEST = 10e6  # bytes
_FAR = 10**12  # notes that nobody will have

Data = Mapping[str, Any]
Point = tuple[int, float]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One thing that notes cost: measured at some numbers of notes, and what that makes of more."""

    points: tuple[Point, ...]
    grows: Callable[[float], float]

    @property
    def largest(self) -> Point:
        """The most notes with which it was measured, and what it was."""
        return self.points[-1]

    def at(self, notes: int) -> float:
        """As measured, or as reckoned."""
        return dict(self.points).get(notes, self.grows(notes))

    def notes_for(self, limit: float) -> str:
        """With how many notes does it come to so much? To two digits."""
        low, high = 1.0, float(_FAR)
        while high / low > 1.001:
            middle = (low * high) ** 0.5
            low, high = (middle, high) if self.grows(middle) < limit else (low, middle)
        step = 10 ** max(0, floor(log10(low)) - 1)
        return f"{int(low // step * step):,}" if low < _FAR / 2 else "never"


def _time(value: float) -> str:
    """In the largest unit of which there are two."""
    for length, unit in ((3600, "hours"), (60, "minutes")):
        if value >= 2 * length:
            return f"{value / length:,.0f} {unit}"
    return f"{value:,.0f} seconds"


def _duration(value: float) -> str:
    """As exact as it is of use: what is reckoned is no better known for its decimals."""
    return seconds(value) if value < 120 else _time(value)


@dataclass(frozen=True, kw_only=True)
class _Row:
    name: str
    step: str
    of: str
    write: Callable[[float], str]


_ROWS = (
    _Row(name="site from nothing, processor", step="site, from nothing", of="cpu", write=_duration),
    _Row(name="… memory", step="site, from nothing", of="memory", write=size),
    _Row(name="… bytes", step="site, from nothing", of="written", write=size),
    _Row(name="… files", step="site, from nothing", of="files", write=lambda n: f"{n:,.0f}"),
    _Row(
        name="one note changed, processor", step="site, one note changed", of="cpu", write=_duration
    ),
    _Row(name="check, everything read anew", step="check, cold", of="cpu", write=_duration),
    _Row(name="check, nothing changed", step="check, warm", of="cpu", write=_duration),
    _Row(name="list", step="list, warm", of="cpu", write=_duration),
    _Row(name="show one note", step="one note shown", of="cpu", write=_duration),
    _Row(name="export as NDJSON, processor", step="export, NDJSON", of="cpu", write=_duration),
    _Row(name="… bytes", step="export, NDJSON", of="written", write=size),
    _Row(name="export as Parquet, bytes", step="export, Parquet", of="written", write=size),
)

_LIMITS = (
    ("written", 1e9, "1 GB, the most that GitHub Pages publishes"),
    ("files", 20_000, "20,000 files, the most of Cloudflare Pages without a paid plan"),
    ("memory", 7e9, "7 GB of memory, a small machine of a CI service"),
    ("cpu", 3600, "an hour of one processor for a site from nothing"),
)


def with_measured(page: str, results: Data | None, scale: Data | None) -> str:
    """The guide with its measured parts made anew."""
    made = {
        "costs": lambda: _costs(scale),
        "limits": lambda: _limits(scale),
        "requests": lambda: _requests(scale),
        "search": lambda: _search(results),
        "upload": lambda: _upload(scale),
    }
    return _PART.sub(lambda m: f"{m['name']}{m['start']}\n{made[m['name']]()}\n", page)


def cost(scale: Data | None, step: str, of: str) -> Cost | None:
    """What was measured of a step; None where nothing was."""
    steps = [one for one in (scale or {}).get("steps", ()) if one["name"] == step]
    points = tuple((p["notes"], p[of]) for one in steps for p in one["points"] if of in p)
    if not points:
        return None
    return Cost(points=points, grows=fit(points).at if of == "cpu" else _line(points))


def _line(points: Sequence[Point]) -> Callable[[float], float]:
    """Through the last two points, or from nothing through the only one; never downwards."""
    (few, less), (many, more) = ((0, 0.0), *points)[-2:]
    each = max(0.0, (more - less) / (many - few))
    return lambda notes: more + each * (notes - many)


def _costs(scale: Data | None) -> str:
    found = [(row, cost(scale, row.step, row.of)) for row in _ROWS]
    known = [(row, one) for row, one in found if one]
    if not known:
        return _NOTHING
    largest = max(one.largest[0] for _, one in known)
    sizes = sorted({notes for _, one in known for notes, _ in one.points} | {MILLION})
    head = ["", *(f"{n:,}{'*' if n > largest else ''}" for n in sizes)]
    rows = [[row.name, *_cells(row, one, sizes, largest)] for row, one in known]
    told = f"\\* Reckoned from the sizes up to {largest:,}, as is all in italics."
    return f"{table(head, rows)}\n\n{told}\n"


def _cells(row: _Row, one: Cost, sizes: Sequence[int], largest: int) -> Iterator[str]:
    measured = dict(one.points)
    for notes in sizes:
        said = row.write(one.at(notes))
        is_between = notes < largest and notes < one.largest[0]
        yield said if notes in measured else "" if is_between else f"*{said}*"


def _limits(scale: Data | None) -> str:
    known = [(cost(scale, "site, from nothing", of), limit, name) for of, limit, name in _LIMITS]
    rows = [(name, one.notes_for(limit)) for one, limit, name in known if one]
    return f"{table(('limit', 'reached with notes'), rows)}\n" if rows else _NOTHING


def _upload(scale: Data | None) -> str:
    whole, files = (cost(scale, "site, from nothing", of) for of in ("written", "files"))
    if not whole or not files:
        return _NOTHING
    notes, written = whole.largest
    _, count = files.largest
    return (
        f"A note is {size(written / notes)} and {count / notes:.1f} files of the site, lists and"
        f" pages of metrics included ({size(written)} and {count:,.0f} files over {notes:,}"
        f" notes). To upload all of it takes {_time(written / _UPLOAD)} at 100 Mbit/s; a million"
        f" notes are {size(whole.at(MILLION))} and take {_time(whole.at(MILLION) / _UPLOAD)}.\n"
    )


def _requests(scale: Data | None) -> str:
    lines = cost(scale, "export, NDJSON", "written")
    if not lines:
        return _NOTHING
    notes, written = lines.largest
    each = written / notes
    return (
        f"A note is {size(each)} as a line. So {int(_REQUEST // each):,} notes fill a request of"
        f" {size(_REQUEST)}, and a million notes are {size(lines.at(MILLION))} in"
        f" {ceil(lines.at(MILLION) / _REQUEST):,} requests.\n"
    )


def _search(results: Data | None) -> str:
    scenarios = [one for one in (results or {}).get("scenarios", ()) if one["name"] == "search"]
    loaded = [
        (scenario["title"], contender["name"], median(contender["samples"]["loaded"]))
        for scenario in scenarios
        for contender in scenario["contenders"]
        if contender["samples"].get("loaded")
    ]
    found = re.search(r"[\d,]+", loaded[0][0]) if loaded else None
    if not found:
        return "Not measured yet: `make bench` does it.\n"
    notes, bytes_loaded = int(found[0].replace(",", "")), loaded[0][2]
    each = bytes_loaded / notes
    return (
        f"With {notes:,} notes a browser loads {size(bytes_loaded)} until the first result of a"
        f" word, {each:.0f} bytes a note. With a million that would be {size(each * MILLION)} for"
        " everybody who searches, and a tab that holds facts of a million notes.\n"
    )

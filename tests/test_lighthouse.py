"""What Lighthouse says is told truly: from compressed pages, as the median of some runs."""

import gzip
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.lighthouse import as_markdown
from benchmarks.server import served

MACHINE = {"processor": "A processor", "cores": "2", "system": "Debian 12"}


def report(speed: float, paint: int, contrast: float = 1) -> dict[str, Any]:
    """What one run gives, as far as it is read."""
    whole = {"score": 1, "auditRefs": []}
    return {
        "lighthouseVersion": "13.5.0",
        "categories": {
            "performance": {"score": speed, "auditRefs": [{"id": "speed-index", "weight": 10}]},
            "accessibility": {
                "score": contrast,
                "auditRefs": [
                    {"id": "color-contrast", "weight": 7},
                    {"id": "tabindex", "weight": 0},
                ],
            },
            "best-practices": whole,
            "seo": whole,
        },
        "audits": {
            "first-contentful-paint": {"numericValue": paint},
            "largest-contentful-paint": {"numericValue": 2 * paint},
            "total-blocking-time": {"numericValue": 40.4},
            "total-byte-weight": {"numericValue": 120_400},
            "speed-index": {"score": 0.5, "title": "Speed Index"},
            "color-contrast": {"score": int(contrast), "title": "Text is too faint"},
            "tabindex": {"score": 0, "title": "Weighs nothing"},
        },
    }


REPORT = """\
# What Lighthouse says

Written by `make lighthouse`; do not edit. How it is measured:
[benchmarks/README.md](../README.md).

| page | performance | accessibility | best practices | SEO | first paint | largest paint | blocked | transferred |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| a note | 97 | 100 | 100 | 100 | 1,600 ms | 3,200 ms | 40 ms | 120 kB |
| home | 90 | 96 | 100 | 100 | 1,500 ms | 3,000 ms | 40 ms | 120 kB |

Points were lost for:

- home: Text is too faint

Lighthouse 13.5.0, its profile of a phone, the median of 3 runs; 300 made-up notes and the sample \
notes. A processor, 2 cores, Debian 12.
"""


def test_the_table_has_the_median_of_each_page_and_names_what_cost_points() -> None:
    note = [report(0.99, 1500), report(0.4, 9000), report(0.97, 1600)]

    text = as_markdown({"a note": note, "home": [report(0.9, 1500, contrast=0.96)] * 3}, MACHINE)

    assert text == REPORT


def test_pages_are_served_compressed_as_hosts_do(tmp_path: Path) -> None:
    page = "<h1>Undo</h1>\n" * 100
    (tmp_path / "note").mkdir()
    (tmp_path / "note/index.html").write_text(page)

    with served(tmp_path) as address:
        asked = Request(f"{address}note/", headers={"Accept-Encoding": "gzip"})  # noqa: S310  # our own server
        with urlopen(asked) as answer:  # noqa: S310
            kind, content = answer.headers["Content-Type"], answer.read()

    assert kind == "text/html"
    assert len(content) < len(page) / 5
    assert gzip.decompress(content).decode() == page

"""What a million notes cost is reckoned from what was measured, and from nothing else."""

from typing import Any

import pytest

from benchmarks import million, page
from benchmarks.million import cost, with_measured


def step(name: str, *points: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "points": list(points)}


SCALE: dict[str, Any] = {
    "steps": [
        step("check, cold", {"notes": 100, "cpu": 0.2}, {"notes": 1_000, "cpu": 1.0}),
        step(
            "site, from nothing",
            {"notes": 100, "cpu": 4.0, "memory": 9e7, "written": 2e7, "files": 700},
            {"notes": 1_000, "cpu": 8.0, "memory": 1.2e8, "written": 11e7, "files": 5_200},
            {"notes": 10_000, "not_reached": "it took over 1800 s"},
        ),
        step(
            "export, NDJSON",
            {"notes": 1_000, "cpu": 0.6, "written": 4.5e6, "files": 1},
            {"notes": 10_000, "cpu": 5.0, "written": 45e6, "files": 1},
        ),
    ]
}
RESULTS: dict[str, Any] = {
    "scenarios": [
        {
            "name": "search",
            "title": "Search 10,000 notes in Chromium",
            "contenders": [
                {"name": "our search page", "samples": {"loaded": [400_000, 420_000, 410_000]}},
                {"name": "Material's", "samples": {"loaded": [9e6]}},
            ],
        }
    ]
}


def part(name: str, results: Any = RESULTS, scale: Any = SCALE) -> str:
    """A measured part of a page."""
    made = with_measured(
        f"<!-- measured: {name} -->\nold\n<!-- end of {name} -->\n", results, scale
    )
    return made.removeprefix(f"<!-- measured: {name} -->\n\n").removesuffix(
        f"\n<!-- end of {name} -->\n"
    )


def test_what_was_measured_stands_as_it_is_and_the_rest_is_marked() -> None:
    assert (
        part("costs")
        == """\
|  | 100 | 1,000 | 10,000 | 1,000,000* |
|---|---|---|---|---|
| site from nothing, processor | 4.00 s | 8.00 s | *60.9 s* | *2 hours* |
| … memory | 90.0 MB | 120.0 MB | *420.0 MB* | *33.4 GB* |
| … bytes | 20.0 MB | 110.0 MB | *1.0 GB* | *100.0 GB* |
| … files | 700 | 5,200 | *50,200* | *5,000,200* |
| check, everything read anew | 200.0 ms | 1.00 s | *11.6 s* | *29 minutes* |
| export as NDJSON, processor |  | 600.0 ms | 5.00 s | *12 minutes* |
| … bytes |  | 4.5 MB | 45.0 MB | *4.5 GB* |

\\* Reckoned from the sizes up to 10,000, as is all in italics.
"""
    )


def test_a_limit_is_reached_where_what_was_measured_comes_to_it() -> None:
    files = cost(SCALE, "site, from nothing", "files")

    assert files
    assert files.grows(3_900) <= 20_000 < files.grows(4_000)
    assert "| 20,000 files, the most of Cloudflare Pages without a paid plan | 3,900 |" in part(
        "limits"
    )
    assert files.notes_for(1e300) == "never"


def test_sentences_say_what_their_numbers_make() -> None:
    assert part("upload") == (
        "A note is 110 kB and 5.2 files of the site, lists and pages of metrics included (110.0 MB"
        " and 5,200 files over 1,000 notes). To upload all of it takes 9 seconds at 100 Mbit/s; a"
        " million notes are 100.0 GB and take 2 hours.\n"
    )
    assert part("requests") == (
        "A note is 4 kB as a line. So 2,222 notes fill a request of 10.0 MB, and a million notes"
        " are 4.5 GB in 450 requests.\n"
    )
    assert part("search") == (
        "With 10,000 notes a browser loads 410 kB until the first result of a word, 41 bytes a"
        " note. With a million that would be 41.0 MB for everybody who searches, and a tab that"
        " holds facts of a million notes.\n"
    )


@pytest.mark.parametrize("name", ["costs", "limits", "upload", "requests", "search"])
def test_what_was_not_measured_is_not_said(name: str) -> None:
    assert part(name, None, None).startswith("Not measured yet: `make bench")
    assert f"<!-- measured: {name} -->" in million.GUIDE.read_text("utf-8")


def test_the_guide_is_among_what_is_written_from_results() -> None:
    assert million.GUIDE in page.files()  # and so compared with them, see test_benchmark_pages

"""What was measured is shown as it is: growth, plots, and the site's page with the results."""

import json
import os
import re
import subprocess
import sys
from math import log
from pathlib import Path
from typing import Any

import pytest

from benchmarks import page, plots, profile, scale
from benchmarks.bench import Bench
from benchmarks.generate import write_notes
from benchmarks.notes import notes
from benchmarks.peers import LOCKS, versions
from benchmarks.retold import page as hand_written
from benchmarks.scenarios.building import edits
from benchmarks.trend import Fit, fit, growth
from tests.workshop import Workshop


@pytest.mark.parametrize("path", page.files(), ids=lambda path: path.name)
def test_reports_plots_and_the_page_agree_with_the_results(path: Path) -> None:
    assert path.read_text("utf-8") == page.files()[path]  # else: python -m benchmarks.page


def test_points_that_grow_as_n_log_n_give_back_what_they_were_made_of() -> None:
    points = [(n, 0.05 + 2e-6 * n * log(n)) for n in (100, 1_000, 10_000, 100_000)]

    found = fit(points)

    assert found.start == pytest.approx(0.05)
    assert found.each == pytest.approx(2e-6)
    assert found.at(1_000) == pytest.approx(points[1][1])


def test_a_fit_never_says_that_something_costs_less_than_nothing() -> None:
    growing = fit([(100, 0.01), (1_000, 1.0), (10_000, 100.0)])
    constant = fit([(100, 0.3), (1_000, 0.2), (10_000, 0.1)])

    assert growing.start == 0
    assert growing.each > 0
    assert constant.each == 0
    assert 0.1 < constant.start < 0.3


def test_growth_is_that_of_the_last_step_beside_n_log_n() -> None:
    assert growth([(100, 9.0), (1_000, 1.0), (10_000, 14.0)]) == (14.0, 40 / 3)
    assert growth([(100, 1.0)]) is None


def step(name: str, *points: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "points": list(points)}


SCALE: dict[str, Any] = {
    "format": 1,
    "date": "2026-11-22",
    "machine": {"cores": "2"},
    "versions": {"changenote": "0.1.0"},
    "limit": 1800,
    "history": True,
    "steps": [
        step(
            "notes made up and written",
            {"notes": 1_000, "runs": 5, "cpu": 0.9, "wall": 1.0, "memory": 2e7},
            {"notes": 10_000, "runs": 1, "cpu": 9.0, "wall": 9.5, "memory": 2e7},
        ),
        step(
            "check, cold",
            {"notes": 1_000, "runs": 5, "cpu": 1.0, "wall": 1.5, "memory": 4e7},
            {"notes": 10_000, "runs": 1, "cpu": 20.0, "wall": 21.0, "memory": 8e7},
        ),
        step(
            "site, from nothing",
            {"notes": 1_000, "runs": 1, "cpu": 3.0, "wall": 2, "memory": 1e8, "written": 9e7},
            {"notes": 10_000, "not_reached": "`changenote site build` took over 1800 s"},
        ),
    ],
}

TOLD = """\
## Processor time

| step | 1,000 | 10,000 | growth | n log n | result |
|---|---|---|---|---|---|
| notes made up and written | 900.0 ms | 9.00 s | × 10.0 | × 13.3 | met |
| check, cold | 1.00 s | 20.0 s | × 20.0 | × 13.3 | missed |
| site, from nothing | 3.00 s | not finished |  |  |  |

## Time passed

| step | 1,000 | 10,000 |
|---|---|---|
| notes made up and written | 1.00 s | 9.50 s |
| check, cold | 1.50 s | 21.0 s |
| site, from nothing | 2.00 s | not finished |

## Memory, the most held together

| step | 1,000 | 10,000 |
|---|---|---|
| notes made up and written | 20.0 MB | 20.0 MB |
| check, cold | 40.0 MB | 80.0 MB |
| site, from nothing | 100.0 MB | not finished |

## Bytes written

| step | 1,000 | 10,000 |
|---|---|---|
| site, from nothing | 90.0 MB | not finished |

A site of 1,000 notes from nothing held 100.0 MB at most; 2.0 GB were promised for 100,000, \
and no site of that size was built.
"""


def test_the_report_on_growth_says_what_was_not_reached() -> None:
    told = page.scale_report(SCALE)

    assert TOLD in told


def test_a_plot_in_a_page_takes_the_colours_of_the_page_and_one_in_a_file_brings_its_own() -> None:
    series = {"check, cold": ([(1_000, 1.0), (10_000, 20.0)], Fit(0.1, 1e-4))}

    inline, alone = (plots.trends(series, inline=inline) for inline in (True, False))

    for plot in (inline, alone):
        assert plot.count("<path") == 3  # one in the legend
        assert "check, cold" in plot
        assert set(re.findall(r"(?:fill|stroke):(?!var)[^;\"]+", plot)) == set()
    assert "#" not in inline
    assert "prefers-color-scheme: dark" in alone


def test_a_step_that_was_not_reached_is_not_tried_at_a_larger_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench = Bench(folder=tmp_path)
    slow = scale.Step(name="slow", command=bench.changenote("slow", "changenote", tmp_path))
    monkeypatch.setattr(scale, "_steps", lambda *_, **__: [slow])
    monkeypatch.setattr(sys, "argv", ["scale"])
    given = scale._arguments()

    (found,) = scale._points(
        bench, 1_000, given, {"slow": [{"notes": 100, "not_reached": "took over 1 s"}]}
    )

    assert found == ("slow", {"not_reached": "one of a smaller size was not"})


@pytest.mark.parametrize(
    ("running", "said"),
    [
        (["/v/site-packages/ruamel/x.py: parse", f"{page.HERE.parent}/changenote/store/codec.py: load"],
         "reading notes"),
        (["<frozen importlib._bootstrap>: _load", "/v/site-packages/mkdocs/x.py: build"],
         "loading modules"),
        ([f"{page.HERE.parent}/templates/site/note.html.j2: root",
          f"{page.HERE.parent}/changenote/site/edition.py: Edition.rendered",
          f"{page.HERE.parent}/changenote/site/note/page.py: _page"],
         "pages of notes"),
        (["/usr/lib/python3.11/json/encoder.py: encode"], "other"),
    ],
)  # fmt: skip
def test_time_belongs_to_the_innermost_part_of_the_work(running: list[str], said: str) -> None:
    assert profile.phase(running) == said


def test_a_program_is_looked_at_while_it_runs(tmp_path: Path) -> None:
    burn = "import time\ndef burn():\n    while time.process_time() < 0.3: pass\nburn()"

    subprocess.run(
        [sys.executable, "-c", burn],
        env={**os.environ, "PYTHONPATH": str(profile.LOOKING), "LOOKS": str(tmp_path)},
        check=True,
    )

    (seen,) = (json.loads(file.read_text()) for file in tmp_path.iterdir())
    assert max(seen["functions"], key=seen["functions"].get) == "<string>: burn"
    assert sum(seen["stacks"].values()) > 0.2


PROFILE: dict[str, Any] = {
    "date": "2026-11-22",
    "machine": {"cores": "2"},
    "versions": {"changenote": "0.1.0"},
    "works": [
        {
            "name": "site, from nothing",
            "notes": 1_000,
            "phases": {"pages of notes": 1.5, "reading notes": 0.5},
            "functions": {"site/note/page.py: _page": 0.25},
        }
    ],
}


def test_a_profile_says_what_each_part_of_the_work_takes_for_a_note() -> None:
    told = page.profile_report(PROFILE)

    assert "## Site, from nothing, 1,000 notes\n\n2.00 s, 2.00 ms a note." in told
    assert "| pages of notes | 1.50 s | 1.50 ms | 75.0 % |" in told
    assert "| site/note/page.py: _page | 250.0 ms | 0.25 ms | 12.5 % |" in told


def test_a_hand_written_page_says_what_its_note_says() -> None:
    (data,) = notes(1)

    text = hand_written(data)

    said = [data["title"], data["reason"], data["expected"], data["service"], data["owner"]]
    said += [file["path"] for file in data["files"]] + [c["run"] for c in data["commands"]]
    said += [step["run"] for step in data["rollback"]["steps"]]
    said += [metric["name"] for metric in data["metrics"]]
    assert [words for words in said if words not in text] == []


def test_a_note_that_was_edited_to_be_measured_is_still_a_note(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path).start()
    paths = write_notes(100, tmp_path)
    before = {path: path.read_text("utf-8") for path in paths}
    edit = edits(tmp_path)

    edit()
    edit()

    changed = [path for path in paths if path.read_text("utf-8") != before[path]]
    assert len(changed) == 2
    assert workshop.run("check", "--strict").code == 0


def test_every_peer_is_pinned() -> None:
    found = versions()

    locks = list(LOCKS.glob("*.txt"))
    assert len(found) > len(locks) > 3
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in found.values())
    for lock in locks:
        lines = [line for line in lock.read_text("utf-8").splitlines() if line[:1] not in "# "]
        assert [line for line in lines if "==" not in line] == []

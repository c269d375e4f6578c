"""`python -m benchmarks`: measure everything, write the results and their table."""

import argparse
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import machine, peers, places, ratios, scenarios
from benchmarks.report import as_markdown
from benchmarks.runner import WARM_UP, Sample, measure
from benchmarks.scenarios import Compared, Scenario, Tools

RESULTS = Path(__file__).parent / "results"

Data = dict[str, Any]


def main() -> None:
    """Measure what the command line asks for; only a whole run is written to disk."""
    given = _arguments()
    tools = Tools(peers=peers.installed())
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        chosen = given.only or list(scenarios.EVERY)
        results = {
            "format": 1,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "machine": machine.machine(),
            "versions": machine.versions(),
            "scenarios": [_measured(n, tools, Path(folder), given.rounds) for n in chosen],
        }
    if not (given.only or given.rounds):
        _write(results)
    print(as_markdown(results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=scenarios.EVERY, help="this scenario; nothing is written"
    )
    parser.add_argument("--rounds", type=int, help="another number of rounds; nothing is written")
    return parser.parse_args()


def _measured(name: str, tools: Tools, folder: Path, rounds: int | None) -> Data:
    scenario = scenarios.EVERY[name](tools, folder / name)
    samples = measure(
        scenario.contenders,
        rounds=rounds or scenario.rounds,
        environment=places.environment(folder / "home"),
        title=name,
    )
    return plain(scenario, samples)


def plain(scenario: Scenario, samples: Mapping[str, Sequence[Sample]]) -> Data:
    """One scenario's result as data for JSON: every sample, and the ratios between them."""
    contenders = [
        {
            "name": c.name,
            "shown": c.shown,
            "cpu": [round(s.cpu, 6) for s in samples[c.name]],
            "wall": [round(s.wall, 6) for s in samples[c.name]],
        }
        for c in scenario.contenders
    ]
    return {
        "name": scenario.name,
        "title": scenario.title,
        "rounds": len(next(iter(samples.values()))),
        "warm_up": WARM_UP,
        "contenders": contenders,
        "compared": [_compared(c, samples) for c in scenario.compared],
    }


def _compared(compared: Compared, samples: Mapping[str, Sequence[Sample]]) -> Data:
    ours, theirs = ([s.cpu for s in samples[name]] for name in (compared.ours, compared.theirs))
    found = ratios.ratio(ours, theirs)
    at_most = compared.at_most
    return {
        **asdict(compared),
        "ratio": round(found.value, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "verdict": None if at_most is None else ratios.verdict(found, at_most),
    }


def as_json(results: Data) -> str:
    """The results as JSON, with the samples of one command on one line."""
    text = json.dumps(results, indent=1, ensure_ascii=False)
    numbers = r"\[\s+([\d.,\s]+?)\s+\]"
    return re.sub(numbers, lambda m: f"[{' '.join(m[1].split())}]", text) + "\n"


def _write(results: Data) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(as_json(results), encoding="utf-8")
    (RESULTS / "README.md").write_text(as_markdown(results), encoding="utf-8")


if __name__ == "__main__":
    main()

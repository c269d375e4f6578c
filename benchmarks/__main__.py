"""`python -m benchmarks`: measure everything, write the results, their plot and the site's page."""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import machine, page, ratios, scenarios
from benchmarks.bench import LARGE, SMALL, Bench
from benchmarks.promises import Compared, Limit, Scenario
from benchmarks.report import as_markdown
from benchmarks.runner import Sample, TooLong, measure

RESULTS = Path(__file__).parent / "results"

Data = dict[str, Any]


def main() -> None:
    """Measure what the command line asks for; only a whole run is written to disk."""
    given = _arguments()
    small, large = given.notes
    is_usual = not (given.only or given.rounds or (small, large) != (SMALL, LARGE))
    measured: list[Data] = []
    results = _results(measured)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        bench = Bench(folder=Path(folder), small=small, large=large)
        for name in given.only or scenarios.EVERY:
            measured.append(_tried(name, bench, given.rounds))
            if is_usual:  # after each: the last ones take the longest
                _write(results)
    print(as_markdown(results))
    if lacking := [s["name"] for s in measured if "failed" in s]:
        sys.exit(f"not measured: {', '.join(lacking)}")


def _results(measured: Sequence[Data]) -> Data:
    return {
        "format": 2,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.machine(),
        "versions": machine.versions(),
        "scenarios": measured,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=scenarios.EVERY, help="this scenario; nothing is written"
    )
    parser.add_argument("--rounds", type=int, help="another number of rounds; nothing is written")
    parser.add_argument(
        "--notes",
        type=int,
        nargs=2,
        default=(SMALL, LARGE),
        metavar=("FEW", "MANY"),
        help=f"other sizes than {SMALL} and {LARGE}; nothing is written",
    )
    return parser.parse_args()


def _tried(name: str, bench: Bench, rounds: int | None) -> Data:
    """A scenario's result, or why there is none: the others are still to be measured."""
    try:
        with ExitStack() as closing:
            return _measured(name, replace(bench, closing=closing), rounds)
    except (SystemExit, OSError, TooLong) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return {"name": name, "title": name, "failed": str(error)}


def _measured(name: str, bench: Bench, rounds: int | None) -> Data:
    scenario = scenarios.EVERY[name](bench)
    samples = measure(
        scenario.contenders,
        rounds=rounds or scenario.rounds,
        environment=bench.environment,
        title=name,
        warm_up=scenario.warm_up,
        seconds=scenario.seconds,
    )
    return plain(scenario, samples)


def plain(scenario: Scenario, samples: Mapping[str, Sequence[Sample]]) -> Data:
    """One scenario's result as data for JSON: every sample, and what is read from them."""
    contenders = [
        {"name": c.name, "shown": c.shown, "samples": _columns(samples[c.name])}
        for c in scenario.contenders
    ]
    return {
        "name": scenario.name,
        "title": scenario.title,
        "rounds": max(map(len, samples.values())),
        "warm_up": scenario.warm_up,
        "remark": scenario.remark,
        "contenders": contenders,
        "compared": [_compared(c, samples) for c in scenario.compared],
        "limits": [_limited(limit, samples) for limit in scenario.limits],
    }


def _columns(samples: Sequence[Sample]) -> dict[str, list[float]]:
    return {
        quantity: [round(sample[quantity], 6) for sample in samples]
        for quantity in (samples[0] if samples else ())
    }


def _compared(compared: Compared, samples: Mapping[str, Sequence[Sample]]) -> Data:
    ours, theirs = (
        [sample[compared.of] for sample in samples[name]]
        for name in (compared.ours, compared.theirs)
    )
    if not (ours and theirs):
        return {**asdict(compared), "verdict": "not finished"}
    return _found(asdict(compared), ratios.ratio(ours, theirs), compared.at_most)


def _limited(limit: Limit, samples: Mapping[str, Sequence[Sample]]) -> Data:
    values = [sample[limit.of] for sample in samples[limit.ours]]
    if limit.less:
        base = [sample[limit.of] for sample in samples[limit.less]]
        values = [value - less for value, less in zip(values, base, strict=False)]
    if not values:
        return {**asdict(limit), "verdict": "not finished"}
    return _found(asdict(limit), ratios.middle(values), limit.at_most)


def _found(promise: Data, found: ratios.Ratio, at_most: float | None) -> Data:
    return {
        **promise,
        "value": round(found.value, 4),
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
    page.write()


if __name__ == "__main__":
    main()

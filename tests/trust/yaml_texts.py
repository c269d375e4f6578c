"""YAML cannot hurt: what attacks is refused with its place, and what is text stays text."""

import json
import resource
import subprocess
import sys
from pathlib import Path

from tests.trust.cases import Case, cases, given
from tests.trust.promise import Outcome, Promise, spread

SECONDS = 2.0
"""Of a processor, for one text."""

BYTES = 200_000_000
"""More than before, for one text."""

_ENOUGH = 4 * 2**30
"""What a process may take at all, so that a bomb ends it and not the machine."""


def _asked(most: int | None, reader: str) -> Outcome:
    """What came of the attacks; each reader works in a process of its own, which a bomb may end."""
    chosen = spread(cases("yaml-attacks.jsonl"), most)
    failures = []
    waiting = chosen
    while waiting:
        answers = _answers(waiting, reader)
        failures += [
            said
            for case, answer in zip(waiting, answers, strict=False)
            if (said := _wrong(case, answer))
        ]
        if len(answers) < len(waiting):
            failures.append(f"{waiting[len(answers)]['id']}: ended the process")
        waiting = waiting[len(answers) + 1 :]
    return Outcome(cases=len(chosen), failures=tuple(failures))


def _answers(chosen: list[Case], reader: str) -> list[Case]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.yaml_reader", reader],
        cwd=Path(__file__).parents[2],
        input="\n".join(case["id"] for case in chosen).encode(),
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_ENOUGH, _ENOUGH)),
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _wrong(case: Case, answer: Case) -> str | None:
    """What is wrong with an answer; None when it is what the case expects."""
    if answer.get("raised"):
        return f"{case['id']}: {answer['raised']}"
    if answer["seconds"] > SECONDS or answer["bytes"] > BYTES:
        return f"{case['id']}: {answer['seconds']:.1f} s, {answer['bytes'] / 1e6:.0f} MB"
    is_refused = answer["places"] > 0
    expected = case["expect"]
    if expected == "error" and not is_refused:
        return f"{case['id']}: taken"
    if expected == "ok" and is_refused:
        return f"{case['id']}: refused"
    if expected == "string-or-error" and not is_refused and not answer["is_text"]:
        return f"{case['id']}: is no text any more"
    return None


def inputs(ids: list[str]) -> list[tuple[Case, bytes]]:
    """The cases of these names, with what they put in."""
    known = {case["id"]: case for case in cases("yaml-attacks.jsonl")}
    return [(known[name], given(known[name])) for name in ids]


PROMISES = (
    Promise(
        name="yaml-attacks",
        says="YAML that attacks is refused with line and column, and a text stays the text that was"
        " typed, within 2 s of a processor and 200 MB.",
        kept=lambda most: _asked(most, "ours"),
        control="a reader of all YAML (PyYAML's safe one)",
        broken=lambda most: _asked(most, "plain"),
    ),
)

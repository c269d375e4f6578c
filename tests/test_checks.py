"""Rules over notes: each case of the folder shows a note and all that is found in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from changenote.checks.notes import check_data, check_note
from changenote.checks.reports import block, findings
from changenote.config import Config, read_config
from changenote.model.note import Step
from changenote.model.problems import Finding
from changenote.model.problems import Path as Place
from changenote.model.rehearsal import steps_sha256
from changenote.store.notes import understood

DATA = Path(__file__).parent / "data"
CASES = Path(__file__).parent / "cases" / "checks"
COMPLETE = (Path(__file__).parent / "cases" / "complete-note.yaml").read_text(encoding="utf-8")
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def found_in(text: str, config: Config, name: str) -> list[Finding]:
    stored = understood("note.yaml", Path(name), text.encode())
    problems = list(stored.problems)
    if stored.note is not None:
        problems += check_note(stored.note, stored.data, config, NOW)
    elif isinstance(stored.data, dict):
        problems += check_data(stored.data)

    def position(path: Place, key: bool) -> tuple[int, int]:
        return stored.document.position(path, key=key)

    return findings("note.yaml", problems, config, position)


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for case in YAML(typ="safe").load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['promise']}")


def note_of(case: dict[str, Any]) -> str:
    """The case's note, or the complete one, with its replacements made."""
    text: str = case.get("note", COMPLETE)
    for old, new in case.get("replace", {}).items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the note"
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("case", list(cases()))
def test_what_is_found_in_a_note(case: dict[str, Any]) -> None:
    config, wrong = read_config(case.get("config"))
    assert wrong == []

    found = found_in(note_of(case), config, case.get("file", "20261122-k3f9xq-cart.yaml"))

    assert "".join(map(block, found)) == case["findings"]


def test_the_hash_of_steps_is_taken_over_canonical_json() -> None:
    steps = [Step(run="./off"), Step(run=" ls -l\n", expect="é\n", takes="3s")]

    canonical = r'[{"expect":null,"run":"./off"},{"expect":"\u00e9","run":"ls -l"}]'
    assert steps_sha256(steps) == sha256(canonical.encode()).hexdigest()
    assert steps_sha256(steps) != steps_sha256(reversed(steps))

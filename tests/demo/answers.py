"""What people would type: answers.yaml as arguments of `changenote new`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.demo.rebuild import Rebuilt


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answers about one merge; `options` are those of `changenote new`, by name."""

    pull_request: int
    after: tuple[int, ...]
    options: Mapping[str, str | list[str]]
    also: Mapping[str, Any]


def read_answers(file: Path) -> list[Answer]:
    """All answers, oldest change first."""
    return [_answer(entry) for entry in YAML(typ="safe").load(file)]


def arguments(answer: Answer, merge: Rebuilt, shipped_at: datetime) -> list[str]:
    """The command line after `changenote new`."""
    result = ["--base", merge.parent, "--head", merge.sha, "--shipped-at", shipped_at.isoformat()]
    for name, given in answer.options.items():
        for value in given if isinstance(given, list) else [given]:
            result += [f"--{name}", value.replace("{head}", merge.sha)]
    return result


def partial_note(answer: Answer, ids: Mapping[int, str]) -> str:
    """The parts of the note that have no option of their own, as JSON for `--from -`."""
    related = [ids[number] for number in answer.after]
    return json.dumps({**answer.also, "related": related})


def _answer(entry: dict[str, Any]) -> Answer:
    return Answer(
        pull_request=entry.pop("pull_request"),
        after=tuple(entry.pop("after", ())),
        also=entry.pop("also", {}),
        options=entry,
    )

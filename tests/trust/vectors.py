"""Texts that were made to run as scripts, in every field that a note has."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.hostile import full
from tests.workshop import Workshop

_DATA = Path(__file__).parents[1] / "data/security"
_OF_ONE_LINE = frozenset(
    "authors by decider difficulty environment name owner service tags title unit version".split()
)
_TOGETHER = 20
"""So many texts are in one file that is no note."""

CONFIG = "fields: {runbook: {type: url}, team: {type: text}}\nseverity: {unknown-key: info}\n"


def texts() -> list[str]:
    """Every text, from two collections."""
    names = ("xss-dompurify.jsonl", "xss-mkdocs-own.jsonl")
    lines = [line for name in names for line in (_DATA / name).read_text("utf-8").splitlines()]
    return [json.loads(line)["input"] for line in lines]


def note_id(number: int) -> str:
    """The id of the note that has the text of that number."""
    return f"20261122-v{number:05}"


def note_with(text: str, number: int) -> dict[str, Any]:
    """A note that has a text wherever a note takes one, lines and all where it takes lines."""
    note: dict[str, Any] = _fitted(full(text), "")
    note["title"] = " ".join(text.split())[:100].ljust(5, ".")
    note["files"][0]["path"] = f"d/{note['files'][0]['path']}"
    note["images"][0]["file"] = note["images"][0]["file"][:250] or "x"
    note["x"] = {"runbook": text, "team": text, **note["x"]}
    return {"schema": 1, "id": note_id(number), **note}


def _fitted(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {" ".join(key.split()): _fitted(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_fitted(one, name) for one in value]
    if isinstance(value, str) and name in _OF_ONE_LINE:
        return " ".join(value.split())
    return value


def write_notes(shop: Workshop, chosen: Sequence[str]) -> None:
    """A note for each text, and files that are none with all of them."""
    shop.write("changes/config.yaml", CONFIG)
    for number, text in enumerate(chosen):
        _write(shop, note_id(number), "v", json.dumps(note_with(text, number)))
    for number in range(0, len(chosen), _TOGETHER):
        some = chosen[number : number + _TOGETHER]
        unknown = json.dumps({"schema": 1, **dict.fromkeys(some, some), "tags": [some]}, indent=1)
        _write(shop, f"20261123-v{number:05}", _in_a_name(some[0]), unknown)
        _write(shop, f"20261124-v{number:05}", _in_a_name(some[-1]), "\n".join(some))


def _in_a_name(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() and letter != "/")[:60]


def _write(shop: Workshop, named: str, words: str, content: str) -> None:
    shop.write(f"changes/{named[:4]}/{named}-{words}.yaml", content)


def as_markdown(chosen: Iterable[str]) -> dict[str, str]:
    """The same texts in pages of Markdown, as a site without any care would have them."""
    pages = {}
    for number, text in enumerate(chosen):
        line = " ".join(text.split())
        front = "".join(f"{key}: {json.dumps(line)}\n" for key in ("title", "description"))
        body = f"# {line}\n\n{text}\n\n- {line}\n\n| a | b |\n|---|---|\n| {line} | x |\n"
        pages[f"{note_id(number)}.md"] = f"---\n{front}---\n\n{body}"
    return pages

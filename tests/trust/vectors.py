"""Texts that were made to run as scripts, in every field that a note has."""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from unicodedata import category

from tests.books import published
from tests.hostile import full
from tests.trust.cases import cases
from tests.workshop import Workshop

_HERE = "@@"
"""Stands for a text where a field takes one."""

_OF_ONE_LINE = frozenset(
    "authors by decider difficulty environment name owner service tags title unit version".split()
)
_LONGEST = {"title": 100, "name": 200, "file": 250}
_TOGETHER = 20
"""So many texts are in one file that is no note."""

ELSEWHERE = (
    "![p](https://elsewhere.example/p.png)",
    "<img src=//elsewhere.example/p.png>",
    "<link rel=stylesheet href=https://elsewhere.example/s.css>",
    "<div style='background: url(https://elsewhere.example/b.png)'>b</div>",
    "<video poster=https://elsewhere.example/v.png></video>",
    "<svg><image href=https://elsewhere.example/i.png /></svg>",
)
"""What makes a browser ask another host, and runs nothing."""

_CONFIG = "fields: {runbook: {type: url}, team: {type: text}}\nseverity: {unknown-key: note}\n"


def texts() -> list[str]:
    """Every text, from two collections, and what asks another host."""
    files = ("xss-dompurify.jsonl", "xss-mkdocs-own.jsonl")
    return [*(case["input"] for file in files for case in cases(file)), *ELSEWHERE]


def note_id(number: int) -> str:
    """The id of the note of that number."""
    return f"20261122-v{number:05}"


def notes(chosen: Sequence[str], number: int) -> Iterator[dict[str, Any]]:
    """So many notes with texts in all of their fields, lines and all where a field takes lines.

    Each text stands in another field of each note: with as many notes as texts, it is in them all.
    """
    for one in range(number):
        place = count(one * len(chosen) // number)
        note: dict[str, Any] = _filled(full(_HERE), "", chosen, place)
        note["title"] = note["title"].ljust(5, ".")
        note["files"][0]["path"] = f"d/{note['files'][0]['path'].replace('..', '')}"
        name = note["images"][0]["file"].translate(str.maketrans("", "", "/\\\0"))
        note["images"][0]["file"] = name or "x"
        text = _visible(chosen[one % len(chosen)])
        note["x"] |= {"runbook": text, "team": text}
        yield {**note, "schema": 1, "id": note_id(one)}


def _filled(value: Any, name: str, chosen: Sequence[str], place: Iterator[int]) -> Any:
    if isinstance(value, dict):
        return {
            _text(key, "name", chosen, place): _filled(one, key, chosen, place)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_filled(one, name, chosen, place) for one in value]
    return _text(value, name, chosen, place) if isinstance(value, str) else value


def _text(value: str, name: str, chosen: Sequence[str], place: Iterator[int]) -> str:
    if _HERE not in value:
        return value
    text = value.replace(_HERE, _visible(chosen[next(place) % len(chosen)]))
    line = " ".join(text.split()) if name in _OF_ONE_LINE else text
    return line[: _LONGEST.get(name)] or "x"


def _visible(text: str) -> str:
    """A text as a note can have it: one with control characters is refused as a whole."""
    return "".join(letter for letter in text if category(letter) != "Cc" or letter in "\n\t")


def write_notes(shop: Workshop, chosen: Sequence[str], number: int) -> None:
    """So many notes with the texts, and files that are none, with all of them."""
    shop.write("changes/config.yaml", _CONFIG)
    for one, note in enumerate(notes(chosen, number)):
        shop.note(published(json.dumps(note)).content, note_id(one))
    for start in range(0, len(chosen), _TOGETHER):
        some = chosen[start : start + _TOGETHER]
        unknown = json.dumps({"schema": 1, **dict.fromkeys(some, some), "tags": [some]}, indent=1)
        shop.note(unknown, f"20261123-v{start:05}", _in_a_name(some[0]))
        shop.note("\n".join(some), f"20261124-v{start:05}", _in_a_name(some[-1]))


def _in_a_name(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() and letter != "/")[:60]


def as_markdown(chosen: Sequence[str]) -> dict[str, str]:
    """The same texts in pages of Markdown, as a site without any care would have them."""
    pages = {}
    for number, text in enumerate(chosen):
        if "<![" in text:  # would stop the whole build
            continue
        line = " ".join(text.split())
        front = "".join(f"{key}: {json.dumps(line)}\n" for key in ("title", "description"))
        body = f"# {line}\n\n{text}\n\n- {line}\n\n| a | b |\n|---|---|\n| {line} | x |\n"
        pages[f"{note_id(number)}.md"] = f"---\n{front}---\n\n{body}"
    return pages

"""A text of any hand comes back as it was: from `new`, an editor, `fmt` and the site."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from changenote.store.yaml_text import FORBIDDEN
from tests.trust.cases import Case, cases
from tests.trust.promise import Outcome, Promise, spread
from tests.workshop import COMPLETE, Workshop

_AT_ONCE = 40
"""Texts in one note."""

Texts = Mapping[str, str]


def _tried(most: int | None, way: str) -> Outcome:
    every = cases("naughty-strings.jsonl")
    chosen = spread((case for case in every if not FORBIDDEN.search(case["input"])), most)
    failures: list[str] = []
    with TemporaryDirectory() as folder:
        shop = Workshop(Path(folder) / "shop").start()
        shop.commit("Start", {"README.md": "Shop\n"})
        for at in range(0, len(chosen), _AT_ONCE):
            batch = {case["id"]: _one_line_end(case) for case in chosen[at : at + _AT_ONCE]}
            for after, known in _ours(shop, batch) if way == "ours" else _plain(batch):
                failures += [
                    f"{name}: after {after}" for name in batch if known.get(name) != batch[name]
                ]
    return Outcome(cases=len(chosen), failures=tuple(dict.fromkeys(failures)))


def _one_line_end(case: Case) -> str:
    text: str = case["input"]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ours(shop: Workshop, batch: Texts) -> list[tuple[str, Texts]]:
    """What is known of the texts after each step of a note's life."""
    shop.commit(f"Texts from {next(iter(batch))}", {"cart.py": json.dumps(dict(batch))})
    given = json.dumps({"x": {"texts": dict(batch)}})
    made = shop.run("new", *COMPLETE, "--from", "-", "--json", given=given)
    assert made.code == 0, made.err
    note_id = made.data["id"]
    known = [("new", _shown(shop, note_id))]
    shop.run("edit", note_id, EDITOR=_adding_a_line(shop))
    known.append(("an editor", _shown(shop, note_id)))
    shop.run("fmt")
    known.append(("fmt", _shown(shop, note_id)))
    shop.run("site", "pages", "--to", "../pages")
    page = next((shop.folder.parent / "pages").rglob(f"{note_id}/note.json"))
    return [*known, ("the site", _texts(json.loads(page.read_text(encoding="utf-8"))))]


def _shown(shop: Workshop, note_id: str) -> Texts:
    return _texts(shop.run("show", note_id, "--json").data)


def _texts(note: Any) -> Texts:
    texts: Texts = note["x"]["texts"]
    return texts


def _adding_a_line(shop: Workshop) -> str:
    script = shop.folder.parent / "editor.py"
    script.write_text("import sys; open(sys.argv[1], 'a').write('# seen\\n')\n")
    return f"{sys.executable} {os.fspath(script)}"


def _plain(batch: Texts) -> list[tuple[str, Texts]]:
    """A writer that puts a text behind a colon, and a reader of all YAML."""
    known = {}
    for name, text in batch.items():
        try:
            known[name] = yaml.safe_load(f"text: {text}\n")["text"]
        except (yaml.YAMLError, TypeError, KeyError, ValueError):
            known[name] = None
    return [("writing it behind a colon", known)]


PROMISES = (
    Promise(
        name="round-trip",
        says="A text without control characters comes back as it was typed, from `new`, an editor,"
        " `fmt` and the site.",
        kept=lambda most: _tried(most, "ours"),
        control="writing a text behind a colon",
        broken=lambda most: _tried(most, "plain"),
        some=30,
        few=60,
    ),
)

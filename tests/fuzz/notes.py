"""The file of a note: any bytes are a note, or problems with the places where they are."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from changenote.capture.draft import cleaned
from changenote.checks.notes import check_read
from changenote.config import Config
from changenote.errors import InvalidNote
from changenote.model.facts import facts
from changenote.model.measures import judge
from changenote.model.note import Note
from changenote.model.problems import Problem
from changenote.model.reading import read_note, resolved
from changenote.model.score import score
from changenote.model.searched import sections_of, to_bytes
from changenote.model.writing import canonical, plain
from changenote.store import codec
from changenote.store.emitting import dump
from changenote.store.formatting import formatted
from changenote.store.notes import understood
from tests.fuzz.bounds import lines_in
from tests.fuzz.material import files, material
from tests.fuzz.target import Target
from tests.house import NOTE

_NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_NAME = "20261122-k3f9xq-note.yaml"


def _holds(raw: bytes) -> None:
    stored = understood(_NAME, Path(_NAME), raw, with_places=len(raw) % 2 == 0)
    document = stored.document
    assert stored.note or stored.problems, "neither a note nor a problem"
    found = [*stored.problems, *check_read(stored.note, document.data, Config(), _NOW)]
    _are_in_the_text(raw, document, found)
    if document.problems or not isinstance(document.data, dict):
        return
    _is_written_as_read(document.data)
    _is_formatted_once(raw.decode(), document.data)
    if stored.note:
        _note_is_kept(stored.note)


def _are_in_the_text(raw: bytes, document: codec.Document, found: list[Problem]) -> None:
    lines = lines_in(raw)
    for problem in found:
        line, column = document.position(problem.path, key=problem.key)
        assert 1 <= line <= lines + 1, f"{problem.rule} in line {line} of {lines}"
        assert column >= 1
        assert problem.expected.strip(), f"{problem.rule} expects nothing"


def _is_written_as_read(data: dict[str, Any]) -> None:
    whole = canonical(data)
    if not whole:
        return
    text = dump(whole)
    again = codec.load(text.encode())
    assert not again.problems, f"wrote {again.problems[0].found}"
    assert repr(resolved(again.data)) == repr(resolved(whole)), "read something else than written"
    assert dump(canonical(again.data)) == text, "another form the second time"
    once = cleaned(whole)
    assert cleaned(once) == once, "cleaned again, something goes"


def _is_formatted_once(text: str, data: dict[str, Any]) -> None:
    try:
        once = formatted(text)
    except InvalidNote:
        return
    assert formatted(once) == once, "formatted again, something changes"
    same = codec.load(once.encode()).data
    assert repr(resolved(canonical(same))) == repr(resolved(canonical(data))), "fmt changed it"


def _note_is_kept(note: Note) -> None:
    again, problems = read_note(codec.load(dump(plain(note)).encode()).data)
    assert again is not None, f"cannot be read again: {problems[0].found}"
    assert repr(again) == repr(note), "is another note when read again"
    of = facts(note)
    assert sections_of(to_bytes(of)) == [of.title, of.labels, of.prose, of.details]
    for metric in note.metrics:
        judge(metric)
    assert 0 <= score(note).total <= 100


def _naive(raw: bytes) -> None:
    data = yaml.safe_load(raw)
    assert isinstance(data["title"], str)


TARGETS = (
    Target(
        name="notes",
        says="The file of a note is a note or problems with their lines; what was read is written"
        " and read again as the same; `fmt` twice is `fmt` once.",
        material=material(
            [
                NOTE.replace("ID", "20261122-k3f9xq"),
                *files("notes/*.yaml"),
                *files("pages/*.yaml"),
                *files("site/changes/*/*.yaml"),
                *files("import/chloggen/.chloggen/*.yaml"),
            ],
            """
            schema: id: title: kind: status: owner: shipped: at: reason: rollback: steps: run: when:
            files: path: change: renamed from: commands: metrics: before: after: samples: unit:
            name: primary: x: tags: &a *a !!str !!binary <<: ? | > |- >+ |2 %YAML --- ... {} [] {[
            ]} 'a' "a" "\\x1b" "\\ud83d\\ude00" "\\u202e" '' 2026-11-22T14:05:00Z 20261122-k3f9xq
            """.split(),
        ),
        holds=_holds,
        naive=_naive,
    ),
)

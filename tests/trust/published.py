"""Secrets that were written into notes by hand are on nothing that is made of the notes for others."""

import gzip
import html
import json
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

from changenote.config import Config
from changenote.exchange.announcing.facts import facts
from changenote.exchange.announcing.systems import SYSTEMS
from changenote.model import publishing
from changenote.model.note import Note
from changenote.model.redaction import redact, redact_at
from changenote.model.redaction.tokens import PREFIXES, SHAPES
from changenote.model.secrets import Allowed
from changenote.release.comment import comment
from changenote.site.loading import project_of, read_notes
from changenote.store.emitting import dump
from changenote.store.notes import read
from changenote.store.project import Project
from tests.sites import MATERIAL, mkdocs
from tests.trust.cases import Case, cases
from tests.trust.promise import Outcome, Promise, spread
from tests.trust.secrets import all_words, decoded, survives
from tests.workshop import Workshop

_TELLING = 8
_SHARE = 15
"""With some of the texts, one note has to do for so many."""
_TOGETHER = 20
"""So many texts are in one file that is no note, and so many commands in one note."""
_RELEASES = ("markdown", "json", "github-release")
_EXPORTS = ("csv", "csv --table metrics", "csv --table files", "markdown", "opensearch")
_LINE = range(5, 101)
"""The lengths of a text that fits into every field of one line."""

_CAREFUL = "repository: https://github.com/acme/shop\n"
_CARELESS = f"{_CAREFUL}severity: {{secret: off}}\n"


@dataclass(frozen=True)
class _Words:
    """What a note is filled with: any text, a short line, and a secret for a key that tells of it."""

    text: Callable[[], str]
    line: Callable[[], str]
    secret: Callable[[], str]


def _note(number: int, words: _Words) -> dict[str, Any]:
    """A note with a text wherever it takes any; every other one has keys that no note has."""
    text, line, secret = words.text, words.line, words.secret
    frame = _frame(number)
    shipped = {**frame["shipped"], "environment": line(), "version": line()}
    unknown = {"db_pwd": secret(), "ours": {"pwd": {"deploy": [secret()]}}}
    return {
        **frame,
        **(unknown if number % 2 else {}),
        "title": line(),
        "owner": line(),
        "authors": [text()],
        "service": line(),
        "shipped": {**shipped, "deployment": text(), "incident": text()},
        "reason": text(),
        "expected": text(),
        "rollback": {
            "strategy": "redeploy",
            "when": text(),
            "decider": line(),
            "data": {"loses": text()},
            "point_of_no_return": text(),
            "rehearsed": {"by": line(), "environment": line()},
            "steps": [{"run": text(), "expect": text()}],
            "verify": text(),
            "fallback": text(),
        },
        "baseline": {"where": text(), "input": text(), "symptom": text(), "evidence": text()},
        "assumptions": [text()],
        "variables": [text()],
        "source": {"issues": [text()]},
        "commands": [{"run": text(), "output": f"started\n{text()}\ndone\n"}],
        "no_command": text(),
        "metrics": [_metric(words)],
        "no_metric": text(),
        "monitoring": {"up": text(), "pwd": secret(), text(): "as a key"},
        "cache_rules": [{"name": line(), "key": text(), "bypass": [text()], "cached": [text()]}],
        "checklist": {"security": {"secrets": f"ok, {text()}", text(): "na"}},
        "images": [{"file": "cart.png", "caption": text(), "source": text()}],
        "tags": [text()],
        "stack": [text()],
        "tools": [text()],
        "difficulty": line(),
        "related": [text()],
        "flags": [text()],
        "revision": {"by": line()},
        "x": {
            "runbook": text(),
            "steps": [{"do": text()}],
            text(): "as a key",
            "pwd": {"value": secret()},
            "more": [{"pwd": {"v": [secret()]}}],
        },
    }


def _metric(words: _Words) -> dict[str, Any]:
    text, line, secret = words.text, words.line, words.secret
    conditions = {"host": text(), "pwd": secret(), text(): "as a key"}
    source = {"tool": text(), "files": [text()]}
    about = {"name": line(), "unit": line(), "sample": text()}
    return {**about, "before": 3, "after": 2, "conditions": conditions, "source": source}


def _frame(number: int) -> dict[str, Any]:
    shipped = {"at": "2026-11-21T07:00:00Z", "environment": "production"}
    about = {"title": f"Ship number {number}", "kind": "fix", "status": "shipped"}
    whose = {"owner": "dana", "service": "shop", "shipped": shipped}
    return {"schema": 1, "id": _note_id(number), **about, **whose}


def _note_id(number: int) -> str:
    return f"20261122-v{number:05}"


def _write(shop: Workshop, texts: Sequence[str], secrets: Sequence[str], number: int) -> None:
    """So many notes, each text in another field of each, and files that are none with all texts."""
    lines = [text for text in texts if len(text) in _LINE and not re.search(r"[\r\n]", text)]
    known = [one for one in secrets if redact_at("db_pwd", one) == "[redacted: password]"]
    for one in range(number):
        parts = (texts, lines or ["nothing"], known or ["nothing"])
        turns = (islice(cycle(of), one * len(of) // number, None).__next__ for of in parts)
        note = _note(one, _Words(*turns))
        shop.note(f"# {texts[one % len(texts)]}\n{dump(note)}", _note_id(one))
    for start in range(0, len(texts), _TOGETHER):
        some = texts[start : start + _TOGETHER]
        nameless = {"schema": 1, "commands": [{"run": text} for text in some], some[0]: some[-1]}
        shop.note(dump(nameless), f"20261123-v{start:05}")
        shop.note("\n".join(some), f"20261124-v{start:05}")


@contextmanager
def _shop(config: str) -> Iterator[Workshop]:
    with tempfile.TemporaryDirectory(prefix="trust-") as folder:
        shop = Workshop(Path(folder)).start()
        shop.write("changes/config.yaml", config)
        yield shop


@cache
def _outcome(config: str, most: int | None) -> Outcome:
    """The secrets of which something is left anywhere."""
    chosen = spread(cases("secrets.jsonl", "shell-"), most)
    texts = [decoded(case["input_b64"]) for case in chosen]
    with _shop(config) as shop:
        secrets = [decoded(case["secret_b64"]) for case in chosen]
        _write(shop, texts, secrets, len(chosen) if most is None else max(1, len(chosen) // _SHARE))
        shop.commit("Notes by hand")
        left = _left(chosen, _told(shop))
    failures = tuple(case["id"] for case in chosen if case["id"] in left)
    return Outcome(cases=len(chosen), failures=failures)


def _left(chosen: Sequence[Case], told: Iterator[str]) -> set[str]:
    """The cases of whose secrets 8 characters in a row are told."""
    clean = {case["id"]: redact(decoded(case["input_b64"])) for case in chosen}
    # What is no secret in one text may be part of one in another: `token = `, `x-api-key`.
    harmless = "\n".join(form for text in clean.values() for form in _forms(text)).lower()
    # And `check` says the start that all secrets of a kind share.
    harmless = f"{harmless}\n{' '.join(PREFIXES.values())}".lower()
    harmless += "\n".join(hint for _, hints, *_ in SHAPES for hint in hints).lower()
    found, of = set(), dict[str, set[str]]()
    for case in chosen:
        secret = decoded(case["secret_b64"])
        if survives(secret, clean[case["id"]]):
            found.add(case["id"])  # it is not known for a secret
        for at in range(len(secret) - _TELLING + 1):
            part = secret[at : at + _TELLING]
            if part.lower() not in harmless:
                of.setdefault(part, set()).add(case["id"])
    for line in {line for text in told for line in text.split("\n")}:
        for at in range(len(line) - _TELLING + 1):
            found |= of.get(line[at : at + _TELLING], set())
    return found


def _forms(text: str) -> Iterator[str]:
    """A text as it is, without what Markdown takes for a link, as the name of a page and as a tag."""
    yield from (text, text.translate(str.maketrans("", "", "[]:")))
    words = "".join(c if c.isalnum() else " " for c in text).split()
    yield from ("-".join(words), "_".join(words))


def _told(shop: Workshop) -> Iterator[str]:
    """All that is made for others: pages, data, search, feeds, texts for forges, messages …"""
    project = project_of(shop.folder / "changes")
    yield from _of_the_site(shop)
    for form in _RELEASES:
        yield from _printed(shop, "release", "v1.0", "--format", form)
    for form in _EXPORTS:
        yield from _printed(shop, "export", "--format", *form.split())
    yield from _printed(shop, "check", "--format", "json")
    for note in _written(project):
        yield comment([(note, "")], project.config.allowed)
        yield from _announced(note, project.config)


def _of_the_site(shop: Workshop) -> Iterator[str]:
    assert shop.run("site", "pages", "--to", "pages").code == 0
    site = mkdocs(shop.folder, MATERIAL)
    assert site.code == 0, site.said
    yield site.said
    for file in (*site.folder.rglob("*"), *(shop.folder / "pages").rglob("*")):
        is_ours = "assets" not in file.parts and file.parent.name != "rules"
        if is_ours and file.is_file():
            yield from _read(file)


def _read(file: Path) -> Iterator[str]:
    """What is in a file: as it stands there, and as whoever reads it sees it."""
    raw = file.read_bytes()
    if file.suffix == ".z":
        raw = zlib.decompress(raw)
    elif file.suffix == ".gz":
        raw = gzip.decompress(raw)
    text = raw.decode("utf-8", "replace")
    yield text
    if file.suffix in (".html", ".xml", ".md"):
        yield html.unescape(text)
    elif file.suffix in (".json", ".z"):
        yield from _unescaped(text)


def _unescaped(text: str) -> Iterator[str]:
    """JSON, one or a document on each line, without its escapes, of HTML inside too."""
    for document in (text, *text.splitlines()):
        try:
            read = json.loads(document)
        except ValueError:
            continue
        for said in _strings(read):
            yield from (said, html.unescape(said))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _printed(shop: Workshop, *words: str) -> Iterator[str]:
    done = shop.run(*words)
    assert done.code in (0, 1), done.err
    yield from (done.out, done.err, html.unescape(done.out), *_unescaped(done.out))


def _written(project: Project) -> Iterator[Note]:
    """The notes as they are in their files."""
    for path in sorted(project.notes.glob("2026/20261122-*.yaml")):
        note = read(project, path).note
        assert note
        yield note


def _announced(note: Note, config: Config) -> Iterator[str]:
    said = facts(note, allowed=config.allowed)
    for system in SYSTEMS.values():
        for message in system.messages(said, config.announce):
            yield from _strings(message.request.body)


def _commands_stay(most: int | None) -> Outcome:
    """The commands that are other ones where notes are shown."""
    chosen = spread(cases("benign-commands.jsonl"), most)
    groups = [chosen[at : at + _TOGETHER] for at in range(0, len(chosen), _TOGETHER)]
    with _shop(_CAREFUL) as shop:
        for number, group in enumerate(groups):
            commands = [{"run": case["input"], "output": case["input"]} for case in group]
            shop.note(dump({**_frame(number), "commands": commands}), _note_id(number))
        shown = [entry.note for entry in read_notes(project_of(shop.folder / "changes")).entries]
    failures = (
        case["id"]
        for group, note in zip(groups, shown, strict=True)
        for case, command in zip(group, note.commands, strict=True)
        if {command.run, command.output} != {case["input"]}
    )
    return Outcome(cases=len(chosen), failures=tuple(failures))


def _taking_all_words(most: int | None) -> Outcome:
    def every(texts: Sequence[object]) -> list[int]:
        return list(range(len(texts)))

    def whole(text: str, _key: str, _allowed: Allowed) -> list[str]:
        return [text]

    def redacted(_key: str, text: str, **_: object) -> str:
        return all_words(text)

    with patch.multiple(publishing, suspects=every, secrets_in=whole, redact_at=redacted):
        return _commands_stay(most)


PROMISES = (
    Promise(
        name="secrets-unpublished",
        says="Of a secret that was written into a note by hand, into any text, own key or"
        " comment, or into a file that is no note, but not as the path of a file, no 8 consecutive characters are on the site, in its data,"
        " search and feeds, in plain pages, releases, comments, announcements, or exports for"
        " others.",
        kept=lambda most: _outcome(_CAREFUL, most),
        control="the same with the rule switched off",
        broken=lambda most: _outcome(_CARELESS, most),
        most=0.03,
    ),
    Promise(
        name="commands-published",
        says="A command without a secret is shown as it is.",
        kept=_commands_stay,
        control="a scanner that takes every long word for a secret",
        broken=_taking_all_words,
        most=0.005,
    ),
)

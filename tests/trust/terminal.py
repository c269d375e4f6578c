"""Whatever a note, git or a command line says: no terminal acts on it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from changenote import cli
from tests.house import NOTE
from tests.trust.cases import Case, cases
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import IDENTITY, Workshop

_ACTED_ON = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_NOTE, _DRAFT = "20251120-g00d00", "20251121-dra000"
_TITLE = "title: Cache cart totals per session"

Printed = Iterator[tuple[str, str]]
"""What was asked for, and what was printed."""


def _texts() -> list[Case]:
    return [*cases("terminal-escapes.jsonl"), *cases("trojan-source.jsonl")]


def _ours(text: str, folder: Path) -> Printed:
    """Everything that is printed where a text stands in notes, in git and on the command line."""
    shop = Workshop(folder).start()
    shop.write("changes/config.yaml", "title: Shop\n")
    shop.commit(f"Start {text}".replace("\0", ""), {_file_name(text): "1\n"})
    for note_id, written in ((_NOTE, _raw(text)), (_DRAFT, _escaped(text))):
        place = folder / f"changes/2025/{note_id}-note.yaml"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(NOTE.replace("ID", note_id).replace(_TITLE, written).encode())
    with chdir(folder):
        for arguments in _COMMANDS:
            said = [word.replace("TEXT", text).replace("\0", "") for word in arguments]
            yield " ".join(arguments), _printed(said)


_COMMANDS = (
    ("list",),
    ("check",),
    ("show", _NOTE),
    ("show", _DRAFT),
    ("rollback", _NOTE),
    ("rollback", _DRAFT),
    ("show", "TEXT"),
    ("search", "TEXT"),
    ("list", "TEXT:TEXT"),
    ("trace", "TEXT"),
    ("new", "--dry-run", "--yes", "--title", "TEXT"),
    ("new", "--dry-run", "--yes", "--head", "HEAD"),
    ("check", "--ci"),
    ("TEXT",),
)


def _printed(arguments: list[str]) -> str:
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        cli.carry_out(arguments)
    return printed.getvalue()


def _raw(text: str) -> str:
    return f"title: Cache {text}"


def _escaped(text: str) -> str:
    said = "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in text)
    return f'title: "Cache {said}"'


def _file_name(text: str) -> str:
    return f"a{text}".replace("/", "_").replace("\0", "_")[:60]


def _plain(text: str, folder: Path) -> Printed:
    yield "cat", f"{folder.name}: {text}\n"


def _tried(most: int | None, printed: Callable[[str, Path], Printed]) -> Outcome:
    def failure(case: Case) -> str | None:
        with TemporaryDirectory() as folder:
            for asked, said in printed(case["input"], Path(folder) / "shop"):
                if found := _ACTED_ON.search(said):
                    return f"{case['id']}: {asked}: {found[0]!r}"
        return None

    before = dict(os.environ)
    os.environ.update(IDENTITY)
    try:
        return tried(_texts(), most, failure)
    finally:
        os.environ.clear()
        os.environ.update(before)


PROMISES = (
    Promise(
        name="terminal",
        says="Whatever a note, a commit, a file name or a command line holds, nothing that a"
        " terminal acts on is printed.",
        kept=lambda most: _tried(most, _ours),
        control="printing what is there",
        broken=lambda most: _tried(most, _plain),
        some=8,
    ),
)

"""Nothing of the environment leaks: not to a file, a page, a log, a comment or an error."""

import base64
import os
import random
import shutil
import string
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import tests.trust.forges as misbehaving
from tests.forges import TOKEN, forge_of_kind
from tests.on_forge import QUIET, branch_with_a_note
from tests.trust.forge_faults import FAULTS
from tests.trust.interrupted import OURS, ended, started
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import COMPLETE, Workshop

_COUNT = 50
_NAMES = ("DB_PASSWORD", "SIGNING_KEY", "SESSION", "DATABASE_URL", "EDITION", "REGION", "LICENCE")
_SIGNS = string.ascii_letters + string.digits + "/+=:% "
_LONG = 32

_COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", "--", "sh", "-c", "echo deployed"),
    "a run that fails": ("run", "--", "sh", "-c", "echo no >&2; exit 3"),
    "new": ("new", *COMPLETE),
    "check": ("check", "--strict", "--format=json"),
    "an error": ("show", "no-such-note"),
    "a wrong option": ("new", "--no-such-option"),
    "site build": ("site", "build"),
    "pr comment": ("pr", "comment", "--pr", "412"),
    "pr status": ("pr", "status", "--pr", "412"),
}
_LATER = "and after them a bug"
_WITH_FAULTS = "pr comment, of a forge that misbehaves"

_BUG = """
from changenote.store import notes
def broken(*arguments, **more):
    import os
    secrets = dict(os.environ)
    raise RuntimeError("something nobody thought of")
notes.listed = broken
from changenote.cli import main
main()
"""
_TELLING = """
import json, os
from pathlib import Path
Path(".changenote").mkdir(exist_ok=True)
Path(".changenote/environment.json").write_text(json.dumps(dict(os.environ)))
from changenote.cli import main
main()
"""
"""Ours, but that it keeps its environment to look at it later."""

_TELLING_PROGRAM = (sys.executable, "-c", _TELLING)

Program = Sequence[str]


@cache
def _canaries() -> dict[str, str]:
    """Variables with values that are nowhere else, some named like secrets."""
    chance = random.Random(412)  # noqa: S311 - the same with every run
    return {
        f"{_NAMES[number % len(_NAMES)]}_{number}": "".join(chance.choices(_SIGNS, k=_LONG))
        for number in range(_COUNT)
    }


def _forms(value: str) -> Iterator[bytes]:
    """A value as it may be written: plainly, in an address, in base64 wherever it begins there."""
    yield from (value.encode(), quote(value, safe="").encode(), quote_plus(value).encode())
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + value.encode()).rstrip(b"=")
        inside = coded[-(-before * 8 // 6) : -1]
        yield from (inside, inside.replace(b"+", b"-").replace(b"/", b"_"))


@dataclass(frozen=True)
class _Left:
    """What an action left behind: the bytes of files, of what was printed, and of what was sent."""

    action: str
    pieces: dict[str, bytes]

    def place_of(self, value: str) -> str | None:
        """Where a value is in some form; None where it is nowhere."""
        forms = set(_forms(value))
        found = (name for name, piece in self.pieces.items() if any(f in piece for f in forms))
        return next(found, None)


@cache
def _left_by(program: Program) -> list[_Left]:
    """What each action left behind, in one repository, one after the other."""
    home = Path(tempfile.mkdtemp(prefix="changenote-trust-"))
    shop = branch_with_a_note(home / "shop")
    try:
        with forge_of_kind("gitlab") as forge:
            shop.git("remote", "add", "origin", f"{forge.web}.git")
            shop.write("changes/config.yaml", "forge: gitlab\n")
            here = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"), str(home))
            shop.environment = {**QUIET, **_canaries(), **here, "GITLAB_TOKEN": TOKEN}
            every = [_left(shop, program, name, words) for name, words in _COMMANDS.items()]
            sent = {str(n): r.path.encode() + r.body for n, r in enumerate(forge.requests)}
        every.append(_Left("what is sent", sent))
        bug = _left(shop, (sys.executable, "-c", _BUG), _LATER, ("list",))
        assert any(name.endswith(".log") for name in bug.pieces), bug.pieces.keys()
        return [*every, bug]
    finally:
        shutil.rmtree(home)


def _left(shop: Workshop, program: Program, name: str, words: Sequence[str]) -> _Left:
    done = ended(started(shop, program, *words))
    top = shop.folder.parent
    files = {str(file): file.read_bytes() for file in top.rglob("*") if file.is_file()}
    return _Left(name, {**files, "what is printed": (done.out + done.err).encode()})


def _left_with(fault: str) -> _Left:
    """What is left of a comment that a misbehaving forge was asked to take."""
    at = list(FAULTS).index(fault) % 3 + 1
    case = misbehaving.Case("gitlab", "first comment", fault, at, lasts=False)
    with patch.dict(os.environ, _canaries()):
        done = misbehaving.trial(case)
    forge = done.forge
    sent = [request.path.encode() + request.body for request in forge.requests]
    printed = f"{done.ended} {done.again}".encode()
    pieces = {"what is printed": printed, "what is sent": b" ".join(sent)}
    pieces["another host"] = " ".join(done.arrived).encode()
    top = misbehaving.shop().folder
    files = {str(file): file.read_bytes() for file in top.rglob("*") if file.is_file()}
    return _Left(f"{_WITH_FAULTS}: {fault}", {**files, **pieces})


def _leaking(program: Program, most: int | None, *, faults: Sequence[str]) -> Outcome:
    """A case is a value after an action."""
    every = [*_left_by(program), *map(_left_with, faults)]
    values = {**_canaries(), "the token": TOKEN}
    cases = [(left, name) for left in every for name in values]

    def failure(case: tuple[_Left, str]) -> str | None:
        left, name = case
        place = left.place_of(values[name])
        return f"{left.action}: {name} is in {place}" if place else None

    return tried(cases, None if faults else most, failure)


def _some(most: int | None) -> list[str]:
    return list(FAULTS) if most is None else list(FAULTS)[::6]


PROMISES = (
    Promise(
        name="nothing-leaks",
        says="No value of a variable of the environment, and no token, is in a file, a page, a log,"
        " a request or an error: not plainly, nor in base64, nor as in an address.",
        kept=lambda most: _leaking(OURS, most, faults=_some(most)),
        control="a program that keeps its environment to look at it later",
        broken=lambda most: _leaking(_TELLING_PROGRAM, most, faults=()),
        few=24,
    ),
)

"""What stops the work is said in full: every place that raises, and whatever nobody thought of."""

import ast
import io
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import changenote
from changenote import errors
from changenote.cli import console
from changenote.errors import BUG, ChangenoteError
from tests.house import said, valid_note
from tests.on_forge import ID
from tests.repositories import shop_with_a_change
from tests.trust.inside import carried_out
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import COMPLETE, Done, Workshop

_PACKAGE = Path(changenote.__file__).parent
_CODES = _PACKAGE.parent / "site/reference/exit-codes.md"

KINDS: dict[str, Any] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ChangenoteError)
}


# --- Every place that raises ----------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where an error is made, its kind, and what it is given by name."""

    where: str
    kind: str
    given: dict[str, ast.expr]

    def text(self, name: str) -> str | None:
        """What is given by a name, as far as it is known before the program runs."""
        value = self.given.get(name)
        if value is None:
            return None
        parts = value.values if isinstance(value, ast.JoinedStr) else [value]
        texts = (one.value if isinstance(one, ast.Constant) else "…" for one in parts)
        return "".join(map(str, texts))


def places(package: Path = _PACKAGE) -> Iterator[Place]:
    """Every place of the program that makes an error of the house."""
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                name = node.func.attr if isinstance(node.func, ast.Attribute) else name
                if name in KINDS:
                    given = {word.arg: word.value for word in node.keywords if word.arg}
                    what = {"what": node.args[0]} if node.args else {}
                    yield Place(f"{file.relative_to(package)}:{node.lineno}", name, what | given)


def bare() -> list[Place]:
    """The same places, but that each says nothing more than what went wrong."""
    return [Place(one.where, one.kind, {"what": one.given["what"]}) for one in places()]


def _untold(place: Place) -> str | None:
    """What is not said at a place, or is said in another shape than all else."""
    if not place.text("what") or not place.text("expected"):
        return f"{place.where}: what failed, or what was expected, is not said"
    retry = place.text("retry") or "safe, nothing was written"
    if not retry.startswith(("safe", "not ", "only ", "…")):
        return f"{place.where}: whether a retry is safe: {retry}"
    if (hint := place.text("hint")) is not None and not hint.strip():
        return f"{place.where}: the next step is empty"
    return f"{place.where}: {_misshapen(place)}" if _misshapen(place) else None


def _misshapen(place: Place) -> str | None:
    """Is the error told in four lines, with a code that is documented?"""
    kind = KINDS[place.kind]
    more: dict[str, Any] = {"missing": ("unit",)} if place.kind == "UntoldResult" else {}
    words = {name: place.text(name) for name in ("expected", "hint")}
    problem = kind(
        place.text("what"), expected=words["expected"], hint=words["hint"] or "x", **more
    )
    printed = io.StringIO()
    with redirect_stderr(printed):
        console.error(problem)
    told = said(Done(problem.exit_code, "", printed.getvalue()))
    is_documented = f"| `{kind.exit_code}` |" in _CODES.read_text(encoding="utf-8")
    is_told = told.what and told.expected and is_documented
    return None if is_told else f"{place.kind} is not told in full"


def _told(every: Callable[[], Iterator[Place] | list[Place]]) -> Outcome:
    return tried(every(), None, _untold)


# --- What nobody thought of, and a person who stops it --------------------------------------------

_COMMANDS: dict[str, tuple[str, ...]] = {
    "new": ("new", *COMPLETE),
    "check": ("check",),
    "check --ci": ("check", "--ci", "--since", "v2.13.0"),
    "list": ("list", "--json"),
    "show": ("show", ID),
    "search": ("search", "basket"),
    "trace": ("trace", "app/cart/totals.py:1"),
    "rollback": ("rollback", "--last"),
    "set": ("set", ID, "reason=Every request summed the basket again, and again."),
    "review": ("review", ID),
    "outcome": ("outcome", ID, "failed"),
    "fmt": ("fmt",),
    "release": ("release", "v9.9.9", "--yes"),
    "next": ("next",),
    "stats": ("stats",),
    "metrics": ("metrics", "show"),
    "export": ("export", "--format", "csv"),
    "schema": ("schema",),
    "init": ("init", "--dry-run"),
    "import": ("import", "towncrier", "."),
    "commands": ("commands", "list"),
    "baseline": ("baseline", "list"),
    "completion": ("completion", "bash"),
    "site": ("site", "pages", "--to", "pages"),
    "commit-msg": ("hook", "commit-msg", "README.md"),
    "pre-push": ("hook", "pre-push"),
}
_TURNS = 12
_TELLING = ("cli/console.py", "changenote/errors.py")
"""What tells of an error: who tells of one that comes up here is Python."""

_OUTSIDE = ("<genexpr>", "carry_out")
"""Where Python itself tells what happens, or nothing has begun."""
_HOOKS = ("commit-msg", "pre-push")
"""They go on with what git was asked to do, whatever happens."""


class Unforeseen(Exception):  # noqa: N818 - it stands for all that nobody foresaw
    """What nobody thought of."""


@dataclass(frozen=True)
class Case:
    """A command in which something happens at a function's start, so far into its work of all."""

    command: str
    share: float
    what: type[BaseException]

    def __str__(self) -> str:
        """For a list of failures."""
        return f"{self.command}, {self.what.__name__} after {self.share:.0%}"


Program = Callable[[Workshop, tuple[str, ...]], Done]


def _ours(shop: Workshop, words: tuple[str, ...]) -> Done:
    return carried_out(shop.folder, *words, TMPDIR=str(shop.folder.parent))


def _bare(shop: Workshop, words: tuple[str, ...]) -> Done:
    """Our program without its boundary: Python tells what happened."""
    with patch.object(console, "bug", _raise), patch.object(console, "notice", _raise):
        try:
            return _ours(shop, words)
        except BaseException as error:
            return Done(1, "", f"Traceback (most recent call last):\n{error!r}")


def _raise(_told: object) -> None:
    raise  # noqa: PLE0704 - what is being told


@contextmanager
def _struck(number: int, what: type[BaseException]) -> Iterator[list[int]]:
    """Functions of ours are counted as they begin; it happens in the one with this number."""
    calls = [0]
    start = str(_PACKAGE)

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        file = frame.f_code.co_filename
        is_ours = file.startswith(start) and not file.endswith(_TELLING)
        if event == "call" and is_ours and frame.f_code.co_name not in _OUTSIDE:
            calls[0] += 1
            if calls[0] == number:
                sys.setprofile(None)
                raise what("nobody thought of it")

    sys.setprofile(watch)
    try:
        yield calls
    finally:
        sys.setprofile(None)


@contextmanager
def _shop() -> Iterator[Workshop]:
    with tempfile.TemporaryDirectory(prefix="changenote-trust-") as folder:
        shop = shop_with_a_change(Path(folder))
        valid_note(shop)
        yield shop


@cache
def _calls(command: str) -> int:
    """How many functions of ours begin in a command, once all of it is loaded."""
    for _ in range(2):
        with _shop() as shop, _struck(-1, Unforeseen) as calls:
            _ours(shop, _COMMANDS[command])
    return calls[0]


def _wrong(case: Case, program: Program) -> str | None:
    number = max(1, int(case.share * _calls(case.command)))
    with _shop() as shop:
        before = {path: path.read_bytes() for path in shop.notes()}
        with _struck(number, case.what):
            done = program(shop, _COMMANDS[case.command])
        wrong = _badly_told(case, done)
        rests = list(shop.folder.glob("changes/**/.*"))
        torn = [
            path for path in before if not path.exists() or b"schema: 1" not in path.read_bytes()
        ]
    if wrong or rests or torn:
        return f"{case}: {wrong or f'left behind: {rests}, torn: {torn}'}"
    return None


def _badly_told(case: Case, done: Done) -> str | None:
    if "Traceback" in done.err or "Traceback" in done.out:
        return f"a traceback is printed: {(done.err + done.out)[:700]}"
    if case.what is KeyboardInterrupt:
        return None if done.code == 130 and "Stopped." in done.err else f"{done.code}: {done.err}"
    if case.what is not Unforeseen:
        return f"code {done.code}"
    log = re.search(r"the log, (\S+\.log)", done.err)
    codes = (0, BUG) if case.command in _HOOKS else (BUG,)
    if done.code not in codes or not log:
        return f"code {done.code}, {done.err or done.out[:100]}"
    text = Path(log[1]).read_text(encoding="utf-8")
    return None if "Traceback" in text and "nobody thought of it" in text else "the log is empty"


def _stopped(program: Program, most: int | None) -> Outcome:
    every = [
        Case(command, turn / _TURNS, what)
        for command in _COMMANDS
        for turn in range(1, _TURNS)
        for what in (Unforeseen, KeyboardInterrupt)
    ]
    random.Random(7).shuffle(every)  # noqa: S311 - the same order always
    return tried(every, most, lambda case: _wrong(case, program))


PROMISES = (
    Promise(
        name="errors-say",
        says="Every place that stops the work says what failed, what was expected, whether a retry"
        " is safe and what to do, with an exit code that is documented.",
        kept=lambda _: _told(places),
        control="the same errors with nothing but what failed",
        broken=lambda _: _told(bare),
    ),
    Promise(
        name="surprises-logged",
        says="Where something happens that nobody foresaw, or a person stops it, in whichever"
        " function: no traceback is printed, the log is named or it is said what was written, and"
        " notes are whole.",
        kept=lambda most: _stopped(_ours, most),
        control="the same program without its boundary",
        broken=lambda most: _stopped(_bare, most),
        some=12,
        few=4,
    ),
)

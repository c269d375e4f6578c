"""Files survive: a write that is killed or fails, a full disk, many at once, two with one note."""

import re
import shlex
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import Popen

from changenote.errors import ENVIRONMENT
from tests.house import said, valid_note
from tests.trust.interrupted import (
    OURS,
    Call,
    calls_of_a_write,
    counting,
    ended,
    fresh,
    in_place,
    interrupted,
    started,
)
from tests.trust.promise import Outcome, Promise, spread, tried
from tests.workshop import COMPLETE, Done, Workshop

_ID = "20251120-g00d00"
_CAUSES = {
    "ENOSPC": "the disk is full",
    "EROFS": "the file system is read-only",
    "EACCES": "permission was denied",
    "ENOENT": "the folder went away",
    "EIO": "input/output error",
}
_NEEDED = ("write", "fsync", "rename")
"""Calls without which there is no file: their error is the one that is told."""

_COMMANDS = {
    "new": ("new", *COMPLETE),
    "set": ("set", _ID, "reason=Every request summed the basket again, and again."),
    "fmt": ("fmt",),
}
_CHANGES = re.compile(r"\d{8}-\w{6}|\d{4}-\d\d-\d\dT[\d:]+Z")

Program = Sequence[str]


@cache
def _template() -> Path:
    shop = Workshop(Path(tempfile.mkdtemp(prefix="changenote-trust-")) / "shop").start()
    note = valid_note(shop)
    note.write_text(note.read_text().replace("\n\n", "\n"))
    shop.commit("Start the shop", {"README.md": "Shop\n"})
    shop.commit("Cache totals", {"src/cart.py": "total = 1\n"})
    ended(started(shop, OURS, "list"))  # what is remembered of notes is there
    return shop.folder


@contextmanager
def _shop() -> Iterator[Workshop]:
    shop = fresh(_template())
    try:
        yield shop
    finally:
        shutil.rmtree(shop.folder.parent)


# --- Killed, or refused by the disk ---------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A command of which one call is the end, or fails."""

    command: str
    call: Call
    by: str

    def __str__(self) -> str:
        """For a list of failures."""
        return f"{self.command}, {self.by} at {self.call.name} {self.call.number}"


@dataclass(frozen=True)
class Undisturbed:
    """What a command does when nothing happens to it, and how: the files by name, as texts."""

    before: frozenset[str]
    after: frozenset[str]
    calls: tuple[Call, ...]


@cache
def _undisturbed(command: str, program: Program) -> Undisturbed:
    with _shop() as shop:
        before = _texts(shop)
    with _shop() as shop:
        ended(started(shop, program, *_COMMANDS[command]))  # now all of the program is compiled
    with _shop() as shop:
        calls = calls_of_a_write(shop, program, *_COMMANDS[command])
        return Undisturbed(frozenset(before), frozenset(_texts(shop)), tuple(calls))


def _texts(shop: Workshop) -> list[str]:
    """The notes, without what is never the same."""
    return [_CHANGES.sub("", note.read_text(encoding="utf-8")) for note in shop.notes()]


def _cases(program: Program, ways: Sequence[str]) -> list[Case]:
    return [
        Case(command, call, by)
        for command in _COMMANDS
        for call in _undisturbed(command, program).calls
        for by in ways
    ]


def _torn(case: Case, program: Program) -> str | None:
    """What is wrong after a case: a half file, or the rest of one."""
    with _shop() as shop:
        one = interrupted(shop, program, case.call, case.by, *_COMMANDS[case.command])
        texts, rests = _texts(shop), list(shop.folder.glob("changes/*/.*"))
        whole = _undisturbed(case.command, program)
        left = [_CHANGES.sub("", rest.read_text(encoding="utf-8")) for rest in rests]
    if not {*texts} <= whole.before | whole.after or len(texts) < len(whole.before):
        return f"{case}: a note is neither the old one nor the new one"
    if case.by == "KILL":
        return None if {*left} <= whole.after else f"{case}: half a file is left"
    if rests and case.call.name != "unlink":
        return f"{case}: {rests[0].name} is left"
    has_changed = {*texts} == whole.after
    return _untold(case, one.done, has_changed=has_changed) if one.is_struck else None


def _untold(case: Case, done: Done, *, has_changed: bool) -> str | None:
    """What is wrong with how a failure is told, or with a success that is told."""
    if done.code == 0:
        return None if has_changed else f"{case}: nothing was written, and nothing said"
    try:
        error = said(done)
    except AssertionError:
        return f"{case}: no error of the house: {done.err}"
    if done.code != ENVIRONMENT or has_changed or not error.retry.startswith("safe"):
        return f"{case}: code {done.code}, {error.retry}, changed: {has_changed}"
    is_named = case.call.name not in _NEEDED or _CAUSES[case.by] in error.what.lower()
    return None if is_named else f"{case}: the cause is not named: {error.what}"


def _whole(program: Program, ways: Sequence[str], most: int | None) -> Outcome:
    def failure(case: Case) -> str | None:
        return _torn(case, program)

    return tried(_cases(program, ways), most, failure)


# --- At the same moment ---------------------------------------------------------------------------

_AT_ONCE = 48
_OWN_ID = re.compile(r"^id: (.+)$", re.M)


def _at_once(program: Program, most: int | None) -> Outcome:
    """So many `new` in one folder: a case fails that leaves no note of its own."""
    titles = [f"Change {number}" for number in spread(range(_AT_ONCE), most)]
    with _shop() as shop:
        before = len(shop.notes())
        processes = [started(shop, program, *_entitled(title)) for title in titles]
        codes = [ended(process).code for process in processes]
        texts = [note.read_text(encoding="utf-8") for note in shop.notes()]
    ids = Counter(note_id for text in texts for note_id in _OWN_ID.findall(text))
    own = [text for text in texts if all(ids[note_id] == 1 for note_id in _OWN_ID.findall(text))]
    lost = [title for title in titles if sum(f"title: {title}\n" in text for text in own) != 1]
    if not lost and (any(codes) or len(texts) != before + len(titles)):
        lost = [f"{len(texts) - before} notes, codes {codes}"]
    return Outcome(cases=len(titles), failures=tuple(lost))


def _entitled(title: str) -> list[str]:
    return ["new", *COMPLETE, f"--title={title}"]


# --- Two with one note ----------------------------------------------------------------------------

_OTHERS = ("set", "fmt", "edit")
"""What somebody else does with a note while it is open in an editor."""


@dataclass(frozen=True)
class Pair:
    """An edit that is open while somebody else does something, for the `turn`-th time."""

    other: str
    turn: int


def _two(program: Program, most: int | None) -> Outcome:
    pairs = [Pair(other, turn) for turn in range(4) for other in _OTHERS]

    def failure(pair: Pair) -> str | None:
        wrong = _wrong_of(pair, program)
        return f"edit and {pair.other}: {wrong}" if wrong else None

    return tried(pairs, most, failure)


def _wrong_of(pair: Pair, program: Program) -> str | None:
    with _shop() as shop:
        edits = [_open(shop, program, "Mine")]
        if pair.other == "edit":
            edits.append(_open(shop, program, "Theirs"))
            theirs = None
        else:
            words = ["set", _ID, "title=Theirs"] if pair.other == "set" else ["fmt"]
            theirs = ended(started(shop, program, *words))
        (shop.folder.parent / "go").touch()
        done = {word: ended(edit) for word, edit in zip(("Mine", "Theirs"), edits, strict=False)}
        if theirs:
            done["Theirs"] = theirs
        return _lost(shop.notes()[0].read_text(encoding="utf-8"), done)


def _open(shop: Workshop, program: Program, word: str) -> Popen[str]:
    """An edit of the note, which is open now and until somebody says go."""
    is_open = shop.folder.parent / word
    wait = f"touch {is_open}; until [ -e {is_open.with_name('go')} ]; do sleep 0.02; done"
    script = f'sed -i "s/Cache cart/{word} cart/" "$0"; {wait}'
    shop.environment = {"EDITOR": f"sh -c {shlex.quote(script)}"}
    process = started(shop, program, "edit", _ID)
    while not is_open.exists() and process.poll() is None:
        time.sleep(0.02)
    return process


def _lost(note: str, done: dict[str, Done]) -> str | None:
    """What was lost of two changes of a note: one of them has to win, the other to be kept."""
    losers = [word for word, one in done.items() if one.code]
    if len(losers) != 1:
        return f"{len(done) - len(losers)} of them say that they won"
    loser = losers[0]
    if f"title: {loser} cart" in note or done[loser].code != ENVIRONMENT:
        return f"the one that lost is in the note, or ended with {done[loser].code}"
    error = said(done[loser])
    if "kept in" not in error.retry:
        return f"who lost is not told where the text is: {error.retry}"
    is_kept = f"title: {loser} cart" in error.kept.read_text(encoding="utf-8")
    return None if is_kept else "the text of who lost is not where it is said to be"


_CONTROL = "a program that writes files in their place"
_KILLED = ("KILL",)

PROMISES = (
    Promise(
        name="whole-notes",
        says="A note is the old one or the new one, whole, whichever system call of a write is the"
        " last one of its process; no half file is left beside it.",
        kept=lambda most: _whole(OURS, _KILLED, most),
        control=_CONTROL,
        broken=lambda most: _whole(in_place(), _KILLED, most),
        some=8,
        few=6,
    ),
    Promise(
        name="disk-errors",
        says="Whichever system call of a write fails, on a full disk, a read-only one, without"
        " permission, in a folder that went away: the note stays as it was, nothing is left beside"
        " it, and the error says so and why.",
        kept=lambda most: _whole(OURS, tuple(_CAUSES), most),
        control=_CONTROL,
        broken=lambda most: _whole(in_place(), tuple(_CAUSES), most),
        some=8,
        few=6,
    ),
    Promise(
        name="notes-at-once",
        says="Many notes that are written in one folder at the same moment are all there, each with"
        " an id of its own.",
        kept=lambda most: _at_once(OURS, most),
        control="a program that counts its notes for an id",
        broken=lambda most: _at_once(counting(), most),
        some=12,
        few=16,
    ),
    Promise(
        name="edits-at-once",
        says="Of two changes of a note at the same time one wins; who lost keeps the text, and is"
        " told where.",
        kept=lambda most: _two(OURS, most),
        control=_CONTROL,
        broken=lambda most: _two(in_place(), most),
        some=3,
        few=3,
    ),
)

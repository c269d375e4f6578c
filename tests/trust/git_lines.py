"""What git is asked: no name that somebody chose reaches it as an option, or as another name."""

import json
import os
import random
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from tests.agent import answer
from tests.forges import TOKEN, forge_of_kind
from tests.house import NOTE, valid_note
from tests.on_forge import ID, QUIET
from tests.trust.inside import carried_out
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import COMPLETE, IDENTITY, Workshop

_TEXTS = (
    "--output=MARK", "-x", "--upload-pack=touch MARK", "--exec=touch MARK", "--ext-diff", "-OMARK",
    "--textconv", "--no-index", "--all", "--git-dir=MARK", "--end-of-options", "--", "-",
    "@{-1}", ":/Start", ":(top)README.md", "HEAD:README.md", "v1..HEAD", "^HEAD", "--not", "--stdin",
    "main@{upstream}", "--help", "-p", "-c core.pager=touch", "$(touch MARK)", "`touch MARK`",
    "; touch MARK", "x\n--output=MARK", "HEAD^{/Start}", "side", "v1", "refs/heads/-x", "*", "HEAD",
    "--glob=refs/*", "--branches", "README.md", "\u202eside", "x" * 300,
)  # fmt: skip
"""Names for a commit, a branch or a file that git would take for an option, or for something else."""

_COMMANDS: dict[str, tuple[str, ...]] = {
    "new --base": ("new", "--yes", "--dry-run", "--base=TEXT"),
    "new --head": ("new", "--yes", "--dry-run", "--head=TEXT"),
    "new --each": ("new", "--each=TEXT..HEAD", "--yes", "--dry-run"),
    "new --each to": ("new", "--each=v1..TEXT", "--yes", "--dry-run"),
    "new --file": ("new", *COMPLETE, "--dry-run", "--file=TEXT"),
    "new": ("new", *COMPLETE, "--dry-run"),
    "check": ("check",),
    "check a file": ("check", "--", "TEXT"),
    "check --reverts": ("check", "--reverts"),
    "check --ci": ("check", "--ci"),
    "check --ci --since": ("check", "--ci", "--since=TEXT"),
    "show": ("show", "--", "TEXT"),
    "show the note": ("show", ID),
    "list": ("list", "--", "TEXT"),
    "search": ("search", "--", "TEXT"),
    "rollback": ("rollback", ID),
    "rollback --run": ("rollback", ID, "--run", "--yes"),
    "trace": ("trace", "--", "TEXT"),
    "trace a line": ("trace", "--", "TEXT:1"),
    "trace below": ("trace", "--", "TEXT/x"),
    "pr comment": ("pr", "comment", "--dry-run"),
    "pr status": ("pr", "status", "--dry-run"),
    "pr trailer": ("pr", "trailer", "--amend", "--dry-run"),
    "release": ("release", "TEXT", "--dry-run"),
    "release --since": ("release", "v9.9.9", "--since=TEXT", "--dry-run"),
    "next": ("next", "--since=TEXT"),
    "import": ("import", "towncrier", "TEXT", "--dry-run"),
    "site": ("site", "pages", "--to", "pages"),
    "site build": ("site", "build", "--to", "built"),
    "stats": ("stats", "--since=1y"),
    "init": ("init", "--dry-run", "--ci", "github", "--hook", "commit-msg"),
    "run": ("run", "--", "true"),
    "rehearse": ("rehearse", ID, "--environment=TEXT", "--yes", "--dry-run"),
    "baseline": ("baseline", "list"),
    "review": ("review", ID),
    "export": ("export", "--format", "ndjson"),
    "commit-msg": ("hook", "commit-msg", "message"),
    "pre-push": ("hook", "pre-push"),
}

_TOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "agent: rollback": ("rollback", {"note": ID}),
    "agent: trace": ("trace", {"path": "TEXT", "line": 1}),
    "agent: new_draft": ("new_draft", {"title": "Say TEXT", "base": "TEXT", "head": "TEXT"}),
}
"""What a coding agent asks, of `changenote mcp`."""

_RUNNING = ("run", "rollback --run")
"""They wait for signals of what they run, and so need a process of their own."""

_ASKED_FOR = "rollback --run"
"""This runs `git revert NAME`, as it stands in the note."""

_IDS = r"(?:[0-9a-f]{40}|[0-9a-f]{64}|HEAD)(?:\^|\^\{tree\}|\^\{commit\})?"
_COMMIT = re.compile(rf"\^?{_IDS}(?:\.\.\.?{_IDS})?")
_NAMED_IN_A_LINE = re.compile(r"[^\s-][^\n]*")
_BEFORE = re.compile(r"--no-pager|-c|[a-zA-Z.]+=[^\n]*")
_LITERAL = re.compile(r"\.|:\([a-z,]*literal[a-z,]*\).*|:\(glob\).*\*.*", re.S)
_DIFFERING = ("log", "diff", "diff-tree", "show")
_OF_COMMITS = (
    *_DIFFERING, "rev-list", "merge-base", "ls-tree", "describe", "blame", "cat-file", "merge-tree",
)  # fmt: skip
_PLAIN = ("--no-ext-diff", "--no-textconv", "-z")
_OF_GIT = ("rebase-merge", "rebase-apply")
_SAFE = ("core.fsmonitor=false", "core.hooksPath=/dev/null")


@dataclass(frozen=True)
class Line:
    """One command line of git, and what it read."""

    words: tuple[str, ...]
    given: str

    def __str__(self) -> str:
        """For a list of failures."""
        return " ".join(["git", *self.words])[-150:]

    @property
    def asked(self) -> tuple[str, ...]:
        """The question and its options, without what goes before it."""
        ours = list(takewhile(_BEFORE.fullmatch, self.words))
        return self.words[len(ours) :]

    @property
    def options(self) -> tuple[str, ...]:
        """What git may take for an option."""
        return tuple(takewhile(lambda word: word not in ("--end-of-options", "--"), self.asked[1:]))


def _why(line: Line) -> str | None:
    """What is wrong with a command line of git; None where every word can be but one thing."""
    question, *rest = line.asked
    before = list(takewhile(lambda word: word != "--", rest))
    commits = [word for word in before if not word.startswith("-")]
    paths = rest[len(before) + 1 :]
    if any(one not in line.words for one in _SAFE):
        return "what a repository sets may be run"
    if question in _OF_COMMITS and not all(map(_COMMIT.fullmatch, commits)):
        return f"{commits} is not the id of a commit"
    if question == "rev-parse" and not _is_one_name(before):
        return "a name may be an option"
    if question == "for-each-ref" and not all(map(_COMMIT.fullmatch, _of_refs(before))):
        return "refs are chosen by the name of a commit"
    if question in _DIFFERING and not {*_PLAIN} <= {*line.options}:
        return "programs of a repository may run, or names are quoted"
    if question in (*_DIFFERING, "blame", "ls-files") and len(before) == len(rest):
        return "a file may be taken for a commit, or a commit for a file"
    if question in ("log", "diff", "ls-files") and not all(map(_LITERAL.fullmatch, paths)):
        return f"{paths} may be a pattern"
    return _why_given(question, line)


def _is_one_name(words: Sequence[str]) -> bool:
    """Does `rev-parse` verify one name that cannot be an option, or none at all?"""
    named = [word for word in words if not word.startswith("-")]
    is_verified = "--verify" in words and words[-2] == "--end-of-options"
    return is_verified or all(word in _OF_GIT for word in named)


def _of_refs(words: Sequence[str]) -> Iterator[str]:
    for word, following in pairwise([*words, ""]):
        option, is_there, value = word.partition("=")
        if option in ("--merged", "--contains", "--no-merged"):
            yield value if is_there else following


def _why_given(question: str, line: Line) -> str | None:
    if question not in _OF_COMMITS:
        return None
    shape = _NAMED_IN_A_LINE if question == "cat-file" else _COMMIT
    words = line.given.splitlines() if question == "cat-file" else line.given.split()
    wrong = [word for word in words if not shape.fullmatch(word)]
    return f"{wrong} is given as a commit" if wrong else None


# --- Git, overheard -------------------------------------------------------------------------------

_OVERHEARING = """\
#!/bin/sh
printf '%s\\0' "$$" "$#" "$@" >> '{log}'
case " $* " in
*" --stdin "* | *" --batch"*) tee -a '{log}'.$$ | '{git}' "$@" ;;
*) exec '{git}' "$@" ;;
esac
"""
"""Writes down what git is asked and what it reads, and then is git."""


@dataclass(frozen=True)
class _Ear:
    """A folder to look for git in, and what is heard of what that git is asked."""

    folder: Path

    @property
    def path(self) -> str:
        """What PATH has to be to be overheard."""
        return f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"

    def heard(self) -> list[Line]:
        """All since it was asked for the last time."""
        log = self.folder / "log"
        fields = iter(os.fsdecode(log.read_bytes()).split("\0") if log.exists() else ())
        lines = [self._line(number, fields) for number in fields if number]
        for file in self.folder.glob("log*"):
            file.unlink()
        return lines

    def _line(self, number: str, fields: Iterator[str]) -> Line:
        words = tuple(next(fields) for _ in range(int(next(fields))))
        read = self.folder / f"log.{number}"
        return Line(words, os.fsdecode(read.read_bytes()) if read.exists() else "")


def _ear(folder: Path) -> _Ear:
    ear = _Ear(folder)
    program = folder / "bin/git"
    program.parent.mkdir(parents=True)
    program.write_text(_OVERHEARING.format(log=folder / "log", git=shutil.which("git")))
    program.chmod(0o755)
    return ear


# --- Everything that asks git, with every name ----------------------------------------------------

_REFS = ("heads/-x", "heads/side", "heads/HEAD", "tags/--output=x", "tags/v1", "tags/-x")
_FILES = ("README.md", "HEAD", "-x", "v1", "side", "--output=x", "app/cart/totals.py")


@dataclass(frozen=True)
class Case:
    """A command, and the name that somebody chose for what it asks git about."""

    command: str
    text: str

    def __str__(self) -> str:
        """For a list of failures."""
        return f"{self.command}, {self.text[:40]!r}"


@dataclass(frozen=True)
class _Place:
    """A repository whose names mean harm, a forge that has them too, and an ear at git."""

    shop: Workshop
    ear: _Ear
    web: str
    tell: Callable[[str], None]

    @property
    def mark(self) -> Path:
        """What is only there when a name was run."""
        return self.shop.folder.parent / "mark"


@contextmanager
def _place() -> Iterator[_Place]:
    with tempfile.TemporaryDirectory(prefix="changenote-trust-") as folder, ExitStack() as stack:
        forge = stack.enter_context(forge_of_kind("github"))
        shop = Workshop(Path(folder) / "shop").start()
        shop.commit("Start", dict.fromkeys(_FILES, "1\n"))
        for ref in _REFS:
            shop.git("update-ref", f"refs/{ref}", "HEAD")
        shop.git("symbolic-ref", "HEAD", "refs/heads/-x")
        valid_note(shop)
        shop.commit("Cache totals (#412)", {"app/cart/totals.py": "2\n"})
        shop.git("remote", "add", "origin", f"{forge.web}.git")
        shop.write("message", "Cache totals\n")

        def tell(text: str) -> None:
            forge.branch, forge.messages = text, (text,)

        yield _Place(shop, _ear(Path(folder) / "ear"), forge.api, tell)


def _asked(case: Case, place: _Place) -> None:
    """Carry out the command where the name is in options, notes, the config, git and the forge."""
    text = case.text.replace("MARK", str(place.mark))
    shop = place.shop
    shop.write("changes/config.yaml", f"forge: github\ndefault_branch: {json.dumps(text)}\n")
    step = json.dumps(f"git revert --no-edit {shlex.quote(text)}")
    steps = NOTE.replace("ID", ID).replace(
        "./flags set cart_total_cache off --env production", step
    )
    shop.note(steps, ID)
    place.tell(text)
    surroundings = _surroundings(place, text)
    if case.command in _TOOLS:
        tool, arguments = _TOOLS[case.command]
        told = json.loads(json.dumps(arguments).replace("TEXT", json.dumps(text)[1:-1]))
        answer(Workshop(shop.folder, surroundings), tool, writes=True, **told)
        return
    words = [word.replace("TEXT", text) for word in _COMMANDS[case.command]]
    given = f"refs/heads/{text} {'1' * 40} refs/heads/{text} {'2' * 40}\n".encode()
    carry_out = shop.run if case.command in _RUNNING else partial(carried_out, shop.folder)
    carry_out(*words, given=given, **surroundings)


def _surroundings(place: _Place, text: str) -> dict[str, str]:
    """What a pipeline tells, in variables and in the event that it was started by."""
    event = place.shop.folder.parent / "event.json"
    pull = {"number": 412, "title": text, "body": text}
    ends = {name: {"ref": text, "sha": text} for name in ("base", "head")}
    event.write_text(json.dumps({"pull_request": {**pull, **ends}}))
    told = ("GITHUB_REF_NAME", "GITHUB_BASE_REF", "GITHUB_HEAD_REF", "GITHUB_SHA", "GITHUB_REF")
    return {
        **QUIET,
        **dict.fromkeys(told, text),
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_API_URL": place.web,
        "GH_ENTERPRISE_TOKEN": TOKEN,
        "PATH": place.ear.path,
    }


def _passed_on(case: Case, place: _Place) -> None:
    """Give git the name as it is, as one does in an hour."""
    text = case.text.replace("MARK", str(place.mark))
    for words in (["log", "-1", text], ["diff", "--name-only", text], ["blame", text]):
        subprocess.run(
            ["git", *words],
            cwd=place.shop.folder,
            env={**os.environ, **IDENTITY, "PATH": place.ear.path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )


def _overheard(ask: Callable[[Case, _Place], None], most: int | None) -> Outcome:
    every = [Case(command, text) for text in _TEXTS for command in (*_COMMANDS, *_TOOLS)]
    random.Random(7).shuffle(every)  # noqa: S311 - the same order always
    with _place() as place:

        def failure(case: Case) -> str | None:
            place.ear.heard()
            ask(case, place)
            wrong = [
                f"{case}: {why}: {line}"
                for line in place.ear.heard()
                if line.words[0] != "revert" and (why := _why(line))
            ]
            if place.mark.exists():
                place.mark.unlink()
                if case.command != _ASKED_FOR:
                    wrong.insert(0, f"{case}: the name was run")
            return wrong[0] if wrong else None

        return tried(every, most, failure)


PROMISES = (
    Promise(
        name="git-arguments",
        says="Whatever a commit, a branch or a file is called, on the command line, in git, a note,"
        " the config, a pipeline or by a forge: git gets it as the one name to look up, after"
        " `--end-of-options`, or as a path after `--`; all else is asked by the commit's id, and"
        " runs no program that a repository names.",
        kept=lambda most: _overheard(_asked, most),
        control="a program that passes names on to git",
        broken=lambda most: _overheard(_passed_on, most),
        some=40,
        few=6,
    ),
)

"""Forges misbehave: no comment twice, no token elsewhere, no wait without end, a clear word."""

import io
import os
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from changenote.cli import carry_out
from changenote.errors import NETWORK, ChangenoteError
from changenote.forge import connecting, http
from changenote.forge.api import Forge
from changenote.forge.http import Client
from changenote.forge.links import Repository
from changenote.release.comment import MARKER
from tests.far_end import Hours, far_end, ok, serving
from tests.forges import BOT, TOKEN, Remembered
from tests.house import said
from tests.on_forge import QUIET, branch_with_a_note
from tests.trust.forge_faults import FAULTS, LEADING_AWAY, SLOW, Unwell
from tests.trust.naive_client import NaiveClient
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import Done, Workshop

_KINDS = ("github", "gitlab", "gitea")
_MANY = 45  # on three pages
_SHORT = {"SECONDS": 0.1, "LONGEST_ANSWER": 0.3}
"""The limits of one wait where waiting is what is tried, in real seconds."""
_LIMIT = http.LONGEST_REQUEST

_PATIENCE = 5.0
_NO_PATIENCE = 0.15  # with those who would never leave

MakeClient = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One fault of one request of one operation on one kind of forge."""

    kind: str
    operation: str
    fault: str
    at: int
    lasts: bool

    def __str__(self) -> str:
        """For a list of failures."""
        since = "from" if self.lasts else "at"
        return f"{self.kind}, {self.operation}, {self.fault} {since} request {self.at}"


@dataclass
class Seen:
    """What went wrong, by the name of the promise that it breaks."""

    wrong: dict[str, str] = field(default_factory=dict)

    def unless(self, is_right: bool, promise: str, what: str) -> None:
        """Note that something is wrong, if it is; what is noted first stays."""
        if not is_right:
            self.wrong.setdefault(promise, what)


@dataclass(frozen=True)
class Ended:
    """How an operation ended: with this result, or with the parts of an error; or unlike both."""

    result: Any = None
    error: tuple[str, str, str] | None = None
    unlike: str = ""
    printed: str = ""


@dataclass(frozen=True)
class Operation:
    """Something that is asked of a forge: how it is prepared, done, and seen to be done."""

    prepare: Callable[[Remembered], None]
    do: Callable[[Remembered], Ended]
    is_done: Callable[[Remembered, Any], bool]


# --- What is asked of a forge ---------------------------------------------------------------------


@cache
def shop() -> Workshop:
    """The repository in which commands are run."""
    folder = tempfile.mkdtemp(prefix="changenote-trust-")
    made = branch_with_a_note(Path(folder) / "shop")
    made.git("remote", "add", "origin", "http://127.0.0.1/acme/shop.git")
    return made


def _command(*arguments: str) -> Callable[[Remembered], Ended]:
    def do(forge: Remembered) -> Ended:
        here = shop()
        here.git("config", "remote.origin.url", f"{forge.web}.git")
        here.write("changes/config.yaml", f"forge: {forge.kind}\n")
        out, err = io.StringIO(), io.StringIO()
        environment = patch.dict(os.environ, {**QUIET, forge.variable: TOKEN})
        with chdir(here.folder), environment, redirect_stdout(out), redirect_stderr(err):
            code = carry_out([*arguments, "--pr", "412"])
        return _ended(Done(code, out.getvalue(), err.getvalue()))

    return do


def _ended(done: Done) -> Ended:
    printed = done.out + done.err
    if done.code == 0:
        return Ended(printed=printed)
    try:
        parts = said(done)
    except AssertionError:
        return Ended(unlike=done.err, printed=printed)
    if done.code != NETWORK:
        return Ended(unlike=f"exit code {done.code}: {parts.what}", printed=printed)
    return Ended(error=(parts.what, parts.expected, parts.retry), printed=printed)


def _asked(ask: Callable[[Forge], Iterable[Any]]) -> Callable[[Remembered], Ended]:
    def do(forge: Remembered) -> Ended:
        web = forge.web
        wanted = connecting.Wanted(
            repository=Repository(forge=forge.kind, web=web),
            environment={forge.variable: TOKEN},
            api=forge.api,
            remotes=(web,),
        )
        try:
            return Ended(result=list(ask(connecting.connected(wanted))))
        except ChangenoteError as error:
            unlike = "" if error.exit_code == NETWORK else f"exit code {error.exit_code}"
            parts = (error.what, error.expected, error.retry)
            return Ended(error=parts, unlike=unlike, printed=f"{parts} {error.hint}")
        except Exception as error:  # what is asked is whether there is any but ours
            return Ended(unlike=repr(error))

    return do


def _mine(forge: Remembered) -> list[str]:
    return [one["body"] for one in forge.comments if one["author"] == BOT]


def _is_said(forge: Remembered, _result: Any) -> bool:
    return any("Cache cart totals" in body for body in _mine(forge))


def _with_old_comment(forge: Remembered) -> None:
    forge.say(f"{MARKER}\nof the last push", BOT)


def _with_others(forge: Remembered) -> None:
    for number in range(_MANY):
        forge.say(f"Comment {number}")


def _with_many(forge: Remembered) -> None:
    forge.others = _MANY - 1
    forge.paths = tuple(f"src/{number}.py" for number in range(_MANY))
    forge.messages = tuple(f"Change {number}" for number in range(_MANY))


def _is_whole(_forge: Remembered, result: Any) -> bool:
    return len(result) == _MANY


def _is_shown(forge: Remembered, _result: Any) -> bool:
    return any("Cache cart totals" in one["description"] for one in forge.statuses)


_COMMENTING = {
    "first comment": Operation(lambda _: None, _command("pr", "comment"), _is_said),
    "edited comment": Operation(_with_old_comment, _command("pr", "comment"), _is_said),
    "comment among others": Operation(_with_others, _command("pr", "comment"), _is_said),
}
_OPERATIONS = {
    **_COMMENTING,
    "status": Operation(lambda _: None, _command("pr", "status"), _is_shown),
    "pull requests": Operation(
        _with_many, _asked(lambda forge: forge.pull_requests_from("cache")), _is_whole
    ),
    "paths": Operation(_with_many, _asked(lambda forge: forge.paths(412)), _is_whole),
    "messages": Operation(_with_many, _asked(lambda forge: forge.messages(412)), _is_whole),
}


def _cases(operations: Iterable[str], faults: Iterable[str]) -> list[Case]:
    """All of them, well mixed, so that some are like all."""
    every = [
        Case(kind, operation, fault, at, lasts)
        for operation in operations
        for fault in faults
        for kind in _KINDS
        for at in (1, 2, 3)
        for lasts in (False, True)
    ]
    random.Random(7).shuffle(every)  # noqa: S311 - the same order always
    return every


# --- What is seen of it ---------------------------------------------------------------------------


@contextmanager
def _unwell(case: Case, patience: float) -> Iterator[tuple[Unwell, list[str]]]:
    """A forge that misbehaves as the case says, and what arrives at another server."""
    forge = Remembered(case.kind)
    with far_end(ok()) as elsewhere:
        unwell = Unwell(
            forge,
            fault=FAULTS[case.fault],
            at=case.at,
            lasts=case.lasts,
            elsewhere=elsewhere.url.replace("127.0.0.1", "localhost"),
            patience=patience,
        )
        arrived: list[str] = []
        with serving(unwell.reply) as port:
            forge.port = port
            yield unwell, arrived
        arrived.extend(str(request) for request in elsewhere.requests)


@dataclass(frozen=True)
class Trial:
    """How an operation ended while a forge misbehaved, and again when it was well.

    `arrived` is what came to another server, `waited` are seconds.
    """

    ended: Ended
    again: Ended
    unwell: Unwell
    wrong_before: Seen
    arrived: list[str]
    waited: float

    @property
    def forge(self) -> Remembered:
        """The forge, as it is now."""
        return self.unwell.forge


def trial(case: Case, make: MakeClient = Client, patience: float = _PATIENCE) -> Trial:
    """Do it twice, with our client or another."""
    operation, seen, hours = _OPERATIONS[case.operation], Seen(), Hours()
    with _unwell(case, patience) as (unwell, arrived), ExitStack() as stack:
        operation.prepare(unwell.forge)
        client = partial(make, clock=hours.clock) if make is Client else make
        stack.enter_context(patch.object(connecting, "Client", client))
        with ExitStack() as limits:
            for name, seconds in _SHORT.items() if case.fault in SLOW else ():
                limits.enter_context(patch.object(http, name, seconds))
            ended = operation.do(unwell.forge)
        seen.unless(len(_mine(unwell.forge)) <= 1, "comments", "there are two comments")
        _judge(seen, ended, operation, unwell.forge)
        unwell.fault = None
        again = operation.do(unwell.forge)
    return Trial(ended, again, unwell, seen, arrived, sum(hours.waited))


@cache
def _seen(case: Case, make: MakeClient, patience: float) -> Seen:
    """What went wrong in a case."""
    done = trial(case, make, patience)
    seen, forge, again = done.wrong_before, done.forge, done.again
    seen.unless(len(_mine(forge)) <= 1, "comments", "the next run wrote a second comment")
    is_done = not (again.error or again.unlike)
    is_done = is_done and _OPERATIONS[case.operation].is_done(forge, again.result)
    seen.unless(is_done, "errors", f"it is not done after a retry: {again}")
    seen.unless(TOKEN not in "".join(done.arrived), "tokens", "another host got the token")
    printed = done.ended.printed + again.printed
    seen.unless(TOKEN not in printed, "tokens", "the token is printed")
    seen.unless(all(done.unwell.left), "waits", "somebody waits without end")
    seen.unless(done.waited <= _LIMIT, "waits", f"{done.waited} s of waiting")
    return seen


def _judge(seen: Seen, ended: Ended, operation: Operation, forge: Remembered) -> None:
    """Is it done, or said in the words of the house why it is not, and whether a retry is safe?"""
    if ended.unlike:
        seen.unless(False, "errors", f"no error of the house: {ended.unlike}")
    elif ended.error is None:
        seen.unless(
            operation.is_done(forge, ended.result), "errors", "it is not done, and not said"
        )
    else:
        what, expected, retry = ended.error
        is_told = retry.startswith(("safe", "not safe by itself", "not before the cause"))
        seen.unless(bool(what and expected) and is_told, "errors", f"it does not tell: {ended}")


def _kept(promise: str, cases: list[Case], most: int | None) -> Outcome:
    return _outcome(promise, cases, most, lambda case: _seen(case, Client, _PATIENCE))


def _naively(promise: str, cases: list[Case], most: int | None) -> Outcome:
    return _outcome(promise, cases, most, lambda case: _seen(case, NaiveClient, _NO_PATIENCE))


def _outcome(
    promise: str, cases: list[Case], most: int | None, see: Callable[[Case], Seen]
) -> Outcome:
    def failure(case: Case) -> str | None:
        what = see(case).wrong.get(promise)
        return f"{case}: {what}" if what else None

    return tried(cases, most, failure)


def _promise(
    name: str, says: str, wrong: str, cases: list[Case], telling: list[Case] | None = None
) -> Promise:
    """`telling` are the cases of a bounded run, where others tell too little."""

    def chosen(most: int | None) -> list[Case]:
        return cases if most is None else telling or cases

    return Promise(
        name=name,
        says=says,
        kept=lambda most: _kept(wrong, chosen(most), most),
        control="a client that follows redirects, sends again and waits",
        broken=lambda most: _naively(wrong, chosen(most), most),
        some=20,
        few=12 if telling is None else 20,
    )


_COMMENTS = _cases(_COMMENTING, FAULTS)
_FIRST_WRITES = [case for case in _COMMENTS if case.operation == "first comment" and case.at == 3]


PROMISES = (
    _promise(
        "one-comment",
        "Whatever goes wrong on the way to a forge and back, a pull request never gets a second"
        " comment, nor does it when the same command is run again.",
        "comments",
        _COMMENTS,
        _FIRST_WRITES,
    ),
    _promise(
        "tokens-stay",
        "No redirect and no link of a forge takes a token to another host.",
        "tokens",
        _cases(_OPERATIONS, LEADING_AWAY),
    ),
    _promise(
        "no-endless-wait",
        "No silent, slow or busy forge is waited for longer than is said.",
        "waits",
        _cases(_OPERATIONS, SLOW),
    ),
    _promise(
        "forges-explained",
        "What a forge did not do is said with the cause and whether a retry is safe; the retry then"
        " does it.",
        "errors",
        _cases(_OPERATIONS, FAULTS),
    ),
)

"""Did a step print what it should? Judged where that can be told for sure, else left to a person.

An expectation is judged when it is nothing but texts in quotes (straight, curly or `backticks`),
`HTTP 200` and `exit 0`, joined by words such as `and` or `prints`: then all of it must be true. Any
other expectation is met when the output has it word for word: three words or more anywhere, fewer
as a line of their own. Without it nobody but a person can tell whether it is. Runs of white space
count as one space; upper and lower case differ. A step must end with exit 0 unless it expects
another exit code in no more words than these.
"""

import re
from collections.abc import Iterator
from typing import Literal

from changenote.patterns import pattern
from changenote.records import record

Verdict = Literal["met", "missed", "unclear"]

_PART = pattern(
    r'"(?P<double>[^"]+)"|“(?P<curly>[^”]+)”|`(?P<tick>[^`]+)`'
    r"|\bHTTP(?:/[\d.]+)?(?: status)?(?: code)? (?P<status>[1-5]\d\d)\b"
    r"|\bexit(?:s|ed)?(?: (?:with|code|status))* (?P<exit>\d{1,3})\b",
)
_JOINING = frozenset(
    """
    a and answers both contains displays ends has in is it line lists of on output printed prints
    reads returns says shows status stdout text the then with
    """.split()
)
_STATUS = pattern(r"\bHTTP(?:/[\d.]+)? ?(?:status |code )*:? ?(\d{3})\b|^\s*(\d{3})\s*$", re.M)
_SPACE = pattern(r"\s+")


@record
class Ended:
    """How a step ended; `is_whole`: nothing of its output was cut off."""

    exit: int
    output: str
    is_whole: bool


@record
class Judgement:
    """Was an expectation met; `why` says in a few words what was seen instead."""

    verdict: Verdict
    why: str = ""


@record
class _Part:
    """One thing that can be looked for."""

    kind: Literal["text", "status", "exit"]
    said: str


def judged(expect: str | None, ended: Ended) -> Judgement:
    """Whether a step did what was expected of it."""
    # In other words an exit code may stand for what must not happen: `no exit 1 from any host`.
    parts = list(_parts(expect)) if expect and _is_nothing_else(expect) else []
    wanted = next((int(part.said) for part in parts if part.kind == "exit"), 0)
    if ended.exit != wanted:
        return Judgement(verdict="missed", why=f"exit {ended.exit}")
    if not expect or _contains_it_all(expect, ended.output):
        return Judgement(verdict="met")
    if not parts:
        return Judgement(verdict="unclear", why="only a person can tell")
    found = [_look_for(part, ended) for part in parts if part.kind != "exit"]
    for verdict in ("missed", "unclear"):
        for judgement in found:
            if judgement.verdict == verdict:
                return judgement
    return Judgement(verdict="met")


def _parts(expect: str) -> Iterator[_Part]:
    for match in _PART.finditer(expect):
        if match["status"] or match["exit"]:
            kind: Literal["status", "exit"] = "status" if match["status"] else "exit"
            yield _Part(kind=kind, said=match["status"] or match["exit"])
        else:
            yield _Part(kind="text", said=match["double"] or match["curly"] or match["tick"])


def _is_nothing_else(expect: str) -> bool:
    """Are there only joining words between what can be looked for?"""
    words = _PART.sub(" ", expect).replace(",", " ").replace(";", " ").replace(":", " ").split()
    return all(word.lower().rstrip(".") in ("", *_JOINING) for word in words)


def _contains_it_all(expect: str, output: str) -> bool:
    """Does the output have the whole expectation, word for word?"""
    text = _spaced(expect).rstrip(".!")
    if len(text.split()) < 3:
        return any(_spaced(line).rstrip(".!") == text for line in output.splitlines())
    return _has(output, text)


def _look_for(part: _Part, ended: Ended) -> Judgement:
    if part.kind == "status":
        return _status(part.said, ended)
    if _has(ended.output, _spaced(part.said)):
        return Judgement(verdict="met")
    if not ended.is_whole:
        why = f"no “{part.said}” in the last lines, and those before are not kept"
        return Judgement(verdict="unclear", why=why)
    return Judgement(verdict="missed", why=f"no “{part.said}” in what it printed")


def _status(wanted: str, ended: Ended) -> Judgement:
    """The last status counts: those before it were redirections or first tries."""
    seen = [match[1] or match[2] for match in _STATUS.finditer(ended.output)]
    if not seen:
        return Judgement(verdict="unclear", why="it printed no HTTP status")
    if seen[-1] == wanted:
        return Judgement(verdict="met")
    return Judgement(verdict="missed", why=f"HTTP {seen[-1]}")


def _has(output: str, text: str) -> bool:
    """Is a text there as whole words?"""
    whole = _spaced(output)
    at = whole.find(text)
    while at >= 0:
        end = at + len(text)
        if not (_touches(whole[at - 1 : at], text[0]) or _touches(whole[end : end + 1], text[-1])):
            return True
        at = whole.find(text, at + 1)
    return False


def _touches(beside: str, edge: str) -> bool:
    return bool(beside) and beside.isalnum() and edge.isalnum()


def _spaced(text: str) -> str:
    return _SPACE.sub(" ", text).strip()

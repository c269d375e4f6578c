"""What a coding agent asks for: answered or refused, and none of its text becomes an option."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from changenote.agents.answers import Cleaner
from changenote.agents.program import Ended, Refused
from changenote.agents.server import House, answered
from changenote.agents.tools import TOOLS
from changenote.cli.console import clean
from changenote.model.reading import read_note
from changenote.model.writing import plain
from changenote.store import codec
from tests.fuzz.bounds import is_harmless
from tests.fuzz.material import files, material
from tests.fuzz.target import Target

_OPTIONS = (
    *("--json", "-n", "--", "--last", "--from=-", "--dry-run", "--status=draft"),
    *("--pr=", "--service=", "--metric=", "--base=", "--head=", "--shipped-at="),
    *("--environment=", "--version="),
)
_NOTE = read_note(codec.load(files("notes/full.yaml")[0]).data)[0]
assert _NOTE is not None
_SHOWN = {**plain(_NOTE), "derived": {"path": "changes/2026/a.yaml", "metrics": []}}
_NEW: dict[str, Any] = {
    "id": "20261122-k3f9xq",
    "path": None,
    "note": "schema: 1\n",
    "problems": [],
}
_ANSWERS: dict[str, Any] = {
    "search": [],
    "list": [],
    "trace": [],
    "show": _SHOWN,
    "rollback": _SHOWN,
    "new": _NEW,
}


async def _program(*words: str, given: str = "") -> Ended:
    """In the place of our program: looks at the words that it would be started with."""
    end = words.index("--") if "--" in words else len(words)
    for before, word in pairwise(words[:end]):
        is_ours = word in _OPTIONS or word.startswith(tuple(o for o in _OPTIONS if o[-1] == "="))
        assert is_ours or (before == "-n" and word.isdecimal()), f"gives the option {word!r}"
    if any("missing" in word for word in words):
        raise Refused("changenote: no note goes by 'missing'\n  expected: one\n  retry: safe")
    assert isinstance(given, str)
    is_text = "--json" not in words
    answer = _ANSWERS[words[0]]
    if words[0] == "show" and any(word.startswith("--pr=") for word in words):
        answer = [answer, answer]
    return Ended(out="text\n" if is_text else json.dumps(answer), notices="")


def _holds(raw: bytes) -> None:
    try:
        asked = json.loads(raw)
    except (ValueError, RecursionError):
        return
    if not isinstance(asked, dict):
        return
    arguments = {key: value for key, value in asked.items() if key != "tool"}
    bugs: list[Exception] = []
    for tool in TOOLS:
        if asked.get("tool") in (tool.name, None):
            said = _run(
                answered(
                    tool, _program, arguments, House(cleaner=Cleaner(clean=clean), bug=bugs.append)
                )
            )
            if bugs:
                raise bugs[0]
            assert is_harmless(said.content[0].text), "acts on a terminal"


def _run(answer: Any) -> Any:
    """The result of what never waits."""
    try:
        answer.send(None)
    except StopIteration as stopped:
        return stopped.value
    raise AssertionError("it waits for something")


def _naive(raw: bytes) -> None:
    asked = json.loads(raw)
    words = ["show", asked["note"]]
    assert not words[1].startswith("-")
    assert Path(words[1]).name


TARGETS = (
    Target(
        name="agents",
        says="What a coding agent asks for is answered or refused; none of its text is an option.",
        material=material(
            [
                '{"tool": "search", "query": "tag:cache slow", "limit": 5, "newest_first": true}',
                '{"tool": "show", "note": "k3f9xq", "parts": ["reason", "rollback"]}',
                '{"tool": "show", "pull_request": 412}',
                '{"tool": "rollback", "service": "shop-web"}',
                '{"tool": "trace", "path": "app/cart.py", "line": 12, "limit": 3}',
                json.dumps(
                    {
                        "tool": "new_draft",
                        "title": "Cache totals",
                        "kind": "fix",
                        "service": "--shop",
                        "reason": "Why.\nBecause.",
                        "rollback": {"strategy": "flag", "steps": [{"run": "./x", "expect": "ok"}]},
                        "metrics": ["p95: 1 ms -> 2 ms"],
                        "commands": [{"run": "./deploy", "purpose": "deploy"}],
                        "tags": ["a"],
                        "base": "HEAD~1",
                        "shipped_at": "2h ago",
                        "preview": True,
                    }
                ),
                '{"note": "missing"}',
            ],
            '"--output=x" "-x" "--" "\\u0000" "\\u202e" "\\ud800" "missing" "limit" "note" 51 -1 '
            '"tool" true 1e9 1.0'.split(),
        ),
        holds=_holds,
        naive=_naive,
    ),
)

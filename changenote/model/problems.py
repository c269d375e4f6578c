"""What can be wrong in a note, as values that are collected and then reported."""

from collections.abc import Iterable
from typing import Literal

from changenote.records import record

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "note", "off"]


@record
class Problem:
    """Something wrong at one place inside a note."""

    rule: str
    path: Path
    found: str
    expected: str
    remedy: str = ""
    key: bool = False  # the key itself is meant, not its value


@record
class Finding:
    """A problem with its place on disk; `line` and `column` count from 1."""

    rule: str
    severity: Severity
    file: str
    line: int
    column: int
    where: str
    found: str
    expected: str
    remedy: str = ""


def dotted(path: Path) -> str:
    """A path as people write it: `metrics[0].before.samples[2]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shown(value: object, *, limit: int = 60) -> str:
    """A value on one short line, for `found:`."""
    text = " ".join(value.split()) if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean …?` with the nearest known word, or nothing when none is near."""
    from difflib import get_close_matches  # needed only when something is wrong already

    near = get_close_matches(word, list(known), n=1, cutoff=0.55)
    return f"Did you mean `{near[0]}`?" if near else ""

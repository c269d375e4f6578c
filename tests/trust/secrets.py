"""Secrets that were typed near a command do not stay in a text, and the rest of it does."""

from base64 import b64decode
from collections.abc import Callable

from changenote.model.redaction import redact
from tests.trust.cases import Case, cases
from tests.trust.promise import Outcome, Promise, tried

_LEFT = 8
"""Characters of a secret in a row that tell too much."""

Redact = Callable[[str], str]


def decoded(text: str) -> str:
    """A text of the cases as it was written down."""
    return b64decode(text).decode("utf-8")


def survives(secret: str, text: str) -> bool:
    """Are 8 consecutive characters of a secret in a text, or all of a shorter one?"""
    return any(secret[at : at + _LEFT] in text for at in range(max(1, len(secret) - _LEFT + 1)))


def _leaving(redact_with: Redact, most: int | None) -> Outcome:
    def failure(row: Case) -> str | None:
        left = redact_with(decoded(row["input_b64"]))
        return row["id"] if survives(decoded(row["secret_b64"]), left) else None

    return tried(cases("secrets.jsonl", "shell-"), most, failure)


def _staying(redact_with: Redact, most: int | None) -> Outcome:
    def failure(row: Case) -> str | None:
        return None if redact_with(row["input"]) == row["input"] else row["id"]

    return tried(cases("benign-commands.jsonl"), most, failure)


def _nothing(text: str) -> str:
    return text


def all_words(text: str) -> str:
    """What a scanner leaves that takes every long word for a secret."""
    return " ".join("[redacted]" if len(word) > _LEFT else word for word in text.split(" "))


PROMISES = (
    Promise(
        name="secrets-go",
        says="Of a secret in a command or its output, no 8 consecutive characters survive.",
        kept=lambda most: _leaving(redact, most),
        control="a scanner that finds nothing",
        broken=lambda most: _leaving(_nothing, most),
        most=0.03,
    ),
    Promise(
        name="commands-stay",
        says="A command without a secret is left as it is.",
        kept=lambda most: _staying(redact, most),
        control="a scanner that takes every long word for a secret",
        broken=lambda most: _staying(all_words, most),
        most=0.005,
    ),
)

"""Secrets in the texts of a note: passwords, tokens and keys that a person typed or pasted.

What `changenote new` and `run` write has been redacted already; this is for what was written by
hand. Values are never shown: a finding goes to logs that more people read than the note.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from changenote.checks.characters import Text
from changenote.model.problems import Finding, Path, Problem
from changenote.model.secrets import FROM_GIT, Allowed, key_at, secrets_in, suspects, tells

if TYPE_CHECKING:
    from changenote.model.redaction import Secret

Position = tuple[int, int]
"""Line and column, from 1."""

_SHORT = 2  # a shorter start may be the secret's own


def check_secrets(texts: Iterable[Text], allowed: Allowed) -> Iterator[Problem]:
    """One problem for each text or key that holds a secret which a team does not allow."""
    if allowed.everything:
        return
    every = [text for text in texts if text[0][0] not in FROM_GIT]
    kept = [(text, "" if is_key else key_at(path)) for path, text, is_key in every]
    for number in suspects(kept):
        path, _, is_key = every[number]
        yield from _check(path, *kept[number], allowed, is_key=is_key)


def secrets_by_line(
    text: str, allowed: Allowed, known: Collection[str] = ()
) -> Iterator[tuple[Position, Problem]]:
    """The secrets in a text, whatever it is: line and column, and one problem for each line.

    Those that are `known`, whole or in part, are left out.
    """
    if allowed.everything or not suspects([(text, "")]):
        return
    every = secrets_in(text, "", allowed)
    new = [secret for secret in every if not _is_among(text[secret.start : secret.end], known)]
    for line, of in _by_line(text, new).items():
        yield (line, of[0].start - text.rfind("\n", 0, of[0].start)), _problem(_said(text, of))


def _is_among(value: str, known: Collection[str]) -> bool:
    return any(value in one or one in value for one in known)


def without_telling(found: Iterable[Finding], secrets: Collection[str]) -> list[Finding]:
    """The findings in a file that holds secrets; what would tell of one is not said."""
    return [_untold(finding, secrets) for finding in found] if secrets else list(found)


def told_safely(secrets: Collection[str]) -> Callable[[str], str]:
    """What says a text as it is, unless it would tell of a secret."""
    return lambda text: "a text with a secret" if tells(text, secrets) else text


def _untold(finding: Finding, secrets: Collection[str]) -> Finding:
    safe = told_safely(secrets)
    if finding.rule == "secret":  # what is found says a kind, and the start that all of it share
        return replace(finding, where=safe(finding.where))
    return replace(
        finding,
        where=safe(finding.where),
        found=safe(finding.found),
        expected=safe(finding.expected),
        remedy=safe(finding.remedy),
    )


def _check(path: Path, text: str, key: str, allowed: Allowed, *, is_key: bool) -> Iterator[Problem]:
    if found := secrets_in(text, key, allowed):
        by_line = _by_line(text, found)
        if list(by_line) == [1]:
            said = _said(text, found)
        else:
            said = ", ".join(f"{_said(text, of)} (line {line})" for line, of in by_line.items())
        yield _problem(said, path, is_key=is_key)


def _problem(said: str, path: Path = (), *, is_key: bool = False) -> Problem:
    return Problem(
        rule="secret",
        path=path,
        found=f"what looks like a secret: {said}",
        expected="a note without secrets: many read it, and git keeps it for ever",
        key=is_key,
    )


def _by_line(text: str, found: "Iterable[Secret]") -> "dict[int, list[Secret]]":
    """Secrets by the line of a text on which they begin, from 1."""
    lines: dict[int, list[Secret]] = {}
    for secret in found:
        lines.setdefault(text.count("\n", 0, secret.start) + 1, []).append(secret)
    return lines


def _said(text: str, found: "Iterable[Secret]") -> str:
    return ", ".join(_hint(secret.kind, text[secret.start : secret.end]) for secret in found)


def _hint(kind: str, value: str) -> str:
    """What a secret is, with the start that all of its kind share: `GitHub token, ghp_…`."""
    from changenote.model.redaction.tokens import PREFIXES, SHAPES

    known = [prefix for prefixes in PREFIXES.values() for prefix in prefixes.split()]
    known += [hint for _, hints, *_ in SHAPES for hint in hints if len(hint) > _SHORT]
    start = max((prefix for prefix in known if value.startswith(prefix)), key=len, default="")
    return f"{kind} {start}…" if start else kind

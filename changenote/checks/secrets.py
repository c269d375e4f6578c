"""Secrets in the texts of a note: passwords, tokens and keys that a person typed or pasted.

What `changenote new` and `run` write has been redacted already; this is for what was written by
hand. Values are never shown: a finding goes to logs that more people read than the note.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from changenote.checks.characters import Text
from changenote.model.problems import Finding, Path, Problem
from changenote.model.secrets import FROM_GIT, Allowed, key_at, secrets_in, suspects, tells

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


def without_telling(found: Iterable[Finding], secrets: Collection[str]) -> list[Finding]:
    """The findings in a file that holds secrets; what would tell of one is not said."""
    return [_untold(finding, secrets) for finding in found] if secrets else list(found)


def _untold(finding: Finding, secrets: Collection[str]) -> Finding:
    def safe(text: str) -> str:
        return "a text with a secret" if tells(text, secrets) else text

    return replace(
        finding,
        where=safe(finding.where),
        found=safe(finding.found),
        expected=safe(finding.expected),
        remedy=safe(finding.remedy),
    )


def _check(path: Path, text: str, key: str, allowed: Allowed, *, is_key: bool) -> Iterator[Problem]:
    if found := secrets_in(text, key, allowed):
        said = ", ".join(_hint(secret.kind, text[secret.start : secret.end]) for secret in found)
        line = text.count("\n", 0, found[0].start) + 1
        yield Problem(
            rule="secret",
            path=path,
            found=f"what looks like a secret: {said}" + (f" (line {line})" if line > 1 else ""),
            expected="a note without secrets: many read it, and git keeps it for ever",
            key=is_key,
        )


def _hint(kind: str, value: str) -> str:
    """What a secret is, with the start that all of its kind share: `GitHub token, ghp_…`."""
    from changenote.model.redaction.tokens import PREFIXES, SHAPES

    known = [prefix for prefixes in PREFIXES.values() for prefix in prefixes.split()]
    known += [hint for _, hints, *_ in SHAPES for hint in hints if len(hint) > _SHORT]
    start = max((prefix for prefix in known if value.startswith(prefix)), key=len, default="")
    return f"{kind} {start}…" if start else kind

"""Secrets in the texts of a note: passwords, tokens and keys that a person typed or pasted.

What `changenote new` and `run` write has been redacted already; this is for what was written by
hand. Values are never shown: a finding goes to logs that more people read than the note.
"""

from collections.abc import Collection, Iterable, Iterator

from changenote.checks.characters import Text
from changenote.model.problems import Path, Problem

_FROM_GIT = frozenset(["schema", "id", "kind", "status", "files", "files_omitted"])
"""Keys whose values have a fixed form or come from git."""

_SHORT = 2  # a shorter start may be the secret's own


def check_secrets(texts: Iterable[Text], harmless: Collection[str] = ()) -> Iterator[Problem]:
    """One problem for each text that holds a secret which is none of the harmless ones."""
    from changenote.model.redaction.signs import suspects  # slow to load, and a row may be known

    looked_at = [
        (path, _with_its_key(path, text))
        for path, text, is_key in texts
        if not is_key and path[0] not in _FROM_GIT
    ]
    for number in suspects([text for _, text in looked_at]):
        yield from _check(*looked_at[number], harmless)


def _with_its_key(path: Path, text: str) -> str:
    """A team's own key may be the name of a secret: `x: {password: …}`."""
    return f"{path[-1]}: {text}" if path[0] == "x" and len(path) > 1 else text


def _check(path: Path, text: str, harmless: Collection[str]) -> Iterator[Problem]:
    from changenote.model.redaction import find

    every = find(text)
    if found := [secret for secret in every if text[secret.start : secret.end] not in harmless]:
        said = ", ".join(_hint(secret.kind, text[secret.start : secret.end]) for secret in found)
        line = text.count("\n", 0, found[0].start) + 1
        yield Problem(
            rule="secret",
            path=path,
            found=f"what looks like a secret: {said}" + (f" (line {line})" if line > 1 else ""),
            expected="a note without secrets: many read it, and git keeps it for ever",
        )


def _hint(kind: str, value: str) -> str:
    """What a secret is, with the start that all of its kind share: `GitHub token, ghp_…`."""
    from changenote.model.redaction.tokens import PREFIXES, SHAPES

    known = [prefix for prefixes in PREFIXES.values() for prefix in prefixes.split()]
    known += [hint for _, hints, *_ in SHAPES for hint in hints if len(hint) > _SHORT]
    start = max((prefix for prefix in known if value.startswith(prefix)), key=len, default="")
    return f"{kind} {start}…" if start else kind

"""Which texts of a note hold a secret: one judgement for `check` and for all that is published."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from changenote.model.problems import Path
from changenote.records import record

if TYPE_CHECKING:
    from changenote.model.redaction import Secret

FROM_GIT = frozenset(["schema", "id", "kind", "status", "files", "files_omitted"])
"""Keys of a note whose values have a fixed form or come from git."""

SHORTEST = 8
"""Characters of a text in which a secret can be, unless a team's own key says that it is one."""

_TELLING = 8
"""Characters of a secret in a row that tell something of it."""

Kept = tuple[str, str]
"""A text, and the team's own key of it; that is empty for keys of ours."""


@record
class Allowed:
    """What a team says is no secret: texts, each exactly as it stands in a note, or every one."""

    texts: tuple[str, ...] = ()
    everything: bool = False


NOTHING = Allowed()
"""Of a team that has said nothing about it."""


def key_at(path: Path) -> str:
    """The team's own key of what stands at a path, alone or in a list; empty for keys of ours."""
    if path[:1] != ("x",):
        return ""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def suspects(texts: Sequence[Kept]) -> list[int]:
    """The numbers of those texts in which there may be a secret, after a quick look at all."""
    from changenote.model.redaction import signs  # slow to load, and often nobody has to look

    return signs.suspects([f"{key}: {text}" if key else text for text, key in texts])


def secrets_in(text: str, key: str, allowed: Allowed) -> "list[Secret]":
    """The secrets in the text of a key, but for those that a team allows."""
    from changenote.model.redaction import find_at

    return [] if allowed.everything else find_at(key, text, but=allowed.texts)


def tells(text: str, secrets: Collection[str]) -> bool:
    """Are so many characters of a secret in a text that they tell something of it?"""
    return any(
        secret[at : at + _TELLING] in text
        for secret in secrets
        for at in range(max(1, len(secret) - _TELLING + 1))
    )


def renamed(keys: Collection[str], clean: Callable[[str], str]) -> dict[str, str]:
    """The keys of a mapping with their names without secrets; none hides another."""
    names: dict[str, str] = {}
    taken = set(keys)
    for key in keys:
        name = cleaned = clean(key)
        number = len(names)
        while name != key and name in taken:
            number += 1
            name = f"{cleaned} {number}"
        taken.add(name)
        names[key] = name
    return names

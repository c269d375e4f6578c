"""Which texts of a note hold a secret: one judgement for `check` and for all that is published."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from changenote.model.problems import Path
from changenote.model.reading import every_key
from changenote.records import record

if TYPE_CHECKING:
    from changenote.model.redaction import Secret

FROM_GIT = frozenset(["schema", "id", "status", "files", "files_omitted"])
"""Keys of a note whose values have a fixed form or come from git."""

SHORTEST = 8
"""Characters of a text in which a secret can be, unless a team's own key says that it is one."""

_TELLING = 8
"""Characters of a secret in a row that tell something of it."""

_FREE = frozenset(["x", "conditions", "monitoring"])
"""Keys of a note below which a team chooses the keys."""

_ANSWERED = frozenset(["checklist", "files_omitted"])
"""Keys of a note below which a team's keys are no names of their values: `secrets: ok`."""

Kept = tuple[str, str]
"""A text, and the team's own key of it; that is empty for keys of ours."""

Above = str | None
"""The team's own key above a value; empty for keys of ours, None where a key tells nothing."""


@record
class Allowed:
    """What a team says is no secret: texts, each exactly as it stands in a note, or every one."""

    texts: tuple[str, ...] = ()
    everything: bool = False


NOTHING = Allowed()
"""Of a team that has said nothing about it."""


def key_at(path: Path) -> str:
    """The team's own key that tells what stands at a path; empty for keys of ours."""
    key: Above = ""
    for part in path:
        if isinstance(part, str):
            key = below(key, part)
    return key or ""


def below(above: Above, key: str) -> Above:
    """The same one level deeper: the nearest of a team's keys that tells something, or the last.

    A key that a note does not have is a team's own, wherever it stands.
    """
    if above is None:
        return None
    if above:
        from changenote.model.redaction.words import nearest  # slow to load

        return nearest(above, key)
    if key in _ANSWERED:
        return None
    return key if key in _FREE or key not in every_key() else ""


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

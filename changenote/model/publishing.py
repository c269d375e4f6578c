"""What is shown of notes to others than those who have their files: everything but the secrets.

Whoever publishes notes (site, release, comment, announcement, export for others) passes them
through here. What a note's own commands do, what is kept as a backup, and what is shown in a
terminal beside the file stays as it is written.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import attrgetter, is_
from re import Match
from typing import Any, TypeVar, cast

from changenote.model.folding import unfolded
from changenote.model.note import Note, Rehearsal, Rollback
from changenote.model.reading import every_key
from changenote.model.redaction import redact, redact_at
from changenote.model.rehearsal import is_of, steps_sha256
from changenote.model.secrets import (
    FROM_GIT,
    SHORTEST,
    Above,
    Allowed,
    Kept,
    below,
    renamed,
    secrets_in,
    suspects,
)
from changenote.patterns import pattern

Value = TypeVar("Value")

_ESCAPE = pattern(r"\\(?:(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|\r?\n\s*)")
_COMMENT = pattern(r"(?m)(?:^|(?<=\s))#.*")
_OF_KEY = pattern(r"""(?m)^[ \t\-]{0,80}+["']?([\w.\-]{1,80}+)["']?:[ \t].*?(?<=\s)#+[ \t]*+(.*)""")


def without_secrets(note: Note, allowed: Allowed) -> Note:
    """The note with a mark for each secret; the same object where there is none.

    A rehearsal of its steps stays one of the steps as they are then.
    """
    if allowed.everything:
        return note
    whole = unfolded(note)
    clean = _without(whole, allowed)
    return note if clean is whole else _still_rehearsed(clean, whole.rollback)


def data_without_secrets(data: Value, allowed: Allowed) -> Value:
    """The same of the plain data of a note, or of a part of it."""
    return data if allowed.everything else _without(data, allowed)


def text_without_secrets(
    text: str, allowed: Allowed, known: Mapping[str, str] | None = None
) -> str:
    """A text with a mark for each secret; `known` ones, with their kinds, wherever they stand."""
    return text if allowed.everything else redact(text, known, but=allowed.texts)


def secrets_in_file(text: str, data: object, allowed: Allowed) -> dict[str, str]:
    """The secrets in a note's file with their kinds, whole and line by line.

    `data` is the plain data of it, as far as it was understood: a text may stand otherwise there,
    and where nothing was understood, escapes may hide it.
    """
    if allowed.everything:
        return {}
    texts = [(text, ""), *_texts(data)]
    if "\\" in text:
        texts.append((_ESCAPE.sub(_unescaped, text), ""))
    found = (
        (texts[number][0][secret.start : secret.end], secret.kind)
        for number in suspects(texts)
        for secret in secrets_in(*texts[number], allowed)
    )
    each = {part.strip(): kind for of, kind in found for part in (of, *of.split("\n"))}
    return {of: kind for of, kind in each.items() if len(of) >= SHORTEST}


def comments_tell(text: str, allowed: Allowed) -> bool:
    """Is there a secret in what may be comments of a YAML text?"""
    if allowed.everything or "#" not in text:
        return False
    kept = [("\n".join(_COMMENT.findall(text)), "")]
    # A comment behind a key may be the value that stood there.
    kept += [(said, key) for key, said in _OF_KEY.findall(text) if key not in every_key()]
    return any(secrets_in(*kept[number], allowed) for number in suspects(kept))


def _unescaped(escape: Match[str]) -> str:
    code = int(escape[1][1:], 16) if escape[1] else 0
    return chr(code) if 0 < code < 0x110000 else ""


def _still_rehearsed(clean: Note, before: Rollback | None) -> Note:
    """The hash of steps with a secret would let others try what it was."""
    after, done = clean.rollback, before and before.rehearsed
    if not (before and after and done) or before.steps == after.steps:
        return clean
    if not is_of(done, before.steps):
        return clean
    proof: Rehearsal = replace(done, steps_sha256=steps_sha256(after.steps))
    return replace(clean, rollback=replace(after, rehearsed=proof))


def _without(part: Value, allowed: Allowed) -> Value:
    texts = _texts(part)
    if not any(secrets_in(*texts[number], allowed) for number in suspects(texts)):
        return part
    clean: Value = _with(part, {n: _clean(v, below("", n), allowed) for n, v in _judged(part)})
    return clean


def _judged(part: Any) -> list[tuple[str, Any]]:
    """What a note or its data has that is not known from git."""
    if isinstance(part, Mapping):
        return [(name, value) for name, value in part.items() if name not in FROM_GIT]
    return [(name, getattr(part, name)) for name in _names(part) if name not in FROM_GIT]


def _with(part: Any, values: Mapping[str, Any]) -> Any:
    """A record or mapping with other values for some names; the same where they are no others."""
    is_mapping = isinstance(part, Mapping)
    changed = {
        name: value
        for name, value in values.items()
        if value is not (part[name] if is_mapping else getattr(part, name))
    }
    if not changed:
        return part
    return {**part, **changed} if is_mapping else replace(part, **changed)


def _texts(part: object) -> list[Kept]:
    """The texts of a note, or of its data, in which a secret may be; free keys are among them."""
    found: list[Kept] = []
    for name, value in _judged(part):
        if value:
            _gather(value, below("", name), found)
    return found


def _gather(value: Any, key: Above, found: list[Kept]) -> None:
    if isinstance(value, str):
        if key or len(value) >= SHORTEST:
            found.append((value, key or ""))
    elif isinstance(value, list | tuple):
        for item in value:
            _gather(item, key, found)
    elif isinstance(value, Mapping):
        found += [(name, "") for name in value if len(name) >= SHORTEST]
        for name, inner in value.items():
            _gather(inner, below(key, name), found)
    elif key and type(value) is int:
        found.append((str(value), key))
    elif is_dataclass(value):
        for name, inner in _said(value):
            _gather(inner, below("", name), found)


def _names(value: object) -> tuple[str, ...]:
    """The names of the fields of a record; of anything else, none."""
    return _names_of(cast(Hashable, type(value)))


def _said(record: object) -> list[tuple[str, Any]]:
    """What is not empty of a record; most parts of a note are."""
    values = _getter(cast(Hashable, type(record)))(record)
    return [(name, value) for name, value in zip(_names(record), values, strict=True) if value]


@cache
def _getter(kind: Hashable) -> Callable[[object], tuple[Any, ...]]:
    return attrgetter(*_names_of(kind))  # there is no record with one field


@cache
def _names_of(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _clean(value: Any, key: Above, allowed: Allowed) -> Any:
    """A value without secrets; the same object where there is none."""
    if isinstance(value, str):
        return _clean_text(value, key, allowed)
    if isinstance(value, list | tuple):
        items = [_clean(item, key, allowed) for item in value]
        is_same = all(map(is_, items, value))
        return value if is_same else type(value)(items)
    if isinstance(value, Mapping):
        return _clean_mapping(value, key, allowed)
    if is_dataclass(value):
        names = _names(value)
        return _with(value, {n: _clean(getattr(value, n), below("", n), allowed) for n in names})
    if key and type(value) is int:  # a number without quotes may be a password too
        clean = _clean_text(str(value), key, allowed)
        return value if clean == str(value) else clean
    return value


def _clean_mapping(value: Mapping[str, Any], key: Above, allowed: Allowed) -> Any:
    clean = _with(value, {k: _clean(v, below(key, k), allowed) for k, v in value.items()})
    names = renamed(value, lambda name: _clean_text(name, "", allowed))
    if all(name == new for name, new in names.items()):
        return clean
    return {names[name]: inner for name, inner in clean.items()}


def _clean_text(text: str, key: Above, allowed: Allowed) -> str:
    if not key and len(text) < SHORTEST:
        return text
    return redact_at(key or "", text, but=allowed.texts)

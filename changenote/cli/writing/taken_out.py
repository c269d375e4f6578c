"""Telling a person that what looks like a secret did not get into the note."""

from collections.abc import Iterator, Mapping
from typing import Any

from changenote.cli import console
from changenote.model.problems import Path, dotted
from changenote.model.secrets import key_at


def say_taken_out(data: Any, path: Path = ()) -> None:
    """A notice for each text that is stored without a secret: where and of which kind, no more."""
    from changenote.model.redaction import redact  # slow to load

    for where, kinds in _taken_out(data, path):
        console.notice(
            f"{redact(dotted(where))}: taken out, as no note holds a secret: {', '.join(kinds)}.\n"
            "  next: write a variable in its place, such as $DEPLOY_PASSWORD, and set it elsewhere."
        )


def _taken_out(value: Any, path: Path) -> Iterator[tuple[Path, list[str]]]:
    if path == ("files",):
        return  # paths stay as git has them
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if kinds := _kinds(key):
                yield (*path, str(key)), kinds
            if key not in ("id", "base", "head"):
                yield from _taken_out(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _taken_out(inner, (*path, index))
    elif isinstance(value, str) and (kinds := _kinds(value, key_at(path))):
        yield path, kinds


def _kinds(text: str, key: str = "") -> list[str]:
    from changenote.model.redaction import find_at  # slow to load

    return list(dict.fromkeys(secret.kind for secret in find_at(key, text)))

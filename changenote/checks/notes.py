"""All rules that one note can be judged by."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from changenote.checks.characters import Text, check_characters
from changenote.checks.checklists import check_checklist
from changenote.checks.claims import check_claims
from changenote.checks.completeness import missing_parts
from changenote.checks.evidence import check_metrics
from changenote.checks.fillers import check_fillers
from changenote.checks.kinds import check_kinds
from changenote.checks.links import check_links, check_shas
from changenote.checks.rollback import check_rollback
from changenote.checks.secrets import check_secrets
from changenote.checks.times import check_lateness, check_times
from changenote.config import Config
from changenote.model.note import Note
from changenote.model.problems import Path, Problem
from changenote.model.reading import every_key
from changenote.model.secrets import NOTHING, SHORTEST, Above, below

_NESTED = (dict, list, tuple)  # not Mapping: plain data has these, and it is much faster


def check_read(note: Note | None, data: object, config: Config, now: datetime) -> list[Problem]:
    """Every problem of what was read, as far as it could be: the note, else only its data."""
    if note is not None and isinstance(data, Mapping):
        return check_note(note, data, config, now)
    return check_data(data, config) if isinstance(data, Mapping) else []


def check_note(note: Note, data: Mapping[str, Any], config: Config, now: datetime) -> list[Problem]:
    """Every problem of a note that could be read.

    `data` is the plain data it was read from, with `Plain` for scalars without quotes; `now` has
    a time zone.
    """
    problems = [
        *check_kinds(note, config),
        *missing_parts(note, config),
        *check_times(note, now),
        *check_lateness(note),
        *check_fillers(note),
        *check_rollback(note, now, config.allowed),
        *check_links(note),
        *check_metrics(note),
        *check_claims(note),
        *check_checklist(note, config),
        *(_check_fields(note, config) if config.fields else ()),
        *check_data(data, config),
    ]
    secret = {problem.path for problem in problems if problem.rule == "secret"}
    return [_without_secret(p) if p.path in secret else p for p in problems] if secret else problems


def _check_fields(note: Note, config: Config) -> Iterator[Problem]:
    from changenote.checks.fields import check_fields  # for teams that have fields of their own

    return check_fields(note, config)


def _without_secret(problem: Problem) -> Problem:
    """What other rules found in a text with a secret is not shown: a report is read by many."""
    return problem if problem.rule == "secret" else replace(problem, found="a text with a secret")


def check_data(data: Mapping[str, Any], config: Config | None = None) -> list[Problem]:
    """The problems that can be seen in plain data alone, also when it makes no note."""
    texts = _texts_in(data)
    allowed = config.allowed if config else NOTHING
    return [*check_shas(data), *check_characters(texts), *check_secrets(texts, allowed)]


def _texts_in(data: Mapping[str, Any]) -> list[Text]:
    """The texts of plain data in order, without those too short for any rule: ASCII and tiny."""
    found: list[Text] = []
    _collect(data, (), "", found)
    return found


def _collect(value: Any, path: Path, above: Above, found: list[Text]) -> None:
    is_mapping = isinstance(value, dict)
    items: Iterable[tuple[Any, Any]] = value.items() if is_mapping else enumerate(value)
    for key, inner in items:
        if is_mapping and (len(key) >= SHORTEST or not key.isascii()) and key not in every_key():
            found.append(((*path, key), key, True))
        own = below(above, key) if is_mapping else above
        if isinstance(inner, str):
            # A note has hundreds of numbers and words such as `modified`, and time is short.
            if len(inner) >= (1 if own else SHORTEST) or not inner.isascii():
                found.append(((*path, key), inner, False))
        elif isinstance(inner, _NESTED):
            _collect(inner, (*path, key), own, found)

"""Names that a note shares with others: its day, its kind, its service."""

from collections.abc import Iterator

from changenote.config import Config
from changenote.model.identity import created_on
from changenote.model.note import Note
from changenote.model.problems import Problem, did_you_mean, shown


def check_kinds(note: Note, config: Config) -> Iterator[Problem]:
    """What nobody else knows: a day that does not exist, an unknown kind or service."""
    if created_on(note.id) is None:
        yield _bad_id(note.id)
    if note.kind not in config.kind_names:
        yield _unknown_kind(note.kind, config)
    if config.services and note.service is not None and note.service not in config.services:
        yield _unknown_service(note.service, config)


def _bad_id(note_id: str) -> Problem:
    return Problem(
        rule="bad-id",
        path=("id",),
        found=note_id,
        expected="an id that starts with a day of the calendar",
        remedy="Let `changenote new` make the id.",
    )


def _unknown_kind(kind: str, config: Config) -> Problem:
    near = did_you_mean(kind, config.kind_names)
    return Problem(
        rule="unknown-kind",
        path=("kind",),
        found=kind,
        expected="one of " + ", ".join(config.kind_names),
        remedy=near or "Add it under `kinds:` in config.yaml.",
    )


def _unknown_service(service: str, config: Config) -> Problem:
    return Problem(
        rule="unknown-service",
        path=("service",),
        found=shown(service),
        expected="one of the services in config.yaml",
        remedy=did_you_mean(service, config.services) or "Add it under `services:` in config.yaml.",
    )

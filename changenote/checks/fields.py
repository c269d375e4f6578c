"""A team's own fields under `x:`: their types, and keys that are nearly theirs."""

from collections.abc import Iterator

from changenote.config import Config
from changenote.model.fields import wrong_values
from changenote.model.note import Note
from changenote.model.problems import Problem, did_you_mean, shown


def check_fields(note: Note, config: Config) -> Iterator[Problem]:
    """Values of another type, and keys that are nearly those of a field that the note lacks."""
    for name, found, expected, near in wrong_values(config.fields, note.x):
        yield Problem(
            rule="bad-field", path=("x", name), found=found, expected=expected, remedy=near
        )
    lacking = [name for name in config.fields if name not in note.x]
    for key in note.x:
        if key not in config.fields and (near := did_you_mean(key, lacking)):
            yield Problem(
                rule="unknown-field",
                path=("x", key),
                found=shown(key),
                expected="a field that config.yaml has under `fields:`",
                remedy=near,
                key=True,
            )

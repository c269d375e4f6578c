"""What a note of its kind still needs once its change has shipped."""

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin

from changenote.config import Config, Kind
from changenote.model.note import Metric, Note
from changenote.model.problems import Path, Problem

_WORDS = {
    "owner": ("the person or team to ask", "--owner"),
    "service": ("the service that changed", "--service"),
    "shipped.at": ("when it reached its users", "--shipped-at"),
    "shipped.environment": ("where it shipped, such as production", "--environment"),
    "shipped.version": ("the version that carries it", "--version"),
    "reason": ("why the change was made", "--reason"),
    "expected": ("what was expected to happen", "--expected"),
    "rollback.strategy": ("how to undo it: flag, revert, redeploy …", "--rollback-strategy"),
    "rollback.when": ("what must be seen to roll back", "--rollback-when"),
    "rollback.steps": ("a command that undoes it", "--rollback-step"),
    "rollback.point_of_no_return": ("why, or from when on, it cannot be undone", ""),
    "rollback.verify": ("how to see that the rollback worked", "--rollback-verify"),
    "files": ("the files it touched", "--file"),
    "commands": ("a command that was run, or why there was none", "--command"),
    "metrics": ("a number before and after, or why there is none", "--metric"),
    "tags": ("words to find it by", "--tag"),
}
"""What each part is, as a noun phrase, and the option of `new` that fills it in."""

_INSTEAD = {
    "files": ("files_omitted", ""),
    "commands": ("no_command", "--no-command"),
    "metrics": ("no_metric", "--no-metric"),
}
"""Parts that another one may stand for, and its option."""

_IN_A_METRIC = {
    "unit": ("its unit", "Add `unit:`, such as ms, MB, % or 1."),
    "better": ("the direction that is better", "Add `better: lower` or `better: higher`."),
    "before": ("the number before", "Add `before:`, one sample per run."),
    "after": ("the number after", "Add `after:`, one sample per run."),
}


def missing_parts(note: Note, config: Config) -> list[Problem]:
    """Every part that a shipped note of this kind must have and this one lacks.

    Their rule is `missing-part`, in a draft `draft-incomplete`.
    """
    rule = "draft-incomplete" if note.status == "draft" else "missing-part"
    problems = [_missing(rule, part) for part in _needed(note, config) if not _has(note, part)]
    problems += [_missing_field(rule, name, config) for name in _needed_fields(note, config)]
    for index, metric in enumerate(note.metrics):
        problems.extend(_missing_in_metric(rule, ("metrics", index), metric))
    return problems


@cache  # asked for every part of every note
def described(part: str) -> str | None:
    """What a part such as `baseline.evidence` is; None when a note can have no such part."""
    key, _, inner = part.partition(".")
    field = _field(Note, key)
    if field and inner and get_origin(field.type) is not Mapping:
        kinds = [] if get_origin(field.type) is tuple else get_args(field.type)
        kind = next((k for k in kinds if is_dataclass(k)), None)
        field = _field(kind, inner) if kind else None
    return str(field.metadata["doc"]) if field else None


def _field(kind: Any, key: str) -> Field[Any] | None:
    return next((f for f in fields(kind) if f.name.rstrip("_") == key), None)


def _needed(note: Note, config: Config) -> Iterator[str]:
    optional = config.kinds.get(note.kind, Kind()).optional
    for part in config.required(note.kind):
        parts = _of_a_rollback(note) if part == "rollback" else (part,)
        yield from (p for p in parts if p not in optional and described(p))


def _needed_fields(note: Note, config: Config) -> Iterator[str]:
    """The team's own fields that the note lacks."""
    for name, field in config.fields.items():
        if field.is_required(note.kind) and note.x.get(name) in (None, ""):
            yield name


def _missing_field(rule: str, name: str, config: Config) -> Problem:
    field = config.fields[name]
    return Problem(
        rule=rule,
        path=("x", name),
        found="nothing",
        expected=f"{field.doc.rstrip('.')}: {field.expected}" if field.doc else field.expected,
        remedy=f"Fill in `{name}` under `x:`.",
    )


def _of_a_rollback(note: Note) -> tuple[str, ...]:
    rollback = note.rollback
    undone = "rollback.steps"
    if rollback and rollback.strategy in ("none", "forward_fix") and not rollback.steps:
        undone = "rollback.point_of_no_return"
    return ("rollback.strategy", "rollback.when", undone, "rollback.verify")


def _has(note: Note, part: str) -> bool:
    return _is_given(note, part) or (part in _INSTEAD and _is_given(note, _INSTEAD[part][0]))


def _is_given(note: Note, part: str) -> bool:
    value: Any = note
    for key in part.split("."):
        value = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value) or (value is not None and value not in ((), {}))


def _missing(rule: str, part: str) -> Problem:
    expected, option = _WORDS.get(part) or (_noun(part), "")
    keys, options = f"`{part}`", f"`{option}`"
    if part in _INSTEAD:
        key, other = _INSTEAD[part]
        keys, options = f"{keys} or `{key}`", f"{options} or `{other}`" if other else options
    return Problem(
        rule=rule,
        path=tuple(part.split(".")),
        found="nothing",
        expected=expected,
        remedy=f"Fill in {keys} (`new`: {options})." if option else f"Fill in {keys}.",
    )


def _noun(part: str) -> str:
    key, _, inner = part.partition(".")
    if key == "checklist" and inner:
        return f"the checklist for {inner}"
    doc = described(part) or part
    return doc[0].lower() + doc[1:].rstrip(".")


def _missing_in_metric(rule: str, path: Path, metric: Metric) -> Iterator[Problem]:
    for key, (expected, remedy) in _IN_A_METRIC.items():
        if getattr(metric, key) in (None, "", ()):
            yield Problem(
                rule=rule, path=(*path, key), found="nothing", expected=expected, remedy=remedy
            )

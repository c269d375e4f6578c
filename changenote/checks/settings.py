"""Names in config.yaml that mean nothing: rules and parts that do not exist."""

from collections.abc import Iterable, Iterator

from changenote.checks.catalogue import RULES
from changenote.checks.completeness import described
from changenote.config import REQUIRED_ONCE_SHIPPED, Config, PathRule
from changenote.model.fields import Field
from changenote.model.note import Note
from changenote.model.problems import Path, Problem, did_you_mean, shown
from changenote.model.reading import keys_of


def check_config(config: Config) -> list[Problem]:
    """Every rule and every part of a note that a team's config names and nobody knows."""
    problems = [_unknown_rule(rule) for rule in config.severity if rule not in RULES]
    problems += [
        _fixed(rule, severity)
        for rule, severity in config.severity.items()
        if rule in RULES and RULES[rule].fixed and severity != RULES[rule].severity
    ]
    for name, kind in config.kinds.items():
        path = ("kinds", name)
        problems += _unknown_parts(kind.require, (*path, "require"))
        problems += _unknown_parts(kind.optional, (*path, "optional"))
        problems += _unknown_checklists(kind.checklists or (), (*path, "checklists"), config)
    for index, rule in enumerate(config.path_rules):
        problems += _bad_path_rule(rule, ("path_rules", index), config)
    problems += [
        p for name, field in config.fields.items() for p in _bad_field(name, field, config)
    ]
    problems += [
        _bad_setting(
            ("checklists", group), "no items", "items to answer", "Add some, or remove it."
        )
        for group, items in config.checklists.items()
        if not items
    ]
    return problems


def _unknown_checklists(groups: Iterable[str], path: Path, config: Config) -> Iterator[Problem]:
    for index, group in enumerate(groups):
        if group not in config.groups:
            yield _bad_setting(
                (*path, index),
                shown(group),
                "the name of a checklist: " + ", ".join(config.groups),
                did_you_mean(group, config.groups) or "Add its items under `checklists:`.",
            )


def _bad_field(name: str, field: Field, config: Config) -> Iterator[Problem]:
    """What makes a field useless: nothing to choose from, kinds that do not exist."""
    path = ("fields", name)
    if field.type == "choice" and not field.choices:
        remedy = "Add `choices: [low, high]`, or another type."
        yield _bad_setting(path, "a choice without choices", "the values there are", remedy)
    if field.choices and field.type != "choice":
        remedy = "Write `type: choice`, or remove the choices."
        yield _bad_setting((*path, "choices"), f"choices of a {field.type}", "none", remedy)
    if isinstance(field.required, tuple):
        yield from _unknown_kinds(field.required, (*path, "required"), config)


def _bad_path_rule(rule: PathRule, path: Path, config: Config) -> Iterator[Problem]:
    """What makes a rule useless: no paths, kinds and checklists that do not exist."""
    if not rule.paths:
        remedy = "Add some, or remove the rule."
        yield _bad_setting((*path, "paths"), "no paths", "globs of paths", remedy)
    if not rule.note and (rule.kinds or rule.checklists):
        found, expected = "a rule that asks for no note and for one", "one of both"
        yield _bad_setting(path, found, expected, "Remove `note: false`, or the others.")
    yield from _unknown_kinds(rule.kinds, (*path, "kinds"), config)
    yield from _unknown_checklists(rule.checklists, (*path, "checklists"), config)


def _unknown_kinds(kinds: Iterable[str], path: Path, config: Config) -> Iterator[Problem]:
    for index, kind in enumerate(kinds):
        if kind not in config.kind_names:
            yield _bad_setting(
                (*path, index),
                shown(kind),
                "a kind of change: " + ", ".join(config.kind_names),
                did_you_mean(kind, config.kind_names) or "Add it under `kinds:`.",
            )


def _bad_setting(path: Path, found: str, expected: str, remedy: str) -> Problem:
    return Problem(rule="bad-setting", path=path, found=found, expected=expected, remedy=remedy)


def _unknown_rule(rule: str) -> Problem:
    return Problem(
        rule="unknown-rule",
        path=("severity", rule),
        found=shown(rule),
        expected="the name of a rule",
        remedy=did_you_mean(rule, RULES) or "`changenote check` shows names in [brackets].",
        key=True,
    )


def _fixed(rule: str, severity: str) -> Problem:
    return Problem(
        rule="fixed-severity",
        path=("severity", rule),
        found=severity,
        expected=f"{RULES[rule].severity}, which is fixed for this rule",
        remedy="Remove the line: a file that is no note is always reported.",
    )


def _unknown_parts(parts: tuple[str, ...], path: Path) -> Iterator[Problem]:
    for index, part in enumerate(parts):
        if described(part) is None:
            yield Problem(
                rule="unknown-part",
                path=(*path, index),
                found=shown(part),
                expected="a part of a note, such as baseline.evidence",
                remedy=did_you_mean(part, (*REQUIRED_ONCE_SHIPPED, *keys_of(Note))),
            )

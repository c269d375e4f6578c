"""Names in config.yaml that mean nothing: rules and parts that do not exist."""

from collections.abc import Iterator

from changenote.checks.catalogue import RULES
from changenote.checks.completeness import described
from changenote.config import REQUIRED_ONCE_SHIPPED, Config
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
        problems += _unknown_parts(kind.require, ("kinds", name, "require"))
        problems += _unknown_parts(kind.optional, ("kinds", name, "optional"))
    return problems


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

"""The catalogue of rules: complete, without leftovers, and readable."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import changenote
from changenote.checks.catalogue import RULES, Rule
from changenote.checks.reports import block, findings
from changenote.checks.settings import check_config
from changenote.config import Config, Kind, read_config

PACKAGE = Path(changenote.__file__).parent
CASES = Path(__file__).parent / "cases" / "checks"
ID = re.compile(r"[a-z]+(?:-[a-z]+)*")


def modules() -> Iterator[ast.Module]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.name != "catalogue.py":
            yield ast.parse(file.read_text(encoding="utf-8"))


def texts(node: ast.AST | None) -> Iterator[str]:
    """The texts an expression can be, through `a if b else c` as well."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))


def rules_given(module: ast.Module) -> Iterator[str]:
    """Every text that a module gives as `rule`: by name, by place, by default or by assignment."""
    places = {}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in node.args.args if a.arg != "self"]
            if "rule" in names:
                places[node.name] = names.index("rule")
                defaults = [None] * (len(names) - len(node.args.defaults)) + node.args.defaults
                yield from texts(defaults[names.index("rule")])
        if isinstance(node, ast.Assign) and any(ast.unparse(t) == "rule" for t in node.targets):
            yield from texts(node.value)
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from (t for k in node.keywords if k.arg == "rule" for t in texts(k.value))
            place = places.get(ast.unparse(node.func).rpartition(".")[2])
            if place is not None and place < len(node.args):
                yield from texts(node.args[place])


def test_every_rule_that_the_package_names_is_in_the_catalogue_and_the_other_way_round() -> None:
    given = {rule for module in modules() for rule in rules_given(module)}

    assert given - RULES.keys() == set(), "not in the catalogue"
    assert RULES.keys() - given == set(), "in the catalogue, but never given"


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_says_in_plain_sentences_what_why_and_what_to_do(rule: Rule) -> None:
    assert ID.fullmatch(rule.id)
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 90
    assert "\n" not in rule.title + rule.why + rule.remedy
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")
    assert rule.severity != "off"


def test_every_rule_that_one_note_can_break_is_broken_by_a_case() -> None:
    elsewhere = {  # the store's rules, and those between notes, have tests of their own
        *("stray-file", "wrong-name", "unreadable", "too-big", "yaml-syntax", "yaml-tag"),
        *("yaml-documents", "duplicate-id", "unknown-note", "links-to-itself"),
        *("superseded-by-none", "not-superseded"),
        *("unknown-rule", "unknown-part", "fixed-severity"),
        *("files-differ", "bad-setting", "revert-conflicts", "revert-done", "revert-elsewhere"),
        *("site-page", "site-outdated", "site-search", "site-index", "site-feed", "no-note"),
    }
    shown = {
        rule
        for file in CASES.glob("*.yaml")
        for case in YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        for rule in re.findall(r"\[([a-z-]+)\]$", case["findings"], re.M)
    }

    assert RULES.keys() - elsewhere - shown == set()


def test_settings_that_cannot_work_are_found() -> None:
    config, wrong = read_config(
        {
            "kinds": {"fix": {"checklists": ["eror"]}, "train": {"checklists": ["staging"]}},
            "checklists": {"ours": []},
            "fields": {
                "risk": {"type": "choice"},
                "ticket": {"choices": ["a"], "required": ["trian", "fix"]},
            },
        }
    )

    found = findings("config.yaml", check_config(config), config)

    assert wrong == []
    assert [(f.where, f.found, f.remedy) for f in found] == [
        ("kinds.fix.checklists[0]", "eror", "Did you mean `errors`?"),
        ("fields.risk", "a choice without choices", "Add `choices: [low, high]`, or another type."),
        (
            "fields.ticket.choices",
            "choices of a text",
            "Write `type: choice`, or remove the choices.",
        ),
        ("fields.ticket.required[0]", "trian", "Did you mean `train`?"),
        ("checklists.ours", "no items", "Add some, or remove it."),
    ]
    assert {f.rule for f in found} == {"bad-setting"}


def test_names_in_the_config_that_mean_nothing_are_found() -> None:
    config = Config(
        severity={"prose-steps": "off", "prose-step": "warning", "zzz": "note"},
        kinds={
            "fix": Kind(require=("baseline.proof", "rollback.rehearsed"), optional=("rolback",)),
            "cache": Kind(require=("checklist.cache", "metrics.unit", "title.length")),
        },
    )

    found = findings("config.yaml", check_config(config), config, lambda _path, _key: (1, 1))

    assert "".join(map(block, found)) == (
        "config.yaml:1:1: error: kinds.fix.require[0] [unknown-part]\n"
        "  found:    baseline.proof\n"
        "  expected: a part of a note, such as baseline.evidence\n"
        "  remedy:   Did you mean `baseline`?\n"
        "config.yaml:1:1: error: kinds.fix.optional[0] [unknown-part]\n"
        "  found:    rolback\n"
        "  expected: a part of a note, such as baseline.evidence\n"
        "  remedy:   Did you mean `rollback`?\n"
        "config.yaml:1:1: error: kinds.cache.require[1] [unknown-part]\n"
        "  found:    metrics.unit\n"
        "  expected: a part of a note, such as baseline.evidence\n"
        "  remedy:   Did you mean `metrics`?\n"
        "config.yaml:1:1: error: kinds.cache.require[2] [unknown-part]\n"
        "  found:    title.length\n"
        "  expected: a part of a note, such as baseline.evidence\n"
        "  remedy:   Did you mean `title`?\n"
        "config.yaml:1:1: warning: severity.prose-steps [unknown-rule]\n"
        "  found:    prose-steps\n"
        "  expected: the name of a rule\n"
        "  remedy:   Did you mean `prose-step`?\n"
        "config.yaml:1:1: warning: severity.zzz [unknown-rule]\n"
        "  found:    zzz\n"
        "  expected: the name of a rule\n"
        "  remedy:   `changenote check` shows names in [brackets].\n"
    )

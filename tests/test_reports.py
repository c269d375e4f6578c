"""Findings as text, JSON, GitHub's workflow commands and SARIF."""

import json
import re

import jsonschema
import pytest

from changenote.checks.catalogue import RULES
from changenote.checks.reports import (
    as_github,
    as_json,
    as_sarif,
    as_text,
    block,
    findings,
    summary,
)
from changenote.config import Config
from changenote.model.problems import Finding, Path, Problem, Severity

CART = "changes/2026/20261122-k3f9xq-cart.yaml"
NAN = Finding(
    rule="wrong-type",
    severity="error",
    file=CART,
    line=31,
    column=13,
    where="metrics[0].before[2]",
    found=".nan",
    expected="a finite number",
    remedy="Write what is expected at this place.",
)
TAB = Finding(
    rule="yaml-syntax",
    severity="error",
    file="changes/2026/20261121-0a1b2c.yaml",
    line=4,
    column=1,
    where="",
    found="a tab in the indentation",
    expected="spaces",
)


def address(rule: str) -> str:
    return f"https://docs.example/rules/#{rule}"


def finding(severity: Severity, file: str = CART) -> Finding:
    return Finding(
        rule="bad-link",
        severity=severity,
        file=file,
        line=1,
        column=1,
        where="monitoring.up",
        found="grafana",
        expected="an address",
    )


def test_text_has_a_block_for_each_finding_and_a_line_that_sums_up() -> None:
    assert as_text([TAB, NAN], 14, address) == (
        "changes/2026/20261121-0a1b2c.yaml:4:1: error: [yaml-syntax]\n"
        "  found:    a tab in the indentation\n"
        "  expected: spaces\n"
        "  see:      https://docs.example/rules/#yaml-syntax\n"
        "\n"
        "changes/2026/20261122-k3f9xq-cart.yaml:31:13: error: metrics[0].before[2] [wrong-type]\n"
        "  found:    .nan\n"
        "  expected: a finite number\n"
        "  remedy:   Write what is expected at this place.\n"
        "  see:      https://docs.example/rules/#wrong-type\n"
        "\n"
        "2 errors in 2 of 14 files\n"
    )


def test_text_without_an_address_has_no_line_for_it() -> None:
    assert as_text([TAB], 1) == (
        "changes/2026/20261121-0a1b2c.yaml:4:1: error: [yaml-syntax]\n"
        "  found:    a tab in the indentation\n"
        "  expected: spaces\n"
        "\n"
        "1 error in 1 of 1 file\n"
    )


def test_text_shows_as_code_what_a_terminal_would_act_on_or_hide() -> None:
    odd = Finding(
        rule="stray-file",
        severity="error",
        file="changes/\x1b[2J\udcff.yaml",
        line=1,
        column=1,
        where="",
        found="a\u202eb\x9b31m\u200bc\nd é 中",
        expected="text",
    )

    assert as_text([odd], 1) == (
        "changes/\\x1b[2J\\udcff.yaml:1:1: error: [stray-file]\n"
        "  found:    a\\u202eb\\x9b31m\\u200bc\\x0ad é 中\n"
        "  expected: text\n"
        "\n"
        "1 error in 1 of 1 file\n"
    )


def test_remarks_of_one_rule_about_many_files_are_one_block() -> None:
    remarks = [finding("note", f"{n}.yaml") for n in range(6)]

    assert as_text([NAN, *remarks], 14, address) == (
        f"{block(NAN, address)}\n"
        "6 times: note: An address is not one of the web [bad-link]\n"
        "  first:    0.yaml:1:1: grafana\n"
        "  remedy:   Copy the whole address from the browser.\n"
        "  each:     `changenote check FILE` or `--format json`\n"
        "  see:      https://docs.example/rules/#bad-link\n"
        "\n"
        "1 error, 6 remarks in 7 of 14 files\n"
    )
    assert as_text(remarks[1:], 14).count("note: monitoring.up [bad-link]") == 5


@pytest.mark.parametrize(
    ("found", "checked", "said"),
    [
        ([], 0, "nothing found in 0 files"),
        ([], 1, "nothing found in 1 file"),
        ([finding("error")], 14, "1 error in 1 of 14 files"),
        (
            [finding("error"), finding("error", "x.yaml"), finding("warning")],
            14,
            "2 errors, 1 warning in 2 of 14 files",
        ),
        ([finding("note")], 2, "1 remark in 1 of 2 files"),
        (
            [finding("note"), finding("note"), finding("warning"), finding("warning")],
            2,
            "2 warnings, 2 remarks in 1 of 2 files",
        ),
    ],
)
def test_the_summary_counts_by_severity_and_file(
    found: list[Finding], checked: int, said: str
) -> None:
    assert summary(found, checked) == said


def test_json_has_the_documented_shape() -> None:
    assert json.loads(as_json([NAN], 14, address)) == {
        "format": 1,
        "files": 14,
        "errors": 1,
        "warnings": 0,
        "notes": 0,
        "findings": [
            {
                "rule": "wrong-type",
                "severity": "error",
                "file": CART,
                "line": 31,
                "column": 13,
                "where": "metrics[0].before[2]",
                "found": ".nan",
                "expected": "a finite number",
                "remedy": "Write what is expected at this place.",
                "address": "https://docs.example/rules/#wrong-type",
            }
        ],
    }


def test_github_gets_one_command_for_each_finding() -> None:
    found = [NAN, finding("warning"), finding("note")]

    assert as_github(found, 14) == (
        f"::error file={CART},line=31,col=13,title=wrong-type metrics[0].before[2]"
        "::found: .nan%0Aexpected: a finite number"
        "%0Aremedy: Write what is expected at this place.\n"
        f"::warning file={CART},line=1,col=1,title=bad-link monitoring.up"
        "::found: grafana%0Aexpected: an address\n"
        f"::notice file={CART},line=1,col=1,title=bad-link monitoring.up"
        "::found: grafana%0Aexpected: an address\n"
        "1 error, 1 warning, 1 remark in 1 of 14 files\n"
    )


def test_nothing_in_a_note_can_end_or_forge_a_github_command() -> None:
    forged = Finding(
        rule="bad-link",
        severity="error",
        file="a,b:c%.yaml",
        line=1,
        column=2,
        where="monitoring.up: x",
        found="100%\r\n::error::forged",
        expected="an address",
    )

    assert as_github([forged], 1, address) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=bad-link monitoring.up%3A x"
        "::found: 100%25\\x0d\\x0a::error::forged%0Aexpected: an address"
        "%0Asee: https://docs.example/rules/#bad-link\n"
        "1 error in 1 of 1 file\n"
    )


def test_sarif_holds_the_rules_broken_and_a_result_for_each_finding() -> None:
    report = json.loads(as_sarif([NAN, TAB, NAN], "1.2.3", address))

    driver = report["runs"][0]["tool"]["driver"]
    assert {key: driver[key] for key in ("name", "version")} == {
        "name": "changenote",
        "version": "1.2.3",
    }
    assert [rule["id"] for rule in driver["rules"]] == ["yaml-syntax", "wrong-type"]
    assert driver["rules"][1] == {
        "id": "wrong-type",
        "shortDescription": {"text": RULES["wrong-type"].title},
        "fullDescription": {"text": RULES["wrong-type"].why},
        "help": {"text": f"{RULES['wrong-type'].why} {RULES['wrong-type'].remedy}"},
        "defaultConfiguration": {"level": "error"},
        "helpUri": "https://docs.example/rules/#wrong-type",
    }
    assert [result["ruleIndex"] for result in report["runs"][0]["results"]] == [1, 0, 1]
    assert report["runs"][0]["results"][1]["message"] == {
        "text": "a tab in the indentation; expected spaces."
    }
    assert report["runs"][0]["results"][0] == {
        "ruleId": "wrong-type",
        "ruleIndex": 1,
        "level": "error",
        "message": {
            "text": ".nan; expected a finite number. Write what is expected at this place."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": CART},
                    "region": {"startLine": 31, "startColumn": 13},
                },
                "logicalLocations": [{"fullyQualifiedName": "metrics[0].before[2]"}],
            }
        ],
    }


TEXT = {"type": "object", "required": ["text"], "additionalProperties": False} | {
    "properties": {"text": {"type": "string", "minLength": 1}}
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
COUNT = {"type": "integer", "minimum": 1}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": TEXT,
        "helpUri": {"type": "string", "pattern": "^https?://"},
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
    },
}
LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "physicalLocation": {
            "type": "object",
            "additionalProperties": False,
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~:/%-]+$"}},
                },
                "region": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"startLine": COUNT, "startColumn": COUNT},
                },
            },
        },
        "logicalLocations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"fullyQualifiedName": {"type": "string"}},
            },
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
    },
}
# The part of the standard's schema that these reports use, where it allows nothing else.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": RULE,
                                    },
                                },
                            }
                        },
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("file", [CART, "a b:é#?\udcff.yaml", "/srv/shop/changes/x.yaml"])
@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_sarif_is_what_the_standard_allows(file: str, severity: Severity) -> None:
    found = [NAN, TAB, finding(severity, file)]

    for report in (as_sarif(found, "1.0"), as_sarif(found, "1.0", address), as_sarif([], "1.0")):
        jsonschema.validate(json.loads(report), SARIF)


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("changes/a b.yaml", "changes/a%20b.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("caf\u00e9\udcff.yaml", "caf%C3%A9%FF.yaml"),
        ("/srv/x.yaml", "file:///srv/x.yaml"),
    ],
)
def test_sarif_names_files_as_addresses(file: str, uri: str) -> None:
    report = json.loads(as_sarif([finding("error", file)], "1.0"))

    location = report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": uri}


def problem(rule: str, *path: str | int, key: bool = False) -> Problem:
    return Problem(rule=rule, path=path, found="x", expected="y", key=key)


def test_findings_are_in_the_order_of_the_file_and_placed_by_value_or_key() -> None:
    places: dict[Path, int] = {("b",): 7, ("a",): 3, ("c", "#0"): 5}

    def position(path: Path, key: bool) -> tuple[int, int]:
        return places[path], 1 if key else 4

    given = [
        problem("bad-value", "b"),
        problem("unknown-key", "a", key=True),
        problem("wrong-type", "a"),
        problem("bad-length", "a"),
        problem("yaml-alias", "c", "#0"),
    ]

    found = findings("n.yaml", given, Config(), position)

    assert [(f.rule, f.severity, f.line, f.column, f.where) for f in found] == [
        ("unknown-key", "warning", 3, 1, "a"),
        ("bad-length", "error", 3, 4, "a"),
        ("wrong-type", "error", 3, 4, "a"),
        ("yaml-alias", "error", 5, 4, "c"),
        ("bad-value", "error", 7, 4, "b"),
    ]


def test_a_problem_without_a_remedy_gets_that_of_its_rule() -> None:
    found = findings("n.yaml", [problem("yaml-alias", "a")], Config(), lambda _p, _k: (1, 1))

    assert [f.remedy for f in found] == ["Write the value out."]


def test_every_line_that_starts_a_finding_can_be_matched_by_an_editor() -> None:
    first_lines = [
        line for line in as_text([TAB, NAN], 2).splitlines() if re.match(r"\S+:\d+:\d+: ", line)
    ]

    assert len(first_lines) == 2

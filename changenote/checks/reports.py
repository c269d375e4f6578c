"""Problems → findings → a report: text for people, JSON, GitHub's commands, SARIF.

Nothing is printed here. Text that came from a note is made harmless where a terminal or a log
would act on it; JSON and SARIF escape everything that is not ASCII.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from changenote.characters import MARKS, UNSEEN, escape
from changenote.checks.catalogue import RULES
from changenote.config import Config
from changenote.model.problems import Finding, Path, Problem, dotted
from changenote.patterns import pattern

Position = Callable[[Path, bool], tuple[int, int]]
"""Line and column of a path's value, or of its key."""

Address = Callable[[str], str]
"""Where a rule is explained; empty when nowhere."""

_SEVERITIES = ("error", "warning", "note")
_CROWD = 5
_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
# The codec tells apart two problems at one place by a last part such as `#2`.
_COUNTER = pattern(r"#\d+", holds=("#",))


def first_place(_path: Path, _key: bool) -> tuple[int, int]:
    """The position of what has none: the start of the file."""
    return 1, 1


def findings(
    file: str, problems: Iterable[Problem], config: Config, position: Position = first_place
) -> list[Finding]:
    """The problems of one file with severity and place, sorted by line, column and rule."""
    found = []
    for problem in problems:
        rule = RULES[problem.rule]
        chosen = rule.severity if rule.fixed else config.severity.get(rule.id, rule.severity)
        if chosen == "off":
            continue
        line, column = position(problem.path, problem.key)
        finding = Finding(
            rule=problem.rule,
            severity=chosen,
            file=file,
            line=line,
            column=column,
            where=dotted(_without_counter(problem.path)),
            found=problem.found,
            expected=problem.expected,
            remedy=problem.remedy or RULES[problem.rule].remedy,
        )
        found.append(finding)
    return sorted(found, key=lambda f: (f.line, f.column, f.rule))


def _without_counter(path: Path) -> Path:
    return path[:-1] if path and _COUNTER.fullmatch(str(path[-1])) else path


def no_address(_rule: str) -> str:
    """For a project whose rules are explained nowhere."""
    return ""


def as_text(found: Sequence[Finding], checked: int, address: Address = no_address) -> str:
    """For people: a block for each finding, then one line that sums up.

    Remarks of one rule about many files are one block: they are about a habit, not about a file.
    """
    crowds = _crowds(found)
    blocks = [block(finding, address) for finding in found if finding.rule not in crowds]
    blocks += [_crowd_block(crowd, address) for crowd in crowds.values()]
    return "\n".join([*blocks, summary(found, checked)]) + "\n"


def _crowds(found: Sequence[Finding]) -> dict[str, list[Finding]]:
    """The remarks of each rule that are about many files."""
    remarks: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.severity == "note":
            remarks.setdefault(finding.rule, []).append(finding)
    return {rule: of for rule, of in remarks.items() if len({f.file for f in of}) > _CROWD}


def _crowd_block(crowd: Sequence[Finding], address: Address) -> str:
    """Several remarks in short: how many of which rule, what to do, and where the first is."""
    first, rule = crowd[0], RULES[crowd[0].rule]
    lines = [
        f"{len(crowd)} times: note: {rule.title} [{rule.id}]",
        f"  first:    {first.file}:{first.line}:{first.column}: {first.found}",
        f"  remedy:   {rule.remedy}",
        "  each:     `changenote check FILE` or `--format json`",
    ]
    if url := address(rule.id):
        lines.append(f"  see:      {url}")
    return "".join(visible(line) + "\n" for line in lines)


def block(finding: Finding, address: Address = no_address) -> str:
    """One finding; its first line is what terminals and editors make a link of."""
    where = f" {finding.where}" if finding.where else ""
    place = f"{finding.file}:{finding.line}:{finding.column}"
    lines = [f"{place}: {finding.severity}:{where} [{finding.rule}]"]
    for name, text in _said(finding):
        lines.append(f"  {name + ':':<9} {text}")
    if url := address(finding.rule):
        lines.append(f"  see:      {url}")
    return "".join(visible(line) + "\n" for line in lines)


def _said(finding: Finding) -> list[tuple[str, str]]:
    said = [("found", finding.found), ("expected", finding.expected), ("remedy", finding.remedy)]
    return [(name, text) for name, text in said if text]


def visible(text: str) -> str:
    """A text on one line, with what a terminal would act on or hide shown as its code."""
    return _unshown().sub(_code, text)


@cache  # slow to compile, and not needed when nothing is reported
def _unshown() -> re.Pattern[str]:
    return re.compile(
        f"[\x00-\x1f\x7f-\x9f\xad\u200c\u200d\ud800-\udfff\U000e0000-\U000e0fff{UNSEEN}{MARKS}]"
    )


def _code(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else escape(match[0])


def summary(found: Sequence[Finding], checked: int) -> str:
    """`3 errors, 1 warning in 2 of 14 files`."""
    files = f"{checked} file" + ("" if checked == 1 else "s")
    if not found:
        return f"nothing found in {files}"
    counts = [(severity, _count(found, severity)) for severity in _SEVERITIES]
    # "2 notes" would be taken for change notes.
    words = {"error": "error", "warning": "warning", "note": "remark"}
    said = [f"{n} {words[s]}" + ("" if n == 1 else "s") for s, n in counts if n]
    return ", ".join(said) + f" in {len({f.file for f in found})} of {files}"


def _count(found: Sequence[Finding], severity: str) -> int:
    return sum(finding.severity == severity for finding in found)


def as_json(found: Sequence[Finding], checked: int, address: Address = no_address) -> str:
    """For programs: `plain` as JSON."""
    import json  # not needed for text

    return json.dumps(plain(found, checked, address), indent=2) + "\n"


def plain(found: Sequence[Finding], checked: int, address: Address = no_address) -> dict[str, Any]:
    """A report as plain data.

    `{"format": 1, "files": 14, "errors": 1, "warnings": 0, "notes": 0, "findings": [{"rule",
    "severity", "file", "line", "column", "where", "found", "expected", "remedy", "address"}, …]}`
    """
    return {
        "format": 1,
        "files": checked,
        **{f"{severity}s": _count(found, severity) for severity in _SEVERITIES},
        "findings": [_plain(finding, address) for finding in found],
    }


def _plain(finding: Finding, address: Address) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(finding), "address": address(finding.rule)}


def as_github(found: Sequence[Finding], checked: int, address: Address = no_address) -> str:
    """Workflow commands, which GitHub Actions shows beside the lines of a pull request."""
    return github_commands(found, address) + f"{summary(found, checked)}\n"


def github_commands(found: Iterable[Finding], address: Address = no_address) -> str:
    """A workflow command for each finding."""
    return "".join(f"{_command(finding, address)}\n" for finding in found)


def _command(finding: Finding, address: Address) -> str:
    said = [f"{name}: {text}" for name, text in _said(finding)]
    if url := address(finding.rule):
        said.append(f"see: {url}")
    properties = {
        "file": finding.file,
        "line": str(finding.line),
        "col": str(finding.column),
        "title": f"{finding.rule} {finding.where}".strip(),
    }
    given = ",".join(f"{key}={_property(visible(value))}" for key, value in properties.items())
    text = "%0A".join(_data(visible(line)) for line in said)
    return f"::{_GITHUB[finding.severity]} {given}::{text}"


def _data(text: str) -> str:
    # https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(found: Sequence[Finding], version: str, address: Address = no_address) -> str:
    """SARIF 2.1.0, which code scanning services read."""
    import json  # not needed for text

    broken = {finding.rule for finding in found}
    used = [rule for rule in RULES if rule in broken]
    driver = {
        "name": "changenote",
        "version": version,
        "rules": [_described(rule, address(rule)) for rule in used],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, used.index(finding.rule)) for finding in found],
    }
    report = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(report, indent=2) + "\n"


def _described(rule_id: str, address: str) -> dict[str, Any]:
    rule = RULES[rule_id]
    described: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.remedy}"},
        "defaultConfiguration": {"level": rule.severity},
    }
    return {**described, "helpUri": address} if address else described


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(finding.file)},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if finding.where:
        place["logicalLocations"] = [{"fullyQualifiedName": finding.where}]
    text = f"{finding.found}; expected {finding.expected}. {finding.remedy}".strip()
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [place],
    }


def _uri(file: str) -> str:
    """A relative reference, or a file address for a path from the root of a disk."""
    from urllib.parse import quote  # slow to load, and only this format needs it

    quoted = quote(file.encode("utf-8", "surrogateescape"))
    return f"file://{quoted}" if file.startswith("/") else quoted

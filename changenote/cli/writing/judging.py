"""Is a new note complete? What is missing, what is wrong, and which status it gets."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote.capture.draft import UNTITLED
from changenote.checks.completeness import missing_parts
from changenote.checks.notes import check_note, check_read
from changenote.checks.reports import findings
from changenote.config import Config
from changenote.model.note import Note
from changenote.model.problems import Finding, Problem, dotted
from changenote.model.reading import read_note
from changenote.records import record
from changenote.store import notes

Data = dict[str, Any]

PLACE = "20000101-000000"
"""An id for judging a note that has none yet."""


@record
class Judged:
    """A note's data with the status it gets, the parts it lacks and the parts that are wrong."""

    data: Data
    missing: Sequence[Problem]
    wrong: Sequence[Finding]

    @property
    def problems(self) -> list[Data]:
        """For programs: what is missing and what is wrong."""
        missing = [_plain(p.rule, "note", dotted(p.path), p) for p in self.missing]
        return missing + [_plain(f.rule, f.severity, f.where, f) for f in self.wrong]

    def in_words(self) -> list[str]:
        """For people: a line about the status, then one for each problem."""
        lines = []
        if self.missing:
            lines.append("  a draft, because it still lacks:")
            lines += [f"    {dotted(p.path):<22} {p.expected}" for p in self.missing]
        for f in self.wrong:
            lines.append(f"  {f.severity} in {f.where}: {f.found}")
            lines.append(f"    expected: {f.expected}. {f.remedy}")
        return lines or ["  complete: nothing is missing"]


def _plain(rule: str, severity: str, where: str, problem: Problem | Finding) -> Data:
    return {
        "rule": rule,
        "severity": severity,
        "where": where,
        "found": problem.found,
        "expected": problem.expected,
        "remedy": problem.remedy,
    }


def judge(config: Config, data: Data, *, wanted: str | None) -> Judged:
    """The status a note gets: the one wanted (`shipped` unless said), or `draft` if it cannot."""
    status = wanted or "shipped"
    candidate = {**data, "id": data.get("id") or PLACE, "status": status}
    note, problems = read_note(candidate)
    if note is None:
        wrong = _findings(problems, config)
        return Judged(data={**candidate, "status": "draft"}, missing=(), wrong=wrong)
    missing = [*_untitled(note), *missing_parts(note, config)] if status != "draft" else []
    kept = {(p.path, p.rule) for p in missing}
    found = [*problems, *check_note(note, candidate, config, datetime.now(UTC))]
    wrong = _findings([p for p in found if (p.path, p.rule) not in kept], config)
    errors = [f for f in wrong if f.severity == "error"]
    status = "draft" if missing or errors else status
    return Judged(data={**candidate, "status": status}, missing=missing, wrong=wrong)


def _untitled(note: Note) -> list[Problem]:
    if note.title != UNTITLED:
        return []
    return [
        Problem(
            rule="missing-part",
            path=("title",),
            found="nothing",
            expected="what changed, in one line",
            remedy="Fill in `title` (`new`: `--title`).",
        )
    ]


def _findings(problems: Sequence[Problem], config: Config) -> list[Finding]:
    found = findings("", problems, config)
    return [f for f in found if f.severity in ("error", "warning")]


def errors_in(config: Config, file: str, text: str) -> list[Finding]:
    """The findings in a note's text that keep it from being saved, in order of their lines.

    `file` is empty for a note that has none yet.
    """
    raw = text.encode("utf-8", "surrogateescape")
    stored = notes.understood(file, Path(file), raw)
    problems = [
        *(p for p in stored.problems if file or p.rule != "wrong-name"),
        *check_read(stored.note, stored.data, config, datetime.now(UTC)),
    ]
    found = findings(file, problems, config, stored.document.position)
    errors = [f for f in found if f.severity == "error"]
    if not errors:
        return []
    from changenote.checks.secrets import without_telling  # what is saved is seldom wrong
    from changenote.model.publishing import secrets_in_file

    return without_telling(errors, secrets_in_file(stored.text, stored.data, config.allowed))

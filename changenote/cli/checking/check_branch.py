"""`changenote check --ci`: is there a note for this branch?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote import __version__
from changenote.checks import branch as branches
from changenote.checks import reports
from changenote.checks.branch import Answer, Branch
from changenote.checks.catalogue import RULES
from changenote.checks.result_file import Handed, written
from changenote.cli import console
from changenote.cli.checking.check import (
    address_of_rules,
    exit_code,
    findings_in,
    findings_in_config,
)
from changenote.cli.pulls import branch, pull_requests
from changenote.errors import NoSuchPullRequest
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.model.publishing import text_without_secrets, without_secrets
from changenote.records import record
from changenote.store import files, notes
from changenote.store.notes import StoredNote
from changenote.store.project import Project, find_project

Data = dict[str, Any]

_MOST_NAMED = 10


@record
class _Judged:
    """The answer about a branch, the notes it is about, and what is wrong with them.

    `notes` are those of the files that are `stored`, without their secrets.
    """

    answer: Answer
    base: str
    stored: tuple[StoredNote, ...]
    notes: tuple[Note | None, ...]
    found: tuple[Finding, ...]
    gives_no_reason: bool


def check(since: str | None, form: str, result: Path | None, *, strict: bool) -> int:
    """Judge the branch that is checked out, write the result file, and say what came out."""
    project = find_project(Path.cwd())
    judged = _judged(project, since)
    if result is not None:
        _write(result, judged)
    address = address_of_rules(project)
    console.raw(_FORMATS[form](judged, address))
    if form == "text":
        _tell(judged, project)
    return exit_code(judged.found, strict=strict)


def _judged(project: Project, since: str | None) -> _Judged:
    told = branch.told(project, since)
    paths = [project.root / file for file in told.files] or _naming(project, told.number)
    stored = [notes.read(project, path) for path in paths]
    allowed = project.config.allowed  # what a pipeline prints is read by many
    clean = tuple(one.note and without_secrets(one.note, allowed) for one in stored)
    about = Branch(paths=told.paths, notes=tuple(filter(None, clean)), why=told.why)
    answer = branches.judge(about, project.config.path_rules)
    answer = replace(answer, line=text_without_secrets(answer.line, allowed))
    broken = next((one for one in stored if one.note is None), None)
    if broken and answer.word == "missing":
        answer = replace(answer, line=f"{broken.file} cannot be understood")
    now = datetime.now(UTC)
    found = [f for one in stored for f in findings_in(one, project.config, now)]
    found += findings_in_config(project)
    if not broken:
        first = answer.paths[0] if answer.paths else "."
        found[:0] = reports.findings(first, branches.problems(answer), project.config)
    return _Judged(
        answer=answer,
        base=told.base,
        stored=tuple(stored),
        notes=clean,
        found=tuple(found),
        gives_no_reason=told.gives_no_reason,
    )


def _naming(project: Project, number: int | None) -> list[Path]:
    """The files of the notes that name a pull request; none where the forge is not known."""
    if number is None:
        return []
    try:
        where = pull_requests.place(project)
    except NoSuchPullRequest:
        return []
    return [project.root / shown.file for shown in pull_requests.notes_of(where, number)]


def _write(place: Path, judged: _Judged) -> None:
    handed = [
        Handed(file=one.file, text=one.raw.decode("utf-8", "replace")) for one in judged.stored
    ]
    files.write(place, written(judged.answer, handed).decode())


def _as_text(judged: _Judged, address: reports.Address) -> str:
    """The answer, the paths that ask for a note, and what is wrong in notes: no remarks."""
    answer = judged.answer
    lines = [_line(answer)]
    lines += [f"  - {path}" for path in answer.paths[:_MOST_NAMED]]  # a pipeline takes no orders
    more = len(answer.paths) - _MOST_NAMED
    lines += [f"  and {more} more"] if more > 0 else []
    of_notes = (f for f in judged.found if f.rule != branches.NO_NOTE and f.severity != "note")
    blocks = [reports.block(finding, address) for finding in of_notes]
    return "".join([*(f"{reports.visible(line)}\n" for line in lines), *blocks])


def _line(answer: Answer) -> str:
    """The answer on one line, which is no command of a pipeline."""
    return reports.visible(f"{answer.word}: {answer.line}")


def _as_json(judged: _Judged, address: reports.Address) -> str:
    """As `check` writes it, and `"branch": {"word", "line", "base", "paths", "notes"}`."""
    import json

    notes_of_it = [
        {
            "file": one.file,
            "id": note.id if note else None,
            "title": note.title if note else None,
            "status": note.status if note else None,
        }
        for one, note in zip(judged.stored, judged.notes, strict=True)
    ]
    answer = judged.answer
    about: Data = {"word": answer.word, "line": answer.line, "base": judged.base}
    about |= {"paths": list(answer.paths), "notes": notes_of_it}
    report = reports.plain(judged.found, len(judged.stored), address)
    return json.dumps({**report, "branch": about}, indent=2) + "\n"


def _as_github(judged: _Judged, address: reports.Address) -> str:
    return f"{_line(judged.answer)}\n" + reports.github_commands(judged.found, address)


def _as_sarif(judged: _Judged, address: reports.Address) -> str:
    return reports.as_sarif(judged.found, __version__, address)


_FORMATS: dict[str, Callable[[_Judged, reports.Address], str]] = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_github,
    "sarif": _as_sarif,
}


def _what_to_do(judged: _Judged) -> str:
    if judged.gives_no_reason:
        return "It says that no note is needed, but not why: `Change-Note: not needed, WHY`."
    notes_of_it = [note for note in judged.notes if note]
    if notes_of_it and judged.answer.paths:
        return branches.remedy(notes_of_it)
    return RULES[branches.NO_NOTE].remedy.partition(". ")[2]  # the answer said the rest


def _tell(judged: _Judged, project: Project) -> None:
    """What to do about a note that is missing, or that a push would leave behind."""
    from changenote import git

    if judged.answer.word == "missing":
        console.notice(_what_to_do(judged))
    if remarks := [finding.file for finding in judged.found if finding.severity == "note"]:
        what = "1 remark" if len(remarks) == 1 else f"{len(remarks)} remarks"
        console.notice(f"{what} too: `changenote check {remarks[0]}` shows what it is about.")
    committed = set(git.paths_at("HEAD", project.notes.name, project.root))
    for one in judged.stored:
        if one.file not in committed:
            console.notice(f"{one.file} is in no commit yet.")

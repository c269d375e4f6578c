"""`changenote import`."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.exchanging import import_own, writing_many
from changenote.config import Config
from changenote.errors import FINDINGS, UsageProblem
from changenote.exchange.importing import plan as planning
from changenote.exchange.importing.drafts import Decisions
from changenote.exchange.importing.entries import Entry
from changenote.exchange.importing.formats import FORMATS
from changenote.exchange.importing.kinds import plain_word
from changenote.exchange.importing.known import known_in
from changenote.model.problems import did_you_mean
from changenote.store.project import Project, find_project

_SHOWN_EVERY = 20


@click.command()
@click.argument("tool", type=click.Choice((*FORMATS, import_own.TOOL)), metavar="TOOL")
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="TYPE=KIND",
    help="The kind of a type of the other tool, such as `improvement=feature`; may be given again.",
)
@click.option("--date", "day", metavar="DAY", help="The day of what has none, such as 2026-11-22.")
@click.option("--owner", metavar="NAME", help="The owner of all these notes.")
@click.option("--service", metavar="NAME", help="The service that all of them are about.")
@click.option(
    "--project", "name", metavar="NAME", help="What to call the other project, if it is another."
)
@click.option("--again", is_flag=True, help="Bring in what was deleted since, too.")
@click.option("--dry-run", is_flag=True, help="Write nothing; report what would become of what.")
@options.as_json
def command(
    tool: str, path: Path, *, again: bool, dry_run: bool, as_json: bool, **given: Any
) -> int:
    """Bring the notes of another tool in, as drafts, or our own out of an export.

    TOOL is towncrier, scriv, reno, changie, changesets, chloggen, keep-a-changelog or git-cliff;
    PATH the root of a project that uses it, or its folder of notes, or the changelog. Each file of
    a folder becomes a note, and each entry of a changelog. Nothing is lost: what a note has no key
    for is kept under `x.imported`, with the origin. Nothing is made up: what is not known stays
    unknown, and flags say so (needs_human_review, needs_kind, needs_date).

    TOOL is json for our own notes, as they were, out of `changenote export --format json` or
    ndjson; PATH is the file.

    Run it again at any time: what has a note already is left alone, also if the note was edited
    since, or the file renamed in git; and what had one that a commit deleted stays without. A file
    that makes no note is named with the reason; exit code 1 says that one should have.

    With --json an object: format (1), tool, project (null: this one), dry_run; notes, each with id,
    path, title, kind, day, day_from, flags, from {file, line, entry} and mapped, a list of {from,
    to}; known and changed, each with id and from; left_out, each with file, line, reason, problem;
    remarks; mapped, a list of {from, to, notes}.
    """
    project = find_project(Path.cwd())
    if tool == import_own.TOOL:
        decided = {**given, "again": again}
        return import_own.take_in(path, project, decided, dry_run=dry_run, as_json=as_json)
    decisions = _decisions(project.config, given)
    place = planning.source_at(tool, path, project, name=given["name"])
    plan = _planned(project, place, decisions, again=again)
    paths = (writing_many.paths if dry_run else writing_many.written)(project, _data_of(plan))
    if as_json:
        console.data(_report(place, plan, paths, dry_run=dry_run))
    else:
        _tell(place, plan, dry_run=dry_run)
    return FINDINGS if any(one.is_problem for one in plan.left_out) else 0


def _planned(
    project: Project, place: planning.From, decisions: Decisions, *, again: bool
) -> planning.Plan:
    """What to write; deleted notes count as never written when they are wanted `again`."""
    known = known_in(project)
    known = replace(known, deleted={}) if again else known
    today = datetime.now(UTC).date()
    plan = planning.planned(place, decisions, known, today, _looked_at)
    console.status("")
    return plan


def _decisions(config: Config, given: dict[str, Any]) -> Decisions:
    return Decisions(
        known=config.kind_names,
        kinds=dict(_kind(text, config) for text in given["kinds"]),
        owner=given["owner"],
        service=given["service"],
        day=_day(given["day"]),
    )


def _kind(text: str, config: Config) -> tuple[str, str]:
    of, _, kind = text.rpartition("=")
    if not plain_word(of) or kind not in config.kind_names:
        raise UsageProblem(
            f"--kind {text} is no type with a kind",
            expected=f"TYPE=KIND, with a kind of {', '.join(config.kind_names)}",
            hint=did_you_mean(kind, config.kind_names) or "For example: --kind improvement=feature",
        )
    return plain_word(of), kind


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(
            f"--date {text} is no day",
            expected="a day such as 2026-11-22",
            hint="Without --date, notes of no known day get the flag needs_date.",
        ) from error


def _looked_at(count: int) -> None:
    if count % _SHOWN_EVERY == 0:
        console.status(f"{count} files read …")


def _data_of(plan: planning.Plan) -> list[dict[str, Any]]:
    return [{**note.draft.data, "id": note.id} for note in plan.new]


# --- The report -----------------------------------------------------------------------------------


def _report(
    place: planning.From, plan: planning.Plan, paths: list[str], *, dry_run: bool
) -> dict[str, Any]:
    """What was done, for programs."""
    return {
        "format": 1,
        "tool": place.origin.tool,
        "project": place.origin.project or None,
        "dry_run": dry_run,
        "notes": [_plain(note, path) for note, path in zip(plan.new, paths, strict=True)],
        "known": [{"id": note_id, "from": _from(entry)} for entry, note_id in plan.known],
        "changed": [{"id": note_id, "from": _from(entry)} for entry, note_id in plan.changed],
        "left_out": [
            {"file": one.file, "line": one.line, "reason": one.reason, "problem": one.is_problem}
            for one in plan.left_out
        ],
        "remarks": plan.remarks,
        "mapped": [{"from": of, "to": to, "notes": count} for of, to, count in plan.mapped],
    }


def _plain(note: planning.Note, path: str) -> dict[str, Any]:
    data = note.draft.data
    return {
        "id": note.id,
        "path": path,
        "title": data["title"],
        "kind": data["kind"],
        "day": note.draft.day and note.draft.day.isoformat(),
        "day_from": data["x"]["imported"].get("day_from"),
        "flags": data["flags"],
        "from": _from(note.entry),
        "mapped": [{"from": of, "to": to} for of, to in note.draft.mapped],
    }


def _from(entry: Entry) -> dict[str, Any]:
    return {"file": entry.file, "line": entry.line, "entry": entry.name or None}


def _tell(place: planning.From, plan: planning.Plan, *, dry_run: bool) -> None:
    """What was done, for people."""
    wants = "would become" if dry_run else "became"
    of = f" of {place.origin.project}" if place.origin.project else ""
    console.out(f"{_entries(len(plan.new))} of {place.origin.tool}{of} {wants} drafts.")
    if plan.new:
        _tell_mapped(plan)
    if plan.known:
        console.out(f"{_entries(len(plan.known))} had a note already, left alone.")
    for entry, note_id in plan.changed:
        where = _at(entry.file, entry.line)
        console.out(f"{where}: changed since; its note {note_id} is left alone")
    for remark in plan.remarks:
        console.notice(remark)
    _tell_left_out(plan)
    if plan.new and not dry_run:
        console.notice("Next: `changenote list`; complete a draft with `changenote edit ID`.")


def _tell_mapped(plan: planning.Plan) -> None:
    width = max(len(of) for of, _, _ in plan.mapped)
    console.lines(f"{count:>7}  {of:<{width}}  -> {to}" for of, to, count in plan.mapped)


def _tell_left_out(plan: planning.Plan) -> None:
    """Every problem, and what was never meant to be a note."""
    for one in plan.left_out:
        made = "no note" if one.is_problem else "left out"
        console.notice(f"{_at(one.file, one.line)}: {made}: {one.reason}")


def _at(file: str, line: int) -> str:
    return f"{file}:{line}" if line > 1 else file


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"

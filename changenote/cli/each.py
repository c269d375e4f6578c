"""`changenote new --each FROM..TO`: a draft for each change that was merged in a range.

Git is asked ten times for any number of changes. Machines draft, people finish: nothing is asked,
and a draft that lacks a reason says so when it is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from changenote import git
from changenote.capture import draft
from changenote.capture.changes import Facts, generated_among
from changenote.capture.codeowners import owner_of, rules_in
from changenote.capture.merged import Apart, Merged, facts_of, shipped_in, taken_apart
from changenote.cli import console, judging, saving
from changenote.cli.gathering import forge_of
from changenote.cli.noted import Noted, sources
from changenote.errors import FINDINGS, ChangenoteError, ShallowClone, UsageProblem
from changenote.forge.links import Repository
from changenote.patterns import pattern
from changenote.store import notes
from changenote.store.project import Project, find_project

Data = dict[str, Any]

FLAG = "needs_human_review"

_RANGE = pattern(r"(?P<start>\S+?)(?<!\.)\.\.(?!\.)(?P<end>\S*)")
_ABOUT_ONE = {
    "title": "--title",
    "reason": "--reason",
    "base": "--base",
    "source": "--from",
    "edit": "--edit",
    "paths": "--file",
    "metrics": "--metric",
    "before": "--before",
    "after": "--after",
}
_MOST_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Span:
    """A range of commits, newest first, in a project; `words` are its ends as they were given."""

    root: Path
    project: Project
    forge: Repository | None
    notes_folder: str
    words: tuple[str, str]
    line: list[git.Commit]
    every: list[git.Commit]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A change with the data of its draft, and what is wrong in that."""

    change: Merged
    judged: judging.Judged

    @property
    def data(self) -> Data:
        """The draft as plain data."""
        return self.judged.data


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of each change of a range."""

    drafts: Sequence[Draft]
    noted: Sequence[tuple[Merged, str]]
    no_note_wanted: Sequence[Merged]
    only_notes: Sequence[Merged]
    apart: Apart
    direct: Sequence[Merged]


def draft_each(given: Data, typed: Data) -> int:
    """Write a draft for each change of the range that has no note yet.

    `given` are the options of `changenote new`; what was `typed` as data goes into every draft.
    """
    _refuse_others(given)
    span = _span(given["each"])
    found = _found(span, typed, with_direct=given["direct"])
    written = [] if given["dry_run"] else _written(span.project, found.drafts)
    if given["as_json"]:
        console.data(_for_programs(span, found, written))
    else:
        _tell(span, found, written)
    return FINDINGS if any(_is_wrong(each) for each in found.drafts) else 0


def _is_wrong(each: Draft) -> bool:
    return any(finding.severity == "error" for finding in each.judged.wrong)


def _refuse_others(given: Data) -> None:
    """Raise for options that do not go with a range of changes."""
    if not given["each"]:
        raise UsageProblem(
            "--direct says what to do with a range, and there is none",
            expected="--each FROM..TO beside it",
            hint="`changenote new --each v1.4.0..v1.5.0 --direct`, with your tags.",
        )
    others = [option for key, option in _ABOUT_ONE.items() if given.get(key)]
    if others:
        raise UsageProblem(
            f"--each writes many notes, and {', '.join(others)} is about one",
            expected="options that are true of every change, such as --environment or --tag",
            hint="Write the drafts first; `changenote edit ID` completes one.",
        )
    if given["status"] not in (None, "draft"):
        raise UsageProblem(
            f"--each writes drafts, which --status {given['status']} is not",
            expected="--status draft, or none",
            hint="A person completes each draft and sets its status: `changenote edit ID`.",
        )


def _span(words: str) -> Span:
    match = _RANGE.fullmatch(words)
    if not match:
        raise UsageProblem(
            f"{words!r} is not a range of commits",
            expected="two tags, branches or commits with two dots between: v1.4.0..v1.5.0",
            hint="`git tag --sort=-creatordate` shows the newest tags.",
        )
    root = git.root_around(Path.cwd())
    project = find_project(Path.cwd())
    start, end = git.commit_id(match["start"], root), git.commit_id(match["end"] or "HEAD", root)
    span = Span(
        root=root,
        project=project,
        forge=forge_of(project.config, git.settings(root)),
        notes_folder=(
            project.root.resolve().relative_to(root.resolve()) / project.notes.name
        ).as_posix(),
        words=(match["start"], match["end"] or "HEAD"),
        line=git.commits(start, end, root, first_parent=True),
        every=git.commits(start, end, root, first_parent=False),
    )
    _refuse_cut_off(span)
    return span


def _refuse_cut_off(span: Span) -> None:
    """A range that runs into the cut of a shallow clone would seem to end there."""
    if git.is_shallow(span.root) and not all(commit.parents for commit in span.every):
        raise ShallowClone(
            "this clone is shallow: a part of the range is not in it",
            expected="every commit of the range",
            hint="`git fetch --unshallow` brings them. In a pipeline, check out the whole history.",
        )


def _found(span: Span, typed: Data, *, with_direct: bool) -> Found:
    apart = taken_apart(span.line, span.every, span.project.config.default_branch)
    changes = _in_order(span, [*apart.merged, *(apart.direct if with_direct else ())])
    notes_there = Noted(sources(span.project), span.line, span.forge)
    noted = [(c, note) for c in changes if (note := notes_there.about(c))]
    have_one = {change.head for change, _ in noted}
    unwanted = [c for c in changes if c.wanted == "" and c.head not in have_one]
    left = [c for c in changes if c.head not in have_one and c not in unwanted]
    facts = _facts(span, left)
    drafts = _drafts(span, [(c, known) for c in left if (known := facts[c.head])], typed)
    return Found(
        drafts=drafts,
        noted=noted,
        no_note_wanted=unwanted,
        only_notes=[c for c in left if not facts[c.head]],
        apart=apart,
        direct=[] if with_direct else [c for c in apart.direct if not notes_there.about(c)],
    )


def _in_order(span: Span, changes: Sequence[Merged]) -> list[Merged]:
    """Oldest first, as they came to stand on the main line."""
    places = {commit.sha: place for place, commit in enumerate(span.line)}
    return sorted(changes, key=lambda change: -places[change.came_with])


def _facts(span: Span, changes: Sequence[Merged]) -> dict[str, Facts | None]:
    """What git knows of each change, by its last commit; None for one of nothing but notes."""
    config = span.project.config
    differing = git.differences_of([(c.head, c.base) for c in changes], span.root)
    all_files = [file for files in differing.values() for file in files]
    generated = generated_among(all_files, span.root, config.generated)
    return {
        change.head: facts_of(
            change, differing[change.head], generated=generated, notes_folder=span.notes_folder
        )
        for change in changes
    }


def _drafts(
    span: Span, changes: Sequence[tuple[Merged, Facts]], typed: Mapping[str, Any]
) -> list[Draft]:
    config = span.project.config
    start, end = span.words
    tags = git.tags(span.root)
    shipped = shipped_in(span.line, tags, end if end in {tag.name for tag in tags} else start)
    rules = rules_in(span.root, span.forge.forge if span.forge else None)
    repository = span.forge.name if span.forge else span.root.name
    drafts = []
    for change, facts in changes:
        version, at = shipped[change.came_with]
        layers: list[Mapping[str, Any]] = [
            {"service": repository, "owner": _first_name(facts)},
            draft.from_config(config, at),
            draft.from_git(facts, span.forge),
            {"owner": owner_of(facts.files, rules, default=config.owner)},
            {"shipped": {"version": version}},
            typed,
            {"flags": [FLAG]},
        ]
        judged = judging.judge(config, draft.compose(layers), wanted="draft")
        drafts.append(Draft(change=change, judged=judged))
    return drafts


def _first_name(facts: Facts) -> str | None:
    """The one to ask while nobody else is named: who wrote the change, not who notes it."""
    first = next(iter(facts.told.authors), "")
    return first.partition(" <")[0] or None


def _written(project: Project, drafts: Sequence[Draft]) -> list[notes.Created]:
    """The drafts on disk, one after the other; what stops it says how far it came."""
    now = datetime.now(UTC)
    written: list[notes.Created] = []
    for each in drafts:
        try:
            written.append(
                notes.create(project, each.data, partial(saving.note_text, project), now)
            )
        except ChangenoteError as error:
            error.retry = (
                f"safe, {len(written)} of {len(drafts)} drafts are written, "
                "and the same command goes on"
            )
            raise
    return written


# --- Telling --------------------------------------------------------------------------------------


def _for_programs(span: Span, found: Found, written: Sequence[notes.Created]) -> Data:
    places: list[notes.Created | None] = [*written] or [None] * len(found.drafts)
    return {
        "from": span.words[0],
        "to": span.words[1],
        "drafts": [
            _draft(span, each, place) for each, place in zip(found.drafts, places, strict=True)
        ],
        "noted": [{**_plain(span, change), "note": note} for change, note in found.noted],
        "no_note_wanted": [_plain(span, change) for change in found.no_note_wanted],
        "only_notes": [_plain(span, change) for change in found.only_notes],
        "direct": [_plain(span, change) for change in found.direct],
        "back_merges": [_plain(span, change) for change in found.apart.back_merges],
        "came_again": [_plain(span, change) for change in found.apart.again],
    }


def _draft(span: Span, each: Draft, place: notes.Created | None) -> Data:
    """A draft for programs; its text where it was not written."""
    shown = {
        "id": place.id if place else None,
        "path": place.file if place else None,
        **_plain(span, each.change),
        "title": each.data["title"],
        "problems": each.judged.problems,
    }
    if place is None:
        data = {key: value for key, value in each.data.items() if key != "id"}
        shown["note"] = saving.note_text(span.project, data)
    return shown


def _plain(span: Span, change: Merged) -> Data:
    number = change.number
    return {
        "pull_request": span.forge.pull_request(number) if span.forge and number else None,
        "number": number,
        "merge": change.kind,
        "commits": [commit.sha for commit in change.line],
        "subject": change.line[0].subject,
    }


def _tell(span: Span, found: Found, written: Sequence[notes.Created]) -> None:
    for place in written:
        console.out(place.file)
    if not written:
        for each in found.drafts:
            console.out(_line(each))
    for sentence in _sentences(span, found, is_written=bool(written)):
        console.notice(sentence)


def _line(each: Draft) -> str:
    count = len(each.data.get("files", ())) + sum(each.data.get("files_omitted", {}).values())
    return f"{each.data['title']}  ({_named(each.change)}, {_counted(count, 'file')})"


def _named(change: Merged) -> str:
    if change.number is None:
        return f"{change.kind} {change.head[:12]}"
    return f"pull request {change.number}, {change.kind}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"


def _sentences(span: Span, found: Found, *, is_written: bool) -> list[str]:
    start, end = span.words
    drafts = _counted(len(found.drafts), "draft")
    done = "" if is_written or not found.drafts else " would be written"
    lines = [
        f"{start}..{end}: {_counted(len(span.line), 'commit')} on the main line, {drafts}{done}."
    ]
    lines += _about(found.noted, "has a note already", "have a note already")
    lines += _about(found.no_note_wanted, "asks for no note", "ask for no note")
    lines += _about(found.only_notes, "touched only notes", "touched only notes")
    lines += _about(found.apart.again, "came in again later", "came in again later")
    lines += _about(found.apart.back_merges, "only updates a branch", "only update a branch")
    if found.direct:
        lines.append(
            f"  {_counted(len(found.direct), 'commit')} came in without a pull request. "
            "`--direct` drafts a note for each:"
        )
        shown = found.direct[-_MOST_SHOWN:]
        lines += [f"    {c.head[:12]} {c.line[0].subject[:80]}" for c in reversed(shown)]
        more = len(found.direct) - len(shown)
        lines += [f"    … and {more} more"] if more else []
    wrong = [each for each in found.drafts if _is_wrong(each)]
    lines += _about(
        wrong,
        "has an error: `changenote check` names it",
        "have errors: `changenote check` names them",
    )
    if is_written:
        lines.append(f"  next: changenote list status:draft flag:{FLAG}")
    return lines


def _about(items: Sequence[object], one: str, many: str) -> list[str]:
    return (
        [f"  {_counted(len(items), 'change')} {one if len(items) == 1 else many}."] if items else []
    )

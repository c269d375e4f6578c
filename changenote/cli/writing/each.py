"""`changenote new --each FROM..TO`: a draft for each change that was merged in a range.

Git is asked ten times for any number of changes. Machines draft, people finish: nothing is asked,
and a draft that lacks a reason says so when it is opened.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from changenote import git
from changenote.capture import draft
from changenote.capture.changes import Facts, generated_among
from changenote.capture.codeowners import owner_of, rules_in
from changenote.capture.merged import Merged, facts_of, shipped_in, taken_apart
from changenote.cli import console
from changenote.cli.writing import each_telling, judging, saving
from changenote.cli.writing.each_telling import Draft, Found, Span
from changenote.cli.writing.finishing import REVIEW
from changenote.cli.writing.gathering import forge_of
from changenote.cli.writing.noted import Noted, sources
from changenote.errors import FINDINGS, ChangenoteError, ShallowClone, UsageProblem
from changenote.patterns import pattern
from changenote.store import notes
from changenote.store.project import Project, find_project

Data = dict[str, Any]

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


def draft_each(given: Data, typed: Data) -> int:
    """Write a draft for each change of the range that has no note yet.

    `given` are the options of `changenote new`; what was `typed` as data goes into every draft.
    """
    _refuse_others(given)
    span = _span(given["each"])
    found = _found(span, typed, with_direct=given["direct"])
    written = [] if given["dry_run"] else _written(span.project, found.drafts)
    if given["as_json"]:
        console.data(each_telling.for_programs(span, found, written))
    else:
        each_telling.tell(span, found, written)
    return FINDINGS if any(each.is_wrong for each in found.drafts) else 0


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
        notes_folder=project.notes_within(root),
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
            {"flags": [REVIEW]},
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

"""What `check` finds in notes with the help of git: one function for each fact.

Checks are pure, and a process for each note would be slow: a fact is asked of git for all notes in
one go, and what was found is kept in the cache for as long as it can be so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changenote.checks.ranges import check_range
from changenote.checks.reports import findings
from changenote.checks.reverts import check_landing, check_revert
from changenote.errors import ChangenoteError
from changenote.git_facts.memory import remembered
from changenote.git_facts.reverts import REVERTED_WITHIN, Plan, each_applies
from changenote.model.problems import Finding
from changenote.records import record
from changenote.store import notes
from changenote.store.project import Project, within

if TYPE_CHECKING:
    from changenote.capture.reverting import Applies

Data = dict[str, Any]
Ends = tuple[str, str]
"""The commits where a range starts and ends."""

MOST_REVERTS = 50
"""So many of the newest notes have their reverts tried, unless all are asked for."""


@record
class Checked:
    """A note on its way through `check`; `ends` is None when it names no range.

    `plan` is None unless it is live and its rollback reverts something.
    """

    file: str
    path: Path
    digest: bytes
    ends: Ends | None
    plan: Plan | None = None

    def read(self, project: Project) -> notes.StoredNote:
        """The note itself: slow, so only for one that is not known yet."""
        return notes.read(project, self.path)


def findings_in_git(
    project: Project, checked: Sequence[Checked], *, every_revert: bool = False
) -> list[Finding]:
    """What only git can tell of notes. Without git, or with commits it lacks, that is nothing."""
    if not project.is_repository:
        return []
    with_range = [note for note in checked if note.ends]
    plans = {note: note.plan for note in checked if note.plan}
    reverting = sorted(plans, key=lambda note: plans[note].shipped)
    if not every_revert:
        since = (datetime.now(UTC) - REVERTED_WITHIN).isoformat()
        reverting = [note for note in reverting[-MOST_REVERTS:] if plans[note].shipped > since]
    try:
        differing = _files_that_differ(project, with_range) if with_range else []
        if not reverting:
            return differing
        return [
            *differing,
            *_reverts_that_fail(project, reverting),
            *_reverts_elsewhere(project, reverting),
        ]
    except ChangenoteError:  # no git on this machine, or one that does not trust the repository
        return []


def _found(
    project: Project,
    kind: str,
    checked: Sequence[Checked],
    ask: Callable[[Sequence[Checked]], Mapping[str, list[Data]]],
    *,
    depends_on: str,
) -> list[Finding]:
    """The findings of all notes, asked of git for those of which they are not known."""
    by_file = {note.file: note for note in checked}
    told = remembered(
        project,
        kind,
        {note.file: note.digest for note in checked},
        lambda fresh: ask([by_file[file] for file in fresh]),
        depends_on=depends_on,
    )
    return [Finding(**finding) for found in told.values() for finding in found]


def _files_that_differ(project: Project, checked: Sequence[Checked]) -> list[Finding]:
    """Notes whose files are not those of their range. A range never changes, so it is asked once.

    That one has commits that this clone lacks is known until others may have come. Two processes
    for all that are asked.
    """
    return _found(
        project,
        "range",
        checked,
        lambda fresh: _compared(fresh, project),
        depends_on=f"{project.config.severity!r} {project.config.generated!r}",
    )


def _compared(checked: Sequence[Checked], project: Project) -> dict[str, list[Data]]:
    """The findings in each note whose range this clone has, as plain data."""
    from changenote import git

    ends = {note.file: note.ends for note in checked if note.ends}
    trees = git.trees(sorted({sha for pair in ends.values() for sha in pair}), project.root)
    pairs = {
        file: (trees[base], trees[head])
        for file, (base, head) in ends.items()
        if base in trees and head in trees
    }
    differing = git.paths_between(sorted(set(pairs.values())), project.root) if pairs else {}
    known = [note for note in checked if note.file in pairs]
    return {n.file: _differing(n, differing[pairs[n.file]], project) for n in known}


def _differing(note: Checked, paths: set[str], project: Project) -> list[Data]:
    from changenote.capture.changes import need_not_be_listed

    stored = note.read(project)
    if stored.note is None:
        return []
    optional = need_not_be_listed(
        paths, notes_folder=project.notes.name, generated=project.config.generated
    )
    problems = check_range(stored.note, _written(paths), optional=_written(optional))
    found = findings(note.file, problems, project.config, stored.document.position)
    return [asdict(finding) for finding in found]


def _written(paths: Iterable[str]) -> set[str]:
    from changenote import git

    return {git.written_path(path) for path in paths}


def _reverts_that_fail(project: Project, checked: Sequence[Checked]) -> list[Finding]:
    """Notes whose reverts no longer work on HEAD. Kept for as long as HEAD stays what it is.

    One process when all is known.
    """
    from changenote import git

    head = git.commit_id("HEAD", project.root)
    return _found(
        project,
        "reverts",
        checked,
        lambda fresh: _tried(fresh, project, head),
        depends_on=f"{project.config.severity!r} {head}",
    )


def _tried(checked: Sequence[Checked], project: Project, head: str) -> dict[str, list[Data]]:
    """The findings in each note of which it can be told whether its reverts work."""
    plans = {note.file: note.plan for note in checked if note.plan}
    told = each_applies(project, plans, head, limit=10 + len(plans) / 10)
    return {n.file: _failing(n, told[n.file], project, head) for n in checked if n.file in told}


def _failing(note: Checked, outcome: "Applies", project: Project, head: str) -> list[Data]:
    if outcome.state == "clean":
        return []
    stored = note.read(project)
    if stored.note is None:
        return []
    problems = check_revert(
        stored.note,
        outcome.state,
        commit=outcome.commit,
        paths=outcome.paths,
        why=outcome.why,
        onto=head,
    )
    found = findings(note.file, problems, project.config, stored.document.position)
    return [asdict(finding) for finding in found]


def _reverts_elsewhere(project: Project, checked: Sequence[Checked]) -> list[Finding]:
    """Notes whose changes came into the history of HEAD by other commits than they revert.

    Kept for as long as HEAD stays what it is; a process for each note, and two for each that is
    found.
    """
    from changenote import git

    if git.is_shallow(project.root):
        return []
    head = git.commit_id("HEAD", project.root)
    return _found(
        project,
        "elsewhere",
        checked,
        lambda fresh: {note.file: _elsewhere(note, project) for note in fresh},
        depends_on=f"{project.config.severity!r} {head}",
    )


def _elsewhere(note: Checked, project: Project) -> list[Data]:
    from changenote import git
    from changenote.capture.landing import elsewhere

    root = git.root_around(project.root)
    file = within(project, root, note.file)
    stored = note.read(project)
    # What is in no commit of this history was not merged yet.
    if stored.note is None or note.plan is None or not git.added_by(file, "HEAD", root):
        return []
    found = elsewhere(
        (revision for revision, _ in note.plan.undo),
        file,
        [git.real_path(one.path) for one in stored.note.files],
        root,
        notes_folder=project.notes_within(root),
    )
    problems = [check_landing(stored.note, found.revision, found.landed)] if found else []
    told = findings(note.file, problems, project.config, stored.document.position)
    return [asdict(finding) for finding in told]

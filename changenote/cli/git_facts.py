"""What git knows about the notes that `check` looks at: one function for each fact.

Checks are pure, and a process for each note would be slow: a fact is asked of git for all notes in
one go, and kept in the index when it can never change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changenote.checks.ranges import check_range
from changenote.checks.reports import findings
from changenote.checks.reverts import check_revert
from changenote.errors import ChangenoteError
from changenote.model.problems import Finding
from changenote.records import record
from changenote.store import index, notes
from changenote.store.project import Project

if TYPE_CHECKING:
    from changenote.capture.reverting import Applies

Data = dict[str, Any]
Ends = tuple[str, str]
"""The commits where a range starts and ends."""

Undo = tuple[str, int | None]
"""What one `git revert` takes back, and the parent that stays of a merge."""

MOST_REVERTS, NEWEST = 50, timedelta(days=90)
"""The notes whose reverts are tried unless all are asked for: later, hardly anybody reverts."""


@record
class Checked:
    """A note on its way through `check`; `ends` is None when it names no range.

    `undo` is what its rollback reverts, `shipped` when it shipped: both only of one that is live.
    """

    file: str
    path: Path
    raw: bytes
    ends: Ends | None
    undo: tuple[Undo, ...] = ()
    shipped: str = ""

    def read(self) -> notes.StoredNote:
        """The note itself: slow, so only for one that is not known yet."""
        return notes.understood(self.file, self.path, self.raw)


def findings_in_git(
    project: Project, checked: Sequence[Checked], *, every_revert: bool = False
) -> list[Finding]:
    """What only git can tell of notes. Without git, or with commits it lacks, that is nothing."""
    if not project.is_repository:
        return []
    with_range = [note for note in checked if note.ends]
    reverting = [note for note in checked if note.undo]
    if not every_revert:
        since = (datetime.now(UTC) - NEWEST).isoformat()
        newest = sorted(reverting, key=lambda note: note.shipped)[-MOST_REVERTS:]
        reverting = [note for note in newest if note.shipped > since]
    try:
        differing = _files_that_differ(project, with_range) if with_range else []
        return differing + (_reverts_that_fail(project, reverting) if reverting else [])
    except ChangenoteError:  # no git on this machine, or one that does not trust the repository
        return []


def _files_that_differ(project: Project, checked: Sequence[Checked]) -> list[Finding]:
    """Notes whose files are not those of their range. A range never changes, so it is asked once.

    That one has commits that this clone lacks is known until others may have come. Two processes
    for all that are asked.
    """
    return _remembered(
        project,
        "range",
        checked,
        lambda fresh: _compared(fresh, project),
        depends_on=f"{project.config.severity!r} {project.config.generated!r}",
    )


def _remembered(
    project: Project,
    kind: str,
    checked: Sequence[Checked],
    ask: Callable[[Sequence[Checked]], Mapping[str, list[Data]]],
    *,
    depends_on: str,
) -> list[Finding]:
    """The findings of all notes, asked of git for those of which they are not known."""
    arrivals = _arrivals(project.root)
    by_file = {note.file: note for note in checked}

    def compute(fresh: Mapping[str, bytes]) -> dict[str, Data]:
        told = ask([by_file[file] for file in fresh])
        return {file: {"found": told.get(file), "arrivals": arrivals} for file in fresh}

    rows = index.derived_together(
        project.cache,
        kind,
        {note.file: note.raw for note in checked},
        compute,
        depends_on=depends_on,
        holds=lambda row: _holds(row, arrivals),
    )
    return [Finding(**finding) for row in rows.values() for finding in row["found"] or ()]


def _arrivals(root: Path) -> str:
    """A text that changes when commits may have come from elsewhere; empty when nobody can tell.

    Only files are looked at: no process is started, nor what starts them loaded.
    """
    if not (root / ".git").is_dir():  # a linked work tree
        return ""
    places = ("FETCH_HEAD", "shallow", "objects/pack", "packed-refs")
    return " ".join(str(_changed_at(root / ".git" / place)) for place in places)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _holds(row: Data, arrivals: str) -> bool:
    """Is what is known of a note still so? What cannot be told may be, once commits came."""
    return row["found"] is not None or (row["arrivals"] == arrivals and arrivals != "")


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

    stored = note.read()
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

    One process when all is known; two or three more for all that is not, and one for each further
    commit of the longest plan.
    """
    from changenote import git

    head = git.commit_id("HEAD", project.root)
    return _remembered(
        project,
        "reverts",
        checked,
        lambda fresh: _tried(fresh, project, head),
        depends_on=f"{project.config.severity!r} {head}",
    )


def _tried(checked: Sequence[Checked], project: Project, head: str) -> dict[str, list[Data]]:
    """The findings in each note of which it can be told whether its reverts work."""
    from changenote.capture.reverting import Revert, each_reverts_cleanly

    plans = [[Revert(revision=r, mainline=m) for r, m in note.undo] for note in checked]
    limit = 10 + len(plans) / 10
    outcomes = each_reverts_cleanly(project.root, plans, head, limit=limit)
    known = zip(checked, outcomes, strict=True)
    return {n.file: _failing(n, o, project, head) for n, o in known if o.state != "unknown"}


def _failing(note: Checked, outcome: "Applies", project: Project, head: str) -> list[Data]:
    if outcome.state == "clean":
        return []
    stored = note.read()
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

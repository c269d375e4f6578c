"""Where a change landed whose note was written on its branch: a squash gives it another commit.

The note names the commits of the branch then, which no fresh clone has. The commit that brought the
note's file into the history brought its change as well, if it touches more than notes.
"""

from collections.abc import Iterable
from pathlib import Path

from changenote import git
from changenote.records import record


@record
class Elsewhere:
    """What a `git revert` names and the history does not have, and the commit to name instead.

    `landed` is None where no commit brought all of the change together.
    """

    revision: str
    landed: str | None


def elsewhere(
    revisions: Iterable[str], file: str, paths: Iterable[str], folder: Path, *, notes_folder: str
) -> Elsewhere | None:
    """The first revision that the history of HEAD does not have; None when it has all of them.

    `file` is the note's, `paths` are those of its change, and all are named from the top of the
    repository. Of a range its end is asked for. Nobody knows in a shallow clone.
    """
    if git.is_shallow(folder):
        return None
    named = ((revision, revision.rpartition("..")[2]) for revision in revisions)
    gone = next((r for r, last in named if not git.is_between(last, None, "HEAD", folder)), None)
    if gone is None:
        return None
    landed = landing(file, "HEAD", folder, notes_folder=notes_folder)
    wanted = set(paths)
    whole = landed and wanted and wanted <= set(git.paths_touched(landed, folder))
    return Elsewhere(revision=gone, landed=landed if whole else None)


def landing(file: str, head: str, folder: Path, *, notes_folder: str) -> str | None:
    """The commit that brought a note's file, and its change with it; None when it came alone."""
    commit = git.added_by(file, head, folder)
    if commit is None:
        return None
    start = f"{notes_folder}/"
    others = (path for path in git.paths_touched(commit, folder) if not path.startswith(start))
    return commit if any(others) else None

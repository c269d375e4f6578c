"""Where a change landed whose note was written on its branch: a squash gives it another commit.

The note names the commits of the branch then, which no fresh clone has. The commit that brought the
note's file into the history brought its change as well, if it touches more than notes.
"""

from collections.abc import Iterable
from pathlib import Path

from changenote import git


def is_elsewhere(revision: str, head: str, folder: Path) -> bool:
    """Is what a `git revert` names not in the history of a commit? Nobody knows in a shallow clone.

    Of a range its end is asked for.
    """
    last = revision.rpartition("..")[2]
    return not git.is_between(last, None, head, folder) and not git.is_shallow(folder)


def landing(file: str, head: str, folder: Path, *, notes_folder: str) -> str | None:
    """The commit that brought a note's file, and its change with it; None when it came alone.

    `file` and `notes_folder` are named from the top of the repository.
    """
    commit = git.added_by(file, head, folder)
    if commit is None:
        return None
    start = f"{notes_folder}/"
    others = (path for path in git.paths_touched(commit, folder) if not path.startswith(start))
    return commit if any(others) else None


def whole(
    file: str, paths: Iterable[str], head: str, folder: Path, *, notes_folder: str
) -> str | None:
    """The same, if it brought all of these paths, too: then it is what has to be reverted."""
    commit = landing(file, head, folder, notes_folder=notes_folder)
    wanted = set(paths)
    if commit and wanted and wanted <= set(git.paths_touched(commit, folder)):
        return commit
    return None

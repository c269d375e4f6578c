"""`changenote hook`: what git's hooks run."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from stat import S_ISCHR
from typing import Any

import click

from changenote import git
from changenote.cli import console
from changenote.cli.pulls import branch as branches
from changenote.errors import FINDINGS, ChangenoteError
from changenote.model.identity import id_in_file_name
from changenote.patterns import pattern
from changenote.store import files
from changenote.store.project import Project, find_project

BLOCK = "changenote.block"

_SCISSORS = pattern(r"(?m)^\S+ -+ >8 -+$")
_TO_BE_MERGED = ("fixup! ", "squash! ", "amend! ")


@click.group()
def command() -> None:
    """What git's hooks run. `changenote init --hook` installs them.

    They stop no commit, and a push only where you want that. With CHANGENOTE_HOOKS=0 in the
    environment they do nothing.
    """


@command.command("commit-msg", short_help="Name the branch's notes in the message of a commit.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def commit_msg(file: Path) -> int:
    """Name the branch's notes in the message of a commit: `Change-Note: ID`.

    FILE has the message. Only notes count that are committed or staged; on the default branch,
    those that the commit itself adds. A message that is empty or belongs to another commit
    (`fixup!`, a rebase) stays as it is. The exit code is 0, whatever happens.
    """
    if _is_off():
        return 0
    try:
        with suppress(ChangenoteError, OSError):
            _name_notes(find_project(Path.cwd()), file)
    except Exception as error:  # a bug of ours is told, and the commit goes ahead
        console.bug(error)
    return 0


@command.command("pre-push", short_help="Say whether the branch that is pushed has a note.")
@click.argument("remote", nargs=-1)
@click.option("--block", is_flag=True, help="Stop the push when there is no note.")
def pre_push(remote: tuple[str, ...], block: bool) -> int:  # noqa: ARG001 - git gives name and address
    """Say whether the branch that is pushed has a note, as `changenote check --ci` does.

    Without one the exit code is 1, and that stops the push, only with --block or after `git config
    changenote.block true`. Nothing is said of tags, of the default branch, and of branches that are
    not checked out. With `</dev/null` it does not know what is pushed: then the branch that is
    checked out is meant, unless it is the default one.
    """
    if _is_off():
        return 0
    try:
        return _push(find_project(Path.cwd()), block=block)
    except ChangenoteError as error:
        console.notice(f"changenote could not look for a note: {error.what}.")
    except Exception as error:  # a bug of ours is told, and the push goes ahead
        console.bug(error)
    return 0


def _is_off() -> bool:
    return os.environ.get("CHANGENOTE_HOOKS") == "0"


def _name_notes(project: Project, file: Path) -> None:
    if not project.notes.is_dir() or git.is_rebasing(project.root):
        return
    old = file.read_bytes()
    if not _has_words(old, project.root) or old.startswith(tuple(map(str.encode, _TO_BE_MERGED))):
        return
    added = git.files_staged(_base(project), project.notes.name, project.root)
    ids = [i for name in added if (i := id_in_file_name(name.rpartition("/")[2]))]
    if not ids:
        return
    from changenote.cli.pulls.pr_trailer import KEY  # brings all that pull requests need

    new = git.with_trailers(old, KEY, ids, project.root, has_comments=_has_comments(old))
    if new != old:
        files.replace(file, new.decode("utf-8", "surrogateescape"), was=old)


def _base(project: Project) -> str:
    """Where what is named begins: on the default branch each commit has its own notes alone."""
    if git.branch(project.root) == project.config.default_branch:
        return "HEAD"
    return branches.left_at("HEAD", project) or "HEAD"


def _has_comments(message: bytes) -> bool:
    """Is the message for an editor, with lines that are no part of it?"""
    no_editor = os.environ.get("GIT_EDITOR") == ":"  # so git says it to its hooks
    return not no_editor or bool(_SCISSORS.search(message.decode("utf-8", "surrogateescape")))


def _has_words(message: bytes, root: Path) -> bool:
    """Is there a message? Git gives up a commit without one, which a trailer must not prevent."""
    text = message.decode("utf-8", "surrogateescape")
    words = _SCISSORS.split(text, maxsplit=1)[0].encode("utf-8", "surrogateescape")
    return bool(git.without_comments(words, root).strip())


def _push(project: Project, *, block: bool) -> int:
    if not project.notes.is_dir() or not _is_pushed(project):
        return 0
    from changenote.cli.checking.check import command as check

    code: Any = check.main(["--ci"], prog_name="changenote check", standalone_mode=False)
    if code != FINDINGS:
        return 0
    if block or git.is_set(BLOCK, project.root):
        console.notice("The push was stopped. `git push --no-verify` goes ahead.")
        return FINDINGS
    console.notice("It is pushed all the same.")
    return 0


def _is_pushed(project: Project) -> bool:
    """Is the branch that is checked out among what is pushed, and is it not the default one?"""
    name = git.branch(project.root)
    if name is None:
        return False
    pushed = _pushed_refs()
    if pushed is None:
        return name != project.config.default_branch
    default = f"refs/heads/{project.config.default_branch}"
    return any(local == f"refs/heads/{name}" and there != default for local, there in pushed)


def _pushed_refs() -> list[tuple[str, str]] | None:
    """What is pushed where, as git tells it on stdin, or pre-commit in its variables.

    None where nobody tells it: stdin is a terminal, closed or `/dev/null`. Git's own is a pipe, and
    it is empty where nothing is pushed.
    """
    told = os.environ.get("PRE_COMMIT_LOCAL_BRANCH"), os.environ.get("PRE_COMMIT_REMOTE_BRANCH")
    if told[0] and told[1]:
        return [(told[0], told[1])]
    if sys.stdin is None or S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode):
        return None
    fields = (line.split() for line in sys.stdin.read().splitlines())
    return [(f[0], f[2]) for f in fields if len(f) == 4 and f[1].strip("0")]

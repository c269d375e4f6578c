"""What `init --hook` writes: hooks of git, which no other hook has to make room for."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from changenote import git
from changenote.cli import console
from changenote.cli.setup.setting_up import Change, existing, rendered
from changenote.errors import CannotWrite
from changenote.patterns import pattern

HOOKS = ("commit-msg", "pre-push")

# The end of the line that says who wrote a hook; before its full stop stands a sum of all the rest.
_END = "`.\n"
_SUMMED = pattern(r"`, sum ([0-9a-f]{16})\.\n")

# What was written before there were sums, whichever Python it names.
_PYTHON = pattern(
    r"(?m)^(elif \[ -x |    )(?:/\S+|'/[^'\n]*')(?= \]; then # a graphical| -P -m changenote hook )"
)
_WITHOUT_SUM = (
    "3fd6d9e0df57c5cb",
    "a87b64a8cdbdf1ad",
    "e1761553c4bbe0dc",
    "62899670bda932f7",
)

# In a hook of somebody else's. What git says to pre-push on stdin can be read once, and is for that
# one; and where the program is missing or fails (all but 1), nothing is stopped.
_LINES = {
    "commit-msg": 'changenote hook commit-msg "$@" || true',
    "pre-push": 'changenote hook pre-push "$@" </dev/null || [ $? -ne 1 ] || exit 1',
}


def changes(root: Path, hooks: Sequence[str]) -> tuple[list[Change], list[CannotWrite]]:
    """The hooks of this clone as they should be, and why others of them cannot be written."""
    folder, told_by = git.hooks_folder(root)
    if str(folder) == os.devnull:
        raise CannotWrite(
            f"hooks are switched off: core.hooksPath is {os.devnull}",
            expected="a folder for hooks",
            hint="`git config --show-origin core.hooksPath` says where that was set.",
        )
    done: list[Change] = []
    refused: list[CannotWrite] = []
    for hook in hooks:
        try:
            done.append(_change(folder / hook, hook, root))
        except CannotWrite as error:
            refused.append(error)
    if told_by in ("global", "system") and any(change.is_needed for change in done):
        console.notice(
            f"Hooks are in {folder}, as core.hooksPath in your {told_by} git config says: they hold"
            " for every clone that has that config, not for this one alone."
        )
    return done, refused


def make_runnable(changes: Sequence[Change]) -> None:
    """See that git may run the hooks."""
    for change in changes:
        if not os.access(change.path, os.X_OK):
            change.path.chmod(change.path.stat().st_mode | 0o111)


def _change(path: Path, hook: str, root: Path) -> Change:
    old = existing(path)
    if old is None or _is_ours(old):
        return Change(path, old, _script(hook, path, root), is_run=True)
    if f"changenote hook {hook}" in old:
        return Change(path, old, old, is_run=True)
    raise CannotWrite(
        f"there is a {hook} hook already, which changenote did not write: {path}",
        expected=f"no {hook} hook, or one of changenote's",
        retry="safe, it was left as it is",
        hint=f"To have both, add this line to it: {_LINES[hook]}",
    )


def _script(hook: str, path: Path, root: Path) -> str:
    # A folder of the work tree is shared with people who have another Python.
    is_shared = path.parent.resolve().is_relative_to(root.resolve()) and not _is_of_git(path, root)
    python = "" if is_shared else quote(sys.executable)
    text = rendered("hook.sh.j2", hook=hook, python=python)
    return text.replace(_END, f"{_END[:1]}, sum {_sum(text)}{_END[1:]}", 1)


def _is_ours(text: str) -> bool:
    """Is a hook, to the byte, one that we wrote, now or in an older version?"""
    if found := _SUMMED.search(text):
        return _sum(text.replace(found[0], _END, 1)) == found[1]
    return _sum(_PYTHON.sub(r"\1python", text)) in _WITHOUT_SUM


def _sum(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _is_of_git(path: Path, root: Path) -> bool:
    common = git.common_folder(root)
    return common is not None and path.parent.resolve().is_relative_to(common.resolve())

"""The commands that take a change back: `git revert`, and the deployment of what was before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from changenote import git
from changenote.patterns import pattern

MOST_REVERTS = 10
"""Commits that are reverted by a command each; more go into one."""
_MOST_NAMED = 90  # commits whose ids fit in the 4,000 characters of a step


def revert_steps(
    root: Path,
    base: str | None,
    head: str,
    *,
    main_line: Sequence[git.Commit],
    ours: Collection[str],
) -> tuple[str, ...]:
    """Commands that revert a range, newest first; none when it is too long or the first commit.

    `main_line` are its commits along first parents, `ours` those of all its commits that are to go.
    A merge is reverted against the parent that has the base. Reverting one by one stops at the
    commit that conflicts, where a person can take over.
    """
    if base is None or not main_line:
        return ()
    if any(len(commit.parents) > 1 for commit in main_line):
        found = list(_with_merges(root, base, head, main_line, ours))
        return tuple(map(_command, found)) if len(found) <= MOST_REVERTS else ()
    if len(main_line) <= MOST_REVERTS:
        return tuple(f"git revert --no-edit {commit.sha}" for commit in main_line)
    if git.distance(base, head, root) == len(main_line):
        return (f"git revert --no-edit {base}..{head}",)
    named = " ".join(commit.sha for commit in main_line)
    return (f"git revert --no-edit {named}",) if len(main_line) <= _MOST_NAMED else ()


def redeployed(
    revert: Sequence[str], deployed: str, *, earlier: Sequence[str], tag: str | None
) -> tuple[str, ...]:
    """What undoes a change on the machines, which a revert of its commits alone does not.

    The deployment of the version before: as it was run then (`earlier` command lines, the newest
    last), else `deployed` with the `tag` that the change began at in the place of its own version.
    A deployment that names no version puts what was reverted on the machines. Where none of these
    can be told, it is the revert.
    """
    versions = set(_VERSION.findall(deployed))
    shape = _VERSION.sub("#", deployed)
    for line in reversed(earlier):
        if line != deployed and _VERSION.sub("#", line) == shape:
            return (line,)
    if not versions:
        return (*revert, deployed) if revert else ()
    if len(versions) == 1 and tag and _VERSION.fullmatch(tag) and tag not in versions:
        return (deployed.replace(versions.pop(), tag),)
    return tuple(revert)


_VERSION = pattern(r"\bv?\d+(?:\.\d+)+[\w.+-]*|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b")

Way = tuple[str, int | None]
"""A commit, and for a merge the number of the parent that stays."""


def _command(way: Way) -> str:
    sha, parent = way
    return f"git revert --no-edit {f'-m {parent} ' if parent else ''}{sha}"


def _with_merges(
    root: Path,
    base: str,
    head: str,
    main_line: Sequence[git.Commit],
    ours: Collection[str],
) -> Iterator[Way]:
    """The way from the head back to the base.

    It leaves the line of first parents where somebody merged the base into the branch that shipped
    and moved the main branch on to that merge: its first parent is the branch, and against it a
    revert would take back what others did before the base.
    """
    parents = git.parents_between(base, head, root)
    if _is_on_first_parents(base, head, parents):
        yield from ((c.sha, 1 if len(c.parents) > 1 else None) for c in main_line)
        return
    after_base = _after(base, parents)
    while head in parents:
        number = next(
            (n for n, parent in enumerate(parents[head]) if parent in after_base),
            0,
        )
        is_merge = len(parents[head]) > 1
        if is_merge or head in ours:
            yield head, number + 1 if is_merge else None
        head = next(iter(parents[head][number:]), "")


def _is_on_first_parents(base: str, head: str, parents: Mapping[str, Sequence[str]]) -> bool:
    while head in parents:
        head = next(iter(parents[head]), "")
    return head == base


def _after(base: str, parents: Mapping[str, Sequence[str]]) -> set[str]:
    """The base and the commits that have it behind them; `parents` has the newest first."""
    found = {base}
    for commit in reversed(list(parents)):
        if not found.isdisjoint(parents[commit]):
            found.add(commit)
    return found

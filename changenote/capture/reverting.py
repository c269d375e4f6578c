"""Would `git revert` still work? Tried in a temporary repository; nothing else is touched.

A revert is a merge: its base is the commit, ours is where the branch stands, theirs the commit's
parent. `trial` makes such merges.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from changenote import git
from changenote.capture.trial import Commit, Merged, Trial, Unknown
from changenote.errors import ChangenoteError, GitFailed, NotARepository
from changenote.patterns import pattern
from changenote.records import record

MOST = 100
"""Commits that one plan may revert; a longer one is no plan for a night."""

_COMMAND = pattern(r"(?:^|&&|\|\||[;|&\n])[ \t]*git[ \t]+revert(?![\w-])([^;&|\n#]*)")
_OTHER_PLACE = pattern(
    r"(?<![\w-])(?:cd|pushd|checkout|switch|reset)(?![\w-])|\bgit[ \t]+-[Cc]\b",
    holds=("cd", "pushd", "checkout", "switch", "reset", "-C", "-c"),
)
_REVISION = pattern(r"(?!-)[\w./@{}^~+-]+")
_MOVING = pattern(r"(?:HEAD|@)(?![\w/])", holds=("HEAD", "@"))
_MAINLINE = pattern(r"(?<!\S)(?:-m\s*|--mainline[\s=]\s*)(\d{1,2})(?!\S)", holds=("-m",))
_HARMLESS = ("--no-edit", "--edit", "-e", "--no-commit", "-n", "--signoff", "-s", "--no-gpg-sign")
_EMPTY_TREES = {
    40: git.EMPTY_TREE,
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}

State = Literal["clean", "undone", "conflicts", "refused", "unknown"]


@record
class Revert:
    """One `git revert`: a commit or a range as it is written, and the parent that stays."""

    revision: str
    mainline: int | None = None


@record
class Applies:
    """Whether a plan of reverts still works on a commit, `onto`.

    `clean`: it does, and gives `tree`. `undone`: there is nothing left to revert. `conflicts`:
    reverting `commit` conflicts in `paths`, as git quotes odd ones. `refused`: git would stop at
    `commit`; `why` says why. `unknown`: it cannot be told here; `why` says why.
    """

    state: State
    onto: str | None = None
    commit: str | None = None
    paths: tuple[str, ...] = ()
    tree: str | None = None
    why: str = ""

    @property
    def in_words(self) -> str:
        """In words that follow “The revert …” or “Reverting it …”; `tried_on` comes last."""
        return f"{self.says} {self.tried_on}".rstrip()

    @property
    def says(self) -> str:
        """The same without `tried_on`."""
        commit = (self.commit or "")[:7]
        if self.state == "clean":
            return "applies cleanly onto"
        if self.state == "undone":
            return "has nothing left to do as of"
        if self.state == "conflicts":
            return f"conflicts in {_listed(self.paths)} when {commit} is reverted onto"
        if self.state == "refused":
            return f"stops at {commit}: {self.why}"
        return f"could not be tried: {self.why}"

    @property
    def tried_on(self) -> str:
        """The short id of `onto`; empty where the words name what stopped it instead."""
        return "" if self.state in ("refused", "unknown") else (self.onto or "")[:7]

    @property
    def is_broken(self) -> bool:
        """Will the commands not do what they are there for?"""
        return self.state in ("undone", "conflicts", "refused")


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def revert_commits(steps: Iterable[str]) -> tuple[Revert, ...]:
    """What the `git revert` commands among rollback steps revert, in order.

    Nothing when there are none, or when one cannot be followed: it takes its commit from a
    variable or `HEAD`, merges in its own way (`-X`), or the steps go to another place first.
    """
    reverts: list[Revert] = []
    for step in steps:
        if "git" not in step:
            continue
        for match in _COMMAND.finditer(step.replace("\\\n", " ")):
            if _OTHER_PLACE.search(step):
                return ()
            found = _parsed(match[1])
            if not found:
                return ()
            reverts += found
    return tuple(reverts)


def _parsed(arguments: str) -> list[Revert]:
    """The reverts of one command; none when it cannot be followed."""
    mainline = _MAINLINE.search(arguments)
    words = _MAINLINE.sub(" ", arguments, count=1).split()
    revisions = [word for word in words if word not in _HARMLESS]
    followed = all(_REVISION.fullmatch(r) and not _MOVING.match(r) for r in revisions)
    is_mixed = len(revisions) > 1 and any(".." in r for r in revisions)
    if not followed or is_mixed or any("..." in r for r in revisions):
        return []
    number = int(mainline[1]) if mainline else None
    return [Revert(revision=revision, mainline=number) for revision in revisions]


def reverts_cleanly(
    root: Path, reverts: Sequence[Revert], onto: str = "HEAD", *, limit: float = 10
) -> Applies:
    """Would these reverts, one after the other, still work on a commit? Within `limit` seconds.

    Neither the work tree nor the repository is touched, and nothing is fetched or run but git.
    """
    return each_reverts_cleanly(root, [reverts], onto, limit=limit)[0]


def each_reverts_cleanly(
    root: Path, plans: Sequence[Sequence[Revert]], onto: str = "HEAD", *, limit: float = 10
) -> list[Applies]:
    """`reverts_cleanly` for many plans that do not know of each other, with the same processes."""
    try:
        with Trial(git.root_around(root), limit) as trial:
            tip = trial.commit(onto)
            courses = [_course(trial, plan, tip) for plan in plans]
            while active := [course for course in courses if course.result is None]:
                _take_one_step(trial, active)
            return [course.result for course in courses if course.result]
    except (Unknown, GitFailed, NotARepository, OSError) as error:
        return [Applies(state="unknown", why=_why(error))] * len(plans)


def _why(error: Exception) -> str:
    if isinstance(error, ChangenoteError):
        return error.what
    if isinstance(error, FileNotFoundError) and error.filename == "git":
        return "git was not found"
    return (error.strerror or "").lower() if isinstance(error, OSError) else str(error)


class _Refused(Exception):  # noqa: N818 - named for its cause
    """Git would not even try to revert a commit."""

    def __init__(self, commit: str, why: str) -> None:
        super().__init__(why)
        self.commit = commit


class _Course:
    """A plan on its way: the tree so far, what is still to revert and the tree it goes back to."""

    def __init__(self, tip: Commit) -> None:
        self.tip = tip
        self.tree = tip.tree
        self.ahead: list[tuple[Commit, str]] = []
        self.idle: list[Commit] = []
        self.reverted = 0
        self.result: Applies | None = None

    def ends(self, state: State, commit: str | None = None, **more: Any) -> None:
        """The plan's answer is known."""
        self.result = Applies(state=state, onto=self.tip.sha, commit=commit, **more)


def _course(trial: "Trial", plan: Sequence[Revert], tip: Commit) -> _Course:
    course = _Course(tip)
    try:
        for commit, mainline in _single(trial, plan):
            course.ahead.append((commit, _tree_before(trial, commit, mainline)))
    except _Refused as refused:
        course.ends("refused", refused.commit, why=str(refused))
    except Unknown as error:
        course.ends("unknown", why=str(error))
    return course


def _single(trial: "Trial", plan: Sequence[Revert]) -> Iterator[tuple[Commit, int | None]]:
    """The commits that are reverted one by one; a range newest first, as git takes it."""
    count = 0
    for revert in plan:
        for revision in trial.range(revert.revision, most=MOST + 1):
            count += 1
            if count > MOST:
                raise Unknown(f"more than {MOST} commits are reverted")
            yield trial.commit(revision), revert.mainline


def _tree_before(trial: "Trial", commit: Commit, mainline: int | None) -> str:
    """The tree that a revert goes back to."""
    parents = commit.parents
    if mainline is None and len(parents) > 1:
        raise _Refused(commit.sha, "it is a merge, so the command must say `-m 1`")
    number = mainline or 1
    if mainline == 0 or (mainline and number > len(parents)):
        raise _Refused(commit.sha, f"it has no parent {mainline}, which `-m {mainline}` asks for")
    if not parents:
        return _EMPTY_TREES[len(commit.sha)]
    try:
        return trial.commit(parents[number - 1]).tree
    except Unknown as error:
        raise Unknown("the commit before it is missing: this clone is cut off") from error


def _take_one_step(trial: "Trial", courses: Sequence[_Course]) -> None:
    """Revert one commit of each plan."""
    next_ones = [(course.ahead[0], course.tree) for course in courses if course.ahead]
    merges = {(commit.tree, tree, before) for (commit, before), tree in next_ones}
    done = trial.merged(sorted(merges)) if merges else {}
    for course in courses:
        if not course.ahead:
            _arrive(course)
            continue
        commit, before = course.ahead.pop(0)
        _go_on(course, commit, done[commit.tree, course.tree, before])


def _go_on(course: _Course, commit: Commit, merged: "Merged | Unknown") -> None:
    if isinstance(merged, Unknown):
        course.ends("unknown", why=str(merged))
    elif not merged.is_clean:
        paths = tuple(git.written_path(path) for path in merged.conflicts)
        course.ends("conflicts", commit.sha, paths=paths)
    else:
        course.idle += [commit] if merged.tree == course.tree else []
        course.reverted += 1
        course.tree = merged.tree


def _arrive(course: _Course) -> None:
    """All is reverted. What is undone already makes git stop, unless everything is."""
    if len(course.idle) == course.reverted:
        course.ends("undone", tree=course.tree)
    elif course.idle:
        why = "it is undone already, and git stops where nothing changes"
        course.ends("refused", course.idle[0].sha, why=why)
    else:
        course.ends("clean", tree=course.tree)

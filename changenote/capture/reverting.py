"""Would `git revert` still work? Tried in memory and a temporary folder; nothing else is touched.

A revert is a merge: its base is the commit, ours is where the branch stands, theirs the commit's
parent. Git 2.39 merges only commits, and finds their base itself, so each merge gets three commits
made for it. They lie in a repository of their own that borrows the objects of the real one. No
config, hook, attribute or remote of the real one is known there, so no program of theirs can run.
No byte of the real one changes; git only renews the time of an object that it need not write again.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic
from typing import IO, Any, Literal, cast

from changenote import git
from changenote.errors import ChangenoteError, GitFailed, NotARepository
from changenote.patterns import pattern
from changenote.records import record

MOST = 100
"""Commits that one plan may revert; a longer one is no plan for a night."""

_COMMAND = pattern(r"(?:^|&&|\|\||[;|&\n])[ \t]*git[ \t]+revert(?![\w-])([^;&|\n#]*)")
_OTHER_PLACE = pattern(r"(?<![\w-])(?:cd|pushd|checkout|switch|reset)(?![\w-])|\bgit[ \t]+-[Cc]\b")
_REVISION = pattern(r"(?!-)[\w./@{}^~+-]+")
_MOVING = pattern(r"(?:HEAD|@)(?![\w/])")
_MAINLINE = pattern(r"(?<!\S)(?:-m\s*|--mainline[\s=]\s*)(\d{1,2})(?!\S)")
_HARMLESS = ("--no-edit", "--edit", "-e", "--no-commit", "-n", "--signoff", "-s", "--no-gpg-sign")
_EMPTY_TREES = {
    40: git.EMPTY_TREE,
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_ALONE = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
}
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
_TOLD = {"unset": "-merge", **{name: f"merge={name}" for name in ("text", "binary", "union")}}
_BY_GIT = ("unspecified", "set", *_TOLD)

State = Literal["clean", "undone", "conflicts", "refused", "unknown"]
Merge = tuple[str, str, str]
"""Three trees: the base, ours, theirs."""


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
        """In words that follow “The revert …” or “Reverting it …”."""
        onto = f"onto {self.onto[:7]}" if self.onto else ""
        commit = (self.commit or "")[:7]
        if self.state == "clean":
            return f"applies cleanly {onto}"
        if self.state == "undone":
            return f"has nothing left to do as of {onto.removeprefix('onto ')}"
        if self.state == "conflicts":
            return f"conflicts in {_listed(self.paths)} when {commit} is reverted {onto}"
        if self.state == "refused":
            return f"stops at {commit}: {self.why}"
        return f"could not be tried: {self.why}"


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
        with _Repository(git.root_around(root), limit) as trial:
            tip = trial.commit(onto)
            courses = [_course(trial, plan, tip) for plan in plans]
            while active := [course for course in courses if course.result is None]:
                _take_one_step(trial, active)
            return [course.result for course in courses if course.result]
    except (_Unknown, GitFailed, NotARepository, OSError) as error:
        return [Applies(state="unknown", why=_why(error))] * len(plans)


def _why(error: Exception) -> str:
    if isinstance(error, ChangenoteError):
        return error.what
    if isinstance(error, FileNotFoundError) and error.filename == "git":
        return "git was not found"
    return (error.strerror or "").lower() if isinstance(error, OSError) else str(error)


class _Unknown(Exception):  # noqa: N818 - named for its cause
    """It cannot be told whether the revert works."""


class _Refused(Exception):  # noqa: N818 - named for its cause
    """Git would not even try to revert a commit."""

    def __init__(self, commit: str, why: str) -> None:
        super().__init__(why)
        self.commit = commit


@record
class _Commit:
    """A commit and its tree."""

    sha: str
    tree: str
    parents: tuple[str, ...]


@record
class _Merged:
    """The tree of a merge, the paths that conflict, and all whose contents had to be merged."""

    tree: str
    is_clean: bool
    conflicts: tuple[str, ...]
    contents: frozenset[str]


@dataclass
class _Course:
    """A plan on its way: the tree so far, what is still to revert and the tree it goes back to."""

    tip: _Commit
    tree: str
    ahead: list[tuple[_Commit, str]]
    idle: list[_Commit] = field(default_factory=list)
    reverted: int = 0
    result: Applies | None = None

    def ends(self, state: State, commit: str | None = None, **more: Any) -> None:
        """The plan's answer is known."""
        self.result = Applies(state=state, onto=self.tip.sha, commit=commit, **more)


def _course(trial: "_Repository", plan: Sequence[Revert], tip: _Commit) -> _Course:
    course = _Course(tip=tip, tree=tip.tree, ahead=[])
    try:
        for commit, mainline in _single(trial, plan):
            course.ahead.append((commit, _tree_before(trial, commit, mainline)))
    except _Refused as refused:
        course.ends("refused", refused.commit, why=str(refused))
    except _Unknown as error:
        course.ends("unknown", why=str(error))
    return course


def _single(trial: "_Repository", plan: Sequence[Revert]) -> Iterator[tuple[_Commit, int | None]]:
    """The commits that are reverted one by one; a range newest first, as git takes it."""
    count = 0
    for revert in plan:
        for revision in trial.range(revert.revision):
            count += 1
            if count > MOST:
                raise _Unknown(f"more than {MOST} commits are reverted")
            yield trial.commit(revision), revert.mainline


def _tree_before(trial: "_Repository", commit: _Commit, mainline: int | None) -> str:
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
    except _Unknown as error:
        raise _Unknown("the commit before it is missing: this clone is cut off") from error


def _take_one_step(trial: "_Repository", courses: Sequence[_Course]) -> None:
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


def _go_on(course: _Course, commit: _Commit, merged: "_Merged | _Unknown") -> None:
    if isinstance(merged, _Unknown):
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


class _Repository:
    """A temporary repository that borrows the objects of a real one.

    One process reads commits from the real one; another merges in the temporary one, as many at a
    time as are known.
    """

    def __init__(self, root: Path, limit: float) -> None:
        self._root = root
        self._until = monotonic() + limit
        self._limit = limit
        self._folder = _place() / f"changenote-{os.urandom(8).hex()}"
        self._known: dict[str, _Commit] = {}
        self._attributes: dict[str, str] = {}

    def __enter__(self) -> "_Repository":
        from shutil import rmtree
        from threading import Timer

        self._objects = (git.common_folder(self._root) or self._root).resolve() / "objects"
        with ExitStack() as stack:
            self._folder.mkdir(mode=0o700)
            stack.callback(rmtree, self._folder, ignore_errors=True)
            self._reader = git.talking(["cat-file", "--batch"], self._root, more=_NO_FETCH)
            stack.callback(self._reader.communicate)
            stack.callback(self._reader.kill)
            timer = Timer(self._limit, self._reader.kill)
            timer.daemon = True
            timer.start()
            stack.callback(timer.cancel)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def range(self, revision: str) -> list[str]:
        """The commits of a range, newest first; a single one as it is."""
        if ".." not in revision:
            return [revision]
        arguments = ["rev-list", f"--max-count={MOST + 1}", "--end-of-options", revision, "--"]
        try:
            return git.ask(arguments, self._root).decode().split()
        except GitFailed as error:
            raise _Unknown(f"this clone does not know {revision}") from error

    def commit(self, revision: str) -> _Commit:
        """A commit of the real repository; replaced ones as git shows them."""
        if revision not in self._known:
            self._known[revision] = self._read(revision)
        return self._known[revision]

    def _read(self, revision: str) -> _Commit:
        name, *facts = self._asked(f"{revision}^{{commit}}").split(" ")
        if len(facts) != 2 or facts[0] != "commit":
            raise _Unknown(f"this clone does not know {revision[:40]}, or not for sure")
        text = self._answers.read(int(facts[1]) + 1)
        heads = [line.split(b" ", 1) for line in text.split(b"\n\n", 1)[0].split(b"\n")]
        return _Commit(
            sha=name,
            tree=next(head[1].decode() for head in heads if head[0] == b"tree"),
            parents=tuple(head[1].decode() for head in heads if head[0] == b"parent"),
        )

    def _asked(self, question: str) -> str:
        with suppress(BrokenPipeError):
            cast("IO[bytes]", self._reader.stdin).write(os.fsencode(question) + b"\n")
            cast("IO[bytes]", self._reader.stdin).flush()
        said = self._answers.readline()
        if not said:
            raise _Unknown(self._late() or f"git could not look for {question[:40]}")
        return os.fsdecode(said.rstrip(b"\n"))

    @property
    def _answers(self) -> IO[bytes]:
        return cast("IO[bytes]", self._reader.stdout)

    def _late(self) -> str:
        is_late = monotonic() >= self._until
        return f"it takes longer than {self._limit:g} seconds" if is_late else ""

    def merged(self, merges: Sequence[Merge]) -> dict[Merge, "_Merged | _Unknown"]:
        """Trees merged; contents as the attributes of their paths say, but by git alone."""
        done = self._merge(merges)
        contents = {p for m in done.values() if isinstance(m, _Merged) for p in m.contents}
        unusual = self._learn(contents - self._attributes.keys())
        if unusual:
            again = [m for m, d in done.items() if isinstance(d, _Merged) and unusual & d.contents]
            done |= self._merge(again)
        return {merge: self._judged(result) for merge, result in done.items()}

    def _judged(self, result: "_Merged | _Unknown") -> "_Merged | _Unknown":
        """Unknown where the outcome hangs on a program that somebody's attributes name."""
        if isinstance(result, _Unknown):
            return result
        foreign = sorted(
            p for p in result.contents if self._attributes.get(p, "set") not in _BY_GIT
        )
        if not foreign or set(result.conflicts).difference(foreign):
            return result
        path, driver = foreign[0], self._attributes[foreign[0]]
        return _Unknown(
            f"{git.written_path(path)} is merged by a program of its own ({driver}),"
            " which is not run here"
        )

    def _learn(self, paths: Collection[str]) -> set[str]:
        """Ask how paths are merged. Those for which git must be told that it is not as usual."""
        if not paths:
            return set()
        given = b"\0".join(os.fsencode(path) for path in sorted(paths)) + b"\0"
        out = git.ask(["check-attr", "-z", "--stdin", "merge"], self._root, given=given)
        fields = os.fsdecode(out).split("\0")
        found = dict(zip(fields[0::3], fields[2::3], strict=False))
        self._attributes |= found
        unusual = {path: value for path, value in found.items() if value in _TOLD}
        if unusual:
            (self._folder / "info").mkdir(exist_ok=True)
            with (self._folder / "info" / "attributes").open("ab") as file:
                file.writelines(os.fsencode(_attribute(p, _TOLD[v])) for p, v in unusual.items())
        return set(unusual)

    def _merge(self, merges: Sequence[Merge]) -> dict[Merge, "_Merged | _Unknown"]:
        if not merges:
            return {}
        self._lay_out(len(merges[0][0]))
        lines = [" ".join(self._made_commits(*merge)) + "\n" for merge in merges]
        done = self._git_merges("".join(lines).encode())
        if isinstance(done, bytes):
            return dict(zip(merges, _read_merges(done), strict=True))
        if len(merges) == 1:
            return {merges[0]: done}
        return {m: d for merge in merges for m, d in self._merge([merge]).items()}

    def _git_merges(self, given: bytes) -> "bytes | _Unknown":
        more = {
            **_ALONE,
            **_NO_FETCH,
            "GIT_DIR": str(self._folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": git.quoted_path(str(self._objects)),
        }
        arguments = ["merge-tree", "--stdin", "--messages", "--name-only"]
        process = git.talking(arguments, self._folder, more=more)
        try:
            out, said = process.communicate(given, timeout=max(self._until - monotonic(), 0))
        except TimeoutExpired:
            process.kill()
            process.communicate()
            return _Unknown(self._late())
        return _Unknown(_reason(said)) if process.returncode else out

    def _lay_out(self, digits: int) -> None:
        """Make the folder a repository, with ids of as many digits as the real one has."""
        if (self._folder / "HEAD").exists():
            return
        for name in ("objects", "refs"):
            (self._folder / name).mkdir()
        version = "1\n[extensions]\nobjectFormat = sha256" if digits == 64 else "0"
        config = f"[core]\nbare = true\nattributesFile = {os.devnull}\nrepositoryFormatVersion = "
        (self._folder / "config").write_text(f"{config}{version}\n", encoding="ascii")
        (self._folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")

    def _made_commits(self, base: str, ours: str, theirs: str) -> tuple[str, str]:
        """Two commits to merge, whose base has the first tree."""
        root = self._made_commit(base, "")
        return self._made_commit(ours, root), self._made_commit(theirs, root)

    def _made_commit(self, tree: str, parent: str) -> str:
        import zlib
        from hashlib import sha1, sha256

        who = "changenote <changenote@localhost> 0 +0000"
        lines = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
        body = "\n".join([*lines, f"author {who}", f"committer {who}", "", ""]).encode()
        content = b"commit %d\0%s" % (len(body), body)
        hashed = sha256(content) if len(tree) == 64 else sha1(content, usedforsecurity=False)
        name = hashed.hexdigest()
        path = self._folder / "objects" / name[:2] / name[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(content, 1))
        return name


def _place() -> Path:
    """A folder for temporary files; in memory where there is one, because disks remove slowly.

    `tempfile` would know as well, but is slow to load.
    """
    memory = Path("/dev/shm")  # noqa: S108 - what is made there is made exclusively, for us alone
    usual = memory if os.access(memory, os.W_OK) else Path("/tmp")  # noqa: S108
    return Path(os.environ.get("TMPDIR") or usual)


def _reason(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").splitlines()
    if any(line.startswith("usage:") for line in lines):
        return "this git is too old to try a merge; 2.39 can"
    last = lines[-1] if lines else "git says nothing more"
    return f"objects are missing in this clone ({last})"


def _attribute(path: str, said: str) -> str:
    """A line for one path, so that nothing in its name is taken for a pattern."""
    escaped = "".join(f"\\{c}" if c in "\\*?[" else c for c in path)
    return f"{git.quoted_path('/' + escaped)} {said}\n"


def _read_merges(out: bytes) -> Iterator[_Merged]:
    """The answers of `git merge-tree --stdin --messages --name-only`."""
    fields = iter(os.fsdecode(out).split("\0"))
    while status := next(fields):
        tree = next(fields)
        conflicts = tuple(iter(partial(next, fields), ""))
        contents = set(conflicts)
        while count := next(fields):
            paths = [next(fields) for _ in range(int(count))]
            kind, _message = next(fields), next(fields)
            contents.update(paths if kind == "Auto-merging" else ())
        yield _Merged(
            tree=tree,
            is_clean=status == "1",
            conflicts=conflicts,
            contents=frozenset(contents),
        )

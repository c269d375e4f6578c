"""A repository for trying merges in: it borrows the objects of a real one and has nothing else.

Git 2.39 merges only commits, and finds their base itself, so each merge gets three commits made for
it. No config, hook, attribute or remote of the real repository is known here, so no program of
theirs can run. No byte of the real one changes; git only renews the time of an object that it need
not write again.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic
from typing import IO, cast

from changenote import git
from changenote.errors import GitFailed
from changenote.records import record

_ALONE = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
}
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
_TOLD = {"unset": "-merge", **{name: f"merge={name}" for name in ("text", "binary", "union")}}
_BY_GIT = ("unspecified", "set", *_TOLD)

Merge = tuple[str, str, str]
"""Three trees: the base, ours, theirs."""


class Unknown(Exception):  # noqa: N818 - named for its cause
    """It cannot be told whether the revert works."""


@record
class Commit:
    """A commit and its tree."""

    sha: str
    tree: str
    parents: tuple[str, ...]


@record
class Merged:
    """The tree of a merge, the paths that conflict, and all whose contents had to be merged."""

    tree: str
    is_clean: bool
    conflicts: tuple[str, ...]
    contents: frozenset[str]


class Trial:
    """A temporary repository that borrows the objects of a real one.

    One process reads commits from the real one; another merges in the temporary one, as many at a
    time as are known.
    """

    def __init__(self, root: Path, limit: float) -> None:
        self._root = root
        self._until = monotonic() + limit
        self._limit = limit
        self._folder = _place() / f"changenote-{os.urandom(8).hex()}"
        self._known: dict[str, Commit] = {}
        self._attributes: dict[str, str] = {}

    def __enter__(self) -> "Trial":
        from threading import Timer

        self._objects = (git.common_folder(self._root) or self._root).resolve() / "objects"
        with ExitStack() as stack:
            self._folder.mkdir(mode=0o700)
            stack.callback(_remove, self._folder)
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

    def range(self, revision: str, *, most: int) -> list[str]:
        """The commits of a range, newest first, `most` at the most; a single one as it is."""
        if ".." not in revision:
            return [revision]
        start, _, end = revision.partition("..")
        span = "..".join(self.commit(name or "HEAD").sha for name in (start, end))
        arguments = ["rev-list", f"--max-count={most}", "--end-of-options", span, "--"]
        try:
            return git.ask(arguments, self._root).decode().split()
        except GitFailed as error:
            raise Unknown(f"this clone does not know {revision}") from error

    def commit(self, revision: str) -> Commit:
        """A commit of the real repository; replaced ones as git shows them."""
        if revision not in self._known:
            self._known[revision] = self._read(revision)
        return self._known[revision]

    def _read(self, revision: str) -> Commit:
        name, *facts = self._asked(f"{revision}^{{commit}}").split(" ")
        if len(facts) != 2 or facts[0] != "commit":
            raise Unknown(f"this clone does not know {revision[:40]}, or not for sure")
        size = int(facts[1]) + 1
        text = self._answers.read(size)
        if len(text) < size:  # git was stopped in the middle of its answer
            raise Unknown(self._late() or f"git could not show {revision[:40]}")
        heads = [line.split(b" ", 1) for line in text.split(b"\n\n", 1)[0].split(b"\n")]
        return Commit(
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
            raise Unknown(self._late() or f"git could not look for {question[:40]}")
        return os.fsdecode(said.rstrip(b"\n"))

    @property
    def _answers(self) -> IO[bytes]:
        return cast("IO[bytes]", self._reader.stdout)

    def _late(self) -> str:
        is_late = monotonic() >= self._until
        return f"it takes longer than {self._limit:g} seconds" if is_late else ""

    def merged(self, merges: Sequence[Merge]) -> dict[Merge, "Merged | Unknown"]:
        """Trees merged; contents as the attributes of their paths say, but by git alone."""
        done = self._merge(merges)
        contents = {p for m in done.values() if isinstance(m, Merged) for p in m.contents}
        unusual = self._learn(contents - self._attributes.keys())
        if unusual:
            again = [m for m, d in done.items() if isinstance(d, Merged) and unusual & d.contents]
            done |= self._merge(again)
        return {merge: self._judged(result) for merge, result in done.items()}

    def _judged(self, result: "Merged | Unknown") -> "Merged | Unknown":
        """Unknown where the outcome hangs on a program that somebody's attributes name."""
        if isinstance(result, Unknown):
            return result
        foreign = sorted(
            p for p in result.contents if self._attributes.get(p, "set") not in _BY_GIT
        )
        if not foreign or set(result.conflicts).difference(foreign):
            return result
        path, driver = foreign[0], self._attributes[foreign[0]]
        return Unknown(
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

    def _merge(self, merges: Sequence[Merge]) -> dict[Merge, "Merged | Unknown"]:
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

    def _git_merges(self, given: bytes) -> "bytes | Unknown":
        more = {
            **_ALONE,
            **_NO_FETCH,
            "GIT_DIR": str(self._folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": git.quoted_path(str(self._objects)),
        }
        arguments = ["merge-tree", "--stdin", "--messages", "--name-only"]
        with git.talking(arguments, self._folder, more=more) as process:
            try:
                out, said = process.communicate(given, timeout=max(self._until - monotonic(), 0))
            except TimeoutExpired:
                process.kill()
                process.communicate()
                return Unknown(self._late())
        return Unknown(_reason(said)) if process.returncode else out

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


def _remove(folder: Path) -> None:
    """Take a folder away with all that is in it, if that is possible."""
    try:
        folder.rmdir()  # nothing was merged
    except OSError:
        from shutil import rmtree  # brings all that it can pack files with

        rmtree(folder, ignore_errors=True)


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


def _read_merges(out: bytes) -> Iterator[Merged]:
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
        yield Merged(
            tree=tree,
            is_clean=status == "1",
            conflicts=conflicts,
            contents=frozenset(contents),
        )

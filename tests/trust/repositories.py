"""Repositories that are not as one would wish: the right answer, or a word about what is wrong."""

import hashlib
import os
import random
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import tests.repositories as made
from changenote.store import codec
from tests.house import said, valid_note
from tests.on_forge import ID
from tests.repositories import CACHE, IN_THE_MIDDLE, TOTALS, Build, cloned, in_a_shell
from tests.trust.inside import carried_out
from tests.trust.promise import Outcome, Promise, spread
from tests.workshop import COMPLETE, Done, Workshop

_USUAL = frozenset({TOTALS, CACHE})
_NO_LINE = {"line": "git cannot say who wrote"}


@dataclass(frozen=True)
class State:
    """How a repository is made, and what is right there.

    `files` are those of a new note; `told` has what is said, by command, where git cannot tell
    what the command needs.
    """

    build: Build
    files: frozenset[str] = _USUAL
    told: Mapping[str, str] = field(default_factory=dict)


def _refused(build: Build, what: str) -> State:
    """A state in which git can tell nothing at all."""
    commands = ("new", "line", "release", "site", "check --ci")
    return State(build, frozenset(), dict.fromkeys(commands, f"{what}|{_UNKNOWN}"))


def _also(*paths: str) -> frozenset[str]:
    return _USUAL | set(paths)


_UNKNOWN = "git knows no commit|no history in common|it is not known where"
_NO_COMMIT = "this repository has no commit yet"
_NO_REPOSITORY = "is not in the work tree of a git repository"
_LOST = "not a git repository|git log failed: "

_CI = {"check --ci": _UNKNOWN}

_STATES: dict[str, State] = {
    "as usual": State(made.shop_with_a_change),
    "no repository": _refused(made.plain_folder, _NO_REPOSITORY),
    "no commit": _refused(made.without_commits, _NO_COMMIT),
    "one commit": State(made.with_one_commit, told=_CI),
    "a branch without a commit": _refused(in_a_shell("git checkout -q --orphan new"), _NO_COMMIT),
    "shallow": State(
        cloned("--depth=1"),
        frozenset(),
        {"new": "this clone is shallow: the commits before", "release": "this clone is shallow"}
        | _CI,
    ),
    "shallow, with the whole change": State(cloned("--depth=2")),
    "cloned by one branch": State(cloned("--single-branch", "--branch=main")),
    "cloned without contents": State(cloned("--filter=blob:none")),
    "cloned without contents, its origin gone": State(made.without_its_origin, told=_NO_LINE),
    "cloned with borrowed objects": State(cloned("--shared")),
    "borrowed objects that are gone": State(
        in_a_shell("echo /nowhere > .git/objects/info/alternates")
    ),
    "detached": State(in_a_shell("git checkout -q --detach")),
    "a second work tree": State(made.worktree),
    "a work tree whose repository is gone": _refused(
        in_a_shell("rm -r .git; echo 'gitdir: /nowhere/.git/worktrees/shop' > .git"), _LOST
    ),
    "the repository elsewhere": State(in_a_shell("git init -q --separate-git-dir=../elsewhere")),
    "bare": _refused(made.bare, _NO_REPOSITORY),
    "with a submodule that moved": State(
        made.with_a_moved_submodule, _also("vendor/library", ".gitmodules")
    ),
    "with a submodule that is not checked out": State(
        in_a_shell(
            "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),vendor/library;"
            "git commit -qm Add"
        ),
        _also("vendor/library"),
    ),
    "in a submodule": State(made.in_a_submodule, frozenset({"x"}), {**_NO_LINE, **_CI}),
    "in a folder of it": State(made.below),
    "behind a link": State(made.behind_a_link),
    "in the middle of a rebase": State(in_a_shell(f"{IN_THE_MIDDLE} git rebase -q main || true")),
    "in the middle of a merge": State(
        in_a_shell(f"{IN_THE_MIDDLE} git checkout -q main; git merge -q side || true")
    ),
    "in the middle of a pick": State(
        in_a_shell(f"{IN_THE_MIDDLE} git checkout -q main; git cherry-pick side || true")
    ),
    "in the middle of a search": State(in_a_shell("git bisect start; git bisect bad")),
    "rewritten history": State(
        in_a_shell(
            "git commit -q --amend -m Rewritten;"
            "git reflog expire --expire=now --all; git gc -q --prune=now"
        )
    ),
    "a replaced commit": State(in_a_shell("git replace --graft HEAD"), _also("README.md"), _CI),
    "joined histories": State(
        in_a_shell(
            "git checkout -q --orphan other; git rm -rfq .; echo > other.txt; git add .;"
            "git commit -qm Other; git checkout -q main;"
            "git merge -q --allow-unrelated-histories -m Join other"
        ),
        _also("other.txt"),
    ),
    "a missing commit": State(
        made.without_an_object("HEAD~1"),
        frozenset(),
        {"new": "git (log|rev-list) failed", "line": "git diff-tree failed", **_CI},
    ),
    "a missing tree": State(
        made.without_an_object("HEAD^{tree}"),
        frozenset(),
        {"new": "git (log|diff) failed", "check --ci": "git diff failed", **_NO_LINE},
    ),
    "missing contents": State(
        made.without_an_object(f"HEAD:{TOTALS}"),
        frozenset(),
        {"new": "git diff failed", **_NO_LINE},
    ),
    "an object of zeros": _refused(
        in_a_shell(
            "n=$(git rev-parse HEAD); f=.git/objects/$(echo $n | cut -c1-2)/$(echo $n | cut -c3-);"
            "chmod +w $f; printf '\\0\\0\\0' > $f"
        ),
        "git (log|rev-parse) failed|git knows no commit|no commit yet",
    ),
    "no HEAD": _refused(in_a_shell("rm .git/HEAD"), _LOST),
    "HEAD of zeros": _refused(in_a_shell("printf '\\0\\0' > .git/HEAD"), _LOST),
    "an empty folder for a repository": _refused(in_a_shell("rm -r .git; mkdir .git"), _LOST),
    "a ref of words": State(in_a_shell("echo words > .git/refs/heads/broken")),
    "a config of words": _refused(
        in_a_shell("echo '[words' > .git/config"), "git [a-z-]+ failed: bad config line"
    ),
    "a version of git to come": _refused(
        in_a_shell("git config core.repositoryFormatVersion 99"), "git [a-z-]+ failed: .*version"
    ),
    "an index of words": State(
        in_a_shell("echo words > .git/index"), told={**_NO_LINE, "check --ci": "git diff failed"}
    ),
    "a locked index": State(in_a_shell("touch .git/index.lock")),
    "a commit graph of words": State(
        in_a_shell("mkdir -p .git/objects/info; echo words > .git/objects/info/commit-graph")
    ),
    "packed": State(in_a_shell("git gc -q --prune=now")),
    "longer ids": State(made.with_other_ids),
    "a part of the files": State(in_a_shell("git sparse-checkout set app")),
    "a tag of no commit": State(
        in_a_shell("git tag v3 $(git rev-parse HEAD:README.md); git tag v4 HEAD^{tree}")
    ),
    "a tag by another name": State(
        in_a_shell(
            "git tag -a old -m Old v2.13.0;"
            "git tag -d v2.13.0; git update-ref refs/tags/new $(git rev-parse old); git tag -d old"
        ),
        told=_CI,
    ),
    "refs like options": State(
        in_a_shell(
            "for n in heads/-x heads/HEAD heads/v2.13.0 tags/main tags/--all; do"
            " git update-ref refs/$n v2.13.0; done"
        )
    ),
    "files like commits": State(
        made.with_files_like_commits, _USUAL.union(made.NAMED_LIKE_COMMITS)
    ),
    "people without names, at impossible times": State(made.signed_by_nobody),
    "a config that runs things": State(made.hostile),
}
if os.geteuid() == 0:  # nobody else can give files away
    _STATES["of another user"] = _refused(
        made.of_another_user, "git does not trust this repository"
    )

_COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check",),
    "check --ci": ("check", "--ci", "--since", "v2.13.0"),
    "list": ("list",),
    "show": ("show", "g00d00"),
    "rollback": ("rollback", "--last"),
    "search": ("search", "basket"),
    "trace": ("trace", TOTALS),
    "line": ("trace", f"{TOTALS}:1"),
    "release": ("release", "v9.9.9", "--dry-run", "--no-changelog"),
    "site": ("site", "pages", "--to", "../pages"),
    "new": ("new", *COMPLETE, "--json"),
}
_SEEN = {
    "check": "nothing found in 1 file",
    "list": ID,
    "show": "Cache cart totals per session",
    "rollback": "./flags set cart_total_cache off --env production",
    "search": ID,
    "trace": ID,
    "release": "",
    "site": "",
}
"""What is to be read, wherever the notes are: for that no repository is needed."""


@dataclass(frozen=True)
class Case:
    """A command in a repository of some state."""

    state: str
    command: str

    def __str__(self) -> str:
        """For a list of failures."""
        return f"{self.state}, {self.command}"


Program = Callable[[Case, Workshop], tuple[Done, frozenset[str]]]
"""How a command ended, and the files that it found in the change."""


def _ours(case: Case, shop: Workshop) -> tuple[Done, frozenset[str]]:
    up = os.path.relpath(_top(shop), shop.folder)
    words = [_from(up, word) for word in _COMMANDS[case.command]]
    done = carried_out(shop.folder, *words, HOME=str(shop.folder.parent / "home"))
    if case.command != "new" or done.code:
        return done, frozenset()
    note = codec.load((_top(shop) / done.data["path"]).read_bytes()).data
    return done, frozenset(str(file["path"]) for file in note["files"])


def _from(up: str, word: str) -> str:
    return f"{up}/{word}" if up != "." and word.startswith(TOTALS) else word


def _top(shop: Workshop) -> Path:
    """The folder of the repository, from a folder of it."""
    return next(p for p in (shop.folder, *shop.folder.parents) if (p / "changes").is_dir())


_NAIVE = (
    "git log -3 -p --format=%s",
    "git diff $(git describe --tags --abbrev=0) HEAD >/dev/null",
    "git diff --name-only $(git describe --tags --abbrev=0) HEAD",
)


def _naive(_case: Case, shop: Workshop) -> tuple[Done, frozenset[str]]:
    ended = subprocess.run(
        ["sh", "-c", f"{_NAIVE[0]} >/dev/null; {_NAIVE[1]}; {_NAIVE[2]}"],
        cwd=shop.folder,
        capture_output=True,
        check=False,
    )
    out, err = os.fsdecode(ended.stdout), os.fsdecode(ended.stderr)
    return Done(ended.returncode, out, err), frozenset(out.splitlines())


def _wrong(case: Case, shop: Workshop, program: Program) -> str | None:
    """What is wrong with what came of a case; None if it is right, or says what is not."""
    state = _STATES[case.state]
    before = _kept_by_git(shop)
    done, files = program(case, shop)
    mark = shop.folder.parent / "mark"
    if mark.exists():
        ran = mark.read_text()
        mark.unlink()
        return f"it ran {ran}"
    if _kept_by_git(shop) != before:
        return "the repository is not what it was"
    if case.command == "new" and done.code == 0:
        return None if files == state.files else f"it lists {sorted(files)}"
    if done.code in (0, 1):
        seen = _SEEN.get(case.command, "")
        return None if seen in done.out + done.err else f"it says {done.out + done.err}"
    return _untold(case, state, done)


def _untold(case: Case, state: State, done: Done) -> str | None:
    try:
        what = said(done).what
    except AssertionError:
        return f"no error of the house: {done.err or done.out}"
    told = state.told.get(case.command)
    is_told = told and re.search(told, what)
    return None if is_told and done.code in (2, 3) else f"code {done.code}: {what}"


def _kept_by_git(shop: Workshop) -> str:
    """A digest of what must be as it was: where branches are, what is staged, what is set."""
    folder = _top(shop) / ".git"
    names = ("HEAD", "ORIG_HEAD", "packed-refs", "index", "config", "refs/**/*", "logs/**/*")
    files = (file for name in names for file in sorted(folder.glob(name)) if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(os.fsencode(file) + b"\0" + file.read_bytes())
    return digest.hexdigest()


@contextmanager
def _built(name: str) -> Iterator[Workshop]:
    with tempfile.TemporaryDirectory(prefix="changenote-trust-") as folder:
        shop = _STATES[name].build(Path(folder))
        if not (shop.folder / "cart").exists() and name != "in a folder of it":
            valid_note(shop)
        else:
            valid_note(Workshop(shop.folder.parents[1]))
        yield shop


def _tried(program: Program, commands: Sequence[str], most: int | None) -> Outcome:
    """Some of the cases, and each repository made once for its own."""
    every = [Case(state, command) for state in _STATES for command in commands]
    random.Random(7).shuffle(every)  # noqa: S311 - the same order always
    chosen = spread(every, most)
    failures = []
    for name in _STATES:
        cases = [case for command in commands if (case := Case(name, command)) in chosen]
        if cases:
            with _built(name) as shop:
                found = ((case, _wrong(case, shop, program)) for case in cases)
                failures += [f"{case}: {why}" for case, why in found if why]
    return Outcome(cases=len(chosen), failures=tuple(failures))


PROMISES = (
    Promise(
        name="repositories",
        says="In a repository of whatever state, without commits, shallow, bare, in the middle of a"
        " rebase, with lost objects, with a config that runs things: notes are read, a new one"
        " lists the right files or says why it cannot, nothing runs, and nothing of it changes.",
        kept=lambda most: _tried(_ours, tuple(_COMMANDS), most),
        control="plain `git log` and `git diff`",
        broken=lambda most: _tried(_naive, ("new",), most),
        some=20,
        few=6,
    ),
)

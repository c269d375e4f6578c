"""Would the revert still work? The answer is git's own, and asking changes nothing anywhere."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from changenote import git
from changenote.capture.reverting import (
    Applies,
    Revert,
    each_reverts_cleanly,
    revert_commits,
    reverts_cleanly,
)
from tests.workshop import IDENTITY, Workshop

LINES = "".join(f"line {n}\n" for n in range(1, 31))


def changed(*numbers: int, word: str = "new") -> str:
    """The thirty lines with some of them changed."""
    lines = LINES.splitlines()
    for number in numbers:
        lines[number - 1] = f"{word} {number}"
    return "\n".join(lines) + "\n"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with one commit."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start", {"a.txt": LINES, "b.txt": LINES})
    return shop


def tried(
    shop: Workshop, *commits: str, onto: str = "HEAD", mainline: int | None = None
) -> Applies:
    return reverts_cleanly(
        shop.folder, [Revert(revision=c, mainline=mainline) for c in commits], onto
    )


def reverted_by_git(shop: Workshop, *arguments: str) -> str | None:
    """The tree that `git revert` itself makes in a copy; None when it fails."""
    copy = Workshop(shop.folder.parent / f"copy-{os.urandom(4).hex()}")
    subprocess.run(
        ["git", "clone", "-q", shop.folder, copy.folder], check=True, env={**os.environ, **IDENTITY}
    )
    try:
        copy.git("revert", "--no-edit", *arguments)
    except subprocess.CalledProcessError:
        return None
    return copy.git("rev-parse", "HEAD^{tree}")


def everything_in(folder: Path) -> str:
    """A hash of every name, mode, time and byte below a folder.

    Not of the times of objects: git renews that of one which it would have written itself.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        time = 0 if "objects" in path.parts and path.is_file() else stat.st_mtime_ns
        digest.update(f"{path} {stat.st_mode} {time} {stat.st_size}".encode())
        if path.is_file() and not path.is_symlink():
            digest.update(path.read_bytes())
    return digest.hexdigest()


# --- What steps revert ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "reverts"),
    [
        (["git revert --no-edit 9be27d1"], [("9be27d1", None)]),
        (["git revert --no-edit -m 1 9be27d1"], [("9be27d1", 1)]),
        (["git revert -m2 9be27d1 --no-edit"], [("9be27d1", 2)]),
        (["git revert --mainline=1 --no-edit 9be27d1"], [("9be27d1", 1)]),
        (["git revert feature-m1"], [("feature-m1", None)]),
        (["git revert --no-edit v1.0..v1.1"], [("v1.0..v1.1", None)]),
        (["git revert --no-edit bbb aaa"], [("bbb", None), ("aaa", None)]),
        (["git revert bbb", "git revert aaa\n"], [("bbb", None), ("aaa", None)]),
        (["git revert bbb && git push origin main", "./deploy.sh"], [("bbb", None)]),
        (["git fetch\ngit revert bbb  # the cache\ngit push"], [("bbb", None)]),
        (["git revert \\\n  --no-edit \\\n  bbb"], [("bbb", None)]),
        (["git  revert -n origin/release~2"], [("origin/release~2", None)]),
        (["./flags set cart off"], []),
        (["git revert --abort"], []),
        (["git revert-all bbb"], []),
        (["echo git revert bbb"], []),
        (["git revert $SHA"], []),
        (["git revert $(git rev-parse v1)"], []),
        (["git revert HEAD"], []),
        (["git revert HEAD~2..HEAD"], []),
        (["git revert @{1}"], []),
        (["git revert bbb", "git revert HEAD~1"], []),
        (["git revert -X theirs bbb"], []),
        (["git revert --strategy=ours bbb"], []),
        (["git revert a...b"], []),
        (["git revert aaa b..c"], []),
        (["cd other && git revert bbb"], []),
        (["git checkout release && git revert bbb"], []),
        (["git revert bbb aaa:file"], []),
        (["git revert 'bbb'"], []),
    ],
)
def test_what_steps_revert_is_read_or_left_alone(
    steps: list[str], reverts: list[tuple[str, int | None]]
) -> None:
    assert [(r.revision, r.mainline) for r in revert_commits(steps)] == reverts


# --- As git would do it ---------------------------------------------------------------------------


def test_a_commit_that_nobody_touched_since_reverts_cleanly(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    head = shop.commit("Two", {"b.txt": changed(20)})

    found = tried(shop, one)

    assert found == Applies(state="clean", onto=head, tree=reverted_by_git(shop, one))
    assert found.in_words == f"applies cleanly onto {head[:7]}"


def test_another_change_in_the_same_file_is_merged(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25)})

    found = tried(shop, one)

    assert (found.state, found.tree) == ("clean", reverted_by_git(shop, one))


def test_a_change_of_the_same_lines_conflicts_and_names_the_file(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3), "b.txt": changed(3)})
    head = shop.commit("Two", {"a.txt": changed(3, word="newer")})

    found = tried(shop, one)

    assert reverted_by_git(shop, one) is None
    assert found == Applies(state="conflicts", onto=head, commit=one, paths=("a.txt",))
    assert found.in_words == f"conflicts in a.txt when {one[:7]} is reverted onto {head[:7]}"


def test_a_file_that_was_deleted_since_conflicts(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    (shop.folder / "a.txt").unlink()
    shop.commit("Two")

    found = tried(shop, one)

    assert reverted_by_git(shop, one) is None
    assert (found.state, found.paths) == ("conflicts", ("a.txt",))


def test_a_file_that_was_renamed_since_is_followed(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.git("mv", "a.txt", "c.txt")
    shop.commit("Two")

    found = tried(shop, one)

    assert (found.state, found.tree) == ("clean", reverted_by_git(shop, one))


def test_an_odd_file_name_is_named_as_git_quotes_it(shop: Workshop) -> None:
    shop.commit("Odd", {"new\nline*.txt": changed()})
    one = shop.commit("One", {"new\nline*.txt": changed(3)})
    shop.commit("Two", {"new\nline*.txt": changed(3, word="newer")})

    found = tried(shop, one)

    assert found.state == "conflicts"
    assert found.paths == ('"new\\nline*.txt"',)


def test_several_commits_are_reverted_one_after_the_other(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    two = shop.commit("Two", {"a.txt": changed(3, word="newer")})

    newest_first, oldest_first = tried(shop, two, one), tried(shop, one, two)

    assert (newest_first.state, newest_first.tree) == ("clean", reverted_by_git(shop, two, one))
    assert (oldest_first.state, oldest_first.commit) == ("conflicts", one)


def test_a_range_is_reverted_newest_first(shop: Workshop) -> None:
    start = shop.git("rev-parse", "HEAD")
    for number in (3, 4, 5):
        shop.commit(f"Line {number}", {"a.txt": changed(number)})

    found = tried(shop, f"{start}..HEAD")

    assert (found.state, found.tree) == ("clean", shop.git("rev-parse", f"{start}^{{tree}}"))


def test_a_merge_is_reverted_against_the_parent_that_stays(shop: Workshop) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 4)})
    shop.git("checkout", "-q", "main")
    shop.commit("Elsewhere", {"b.txt": changed(9)})
    shop.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    merge = shop.git("rev-parse", "HEAD")

    found = tried(shop, merge, mainline=1)

    assert (found.state, found.tree) == ("clean", reverted_by_git(shop, "-m", "1", merge))
    assert tried(shop, merge, mainline=2).tree == reverted_by_git(shop, "-m", "2", merge)


def test_a_merge_without_its_parent_named_is_refused_as_git_does(shop: Workshop) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("One", {"a.txt": changed(3)})
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    merge = shop.git("rev-parse", "HEAD")

    found = tried(shop, merge)

    assert reverted_by_git(shop, merge) is None
    assert (found.state, found.commit) == ("refused", merge)
    assert found.in_words == f"stops at {merge[:7]}: it is a merge, so the command must say `-m 1`"


def test_a_parent_that_is_not_there_is_refused_as_git_does(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})

    found = tried(shop, one, mainline=2)

    assert reverted_by_git(shop, "-m", "2", one) is None
    assert (found.state, found.why) == ("refused", "it has no parent 2, which `-m 2` asks for")
    assert tried(shop, one, mainline=1).tree == reverted_by_git(shop, "-m", "1", one)


def test_the_first_commit_can_be_reverted(shop: Workshop) -> None:
    first = shop.git("rev-parse", "HEAD")
    shop.commit("One", {"c.txt": "c\n"})

    found = tried(shop, first)

    assert (found.state, found.tree) == ("clean", reverted_by_git(shop, first))


def test_what_is_reverted_already_leaves_nothing_to_do(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.git("revert", "--no-edit", one)

    found = tried(shop, one)

    assert reverted_by_git(shop, one) is None
    assert found.state == "undone"
    assert found.in_words.startswith("has nothing left to do as of ")


def test_a_plan_of_which_a_part_is_reverted_stops_there(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    two = shop.commit("Two", {"b.txt": changed(3)})
    shop.git("revert", "--no-edit", one)

    found = tried(shop, two, one)

    assert reverted_by_git(shop, two, one) is None
    assert (found.state, found.commit) == ("refused", one)


def test_another_branch_can_be_asked_about(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.git("branch", "release")
    shop.commit("Two", {"a.txt": changed(3, word="newer")})

    assert tried(shop, one).state == "conflicts"
    assert tried(shop, one, onto="release").state == "clean"


def test_many_plans_are_tried_on_their_own(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    two = shop.commit("Two", {"a.txt": changed(3, word="newer")})
    plans = [[Revert(revision=r)] for r in (one, two, "nobody", one)]

    found = each_reverts_cleanly(shop.folder, plans)

    assert [f.state for f in found] == ["conflicts", "clean", "unknown", "conflicts"]


def test_an_empty_plan_has_nothing_to_do(shop: Workshop) -> None:
    assert tried(shop).state == "undone"


# --- Nothing is touched ---------------------------------------------------------------------------


def test_asking_changes_no_byte_of_the_work_tree_and_the_repository(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = shop.commit("One", {"a.txt": changed(3), "b.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25), "b.txt": changed(3, word="newer")})
    shop.write("a.txt", "half done\n")
    shop.write("c.txt", "not added\n")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    before = everything_in(shop.folder)

    states = [tried(shop, one).state, tried(shop, "HEAD").state, tried(shop, "HEAD", one).state]

    assert states == ["conflicts", "clean", "clean"]
    assert everything_in(shop.folder) == before
    assert list((tmp_path / "temporary").iterdir()) == []


def foreign_merges(shop: Workshop, setting: str, mark: Path) -> str:
    """A repository whose attributes name a program of its own for two changed sides of a file."""
    shop.write(".gitattributes", "*.txt merge=theirs\n")
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25)})
    shop.git("config", setting, f"touch {mark}")
    return one


def test_a_merge_program_of_the_repository_is_not_run(shop: Workshop, tmp_path: Path) -> None:
    mark = tmp_path / "was run"
    one = foreign_merges(shop, "merge.theirs.driver", mark)

    found = tried(shop, one)

    assert not mark.exists()
    assert found.state == "unknown"
    assert found.why == "a.txt is merged by a program of its own (theirs), which is not run here"


@pytest.mark.parametrize(
    "setting", ["core.fsmonitor", "diff.external", "filter.x.smudge", "diff.theirs.textconv"]
)
def test_no_other_program_of_the_repository_is_run(
    shop: Workshop, tmp_path: Path, setting: str
) -> None:
    mark = tmp_path / "was run"
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.write(".gitattributes", "*.txt filter=x diff=theirs\n")
    shop.commit("Two", {"a.txt": changed(3, 25)})
    shop.git("config", setting, f"touch {mark}")

    found = tried(shop, one)

    assert not mark.exists()
    assert found.state == "clean"


def test_a_real_conflict_is_told_beside_a_merge_program(shop: Workshop, tmp_path: Path) -> None:
    shop.write(".gitattributes", "a.txt merge=theirs\n")
    one = shop.commit("One", {"a.txt": changed(3), "b.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25), "b.txt": changed(3, word="newer")})
    shop.git("config", "merge.theirs.driver", f"touch {tmp_path}/run")

    assert tried(shop, one).paths == ("b.txt",)


@pytest.mark.parametrize(
    ("attribute", "state"),
    [("merge=union", "clean"), ("-merge", "conflicts"), ("binary", "conflicts")],
)
@pytest.mark.parametrize("folder", ["", "we?rd [dir]/"])
def test_attributes_that_git_knows_itself_are_heeded(
    shop: Workshop, attribute: str, state: str, folder: str
) -> None:
    name = f"{folder}log.txt"
    shop.write(f"{folder}.gitattributes", f"*.txt {attribute}\n")
    shop.commit("Log", {name: changed()})
    one = shop.commit("One", {name: changed(3)})
    two = {"merge=union": changed(3, word="newer")}.get(attribute, changed(3, 25))
    shop.commit("Two", {name: two})

    found = tried(shop, one)

    assert (found.state, found.tree) == (state, reverted_by_git(shop, one))


def test_a_repository_may_not_start_programs_through_its_remotes(
    shop: Workshop, tmp_path: Path
) -> None:
    mark = tmp_path / "was run"
    shop.git("config", "remote.origin.url", f"ext::touch {mark}")
    shop.git("config", "protocol.ext.allow", "always")
    shop.git("config", "remote.origin.promisor", "true")
    shop.git("config", "extensions.partialClone", "origin")
    shop.git("config", "core.repositoryFormatVersion", "1")

    found = tried(shop, "1" * 40)

    assert not mark.exists()
    assert found.state == "unknown"


# --- Clones that lack something -------------------------------------------------------------------


def clone(shop: Workshop, *options: str) -> Workshop:
    folder = shop.folder.parent / "clone"
    source = f"file://{shop.folder}"
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "-q", *options, source, str(folder))
    return Workshop(folder)


def test_a_commit_that_no_clone_has_cannot_be_known(shop: Workshop) -> None:
    found = tried(shop, "9" * 40)

    assert found.state == "unknown"
    assert (
        found.in_words
        == f"could not be tried: this clone does not know {'9' * 40}, or not for sure"
    )


def test_a_commit_beyond_the_cut_of_a_shallow_clone_cannot_be_known(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    two = shop.commit("Two", {"b.txt": changed(3)})
    shallow = clone(shop, "--depth=1")

    assert tried(shallow, one).state == "unknown"
    assert tried(shallow, two).why == "the commit before it is missing: this clone is cut off"


def test_a_partial_clone_fetches_nothing(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25)})
    partial = clone(shop, "--filter=blob:none")
    before = everything_in(partial.folder)

    found = tried(partial, one)

    assert found.state == "unknown"
    assert found.why.startswith("objects are missing in this clone (")
    assert everything_in(partial.folder) == before


def test_one_plan_that_lacks_objects_does_not_spoil_the_others(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25)})
    three = shop.commit("Three", {"b.txt": changed(3)})
    partial = clone(shop, "--filter=blob:none")

    found = each_reverts_cleanly(partial.folder, [[Revert(revision=r)] for r in (one, three)])

    assert [f.state for f in found] == ["unknown", "clean"]


def test_without_a_repository_it_cannot_be_known(tmp_path: Path) -> None:
    assert reverts_cleanly(tmp_path, [Revert(revision="abc")]).state == "unknown"


def test_without_a_commit_it_cannot_be_known(tmp_path: Path) -> None:
    empty = Workshop(tmp_path / "empty").start()

    assert tried(empty, "abc").state == "unknown"


def test_a_folder_for_temporary_files_that_is_not_there_is_no_error(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/nowhere")

    assert tried(shop, "HEAD").why == "no such file or directory"


def test_it_gives_up_when_it_takes_too_long(shop: Workshop) -> None:
    found = reverts_cleanly(shop.folder, [Revert(revision="HEAD")], limit=0)

    assert (found.state, found.why) == ("unknown", "it takes longer than 0 seconds")


def test_a_git_that_cannot_try_a_merge_says_so(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin" / "git"
    old.parent.mkdir()
    real = subprocess.run(
        ["which", "git"], capture_output=True, text=True, check=True
    ).stdout.strip()
    old.write_text(
        '#!/bin/sh\ncase "$*" in *merge-tree*) echo "usage: git merge-tree" >&2; exit 129;; esac\n'
        f'exec {real} "$@"\n'
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}:{os.environ['PATH']}")

    assert tried(shop, "HEAD").why == "this git is too old to try a merge; 2.39 can"


# --- Every kind of repository ---------------------------------------------------------------------


def test_a_linked_work_tree(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.git("worktree", "add", "-q", "-b", "side", "../side")

    assert tried(Workshop(shop.folder.parent / "side"), one).state == "clean"


def test_a_folder_below_the_root(shop: Workshop) -> None:
    one = shop.commit("One", {"app/a.txt": changed(3)})

    assert reverts_cleanly(shop.folder / "app", [Revert(revision=one)]).state == "clean"


def test_a_submodule_and_the_repository_around_it(shop: Workshop) -> None:
    inner = Workshop(shop.folder.parent / "inner").start()
    inner.commit("Start", {"a.txt": LINES})
    protocol = ("-c", "protocol.file.allow=always")
    shop.git(*protocol, "submodule", "add", "-q", str(inner.folder), "inner")
    shop.commit("Add it")
    inside = Workshop(shop.folder / "inner")
    inside.git("config", "user.name", "Dana")
    one = inside.commit("One", {"a.txt": changed(3)})
    bump = shop.commit("Take the newer one")

    assert tried(inside, one).state == "clean"
    assert tried(shop, bump).tree == reverted_by_git(shop, bump)


def test_a_clone_that_borrows_objects_itself(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25)})
    first, second = (shop.folder.parent / name for name in ("first", 'second:"odd"'))
    shop.git("clone", "-q", "--shared", str(shop.folder), str(first))
    Workshop(first).git("clone", "-q", "--shared", ".", str(second))

    assert tried(Workshop(second), one).state == "clean"


def test_a_repository_with_longer_ids(tmp_path: Path) -> None:
    long = Workshop(tmp_path / "long")
    long.folder.mkdir()
    long.git("init", "-q", "-b", "main", "--object-format=sha256")
    long.git("config", "user.name", "Dana")
    first = long.commit("Start", {"a.txt": LINES})
    one = long.commit("One", {"a.txt": changed(3)})
    head = long.commit("Two", {"a.txt": changed(3, 25)})

    assert len(one) == 64
    assert tried(long, one).state == "clean"
    assert tried(long, head).tree == reverted_by_git(long, head)
    assert tried(long, first, onto=first).tree == reverted_by_git_onto(long, first)


def reverted_by_git_onto(shop: Workshop, commit: str) -> str:
    shop.git("checkout", "-q", "--detach", commit)
    shop.git("revert", "--no-edit", commit)
    return shop.git("rev-parse", "HEAD^{tree}")


def test_a_repository_whose_git_folder_is_elsewhere(tmp_path: Path) -> None:
    apart = Workshop(tmp_path / "work")
    apart.folder.mkdir()
    apart.git("init", "-q", "-b", "main", f"--separate-git-dir={tmp_path / 'store'}")
    apart.commit("Start", {"a.txt": LINES})
    one = apart.commit("One", {"a.txt": changed(3)})

    assert git.common_folder(apart.folder) == tmp_path / "store"
    assert tried(apart, one).state == "clean"


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"])
def test_what_points_git_elsewhere_is_not_heeded(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path
) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))

    assert tried(shop, one).state == "clean"


def test_two_plans_need_as_many_processes_as_one(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    two = shop.commit("Two", {"b.txt": changed(3)})
    started: list[Any] = []
    popen = subprocess.Popen

    def counting(*arguments: Any, **more: Any) -> Any:
        started.append(arguments[0][0])
        return popen(*arguments, **more)

    monkeypatch.setattr(subprocess, "Popen", counting)

    each_reverts_cleanly(shop.folder, [[Revert(revision=one)], [Revert(revision=two)]])

    assert started == ["git", "git"]

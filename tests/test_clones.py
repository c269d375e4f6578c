"""Where a change begins in the clones that pipelines make: shallow, partial, detached."""

import shutil
from pathlib import Path

import pytest

from changenote.capture.changes import Facts, Range, choose_range, gather
from changenote.errors import ShallowClone
from tests.workshop import Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Ten commits on main, and a branch from the first of them that was merged last."""
    shop = Workshop(tmp_path / "shop").start()
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("config", "uploadpack.allowAnySHA1InWant", "true")
    shop.commit("Start", {"old.txt": "1\n2\n3\n4\n"})
    shop.git("branch", "totals")
    for number in range(2, 11):
        shop.commit(f"Change {number}", {"a.txt": f"{number}\n"})
    shop.git("checkout", "-q", "totals")
    for number in (1, 2):
        shop.write("totals.py", f"{number}\n")
        shop.git("add", "-A")
        shop.git("commit", "-q", "--author", f"Ann{number} <ann{number}@example.com>", "-m", "Work")
    shop.git("mv", "old.txt", "new.txt")
    shop.git("commit", "-q", "-m", "Move")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge pull request #12 from acme/totals", "totals")
    return shop


def clone(shop: Workshop, *options: str) -> Workshop:
    """A clone as pipelines make them, over a protocol that honours the options."""
    folder = shop.folder.parent / "clone"
    shop.git("clone", "-q", *options, f"file://{shop.folder}", str(folder))
    return Workshop(folder)


def chosen(clone: Workshop, told: tuple[str, str] | None = None, head: str = "HEAD") -> Range:
    return choose_range(clone.folder, base=None, head=head, noted=[], branch="main", told=told)


def facts(clone: Workshop, told: tuple[str, str] | None = None) -> Facts:
    found = chosen(clone, told)
    return gather(clone.folder, found, notes_folder="changes", generated=())


def test_a_clone_of_one_commit_cannot_know_and_says_what_brings_the_rest(shop: Workshop) -> None:
    before = shop.git("rev-parse", "HEAD^")

    with pytest.raises(ShallowClone) as plain:
        chosen(clone(shop, "--depth=1"))
    with pytest.raises(ShallowClone) as told:
        chosen(Workshop(shop.folder.parent / "clone"), ("the push before", before))

    assert plain.value.hint.startswith("`git fetch --unshallow` brings them.")
    assert told.value.hint == (
        f"`git fetch --depth=1 origin {before}` brings the push before, and `--base {before}` "
        "begins there. `git fetch --unshallow` brings all."
    )


def test_what_the_hint_says_helps(shop: Workshop) -> None:
    before = shop.git("rev-parse", "HEAD^")
    one = clone(shop, "--depth=1")

    one.git("fetch", "-q", "--depth=1", "origin", before)
    found = choose_range(one.folder, base=before, head="HEAD", noted=[], branch="main")

    assert found.base == before
    assert [f["path"] for f in gather_files(one, found)] == ["new.txt", "totals.py"]


def gather_files(clone: Workshop, found: Range) -> tuple[dict[str, object], ...]:
    return gather(clone.folder, found, notes_folder="changes", generated=()).files


def test_a_shallow_clone_with_nothing_to_begin_at_says_that_it_guesses(shop: Workshop) -> None:
    shop.git("tag", "v1", "HEAD~8")

    found = chosen(clone(shop, "--depth=3"))

    assert found.base == shop.git("rev-parse", "HEAD^")
    assert found.since == (
        "the commit before (this clone is shallow, and has neither a note nor a tag to begin at)"
    )


def test_a_tag_in_a_shallow_clone_is_as_good_as_in_a_whole_one(shop: Workshop) -> None:
    shop.git("tag", "v1", "HEAD~1")

    assert chosen(clone(shop, "--depth=3")).since == chosen(shop).since == "tag v1"


def test_old_commits_beyond_the_cut_are_not_taken_for_a_merged_branch_s(shop: Workshop) -> None:
    whole = facts(shop, ("the push before", shop.git("rev-parse", "HEAD^")))
    cut = facts(clone(shop, "--depth=5"), ("the push before", shop.git("rev-parse", "HEAD^")))

    assert whole.commits == 4
    assert whole.told.authors[:2] == ("Ann1 <ann1@example.com>", "Ann2 <ann2@example.com>")
    assert whole.caveats == ()
    assert cut.commits == 2
    assert cut.told.authors == ("Dana Dev <dana@example.com>",)
    assert cut.caveats == (
        "This clone is shallow: of each merged branch only the newest commit is known. "
        "`git fetch --unshallow` brings the others, and their authors.",
    )
    assert cut.files == whole.files


def test_the_start_that_a_pipeline_tells_is_taken_when_the_clone_has_it(shop: Workshop) -> None:
    before = shop.git("rev-parse", "HEAD~2")

    found = chosen(clone(shop, "--depth=4"), ("the push before", before))

    assert (found.base, found.since) == (before, "the push before")


@pytest.mark.parametrize("told", ["f" * 40, "HEAD", "--all", "no such thing"])
def test_a_start_that_is_none_is_not_taken(shop: Workshop, told: str) -> None:
    found = chosen(clone(shop, "--depth=4"), ("the push before", told))

    assert found.base == shop.git("rev-parse", "HEAD^")


def test_a_note_or_tag_nearer_than_what_the_pipeline_tells_comes_first(shop: Workshop) -> None:
    shop.git("tag", "v1", "HEAD~2")

    found = chosen(clone(shop), ("the push before", shop.git("rev-parse", "HEAD~5")))

    assert found.since == "tag v1"


def test_the_trial_merge_of_a_pull_request_is_that_pull_request(shop: Workshop) -> None:
    shop.git("update-ref", "refs/pull/12/merge", "HEAD")
    shop.git("reset", "-q", "--hard", "HEAD^")
    folder = Workshop(shop.folder.parent / "clone").start()
    folder.git("remote", "add", "origin", f"file://{shop.folder}")
    merge = "+refs/pull/12/merge:refs/remotes/pull/12/merge"
    folder.git("fetch", "-q", "--depth=2", "origin", merge)
    folder.git("checkout", "-q", "refs/remotes/pull/12/merge")

    found = facts(folder)

    assert found.range.base == shop.git("rev-parse", "main")
    assert found.told.pull_requests == (12,)
    assert [f["path"] for f in found.files] == ["new.txt", "totals.py"]


def test_a_detached_merge_request_begins_where_the_pipeline_says(shop: Workshop) -> None:
    base = shop.git("merge-base", "totals", "main^")
    folder = clone(shop, "--depth=20", "--branch=totals")
    folder.git("checkout", "-q", "--detach")
    folder.git("update-ref", "-d", "refs/remotes/origin/totals")

    found = facts(folder, ("what the pipeline says was before", base))

    assert (found.range.base, found.commits) == (base, 3)


def test_a_partial_clone_fetches_what_it_lacks_and_does_without_it_offline(shop: Workshop) -> None:
    folder = clone(shop, "--filter=blob:none", "--no-checkout")
    online = folder.folder.parent / "online"
    shutil.copytree(folder.folder, online)
    before = ("the push before", shop.git("rev-parse", "HEAD^"))

    fetched = facts(Workshop(online), before)
    shop.folder.rename(shop.folder.with_name("gone"))
    alone = facts(folder, before)

    assert [dict(f) for f in fetched.files] == [
        {"path": "new.txt", "change": "renamed", "from": "old.txt"},
        {"path": "totals.py", "change": "added", "added": 1},
    ]
    assert fetched.caveats == ()
    assert [dict(f) for f in alone.files] == [
        {"path": "new.txt", "change": "added"},
        {"path": "old.txt", "change": "deleted"},
        {"path": "totals.py", "change": "added"},
    ]
    assert alone.caveats == (
        "This clone lacks the contents of files, and git could not fetch them: no lines are "
        "counted and no renames found.",
    )
    assert alone.commits == fetched.commits == 4

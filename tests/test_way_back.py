"""The suggested revert takes back the change and nothing else, however it was merged."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from changenote.capture.changes import Range, gather
from changenote.capture.reverting import revert_commits, reverts_cleanly
from tests.workshop import Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with a commit on main."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start", {"start.txt": "start\n"})
    return shop


def suggested(shop: Workshop, base: str) -> tuple[str, ...]:
    head = shop.git("rev-parse", "HEAD")
    chosen = Range(base=base, head=head, since="", version=None)
    return gather(shop.folder, chosen, notes_folder="changes", generated=()).revert


def tree(shop: Workshop, revision: str) -> str:
    return shop.git("rev-parse", f"{revision}^{{tree}}")


def left_after(shop: Workshop, steps: Sequence[str]) -> str | None:
    """The tree after the steps, as the dry run tells it and as git itself makes it."""
    applies = reverts_cleanly(shop.folder, revert_commits(steps))
    for step in steps:
        shop.git(*step.split()[1:])
    assert applies.tree == tree(shop, "HEAD")
    return applies.tree


def on_branch(shop: Workshop, name: str, *files: str) -> None:
    shop.git("checkout", "-q", "-b", name)
    for file in files:
        shop.commit(f"Add {file}", {file: f"{file}\n"})


def merged(shop: Workshop, name: str, *options: str) -> str:
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", *(options or ("--no-ff",)), "-m", f"Merge {name}", name)
    return shop.git("rev-parse", "HEAD")


def test_a_squash_or_a_single_commit_is_reverted_as_it_is(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    one = shop.commit("Add one (#1)", {"one.txt": "1\n"})

    steps = suggested(shop, base)

    assert steps == (f"git revert --no-edit {one}",)
    assert left_after(shop, steps) == tree(shop, base)


def test_commits_that_were_rebased_are_reverted_newest_first(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    shas = [shop.commit(f"Write {n}", {"one.txt": f"{n}\n"}) for n in (1, 2, 3)]

    steps = suggested(shop, base)

    assert steps == tuple(f"git revert --no-edit {sha}" for sha in reversed(shas))
    assert left_after(shop, steps) == tree(shop, base)


def test_a_merge_is_reverted_alone_without_the_commits_it_brought(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    on_branch(shop, "topic", "one.txt", "two.txt")
    merge = merged(shop, "topic")

    steps = suggested(shop, base)

    assert steps == (f"git revert --no-edit -m 1 {merge}",)
    assert left_after(shop, steps) == tree(shop, base)


def test_merges_and_commits_between_them_are_reverted_newest_first(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    on_branch(shop, "topic", "one.txt")
    first = merged(shop, "topic")
    between = shop.commit("Between", {"one.txt": "changed\n"})
    shop.git("checkout", "-q", "topic")
    shop.commit("More", {"two.txt": "2\n"})
    second = merged(shop, "topic")

    steps = suggested(shop, base)

    assert steps == (
        f"git revert --no-edit -m 1 {second}",
        f"git revert --no-edit {between}",
        f"git revert --no-edit -m 1 {first}",
    )
    assert left_after(shop, steps) == tree(shop, base)


def test_a_merge_of_several_branches_at_once_is_one_step(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    for name in ("one", "two"):
        shop.git("checkout", "-q", "main")
        on_branch(shop, name, f"{name}.txt")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge both", "one", "two")

    steps = suggested(shop, base)

    assert steps == (f"git revert --no-edit -m 1 {shop.git('rev-parse', 'HEAD')}",)
    assert left_after(shop, steps) == tree(shop, base)


def test_a_branch_that_took_main_in_first_does_not_take_others_work_back(shop: Workshop) -> None:
    on_branch(shop, "topic", "one.txt")
    shop.git("checkout", "-q", "main")
    base = shop.commit("Of somebody else", {"other.txt": "other\n"})
    shop.git("checkout", "-q", "topic")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge main into topic", "main")
    after = shop.commit("Go on", {"two.txt": "2\n"})
    merge = shop.git("rev-parse", "HEAD^")
    merged(shop, "topic", "--ff-only")

    steps = suggested(shop, base)

    assert steps == (f"git revert --no-edit {after}", f"git revert --no-edit -m 2 {merge}")
    assert left_after(shop, steps) == tree(shop, base)


def test_a_commit_and_its_own_revert_in_one_range_are_both_taken_back(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    one = shop.commit("Add one", {"one.txt": "1\n"})
    shop.git("revert", "--no-edit", one)
    shop.commit("Add two", {"two.txt": "2\n"})

    assert left_after(shop, suggested(shop, base)) == tree(shop, base)


def test_many_commits_are_one_step_with_a_range(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    for number in range(12):
        head = shop.commit(f"Write {number}", {"one.txt": f"{number}\n"})

    steps = suggested(shop, base)

    assert steps == (f"git revert --no-edit {base}..{head}",)
    assert left_after(shop, steps) == tree(shop, base)


def test_notes_that_were_written_meanwhile_stay(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    shas = [shop.commit(f"Write {n}", {"one.txt": f"{n}\n"}) for n in range(11)]
    shop.commit("Note it", {"changes/2026/note.yaml": "schema: 1\n"})

    steps = suggested(shop, base)

    assert steps == (f"git revert --no-edit {' '.join(reversed(shas))}",)
    left_after(shop, steps)
    assert (shop.folder / "changes/2026/note.yaml").exists()


def test_no_revert_is_suggested_for_more_merges_than_one_undoes_by_hand(shop: Workshop) -> None:
    base = shop.git("rev-parse", "HEAD")
    for number in range(11):
        on_branch(shop, f"topic-{number}", f"{number}.txt")
        merged(shop, f"topic-{number}")

    assert suggested(shop, base) == ()

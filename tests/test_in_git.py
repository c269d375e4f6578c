"""What a site tells of shipped changes: what changed since, and whether they can still go back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changenote import git
from changenote.git_facts import main_line as line
from changenote.git_facts import reverts
from changenote.git_facts.drift import Past
from changenote.git_facts.main_line import Change, Landing, MainLine
from changenote.site.book import Book, InGit
from changenote.site.loading import project_of, read_book
from tests.books import page, words
from tests.house import NOTE
from tests.test_reverting import LINES, changed
from tests.workshop import Workshop

ID = "20260921-g00d00"
FILE = f"changes/2026/{ID}-note.yaml"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with one commit."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start", {"a.txt": LINES, "b.txt": LINES, "c.txt": LINES})
    return shop


def at(shop: Workshop) -> datetime:
    """The moment of the last commit."""
    return datetime.fromtimestamp(int(shop.git("log", "-1", "--format=%ct")), UTC)


def noted(
    shop: Workshop,
    *files: str,
    head: str = "",
    base: str = "",
    more: str = "",
    steps: Sequence[str] = ("./flags set cart off",),
    note_id: str = ID,
) -> Path:
    """A note about these files that ships a minute after the last commit."""
    shop.clock += 60
    shipped = datetime.fromtimestamp(shop.clock, UTC)
    listed = "".join(f"  - {{path: {file}}}\n" for file in files)
    begin = f'base: "{base}", ' if base else ""
    source = f'source: {{{begin}head: "{head}"}}\n' if head else ""
    text = NOTE.replace("ID", note_id).replace("2025-11-20T14:05:00Z", f"{shipped:%FT%TZ}")
    text = text.replace(
        "  - {path: app/cart/totals.py, change: modified, added: 38, removed: 6}\n", listed
    )
    run = "".join(f"    - {{run: {step}, expect: done}}\n" for step in steps)
    text = text.replace(
        "    - run: ./flags set cart_total_cache off --env production\n      expect: 12/12 hosts\n",
        run,
    )
    return shop.note(text + source + more, note_id)


def book(shop: Workshop) -> Book:
    return read_book(project_of(shop.folder / "changes"))


def told(shop: Workshop) -> InGit:
    return book(shop).in_git[FILE]


def drifted(shop: Workshop) -> list[tuple[str, int]]:
    return [(file.path, file.commits) for file in told(shop).drifted]


# --- What changed since ---------------------------------------------------------------------------


def test_files_that_later_commits_changed_are_told_with_how_often_and_when(shop: Workshop) -> None:
    noted(shop, "a.txt", "b.txt", "c.txt")
    shop.commit("Note")
    shop.commit("One", {"a.txt": changed(1), "b.txt": changed(1)})
    one = at(shop)
    shop.commit("Two", {"a.txt": changed(1, 2)})
    shop.commit("Elsewhere", {"d.txt": "d\n"})

    found = told(shop)

    assert [(f.path, f.commits) for f in found.drifted] == [("a.txt", 2), ("b.txt", 1)]
    assert found.drifted_by == 2
    assert found.drifted[1].last == one
    assert book(shop).commit == shop.git("rev-parse", "HEAD")


def test_the_changes_own_commits_do_not_count_whenever_they_were_made(shop: Workshop) -> None:
    noted(shop, "a.txt")
    shop.commit("The change itself, committed after it was deployed", {"a.txt": changed(1)})
    head = shop.git("rev-parse", "HEAD")
    assert drifted(shop) == []  # the note came with it

    (shop.folder / FILE).unlink()
    shop.commit("No note yet")
    shop.clock -= 600
    noted(shop, "a.txt", head=head)

    assert drifted(shop) == []


def test_a_merged_branch_that_the_note_ends_with_is_the_change_itself(shop: Workshop) -> None:
    noted(shop, "a.txt")
    path = shop.folder / FILE
    shop.git("checkout", "-q", "-b", "topic")
    head = shop.commit("Work", {"a.txt": changed(1)})
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")

    path.write_text(path.read_text() + f'source: {{head: "{head}"}}\n')

    assert drifted(shop) == []


def test_commits_that_were_rebased_on_their_way_are_the_change_itself(shop: Workshop) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    head = shop.commit("Work", {"a.txt": changed(1)})
    noted(shop, "a.txt", head=head)
    shop.commit("Note")
    shop.git("checkout", "-q", "main")
    shop.commit("Meanwhile", {"d.txt": "d\n"})
    shop.git("cherry-pick", "main..topic")
    assert drifted(shop) == []

    shop.commit("Later", {"a.txt": changed(1, 2)})

    assert drifted(shop) == [("a.txt", 1)]


def test_what_a_later_note_tells_of_makes_no_earlier_one_stale(shop: Workshop) -> None:
    noted(shop, "a.txt")
    base = shop.commit("Note")
    shop.commit("Work", {"a.txt": changed(1)})
    head = shop.commit("More work", {"a.txt": changed(1, 2)})
    noted(shop, "a.txt", head=head, base=base, note_id="20260922-g00d01")
    shop.commit("Another note")
    assert drifted(shop) == []

    shop.commit("Nobody wrote this down", {"a.txt": changed(1, 2, 3)})

    assert drifted(shop) == [("a.txt", 1)]


def test_of_what_was_merged_a_note_tells_of_the_merge_alone(shop: Workshop) -> None:
    noted(shop, "a.txt", "b.txt")
    base = shop.commit("Note")
    shop.git("checkout", "-q", "-b", "topic")
    head = shop.commit("Work", {"a.txt": changed(1)})
    shop.git("checkout", "-q", "main")
    shop.commit("Meanwhile", {"b.txt": changed(1)})
    shop.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")

    noted(shop, "a.txt", head=head, base=base, note_id="20260922-g00d01")

    assert drifted(shop) == [("b.txt", 1)]


def test_a_squashed_change_is_the_commit_that_brought_its_note(shop: Workshop) -> None:
    noted(shop, "a.txt")
    shop.commit("Note")
    lost = "1" * 40

    path = noted(shop, "a.txt", head=lost, note_id="20260922-g00d01")
    shop.commit("Squashed, with its note", {"a.txt": changed(1)})
    path.write_text(path.read_text() + "tags: [cart]\n")
    shop.commit("A later word in that note does not cover this", {"a.txt": changed(1, 2)})

    assert drifted(shop) == [("a.txt", 1)]


def test_a_draft_tells_of_nothing_yet(shop: Workshop) -> None:
    noted(shop, "a.txt")
    shop.commit("Note")
    head = shop.commit("Work", {"a.txt": changed(1)})

    path = noted(shop, "a.txt", head=head, note_id="20260922-g00d01")
    path.write_text(path.read_text().replace("status: shipped", "status: draft"))

    assert drifted(shop) == [("a.txt", 1)]


def test_a_merge_counts_once_and_when_it_was_merged(shop: Workshop) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("Work", {"a.txt": changed(1)})
    shop.commit("More", {"a.txt": changed(1, 2)})
    shop.git("checkout", "-q", "main")
    noted(shop, "a.txt")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")

    assert drifted(shop) == [("a.txt", 1)]


def test_a_commit_that_changes_the_note_as_well_is_not_held_against_it(shop: Workshop) -> None:
    path = noted(shop, "a.txt")
    shop.commit("Note")
    path.write_text(path.read_text() + "tags: [cart]\n")

    shop.commit("Change it, and say so", {"a.txt": changed(1)})

    assert drifted(shop) == []


def test_what_came_before_the_last_review_is_known_to_the_reviewer(shop: Workshop) -> None:
    reviewed = "revision: {version: 1, status: reviewed, last_reviewed: DAY, by: '@ann'}\n"
    path = noted(shop, "a.txt")
    shop.commit("One", {"a.txt": changed(1)})
    path.write_text(path.read_text() + reviewed.replace("DAY", f"{at(shop):%F}"))
    shop.commit("Review")
    assert drifted(shop) == []

    shop.clock += 86_400
    shop.commit("Two", {"a.txt": changed(1, 2)})

    assert drifted(shop) == [("a.txt", 1)]


def test_a_file_is_followed_when_it_is_renamed(shop: Workshop) -> None:
    noted(shop, "a.txt")
    shop.commit("Note")
    shop.git("mv", "a.txt", "z.txt")
    shop.commit("Rename it, and change a little", {"z.txt": changed(9)})
    shop.commit("Change it", {"z.txt": changed(9, 10)})
    shop.commit("Another file takes the name", {"a.txt": "new\n"})

    assert drifted(shop) == [("a.txt", 2)]


def test_a_rename_before_the_change_leads_nowhere(shop: Workshop) -> None:
    shop.git("mv", "a.txt", "z.txt")
    shop.commit("Rename it")
    shop.commit("A new file", {"a.txt": "new\n"})
    noted(shop, "a.txt")
    shop.commit("Change the one that was renamed", {"z.txt": changed(1)})

    assert drifted(shop) == []


def test_lock_files_and_generated_files_say_nothing_about_a_note(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "generated: ['*.gen.txt']\n")
    noted(shop, "uv.lock", "x.gen.txt", "changes/config.yaml")
    shop.commit("Note")

    shop.commit(
        "Update",
        {
            "uv.lock": "2\n",
            "x.gen.txt": "2\n",
            "changes/config.yaml": "title: Log\ngenerated: ['*.gen.txt']\n",
        },
    )

    assert drifted(shop) == []


def test_an_odd_path_is_found_as_the_note_has_it(shop: Workshop) -> None:
    shop.commit("Odd", {'"quoted".txt': "1\n", "é.txt": "1\n"})
    noted(shop, r"""'"\"quoted\".txt"'""", "é.txt")
    shop.commit("Note")

    shop.commit("Change", {'"quoted".txt': "2\n", "é.txt": "2\n"})

    assert drifted(shop) == [('"\\"quoted\\".txt"', 1), ("é.txt", 1)]


@pytest.mark.parametrize("status", ["draft", "rolled_back", "superseded"])
def test_only_a_live_change_goes_stale(shop: Workshop, status: str) -> None:
    path = noted(shop, "a.txt")
    path.write_text(path.read_text().replace("status: shipped", f"status: {status}"))
    shop.commit("Note")

    shop.commit("One", {"a.txt": changed(1)})

    assert drifted(shop) == []


# --- The note itself ------------------------------------------------------------------------------


def test_the_commits_that_changed_a_note_are_its_revisions_whatever_its_name(
    shop: Workshop,
) -> None:
    path = noted(shop, "a.txt")
    assert (told(shop).revisions, told(shop).revised) == (0, None)
    shop.commit("Note")
    path.write_text(path.read_text() + "tags: [cart]\n")
    shop.commit("Tag it")
    shop.git("mv", FILE, f"changes/2026/{ID}-other.yaml")
    renamed = shop.commit("Call it otherwise")
    last = at(shop)
    shop.commit("Elsewhere", {"d.txt": "d\n"})

    found = book(shop).in_git[f"changes/2026/{ID}-other.yaml"]

    assert found.revisions == 3
    assert found.revised == last
    assert found.commit == renamed


# --- Reverts --------------------------------------------------------------------------------------


def test_a_plan_to_revert_is_tried_on_the_commit_that_is_checked_out(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    noted(shop, "a.txt", steps=[f"git revert --no-edit {one}"])
    shop.commit("Note")
    first = told(shop).applies

    head = shop.commit("Two", {"a.txt": changed(3, word="newer")})
    second = told(shop).applies

    assert first
    assert first.state == "clean"
    assert second
    assert second.in_words == f"conflicts in a.txt when {one[:7]} is reverted onto {head[:7]}"


def test_of_a_revert_that_cannot_be_tried_nothing_is_said(shop: Workshop) -> None:
    noted(shop, "a.txt", steps=[f"git revert --no-edit {'9' * 40}"])

    assert told(shop).applies is None


def test_when_time_is_over_the_newest_reverts_were_tried(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    step = f"git revert --no-edit {one}"
    for name in ("aaaaaa", "bbbbbb", "cccccc"):
        noted(shop, "a.txt", steps=[step], note_id=f"20260921-{name}")
    clock = iter((0, 0, 1, 9))
    monkeypatch.setattr(reverts, "monotonic", lambda: next(clock))
    monkeypatch.setattr(reverts, "_AT_A_TIME", 1)

    tried = {file[13:28]: told.applies is not None for file, told in book(shop).in_git.items()}

    assert tried == {"20260921-cccccc": True, "20260921-bbbbbb": True, "20260921-aaaaaa": False}


def test_nothing_is_asked_again_while_the_commit_stays(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    noted(shop, "a.txt", steps=[f"git revert --no-edit {one}"])
    shop.commit("Note")
    first = book(shop)

    def refuse(*_: object, **_more: object) -> None:
        raise AssertionError("git is asked again")

    monkeypatch.setattr(git, "talking", refuse)
    (shop.folder / FILE).write_text((shop.folder / FILE).read_text() + "tags: [cart]\n")
    second = book(shop)

    assert second.in_git == first.in_git


def test_the_review_queue_of_a_repository_names_what_git_told(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    noted(shop, "a.txt", steps=[f"git revert --no-edit {one}"])
    shop.commit("Note")
    head = shop.commit("Two", {"a.txt": changed(3, word="newer")})

    said = words(page(book(shop), "changes/review/").content)

    assert f"conflicts in a.txt when {one[:7]} is reverted onto {head[:7]}" in said
    assert "1 commit since, the last on 21 Sep 2026, to 1 of 1 file: a.txt" in said


# --- Where little can be told ---------------------------------------------------------------------


def test_without_a_repository_or_git_or_commits_nothing_is_told(
    tmp_path: Path, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, fresh = Workshop(tmp_path / "plain"), Workshop(tmp_path / "fresh").start()
    for one in (plain, fresh, shop):
        noted(one, "a.txt")
    assert told(shop) == InGit()

    monkeypatch.setenv("PATH", "")

    for one in (plain, fresh, shop):
        assert (book(one).commit, book(one).in_git) == ("", {})
    monkeypatch.undo()
    assert (book(fresh).commit, book(fresh).in_git) == ("", {})


def test_a_shallow_clone_tells_what_it_has_and_nothing_false(
    tmp_path: Path, shop: Workshop
) -> None:
    noted(shop, "a.txt")
    shop.commit("Note")
    shop.commit("One", {"a.txt": changed(1)})
    noted(shop, "b.txt", note_id="20260921-7ater0")
    shop.commit("Later note")
    shop.commit("Two", {"a.txt": changed(1, 2), "b.txt": changed(1)})
    clone = Workshop(tmp_path / "clone")
    shop.git("clone", "-q", "--depth=3", f"file://{shop.folder}", str(clone.folder))

    cut_off = book(clone).in_git
    clone.git("fetch", "-q", "--unshallow")
    whole = book(clone).in_git

    later = "changes/2026/20260921-7ater0-note.yaml"
    assert cut_off[FILE] == InGit()
    assert (cut_off[later].drifted_by, cut_off[later].revisions) == (1, 0)
    assert (whole[FILE].drifted_by, whole[FILE].revisions) == (2, 1)
    assert whole[later].drifted == cut_off[later].drifted


def test_a_clone_without_contents_tells_all_but_inexact_renames_and_fetches_nothing(
    tmp_path: Path, shop: Workshop
) -> None:
    noted(shop, "a.txt", "b.txt")
    shop.commit("Note")
    shop.git("mv", "a.txt", "z.txt")
    shop.commit("Rename a")
    shop.commit("Change it", {"z.txt": changed(1)})
    shop.git("mv", "b.txt", "y.txt")
    shop.commit("Rename b with a change", {"y.txt": changed(9)})
    shop.git("config", "uploadpack.allowFilter", "true")
    clone = Workshop(tmp_path / "clone")
    shop.git("clone", "-q", "--filter=blob:none", f"file://{shop.folder}", str(clone.folder))
    shop.folder.rename(tmp_path / "gone")

    assert drifted(clone) == [("a.txt", 2), ("b.txt", 1)]


def test_notes_in_a_folder_of_a_larger_repository_are_told_of(shop: Workshop) -> None:
    noted(shop, "a.txt")
    shop.commit("Note")
    (shop.folder / "web").mkdir()
    shop.git("mv", "changes", "web/changes")
    shop.write("web/changes/config.yaml", "title: Web\n")
    shop.commit("Move the notes")
    shop.commit("One", {"a.txt": changed(1)})

    found = read_book(project_of(shop.folder / "web/changes")).in_git[FILE]

    assert ([file.path for file in found.drifted], found.revisions) == (["a.txt"], 1)


def test_a_history_that_is_too_slow_tells_of_its_newest_part(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(shop, "a.txt")
    shop.commit("Note")
    shop.commit("One", {"a.txt": changed(1)})
    asked = line._asked
    monkeypatch.setattr(line, "_asked", lambda *a: (asked(*a)[0][:110], "late"))

    assert told(shop) == InGit()
    shop.commit("Two", {"a.txt": changed(1, 2)})
    noted(shop, "a.txt")
    assert told(shop).drifted == ()


def landing(number: int, at: int, *changes: Change) -> Landing:
    return Landing(sha=f"{number:040x}", merged=(), at=at, changes=changes)


def test_a_clock_that_went_wrong_once_makes_nothing_look_stale() -> None:
    landings = (landing(0, 900_000, ("a", None)), landing(1, 100), landing(2, 200, ("a", None)))
    past = Past(MainLine(landings=landings))

    assert past.after(50, None) == 0
    assert past.after(150, None) == 2
    assert [commits for _, commits in past.drifted(["a"], past.after(150, None), 0)] == [0b100]


def test_what_was_cut_short_in_the_middle_of_a_commit_is_not_taken_for_all_of_it() -> None:
    heading = b"%040x %040x 100\0"
    out = heading % (2, 1) + b"\nM\0a.txt\0R100\0b.txt\0c.txt\0" + heading % (1, 0) + b"\nM\0d"

    found = list(line._landings(out))

    assert found[0].changes == (("a.txt", None), ("c.txt", "b.txt"))
    assert [one.sha[-1] for one in found] == ["2", "1"]

"""What `check` asks git about notes, in real repositories."""

from pathlib import Path

import pytest

from tests.house import NOTE
from tests.workshop import Workshop

NOTE_ID = "20251120-g00d00"
LISTED = "  - {path: app/cart/totals.py, change: modified, added: 38, removed: 6}\n"
SHAPE = "files:\n" + LISTED


def ranged_note(workshop: Workshop, base: str, head: str, files: str) -> Path:
    """A note about a range of commits that lists these files."""
    source = f'source: {{base: "{base}", head: "{head}"}}\n'
    text = NOTE.replace("ID", NOTE_ID).replace(SHAPE, f"{source}{files}")
    return workshop.note(text, NOTE_ID)


@pytest.fixture
def shipped(workshop: Workshop) -> tuple[Workshop, str, str]:
    """A repository with a change: one file modified, one added, one renamed, and the lock file."""
    base = workshop.commit("Start", {"app/a.py": "a\n", "app/old.py": "x\n" * 9, "uv.lock": "1\n"})
    workshop.git("mv", "app/old.py", "app/new.py")
    head = workshop.commit("Change", {"app/a.py": "b\n", "app/é.py": "c\n", "uv.lock": "2\n"})
    return workshop, base, head


def found(workshop: Workshop) -> list[tuple[str, str, int, str]]:
    return [
        (f["rule"], f["severity"], f["line"], f["found"])
        for f in workshop.run("check", "--format=json").data["findings"]
    ]


def test_a_note_that_lists_what_its_range_touched_is_in_order(
    shipped: tuple[Workshop, str, str],
) -> None:
    ranged_note(
        *shipped,
        "files:\n  - {path: app/a.py}\n  - {path: app/é.py}\n"
        "  - {path: app/new.py, change: renamed, from: app/old.py}\n",
    )

    assert found(shipped[0]) == []


def test_a_note_that_lists_other_files_than_its_range_touched_is_told_which(
    shipped: tuple[Workshop, str, str],
) -> None:
    ranged_note(*shipped, "files: [{path: app/a.py}, {path: app/b.py}, {path: uv.lock}]\n")

    said = "listed, but not touched by the range: app/b.py; touched, but not listed: app/new.py, "
    assert found(shipped[0]) == [("files-differ", "warning", 21, said + "app/old.py, app/é.py")]


def test_files_that_a_note_counts_need_no_names(shipped: tuple[Workshop, str, str]) -> None:
    ranged_note(*shipped, "files: [{path: app/a.py}]\nfiles_omitted: {moved: 3}\n")

    assert found(shipped[0]) == []


def test_a_range_that_this_clone_does_not_have_is_no_finding(workshop: Workshop) -> None:
    head = workshop.commit("Start", {"app/a.py": "a\n"})

    ranged_note(workshop, "0" * 40, head, "files: [{path: app/b.py}]\n")

    assert found(workshop) == []


def test_commits_that_arrive_later_are_looked_at_then(
    shipped: tuple[Workshop, str, str], tmp_path: Path
) -> None:
    workshop, base, head = shipped
    ranged_note(workshop, base, head, "files: [{path: app/b.py}]\n")
    workshop.commit("Note")
    clone = Workshop(tmp_path / "clone")
    workshop.git("clone", "-q", "--depth=1", f"file://{workshop.folder}", str(clone.folder))
    assert found(clone) == []

    clone.git("fetch", "-q", "--unshallow")

    assert [rule for rule, *_ in found(clone)] == ["files-differ"]


def test_a_range_is_asked_of_git_once(shipped: tuple[Workshop, str, str], tmp_path: Path) -> None:
    workshop, base, head = shipped
    ranged_note(workshop, base, head, "files: [{path: app/b.py}]\n")
    first = found(workshop)
    empty = tmp_path / "empty"
    empty.mkdir()

    again = workshop.run("check", "--format=json", PATH=str(empty)).data["findings"]

    assert [f["rule"] for f in again] == ["files-differ"] == [rule for rule, *_ in first]


def test_without_a_repository_the_files_of_a_note_are_taken_at_its_word(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "plain")
    workshop.write("changes/config.yaml", "title: Notes\n")

    ranged_note(workshop, "a" * 40, "b" * 40, "files: [{path: app/b.py}]\n")

    assert found(workshop) == []

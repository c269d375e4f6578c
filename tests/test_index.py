"""The index saves work, and is never trusted more than the files."""

from pathlib import Path
from typing import Any

import pytest

from changenote.store.database import path_in
from changenote.store.index import derived, remembered


class Counted:
    """Computes the length of a file's text and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, file: str, raw: bytes) -> dict[str, Any]:
        self.asked.append(file)
        return {"file": file, "length": len(raw)}


def test_a_file_is_worked_out_once_until_its_text_changes(tmp_path: Path) -> None:
    compute = Counted()
    files = {"a": b"1", "b": b"22"}

    derived(tmp_path, "row", files, compute)
    again = derived(tmp_path, "row", {"a": b"1", "b": b"333"}, compute)

    assert compute.asked == ["a", "b", "b"]
    assert again == {"a": {"file": "a", "length": 1}, "b": {"file": "b", "length": 3}}


def test_two_files_with_the_same_text_have_rows_of_their_own(tmp_path: Path) -> None:
    found = derived(tmp_path, "row", {"a": b"1", "b": b"1"}, Counted())

    assert [row["file"] for row in found.values()] == ["a", "b"]


def test_what_else_a_row_hangs_on_makes_a_row_of_its_own(tmp_path: Path) -> None:
    compute = Counted()

    derived(tmp_path, "row", {"a": b"1"}, compute, depends_on="config 1")
    derived(tmp_path, "row", {"a": b"1"}, compute, depends_on="config 2")

    assert compute.asked == ["a", "a"]


def test_a_damaged_index_costs_time_and_nothing_else(tmp_path: Path) -> None:
    compute = Counted()
    derived(tmp_path, "row", {"a": b"1"}, compute)
    path_in(tmp_path).write_bytes(b"this is no database" * 100)

    first = derived(tmp_path, "row", {"a": b"1"}, compute)
    second = derived(tmp_path, "row", {"a": b"1"}, compute)

    assert first == second == {"a": {"file": "a", "length": 1}}


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    assert derived(tmp_path / "cache", "row", {"a": b"1"}, Counted())["a"]["length"] == 1


def test_the_cache_keeps_itself_out_of_git(tmp_path: Path) -> None:
    derived(tmp_path, "row", {"a": b"1"}, Counted())

    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_what_every_command_starts_with_is_remembered_until_the_bytes_change(
    tmp_path: Path,
) -> None:
    asked: list[bytes] = []

    def compute(raw: bytes) -> dict[str, int]:
        asked.append(raw)
        return {"length": len(raw)}

    found = [remembered(tmp_path, "config", raw, compute) for raw in (b"1", b"1", b"22", b"22")]

    assert asked == [b"1", b"22"]
    assert found == [{"length": 1}, {"length": 1}, {"length": 2}, {"length": 2}]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"key": "other"}', b"\xff"])
def test_what_is_remembered_badly_is_worked_out_again(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "config.json").write_bytes(damage)

    assert remembered(tmp_path, "config", b"1", len) == 1
    assert remembered(tmp_path, "config", b"1", len) == 1

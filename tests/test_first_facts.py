"""What every command starts with is worked out once, and again when anything is odd."""

from pathlib import Path

import pytest

from changenote.store.first_facts import remembered


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

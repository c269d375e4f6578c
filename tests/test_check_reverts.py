"""`check` says when a plan to revert has gone stale, quickly, and without touching anything."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.test_rehearse import note_with
from tests.test_reverting import LINES, changed
from tests.test_start_up import loaded
from tests.workshop import Workshop

ID = "20251120-g00d00"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with one commit."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start", {"a.txt": LINES, "b.txt": LINES})
    return shop


def noted(shop: Workshop, *steps: str, days: float = 1, note_id: str = ID) -> Path:
    """A note whose rollback has these steps, shipped some days ago."""
    shipped = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    text = note_with("".join(f"    - {{run: {step}, expect: done}}\n" for step in steps))
    text = text.replace("2025-11-20T14:05:00Z", shipped).replace(ID, note_id)
    return shop.note(text.replace("app/cart/totals.py", "a.txt"), note_id)


def findings(shop: Workshop, *options: str) -> list[dict[str, Any]]:
    every = shop.run("check", "--format", "json", *options).data["findings"]
    return [finding for finding in every if finding["rule"].startswith("revert-")]


def test_a_plan_that_works_is_no_finding(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, 25)})
    noted(shop, f"git revert --no-edit {one}")

    assert findings(shop) == []


def test_a_plan_that_went_stale_is_a_remark_at_its_step(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    noted(shop, "./flags set cart off", f"git revert --no-edit {one}")
    assert findings(shop) == []

    head = shop.commit("Two", {"a.txt": changed(3, word="newer")})

    (found,) = findings(shop)
    assert (found["rule"], found["severity"]) == ("revert-conflicts", "note")
    assert found["where"] == "rollback.steps[1].run"
    assert found["found"] == f"reverting {one[:7]} onto {head[:7]}: conflicts in a.txt"
    assert shop.run("check", "--strict").code == 0


def test_a_team_can_make_it_an_error_or_switch_it_off(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, word="newer")})
    noted(shop, f"git revert --no-edit {one}")

    shop.write("changes/config.yaml", "severity: {revert-conflicts: error}\n")
    assert shop.run("check").code == 1
    shop.write("changes/config.yaml", "severity: {revert-conflicts: off}\n")
    assert findings(shop) == []


def test_a_step_that_git_would_refuse_is_found(shop: Workshop) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("One", {"a.txt": changed(3)})
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    merge = shop.git("rev-parse", "HEAD")
    noted(shop, f"git revert --no-edit {merge}")

    (found,) = findings(shop)

    assert found["found"].endswith("it is a merge, so the command must say `-m 1`")


def test_a_change_that_is_gone_though_the_note_says_shipped_is_found(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.git("revert", "--no-edit", one)
    noted(shop, f"git revert --no-edit {one}")

    (found,) = findings(shop)

    assert (found["rule"], found["where"]) == ("revert-done", "status")


@pytest.mark.parametrize("status", ["rolled_back", "superseded", "draft"])
def test_only_what_is_live_is_tried(shop: Workshop, status: str) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, word="newer")})
    path = noted(shop, f"git revert --no-edit {one}")
    path.write_text(path.read_text().replace("status: shipped", f"status: {status}"))

    assert findings(shop, "--reverts") == []


def test_old_changes_are_tried_only_when_that_is_wanted(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    shop.commit("Two", {"a.txt": changed(3, word="newer")})
    noted(shop, f"git revert --no-edit {one}", days=100)

    assert findings(shop) == []
    assert len(findings(shop, "--reverts")) == 1


def test_what_cannot_be_known_is_no_finding(shop: Workshop) -> None:
    noted(shop, f"git revert --no-edit {'9' * 40}")

    assert findings(shop) == []


def test_without_git_there_is_no_finding_and_no_error(tmp_path: Path) -> None:
    plain = Workshop(tmp_path / "plain")
    noted(plain, f"git revert --no-edit {'9' * 40}")

    assert findings(plain) == []
    assert plain.run("check", PATH="").code == 0


def test_what_is_known_is_not_tried_again_until_head_moves(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    noted(shop, f"git revert --no-edit {one}")
    tried = "changenote.capture.reverting"

    first, second = loaded(shop.folder, "check"), loaded(shop.folder, "check")
    shop.commit("Two", {"a.txt": changed(3, 25)})
    third = loaded(shop.folder, "check")

    assert [tried in modules for modules in (first, second, third)] == [True, False, True]


# --- The rollback screen --------------------------------------------------------------------------


def screen(shop: Workshop, **environment: str) -> str:
    done = shop.run("rollback", ID, **environment)
    assert done.code == 0
    return done.out


def test_the_rollback_screen_says_whether_the_revert_still_applies(shop: Workshop) -> None:
    one = shop.commit("One", {"a.txt": changed(3)})
    noted(shop, f"git revert --no-edit {one}")

    assert screen(shop).endswith(f"Reverting  applies cleanly onto {one[:7]}\n")
    head = shop.commit("Two", {"a.txt": changed(3, word="newer")})
    assert screen(shop).endswith(
        f"Reverting  conflicts in a.txt when {one[:7]} is reverted onto {head[:7]}\n"
    )


def test_the_rollback_screen_needs_no_git(tmp_path: Path, shop: Workshop) -> None:
    plain = Workshop(tmp_path / "plain")
    noted(plain, f"git revert --no-edit {'9' * 40}")
    noted(shop, f"git revert --no-edit {'9' * 40}")

    assert "Reverting" not in screen(plain)
    assert screen(shop, PATH="").endswith("Reverting  could not be tried: git was not found\n")


def test_steps_without_a_revert_start_no_git(shop: Workshop) -> None:
    noted(shop, "./flags set cart off")

    assert "subprocess" not in loaded(shop.folder, "rollback", ID)

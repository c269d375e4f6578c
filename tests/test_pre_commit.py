"""The hooks for pre-commit do in real commits and pushes what they say, and stop none without need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import valid_note
from tests.on_forge import QUIET
from tests.pipelines import ROOT
from tests.workshop import IDENTITY, Done, Workshop

ID = "20251120-g00d00"
PROGRAMS = Path(sys.executable).parent

CONFIG = """\
default_install_hook_types: [pre-commit, commit-msg, pre-push]
repos:
  - repo: {repository}
    rev: {commit}
    hooks:
      - id: changenote-check
      - id: changenote-fmt
      - id: changenote-trailer
      - id: changenote-branch
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A branch in a repository that has our hooks by pre-commit.

    The hooks run what is installed here: to install them anew, as `language: python` says, would
    take a network and a minute.
    """
    hooks = Workshop(tmp_path / "hooks").start()
    manifest = (ROOT / ".pre-commit-hooks.yaml").read_text()
    assert manifest.count("language: python\n") == 4
    commit = hooks.commit(
        "Hooks", {".pre-commit-hooks.yaml": manifest.replace(": python\n", ": system\n")}
    )
    shop = Workshop(tmp_path / "shop").start()
    config = CONFIG.format(repository=hooks.folder, commit=commit)
    shop.commit(
        "Start", {".pre-commit-config.yaml": config, "changes/config.yaml": "title: Shop\n"}
    )
    shop.git("init", "-q", "--bare", "../remote")
    shop.git("remote", "add", "origin", "../remote")
    shop.git("push", "-q", "origin", "main")
    shop.git("switch", "-q", "-c", "cache")
    run(shop, str(PROGRAMS / "pre-commit"), "install")
    return shop


def run(shop: Workshop, *command: str) -> Done:
    """Run a program as a person does who has pre-commit and changenote."""
    mine = {"PRE_COMMIT_HOME": str(shop.folder.parent / "kept"), "NO_COLOR": "1"}
    path = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    result = subprocess.run(
        command,
        cwd=shop.folder,
        env={**os.environ, **QUIET, **IDENTITY, **mine, **path},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(result.returncode, result.stdout, result.stderr)


def test_a_commit_with_a_note_is_checked_and_names_it(shop: Workshop) -> None:
    valid_note(shop)
    shop.run("fmt")
    shop.git("add", "-A")

    done = run(shop, "git", "commit", "-m", "Cache totals")

    assert done.code == 0, done.err
    assert shop.git("log", "-1", "--format=%B") == f"Cache totals\n\nChange-Note: {ID}"


def test_a_note_that_is_wrong_is_not_committed(shop: Workshop) -> None:
    note = valid_note(shop)
    shop.run("fmt")
    note.write_text(note.read_text().replace("kind: feature", "kind: featur"))
    shop.git("add", "-A")

    done = run(shop, "git", "commit", "-m", "Cache totals")

    assert done.code == 1
    assert "[unknown-kind]" in done.err


def test_a_note_in_another_form_is_put_in_order_first(shop: Workshop) -> None:
    valid_note(shop)
    shop.git("add", "-A")

    first = run(shop, "git", "commit", "-m", "Cache totals")
    second = run(shop, "git", "commit", "-a", "-m", "Cache totals")

    assert (first.code, second.code) == (1, 0)
    assert "files were modified by this hook" in first.err


def test_commits_and_pushes_without_a_note_go_ahead_and_are_told_so(shop: Workshop) -> None:
    shop.write("app/totals.py", "total = 1\n")
    shop.git("add", "-A")

    commit = run(shop, "git", "commit", "-m", "Cache totals")
    push = run(shop, "git", "push", "origin", "cache")

    assert (commit.code, push.code) == (0, 0), push.err
    assert shop.git("log", "-1", "--format=%B") == "Cache totals"
    assert "missing: `changenote new` writes one" in push.out + push.err
    assert shop.git("ls-remote", "origin", "cache")


def test_a_push_without_a_note_is_stopped_where_the_team_says_so(shop: Workshop) -> None:
    config = shop.folder / ".pre-commit-config.yaml"
    config.write_text(config.read_text() + "        args: [--block]\n")
    shop.write("app/totals.py", "total = 1\n")
    shop.git("add", "-A")

    run(shop, "git", "commit", "-m", "Cache totals")
    push = run(shop, "git", "push", "origin", "cache")

    assert push.code == 1
    assert shop.git("ls-remote", "origin", "cache") == ""

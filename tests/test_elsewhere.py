"""What is known of a change beside git: a pipeline, the forge's own program, CODEOWNERS."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from changenote.capture.changes import Facts, choose_range, gather
from changenote.cli.writing.elsewhere import (
    Elsewhere,
    known_elsewhere,
    start_told,
    told_by_pipeline,
)
from changenote.config import Config
from changenote.forge import asking
from changenote.forge.links import Repository, parse_remote
from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import said
from tests.workshop import Workshop

SHOP = Repository(forge="github", web="https://github.com/acme/shop")


def facts(workshop: Workshop, told: tuple[str, str] | None = None) -> Facts:
    chosen = choose_range(
        workshop.folder, base=None, head="HEAD", noted=[], branch="main", told=told
    )
    return gather(workshop.folder, chosen, notes_folder="changes", generated=())


def known(
    workshop: Workshop,
    environment: dict[str, str],
    *,
    config: Config | None = None,
    forge: Repository | None = SHOP,
    is_interactive: bool = False,
) -> Elsewhere:
    """As `changenote new` finds it out."""
    found = told_by_pipeline(environment, workshop.folder)
    return known_elsewhere(
        environment,
        workshop.folder,
        facts(workshop, start_told(found, workshop.folder, "HEAD")),
        config=config or Config(),
        forge=forge,
        found=found,
        is_interactive=is_interactive,
    )


def test_without_pipeline_forge_or_owners_nothing_is_added(workshop: Workshop) -> None:
    assert known(workshop, {}) == Elsewhere(data={}, owner=None, notices=())


def test_the_owner_is_named_by_the_files_before_the_team_s_default(workshop: Workshop) -> None:
    config = Config(owner="@acme/shop")
    workshop.write("CODEOWNERS", "* @acme/everyone\n/app/cart/ @acme/cart\n")
    owned = known(workshop, {}, config=config)
    workshop.write("CODEOWNERS", "* @acme/everyone\n")
    usual = known(workshop, {}, config=config)

    assert (owned.owner, usual.owner) == ("@acme/cart", "@acme/shop")
    assert known(workshop, {}).owner == "@acme/everyone"
    assert owned.layers == ({"owner": "@acme/cart"}, {})


def event(workshop: Workshop, payload: dict[str, Any]) -> dict[str, str]:
    """The variables of a GitHub job that an event started."""
    path = workshop.folder.parent / "event.json"
    path.write_text(json.dumps(payload))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(workshop.folder),
        "GITHUB_SHA": workshop.git("rev-parse", "HEAD"),
        "GITHUB_EVENT_PATH": str(path),
    }


def merged(workshop: Workshop, **more: Any) -> dict[str, Any]:
    return {
        "action": "closed",
        "pull_request": {
            "number": 412,
            "title": "Cache the totals of carts",
            "body": "Carts were slow.",
            "merged": True,
            "merged_at": "2026-11-22T14:05:00Z",
            "merge_commit_sha": workshop.git("rev-parse", "HEAD"),
            "html_url": "https://github.com/acme/shop/pull/412",
            **more,
        },
    }


def test_the_event_of_a_merged_pull_request_goes_over_what_git_knows(workshop: Workshop) -> None:
    found = known(workshop, event(workshop, merged(workshop)))

    assert found.data == {
        "title": "Cache the totals of carts",
        "kind": "cache",
        "reason": "Carts were slow.",
        "source": {
            "pull_requests": ["https://github.com/acme/shop/pull/412"],
            "issues": ["https://github.com/acme/shop/issues/398"],
        },
    }


def test_a_merged_pull_request_begins_where_it_does_and_not_at_the_last_tag(
    workshop: Workshop,
) -> None:
    workshop.commit("Fix (#413)", {"README.md": "Fixed\n"})
    told = told_by_pipeline(event(workshop, merged(workshop, number=413)), workshop.folder)

    start = start_told(told, workshop.folder, "HEAD")

    assert start == ("the commit before pull request 413", f"{workshop.git('rev-parse', 'HEAD')}~1")
    assert facts(workshop, start).told.pull_requests == (413,)
    assert facts(workshop).told.pull_requests == (412, 413)


def test_an_event_of_another_repository_is_not_heard(workshop: Workshop) -> None:
    environment = event(workshop, merged(workshop)) | {"GITHUB_WORKSPACE": "/somewhere/else"}

    assert told_by_pipeline(environment, workshop.folder) is None
    assert start_told(None, workshop.folder, "HEAD") is None


def test_a_note_written_in_a_pipeline_has_what_the_pipeline_knows(workshop: Workshop) -> None:
    workshop.commit("Fix (#413)", {"README.md": "Fixed\n"})
    body = "<!-- Say why -->\n\n## Why\n\nThe till was wrong.\n\n- [x] tested\n\nFixes #399"
    payload = merged(workshop, number=413, title="fix(till): count twice", body=body)
    payload["pull_request"]["html_url"] = "https://github.com/acme/shop/pull/413"

    done = workshop.run("new", "--json", **event(workshop, payload))

    note = resolved(codec.load((workshop.folder / done.data["path"]).read_bytes()).data)
    assert (note["title"], note["kind"]) == ("Count twice", "fix")
    assert note["reason"] == "The till was wrong."
    assert note["source"]["base"] == workshop.git("rev-parse", "HEAD~1")
    assert note["source"]["pull_requests"] == ["https://github.com/acme/shop/pull/413"]
    assert note["source"]["issues"] == ["https://github.com/acme/shop/issues/399"]


def test_what_is_typed_wins_over_what_a_pipeline_knows(workshop: Workshop) -> None:
    done = workshop.run(
        "new", "--dry-run", "--title=Mine, all mine", **event(workshop, merged(workshop))
    )

    assert "title: Mine, all mine\n" in done.out
    assert "reason: Carts were slow.\n" in done.out


def test_a_wrong_head_in_a_pipeline_is_named_as_ever(workshop: Workshop) -> None:
    done = workshop.run("new", "--head=v9", **event(workshop, merged(workshop)))

    assert said(done).what == "git knows no commit 'v9'"


# --- gh and glab ----------------------------------------------------------------------------------


@pytest.fixture
def forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder first on the PATH for programs of the forge; nobody is logged in yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN", "GH_CONFIG_DIR", "GLAB_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\n{script}\n')
    (folder / name).chmod(0o755)


def asked(folder: Path) -> list[str]:
    log = folder / "asked"
    return log.read_text().splitlines() if log.exists() else []


def log_in(folder: Path, file: str, host: str) -> None:
    path = folder.parent / "config" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{host}:\n    user: dana\n")


def answer(workshop: Workshop, folder: Path, **more: Any) -> str:
    (folder / "answer.json").write_text(json.dumps([merged(workshop, **more)["pull_request"]]))
    return f"cat {folder}/answer.json"


def test_the_forge_is_asked_about_the_newest_commit_where_a_person_waits(
    workshop: Workshop, forge: Path
) -> None:
    program(forge, "gh", answer(workshop, forge, number=413, title="The right one"))
    log_in(forge, "gh/hosts.yml", "github.com")

    found = known(workshop, dict(os.environ), is_interactive=True)

    head = workshop.git("rev-parse", "HEAD")
    assert asked(forge) == [f"api --hostname github.com repos/acme/shop/commits/{head}/pulls"]
    assert found.data["title"] == "The right one"
    assert found.notices == ()


def test_gitlab_is_asked_by_a_program_of_its_own(workshop: Workshop, forge: Path) -> None:
    head = workshop.git("rev-parse", "HEAD")
    request = {"iid": 34, "title": "Cache", "state": "merged", "merge_commit_sha": head}
    (forge / "answer.json").write_text(json.dumps([request]))
    program(forge, "glab", f"cat {forge}/answer.json")
    log_in(forge, "glab-cli/config.yml", "gitlab.example.com")
    place = parse_remote("git@gitlab.example.com:grp/sub/shop.git")

    found = known(workshop, dict(os.environ), forge=place, is_interactive=True)

    question = f"projects/grp%2Fsub%2Fshop/repository/commits/{head}/merge_requests"
    assert asked(forge) == [f"api --hostname gitlab.example.com {question}"]
    assert found.data["source"]["pull_requests"] == [
        "https://gitlab.example.com/grp/sub/shop/-/merge_requests/412",
        "https://gitlab.example.com/grp/sub/shop/-/merge_requests/34",
    ]


@pytest.mark.parametrize(
    ("config", "is_interactive", "questions"),
    [
        (Config(), True, 1),
        (Config(), False, 0),
        (Config(ask_forge=True), False, 1),
        (Config(ask_forge=False), True, 0),
    ],
)
def test_a_script_waits_for_no_forge_unless_the_team_says_so(
    workshop: Workshop, forge: Path, config: Config, is_interactive: bool, questions: int
) -> None:
    program(forge, "gh", answer(workshop, forge))
    environment = {**os.environ, "GH_TOKEN": "x"}

    known(workshop, environment, config=config, is_interactive=is_interactive)

    assert len(asked(forge)) == questions


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({}, SHOP),
        ({"GH_TOKEN": "x"}, Repository(forge="github", web="https://git.example.com/a/b")),
        ({"GH_TOKEN": "x"}, Repository(forge="gitea", web="https://codeberg.org/a/b")),
        ({"GH_TOKEN": "x", "PATH": "/nowhere"}, SHOP),
        ({"GH_TOKEN": "x"}, None),
    ],
)
def test_a_forge_is_not_asked_where_nobody_is_logged_in(
    workshop: Workshop, forge: Path, environment: dict[str, str], place: Repository | None
) -> None:
    program(forge, "gh", answer(workshop, forge))

    known(workshop, {**os.environ, **environment}, forge=place, is_interactive=True)

    assert asked(forge) == []


@pytest.mark.parametrize(
    "script",
    ["exit 1", "echo no json", "echo '{}'", "printf '\\377'", "kill -9 $$", "sleep 60 & wait"],
)
def test_a_forge_that_does_not_answer_leaves_the_note_to_git_and_says_so(
    workshop: Workshop, forge: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.3)
    program(forge, "gh", script)

    found = known(workshop, {**os.environ, "GH_TOKEN": "x"}, is_interactive=True)

    assert found.data == {}
    assert found.notices == ("The forge did not answer; the note has what git alone knows.",)


def test_a_commit_without_a_pull_request_is_no_failure(workshop: Workshop, forge: Path) -> None:
    program(forge, "gh", "echo '[]'")

    found = known(workshop, {**os.environ, "GH_TOKEN": "x"}, is_interactive=True)

    assert (found.data, found.notices) == ({}, ())

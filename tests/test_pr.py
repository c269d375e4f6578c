"""Whether a pull request has a note is shown kindly, and both name each other."""

from pathlib import Path

import pytest

from tests.forges import HEAD, Remembered, forge_of_kind
from tests.house import said
from tests.on_forge import ID, branch_with_a_note, on
from tests.workshop import Workshop

KINDS = ("github", "gitlab", "gitea")
URL = "https://github.com/acme/shop/pull/412"


@pytest.fixture
def branch(tmp_path: Path) -> Workshop:
    """A branch with a note that main has not."""
    return branch_with_a_note(tmp_path / "shop")


@pytest.fixture
def no_note(branch: Workshop) -> Workshop:
    """The same branch without the note."""
    branch.git("rm", "-q", "-r", "changes")
    branch.commit("No note")
    return branch


def shown(forge: Remembered) -> tuple[str, str]:
    """State and words of the last status."""
    last = forge.statuses[-1]
    return last["state"], last["description"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_is_shown_beside_the_last_commit_once(kind: str, branch: Workshop) -> None:
    with forge_of_kind(kind) as forge:
        shop = on(branch, forge)
        commit = shop.git("rev-parse", "HEAD")
        first = shop.run("pr", "status")
        second = shop.run("pr", "status", "--json")

    assert (first.code, first.out) == (0, "present: Cache cart totals per session\n")
    assert first.err == "The status was set.\n"
    assert second.data["action"] == "unchanged"
    assert second.data["commit"] == HEAD
    assert len(forge.writes) == 1
    assert forge.writes[0].endswith(f"/statuses/{HEAD}")
    assert shown(forge) == ("success", "present: Cache cart totals per session")
    assert forge.statuses[0]["target_url"].endswith(f"/{commit}/changes/2025/{ID}-note.yaml")


def test_a_draft_and_a_missing_note_are_pending_and_no_failure(branch: Workshop) -> None:
    with forge_of_kind("github") as forge:
        shop = on(branch, forge)
        shop.run("set", ID, "status=draft", "title=Cache totals \u202e of carts")
        draft = shop.run("pr", "status")
        shop.git("rm", "-q", "-r", "-f", f"changes/2025/{ID}-note.yaml")
        missing = shop.run("pr", "status")

    assert draft.code == missing.code == 0
    assert forge.statuses[0]["state"] == forge.statuses[1]["state"] == "pending"
    assert draft.out.startswith("draft: Cache totals")
    assert missing.out == "missing: `changenote new` writes one\n"


@pytest.mark.parametrize(
    "body", ["Typing.\r\n\r\nChange-Note: not needed, only a typing mistake", ""]
)
def test_that_none_is_needed_is_said_in_the_pull_request_or_in_a_commit(
    body: str, no_note: Workshop
) -> None:
    with forge_of_kind("gitea") as forge:
        forge.body = body
        shop = on(no_note, forge)
        if not body:
            shop.commit("Typing\n\nChange-Note: not needed, only a typing mistake")
        forge.head = shop.git("rev-parse", "HEAD")
        shop.git("update-ref", "refs/remotes/origin/main", "main")
        done = shop.run("pr", "status", "--json")

    assert (done.data["word"], done.data["state"]) == ("not needed", "success")
    assert shown(forge) == ("success", "not needed: only a typing mistake")


def test_where_nothing_was_fetched_the_branch_left_the_main_one_that_is_here(
    no_note: Workshop,
) -> None:
    with forge_of_kind("gitea") as forge:
        forge.body = ""
        shop = on(no_note, forge)
        shop.commit("Typing\n\nChange-Note: not needed, only a typing mistake")
        forge.head = shop.git("rev-parse", "HEAD")
        done = shop.run("pr", "status", "--json")

    assert done.data["word"] == "not needed"


def test_a_dry_run_sets_no_status(branch: Workshop) -> None:
    with forge_of_kind("gitlab") as forge:
        done = on(branch, forge).run("pr", "status", "--dry-run")

    assert done.out == "present: Cache cart totals per session\n"
    assert forge.writes == []


def test_the_words_of_a_status_are_short_enough_for_every_forge(no_note: Workshop) -> None:
    with forge_of_kind("github") as forge:
        forge.body = f"Change-Note: not needed, {'because ' * 50}\n"
        on(no_note, forge).run("pr", "status")

    assert len(forge.statuses[0]["description"]) <= 140


def test_a_note_names_its_pull_request_once(branch: Workshop) -> None:
    done = branch.run("pr", "link", ID, f"{URL}/files#diff-1")
    again = branch.run("pr", "link", ID, URL.replace("https://github", "https://GitHub"))
    second = branch.run("pr", "link", ID, "https://gitlab.com/a/b/-/merge_requests/3")

    assert (done.code, done.out) == (0, f"changes/2025/{ID}-note.yaml\n")
    assert again.err == "Nothing to change: it says so already.\n"
    assert second.code == 0
    assert branch.run("show", ID, "--json").data["source"]["pull_requests"] == [
        URL,
        "https://gitlab.com/a/b/-/merge_requests/3",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "412",
        "https://github.com/acme/shop/issues/4",
        "javascript:alert(1)//pull/4",
        "https://user:word@github.com/acme/shop/pull/412",
        "https://github.com/acme/sh op/pull/412",
    ],
)
def test_what_is_no_address_of_a_pull_request_is_not_linked(url: str, branch: Workshop) -> None:
    done = branch.run("pr", "link", ID, url)

    assert done.code == 2
    assert said(done).what == f"{url!r} is no address of a pull request"


def test_trailers_are_printed_for_a_merge_message(branch: Workshop) -> None:
    done = branch.run("pr", "trailer")

    assert (done.code, done.out) == (0, f"Change-Note: {ID}\n")


def test_a_message_in_a_file_gets_its_trailer_once(branch: Workshop) -> None:
    file = branch.write("MERGE_MSG", "Cache totals\n\nWhy.\n---\nmore\n\nReviewed-by: Ann <a@x>\n")

    first, second = (branch.run("pr", "trailer", "--file", "MERGE_MSG") for _ in range(2))

    assert first.code == second.code == 0
    assert file.read_text() == (
        f"Cache totals\n\nWhy.\n---\nmore\n\nReviewed-by: Ann <a@x>\nChange-Note: {ID}\n"
    )


def test_a_message_can_come_from_a_program_and_go_to_one(branch: Workshop) -> None:
    done = branch.run("pr", "trailer", "g00d00", "--file", "-", given="Cache totals\n")

    assert done.out == f"Cache totals\n\nChange-Note: {ID}\n"


def test_the_last_commit_gets_its_trailer_and_keeps_all_else(branch: Workshop) -> None:
    branch.write("README.md", "staged\n")
    branch.git("add", "README.md")
    before = branch.git("log", "-1", "--format=%an %ae %ai %T")

    dry = branch.run("pr", "trailer", "--amend", "--dry-run")
    unchanged = branch.git("log", "-1", "--format=%B")
    done = branch.run("pr", "trailer", "--amend")
    again = branch.run("pr", "trailer", "--amend")

    assert unchanged == "Cache cart totals"
    assert dry.out == f"Cache cart totals\n\nChange-Note: {ID}\n"
    assert (done.code, again.code) == (0, 0)
    assert again.err == "The last commit says so already. Nothing was changed.\n"
    assert branch.git("log", "-1", "--format=%B") == dry.out.strip()
    assert branch.git("log", "-1", "--format=%an %ae %ai %T") == before
    assert branch.git("diff", "--cached", "--name-only") == "README.md"


def test_a_commit_that_was_pushed_is_not_changed(branch: Workshop) -> None:
    branch.git("update-ref", "refs/remotes/origin/cache", "HEAD")

    done = branch.run("pr", "trailer", "--amend")

    assert done.code == 2
    assert said(done).what == "the last commit is on origin/cache already"
    assert branch.git("log", "-1", "--format=%B") == "Cache cart totals"


def test_a_branch_without_a_note_has_no_trailer(no_note: Workshop) -> None:
    no_note.write("changes/config.yaml", "service: shop\n")

    done = no_note.run("pr", "trailer")

    assert done.code == 2
    assert said(done).what == "this branch adds no note"


def test_a_page_of_html_is_not_taken_for_a_status_that_was_set(branch: Workshop) -> None:
    with forge_of_kind("github") as forge:
        shop = on(branch, forge)
        forge.page_instead_of_writing = b"<html>Please log in</html>"
        done = shop.run("pr", "status")

    assert done.code == 4
    assert said(done).retry == "safe, the same command looks for its status first"
    assert said(done).next == "Run the same command again."

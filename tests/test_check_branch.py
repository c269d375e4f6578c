"""Is there a note for this branch? Asked by the pipeline, kindly, and never for what needs none."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.house import said, valid_note
from tests.on_forge import ID, QUIET, branch_with_a_note
from tests.workshop import Workshop

TITLE = "Cache cart totals per session"
SOURCE = {"src/cart.py": "total = 1\n"}


@pytest.fixture
def branch(tmp_path: Path) -> Workshop:
    """A branch, `cache`, that changes code and adds a note."""
    shop = branch_with_a_note(tmp_path / "shop")
    shop.commit("Cache it", SOURCE)
    return shop


@pytest.fixture
def bare(tmp_path: Path) -> Workshop:
    """A branch, `cache`, that adds nothing yet."""
    shop = Workshop(tmp_path / "shop", environment=QUIET).start()
    shop.commit("Start the shop", {"README.md": "Shop\n"})
    shop.git("switch", "-q", "-c", "cache")
    return shop


def word(shop: Workshop, *arguments: str, **environment: str) -> str:
    """The answer in a word."""
    done = shop.run("check", "--ci", "--format", "json", *arguments, **environment)
    answer: str = done.data["branch"]["word"]
    assert done.code == (answer == "missing")
    return answer


def rules(shop: Workshop, text: str) -> None:
    """Let the team have path rules."""
    shop.write("changes/config.yaml", f"path_rules:\n{text}")


def event(shop: Workshop, data: dict[str, Any]) -> dict[str, str]:
    """The environment of a pipeline that an event started."""
    path = shop.folder.parent / "event.json"
    path.write_text(json.dumps(data))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_WORKSPACE": str(shop.folder),
    }


def pull_request(shop: Workshop, body: str = "", **more: Any) -> dict[str, Any]:
    """The event of a pull request of the branch that is checked out."""
    base = {"ref": "main", "sha": shop.git("rev-parse", "main")}
    head = {"ref": "cache", "sha": shop.git("rev-parse", "HEAD")}
    url = "https://github.com/acme/shop/pull/412"
    told = {"number": 412, "title": "Cache", "body": body, "state": "open", "html_url": url}
    return {"action": "opened", "pull_request": {**told, "base": base, "head": head, **more}}


def test_a_branch_with_a_note_is_fine(branch: Workshop) -> None:
    done = branch.run("check", "--ci")

    assert (done.code, done.out, done.err) == (0, f"present: {TITLE}\n", "")


def test_a_branch_without_a_note_is_told_how_to_get_one(bare: Workshop) -> None:
    bare.commit("Cache it", {f"src/{name:02}.py": "x = 1\n" for name in range(12)})

    done = bare.run("check", "--ci")

    assert done.code == 1
    assert done.out == (
        "missing: `changenote new` writes one\n"
        + "".join(f"  - src/{name:02}.py\n" for name in range(10))
        + "  and 2 more\n"
    )
    assert " ".join(done.err.split()) == (
        "Where none is needed, say why, in the pull request's"
        " description or in a commit's message: `Change-Note: not needed, WHY`."
    )


def test_a_draft_does_and_so_does_a_note_that_was_not_committed(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)
    valid_note(bare)
    bare.run("set", ID, "status=draft")

    done = bare.run("check", "--ci")

    assert (done.code, done.out) == (0, f"draft: {TITLE}\n")
    assert done.err == f"changes/2025/{ID}-note.yaml is in no commit yet.\n"


def test_a_team_can_be_told_without_failing(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)
    bare.write("changes/config.yaml", "severity: {no-note: warning}\n")

    done = bare.run("check", "--ci")
    strict = bare.run("check", "--ci", "--strict")

    assert (done.code, strict.code) == (0, 1)
    assert done.out.startswith("missing: ")


@pytest.mark.parametrize(
    "path",
    [
        *("README.md", "docs/cart.png", "doc/a/b.html", "guide.rst", "LICENSE", "shop/GUIDE.md"),
        *("tests/cart.py", "shop/tests/data.json", "test/a.rb", "spec/cart_spec.rb"),
        *("cart_test.go", "web/src/cart.test.tsx", "test_cart.py", "a/__tests__/cart.js"),
    ],
)
def test_documents_and_tests_need_no_note(path: str, bare: Workshop) -> None:
    bare.commit("Say more", {path: "more\n"})

    assert word(bare) == "not needed"


@pytest.mark.parametrize(
    "path",
    ["src/cart.py", "latest/cart.py", "docs.py", "contest/a.go", "Makefile", ".github/a.yml"],
)
def test_everything_else_asks_for_one(path: str, bare: Workshop) -> None:
    bare.commit("Change it", {path: "more\n"})

    assert word(bare) == "missing"


def test_one_path_that_asks_is_enough(bare: Workshop) -> None:
    bare.commit("Change it", {"docs/a.md": "a\n", "src/cart.py": "x\n", "tests/b.py": "b\n"})

    done = bare.run("check", "--ci", "--format", "json")

    assert done.data["branch"]["paths"] == ["src/cart.py"]


def test_the_first_rule_of_the_team_that_fits_a_path_holds(bare: Workshop) -> None:
    rules(
        bare,
        "  - {paths: [docs/api/]}\n"
        "  - {paths: [docs/, tools/*.py], note: false}\n"
        "  - {paths: [tests/], note: true}\n",
    )
    bare.commit("Rules")
    bare.git("branch", "-f", "main")

    def of(path: str) -> str:
        bare.git("switch", "-q", "-C", "one", "main")
        bare.commit("Change it", {path: "more\n"})
        return word(bare)

    assert of("docs/guide.html") == "not needed"
    assert of("docs/api/cart.md") == "missing"
    assert of("tools/deep/release.py") == "not needed"
    assert of("tests/cart.py") == "missing"


def test_a_path_can_ask_for_a_kind_of_note_and_for_a_checklist(branch: Workshop) -> None:
    rules(
        branch,
        "  - {paths: [migrations/], kinds: [database]}\n"
        "  - {paths: [login/], checklists: [security]}\n",
    )
    branch.commit("Add a column", {"migrations/0042.sql": "alter table cart;\n"})
    first = branch.run("check", "--ci")
    branch.run("set", ID, "kind=database")
    second = branch.run("check", "--ci")
    branch.commit("Let in", {"login/form.py": "x\n"})
    third = branch.run("check", "--ci")

    assert first.out.splitlines()[0] == (
        f"missing: migrations/0042.sql asks for a note of kind database; {ID} (feature) is not"
    )
    assert " ".join(first.err.split()).startswith(
        f"Give that note what is asked for (`changenote set {ID} kind=KIND`, `changenote edit {ID}`)"
    )
    assert second.out == f"present: {TITLE}\n"
    assert second.err.startswith("2 remarks too: `changenote check changes/2025/")
    assert third.out.splitlines()[0] == (
        f"missing: login/form.py asks for a note with checklist security; {ID} (database) is not"
    )


def test_a_reason_why_none_is_needed_counts_and_only_with_words(bare: Workshop) -> None:
    bare.commit("Typing\n\nChange-Note: not needed", SOURCE)
    without = word(bare)
    bare.commit("Typing\n\nChange-Note: not needed, a mistake in a comment")
    done = bare.run("check", "--ci")

    assert without == "missing"
    assert (done.code, done.out) == (0, "not needed: a mistake in a comment\n")


@pytest.mark.parametrize(
    "words", ["none", "not needed", "not needed, n/a", "not needed: see above"]
)
def test_who_gives_no_reason_is_told_that_it_is_missing(words: str, bare: Workshop) -> None:
    bare.commit(f"Typing\n\nChange-Note: {words}", SOURCE)

    done = bare.run("check", "--ci")

    assert done.code == 1
    assert done.err == (
        "It says that no note is needed, but not why: `Change-Note: not needed, WHY`.\n"
    )


def test_a_mistake_in_the_rules_is_told_with_the_branch(bare: Workshop) -> None:
    rules(bare, "  - {paths: [src/], kinds: [databse]}\n")
    bare.commit("Cache it", SOURCE)

    done = bare.run("check", "--ci", "--format", "json")

    assert [one["rule"] for one in done.data["findings"]] == ["no-note", "bad-setting"]


def test_the_reason_may_be_in_the_pull_requests_description(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)
    body = "Why\r\n\r\nChange-Note: not needed, only a rename\r\n"

    with_reason = bare.run("check", "--ci", **event(bare, pull_request(bare, body)))
    template = event(bare, pull_request(bare, "<!-- Change-Note: not needed, WHY -->"))
    without = bare.run("check", "--ci", **template)

    assert with_reason.out == "not needed: only a rename\n"
    assert without.code == 1


def test_on_the_trial_merge_of_a_pull_request_what_others_did_does_not_count(
    bare: Workshop,
) -> None:
    bare.commit("Say more", {"docs/a.md": "a\n"})
    told = pull_request(bare)
    bare.git("switch", "-q", "main")
    bare.commit("Of somebody else", SOURCE)
    bare.git("update-ref", "refs/remotes/origin/main", "main")
    bare.git("switch", "-q", "--detach", "main")
    bare.git("merge", "-q", "--no-ff", "-m", "Merge cache into main", "cache")
    bare.git("branch", "-q", "-D", "main")

    assert word(bare, **event(bare, told)) == "not needed"


def test_a_pull_request_onto_another_branch_is_compared_with_that_one(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)
    bare.git("branch", "release")
    bare.commit("Say more", {"docs/a.md": "a\n"})
    told = pull_request(bare, base={"ref": "release", "sha": bare.git("rev-parse", "release")})

    assert word(bare) == "missing"
    assert word(bare, **event(bare, told)) == "not needed"


def test_after_a_push_to_the_default_branch_what_was_pushed_is_looked_at(bare: Workshop) -> None:
    bare.git("switch", "-q", "main")
    before = bare.git("rev-parse", "HEAD")
    after = bare.commit("Cache it", SOURCE)
    bare.git("update-ref", "refs/remotes/origin/main", "main")
    push = {"ref": "refs/heads/main", "before": before, "after": after, "forced": False}

    assert word(bare) == "not needed"
    assert word(bare, **event(bare, push)) == "missing"


def test_after_the_merge_of_a_pull_request_its_own_commits_are_looked_at(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)
    told = pull_request(bare)
    bare.git("switch", "-q", "main")
    bare.git("merge", "-q", "--no-ff", "-m", "Merge pull request #412 from acme/cache", "cache")
    merge = bare.git("rev-parse", "HEAD")
    told["pull_request"] |= {"state": "closed", "merged": True, "merge_commit_sha": merge}
    told["pull_request"]["merged_at"] = "2026-11-22T10:00:00Z"

    assert word(bare, GITHUB_SHA=merge, **event(bare, told)) == "missing"


def test_a_merge_request_of_gitlab_is_compared_with_its_target(bare: Workshop) -> None:
    start = bare.git("rev-parse", "HEAD")
    bare.commit("Cache it", SOURCE)
    bare.git("branch", "-q", "-D", "main")
    told = {
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(bare.folder),
        "CI_MERGE_REQUEST_IID": "412",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": start,
    }

    assert word(bare, **told) == "missing"
    assert word(bare, **told, CI_MERGE_REQUEST_DESCRIPTION="Change-Note: not needed, a test") == (
        "not needed"
    )


def test_a_revision_says_where_to_begin(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)
    bare.git("tag", "v1")
    bare.commit("Say more", {"docs/a.md": "a\n"})

    assert word(bare) == "missing"
    assert word(bare, "--since", "v1") == "not needed"


def test_a_note_that_names_the_pull_request_counts_wherever_it_came_from(branch: Workshop) -> None:
    branch.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    branch.run("pr", "link", ID, "https://github.com/acme/shop/pull/412")
    branch.commit("Link")
    branch.git("branch", "-f", "main")
    branch.git("switch", "-q", "-c", "more")
    branch.commit("Cache more", {"src/more.py": "x\n"})

    assert word(branch) == "missing"
    assert word(branch, **event(branch, pull_request(branch))) == "present"


def test_in_a_project_inside_a_repository_only_its_own_paths_count(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "all", environment=QUIET).start()
    shop.commit("Start", {"web/changes/config.yaml": "title: Web\n"})
    shop.git("switch", "-q", "-c", "cache")
    shop.commit("Of another project", {"jobs/mail.py": "x\n"})
    web = Workshop(shop.folder / "web", environment=QUIET)

    other = word(web)
    shop.commit("Of this one", {"web/cart.py": "x\n"})
    own = web.run("check", "--ci", "--format", "json")

    assert other == "not needed"
    assert own.data["branch"]["paths"] == ["cart.py"]


def test_what_is_wrong_in_the_branchs_note_is_found_with_it(branch: Workshop) -> None:
    note = branch.notes()[0]
    note.write_text(note.read_text().replace("kind: feature", "kind: [feature]"))

    text = branch.run("check", "--ci")
    data = branch.run("check", "--ci", "--format", "json").data
    github = branch.run("check", "--ci", "--format", "github")

    assert text.code == 1
    assert text.out.splitlines()[0] == (
        f"missing: changes/2025/{ID}-note.yaml cannot be understood"
    )
    assert f"changes/2025/{ID}-note.yaml:4:7: error: kind [wrong-type]" in text.out
    assert data["branch"]["notes"] == [
        {"file": f"changes/2025/{ID}-note.yaml", "id": None, "title": None, "status": None}
    ]
    assert data["errors"] == 1
    assert github.out.count("::error file=changes/2025/") == 1


def test_github_shows_a_missing_note_beside_the_first_path_that_asks(bare: Workshop) -> None:
    bare.commit("Cache it", {**SOURCE, "src/b.py": "b\n"})

    out = bare.run("check", "--ci", "--format", "github").out.splitlines()

    assert out[0] == "missing: `changenote new` writes one"
    assert out[1].startswith(
        "::error file=src/b.py,line=1,col=1,title=no-note::found: this and 1 more ask for a note"
    )


def test_a_title_is_no_command_for_the_pipeline(branch: Workshop) -> None:
    note = branch.notes()[0]
    note.write_text(note.read_text().replace(TITLE, '"Cache\\n::error::totals"'))

    out = branch.run("check", "--ci", "--format", "github").out

    assert not any(line.startswith("::error::") for line in out.splitlines())


def test_where_a_clone_was_cut_off_it_says_so(branch: Workshop, tmp_path: Path) -> None:
    branch.git("remote", "add", "origin", "x")
    clone = Workshop(tmp_path / "cut", environment=QUIET)
    branch.git(
        "clone", "-q", "--depth=1", "-b", "cache", f"file://{branch.folder}", str(clone.folder)
    )

    done = clone.run("check", "--ci")

    assert done.code == 3
    assert said(done).what == "this clone is shallow, and where the branch begins is not in it"
    assert "fetch-depth: 0" in said(done).next


def test_without_a_default_branch_it_asks_where_to_begin(bare: Workshop) -> None:
    bare.git("branch", "-q", "-D", "main")

    done = bare.run("check", "--ci")
    unknown = bare.run("check", "--ci", "--since", "v9")

    assert done.code == unknown.code == 2
    assert (
        said(done).what == "it is not known where this branch begins: there is no branch main here"
    )
    assert "v9" in said(unknown).what


@pytest.mark.parametrize(
    "arguments",
    [
        ("--ci", "changes"),
        ("--ci", "--site", "public"),
        ("--ci", "--reverts"),
        ("--since", "main"),
        ("--result", "result.json"),
    ],
)
def test_options_that_do_not_belong_together_are_refused(
    arguments: tuple[str, ...], branch: Workshop
) -> None:
    done = branch.run("check", *arguments)

    assert done.code == 2
    assert "--ci" in said(done).what


def test_the_result_file_has_the_notes_as_they_are(branch: Workshop) -> None:
    place = branch.folder / "out/result.json"

    first = branch.run("check", "--ci", "--result", "out/result.json")
    again = branch.run("check", "--ci", "--result", "out/result.json")

    data = json.loads(place.read_text())
    assert (first.code, again.code) == (0, 0)
    assert data == {
        "format": 1,
        "word": "present",
        "line": TITLE,
        "left_out": 0,
        "notes": [
            {
                "file": f"changes/2025/{ID}-note.yaml",
                "text": branch.notes()[0].read_text(encoding="utf-8"),
            }
        ],
    }


def test_a_result_file_is_written_for_a_missing_note_too(bare: Workshop) -> None:
    bare.commit("Cache it", SOURCE)

    done = bare.run("check", "--ci", "--result", os.fspath(bare.folder.parent / "result.json"))

    assert done.code == 1
    assert json.loads((bare.folder.parent / "result.json").read_text())["notes"] == []

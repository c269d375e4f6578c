"""`changenote new --each FROM..TO`: a draft for each change that was merged, and never two."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from changenote.model.reading import resolved
from changenote.store import codec
from tests.demo.rebuild import Rebuilt, rebuild
from tests.house import said
from tests.limits import no_file_above
from tests.workshop import Workshop

RELEASE = "v1.4.0..v1.5.0"


def merge(shop: Workshop, number: int, commits: list[dict[str, str]], author: str = "Ann") -> str:
    """Merge a pull request of several commits; the merge's id."""
    shop.git("checkout", "-q", "-b", f"topic-{number}")
    for place, files in enumerate(commits):
        for name, text in files.items():
            shop.write(name, text)
        shop.git("add", "-A")
        person = f"{author} <{author.lower()}@example.com>"
        shop.git("commit", "-q", "--author", person, "-m", f"Work {place}")
    shop.git("checkout", "-q", "main")
    subject = f"Merge pull request #{number} from acme/topic-{number}"
    shop.git("merge", "-q", "--no-ff", "-m", f"{subject}\n\nTopic {number}", f"topic-{number}")
    return shop.git("rev-parse", "HEAD")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A release of a merge, a squash, a rebase of two, two direct commits and a back-merge."""
    shop = Workshop(tmp_path / "shop").start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    shop.commit("Start", {"a.py": "1\n", "CODEOWNERS": "* @acme/all\n/cart/ @acme/cart\n"})
    shop.git("tag", "v1.4.0")
    merge(shop, 11, [{"cart/a.py": "1\n2\n"}, {"cart/b.py": "1\n"}])
    shop.commit(
        "perf: cache totals (#12)\n\nEvery request summed.\n\nCloses #9\n\n"
        "Co-authored-by: Bo <bo@example.com>",
        {"totals.py": "1\n2\n3\n", "uv.lock": "1\n"},
    )
    shop.git("tag", "v1.4.1")
    shop.commit("Fix the build", {"Makefile": "all:\n"})
    shop.commit("Move (#13)", {"b.py": "1\n"})
    shop.commit("Test the move (#13)", {"test_b.py": "1\n"})
    shop.git("tag", "v1.5.0-rc1")
    shop.commit("Tidy up", {"a.py": "2\n"})
    shop.git("tag", "-a", "-m", "Release", "v1.5.0")
    return shop


def data_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = resolved(codec.load(path.read_bytes()).data)
    return found


def by_title(shop: Workshop) -> dict[str, dict[str, Any]]:
    return {data["title"]: data for data in map(data_of, shop.notes())}


def written(shop: Workshop) -> set[str]:
    return set(by_title(shop))


def test_a_release_becomes_a_draft_for_each_pull_request(shop: Workshop) -> None:
    done = shop.run("new", "--each", RELEASE)

    assert done.code == 0
    assert len(done.out.splitlines()) == 3
    assert done.err == (
        "v1.4.0..v1.5.0: 6 commits on the main line, 3 drafts.\n"
        "  2 commits came in without a pull request. `--direct` drafts a note for each:\n"
        f"    {shop.git('rev-parse', 'v1.5.0^{commit}')[:12]} Tidy up\n"
        f"    {shop.git('rev-parse', 'v1.5.0~3')[:12]} Fix the build\n"
        "  next: changenote list status:draft flag:needs_human_review\n"
    )
    assert {(d["status"], tuple(d["flags"])) for d in by_title(shop).values()} == {
        ("draft", ("needs_human_review",))
    }
    listed = shop.run("list", "status:draft", "flag:needs_human_review")
    assert len(listed.out.splitlines()) == 3
    assert shop.run("check").code == 0


def test_a_merge_has_its_own_files_its_authors_and_a_revert_of_its_kind(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE)

    draft = by_title(shop)["Topic 11"]
    head = shop.git("rev-parse", "v1.4.1~1")
    assert draft["owner"] == "@acme/cart"
    assert draft["authors"] == ["Ann <ann@example.com>"]
    assert draft["rollback"]["steps"] == [{"run": f"git revert --no-edit -m 1 {head}"}]
    assert draft["source"]["base"] == shop.git("rev-parse", "v1.4.0")
    assert draft["source"]["head"] == head
    assert draft["source"]["pull_requests"] == ["https://github.com/acme/shop/pull/11"]
    assert draft["files"] == [
        {"path": "cart/a.py", "change": "added", "added": 2},
        {"path": "cart/b.py", "change": "added", "added": 1},
    ]


def test_a_squash_has_the_words_of_its_message(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE)

    draft = by_title(shop)["Cache totals"]
    assert (draft["kind"], draft["reason"]) == ("performance", "Every request summed.")
    assert draft["authors"] == ["Dana Dev <dana@example.com>", "Bo <bo@example.com>"]
    assert draft["owner"] == "@acme/all"
    assert draft["source"]["issues"] == ["https://github.com/acme/shop/issues/9"]
    assert draft["files"] == [{"path": "totals.py", "change": "added", "added": 3}]
    assert draft["files_omitted"] == {"lock": 1}


def test_a_rebase_is_one_change_of_several_commits(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE)

    draft = by_title(shop)["Test the move"]
    steps = [step["run"] for step in draft["rollback"]["steps"]]
    newest, oldest = shop.git("rev-parse", "v1.5.0~1"), shop.git("rev-parse", "v1.5.0~2")
    assert steps == [f"git revert --no-edit {sha}" for sha in (newest, oldest)]
    assert [f["path"] for f in draft["files"]] == ["b.py", "test_b.py"]
    assert draft["source"]["base"] == shop.git("rev-parse", "v1.5.0~3")


def test_a_change_shipped_with_the_first_release_that_has_it(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE)

    shipped = {title: data["shipped"] for title, data in by_title(shop).items()}
    first = shop.git("log", "-1", "--format=%cI", "v1.4.1")
    second = shop.git("for-each-ref", "--format=%(creatordate:iso-strict)", "refs/tags/v1.5.0")
    assert {title: data["version"] for title, data in shipped.items()} == {
        "Topic 11": "v1.4.1",
        "Cache totals": "v1.4.1",
        "Test the move": "v1.5.0",
    }
    assert str(shipped["Cache totals"]["at"]).replace("Z", "+00:00") == first
    assert str(shipped["Test the move"]["at"]).replace("Z", "+00:00") == second


def test_without_a_release_a_change_shipped_when_it_was_merged(shop: Workshop) -> None:
    shop.commit("Carts (#14)", {"c.py": "1\n"})

    shop.run("new", "--each", "v1.5.0..")

    shipped = by_title(shop)["Carts"]["shipped"]
    assert str(shipped["at"]).replace("Z", "+00:00") == shop.git("log", "-1", "--format=%cI")
    assert "version" not in shipped


def test_a_second_run_writes_nothing(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE)
    before = shop.notes()

    done = shop.run("new", "--each", RELEASE)

    assert (done.code, done.out) == (0, "")
    assert shop.notes() == before
    assert "0 drafts" in done.err
    assert "3 changes have a note already." in done.err


def test_a_note_that_somebody_wrote_for_a_pull_request_is_enough(shop: Workshop) -> None:
    shop.write(
        "changes/2026/20261122-k3f9xq.yaml",
        "title: By hand\nsource: {pull_requests: ['HTTPS://github.com/acme/shop/pull/12/files']}\n",
    )

    done = shop.run("new", "--each", RELEASE, "--json")

    assert [d["number"] for d in done.data["drafts"]] == [11, 13]
    assert [(n["note"], n["number"]) for n in done.data["noted"]] == [("20261122-k3f9xq", 12)]


@pytest.mark.parametrize(
    ("base", "head", "left"),
    [
        ("v1.4.0", "v1.4.1", [13]),
        ("v1.4.0~0", "topic-11", [12, 13]),
        (None, "v1.4.1", [13]),
        (None, "v1.5.0~1", []),
        ("v1.4.1", "v1.5.0", [11, 12]),
    ],
)
def test_without_a_forge_commits_and_ranges_of_notes_tell(
    shop: Workshop, base: str | None, head: str, left: list[int]
) -> None:
    shop.git("remote", "remove", "origin")
    ends = {"head": shop.git("rev-parse", f"{head}^{{commit}}")}
    ends |= {"base": shop.git("rev-parse", base)} if base else {}
    shop.write("changes/2026/20261122-k3f9xq.yaml", json.dumps({"source": ends}))

    done = shop.run("new", "--each", RELEASE, "--dry-run", "--json")

    assert [d["number"] for d in done.data["drafts"]] == left


def test_a_trailer_can_name_the_note_or_want_none(shop: Workshop) -> None:
    shop.write("changes/2026/20261122-k3f9xq.yaml", "title: By hand\n")
    shop.commit("Cart (#14)\n\nChange-Note: none", {"c.py": "1\n"})
    shop.commit("Basket (#15)\n\nChange-Note: 20261122-k3f9xq", {"d.py": "1\n"})
    shop.commit("Till (#16)\n\nChange-Note: 20261122-000000", {"e.py": "1\n"})

    done = shop.run("new", "--each", "v1.5.0..HEAD", "--json")

    assert [d["number"] for d in done.data["drafts"]] == [16]
    assert [d["number"] for d in done.data["no_note_wanted"]] == [14]
    assert [(n["number"], n["note"]) for n in done.data["noted"]] == [(15, "20261122-k3f9xq")]


def test_commits_without_a_pull_request_are_drafted_when_asked_for(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE)

    done = shop.run("new", "--each", RELEASE, "--direct", "--json")

    assert [(d["title"], d["merge"]) for d in done.data["drafts"]] == [
        ("Fix the build", "direct"),
        ("Tidy up", "direct"),
    ]
    assert done.data["direct"] == []
    assert len(shop.notes()) == 5


def test_notes_and_set_up_and_merges_of_what_all_work_on_are_no_changes(shop: Workshop) -> None:
    shop.commit("Note (#14)", {"changes/2026/20261122-k3f9xq.yaml": "title: By hand\n"})
    shop.commit(
        "Set up (#15)", {"changes/config.yaml": "title: x\n", "mkdocs.yml": "site_name: x\n"}
    )
    shop.git("checkout", "-q", "-b", "later", "main")
    shop.commit("Later", {"later.py": "1\n"})
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge branch 'develop'", "later")

    only = shop.run("new", "--each", "v1.5.0..main", "--json")

    assert only.data["drafts"] == []
    assert [d["subject"] for d in only.data["back_merges"]] == ["Merge branch 'develop'"]
    assert [d["number"] for d in only.data["only_notes"]] == [14, 15]


@pytest.mark.parametrize(
    "message",
    ["Merge branch 'develop'", "Merge pull request #50 from acme/develop\n\nRelease", "Ship it"],
)
def test_a_branch_of_pull_requests_that_is_merged_is_those_pull_requests(
    shop: Workshop, message: str
) -> None:
    shop.git("branch", "-m", "develop")
    shop.git("checkout", "-q", "-b", "main", "v1.4.0")
    shop.git("merge", "-q", "--no-ff", "-m", message, "develop")
    shop.git("tag", "v2.0.0")

    done = shop.run("new", "--each", "v1.4.0..v2.0.0", "--json")

    assert [(d["number"], d["merge"]) for d in done.data["drafts"]] == [
        (11, "merge"),
        (12, "squash"),
        (13, "rebase"),
    ]
    assert [d["subject"] for d in done.data["direct"]] == ["Fix the build", "Tidy up"]
    assert {d["shipped"]["version"] for d in by_title(shop).values()} == {"v2.0.0"}
    assert shop.run("new", "--each", "v1.4.0..v2.0.0").out == ""


def test_a_pull_request_that_came_in_twice_gets_one_draft(shop: Workshop) -> None:
    shop.commit('Revert "Cache totals (#12)"', {"totals.py": "1\n"})
    shop.commit("perf: cache totals (#12)", {"totals.py": "1\n2\n"})

    done = shop.run("new", "--each", "v1.4.0..HEAD", "--json")

    twelve = [d for d in done.data["drafts"] if d["number"] == 12]
    assert [d["commits"] for d in twelve] == [[shop.git("rev-parse", "HEAD")]]
    assert [d["number"] for d in done.data["came_again"]] == [12]


def test_what_is_typed_goes_into_every_draft(shop: Workshop) -> None:
    shop.run("new", "--each", RELEASE, "--environment=staging", "--tag=release", "--owner=@dana")

    assert {
        (d["shipped"]["environment"], tuple(d["tags"]), d["owner"]) for d in by_title(shop).values()
    } == {("staging", ("release",), "@dana")}


def test_a_dry_run_shows_the_drafts_and_writes_none(shop: Workshop) -> None:
    shown = shop.run("new", "--each", RELEASE, "--dry-run")
    for_programs = shop.run("new", "--each", RELEASE, "--dry-run", "--json")

    assert shown.out == (
        "Topic 11  (pull request 11, merge, 2 files)\n"
        "Cache totals  (pull request 12, squash, 2 files)\n"
        "Test the move  (pull request 13, rebase, 2 files)\n"
    )
    assert shown.err.startswith(
        "v1.4.0..v1.5.0: 6 commits on the main line, 3 drafts would be written.\n"
    )
    assert [d["note"].splitlines()[1] for d in for_programs.data["drafts"]] == [
        "title: Topic 11",
        "title: Cache totals",
        "title: Test the move",
    ]
    assert shop.notes() == []


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["--each", "v1.4.0"], 2, "'v1.4.0' is not a range of commits"),
        (["--each", "v1.4.0...v1.5.0"], 2, "'v1.4.0...v1.5.0' is not a range of commits"),
        (["--each", "v1.4.0..v9"], 2, "git knows no commit 'v9'"),
        (["--each", "--all..v1.5.0"], 2, "git knows no commit '--all'"),
        (["--direct"], 2, "--direct says what to do with a range, and there is none"),
        (
            ["--each", RELEASE, "--status=shipped"],
            2,
            "--each writes drafts, which --status shipped is not",
        ),
        (["--each", RELEASE, "--title=x"], 2, "--each writes many notes, and --title is about one"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(
    shop: Workshop, arguments: list[str], code: int, what: str
) -> None:
    done = shop.run("new", *arguments)

    assert (done.code, said(done).what) == (code, what)
    assert shop.notes() == []


def test_a_shallow_clone_that_lacks_a_part_of_the_range_says_so(shop: Workshop) -> None:
    folder = shop.folder.parent / "clone"
    shop.git("clone", "-q", "--depth=2", f"file://{shop.folder}", str(folder))
    clone = Workshop(folder)
    clone.git("fetch", "-q", "--depth=1", "origin", "refs/tags/v1.4.0:refs/tags/v1.4.0")

    done = clone.run("new", "--each", RELEASE)

    assert (done.code, clone.notes()) == (3, [])
    assert said(done).what == "this clone is shallow: a part of the range is not in it"


def test_a_full_disk_says_how_far_it_came_and_the_same_command_goes_on(shop: Workshop) -> None:
    shop.commit("Long (#14)\n\n" + "Every request summed. " * 90, {"c.py": "1\n"})
    span = "v1.4.0..HEAD"

    stopped = shop.run("new", "--each", span, under=no_file_above(1500))
    done = shop.run("new", "--each", span, "--json")

    assert said(stopped).retry == "safe, 3 of 4 drafts are written, and the same command goes on"
    assert [d["number"] for d in done.data["drafts"]] == [14]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Rebuilt]]:
    """Sixty real commits with their squash merges and tags."""
    folder = tmp_path_factory.mktemp("history") / "astro"
    return folder, rebuild(Path(__file__).parent / "demo" / "history.jsonl", folder)


def test_a_real_history_gives_a_draft_for_each_of_its_pull_requests(
    history: tuple[Path, list[Rebuilt]], tmp_path: Path
) -> None:
    folder, commits = history
    shop = Workshop(Path(shutil.copytree(folder, tmp_path / "astro")))

    done = shop.run("new", "--each", f"{commits[0].parent}..HEAD", "--json")

    expected = [c.commit.pull_request for c in commits if c.commit.pull_request]
    assert [d["number"] for d in done.data["drafts"]] == expected
    assert len(done.data["drafts"]) + len(done.data["direct"]) == len(commits)
    assert {d["merge"] for d in done.data["drafts"]} == {"squash"}
    drafts = {d["source"]["head"]: d for d in map(data_of, shop.notes())}
    for c in commits:
        if c.commit.pull_request:
            draft = drafts[c.sha]
            counted = len(draft.get("files", ())) + sum(draft.get("files_omitted", {}).values())
            assert counted == len(c.commit.changes)
    assert shop.run("check").code == 0


def test_any_number_of_changes_is_ten_questions_to_git(
    history: tuple[Path, list[Rebuilt]], tmp_path: Path
) -> None:
    folder, commits = history
    shop = Workshop(folder)
    counted = tmp_path / "bin"
    counted.mkdir()
    real = shutil.which("git")
    (counted / "git").write_text(f'#!/bin/sh\necho x >> {counted}/calls\nexec {real} "$@"\n')
    (counted / "git").chmod(0o755)
    path = f"{counted}:{os.environ['PATH']}"

    done = shop.run("new", "--each", f"{commits[0].parent}..HEAD", "--dry-run", PATH=path)

    assert len(re.findall(r"pull request", done.out)) > 40
    assert len((counted / "calls").read_text().splitlines()) <= 10

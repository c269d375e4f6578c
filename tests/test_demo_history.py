"""The repository that the demo rebuilds has the shape of the published history."""

import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.demo.history import Commit, read_history
from tests.demo.rebuild import BRANCH, REMOTE, Rebuilt, rebuild

HISTORY = Path(__file__).parent / "demo" / "history.jsonl"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def rebuilt(repository: Path) -> list[Rebuilt]:
    return rebuild(HISTORY, repository)


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=repository, stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    return done.stdout


def test_every_commit_adds_and_removes_as_many_lines_in_the_same_files(
    repository: Path, rebuilt: list[Rebuilt]
) -> None:
    expected = {r.commit.sha: line_counts(r.commit) for r in rebuilt}

    found = {r.commit.sha: line_counts_by_git(repository, r.sha) for r in rebuilt}

    assert found == expected
    assert sum(map(len, expected.values())) == 581


def test_every_file_is_added_modified_deleted_or_renamed_as_it_was(
    repository: Path, rebuilt: list[Rebuilt]
) -> None:
    expected = {r.commit.sha: statuses(r.commit) for r in rebuilt}

    found = {r.commit.sha: statuses_by_git(repository, r.sha) for r in rebuilt}

    assert found == expected
    assert {status for row in expected.values() for status, _, _ in row} == set("AMDR")


def test_messages_people_and_dates_are_exact_and_in_order(
    repository: Path, rebuilt: list[Rebuilt]
) -> None:
    commits = read_history(HISTORY)

    form = "--format=%B%x01%an <%ae>%x01%aI%x01%cI"
    log = git(repository, "log", "-z", "--reverse", form, f"{rebuilt[0].parent}..")

    found = [entry.split("\x01") for entry in log.rstrip("\0").split("\0")]
    assert [
        (message, person, date(authored), date(committed))
        for message, person, authored, committed in found
    ] == [
        (c.message, f"{c.author} <{c.author}@example.com>", str(c.authored), str(c.committed))
        for c in commits
    ]


def test_the_commits_follow_each_other_from_one_base_commit(
    repository: Path, rebuilt: list[Rebuilt]
) -> None:
    log = git(repository, "log", "--reverse", "--format=%H %P", BRANCH)

    base, *others = log.splitlines()
    assert base == f"{rebuilt[0].parent} "
    assert others == [f"{r.sha} {r.parent}" for r in rebuilt]


def test_releases_are_tagged_where_they_were(repository: Path, rebuilt: list[Rebuilt]) -> None:
    tags = git(repository, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/tags")

    assert sorted(tags.splitlines()) == sorted(
        f"{tag} {r.sha}" for r in rebuilt for tag in r.commit.tags
    )
    assert "astro@7.1.0" in tags


@pytest.mark.usefixtures("rebuilt")
def test_the_work_tree_is_clean_on_main_with_a_remote_that_was_never_fetched(
    repository: Path,
) -> None:
    assert git(repository, "status", "--porcelain=v1", "--branch") == f"## {BRANCH}\n"
    assert git(repository, "remote", "get-url", "origin") == f"{REMOTE}\n"
    assert git(repository, "for-each-ref", "refs/remotes") == ""


def test_a_second_rebuild_in_other_surroundings_gives_the_same_commit_ids(
    tmp_path: Path, rebuilt: list[Rebuilt], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "git" / "config"
    settings.parent.mkdir()
    settings.write_text("[init]\ndefaultBranch = trunk\n[core]\nautocrlf = true\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another-repository"))
    monkeypatch.setenv("TZ", "Asia/Kathmandu")

    again = rebuild(HISTORY, tmp_path / "again")

    assert again == rebuilt


def date(text: str) -> str:
    """An instant with its offset; newer versions of git write Z for +00:00."""
    return str(datetime.fromisoformat(text))


def line_counts(commit: Commit) -> list[tuple[int, int, str]]:
    return sorted((c.added, c.removed, c.path) for c in commit.changes)


def line_counts_by_git(repository: Path, sha: str) -> list[tuple[int, int, str]]:
    fields = iter(
        git(repository, "log", "-1", "--format=", "-z", "-M", "--numstat", sha).split("\0")
    )
    rows = []
    for field in fields:
        if not field:
            continue
        added, removed, path = field.split("\t")
        if not path:  # a rename: the old and the new path follow
            _, path = next(fields), next(fields)
        rows.append((int(added), int(removed), path))
    return sorted(rows)


def statuses(commit: Commit) -> list[tuple[str, str | None, str]]:
    return sorted((c.status, c.renamed_from, c.path) for c in commit.changes)


def statuses_by_git(repository: Path, sha: str) -> list[tuple[str, str | None, str]]:
    log = git(repository, "log", "-1", "--format=", "-z", "-M", "--name-status", sha)
    fields = iter(log.rstrip("\0").split("\0"))
    return sorted(
        (status[0], next(fields) if status[0] == "R" else None, next(fields)) for status in fields
    )

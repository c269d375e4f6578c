"""What commit messages of the usual forges say."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changenote.capture.subjects import kind_of, pull_request_number, title_and_reason, told
from changenote.git import Commit

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def commit(message: str, *, merge: bool = False, author: str = "Dana <dana@example.com>") -> Commit:
    subject, _, body = message.partition("\n")
    parents = ("a" * 40, "b" * 40) if merge else ("a" * 40,)
    return Commit(
        sha="c" * 40,
        parents=parents,
        author=author,
        authored=NOW,
        committed=NOW,
        subject=subject,
        body=body.strip(),
    )


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("Merge pull request #12 from acme/feat\n\nTitle", 12),
        ("Cache totals (#13)", 13),
        ('Revert "Cache totals (#13)" (#34)', 34),
        ("Fix (#10) (#12)", 12),
        ("Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request grp/proj!34", 34),
        ("Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request !34", 34),
        (
            "Merge pull request 'Cache (draft)' (#7) from feat into main\n\nReviewed-on: https://git.example/acme/shop/pulls/7",
            7,
        ),
        ("Title (#8)\n\nReviewed-on: https://git.example/a/b/pulls/8\nReviewed-by: x <y>", 8),
        ("Merged in feature/x (pull request #5)\n\nTitle", 5),
        ("Pull request #21: Cache totals\n\nMerge in SHOP/web from feat to main", 21),
        ("Merged PR 123: Cache totals", 123),
        ("Bump x from 1 to 2 (!77)", 77),
        ("Fixes #9", None),
        ("(#4) prefix only", None),
        ("chore: release 1.2.3", None),
        ('Revert "Merge pull request #12 from acme/feat"\n\nThis reverts commit abc', None),
        ("[#12] PROJ-3 thing", None),
    ],
)
def test_the_pull_request_is_found_in_the_messages_of_every_forge(
    message: str, number: int | None
) -> None:
    subject, _, body = message.partition("\n")

    assert pull_request_number(subject, body) == number


@pytest.mark.parametrize(
    ("message", "merge", "title", "reason"),
    [
        (
            "perf: cache totals (#412)\n\nEvery request summed.\nAgain.\n\nMore.",
            False,
            "Cache totals",
            "Every request summed.\nAgain.",
        ),
        (
            "Merge pull request #12 from acme/feat\n\nCache totals\n\nBecause.",
            True,
            "Cache totals",
            "Because.",
        ),
        ("Merged PR 123: Cache totals\n\nBecause.", True, "Cache totals", "Because."),
        ("Merge pull request 'Cache totals' (#7) from feat into main", True, "Cache totals", ""),
        (
            "fix(cart)!: wrong total\n\nSigned-off-by: Dana <d@example.com>",
            False,
            "Wrong total",
            "",
        ),
        (
            "Cache totals\n\n<!-- what is this? -->\n\n## Why\n\nBecause.\n---",
            False,
            "Cache totals",
            "Because.",
        ),
        ("a: b", False, "B", ""),
        ("", False, "", ""),
    ],
)
def test_title_and_reason_are_the_words_a_person_wrote(
    message: str, merge: bool, title: str, reason: str
) -> None:
    assert title_and_reason(commit(message, merge=merge)) == (title, reason)


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("feat: add basket", "feature"),
        ("fix(deps): update x", "dependency"),
        ("chore(deps): bump x", "dependency"),
        ("perf(cart): cache", "performance"),
        ("docs: say why", "docs"),
        ("ci: run faster", "infrastructure"),
        ("Bump lodash from 1 to 2 (#3)", "dependency"),
        ("Fix wrong total", "fix"),
        ("Add baskets", "feature"),
        ("Escape title to prevent XSS", "security"),
        ("chore: tidy", ""),
    ],
)
def test_the_kind_is_proposed_only_when_the_message_speaks_of_it(subject: str, kind: str) -> None:
    assert kind_of(commit(subject)) == kind


def test_people_and_issues_are_those_of_all_commits_without_machines() -> None:
    newest = commit("Cache (#2)\n\nFixes #7, closes #8\n\nCo-authored-by: Ann <ann@example.com>")
    bot = commit("Bump\n\nFixes #7", author="renovate[bot] <bot@example.com>")

    found = told([newest], [newest, bot])

    assert found.authors == ("Dana <dana@example.com>", "Ann <ann@example.com>")
    assert found.issues == (7, 8)
    assert found.pull_requests == (2,)


HISTORY = Path(__file__).parent / "demo" / "history.jsonl"


def test_real_squash_merges_all_give_a_number_and_a_title() -> None:
    messages = [json.loads(line)["message"] for line in HISTORY.read_text().splitlines()]
    commits = [commit(m) for m in messages]

    with_number = [c for c in commits if pull_request_number(c.subject, c.body)]

    assert len(with_number) >= 25
    for c in with_number:
        title, _ = title_and_reason(c)
        assert len(title) >= 5
        assert f"(#{pull_request_number(c.subject, c.body)})" not in title

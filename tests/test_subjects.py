"""What commit messages of the usual forges say."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from changenote.capture.draft import cleaned
from changenote.capture.subjects import (
    change_note,
    is_back_merge,
    kind_of,
    merge_kind,
    pull_request_number,
    title_and_reason,
    told,
    why_no_note,
)
from changenote.git import Commit

SQUASHED, MERGED = "squash-merges.jsonl", "merge-commits.jsonl"
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
        ("Cache totals (#13) [skip ci]", 13),
        ("Cache totals (PR #13)", 13),
        ("Cache totals (grp/proj!34)", 34),
        ("Follow acme/other (acme/other#34)", None),
        ("Merge pull request #21 in SHOP/web from feat to main\n\n* commit 'ab12':\n  Title", 21),
        ("Merge pull request 123 from feat into main", 123),
        ("Merge PR 123: Cache totals into main", 123),
        ("Auto merge of #123 - dana:feat, r=ann", 123),
        ("Merge #123", 123),
        ("Merge pull request 'Cache' (!7) from dana/shop:feat into main", 7),
        (
            "Merge branch 'x' into 'main'\n\nTitle (#9)\n\n"
            "See merge request https://gitlab.example/grp/proj/-/merge_requests/34",
            34,
        ),
        (
            "Pick the fix\n\nSee merge request grp/proj!34\n\n(cherry picked from commit ab12)"
            "\n\nSee merge request grp/proj!35",
            35,
        ),
        ("Revert \"Merge branch 'x' into 'main'\"\n\nThis reverts merge request !34", None),
        ("Title\n\nReviewed-on: https://review.example/c/acme/shop/+/34", None),
        ('Merge "Cache totals"', None),
        ("Merged in feature/x (pull request #5)\n\nTitle (#4)\n\nApproved-by: Ann", 5),
        ("Cache totals (#999999999999999999999)", None),
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
        ('Merge "Cache totals"', True, "Cache totals", ""),
        ("Fix cart (#10) (#12)", False, "Fix cart", ""),
        ("Draft: fix: wrong total (#12)", False, "Wrong total", ""),
        ("Merge PR 123: Cache totals\n\nBecause.", True, "Cache totals", "Because."),
        (
            "Pull request #21: Cache totals\n\nMerge in SHOP/web from feat to main\n\n"
            "* commit 'ab12':\n  Because.",
            True,
            "Cache totals",
            "  Because.",
        ),
        (
            "Cache totals (#12)\n\n* wip\n\n* fix review\n\nEvery request summed.\n\n* more",
            False,
            "Cache totals",
            "Every request summed.",
        ),
        ("Cache totals (#12)\n\n* wip\n\n* fix review", False, "Cache totals", ""),
        ("Cache totals (#12)\n\nCloses #7, fixes #8", False, "Cache totals", ""),
        (
            "Merge branch 'x' into 'main'\n\nCache totals\n\nCloses #7\n\nBecause.\n\n"
            "See merge request acme/shop!12",
            True,
            "Cache totals",
            "Because.",
        ),
        (
            "Cache totals\\n\\nEvery request\\nsummed. (#12)",
            False,
            "Cache totals",
            "Every request\nsummed.",
        ),
        (
            "Cache totals\n\nWords for reviewers.\n\nChange-Note: p95 was 840 ms,\n  a second\nRefs: x",
            False,
            "Cache totals",
            "p95 was 840 ms, a second",
        ),
        ("Cache totals\n\nBecause.\n\nChange-Note: none", False, "Cache totals", "Because."),
        (
            "Cache totals\n\nBecause.\n\nChange-Note: 20261122-k3f9xq",
            False,
            "Cache totals",
            "Because.",
        ),
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


def test_who_merged_or_signed_or_reviewed_did_not_write_it() -> None:
    merge = commit("Merge pull request #2 from acme/x", merge=True, author="Max <max@example.com>")
    work = commit(
        "Cache\n\nSigned-off-by: Sue <sue@example.com>\nReviewed-by: Rob <rob@example.com>\n"
        "Co-Authored-By: dana <DANA@example.com>\nCo-authored-by: Bo <bo@example.com>"
    )

    assert told([merge], [merge, work]).authors == (
        "Dana <dana@example.com>",
        "Bo <bo@example.com>",
    )
    assert told([merge], [merge]).authors == ("Max <max@example.com>",)


@pytest.mark.parametrize(
    ("message", "issues"),
    [
        ("Fix #9 (#12)", (9,)),
        ("Cart\n\nCloses #1, #2 and #3. See #4.", (1, 2, 3)),
        ("Cart\n\nRelated work items: #17, #18", (17, 18)),
        ("Cart (#5)\n\nfix (#6)", ()),
    ],
)
def test_issues_are_those_that_the_messages_close(message: str, issues: tuple[int, ...]) -> None:
    assert told([commit(message)], [commit(message)]).issues == issues


def test_a_merge_without_words_of_its_own_gives_those_of_what_was_merged() -> None:
    merge = replace(commit('Merge "Cache totals"', merge=True), sha="d" * 40)
    work = commit("Cache totals\n\nEvery request summed.\n\nChange-Id: I12")
    other = commit("Tidy\n\nTidier.")

    assert told([merge], [merge, work]).reason == "Every request summed."
    assert told([merge], [merge, other, work]).reason == "Every request summed."
    assert told([merge], [merge, other, other]).reason == ""


def test_a_title_that_had_a_secret_or_a_lone_carriage_return_is_one_that_notes_accept() -> None:
    secret = f"Log in as https://bob:s3cr3tPassw0rd@db.example.com/ {'again and ' * 5}again"

    twice = f"Log in with password=s3cr3tPassw0rd {'and' * 10} then password=s3cr3tPassw0rd"

    for subject in (secret, twice, "Sum\rthe totals once"):
        title = told([commit(subject)], [commit(subject)]).title

        assert len(title) <= 100
        assert cleaned({"title": title}) == {"title": title}
        assert title.isprintable()
    for subject in ("\x1b\x07\x01ab", "a\x9f\x9f\x9f\x9fb"):
        assert len(cleaned({"title": told([commit(subject)], []).title})["title"]) >= 5


@pytest.mark.parametrize(
    ("subject", "merged", "title"),
    [
        ("Merge pull request #2 from acme/x", 1, "Sum once"),
        ("Merge pull request #2 from acme/feature/cache-totals", 2, "Cache totals"),
        ("Merge branch 'cache_totals_quickly'", 2, "Cache totals quickly"),
        ("Merged in fix/SHOP-77-totals (pull request #5)", 0, "SHOP 77 totals"),
        ("Merge pull request #2 from acme/totals", 2, "Merge pull request #2 from acme/totals"),
    ],
)
def test_a_merge_without_a_title_is_named_for_what_it_merged(
    subject: str, merged: int, title: str
) -> None:
    merge = replace(commit(subject, merge=True), sha="d" * 40)

    assert told([merge], [merge, *[commit("Sum once")] * merged]).title == title


@pytest.mark.parametrize(
    ("messages", "merge", "kind"),
    [
        (["Merge pull request #2 from acme/x"], True, "merge"),
        (["Cache (#2)"], True, "merge"),
        (["Cache (#2)"], False, "squash"),
        (["Cache (#2)", "Test (#2)"], False, "rebase"),
        (["Cache"], False, "direct"),
    ],
)
def test_the_kind_of_merge_is_told_by_the_commits(
    messages: list[str], merge: bool, kind: str
) -> None:
    assert merge_kind([commit(m, merge=merge) for m in messages]) == kind


@pytest.mark.parametrize(
    ("subject", "back"),
    [
        ("Merge branch 'main' into feature", True),
        ("Merge remote-tracking branch 'origin/main' into feature", True),
        ("Merge branch 'release/2.1'", True),
        ("chore: merge main into next", True),
        ("Merge branch 'stable' into feature", True),
        ("Merge pull request #50 from acme/develop", True),
        ("Merged in release/2.1 (pull request #5)", True),
        ("Merge pull request #12 from acme/totals", False),
        ("Merge branch 'feature' into 'main'", False),
        ('Merge "Cache totals"', False),
        ("Merge main menu with the side bar", False),
    ],
)
def test_a_merge_that_only_brings_a_branch_up_to_date_is_known(subject: str, back: bool) -> None:
    assert is_back_merge(commit(subject, merge=True), "stable") is back
    assert not is_back_merge(commit(subject), "stable")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Change-Note: none", ""),
        ("change-note: Skip", ""),
        ("Change-Note: not needed, only a test", ""),
        ("Change-Note: 20261122-k3f9xq", "20261122-k3f9xq"),
        ("Change-Note: totals were\n  summed\nX: y", "totals were summed"),
        ("A Change-Note: none", None),
        ("", None),
    ],
)
def test_a_trailer_can_say_what_the_note_should(body: str, words: str | None) -> None:
    assert change_note(commit(f"Cart\n\n{body}")) == words


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("What it does\r\n\r\nChange-Note: not needed, only a test\r\n", "only a test"),
        ("Change-Note: Not needed: docs", "docs"),
        ("change-note: not needed (typing\n  alone)", "typing alone)"),
        ("Change-Note: not needed", ""),
        ("Change-Note: not needed, WHY", ""),
        ("<!--\nChange-Note: not needed, docs\n-->", ""),
        ("<!-- a --> x\n<!-- b\n-->\nChange-Note: not needed, docs", "docs"),
        ("<!-- never ended\nChange-Note: not needed, docs", ""),
        ("- Change-Note: not needed, docs", "docs"),
        ("**Change-Note:** not needed, docs", "docs"),
        ("> **Change-Note**: not needed, docs", "docs"),
        ("Say it so:\n```\nChange-Note: not needed, docs\n```\n", ""),
        ("Change-Note: 20261122-k3f9xq", ""),
        ("It is not needed, really", ""),
    ],
)
def test_a_note_is_not_needed_for_a_reason_that_is_said(text: str, why: str) -> None:
    assert why_no_note(text) == why


HISTORIES = Path(__file__).parent / "data" / "histories"


def history(name: str) -> list[tuple[dict[str, Any], Commit]]:
    lines = [json.loads(line) for line in (HISTORIES / name).read_text().splitlines()]
    return [(line, commit(line["message"], merge=line["parents"] > 1)) for line in lines]


def test_the_number_is_found_in_each_of_357_real_squash_merges_and_nowhere_else() -> None:
    found = [(line, pull_request_number(c.subject, c.body)) for line, c in history(SQUASHED)]

    with_number = [line["sha"] for line, number in found if number is not None]
    merged = [line["sha"] for line, _ in found if line["merged_by_forge"]]
    assert len(found) == 400
    assert len(merged) == 357
    assert with_number == merged


def test_of_198_real_numbers_that_a_changelog_names_the_message_gives_197() -> None:
    found = [(line, pull_request_number(c.subject, c.body)) for line, c in history(SQUASHED)]

    named = [(line, number) for line, number in found if line["in_changelog"]]
    wrong = [
        (line["sha"][:8], line["in_changelog"], number)
        for line, number in named
        if line["in_changelog"] != number
    ]
    assert len(named) == 198
    assert wrong == [("675d11d0", 17188, 17182)]  # the message itself is wrong, see the README


def test_real_messages_of_a_forge_without_pull_requests_give_no_number() -> None:
    commits = [c for _, c in history(MERGED)]

    assert len(commits) == 400
    assert [c for c in commits if pull_request_number(c.subject, c.body) is not None] == []
    assert {merge_kind([c]) for c in commits} == {"merge", "direct"}


@pytest.mark.parametrize("name", [SQUASHED, MERGED])
def test_every_real_message_gives_a_title_that_notes_accept(name: str) -> None:
    for _, c in history(name):
        title = told([c], [c]).title

        assert 5 <= len(title) <= 100
        assert not re.search(r"\(#\d+\)$", title)
        assert not title.startswith(('Merge "', "Merge pull", "Merge branch"))
        assert "\\n\\n" not in title

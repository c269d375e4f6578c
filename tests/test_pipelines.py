"""What pipelines tell of a change: real events of GitHub, and the variables of four forges."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from changenote.capture.changes import Facts, Range
from changenote.capture.draft import compose, merged
from changenote.capture.elsewhere import best_of, data_of
from changenote.capture.pipeline import Found, event_in, found_in, from_event, is_ours
from changenote.capture.pull_request import (
    PullRequest,
    kind_of,
    of_github,
    of_gitlab,
    start_of,
)
from changenote.capture.subjects import Told
from changenote.forge.links import Repository
from changenote.git import Commit

EVENTS = Path(__file__).parent / "data" / "webhooks"
HEAD, OTHER = "a" * 40, "b" * 40
SHOP = Repository(forge="github", web="https://github.com/acme/shop")


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


OPEN = PullRequest(
    number=2,
    title="Update the README with new information.",
    body="This is a pretty simple change that we need to pull into master.",
    author="@Codertocat",
    url="https://github.com/Codertocat/Hello-World/pull/2",
    state="open",
    base="master",
    head="changes",
    base_commit="f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
    head_commit="ec26c3e57ca3a959ca5aad62de7213c562f8c821",
    commits=1,
)
AT = datetime(2019, 5, 15, 15, 20, 55, tzinfo=UTC)
TOLD = [
    (
        "pull_request-synchronize-22",
        Found(
            pull_request=replace(OPEN, labels=("bug",)),
            commits=(OPEN.head_commit or "",),
            before=OPEN.base_commit,
        ),
    ),
    (
        "pull_request-opened-13",
        Found(
            pull_request=replace(OPEN, body="", labels=("bug",)),
            commits=(OPEN.head_commit or "",),
            before=OPEN.base_commit,
        ),
    ),
    (
        "pull_request-labeled-8",
        Found(
            pull_request=replace(OPEN, labels=("bug",)),
            commits=(OPEN.head_commit or "",),
            before=OPEN.base_commit,
        ),
    ),
    (
        "pull_request-closed-3",
        Found(
            pull_request=replace(OPEN, labels=("bug",), state="closed"),
            commits=(OPEN.head_commit or "",),
            before=OPEN.base_commit,
        ),
    ),
    ("push-1-1", Found()),
    ("push-5-5", Found(commits=("6113728f27ae82c7b1a177c8d03f9e96e0adf246",))),
    ("issue_comment-created-3", Found()),
    (
        "deployment_status-created-1",
        Found(
            commits=("f95f852bd8fca8fcc58a9a2d6c842781e32a215e",),
            environment="github-pages",
            deployment="https://github.com/Codertocat/Hello-World/runs/145988746?check_suite_focus=true",
        ),
    ),
    (
        "deployment_status-created-3",
        Found(
            commits=("f95f852bd8fca8fcc58a9a2d6c842781e32a215e",), environment="production", at=AT
        ),
    ),
    ("release-published-10", Found(version="0.0.1", at=AT.replace(second=53))),
    ("release-deleted-5", Found()),
]


@pytest.mark.parametrize(("name", "found"), TOLD)
def test_a_real_event_tells_what_is_in_it_and_no_more(name: str, found: Found) -> None:
    assert from_event(event(name), {}) == found


def test_a_merged_pull_request_tells_what_came_of_it() -> None:
    payload = event("pull_request-closed-3")
    payload["pull_request"] |= {"merged": True, "merged_at": "2019-05-15T15:20:55Z"}

    found = from_event(payload, {"GITHUB_SHA": payload["pull_request"]["merge_commit_sha"]})

    assert found.pull_request
    assert (found.pull_request.state, found.pull_request.merged_at) == ("merged", AT)
    assert found.pull_request.merge_commit == "c4295bd74fb0f4fda03689c3df3f2803b658fd85"
    assert found.commits == (found.pull_request.merge_commit, OPEN.head_commit)
    assert found.before is None


def test_a_comment_on_a_pull_request_tells_of_the_pull_request() -> None:
    payload = event("issue_comment-created-3")
    payload["issue"]["pull_request"] = {"merged_at": "2019-05-15T15:20:55Z"}

    found = from_event(payload, {"GITHUB_SHA": HEAD})

    assert found.pull_request
    assert (found.pull_request.number, found.pull_request.state) == (1, "merged")
    assert found.pull_request.title == "Spelling error in the README file"
    assert found.commits == ()


@pytest.mark.parametrize(
    ("state", "at", "outcome"),
    [("success", AT, None), ("failure", AT, "failed"), ("queued", None, None)],
)
def test_a_deployment_has_happened_when_it_ended(
    state: str, at: datetime | None, outcome: str | None
) -> None:
    payload = event("deployment_status-created-3")
    payload["deployment_status"]["state"] = state

    found = from_event(payload, {})

    assert (found.at, found.outcome) == (at, outcome)


def test_a_push_tells_what_was_before_unless_it_rewrote_the_branch() -> None:
    payload = event("push-5-5") | {"before": OTHER}

    assert from_event(payload, {}).before == OTHER
    assert from_event(payload | {"forced": True}, {}).before is None
    assert from_event(payload | {"ref": "refs/tags/v2"}, {}).version == "v2"


def test_a_tag_s_pipeline_has_a_version() -> None:
    told = {"GITHUB_SHA": HEAD, "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v2"}

    assert from_event(None, told) == Found(commits=(HEAD,), version="v2")


HOSTILE: list[Any] = [
    None,
    [],
    "x",
    {"pull_request": 7},
    {"pull_request": {"number": "7"}},
    {"pull_request": {"number": True}},
    {"pull_request": {"number": -1}},
    {"deployment": None, "deployment_status": []},
    {"issue": {"pull_request": {}}},
    {"release": {"tag_name": ["v1"], "published_at": 9}},
    {"after": "zz", "before": "0" * 40, "ref": None},
    {"after": "0" * 40, "ref": "refs/heads/main"},
]


@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_an_event_of_another_shape_tells_nothing(payload: Any) -> None:
    assert from_event(payload, {}) == Found()


def test_parts_of_another_type_are_left_out() -> None:
    payload = {
        "number": 3,
        "title": None,
        "body": ["x"],
        "user": "dana",
        "html_url": "javascript:alert(1)",
        "merged_at": "yesterday",
        "labels": [{"name": 3}, "bug", None],
        "base": None,
        "head": {"sha": "HEAD; rm -rf /"},
    }

    assert of_github(payload) == PullRequest(number=3, labels=("bug",))


def test_an_event_that_cannot_be_read_is_no_event(tmp_path: Path) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 200_000)
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"a": \xff')

    for path in (deep, broken, tmp_path, tmp_path / "missing", Path("/dev/zero")):
        assert event_in({"GITHUB_EVENT_PATH": str(path)}) is None
    assert event_in({}) is None


GITLAB = {
    "GITLAB_CI": "true",
    "CI_COMMIT_SHA": HEAD,
    "CI_COMMIT_BEFORE_SHA": "0" * 40,
    "CI_JOB_URL": "https://gitlab.example/grp/shop/-/jobs/9",
}
OF_MERGE_REQUEST = {
    "CI_MERGE_REQUEST_IID": "34",
    "CI_MERGE_REQUEST_TITLE": "Draft: Cache totals",
    "CI_MERGE_REQUEST_DESCRIPTION": "Every request summed.",
    "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/grp/shop",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "totals",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": OTHER,
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "c" * 40,
    "CI_MERGE_REQUEST_LABELS": "type::bug,cart",
}
BITBUCKET = {
    "BITBUCKET_BUILD_NUMBER": "9",
    "BITBUCKET_REPO_FULL_NAME": "acme/shop",
    "BITBUCKET_COMMIT": "abcdef012345",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_SOURCEVERSION": HEAD,
    "BUILD_SOURCEBRANCH": "refs/tags/v2",
    "BUILD_BUILDID": "9",
    "BUILD_REPOSITORY_URI": "https://dev.azure.com/acme/shop/_git/web",
    "BUILD_REPOSITORY_PROVIDER": "TfsGit",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
    "SYSTEM_TEAMPROJECT": "shop",
}
VARIABLES = {
    "a GitLab branch": (GITLAB, Found(commits=(HEAD,))),
    "a GitLab push": (
        GITLAB | {"CI_COMMIT_BEFORE_SHA": OTHER},
        Found(commits=(HEAD,), before=OTHER),
    ),
    "a GitLab deployment of a tag": (
        GITLAB | {"CI_ENVIRONMENT_NAME": "production", "CI_COMMIT_TAG": "v2"},
        Found(
            commits=(HEAD,),
            version="v2",
            environment="production",
            deployment="https://gitlab.example/grp/shop/-/jobs/9",
        ),
    ),
    "a GitLab merge request": (
        GITLAB | OF_MERGE_REQUEST,
        Found(
            pull_request=PullRequest(
                number=34,
                title="Draft: Cache totals",
                body="Every request summed.",
                url="https://gitlab.example/grp/shop/-/merge_requests/34",
                base="main",
                head="totals",
                head_commit=OTHER,
                labels=("type::bug", "cart"),
            ),
            commits=(HEAD, OTHER),
            before="c" * 40,
        ),
    ),
    "a Bitbucket deployment": (
        BITBUCKET | {"BITBUCKET_DEPLOYMENT_ENVIRONMENT": "staging", "BITBUCKET_TAG": "v2"},
        Found(
            commits=("abcdef012345",),
            version="v2",
            environment="staging",
            deployment="https://bitbucket.org/acme/shop/pipelines/results/9",
        ),
    ),
    "a Bitbucket pull request": (
        BITBUCKET | {"BITBUCKET_PR_ID": "5", "BITBUCKET_PR_DESTINATION_COMMIT": "fedcba543210"},
        Found(
            pull_request=PullRequest(
                number=5, url="https://bitbucket.org/acme/shop/pull-requests/5"
            ),
            commits=("abcdef012345",),
            before="fedcba543210",
        ),
    ),
    "an Azure deployment": (
        AZURE | {"ENVIRONMENT_NAME": "production"},
        Found(
            commits=(HEAD,),
            version="v2",
            environment="production",
            deployment="https://dev.azure.com/acme/shop/_build/results?buildId=9",
        ),
    ),
    "an Azure pull request": (
        AZURE
        | {"BUILD_SOURCEBRANCH": "refs/pull/5/merge", "SYSTEM_PULLREQUEST_PULLREQUESTID": "5"},
        Found(
            pull_request=PullRequest(
                number=5, url="https://dev.azure.com/acme/shop/_git/web/pullrequest/5"
            ),
            commits=(HEAD,),
        ),
    ),
    "a pull request on GitHub that Azure builds": (
        AZURE
        | {
            "BUILD_SOURCEBRANCH": "refs/pull/5/merge",
            "BUILD_REPOSITORY_PROVIDER": "GitHub",
            "BUILD_REPOSITORY_URI": "https://github.com/acme/shop.git",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "987654",
            "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "5",
        },
        Found(
            pull_request=PullRequest(number=5, url="https://github.com/acme/shop/pull/5"),
            commits=(HEAD,),
        ),
    ),
    "numbers that are none": (
        GITLAB | {"CI_MERGE_REQUEST_IID": "9" * 5000},
        Found(commits=(HEAD,)),
    ),
}


@pytest.mark.parametrize(("variables", "found"), VARIABLES.values(), ids=list(VARIABLES))
def test_variables_of_a_pipeline_tell_the_same_on_every_forge(
    variables: dict[str, str], found: Found
) -> None:
    assert found_in(variables) == found


def test_a_pipeline_speaks_of_the_repository_that_it_checked_out_alone(tmp_path: Path) -> None:
    inside, outside = tmp_path / "work" / "shop", tmp_path / "other"
    told = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path / "work")}

    assert is_ours(told, inside)
    assert not is_ours(told, outside)
    assert is_ours({"GITHUB_EVENT_PATH": "/event.json"}, outside)
    assert not is_ours({}, inside)


# --- Into a note ----------------------------------------------------------------------------------


def facts(*pull_requests: int, authors: tuple[str, ...] = ()) -> Facts:
    return Facts(
        range=Range(base=OTHER, head=HEAD, since="tag v1", version=None),
        told=Told(
            title="From git",
            kind="feature",
            reason="From git.",
            pull_requests=pull_requests,
            issues=(8,),
            authors=authors,
        ),
        files=(),
        files_omitted={},
        first_commit_at=None,
        version=None,
        revert=(),
        commits=1,
    )


REQUEST = PullRequest(
    number=12,
    title="perf: cache totals",
    body="## Why\n\nEvery request summed.\n\nCloses #9",
    author="@dana",
    url="https://github.com/acme/shop/pull/12",
    state="merged",
)


def test_a_pull_request_gives_title_kind_reason_and_links() -> None:
    found = Found(pull_request=REQUEST, commits=(HEAD,), version="v2", environment="staging")

    assert merged({}, data_of(found, facts(11, 12), SHOP)) == {
        "title": "Cache totals",
        "kind": "performance",
        "reason": "Every request summed.",
        "authors": ["@dana"],
        "shipped": {"environment": "staging", "version": "v2"},
        "source": {
            "pull_requests": [
                "https://github.com/acme/shop/pull/11",
                "https://github.com/acme/shop/pull/12",
            ],
            "issues": [
                "https://github.com/acme/shop/issues/8",
                "https://github.com/acme/shop/issues/9",
            ],
        },
    }


def test_authors_that_git_knows_with_their_addresses_stay() -> None:
    found = data_of(Found(pull_request=REQUEST), facts(12, authors=("Dana <d@example.com>",)), SHOP)

    assert not found["authors"]


def test_an_older_pull_request_of_the_range_gives_a_link_alone() -> None:
    found = data_of(Found(pull_request=REQUEST), facts(12, 13), SHOP)

    assert "title" not in found
    assert found["source"]["pull_requests"][0] == REQUEST.url


def test_a_pipeline_about_other_commits_tells_nothing() -> None:
    found = Found(pull_request=REQUEST, commits=(OTHER,), environment="staging")

    assert data_of(found, facts(11), SHOP) == {}
    assert data_of(found, facts(12), SHOP)["shipped"]["environment"] == "staging"
    assert data_of(Found(commits=(HEAD[:12],), version="v2"), facts(), SHOP) != {}


def test_a_pull_request_that_was_never_merged_is_no_reason_for_a_change() -> None:
    closed = replace(REQUEST, state="closed")

    assert merged({}, data_of(Found(pull_request=closed), facts(), SHOP)) == {}


def test_a_merge_that_was_only_tried_is_nothing_to_revert() -> None:
    suggested = {"rollback": {"strategy": "revert", "steps": [{"run": "git revert -m 1 a"}]}}
    trial = Found(pull_request=replace(REQUEST, state="open", head_commit=OTHER), commits=(HEAD,))
    branch = Found(pull_request=replace(REQUEST, state="open", head_commit=HEAD), commits=(HEAD,))

    assert "rollback" not in compose([suggested, data_of(trial, facts(12), SHOP)])
    assert compose([suggested, data_of(branch, facts(12), SHOP)])["rollback"]


@pytest.mark.parametrize(
    ("title", "labels", "kind"),
    [
        ("perf: cache", ("bug",), "performance"),
        ("Cache totals", ("kind: bug", "cart"), "fix"),
        ("Cache totals", ("cart",), "cache"),
        ("Tidy", (), ""),
    ],
)
def test_the_kind_is_a_title_s_prefix_or_a_label_or_a_word(
    title: str, labels: tuple[str, ...], kind: str
) -> None:
    assert kind_of(replace(REQUEST, title=title, labels=labels)) == kind


def test_gitlab_answers_with_a_shape_of_its_own() -> None:
    answer = {
        "iid": 34,
        "title": "Cache totals",
        "description": None,
        "state": "merged",
        "web_url": "https://gitlab.example/grp/shop/-/merge_requests/34",
        "merged_at": "2019-05-15T15:20:55.000Z",
        "merge_commit_sha": None,
        "squash_commit_sha": HEAD,
        "author": {"name": "Dana Q", "username": "dana"},
        "target_branch": "main",
        "source_branch": "totals",
        "sha": OTHER,
        "labels": ["bug"],
    }

    assert of_gitlab(answer) == PullRequest(
        number=34,
        title="Cache totals",
        author="Dana Q",
        url="https://gitlab.example/grp/shop/-/merge_requests/34",
        state="merged",
        merged_at=AT,
        merge_commit=HEAD,
        base="main",
        head="totals",
        head_commit=OTHER,
        labels=("bug",),
    )


def test_of_several_answers_the_one_that_became_the_commit_is_meant() -> None:
    became = replace(REQUEST, number=1, merge_commit=HEAD)
    holds = replace(REQUEST, number=2, merge_commit=OTHER)
    is_open = replace(REQUEST, number=3, state="open", head_commit=HEAD)

    assert best_of([is_open, holds, became], HEAD) == became
    assert best_of([is_open, holds], HEAD) == holds
    assert best_of([is_open], HEAD) == is_open
    assert best_of([is_open], OTHER) is None


@pytest.mark.parametrize(
    ("subject", "parents", "start"),
    [
        ("Merge pull request #12 from acme/totals", 2, f"{HEAD}~1"),
        ("Cache totals (#12)", 1, f"{HEAD}~1"),
        ("cache totals", 1, f"{HEAD}~1"),
        ("Test it", 1, f"{HEAD}~3"),
    ],
)
def test_a_merged_pull_request_begins_before_all_of_its_commits(
    subject: str, parents: int, start: str
) -> None:
    commit = Commit(
        sha=HEAD,
        parents=(OTHER,) * parents,
        author="Dana <d@example.com>",
        authored=AT,
        committed=AT,
        subject=subject,
        body="",
    )

    assert start_of(replace(REQUEST, commits=3), commit) == start

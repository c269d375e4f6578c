"""Every forge is asked in its own words, and a token only goes where it belongs."""

from typing import Any

import pytest

from changenote.errors import ForgeFailed
from changenote.forge.api import PullRequest, Status
from changenote.forge.connecting import Wanted, api_address, connected
from changenote.forge.links import parse_remote
from tests.far_end import Reply, far_end
from tests.forges import BOT, HEAD, TOKEN, Remembered, forge_of_kind

KINDS = ("github", "gitlab", "gitea")
STATUS = Status(
    context="change note", state="pending", description="a draft", url="https://x.example/"
)


def wanted(web: str, kind: str | None = None, **more: Any) -> Wanted:
    """A repository with nothing configured, whose remote has the same address."""
    repository = parse_remote(web, kind)
    assert repository
    values: dict[str, Any] = {"environment": {}, "remotes": (repository.web,), **more}
    return Wanted(repository=repository, **values)


def wanted_of(forge: Remembered) -> Wanted:
    """The repository of a forge on this machine, with its token in the usual variable."""
    return wanted(forge.web, forge.kind, environment={forge.variable: TOKEN})


@pytest.mark.parametrize("kind", KINDS)
def test_comments_are_read_from_all_pages_and_written_and_edited(kind: str) -> None:
    with forge_of_kind(kind) as known:
        for number in range(45):
            known.say(f"comment {number}")
        forge = connected(wanted_of(known))

        forge.create_comment(412, "first")
        first = list(forge.comments(412))
        forge.edit_comment(412, first[-1].id, "second")
        second = list(forge.comments(412))
        account = forge.account()

    assert account == BOT
    assert [one.body for one in first] == [*(f"comment {n}" for n in range(45)), "first"]
    assert first[-1].author == BOT
    assert [one.body for one in second[45:]] == ["second"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pull_request_is_found_by_number_commit_and_branch(kind: str) -> None:
    with forge_of_kind(kind) as known:
        forge = connected(wanted_of(known))
        expected = PullRequest(
            number=412,
            url=wanted_of(known).repository.pull_request(412),
            body="What it does",
            head=HEAD,
            branch="cache",
        )

        found = [
            forge.pull_request(412),
            *forge.pull_requests_of(HEAD),
            *forge.pull_requests_from("cache"),
        ]

    assert found == [expected] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_status_is_set_and_read_back(kind: str) -> None:
    with forge_of_kind(kind) as known:
        forge = connected(wanted_of(known))
        before = forge.status(HEAD, "change note")

        forge.set_status(HEAD, STATUS)

        assert before is None
        assert forge.status(HEAD, "change note") == STATUS
        assert forge.status(HEAD, "another") is None


def test_gitlab_may_say_that_a_pending_status_is_pending_already() -> None:
    with forge_of_kind("gitlab") as known:
        forge = connected(wanted_of(known))

        forge.set_status(HEAD, STATUS)
        forge.set_status(HEAD, STATUS)

    assert len(known.statuses) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_pull_request_or_token_is_said(kind: str) -> None:
    with forge_of_kind(kind) as known:
        with pytest.raises(ForgeFailed) as no_such:
            connected(wanted_of(known)).pull_request(9)
        stranger = wanted(known.web, kind, environment={known.variable: "another"})
        with pytest.raises(ForgeFailed) as refused:
            connected(stranger).account()

    assert no_such.value.status == 404
    assert refused.value.what == f"127.0.0.1:{known.port} answered 401: Bad credentials"


@pytest.mark.parametrize(
    "answer", [None, [], "text", 7, {"number": "412"}, {"iid": True}, [[]], [{"id": None}]]
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_another_shape_is_said(kind: str, answer: object) -> None:
    with far_end(Reply(data=answer)) as end:
        web, variable = f"{end.url}/acme/shop", Remembered(kind).variable
        forge = connected(wanted(web, kind, environment={variable: TOKEN}))

        with pytest.raises(ForgeFailed, match="something"):
            forge.pull_request(412)


def test_the_token_of_a_workflow_is_known_by_another_question() -> None:
    forbidden = Reply(403, data={"message": "Resource not accessible by integration"})
    viewer = Reply(data={"data": {"viewer": {"login": "github-actions[bot]"}}})
    with far_end(forbidden, viewer) as end:
        environment = {"GH_ENTERPRISE_TOKEN": TOKEN}
        forge = connected(wanted(f"{end.url}/acme/shop", "github", environment=environment))

        account = forge.account()

    assert account == "github-actions[bot]"
    assert end.asked == ["GET /api/v3/user", "POST /api/graphql"]


@pytest.mark.parametrize(
    ("web", "kind", "more", "address"),
    [
        ("git@github.com:acme/shop.git", None, {}, "https://api.github.com"),
        ("https://acme.ghe.com/acme/shop", "github", {}, "https://api.acme.ghe.com"),
        ("git@git.acme.example:a/b.git", "github", {}, "https://git.acme.example/api/v3"),
        ("https://gitlab.com/a/b/c.git", None, {}, "https://gitlab.com/api/v4"),
        ("https://gitlab.a.example:8443/a/b", None, {}, "https://gitlab.a.example:8443/api/v4"),
        ("git@codeberg.org:a/b.git", None, {}, "https://codeberg.org/api/v1"),
        ("https://a.example/git/a/b", "gitea", {"api": "https://a.example/git/api/v1/"}, "https://a.example/git/api/v1"),
        (
            "git@git.acme.example:a/b.git",
            "github",
            {"environment": {"GITHUB_SERVER_URL": "https://git.acme.example", "GITHUB_API_URL": "https://git.acme.example/own"}},
            "https://git.acme.example/own",
        ),
        (
            "git@git.acme.example:a/b.git",
            "github",
            {"environment": {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_API_URL": "https://api.github.com"}},
            "https://git.acme.example/api/v3",
        ),
    ],
)  # fmt: skip
def test_the_api_is_where_such_a_forge_has_it_or_where_it_is_said_to_be(
    web: str, kind: str | None, more: dict[str, Any], address: str
) -> None:
    found = api_address(wanted(web, kind, **more))

    assert f"{found.scheme}://{found.name}{found.path}" == address


@pytest.mark.parametrize(
    ("web", "kind", "names"),
    [
        ("git@github.com:a/b.git", None, "GH_TOKEN or GITHUB_TOKEN"),
        ("git@git.a.example:a/b.git", "github", "GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN"),
        ("git@gitlab.com:a/b.git", None, "GITLAB_TOKEN or GITLAB_ACCESS_TOKEN"),
        ("git@codeberg.org:a/b.git", None, "GITEA_TOKEN or FORGEJO_TOKEN"),
    ],
)
def test_without_a_token_its_variables_are_named(web: str, kind: str | None, names: str) -> None:
    others = {"GH_TOKEN": "", "AWS_SECRET_ACCESS_KEY": TOKEN}

    with pytest.raises(ForgeFailed) as failed:
        connected(wanted(web, kind, environment=others))

    assert failed.value.expected == f"a token in {names}"


def test_the_token_for_github_does_not_go_to_another_forge() -> None:
    environment = {"GH_TOKEN": TOKEN, "GITHUB_TOKEN": TOKEN}

    with pytest.raises(ForgeFailed, match=r"there is no token for git\.acme\.example"):
        connected(wanted("git@git.acme.example:a/b.git", "github", environment=environment))


@pytest.mark.parametrize("api", ["https://evil.example/api/v3", "http://127.0.0.1:1/", "http://github.com"])  # fmt: skip
def test_config_alone_cannot_send_a_token_to_a_host(api: str) -> None:
    with pytest.raises(ForgeFailed, match="the token in GH_TOKEN is not sent to"):
        connected(wanted("git@github.com:a/b.git", api=api, environment={"GH_TOKEN": TOKEN}))


def test_config_alone_cannot_name_another_repository_on_an_unknown_host() -> None:
    environment = {"GH_ENTERPRISE_TOKEN": TOKEN}
    remotes = ("https://git.acme.example/a/b",)

    with pytest.raises(ForgeFailed, match=r"is not sent to evil\.example"):
        connected(wanted("https://evil.example/a/b", "github", environment=environment, remotes=remotes))  # fmt: skip


def test_the_environment_can_name_a_host_and_plain_http() -> None:
    environment = {"GH_TOKEN": TOKEN, "GITHUB_API_URL": "http://proxy.example"}

    forge = connected(wanted("git@github.com:a/b.git", api="http://proxy.example/x", environment=environment))  # fmt: skip

    assert TOKEN not in repr(vars(forge))


def test_an_api_with_a_password_in_it_is_refused_without_showing_it() -> None:
    api = f"https://dana:{TOKEN}@git.acme.example/api/v3"

    with pytest.raises(ForgeFailed) as failed:
        api_address(wanted("git@git.acme.example:a/b.git", "github", api=api))

    assert "is no address of an API" in failed.value.what
    assert TOKEN not in str(vars(failed.value))


def test_a_forge_that_is_not_spoken_is_said() -> None:
    with pytest.raises(ForgeFailed, match="changenote cannot talk to bitbucket"):
        connected(wanted("git@bitbucket.org:a/b.git"))


def test_a_job_of_gitlab_has_its_own_header() -> None:
    with far_end(Reply(data={"username": "x"})) as end:
        environment = {"CI_JOB_TOKEN": TOKEN, "CI_SERVER_URL": end.url}
        connected(wanted(f"{end.url}/a/b", "gitlab", environment=environment)).account()

    assert end.requests[0].headers["job-token"] == TOKEN
    assert "authorization" not in end.requests[0].headers


def test_a_token_of_gitlab_is_in_the_header_that_no_program_takes_elsewhere() -> None:
    with far_end(Reply(data={"username": "x"})) as end:
        environment = {"GITLAB_TOKEN": TOKEN, "CI_SERVER_URL": end.url}
        connected(wanted(f"{end.url}/a/b", "gitlab", environment=environment)).account()

    assert end.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "private-token" not in end.requests[0].headers

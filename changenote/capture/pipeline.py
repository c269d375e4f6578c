"""What the pipeline that runs us tells: GitHub Actions, GitLab CI, Bitbucket, Azure → `Found`.

A pipeline sets variables; GitHub and Gitea also leave the event that started it in a file. None of
this is asked of a network.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import Any, Literal

from changenote.capture.pull_request import (
    PullRequest,
    address,
    moment,
    of_github,
    part,
    sha,
    text,
    whole,
)
from changenote.records import record

MOST_BYTES = 25_000_000  # the largest event that GitHub sends
Environment = Mapping[str, str]

_TAG = "refs/tags/"
_CHECKED_OUT_IN = {
    "GITHUB_ACTIONS": "GITHUB_WORKSPACE",
    "GITLAB_CI": "CI_PROJECT_DIR",
    "BITBUCKET_BUILD_NUMBER": "BITBUCKET_CLONE_DIR",
    "TF_BUILD": "BUILD_SOURCESDIRECTORY",
}
"""A variable that each kind of pipeline sets, and the one with the folder it works in."""
_ENDED = ("success", "failure", "error")


@record
class Found:
    """What was told of the change that a pipeline is about.

    `commits` are the commits it speaks of (maybe abbreviated), none when that is not told;
    `before` is one that was there before the change.
    """

    pull_request: PullRequest | None = None
    commits: tuple[str, ...] = ()
    before: str | None = None
    version: str | None = None
    environment: str | None = None
    deployment: str | None = None
    at: datetime | None = None
    outcome: Literal["failed"] | None = None


def is_ours(environment: Environment, root: Path) -> bool:
    """Does a pipeline run us, and is the repository the one that it checked out?"""
    for marker, variable in _CHECKED_OUT_IN.items():
        if environment.get(marker):
            folder = environment.get(variable)
            return not folder or root.resolve().is_relative_to(Path(folder).resolve())
    return bool(environment.get("GITHUB_EVENT_PATH"))


def found_in(environment: Environment) -> Found:
    """All that the variables and the event of this pipeline tell."""
    if environment.get("GITLAB_CI"):
        return _gitlab(environment)
    if environment.get("BITBUCKET_BUILD_NUMBER"):
        return _bitbucket(environment)
    if environment.get("TF_BUILD"):
        return _azure(environment)
    return from_event(event_in(environment), environment)


def event_in(environment: Environment) -> object:
    """The event that started a GitHub or Gitea pipeline; None when there is none to be read."""
    import json

    path = Path(environment.get("GITHUB_EVENT_PATH") or ".")
    with suppress(OSError, ValueError, RecursionError):
        status = path.stat()
        if S_ISREG(status.st_mode) and status.st_size <= MOST_BYTES:
            return json.loads(path.read_bytes())
    return None


def from_event(event: object, environment: Environment) -> Found:
    """What an event of GitHub or Gitea tells, with the variables beside it."""
    payload: Mapping[str, Any] = event if isinstance(event, Mapping) else {}
    commit = sha(environment.get("GITHUB_SHA"))
    is_tag = environment.get("GITHUB_REF_TYPE") == "tag"
    version = text(environment.get("GITHUB_REF_NAME")) if is_tag else None
    usual = Found(commits=(commit,) if commit else (), version=version)
    if "deployment" in payload:
        return _deployment(payload, usual)
    if "pull_request" in payload:
        return _pull_request(of_github(part(payload, "pull_request")), usual)
    if "release" in payload:
        return _release(payload, usual)
    if "issue" in payload:
        return _comment(payload, usual)
    return _push(payload, usual) if "after" in payload else usual


def _pull_request(pull_request: PullRequest | None, usual: Found) -> Found:
    if pull_request is None:
        return usual
    own = (pull_request.merge_commit, pull_request.head_commit)
    before = None if pull_request.state == "merged" else pull_request.base_commit
    return Found(
        pull_request=pull_request,
        commits=(*usual.commits, *(c for c in own if c and c not in usual.commits)),
        before=before,
        version=usual.version,
    )


def _deployment(payload: Mapping[str, Any], usual: Found) -> Found:
    """A deployment, which has happened only when its status says how it ended."""
    deployment, status = part(payload, "deployment"), part(payload, "deployment_status")
    commit, state = sha(deployment.get("sha")), status.get("state")
    return Found(
        commits=(commit,) if commit else usual.commits,
        version=usual.version,
        environment=text(status.get("environment")) or text(deployment.get("environment")),
        deployment=address(status.get("target_url")) or address(status.get("log_url")),
        at=moment(status.get("created_at")) if state in _ENDED else None,
        outcome="failed" if state in ("failure", "error") else None,
    )


def _release(payload: Mapping[str, Any], usual: Found) -> Found:
    release = part(payload, "release")
    is_out = payload.get("action") != "deleted" and release.get("draft") is not True
    return Found(
        commits=usual.commits,
        version=(text(release.get("tag_name")) if is_out else None) or usual.version,
        at=moment(release.get("published_at")) if is_out else None,
    )


def _comment(payload: Mapping[str, Any], usual: Found) -> Found:
    """A comment on a pull request. The pipeline stands on the default branch, not on it."""
    issue = part(payload, "issue")
    beside = part(issue, "pull_request")
    if not beside:
        return usual
    return Found(pull_request=of_github({**issue, "merged_at": beside.get("merged_at")}))


def _push(payload: Mapping[str, Any], usual: Found) -> Found:
    """A push; one that rewrote the branch or removed it says nothing about what was before."""
    ref, after = text(payload.get("ref")) or "", sha(payload.get("after"))
    if after is None:
        return usual
    return Found(
        commits=(after,),
        before=None if payload.get("forced") is True else sha(payload.get("before")),
        version=ref.removeprefix(_TAG) if ref.startswith(_TAG) else usual.version,
    )


def _gitlab(environment: Environment) -> Found:
    own = (environment.get("CI_COMMIT_SHA"), environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"))
    name = text(environment.get("CI_ENVIRONMENT_NAME"))
    before = environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
    return Found(
        pull_request=_gitlab_merge_request(environment),
        commits=tuple(c for c in map(sha, own) if c),
        before=sha(before) or sha(environment.get("CI_COMMIT_BEFORE_SHA")),
        version=text(environment.get("CI_COMMIT_TAG")),
        environment=name,
        deployment=address(environment.get("CI_JOB_URL")) if name else None,
    )


def _gitlab_merge_request(environment: Environment) -> PullRequest | None:
    def told(name: str) -> str | None:
        return text(environment.get(f"CI_MERGE_REQUEST_{name}"))

    number = _number(told("IID"))
    if number is None:
        return None
    return PullRequest(
        number=number,
        title=told("TITLE") or "",
        body=told("DESCRIPTION") or "",
        url=address(f"{told('PROJECT_URL')}/-/merge_requests/{number}"),
        base=told("TARGET_BRANCH_NAME"),
        head=told("SOURCE_BRANCH_NAME"),
        head_commit=sha(told("SOURCE_BRANCH_SHA")),
        labels=tuple((told("LABELS") or "").split(",")),
    )


def _bitbucket(environment: Environment) -> Found:
    commit, number = sha(environment.get("BITBUCKET_COMMIT")), environment.get("BITBUCKET_PR_ID")
    web = f"https://bitbucket.org/{environment.get('BITBUCKET_REPO_FULL_NAME')}"
    name = text(environment.get("BITBUCKET_DEPLOYMENT_ENVIRONMENT"))
    run = f"{web}/pipelines/results/{environment['BITBUCKET_BUILD_NUMBER']}"
    return Found(
        pull_request=_numbered(number, f"{web}/pull-requests/{number}"),
        commits=(commit,) if commit else (),
        before=sha(environment.get("BITBUCKET_PR_DESTINATION_COMMIT")),
        version=text(environment.get("BITBUCKET_TAG")),
        environment=name,
        deployment=address(run) if name else None,
    )


def _azure(environment: Environment) -> Found:
    commit, ref = sha(environment.get("BUILD_SOURCEVERSION")), environment.get("BUILD_SOURCEBRANCH")
    name = text(environment.get("ENVIRONMENT_NAME"))
    project = f"{environment.get('SYSTEM_COLLECTIONURI')}{environment.get('SYSTEM_TEAMPROJECT')}"
    run = f"{project}/_build/results?buildId={environment.get('BUILD_BUILDID')}"
    return Found(
        pull_request=_azure_pull_request(environment),
        commits=(commit,) if commit else (),
        version=ref.removeprefix(_TAG) if ref and ref.startswith(_TAG) else None,
        environment=name,
        deployment=address(run) if name else None,
    )


def _azure_pull_request(environment: Environment) -> PullRequest | None:
    """Its own, or GitHub's, whose number is another than Azure's id for it."""
    repository = (environment.get("BUILD_REPOSITORY_URI") or "").removesuffix(".git")
    if environment.get("BUILD_REPOSITORY_PROVIDER") == "GitHub":
        number = environment.get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER")
        return _numbered(number, f"{repository}/pull/{number}")
    number = environment.get("SYSTEM_PULLREQUEST_PULLREQUESTID")
    return _numbered(number, f"{repository}/pullrequest/{number}")


def _numbered(number: str | None, url: str) -> PullRequest | None:
    """A pull request of which no more than the number is told."""
    found = _number(number)
    return None if found is None else PullRequest(number=found, url=address(url))


def _number(words: str | None) -> int | None:
    return whole(int(words)) if words and len(words) < 19 and words.isdecimal() else None

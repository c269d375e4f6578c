"""What is known of a change beside git → data of a note: pull request, deployment, owner. Pure."""

from collections.abc import Sequence
from typing import Any

from changenote.capture import pull_request as pull_requests
from changenote.capture.changes import Facts
from changenote.capture.draft import LEFT_EMPTY, Forge, written_time
from changenote.capture.pipeline import Found
from changenote.capture.pull_request import PullRequest
from changenote.capture.subjects import cleaned_title

Data = dict[str, Any]


def data_of(found: Found, facts: Facts, forge: Forge | None) -> Data:
    """What a pipeline told, as data of the note; nothing when it is about another change.

    It goes over what git knows: the forge has the title and the reason as they were last written,
    and knows where and when the change was deployed. Lists are those of git with what is new.
    """
    if not is_about(found, facts):
        return {}
    shipped = {
        "at": written_time(found.at),
        "environment": found.environment,
        "version": found.version,
        "deployment": found.deployment,
        "outcome": found.outcome,
    }
    data: Data = {"shipped": {key: value for key, value in shipped.items() if value}}
    told = found.pull_request
    if told is None:
        return data
    if _is_trial_merge(told, facts):
        data["rollback"] = LEFT_EMPTY
    return {**data, **data_of_pull_request(told, facts, forge)}


def _is_trial_merge(told: PullRequest, facts: Facts) -> bool:
    """Is the head a merge that the forge only tried? It will never be there to be reverted."""
    return told.state == "open" and told.head_commit not in (None, facts.range.head)


def is_about(found: Found, facts: Facts) -> bool:
    """Is the note's range the one that a pipeline speaks of, or does it hold its pull request?"""
    if found.pull_request and found.pull_request.number in facts.told.pull_requests:
        return True
    return not found.commits or any(facts.range.head.startswith(c) for c in found.commits)


def data_of_pull_request(told: PullRequest, facts: Facts, forge: Forge | None) -> Data:
    """What a pull request tells of a range; of several in the range the newest has the title.

    Nothing of one that was closed without being merged.
    """
    if told.state == "closed":
        return {}
    numbers = facts.told.pull_requests
    data: Data = {"source": _source(told, facts, forge)}
    is_newest = not numbers or numbers[-1] == told.number
    if not is_newest and told.merge_commit != facts.range.head:
        return data
    return data | {
        "title": cleaned_title(told.title),
        "kind": pull_requests.kind_of(told),
        "reason": pull_requests.reason_of(told),
        "authors": [told.author] if told.author and not facts.told.authors else [],
    }


def _source(told: PullRequest, facts: Facts, forge: Forge | None) -> Data:
    """The addresses that git's numbers lead to, with those that the forge gave."""
    named = {n: forge.pull_request(n) if forge else "" for n in facts.told.pull_requests}
    named[told.number] = told.url or (forge.pull_request(told.number) if forge else "")
    issues = dict.fromkeys((*facts.told.issues, *pull_requests.issues_of(told)))
    return {
        "pull_requests": [url for url in named.values() if url],
        "issues": [forge.issue(number) for number in issues] if forge else [],
    }


def best_of(answers: Sequence[PullRequest], commit: str) -> PullRequest | None:
    """The pull request that a commit came in by: the one it is the result of, else a merged one."""
    made = [a for a in answers if a.merge_commit == commit]
    merged = [a for a in answers if a.state == "merged"]
    is_open = [a for a in answers if a.state == "open" and a.head_commit == commit]
    return next(iter([*made, *merged, *is_open]), None)

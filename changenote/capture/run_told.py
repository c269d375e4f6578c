"""The run of one workflow, as GitHub tells of it to another that it starts → `RunTold`.

The first was started by a pull request, maybe of a fork, and trusts nobody. What the event says of
it comes from GitHub and not from the run; only the name of the branch is anybody's words.
"""

from collections.abc import Mapping

from changenote.capture.pull_request import part, sha, text, whole
from changenote.records import record


@record
class RunTold:
    """A run that a pull request started: its number, and where its commit came from.

    `repository` is OWNER/NAME of the branch, which for a fork is not that of the run.
    """

    id: int
    repository: str
    branch: str
    commit: str


def run_in(event: object) -> RunTold | None:
    """The run in an event; None when it tells of none, or of one that no pull request started."""
    payload = event if isinstance(event, Mapping) else {}
    run = part(payload, "workflow_run")
    number, commit = whole(run.get("id")), sha(run.get("head_sha"))
    repository = text(part(run, "head_repository").get("full_name"))
    branch = text(run.get("head_branch"))
    if run.get("event") != "pull_request" or not (number and commit and repository and branch):
        return None
    return RunTold(id=number, repository=repository, branch=branch, commit=commit)

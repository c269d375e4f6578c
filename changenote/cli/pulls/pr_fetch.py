"""`changenote pr fetch`."""

import os
from pathlib import Path

import click

from changenote.capture.pipeline import event_in
from changenote.capture.run_told import RunTold, run_in
from changenote.checks.result_file import MOST_BYTES
from changenote.cli import console, options
from changenote.cli.pulls import pull_requests
from changenote.cli.pulls.pull_requests import Place
from changenote.errors import NoResultFile, NoSuchPullRequest
from changenote.forge import connecting
from changenote.forge.connecting import Wanted
from changenote.forge.runs import Runs
from changenote.store import files
from changenote.store.project import find_project

ARTIFACT = "changenote-result"
FILE = "changenote-result.json"
"""What the workflow of the check uploads, and the one file in it."""


@click.command("fetch", short_help="In a workflow that may write: get what the check has found.")
@click.option(
    "--result",
    "result",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="Write what the check has found there, for `pr comment --result`.",
)
@options.as_json
def command(result: Path, as_json: bool) -> int:
    """In a workflow that may write, get what a check that may not has found.

    It is for GitHub's event `workflow_run`. The number of the pull request is printed: GitHub says
    which branch of which fork the check ran for, and the open pull request of that branch is the
    one, if the commit that was checked is still its last. What the check has left behind is
    downloaded, with bounds for its size, and one file of it goes to FILE, as it is. It may hold
    anything: only `pr comment --result` and `pr status --result` know how to read it.

    Nothing is printed where there is nothing to tell: the pull request was closed or has a newer
    commit, or the check left nothing behind.

    \b
    number="$(changenote pr fetch --result result.json)"
    """
    told = _told()
    where = pull_requests.place(find_project(Path.cwd()))
    runs = _runs(where)
    found = runs.pull_request(
        repository=told.repository,
        branch=told.branch,
        commit=told.commit,
        target=where.project.config.default_branch,
    )
    raw = _left_by(runs, told) if found else None
    if found and raw is not None:
        files.write(result, raw.decode("utf-8", "surrogateescape"))
        _report(where, found.number, as_json=as_json)
        return 0
    console.notice(
        "The check left nothing behind: there is nothing to tell."
        if found
        else f"No open pull request ends with commit {told.commit[:12]}: there is nothing to tell."
    )
    _report(where, None, as_json=as_json)
    return 0


def _told() -> RunTold:
    told = run_in(event_in(os.environ))
    if told is None:
        raise NoSuchPullRequest(
            "no check of a pull request has started this pipeline",
            expected="GitHub's event `workflow_run`, of a run that a pull request started",
            hint="`changenote init --ci github` writes such a workflow.",
        )
    return told


def _runs(where: Place) -> Runs:
    config = where.project.config
    return connecting.runs(
        Wanted(
            repository=where.repository,
            environment=os.environ,
            api=config.api,
            token_variable=config.token_variable,
            remotes=where.remotes,
        )
    )


def _left_by(runs: Runs, told: RunTold) -> bytes | None:
    from changenote.capture.artifact import file_in

    artifact = runs.artifact(told.id, ARTIFACT)
    if artifact is None:
        return None
    if artifact.size > MOST_BYTES:
        raise NoResultFile(
            f"what the check left behind is too large: {artifact.size:,} bytes",
            expected=f"at most {MOST_BYTES:,} bytes",
            hint="It is made anew by the job that checks the branch.",
        )
    return file_in(runs.packed(artifact), FILE, most=MOST_BYTES)


def _report(where: Place, number: int | None, *, as_json: bool) -> None:
    """`{pull_request: {number, url}}`, null for nothing to tell; for people the number."""
    if as_json:
        url = where.repository.pull_request(number) if number else None
        console.data({"pull_request": {"number": number, "url": url} if number else None})
    elif number:
        console.out(str(number))

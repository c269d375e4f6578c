"""`changenote pr status`."""

from collections.abc import Sequence
from pathlib import Path

import click

from changenote.checks.branch import Branch, Word, judge, leading
from changenote.cli import console, options
from changenote.cli.pulls import branch, handed_over, pull_requests
from changenote.cli.pulls.pull_requests import Place, Shown
from changenote.forge.api import PullRequest, State, Status
from changenote.model.publishing import text_without_secrets
from changenote.records import record

CONTEXT = "change note"
"""The name of the status, and the key by which forges know it."""

_STATES: dict[Word, State] = {
    "present": "success",
    "not needed": "success",
    "draft": "pending",
    "missing": "pending",
}
_LONGEST = 140  # what GitHub takes


@record
class Finding:
    """What there is to say of a pull request's notes, in a word and in a line without secrets."""

    word: Word
    line: str
    url: str = ""

    @property
    def status(self) -> Status:
        """As a forge shows it."""
        line = "".join(c if c.isprintable() else " " for c in f"{self.word}: {self.line}")
        short = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2].rstrip()} …"
        state = _STATES[self.word]
        return Status(context=CONTEXT, state=state, description=short, url=self.url)


@click.command("status", short_help="Show beside a commit whether there is a note.")
@options.note_id("names", metavar="[ID]...", required=False, nargs=-1)
@click.option("--pr", "number", type=click.IntRange(1), metavar="N", help="The pull request.")
@options.result_file
@click.option("--dry-run", is_flag=True, help="Print the status, set nothing.")
@options.as_json
def command(
    names: tuple[str, ...], number: int | None, result: Path | None, dry_run: bool, as_json: bool
) -> int:
    """Show beside the last commit of a pull request whether it has a note.

    The status is called "change note" and says `present`, `draft`, `missing` or `not needed`, with
    a link to the note. A draft and a missing note are pending and no failure: the note may come
    with the release. `Change-Note: not needed, WHY` in the description of the pull request, or in a
    commit of it, says that it needs none. So do `path_rules` in the config, where all that it
    changes are documents and tests, for example.

    Nothing is sent where the commit says so already. The notes and the pull request are found as
    `changenote pr comment` finds them.
    """
    where = pull_requests.place(options.project_with_notes())
    options.refuse_both(names, result)
    chosen = pull_requests.named(where.project, names)
    number = pull_requests.number_of(where, number, chosen)
    forge = where.forge()
    pull_request = forge.pull_request(number)
    if result:
        chosen = handed_over.notes_in(result, where.project, pull_request.head)
    found = _found(where, pull_request, chosen or pull_requests.notes_of(where, number))
    is_new = forge.status(pull_request.head, CONTEXT) != found.status
    if is_new and not dry_run:
        with pull_requests.looked_for_first("its status"):
            forge.set_status(pull_request.head, found.status)
    if as_json:
        done = "set" if is_new and not dry_run else None if dry_run else "unchanged"
        _print_json(found, pull_request, done)
        return 0
    console.out(found.status.description)
    if not dry_run:
        console.notice("The status was set." if is_new else "It says so already. Nothing was sent.")
    return 0


def _found(where: Place, pull_request: PullRequest, shown: Sequence[Shown]) -> Finding:
    """What is said of a pull request with these notes."""
    about = _about(where, pull_request, shown)
    config = where.project.config
    answer = judge(about, config.path_rules)
    line = text_without_secrets(answer.line, config.allowed)  # it may be from a commit's message
    if answer.word not in ("present", "draft"):
        return Finding(word=answer.word, line=line, url=pull_request.url)
    named = next(one for one in shown if one.note is leading(about.notes))
    url = pull_requests.address_of(where, named)
    return Finding(word=answer.word, line=line, url=url)


def _about(where: Place, pull_request: PullRequest, shown: Sequence[Shown]) -> Branch:
    """What a pull request changes and says; the forge is asked where its commits are not here."""
    project, head = where.project, pull_request.head
    notes = tuple(one.note for one in shown)
    if notes and not project.config.path_rules:
        return Branch(paths=(), notes=notes)  # whatever it changes, it has a note
    why = branch.reason([pull_request.body])
    base = branch.left_at(head, project) if head else None
    if base is not None:
        paths = branch.paths(base, head, project)
        why = why or branch.reason(branch.messages(base, head, project))
    else:
        forge, number = where.forge(), pull_request.number
        paths = branch.without_notes(branch.inside(forge.paths(number), project), project)
        why = why or branch.reason(forge.messages(number))
    return Branch(paths=tuple(paths), notes=notes, why=why)


def _print_json(found: Finding, pull_request: PullRequest, done: str | None) -> None:
    """`{action, pull_request: {number, url}, commit, word, state, description, url}`."""
    status = found.status
    console.data(
        {
            "action": done,
            "pull_request": {"number": pull_request.number, "url": pull_request.url},
            "commit": pull_request.head,
            "word": found.word,
            "state": status.state,
            "description": status.description,
            "url": status.url,
        }
    )

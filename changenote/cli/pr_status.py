"""`changenote pr status`."""

from collections.abc import Sequence
from typing import Literal

import click

from changenote import git
from changenote.capture.subjects import why_no_note
from changenote.cli import console, options, pull_requests
from changenote.cli.pull_requests import Place, Shown
from changenote.forge.api import PullRequest, State, Status
from changenote.model.redaction import redact
from changenote.records import record

CONTEXT = "change note"
"""The name of the status, and the key by which forges know it."""

Word = Literal["present", "draft", "missing", "not needed"]

_STATES: dict[Word, State] = {
    "present": "success",
    "not needed": "success",
    "draft": "pending",
    "missing": "pending",
}
_LONGEST = 140  # what GitHub takes
_MOST_COMMITS = 200


@record
class Finding:
    """What there is to say of a pull request's notes, in a word and in a line."""

    word: Word
    line: str
    url: str = ""

    @property
    def status(self) -> Status:
        """As a forge shows it."""
        line = redact("".join(c if c.isprintable() else " " for c in f"{self.word}: {self.line}"))
        short = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2].rstrip()} …"
        state = _STATES[self.word]
        return Status(context=CONTEXT, state=state, description=short, url=self.url)


@click.command("status", short_help="Show beside a commit whether there is a note.")
@options.note_id("names", metavar="[ID]...", required=False, nargs=-1)
@click.option("--pr", "number", type=click.IntRange(1), metavar="N", help="The pull request.")
@click.option("--dry-run", is_flag=True, help="Print the status, set nothing.")
@options.as_json
def command(names: tuple[str, ...], number: int | None, dry_run: bool, as_json: bool) -> int:
    """Show beside the last commit of a pull request whether it has a note.

    The status is called "change note" and says `present`, `draft`, `missing` or `not needed`, with
    a link to the note. A draft and a missing note are pending and no failure: the note may come
    with the release. `Change-Note: not needed, WHY` in the description of the pull request, or in a
    commit of it, says that it needs none.

    Nothing is sent where the commit says so already. The notes and the pull request are found as
    `changenote pr comment` finds them.
    """
    where = pull_requests.place(options.project_with_notes())
    chosen = pull_requests.named(where.project, names)
    number = pull_requests.number_of(where, number, chosen)
    forge = where.forge()
    pull_request = forge.pull_request(number)
    found = _found(where, pull_request, chosen or pull_requests.notes_of(where, number))
    is_new = forge.status(pull_request.head, CONTEXT) != found.status
    if is_new and not dry_run:
        forge.set_status(pull_request.head, found.status)
    if as_json:
        done = "set" if is_new and not dry_run else None if dry_run else "unchanged"
        _print_json(found, pull_request, done)
        return 0
    console.out(found.status.description)
    if not dry_run:
        console.notice("The status was set." if is_new else "It says so already. Nothing was sent.")
    return 0


def _found(where: Place, pull_request: PullRequest, chosen: Sequence[Shown]) -> Finding:
    drafts = [shown for shown in chosen if shown.note.status == "draft"]
    if named := drafts or chosen:
        more = f" and {len(named) - 1} more" if len(named) > 1 else ""
        url = pull_requests.address_of(where, named[0])
        word: Word = "draft" if drafts else "present"
        return Finding(word=word, line=f"{named[0].note.title}{more}", url=url)
    texts = [pull_request.body, *_messages(where, pull_request)]
    why = next((why for text in texts if (why := why_no_note(text))), "")
    if why:
        return Finding(word="not needed", line=why, url=pull_request.url)
    return Finding(word="missing", line="`changenote new` writes one", url=pull_request.url)


def _messages(where: Place, pull_request: PullRequest) -> list[str]:
    """The messages of its commits, as far as they are here."""
    project, head = where.project, pull_request.head
    base = pull_requests.left_at(head, project) if head else None
    if base is None:
        return []
    found = git.commits(base, head, project.root, first_parent=False, most=_MOST_COMMITS)
    return [commit.body for commit in found]


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

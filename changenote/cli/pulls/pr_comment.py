"""`changenote pr comment`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click

from changenote.cli import console, options
from changenote.cli.pulls import handed_over, pull_requests
from changenote.cli.pulls.pull_requests import Place, Shown
from changenote.forge.api import Comment, Forge

Action = Literal["created", "edited", "unchanged"]


@click.command("comment", short_help="Show notes in a comment on their pull request.")
@options.note_id("names", metavar="[ID]...", required=False, nargs=-1)
@click.option("--pr", "number", type=click.IntRange(1), metavar="N", help="The pull request.")
@options.result_file
@click.option("--dry-run", is_flag=True, help="Print the comment, send nothing.")
@options.as_json
def command(
    names: tuple[str, ...], number: int | None, result: Path | None, dry_run: bool, as_json: bool
) -> int:
    """Show notes in a comment on their pull request: why, did it help, how to undo it.

    There is one comment for a pull request. It is written once and then edited in place, and left
    alone when it says the same already. It is known by a hidden mark and by the account whose token
    is used, so that nobody else's comment is ever touched.

    Without ID, the notes are those that name the pull request and those that this branch adds.
    Without --pr, it is the pull request of the notes, of the pipeline, or of the branch. With
    --result, the notes are those that another job found on a branch that nobody trusts yet; where
    it found none, nothing is sent.

    \b
    changenote pr comment --dry-run
    GH_TOKEN=$(gh auth token) changenote pr comment --pr 412
    """
    options.refuse_both(names, result)
    where = pull_requests.place(options.project_with_notes())
    chosen = pull_requests.named(where.project, names)
    if dry_run and chosen and not as_json:
        console.raw(_text(where, chosen))
        return 0
    number = pull_requests.number_of(where, number, chosen)
    if result:
        head = "" if dry_run else where.forge().pull_request(number).head
        chosen = handed_over.notes_in(result, where.project, head)
        if not chosen:
            return _without_notes(where.forge(), number, dry_run=dry_run)
    chosen = chosen or pull_requests.notes_of(where, number)
    if not chosen:
        raise pull_requests.nothing_about(where, number)
    body = _text(where, chosen)
    if dry_run:
        _report(where, number, chosen, body=body, action=None, as_json=as_json)
        return 0
    action = _write(where.forge(), number, body)
    _report(where, number, chosen, body=body, action=action, as_json=as_json)
    return 0


def _without_notes(forge: Forge, number: int, *, dry_run: bool) -> int:
    """Take notes that are gone out of our comment, if there is one; a new one is not written."""
    from changenote.release.comment import NO_NOTES

    mine = [] if dry_run else _mine(forge, number)
    done = _edit(forge, number, mine, NO_NOTES) if mine else "unchanged"
    console.notice("There is no note in the result file.")
    console.notice(_SAYS[done] if done == "edited" else "Nothing was sent.")
    return 0


def _text(where: Place, chosen: Sequence[Shown]) -> str:
    from changenote.release.comment import comment

    addressed = [(shown.note, pull_requests.address_of(where, shown)) for shown in chosen]
    return comment(addressed, where.project.config.allowed)


def _write(forge: Forge, number: int, body: str) -> Action:
    """Make the comment say this; what was done for it."""
    mine = _mine(forge, number)
    if mine:
        return _edit(forge, number, mine, body)
    new = _create(forge, number, body)
    every = _mine(forge, number)
    if not any(one.id == new for one in every) or every[0].id == new:
        return "created"
    # Another run wrote one in the meantime: ours goes, so that there is one.
    forge.delete_comment(number, new)
    return _edit(forge, number, [one for one in every if one.id != new], body)


def _edit(forge: Forge, number: int, mine: Sequence[Comment], body: str) -> Action:
    from changenote.release.comment import same

    if len(mine) > 1:
        console.notice(
            f"There are {len(mine)} comments with our mark; the oldest is kept up to date. "
            "Delete the others by hand."
        )
    if same(mine[0].body, body):
        return "unchanged"
    forge.edit_comment(number, mine[0].id, body)
    return "edited"


def _mine(forge: Forge, number: int) -> list[Comment]:
    """Our comments with the mark, oldest first."""
    account = forge.account()
    found = [one for one in forge.comments(number) if _is_mine(one, account)]
    return sorted(found, key=lambda one: one.id)


def _is_mine(comment: Comment, account: str) -> bool:
    from changenote.release.comment import is_ours

    return comment.author.casefold() == account.casefold() and is_ours(comment.body)


def _create(forge: Forge, number: int, body: str) -> int:
    with pull_requests.looked_for_first("its comment"):
        return forge.create_comment(number, body)


_SAYS = {
    "created": "The comment was written.",
    "edited": "The comment was edited.",
    "unchanged": "The comment says so already. Nothing was sent.",
}


def _report(
    where: Place,
    number: int,
    chosen: Sequence[Shown],
    *,
    body: str,
    action: Action | None,
    as_json: bool,
) -> None:
    """`{action, dry_run, pull_request: {number, url}, notes, body}`; for people the address."""
    url = where.repository.pull_request(number)
    if as_json:
        data: dict[str, Any] = {"action": action, "dry_run": action is None}
        data["pull_request"] = {"number": number, "url": url}
        data["notes"] = [shown.note.id for shown in chosen]
        console.data({**data, "body": body})
    elif action is None:
        console.raw(body)
    else:
        console.out(url)
        console.notice(_SAYS[action])

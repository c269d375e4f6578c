"""`changenote pr link`."""

import click

from changenote.cli import options
from changenote.cli.writing import noted
from changenote.cli.writing.updating import report, update
from changenote.errors import UsageProblem
from changenote.model.note import Note
from changenote.patterns import pattern
from changenote.store.editing import with_item

_ADDRESS = pattern(r"https?://[^\s<>\"'@]+")


@click.command("link", short_help="Say in a note which pull request it belongs to.")
@options.note_id()
@click.argument("url")
@options.dry_run
@options.as_json
def command(name: str, url: str, dry_run: bool, as_json: bool) -> int:
    """Say in a note which pull request it belongs to; URL is its address on the forge.

    A second time changes nothing, whatever tab or comment of it the address leads to.

    \b
    changenote pr link ID https://github.com/acme/shop/pull/412
    """
    page = noted.page_of(url)
    if page is None or not _ADDRESS.fullmatch(url):
        raise UsageProblem(
            f"{url!r} is no address of a pull request",
            expected="something like https://github.com/acme/shop/pull/412",
            hint="Copy it from the browser; GitLab's merge requests and Gitea's pulls do as well.",
        )
    short = url[: url.index("://") + 3 + len(page)]

    def linked(note: Note, text: str) -> str:
        known = note.source.pull_requests if note.source else ()
        if page in map(noted.page_of, known):
            return text
        return with_item(text, ("source", "pull_requests"), short)

    updated = update(options.project_with_notes(), name, linked, dry_run=dry_run)
    done = f"{updated.id} is linked to {short}."
    return report(updated, done=done, as_json=as_json, dry_run=dry_run)

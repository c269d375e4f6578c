"""`changenote list`."""

from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.reading import library
from changenote.store.library import uncollected
from changenote.store.project import Project

QUERY_HELP = "kind:fix owner:@acme/cart service:web tag:cache file:app/ after:-30d -tag:x words"


@click.command(cls=options.QueryCommand, epilog=f"QUERY is words and keys, such as: {QUERY_HELP}")
@options.query_words()
@click.option("-n", "most", type=click.IntRange(min=1), help="At most so many.")
@options.as_json
@uncollected()  # nothing is left behind that would be worth looking for among ten thousand rows
def command(query: tuple[str, ...], most: int | None, as_json: bool) -> int:
    """List notes, newest first; all of them, or those that a query matches."""
    project = options.project_with_notes()
    found = _matching(query, project) if query else library.all_rows(project)[0]
    code = _print(found[:most], len(found), as_json)
    if not found and not as_json:
        _say_what_to_do(query, project)
    library.say_whose(project)
    return code


def _matching(query: tuple[str, ...], project: Project) -> list[library.Row]:
    from changenote.cli.reading import matching  # a list of all notes does without queries

    return matching.rows(project, matching.parsed(query, project))


def _say_what_to_do(query: tuple[str, ...], project: Project) -> None:
    if not query:
        console.notice("There is no note yet. `changenote new` writes the first.")
        return
    from changenote.cli.reading import matching

    console.notice("No note matches. `changenote list` without words shows all.")
    for line in matching.nearest(matching.parsed(query, project), project):
        console.notice(line)


def _print(found: list[library.Row], total: int, as_json: bool) -> int:
    if as_json:
        shown: list[dict[str, Any]] = [row.shown for row in found]
        console.data(shown)
        return 0
    library.print_rows(found)
    if len(found) < total:
        console.notice(f"{len(found)} of {total} notes.")
    return 0

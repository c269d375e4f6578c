"""`changenote search`."""

from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.reading import library, matching
from changenote.cli.reading.listing import QUERY_HELP
from changenote.errors import UsageProblem
from changenote.model.note import Note
from changenote.model.query import Query
from changenote.model.ranking import Match, why
from changenote.store.library import uncollected


@click.command(cls=options.QueryCommand, epilog=f"TEXT is words and keys, such as: {QUERY_HELP}")
@click.argument("text", nargs=-1, metavar="TEXT...")
@click.option("-n", "most", type=click.IntRange(min=1), default=10, show_default=True)
@options.as_json
@uncollected()  # as in `list`
def command(text: tuple[str, ...], most: int, as_json: bool) -> int:
    """Search all text of all notes, best match first, and show why each one matched.

    The keys of `changenote list` work here too.
    """
    if not text:
        raise UsageProblem("there is nothing to search for", expected="words, keys or both")
    project = options.project_with_notes()
    query = matching.parsed(text, project)
    every = library.Every(project)
    found, count = matching.ranked_rows(every, query, most)
    if not count and (apart := tuple(matching.in_words(text))) != text:
        query = matching.parsed(apart, project)
        found, count = matching.ranked_rows(every, query, most)
        if count:
            console.notice("No note has these words in a row; these have each of them.\n")
    of_each = every.notes([row.file for row, _ in found])
    if as_json:
        console.data([_plain(row, score, of_each.get(row.file), query) for row, score in found])
        library.say_whose(project)
        return 0
    for row, _ in found:
        _print(row, of_each.get(row.file), query)
    _summary(count, most)
    for line in [] if count else matching.nearest(query, project):
        console.notice(line)
    library.say_whose(project)
    return 0


def _plain(row: library.Row, score: float, note: Note | None, query: Query) -> dict[str, Any]:
    match = why(query, note) if note else None
    told = {"field": match.field, "excerpt": match.excerpt} if match else None
    return {**row.shown, "score": round(score, 4), "match": told}


def _print(row: library.Row, note: Note | None, query: Query) -> None:
    shown = row.shown
    console.styled(shown["title"], bold=True)
    words = (shown["id"], shown["service"], shown["kind"], library.state(shown))
    console.out("  " + " · ".join(w for w in words if w))
    match = why(query, note) if note else None
    if match:
        console.out(f"  {match.field}: {_marked(match)}")
    console.out()


def _marked(match: Match) -> str:
    """The excerpt with what matched between arrows, which survive a pipe."""
    text, end = "", 0
    for start, stop in match.spans:
        text += f"{match.excerpt[end:start]}»{match.excerpt[start:stop]}«"
        end = stop
    return text + match.excerpt[end:]


def _summary(count: int, most: int) -> None:
    if not count:
        console.notice("No note matches. Fewer words find more.")
    elif count > most:
        console.notice(f"{most} of {count} notes; -n {count} shows all.")

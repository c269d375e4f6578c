"""Files that have one id: each has a page, but the address of the id shows only one of them."""

from collections.abc import Iterator

from changenote.checks.reports import findings
from changenote.checks.together import Identity, check_ids
from changenote.model.problems import Problem
from changenote.site.addresses import Addresses
from changenote.site.book import Book


def shared_ids(book: Book) -> list[tuple[str, Problem]]:
    """The files that share an id, each with the problem that names the others."""
    known = [(entry.file, entry.note.id) for entry in book.entries]
    known += [(broken.file, broken.id) for broken in book.broken if broken.id]
    return check_ids([Identity(file=file, id=note_id) for file, note_id in known])


def warnings(book: Book, places: Addresses) -> Iterator[str]:
    """For each of these files, which others have its id, and the address that shows it."""
    for file, problem in shared_ids(book):
        for found in findings(file, [problem], book.config):
            yield (
                f"{file}: found {found.found}, expected {found.expected}; "
                f"this file is shown at {places.files[file]}"
            )

"""`changenote check --site`: a built site against the notes on disk."""

from collections.abc import Sequence
from pathlib import Path

from changenote.checks.reports import findings
from changenote.cli import console
from changenote.model.problems import Finding
from changenote.site.exports.built import read_built
from changenote.site.exports.proof import counts, differences
from changenote.site.loading import read_notes
from changenote.site.pages import printed
from changenote.store.project import Project


def prove(project: Project, folder: Path, more: Sequence[str] = ()) -> tuple[list[Finding], int]:
    """Every difference between the notes and the site in a folder, and the number of notes.

    `more` are checkouts whose notes are on it, too. A notice says what was counted.
    """
    built = read_built(folder)
    book = read_notes(project, root=built.root.rstrip("/"), more=more)
    edition = printed(book)
    console.notice(counts(edition, built))
    found: list[Finding] = []
    for difference in differences(edition, built):
        file = difference.file
        if difference.is_built:
            file = (folder / built.top / file).as_posix()
        found += findings(file, [difference.problem], project.config)
    return sorted(found, key=lambda f: (f.file, f.rule)), len(book.entries) + len(book.broken)

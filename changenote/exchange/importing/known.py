"""Which entries have a note already: the notes themselves say where they came from."""

from collections.abc import Collection, Mapping
from dataclasses import field
from pathlib import Path

from changenote import git
from changenote.errors import GitFailed
from changenote.exchange.importing.drafts import key_of, letters
from changenote.model.identity import id_in_file_name
from changenote.records import record
from changenote.store.library import Library
from changenote.store.notes import listed
from changenote.store.parsed import parsed
from changenote.store.project import Project


@record
class Known:
    """The notes there are: ids that are taken, origins of notes, ends of ids that hide a note.

    An origin has the id of its note and the fingerprint of its entry; a note is hidden in a file
    that cannot be understood. `deleted` are the ids of notes that a commit took away, by the part
    that hangs on their origin.
    """

    ids: set[str]
    origins: Mapping[tuple[str, ...], tuple[str, str]]
    hidden: frozenset[str] = frozenset()
    deleted: Mapping[str, str] = field(default_factory=dict)


def known_in(project: Project) -> Known:
    """What the notes of a project came from."""
    files, _ = listed(project)
    of_file = {file: id_in_file_name(Path(file).name) or "" for file in files}
    origins: dict[tuple[str, ...], tuple[str, str]] = {}
    read = set()
    for one in parsed(Library(project.cache, files)):
        if one.note is None:
            continue
        read.add(one.file)
        imported = one.note.x.get("imported")
        if isinstance(imported, Mapping):
            origins[key_of(imported)] = (one.note.id, str(imported.get("fingerprint", "")))
    hidden = frozenset(letters(of_file[file]) for file in files if file not in read)
    ids = set(of_file.values())
    return Known(ids=ids, origins=origins, hidden=hidden, deleted=_deleted(project, ids))


def _deleted(project: Project, ids: Collection[str]) -> dict[str, str]:
    """Nothing where git says nothing, as before the first commit."""
    try:
        paths = git.deletions(project.root, project.relative(project.notes))
    except GitFailed:
        return {}
    every = (id_in_file_name(Path(path).name) for path in paths)
    return {letters(one): one for one in every if one and one not in ids}

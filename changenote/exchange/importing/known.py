"""Which entries have a note already: the notes themselves say where they came from."""

from collections.abc import Mapping
from pathlib import Path

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
    that cannot be understood.
    """

    ids: set[str]
    origins: Mapping[tuple[str, ...], tuple[str, str]]
    hidden: frozenset[str] = frozenset()


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
    return Known(ids=set(of_file.values()), origins=origins, hidden=hidden)

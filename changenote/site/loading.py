"""Notes on disk → a book."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from changenote.checks.reports import findings
from changenote.checks.secrets import without_telling
from changenote.model.folding import Folds
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.model.publishing import secrets_in_file, text_without_secrets
from changenote.site.book import Book, Broken, InGit, Published, Source
from changenote.site.headlines import Headlines
from changenote.site.images import LARGEST, why_refused
from changenote.site.in_git import in_git
from changenote.site.sources import Checkout, Checkouts, checkouts
from changenote.site.sources import repository as repository
from changenote.store.library import Library
from changenote.store.notes import StoredNote, Stray, listed, read
from changenote.store.parsed import Parsed, parsed
from changenote.store.project import CONFIG, Project, find_project, load_config

_NOT_SHOWN = "# Not shown: a secret is written in it so that it cannot be taken out.\n"


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one checkout brings into a book."""

    source: Source
    notes: tuple[Published | Broken, ...]
    strays: tuple[Finding, ...]
    in_git: Mapping[str, InGit]


class _Reading:
    """What the reading of all checkouts shares: an earlier book, and how notes are held."""

    def __init__(self, before: Book | None) -> None:
        self.before = before
        self._folds = Folds()
        self._entries = {entry.file: entry for entry in before.entries} if before else {}
        self._are_same: dict[str, bool] = {}

    def known(self, file: str, digest: str, source: Source) -> Published | None:
        """A note of the earlier book whose file has this digest, while its config is what it was.

        Pictures beside a note may have changed without it.
        """
        known = self._entries.get(source.file(file))
        if known is None or known.digest != digest or known.note.images:
            return None
        return known if self._is_same(source) else None

    def _is_same(self, source: Source) -> bool:
        if source.name not in self._are_same:
            known = self.before and self.before.source(source.name)
            self._are_same[source.name] = bool(known and known.digest == source.digest)
        return self._are_same[source.name]

    def held(self, entry: Published | Broken) -> Published | Broken:
        """A note in as little memory as so many need."""
        if isinstance(entry, Broken) or (note := self._folds.folded(entry.note)) is entry.note:
            return entry
        return replace(entry, note=note)


def read_book(
    project: Project, *, root: str = "changes", home: bool = False, more: Sequence[str] = ()
) -> Book:
    """All notes of a project, and of the checkouts that its config and `more` paths name.

    What cannot be read as a note is in the book too, as broken. Raises `BadSource`.
    """
    return read_checkouts(checkouts(project, more), root=root, home=home)


def read_checkouts(found: Checkouts, *, root: str, home: bool, before: Book | None = None) -> Book:
    """The same of checkouts that are known.

    What is as it was when the book `before` was read is taken from there.
    """
    reading = _Reading(before)
    parts = [_part(one, reading) for one in found.each]
    return _bound(found, parts, root=root, home=home)


def read_notes(
    project: Project, *, root: str = "changes", home: bool = False, more: Sequence[str] = ()
) -> Book:
    """The same without what git tells of the notes, in less time."""
    found = checkouts(project, more)
    reading = _Reading(None)
    parts = [_part(one, reading, with_git=False) for one in found.each]
    return _bound(found, parts, root=root, home=home)


def only_notes_differ(before: Book, now: Book) -> bool:
    """Do two books differ, and in nothing but their notes?"""
    if before.folders != now.folders or before.config != now.config:
        return False
    if [s.digest for s in before.sources.values()] != [s.digest for s in now.sources.values()]:
        return False
    is_same = before.entries == now.entries and before.in_git == now.in_git
    return not (is_same and before.broken == now.broken and before.strays == now.strays)


def _bound(found: Checkouts, parts: Sequence[_Part], *, root: str, home: bool) -> Book:
    project = found.own
    notes = [one for part in parts for one in part.notes]
    own = next((part.source for part in parts if part.source.name == ""), None)
    return Book(
        config=project.config,
        entries=tuple(one for one in notes if isinstance(one, Published)),
        broken=tuple(one for one in notes if isinstance(one, Broken)),
        strays=tuple(finding for part in parts for finding in part.strays),
        repository=repository(project.config),
        root=root,
        home=home,
        templates=project.notes / "templates",
        in_git={file: told for part in parts for file, told in part.in_git.items()},
        commit=own.commit if own else "",
        sources={part.source.name: part.source for part in parts},
        remarks=tuple(remark.text for remark in found.remarks if not remark.is_warning),
        doubts=tuple(remark.text for remark in found.remarks if remark.is_warning),
        folders=tuple(one.project.notes for one in found.each),
    )


def _part(checkout: Checkout, reading: _Reading, *, with_git: bool = True) -> _Part:
    """The notes of a checkout with its own rules, and what its own git tells of them."""
    project = checkout.project
    source = Source(name=checkout.name, config=project.config, repository=checkout.repository)
    files, strays = listed(project)
    notes = tuple(_entries(project, files, source, reading))
    found = [f for s in strays for f in _stray(s, source)]
    published = [one for one in notes if isinstance(one, Published)]
    commit, told = in_git(project, published, reading.before) if with_git else ("", {})
    return _Part(
        source=replace(source, commit=commit),
        notes=notes,
        strays=(*checkout.findings, *found),
        in_git=told,
    )


def project_of(notes: Path) -> Project:
    """The project of a notes folder, also of one that is not called as usual."""
    project = find_project(notes.parent)
    if project.notes == notes:
        return project
    return replace(project, notes=notes, config=load_config(notes / CONFIG, project.cache))


def _entries(
    project: Project, files: Mapping[str, str], source: Source, reading: _Reading
) -> Iterator[Published | Broken]:
    """Every file in order; notes that have not changed are not parsed again."""
    library = Library(project.cache, files)
    notes: dict[str, Published | Broken] = {
        file: known
        for file, digest in library.digests.items()
        if (known := reading.known(file, digest.hex(), source))
    }
    others = [file for file in library.digests if file not in notes]
    headlines = Headlines(library, others, source.allowed)
    # One after the other: what the parser knows of a text takes ten times the note's own memory.
    notes |= {
        one.file: reading.held(_entry(one, library, source, headlines))
        for one in parsed(library, others)
    }
    for file, path in files.items():
        yield notes[file] if file in notes else _broken(read(project, Path(path)), source)


def _entry(
    one: Parsed, library: Library, source: Source, headlines: Headlines
) -> Published | Broken:
    what = one.what
    if isinstance(what, Note):
        return _published(one.file, what, library, source, headlines)
    if what.note is None:
        return _broken(what, source)
    entry = _published(one.file, what.note, library, source, headlines)
    found, secrets = _findings(what, source)
    return replace(entry, findings=found, is_redacted=entry.is_redacted or bool(secrets))


def _published(
    file: str, written: Note, library: Library, source: Source, headlines: Headlines
) -> Published:
    path = library.paths[file]
    note, verdict = headlines.given(file, written)
    images, refused = _images(path, note) if note.images else ({}, {})
    given = bool(source.name) and not note.service
    return Published(
        note=replace(note, service=source.service) if given else note,
        file=source.file(file),
        digest=library.digests[file].hex(),
        path=path,
        images=images,
        refused=refused,
        source=source.name,
        is_given_service=given,
        judged=(verdict,),
        is_redacted=note is not written,
        allowed=source.allowed,
    )


def _images(path: str, note: Note) -> tuple[dict[str, bytes], dict[str, str]]:
    """The pictures of a note that may be published, and why others may not."""
    images: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for name, content, why in _pictures(Path(path).parent / note.id, note):
        if why:
            refused[name] = why
        else:
            images[name] = content
    return images, refused


def _pictures(folder: Path, note: Note) -> Iterator[tuple[str, bytes, str | None]]:
    """The pictures that a note names, from its own folder and from nowhere else."""
    for image in note.images:
        path = folder / image.file
        if path.parent != folder or folder.is_symlink() or path.is_symlink():
            yield image.file, b"", "it is a link, or lies outside the note's folder"
        elif path.is_file():
            yield _picture(path)


def _picture(path: Path) -> tuple[str, bytes, str | None]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return path.name, b"", f"it cannot be read: {error.strerror}"
    return path.name, content, why_refused(path.name, content)


def _broken(stored: StoredNote, source: Source) -> Broken:
    found, secrets = _findings(stored, source)
    text = text_without_secrets(stored.text, source.allowed, secrets)
    if any("\n" not in secret and secret not in stored.text for secret in secrets):
        text = _NOT_SHOWN
    return Broken(
        file=source.file(stored.file),
        text=text,
        findings=found,
        id=id_in_file_name(stored.path.name),
        source=source.name,
        is_redacted=text != stored.text,
    )


def _stray(stray: Stray, source: Source) -> list[Finding]:
    return findings(source.file(stray.file), [stray.problem], source.config)


def _findings(stored: StoredNote, source: Source) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """What is wrong with a file, without the secrets in it; these, with their kinds.

    A file that nothing is wrong with has them in its note alone.
    """
    if not stored.problems:
        return (), {}
    file, position = source.file(stored.file), stored.document.position
    found = findings(file, stored.problems, source.config, position)
    secrets = secrets_in_file(stored.text, stored.data, source.allowed)
    return tuple(without_telling(found, secrets)), secrets

"""Notes on disk → a book."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from changenote.checks.reports import findings
from changenote.config import Config
from changenote.forge.links import Repository, parse_remote
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.site.book import Book, Broken, Published
from changenote.site.digests import digest_of_bytes
from changenote.site.images import LARGEST, why_refused
from changenote.site.in_git import in_git
from changenote.store.notes import StoredNote, Stray, note_paths, read, strays
from changenote.store.project import CONFIG, Project, find_project, load_config


def read_book(project: Project, *, root: str = "changes", home: bool = False) -> Book:
    """All notes of a project. What cannot be read as a note is in the book too, as broken."""
    book = read_notes(project, root=root, home=home)
    commit, told = in_git(project, book.entries)
    return replace(book, in_git=told, commit=commit)


def read_notes(project: Project, *, root: str = "changes", home: bool = False) -> Book:
    """The same without what git tells of the notes, in less time."""
    # One after the other: what the parser knows of a text takes ten times the note's own memory.
    each = [_entry(read(project, path), project.config) for path in note_paths(project)]
    return Book(
        config=project.config,
        entries=tuple(one for one in each if isinstance(one, Published)),
        broken=tuple(one for one in each if isinstance(one, Broken)),
        strays=tuple(f for s in strays(project) for f in _stray(s, project.config)),
        repository=repository(project.config),
        root=root,
        home=home,
        templates=project.notes / "templates",
    )


def project_of(notes: Path) -> Project:
    """The project of a notes folder, also of one that is not called as usual."""
    project = find_project(notes.parent)
    if project.notes == notes:
        return project
    return replace(project, notes=notes, config=load_config(notes / CONFIG, project.cache))


def repository(config: Config) -> Repository | None:
    """The repository on its forge, when the team said where it is."""
    return parse_remote(config.repository, config.forge) if config.repository else None


def _entry(stored: StoredNote, config: Config) -> Published | Broken:
    return _published(stored, stored.note, config) if stored.note else _broken(stored, config)


def _published(stored: StoredNote, note: Note, config: Config) -> Published:
    images: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for name, content, why in _pictures(stored.path.parent / note.id, note):
        if why:
            refused[name] = why
        else:
            images[name] = content
    return Published(
        note=note,
        file=stored.file,
        text=stored.text,
        digest=digest_of_bytes(stored.raw),
        findings=_findings(stored, config),
        images=images,
        refused=refused,
    )


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


def _broken(stored: StoredNote, config: Config) -> Broken:
    return Broken(
        file=stored.file,
        text=stored.text,
        findings=_findings(stored, config),
        id=id_in_file_name(stored.path.name),
    )


def _stray(stray: Stray, config: Config) -> list[Finding]:
    return findings(stray.file, [stray.problem], config)


def _findings(stored: StoredNote, config: Config) -> tuple[Finding, ...]:
    return tuple(findings(stored.file, stored.problems, config, stored.document.position))

"""Where the notes are, and what the team decided for them."""

from pathlib import Path
from typing import Any

from changenote.config import Config, read_config
from changenote.errors import BadConfig, ChangenoteError
from changenote.model.problems import Problem
from changenote.model.reading import resolved
from changenote.records import record
from changenote.store import codec

NOTES = "changes"
CONFIG = "config.yaml"
SCHEMA = "note.schema.json"
CACHE = ".changenote"


@record
class Project:
    """A folder of notes with the repository (or plain folder) around it.

    `shelf` is where what is known of it is kept, when not in itself.
    """

    root: Path
    notes: Path
    config: Config
    is_repository: bool
    shelf: Path | None = None

    @property
    def config_file(self) -> Path:
        """Where the team's decisions are."""
        return self.notes / CONFIG

    @property
    def cache(self) -> Path:
        """A folder that may be deleted at any time."""
        return self.shelf or self.root / CACHE

    def relative(self, path: Path) -> str:
        """A path as findings show it: from the root, with forward slashes."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()

    def notes_within(self, repository: Path) -> str:
        """The notes folder as git names it; a link that leads elsewhere is a name all the same."""
        inside = self.root.resolve().relative_to(repository.resolve())
        return (inside / self.notes.name).as_posix()


def within(project: Project, repository: Path, file: str) -> str:
    """A note's file as git names it, from the name that findings have for it."""
    return f"{project.notes_within(repository)}/{file.partition('/')[2]}"


def find_project(start: Path) -> Project:
    """The project around a folder: the nearest one above with notes or a git repository.

    Raises `BadConfig` when its config.yaml cannot be used. No process is started.
    """
    root, is_repository = _root(start.resolve())
    notes = root / NOTES
    config = load_config(notes / CONFIG, root / CACHE)
    return Project(root=root, notes=notes, config=config, is_repository=is_repository)


def project_at(root: Path, notes: Path, shelf: Path) -> Project:
    """The project in exactly this folder, whatever lies around it; nothing is written there.

    Raises `BadConfig` when its config.yaml cannot be used, `ChangenoteError` when not be read.
    """
    return Project(
        root=root,
        notes=notes,
        config=load_config(notes / CONFIG, shelf),
        is_repository=(root / ".git").exists() or _inside_repository(root),
        shelf=shelf,
    )


def _root(start: Path) -> tuple[Path, bool]:
    for folder in (start, *start.parents):
        is_repository = (folder / ".git").exists()
        if is_repository or (folder / NOTES / CONFIG).is_file():
            return folder, is_repository or _inside_repository(folder)
    with_notes = (folder for folder in (start, *start.parents) if (folder / NOTES).is_dir())
    return next(with_notes, start), False


def _inside_repository(folder: Path) -> bool:
    return any((parent / ".git").exists() for parent in folder.parents)


def load_config(path: Path, cache: Path) -> Config:
    """A team's decisions; the defaults when the file does not exist.

    Raises `BadConfig` when it cannot be used, `ChangenoteError` when it cannot be read.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Config()
    except OSError as error:
        raise ChangenoteError(
            f"{path} cannot be read: {(error.strerror or 'an error').lower()}",
            expected="a file that can be read, or none",
            hint="Look at its permissions; a folder of that name must go.",
        ) from error
    from changenote.store.first_facts import remembered  # without a config there are none

    data = remembered(cache, "config", raw, lambda raw: _plain_config(path, raw))
    return read_config(data)[0]


def _plain_config(path: Path, raw: bytes) -> Any:
    """The config as plain data, once it is known that it can be used."""
    _, problems, document = config_from(raw)
    fatal = [p for p in problems if p.rule != "unknown-key"]
    if fatal:
        line, column = document.position(fatal[0].path, key=fatal[0].key)
        raise BadConfig(
            f"{path}:{line}:{column}: {fatal[0].found}",
            expected=fatal[0].expected,
            hint=fatal[0].remedy or "`changenote check` lists everything that is wrong in it.",
        )
    return resolved(document.data)


def config_from(raw: bytes) -> tuple[Config, list[Problem], codec.Document]:
    """The config in a file's bytes, every problem in it, and where things stand."""
    document = codec.load(raw)
    if document.problems:
        return Config(), list(document.problems), document
    empty = isinstance(document.data, str) and not document.data.strip()
    config, problems = read_config(None if empty else document.data)
    return config, problems, document

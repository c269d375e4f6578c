"""What goes into the pages and what comes out of them: plain values, for any generator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from changenote.capture.reverting import Applies
from changenote.config import Config
from changenote.forge.links import Repository
from changenote.git_facts.drift import Drifted as Drifted
from changenote.model.note import Note
from changenote.model.problems import Finding


@dataclass(frozen=True, kw_only=True)
class Published:
    """A note that can be shown, with its file as it is in the repository.

    `images` holds the pictures that may be published, `refused` why others may not. `digest` is
    that of the file's bytes.
    """

    note: Note
    file: str
    text: str
    digest: str
    findings: tuple[Finding, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A file that could not be read as a note, and why; `id` is what its name says."""

    file: str
    text: str
    findings: tuple[Finding, ...]
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class InGit:
    """What git tells of a note, as of the commit `Book.commit`.

    `applies` is about its plan to revert; None when it has none, or is not in effect any more.
    `drifted` are its files that changed after it shipped and was last reviewed, by `drifted_by`
    commits in all that no note tells of. `revisions` are the commits that changed the note itself,
    `revised` is the time of the last one and `commit` its id, empty where it is not known.
    """

    applies: Applies | None = None
    drifted: tuple[Drifted, ...] = ()
    drifted_by: int = 0
    revisions: int = 0
    revised: datetime | None = None
    commit: str = ""


@dataclass(frozen=True, kw_only=True)
class Book:
    """All notes of a team, and what the pages need to know besides.

    `strays` are files of the notes folder that are no notes. `root` is the folder of the pages
    inside the site; with `home`, the site opens on the overview. `templates` is the folder of the
    team's own templates. `in_git` has what git tells of a note, by its file, as of `commit`; both
    are empty where there is no repository. `site_url` is where the site will be, with a `/` at its
    end; empty when nobody said. `has_index` says that an index of all words will lie beside the
    pages (see `search.bundle`).
    """

    config: Config
    entries: tuple[Published, ...]
    broken: tuple[Broken, ...] = ()
    strays: tuple[Finding, ...] = ()
    repository: Repository | None = None
    root: str = "changes"
    home: bool = False
    templates: Path | None = None
    in_git: Mapping[str, InGit] = field(default_factory=dict)
    commit: str = ""
    site_url: str = ""
    has_index: bool = True


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: `path` is its folder in the site (`changes/…/`), `content` finished HTML.

    `title`, `description`, `tags` and the titles in `toc` are plain text, to be escaped.
    `source` is the file of the note that it shows; `search` says whether to index it. `hide` names
    parts of the theme that the page has no use for (`toc`). `older` is the path of the page before
    it in time, for themes that link neighbours.
    """

    path: str
    title: str
    description: str
    content: str
    tags: tuple[str, ...] = ()
    toc: tuple[tuple[int, str, str], ...] = ()
    source: str | None = None
    search: bool = True
    hide: tuple[str, ...] = ()
    older: str = ""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file that is not a page: a style sheet, a picture, a note's YAML."""

    path: str
    content: bytes

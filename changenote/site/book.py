"""What goes into the pages and what comes out of them: plain values, for any generator."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from changenote.capture.reverting import Applies
from changenote.checks.links import why_outside
from changenote.config import Config
from changenote.errors import SiteFailed
from changenote.forge.links import Repository
from changenote.git_facts.drift import Drifted as Drifted
from changenote.model.folding import unfolded
from changenote.model.measures import Verdict
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.model.publishing import comments_tell
from changenote.model.secrets import NOTHING, Allowed
from changenote.model.writing import plain
from changenote.site.digests import digest_of, digest_of_bytes
from changenote.store.emitting import dump
from changenote.store.library import bytes_of


@dataclass(frozen=True, kw_only=True)
class Source:
    """A repository that notes of a book come from, with what its team decided for them.

    `name` is empty where it is the only one. `commit` is the one that is checked out, empty where
    there is none.
    """

    name: str = ""
    config: Config
    repository: Repository | None = None
    commit: str = ""

    @cached_property
    def digest(self) -> str:
        """Changes with whatever the page of a note may show of it; the commit is on none."""
        return digest_of((self.name, self.config, self.repository))

    @cached_property
    def allowed(self) -> Allowed:
        """What is no secret for its team: one for all of its notes."""
        return self.config.allowed

    @property
    def service(self) -> str:
        """What a note without a service is counted under among those of other repositories."""
        return self.config.service or self.name

    def file(self, path: str) -> str:
        """What a file is called in a book: `shop-web:changes/config.yaml`."""
        return f"{self.name}:{path}" if self.name else path

    def path(self, file: str) -> str:
        """The path in its repository of what a book calls so."""
        return file.removeprefix(f"{self.name}:") if self.name else file

    @property
    def branch(self) -> str:
        """Its place among the folders of all repositories: one name, with no slash in it."""
        return self.name.replace("/", "\N{DIVISION SLASH}")

    def in_tree(self, path: str) -> str:
        """A path of it among the folders of all repositories."""
        return f"{self.branch}/{path}" if self.name else path

    def blob(self, path: str) -> str | None:
        """Address of a file on the forge, on the branch that ships; None of what is none."""
        if not self.repository or why_outside(path):
            return None
        return self.repository.blob(self.config.default_branch, path)


_ANEW = (
    "# Written anew without what looked like a secret, without comments and without keys that no\n"
    "# note has.\n"
)


class NoteChanged(SiteFailed):
    """A note was changed or deleted after it was read: it has to be read again for its page."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A note that can be shown, with its file.

    `file` is its path in the repository; among those of other repositories, `source` is the name of
    its own, which stands in front (see `Source.file`). `digest` is that of the file's bytes, and
    `path` is where they are, so that they need not be kept; empty where `content` is its text.
    `images` holds the pictures that may be published, `refused` why others may not. A note without
    a service is given one among those of other repositories, and then `is_given_service`. With
    `is_redacted`, secrets were taken out of the note, but for those that are `allowed`.
    """

    note: Note
    file: str
    digest: str
    path: str = ""
    content: str = ""
    findings: tuple[Finding, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    is_given_service: bool = False
    judged: tuple[Verdict | None] | None = None
    is_redacted: bool = False
    allowed: Allowed = NOTHING

    @property
    def text(self) -> str:
        """The text of the file, with replacement characters where it is not UTF-8.

        Where a secret was taken out of the note, or stands in a comment, it is what the note says
        now, written anew. Raises `NoteChanged` when the file is no longer what the note was read
        from: pages of one site are never of two moments.
        """
        text = self._text_of_file
        if not self.is_redacted and not comments_tell(text, self.allowed):
            return text
        return _ANEW + dump(plain(self.written))

    @property
    def _text_of_file(self) -> str:
        if not self.path:
            return self.content
        raw = bytes_of(self.path)
        if raw is None or digest_of_bytes(raw) != self.digest:
            raise NoteChanged(
                f"{self.file} was changed or deleted while its page was made",
                expected="notes that stay as they are until the site is built",
                retry="safe",
                hint="Run the same command again.",
            )
        return raw.decode("utf-8", "replace")

    @property
    def written(self) -> Note:
        """The note as its file has it."""
        return replace(unfolded(self.note), service=None) if self.is_given_service else self.note


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A file that could not be read as a note, and why; `id` is what its name says.

    `file` and `source` are those of `Published`. With `is_redacted`, secrets were taken out of the
    text.
    """

    file: str
    text: str
    findings: tuple[Finding, ...]
    id: str | None = None
    source: str = ""
    is_redacted: bool = False


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

    `sources` are the repositories of the notes by name, where there is more than one or it is not
    the one of `config` and `repository`. `remarks` and `doubts` are to be said of them, the latter
    as warnings; `folders` have their notes.

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
    sources: Mapping[str, Source] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    @cached_property
    def _own(self) -> Source:
        return Source(config=self.config, repository=self.repository, commit=self.commit)

    @property
    def is_of_many(self) -> bool:
        """Do its notes come from more than one repository?"""
        return len(self.sources) > 1

    @property
    def kind_names(self) -> tuple[str, ...]:
        """Every kind of change that some repository knows."""
        every = (self.config, *(source.config for source in self.sources.values()))
        return tuple(dict.fromkeys(kind for config in every for kind in config.kind_names))

    @property
    def services(self) -> tuple[str, ...]:
        """The only services there are; none where a repository does not say which."""
        every = [source.config.services for source in self.sources.values()]
        every = every or [self.config.services]
        return tuple(dict.fromkeys(name for of in every for name in of)) if all(every) else ()

    def source(self, name: str) -> Source:
        """The repository that a note names as its source."""
        return self.sources.get(name, self._own)


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

"""What the commands about pull requests share: which one is meant, and which notes it has."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from changenote import git
from changenote.cli.pulls import branch
from changenote.cli.reading.show import readable
from changenote.cli.writing import noted
from changenote.cli.writing.elsewhere import told_by_pipeline
from changenote.cli.writing.gathering import forge_of
from changenote.errors import ForgeFailed, NoSuchNote, NoSuchPullRequest
from changenote.forge.answers import MAY_BE_DONE
from changenote.forge.api import Forge, PullRequest
from changenote.forge.connecting import Wanted, connected
from changenote.forge.links import Repository, parse_remote
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.records import record
from changenote.store import notes
from changenote.store.mkdocs_config import site_url
from changenote.store.project import Project


@record
class Place:
    """A project, its repository on a forge, and what git says of it."""

    project: Project
    repository: Repository
    remotes: tuple[str, ...]

    def forge(self) -> Forge:
        """The forge, ready to be asked. Raises `ForgeFailed` without a token."""
        config = self.project.config
        return connected(
            Wanted(
                repository=self.repository,
                environment=os.environ,
                api=config.api,
                token_variable=config.token_variable,
                remotes=self.remotes,
            )
        )


@record
class Shown:
    """A note with the file it is in, and the commit that has it where this clone does not."""

    note: Note
    file: str
    commit: str | None = None


def place(project: Project) -> Place:
    """Where the project is on its forge. Raises `NoSuchPullRequest` when it is on none."""
    settings = git.settings(git.root_around(project.root))
    repository = forge_of(project.config, settings)
    if repository is None:
        raise NoSuchPullRequest(
            "this repository is on no forge that is known here",
            expected="a remote on GitHub, GitLab, Gitea or Forgejo",
            hint="`repository:` in config.yaml gives its address, `forge:` its kind.",
        )
    urls = (value for key, value in settings.items() if key.startswith("remote."))
    found = (parse_remote(url) for url in urls)
    return Place(
        project=project,
        repository=repository,
        remotes=tuple(remote.web for remote in found if remote),
    )


@contextmanager
def looked_for_first(what: str) -> Iterator[None]:
    """Say of a change that may have been carried out that it is safe to run the command again."""
    try:
        yield
    except ForgeFailed as error:
        if error.retry == MAY_BE_DONE:
            error.retry = f"safe, the same command looks for {what} first"
            error.hint = "Run the same command again."
        raise


def named(project: Project, names: Iterable[str]) -> list[Shown]:
    """The notes that go by names, each once."""
    paths = dict.fromkeys(notes.find(project, name) for name in names)
    return [_shown(project, path) for path in paths]


def _shown(project: Project, path: Path) -> Shown:
    stored = notes.read(project, path)
    return Shown(note=readable(stored), file=stored.file)


def number_of(where: Place, given: int | None, chosen: Sequence[Shown]) -> int:
    """The pull request that is meant: given, or that of the notes, the pipeline or the branch.

    Raises `NoSuchPullRequest` when there is none, or more than one.
    """
    if given is not None:
        return given
    told = _of_notes(where, chosen) or _of_pipeline(where)
    if told is not None:
        return told
    found = {one.number for one in _of_checkout(where)}
    if len(found) == 1:
        return found.pop()
    which = f"there are {len(found)}: {_counted(found)}" if found else "there is none"
    raise NoSuchPullRequest(
        f"it is not clear which pull request is meant: for this branch and commit {which}",
        expected="one pull request",
        hint="`--pr NUMBER` says which one.",
    )


def _counted(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


def _of_notes(where: Place, chosen: Sequence[Shown]) -> int | None:
    """The one pull request of this repository that every one of the notes names."""
    mine = [_numbers(where, shown.note) for shown in chosen]
    common = set.intersection(*mine) if mine else set()
    return common.pop() if len(common) == 1 else None


def _numbers(where: Place, note: Note) -> set[int]:
    addresses = note.source.pull_requests if note.source else ()
    pages = (page for address in addresses if (page := noted.page_of(address)))
    numbered = ((page, int(page.rpartition("/")[2])) for page in pages)
    return {number for page, number in numbered if page == _page(where, number)}


def _page(where: Place, number: int) -> str | None:
    return noted.page_of(where.repository.pull_request(number))


def _of_pipeline(where: Place) -> int | None:
    found = told_by_pipeline(os.environ, git.root_around(where.project.root))
    return found.pull_request.number if found and found.pull_request else None


def _of_checkout(where: Place) -> Sequence[PullRequest]:
    forge, root = where.forge(), where.project.root
    name = git.branch(root)
    if name and name != where.project.config.default_branch:
        found = forge.pull_requests_from(name)
        if found:
            return found
    try:
        return forge.pull_requests_of(git.commit_id("HEAD", root))
    except ForgeFailed as error:
        if error.status in (404, 422):  # a commit that was not pushed
            return ()
        raise


def naming(project: Project, number: int) -> list[Path]:
    """The files of the notes that name a pull request of this repository, oldest first.

    Where its forge is not known, a pull request of that number counts wherever it is. Raises
    `NoSuchNote` when no note names it.
    """
    settings = git.settings(git.root_around(project.root)) if project.is_repository else {}
    forge = forge_of(project.config, settings)
    own = noted.page_of(forge.pull_request(number)) if forge else None
    found = [
        notes.find(project, source.note)
        for source in noted.sources(project)
        if any(page == own if own else page.endswith(f"/{number}") for page in source.pages)
    ]
    if not found:
        raise NoSuchNote(
            f"no note names pull request {number}",
            expected="the number of one that a note is linked to",
            hint="`changenote pr link ID URL` links them.",
        )
    return found


def notes_of(where: Place, number: int) -> list[Shown]:
    """The notes of a pull request, oldest first: those that name it, and those of this branch.

    A note of the branch that names other pull requests of this repository is not one of them.
    """
    project = where.project
    page = _page(where, number)
    every = noted.sources(project)
    naming = {source.note for source in every if page in source.pages}
    start = str(page).rpartition("/")[0]
    elsewhere = (s for s in every if any(p.rpartition("/")[0] == start for p in s.pages))
    others = {source.note for source in elsewhere if page not in source.pages}
    own = set(ids_of_branch(project)) - others
    shown = []
    for note_id in sorted(naming | own):
        with suppress(NoSuchNote):
            shown.append(_shown(project, notes.find(project, note_id)))
    return shown


def ids_of_branch(project: Project) -> list[str]:
    """The ids of the notes that this branch adds to the default one, committed or not."""
    base = branch.left_at("HEAD", project) or "HEAD"
    files = branch.notes_added(base, project)
    return [i for file in files if (i := id_in_file_name(file.rpartition("/")[2]))]


def address_of(where: Place, shown: Shown) -> str:
    """A note's page on the site, or else its file on the forge; empty while it is in no commit."""
    project = where.project
    site = site_url(project.root)
    if site and shown.commit is None:
        return f"{site}{project.notes.name}/{shown.note.id}/"
    commit = shown.commit or git.last_commit_of(shown.file, project.root)
    if commit is None:
        return ""
    top = project.root.resolve().relative_to(git.root_around(project.root).resolve())
    return where.repository.blob(commit, (top / shown.file).as_posix())


def nothing_about(where: Place, number: int) -> NoSuchNote:
    """The error that a pull request has no note, as far as this clone can tell."""
    hint = f"`changenote new` writes one; `changenote pr link ID URL` links one to {number}."
    if git.is_shallow(where.project.root):
        hint = (
            "This clone is shallow, so what the branch adds is not known: in a pipeline, fetch all"
            " of it (`fetch-depth: 0`, `GIT_DEPTH: 0`)."
        )
    return NoSuchNote(
        f"no note is about pull request {number}",
        expected="a note that this branch adds, or one that names the pull request",
        hint=hint,
    )

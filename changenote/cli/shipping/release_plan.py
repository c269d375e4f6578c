"""A release as it is asked for, and as every file will be."""

import posixpath
from collections.abc import Callable
from datetime import UTC, date, datetime

from changenote import git
from changenote.cli.shipping import releasing
from changenote.cli.shipping.changelog_file import ChangelogFile
from changenote.cli.writing.updating import Updated
from changenote.forge.links import Repository
from changenote.model.escaping import target
from changenote.records import record
from changenote.release import section
from changenote.release.choosing import Candidate, Choice
from changenote.release.section import Release
from changenote.store.mkdocs_config import site_url
from changenote.store.project import Project


@record
class Asked:
    """What the command line asks for, and what of it is known before a note is looked at."""

    project: Project
    version: str
    tag: git.Tag | None
    span: releasing.Span
    day: date | None
    repository: Repository | None

    def release(self, choice: Choice, known: ChangelogFile, *, is_for_a_forge: bool) -> Release:
        """The release of the notes that were chosen, as its changelog calls it."""
        return section.release(
            self.version,
            choice.ships,
            day=self.day or _day(self.tag, known),
            since=self.span.since,
            config=self.project.config,
            repository=self.repository,
            address_of=_addresses(self, known, is_for_a_forge=is_for_a_forge),
            label=known.label,
        )

    @property
    def compared(self) -> tuple[str, ...]:
        """Addresses of what is not released: since the version before, and since this one."""
        if self.repository is None:
            return ()
        before = self.repository.compare(self.span.since, "HEAD") if self.span.since else ""
        return target(before), target(self.repository.compare(self.version, "HEAD"))


@record
class Plan:
    """Every file as it will be; `text` is that of the changelog, None where it is left alone."""

    release: Release
    choice: Choice
    updates: tuple[Updated, ...]
    changelog: ChangelogFile
    text: str | None

    @property
    def changes_the_changelog(self) -> bool:
        """Does the changelog get a section?"""
        return self.text is not None and self.text != self.changelog.text

    @property
    def changes_something(self) -> bool:
        """Is there anything to write?"""
        return self.changes_the_changelog or any(one.is_changed for one in self.updates)


def _day(tag: git.Tag | None, known: ChangelogFile) -> date:
    """The day in its section, else of its tag, else today, in UTC."""
    if known.said and known.said.day:
        return date.fromisoformat(known.said.day)
    return (tag.at if tag else datetime.now(UTC)).astimezone(UTC).date()


def _addresses(
    asked: Asked, known: ChangelogFile, *, is_for_a_forge: bool
) -> Callable[[Candidate], str]:
    """Gives the address of a note: its page on the site, or else its file."""
    project = asked.project
    site = site_url(project.root)
    if site:
        return lambda one: f"{site}{project.notes.name}/{one.note.id}/"
    if is_for_a_forge:
        repository = asked.repository
        above = _above(project)
        return lambda one: repository.blob(asked.version, above + one.file) if repository else ""
    folder = posixpath.dirname(known.file)
    return lambda one: posixpath.relpath(one.file, folder or ".")


def _above(project: Project) -> str:
    """The folder of the project in its repository, with a slash; empty at the top of it."""
    if not project.is_repository:
        return ""
    inside = project.root.relative_to(git.root_around(project.root)).as_posix()
    return "" if inside == "." else f"{inside}/"

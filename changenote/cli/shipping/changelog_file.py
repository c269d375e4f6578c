"""The team's CHANGELOG.md on disk: what is in it, and a new section put into it."""

from collections.abc import Sequence
from pathlib import Path

from changenote.cli.writing.updating import diff
from changenote.errors import BadTemplate, ChangenoteError, UsageProblem
from changenote.records import record
from changenote.release.changelog import (
    Known,
    Reference,
    known,
    label_like,
    unreleased,
    with_section,
)
from changenote.release.section import Release
from changenote.release.versions import bare
from changenote.store.files import replace
from changenote.store.project import Project

_MARKS = "\ufeff \t\r\n"


@record
class ChangelogFile:
    """A changelog as it is; `raw` is None where there is no file yet.

    `said` is what it says of the version already, `label` how it would call it. `refusal` says why
    nothing can be put into it.
    """

    path: Path
    file: str
    raw: bytes | None
    label: str
    said: Known | None = None
    refusal: ChangenoteError | None = None

    @property
    def text(self) -> str:
        """The text; bytes that are not UTF-8 are surrogates in it."""
        return (self.raw or b"").decode("utf-8", "surrogateescape")

    @property
    def is_new(self) -> bool:
        """Is there nothing in it yet?"""
        return not self.text.strip(_MARKS)

    @property
    def unreleased(self) -> str:
        """What somebody wrote under Unreleased."""
        return "" if self.refusal else unreleased(self.text)

    def with_release(
        self, release: Release, section: str, head: str, *, compared: Sequence[str]
    ) -> str:
        """The text with a section, if the version has none. `head` stands first in a new file.

        `compared` are the addresses of what is not released: against the version before, and
        against this one. Raises what is wrong with the file, and `BadTemplate` for a section that
        would not be found again.
        """
        if self.refusal:
            raise self.refusal
        if self.said:
            return self.text
        old = self.text + head if self.is_new else self.text
        new = with_section(
            old, section, self._references(release, compared), compared=(*compared, "")[0]
        )
        if not known(new, release.version):
            raise _headless(release)
        return new

    def _references(self, release: Release, compared: Sequence[str]) -> list[Reference]:
        has_unreleased = self.is_new or "[unreleased]:" in self.text.casefold()
        of_unreleased = [Reference(label="Unreleased", address=a) for a in compared[1:]]
        own = [Reference(label=release.label, address=release.compare)] if release.compare else []
        return [*(of_unreleased if has_unreleased else []), *own]

    def diff(self, new: str) -> str:
        """What a new text changes, as a unified diff."""
        return diff(self.file, self.text, new)

    def write(self, new: str) -> None:
        """Put a new text on disk. Raises `ChangedOnDisk` when somebody was faster."""
        replace(self.path, new, was=self.raw)


def changelog_file(project: Project, path: Path, version: str) -> ChangelogFile:
    """The changelog at a path. What is wrong with it is raised when something is to be put in."""
    file = project.relative(path)
    try:
        raw = _bytes_of(project, path, file)
        text = (raw or b"").decode("utf-8", "surrogateescape")
        said, label = known(text, version), label_like(text, version)
    except ChangenoteError as refusal:
        return ChangelogFile(path=path, file=file, raw=None, label=bare(version), refusal=refusal)
    return ChangelogFile(path=path, file=file, raw=raw, label=label, said=said)


def _bytes_of(project: Project, path: Path, file: str) -> bytes | None:
    if not path.resolve().is_relative_to(project.root.resolve()):
        raise UsageProblem(
            f"{path} is outside of {project.root}",
            expected="a changelog beside the notes, in the same repository",
            hint="`--format markdown` prints the section for any other place.",
        )
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ChangenoteError(
            f"{file} cannot be read: {(error.strerror or 'an error').lower()}",
            expected="a file that can be read, or none",
            hint="--changelog FILE names another one.",
        ) from error


def _headless(release: Release) -> BadTemplate:
    return BadTemplate(
        "the section that release/section.md.j2 makes could not be found again",
        expected=f"a heading such as `## [{release.label}] - {release.day}` on its first line",
        hint="Mend the template in templates/release/ of your notes folder.",
    )

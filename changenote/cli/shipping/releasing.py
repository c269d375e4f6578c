"""What `release` and `next` look at: tags, and all notes with whether they are new since one."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.cli.reading.library import tell_unreadable
from changenote.errors import NoCommits, ShallowClone, UsageProblem
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.patterns import pattern
from changenote.records import record
from changenote.release import versions
from changenote.release.choosing import Candidate, Choice, of_service
from changenote.store import notes
from changenote.store.library import Library
from changenote.store.parsed import parsed
from changenote.store.project import Project
from changenote.store.secret_free import SecretFree

Data = dict[str, Any]

_LETTERS = pattern(r"\D*")
_NAMED = 5
"""So many notes that are left out for one reason are named."""

since_option = click.option(
    "--since",
    metavar="TAG",
    help="Notes of changes after this tag or commit, not after the version before.",
)
service_option = click.option("--service", metavar="NAME", help="Only the notes of one service.")


@record
class Tags:
    """The tags in the history of what is checked out, where a release is one of them."""

    root: Path
    every: tuple[git.Tag, ...]
    is_shallow: bool = False

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return [tag.name for tag in self.every]

    def named(self, version: str) -> git.Tag | None:
        """The tag of a version, if it has one already."""
        return next((tag for tag in self.every if versions.same(tag.name, version)), None)


@record
class Span:
    """From where to where notes are new: `since` in words, `start` and `end` commits or None."""

    since: str | None
    start: str | None
    end: str | None


def tags_of(project: Project) -> Tags:
    """The tags that there are; none outside of a repository and before its first commit."""
    if not project.is_repository:
        return Tags(root=project.root, every=())
    try:
        head = git.commit_id("HEAD", project.root)
    except NoCommits:
        return Tags(root=project.root, every=())
    every = tuple(git.tags(project.root, within=head))
    return Tags(root=project.root, every=every, is_shallow=git.is_shallow(project.root))


def span(tags: Tags, version: str, since: str | None) -> Span:
    """Since what notes are new for a version; its tag is the end, if it is there already.

    Raises `UnknownRevision` for a `since` that git does not know, `ShallowClone` where the tag
    before may have been cut off.
    """
    tag = tags.named(version)
    end = tag.commit if tag else None
    if since is not None:
        return Span(since=since, start=git.commit_id(since, tags.root), end=end)
    previous = _before(tags, version, tag)
    if previous is None and tags.is_shallow:
        raise _cut_off()
    start = previous.commit if previous else None
    return Span(since=previous.name if previous else None, start=start, end=end)


def _before(tags: Tags, version: str, tag: git.Tag | None) -> git.Tag | None:
    """The tag of the version before; of versions that have no order, the one made last."""
    if versions.parsed(version):
        name = versions.before(version, tags.names)
        return next((tag for tag in tags.every if tag.name == name), None)
    alike = [one for one in tags.every if _letters(one.name) == _letters(version) and one != tag]
    earlier = [one for one in alike if tag is None or one.at < tag.at]
    return max(earlier, key=lambda one: one.at, default=None)


def _letters(name: str) -> str:
    """What is in front of the first digit of a name."""
    found = _LETTERS.match(name)
    return found[0] if found else ""


def _cut_off() -> ShallowClone:
    return ShallowClone(
        "this clone is shallow, and has no tag of a version before",
        expected="the tags, and the commits since the last one",
        hint="`git fetch --unshallow --tags` brings them; --since names a commit that is here.",
    )


def candidates(project: Project, of: Span, service: str | None) -> list[Candidate]:
    """Every note that can be read, oldest first, without secrets, each with whether it is new."""
    library = Library(project.cache, notes.listed(project)[0])
    clean = SecretFree(library, library.digests, project.config.allowed).note
    every = [(one.file, clean(one.file, one.note)) for one in parsed(library) if one.note]
    tell_unreadable(len(library.paths) - len(every))
    is_new = _newness(project, of, [note for _, note in every])
    found = [Candidate(note=note, file=file, is_new=is_new(note)) for file, note in every]
    return of_service(found, service, project.config.service) if service else found


def _newness(project: Project, of: Span, every: Iterable[Note]) -> Callable[[Note], bool]:
    """Says of a note whether it is between the ends: by its last commit if this clone has that.

    Else by its file, which was there at the start already or was not.
    """
    root = project.root
    if of.start is None and of.end is None:
        return lambda _: True
    heads = {head for note in every if (head := _head(note))}
    here = git.trees(sorted(heads), root).keys()
    after = git.outside(sorted(here), of.start, root) if of.start else here
    later = git.outside(sorted(here), of.end, root) if of.end else set()
    before = _ids_at(project, of.start) if of.start else set()
    until = _ids_at(project, of.end) if of.end else None

    def is_new(note: Note) -> bool:
        head = _head(note)
        if head in here:
            return head in after and head not in later
        return note.id not in before and (until is None or note.id in until)

    return is_new


def _head(note: Note) -> str:
    return (note.source and note.source.head) or ""


def _ids_at(project: Project, commit: str) -> set[str]:
    """The ids of the notes that a commit has."""
    paths = git.paths_at(commit, project.notes.name, project.root)
    return {i for path in paths if (i := id_in_file_name(path.rpartition("/")[2]))}


def what_is_left_out(choice: Choice) -> list[str]:
    """The notes that one could miss, with the reason; many of one reason in a single line."""
    by_reason: dict[str, list[Note]] = {}
    for one in choice.left_out:
        by_reason.setdefault(one.reason, []).append(one.candidate.note)
    lines: list[str] = []
    for reason, found in by_reason.items():
        if len(found) > _NAMED:
            lines.append(f"  {counted(len(found))}: {reason}")
        else:
            lines += [f"  {note.id}  {note.title}: {reason}" for note in found]
    return lines


def left_out_data(choice: Choice) -> list[Data]:
    """The notes that are left out, with the reason, as plain data."""
    return [
        {"id": one.candidate.note.id, "title": one.candidate.note.title, "reason": one.reason}
        for one in choice.left_out
    ]


def counted(count: int) -> str:
    """`1 note`, `2 notes`."""
    return f"{count} note{'' if count == 1 else 's'}"


def refuse_name(version: str) -> None:
    """Raise `UsageProblem` for what cannot be the name of a version."""
    if not versions.is_name(version):
        raise UsageProblem(
            f"{version!r} is no name of a version",
            expected="digits, letters, dots and hyphens, such as v2.14.0 or 2026-11-22",
            hint="`changenote next` proposes one.",
        )

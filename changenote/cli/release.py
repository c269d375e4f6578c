"""`changenote release`."""

import posixpath
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.cli import console, options, releasing
from changenote.cli.changelog_file import ChangelogFile, changelog_file
from changenote.cli.gathering import forge_of
from changenote.cli.updating import Updated, plain, prepare, write
from changenote.errors import ChangenoteError, NothingToRelease, UnlikeChangelog
from changenote.forge.links import Repository
from changenote.records import record
from changenote.release import section, versions
from changenote.release.choosing import Candidate, Choice, chosen
from changenote.release.escaping import target
from changenote.release.rendering import Texts
from changenote.release.section import Release
from changenote.store.editing import with_value
from changenote.store.mkdocs_config import config_path, site_url
from changenote.store.project import Project

Data = dict[str, Any]

_FORMATS = ("markdown", "json", "github-release")


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


@click.command()
@click.argument("version")
@releasing.since_option
@releasing.service_option
@click.option(
    "--date",
    "moment",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day of the release; by default that of its tag, or else today.",
)
@click.option(
    "--changelog",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The changelog; by default CHANGELOG.md at the top.",
)
@click.option("--no-changelog", is_flag=True, help="Write the version into the notes alone.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="Print the release in this form, and write nothing.",
)
@click.option("--yes", is_flag=True, help="Do not ask before it is written.")
@options.dry_run
@options.as_json
def command(
    version: str,
    since: str | None,
    service: str | None,
    moment: datetime | None,
    file: Path | None,
    form: str | None,
    **given: bool,
) -> int:
    """Release notes as VERSION: it goes into each note, and a section into CHANGELOG.md.

    The notes are those of changes since the tag of the version before that have no version yet,
    those that say that they shipped with this one, and those of its pre-releases. Drafts and
    changes that were rolled back are left out. All are shown before anything is written. Nothing
    is committed, tagged or deleted, and a second run changes nothing.

    \b
    changenote release "$(changenote next)"
    changenote release v2.15.0 --format github-release | gh release create v2.15.0 -F -
    """
    asked = _asked(version, since, moment)
    every = releasing.candidates(asked.project, asked.span, service)
    choice = chosen(every, asked.version)
    if not choice.ships:
        raise _nothing(asked, choice)
    known = changelog_file(asked.project, _path(asked.project, file), asked.version)
    texts = Texts(asked.project.notes / "templates")
    if form:
        _print(asked, choice, known, texts, form)
        return 0
    plan = _planned(asked, choice, known, texts, only_notes=given["no_changelog"])
    if not given["as_json"]:
        _tell(asked, plan)
    if given["dry_run"] or not plan.changes_something or _may_write(given):
        if not given["dry_run"]:
            _write(plan)
        _report(asked, plan, as_json=given["as_json"], dry_run=given["dry_run"])
    return 0


def _asked(version: str, since: str | None, moment: datetime | None) -> Asked:
    releasing.refuse_name(version)
    project = options.project_with_notes()
    tags = releasing.tags_of(project)
    name = versions.as_tags_have_it(version, tags.names)
    settings = git.settings(project.root) if project.is_repository else {}
    return Asked(
        project=project,
        version=name,
        tag=tags.named(name),
        span=releasing.span(tags, name, since),
        day=moment.date() if moment else None,
        repository=forge_of(project.config, settings),
    )


def _nothing(asked: Asked, choice: Choice) -> NothingToRelease:
    for line in releasing.what_is_left_out(choice):
        console.notice(line)
    left = "these are left out" if choice.left_out else "there is no new note"
    after = f" since {asked.span.since}" if asked.span.since else ""
    return NothingToRelease(
        f"no note ships with {asked.version}: {left}{after}",
        expected="a shipped note that is new and has no version yet",
        hint="`--since TAG` looks further back; `changenote set ID shipped.version="
        f"{asked.version}` says it of one note.",
    )


def _path(project: Project, file: Path | None) -> Path:
    return Path.cwd() / file if file else project.root / "CHANGELOG.md"


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
    config = config_path(project.root)
    site = site_url(config.read_bytes()) if config.is_file() else None
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


def _print(asked: Asked, choice: Choice, known: ChangelogFile, texts: Texts, form: str) -> None:
    release = asked.release(choice, known, is_for_a_forge=form != "markdown")
    if form == "json":
        left_out = releasing.left_out_data(choice)
        console.data({**section.as_data(release), "left_out": left_out})
    elif form == "markdown":
        console.raw(f"{texts.section(release)}\n")
    else:
        console.raw(texts.on_the_forge(release))


def _planned(
    asked: Asked, choice: Choice, known: ChangelogFile, texts: Texts, *, only_notes: bool
) -> Plan:
    """What is to be written. Raises all that would stop it half-way; nothing is written."""
    release = asked.release(choice, known, is_for_a_forge=False)
    text = None
    if not only_notes:
        text = _new_text(asked, release, known, texts)
    updates = [
        prepare(asked.project, one.file, _shipped_with(asked.version)) for one in choice.ships
    ]
    return Plan(release=release, choice=choice, updates=tuple(updates), changelog=known, text=text)


def _new_text(asked: Asked, release: Release, known: ChangelogFile, texts: Texts) -> str:
    said, head = texts.section(release), texts.changelog(release)
    try:
        return known.with_release(release, said, head, compared=asked.compared)
    except UnlikeChangelog as error:
        console.out(f"{said}\n")
        again = f"changenote release {asked.version} --no-changelog"
        error.hint = f"Put the section above into {known.file} yourself, then `{again}`."
        raise


def _shipped_with(version: str) -> Callable[[Any, str], str]:
    return lambda _, text: with_value(text, ("shipped", "version"), version)


def _tell(asked: Asked, plan: Plan) -> None:
    """Say what ships, what does not, and what is for people to do."""
    release = plan.release
    count = releasing.counted(len(plan.choice.ships))
    console.notice(f"{asked.version}: {count} since {asked.span.since or 'the start'}.")
    for entry in release.entries:
        mark = "breaking: " if entry.is_breaking else ""
        console.notice(f"  {entry.heading:10}  {entry.id}  {mark}{entry.note.title}")
    for one in release.unlisted:
        console.notice(f"  {'(none)':10}  {one.note.id}  {one.note.title}")
    if plan.choice.left_out:
        console.notice("Left out:")
    for line in releasing.what_is_left_out(plan.choice):
        console.notice(line)
    if plan.text is not None:
        _tell_of_the_changelog(plan)


def _tell_of_the_changelog(plan: Plan) -> None:
    file, said = plan.changelog.file, plan.changelog.said
    if said is None:
        if waiting := plan.changelog.unreleased:
            count = len(waiting.splitlines())
            lines = f"{count} line{'' if count == 1 else 's'}"
            console.notice(f"{file}: {lines} under Unreleased stay there. Move what ships now.")
        return
    missing = [entry.id for entry in plan.release.entries if entry.id not in said.notes]
    if missing:
        console.notice(
            f"{file} has a section of {plan.release.label}, which is left as it is. These are not"
            f" in it: {', '.join(missing)}. `--format markdown` prints their entries."
        )


def _may_write(given: dict[str, bool]) -> bool:
    """Ask, if somebody is there to answer."""
    if given["yes"] or given["as_json"] or not console.is_interactive():
        return True
    if click.confirm("Write this?", default=True, err=True):
        return True
    console.notice("Nothing was written.")
    return False


def _write(plan: Plan) -> None:
    """Notes first: while the changelog has no section, the same command goes on."""
    write(*plan.updates)
    if not plan.changes_the_changelog or plan.text is None:
        return
    try:
        plan.changelog.write(plan.text)
    except ChangenoteError as error:
        error.retry = "safe, the same command goes on; the notes are written"
        raise


def _report(asked: Asked, plan: Plan, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        console.data(_data(asked, plan, dry_run=dry_run))
        return
    changed = [updated for updated in plan.updates if updated.is_changed]
    for updated in changed:
        console.raw(updated.diff() if dry_run else f"{updated.file}\n")
    if plan.changes_the_changelog and plan.text is not None:
        file = plan.changelog
        console.raw(file.diff(plan.text) if dry_run else f"{file.file}\n")
    if not plan.changes_something:
        console.notice("Nothing to change: it says so already.")
    elif not dry_run and asked.tag is None and asked.project.is_repository:
        console.notice(f"Commit this, then `git tag {asked.version}`.")


def _data(asked: Asked, plan: Plan, *, dry_run: bool) -> Data:
    """`{changed, dry_run, notes, version, since, changelog, left_out}`."""
    changelog = None
    if plan.text is not None:
        changelog = {"path": plan.changelog.file, "changed": plan.changes_the_changelog}
        changelog |= {"diff": plan.changelog.diff(plan.text)} if dry_run else {}
    return {
        "changed": plan.changes_something,
        "dry_run": dry_run,
        "notes": [plain(updated, dry_run=dry_run) for updated in plan.updates],
        "version": asked.version,
        "since": asked.span.since,
        "changelog": changelog,
        "left_out": releasing.left_out_data(plan.choice),
    }

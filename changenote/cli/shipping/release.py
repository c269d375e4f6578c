"""`changenote release`."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.cli import console, options
from changenote.cli.shipping import releasing
from changenote.cli.shipping.changelog_file import ChangelogFile, changelog_file
from changenote.cli.shipping.release_plan import Asked, Plan
from changenote.cli.shipping.release_telling import report, tell
from changenote.cli.writing.gathering import forge_of
from changenote.cli.writing.updating import prepare, write
from changenote.errors import ChangenoteError, NothingToRelease, UnlikeChangelog
from changenote.release import section, versions
from changenote.release.choosing import Choice, chosen
from changenote.release.rendering import Texts
from changenote.release.section import Release
from changenote.store.editing import with_value
from changenote.store.project import Project

_FORMATS = ("markdown", "json", "github-release")


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
        tell(asked, plan)
    if given["dry_run"] or not plan.changes_something or _may_write(given):
        if not given["dry_run"]:
            _write(plan)
        report(asked, plan, as_json=given["as_json"], dry_run=given["dry_run"])
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
    """The file that was named, or the one at the top, in whatever case its name is."""
    if file:
        return Path.cwd() / file
    usual = project.root / "CHANGELOG.md"
    found = [path for path in project.root.iterdir() if path.name.casefold() == "changelog.md"]
    return usual if usual in found or not found else min(found)


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

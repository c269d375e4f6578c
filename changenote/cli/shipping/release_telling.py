"""What `changenote release` says: what ships, what does not, what was written."""

from typing import Any

from changenote.cli import console
from changenote.cli.shipping import releasing
from changenote.cli.shipping.release_plan import Asked, Plan
from changenote.cli.writing.updating import plain

Data = dict[str, Any]


def tell(asked: Asked, plan: Plan) -> None:
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
            what = "1 line stays" if count == 1 else f"{count} lines stay"
            console.notice(f"{file}: {what} under Unreleased. Move what ships now.")
        return
    missing = [entry.id for entry in plan.release.entries if entry.id not in said.notes]
    if missing:
        console.notice(
            f"{file} has a section of {plan.release.label}, which is left as it is. These are not"
            f" in it: {', '.join(missing)}. `--format markdown` prints their entries."
        )


def report(asked: Asked, plan: Plan, *, as_json: bool, dry_run: bool) -> None:
    """Say which files were written, or show how they would change, or all of it as JSON."""
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

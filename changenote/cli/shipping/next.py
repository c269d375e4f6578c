"""`changenote next`."""

from typing import Any

import click

from changenote.cli import console, options
from changenote.cli.shipping import releasing
from changenote.errors import NothingToRelease, UsageProblem
from changenote.records import record
from changenote.release import versions
from changenote.release.choosing import Candidate, Choice, chosen
from changenote.release.headings import bump_of
from changenote.release.versions import Bump, Version

Data = dict[str, Any]

_FIRST = Version(prefix="", numbers=(0, 1, 0))
_ORDER: tuple[Bump, ...] = ("major", "minor", "patch")
_WHY = {
    "major": "after which somebody has to change something",
    "minor": "which add, deprecate or remove something",
}
_ELSE = "is breaking, or adds, deprecates or removes something"
_NAMED = 5
"""So many of the notes that decide are named."""


@record
class Base:
    """The version that the next one comes after, and how it is known; None: there is none."""

    version: Version | None
    source: str


@click.command()
@releasing.since_option
@releasing.service_option
@click.option(
    "--prefix", metavar="TEXT", help="The versions meant, where tags have several: `astro@`."
)
@options.as_json
def command(since: str | None, service: str | None, prefix: str | None, as_json: bool) -> None:
    """Propose the next semantic version, from the notes that are not released yet.

    A note with the tag `breaking` makes it a major one. One that stands under Added, Deprecated or
    Removed in the changelog makes it a minor one, all others a patch. Before 1.0.0 a breaking
    change makes a minor one: that it is time for 1.0.0 is for people to say.

    \b
    changenote release "$(changenote next)"
    """
    project = options.project_with_notes()
    tags = releasing.tags_of(project)
    family = _family(tags.names, prefix)
    tagged = versions.newest(tags.names, family)
    above = str(versions.following(tagged, "major")) if tagged else str(_FIRST)
    span = releasing.span(tags, above, since)
    every = releasing.candidates(project, span, service)
    choice = chosen(every, None)
    base = _base(tagged, every, family)
    if not choice.ships:
        raise _nothing(span, choice)
    bumps = {one.note.id: bump_of(one.note, project.config) for one in choice.ships}
    bump = min(bumps.values(), key=_ORDER.index)
    version = versions.following(base.version, bump) if base.version else _first(prefix)
    if as_json:
        console.data(_data(version, base, span, bump, choice, bumps))
        return
    console.out(str(version))
    for line in _told(base, span, bump, choice, bumps):
        console.notice(line)


def _family(names: list[str], prefix: str | None) -> str:
    """What the versions meant have in front. Raises `UsageProblem` where it could be several."""
    if prefix is not None:
        return versions.family(prefix)
    found = versions.families(names)
    if len(found) > 1 and found[0]:
        listed = ", ".join(found[:5])
        raise UsageProblem(
            f"tags have versions of {len(found)} kinds: {listed}",
            expected="the one that is meant",
            hint=f"`changenote next --prefix {found[0]}`, perhaps with --service.",
        )
    if not found and names:
        raise UsageProblem(
            f"no tag is a semantic version: {', '.join(sorted(names)[-3:])}",
            expected="tags such as v1.2.3; dates and builds have no order that kinds of notes say",
            hint="`changenote release VERSION` takes any version.",
        )
    return found[0] if found else ""


def _first(prefix: str | None) -> Version:
    return Version(prefix=prefix or _FIRST.prefix, numbers=_FIRST.numbers)


def _base(tagged: Version | None, every: list[Candidate], family: str) -> Base:
    """The newest tag, or a newer version that notes have shipped with and nobody tagged yet."""
    noted = versions.newest((one.version for one in every), family)
    if noted and (tagged is None or noted.numbers > tagged.numbers):
        count = sum(versions.same(one.version, str(noted)) for one in every)
        version = tagged.prefix if tagged else noted.prefix
        named = Version(prefix=version, numbers=noted.numbers)
        return Base(version=named, source=f"{releasing.counted(count)}, not tagged yet")
    return Base(version=tagged, source="the newest tag" if tagged else "")


def _nothing(span: releasing.Span, choice: Choice) -> NothingToRelease:
    left = releasing.what_is_left_out(choice)
    for line in left:
        console.notice(line)
    after = f" since {span.since}" if span.since else ""
    return NothingToRelease(
        f"there is nothing to release{after}: {'these are left out' if left else 'no new note'}",
        expected="a shipped note that has no version yet",
        hint="`changenote list` shows the notes, `changenote new` writes one.",
    )


def _told(
    base: Base, span: releasing.Span, bump: Bump, choice: Choice, bumps: dict[str, Bump]
) -> list[str]:
    """Why this version, in words."""
    notes = f"{releasing.counted(len(bumps))} since {span.since or 'the start'}"
    deciding = [one.note for one in choice.ships if bumps[one.note.id] == bump]
    if base.version is None:
        lines = [f"The first version: there is no tag, and none of {notes} has one."]
    elif bump == "patch":
        after = f"{base.version} ({base.source})"
        lines = [f"A patch after {after}: none of {notes} {_ELSE}."]
    else:
        lines = [
            f"After {base.version} ({base.source}), for {len(deciding)} of {notes}, {_WHY[bump]}:"
        ]
        lines += [f"  {note.id}  {note.title}" for note in deciding[:_NAMED]]
        lines += [f"  and {len(deciding) - _NAMED} more"] * (len(deciding) > _NAMED)
        if bump == "major" and not base.version.numbers[0]:
            lines.append("Before 1.0.0 a breaking change makes a minor version.")
    if choice.left_out:
        lines += ["Left out:", *releasing.what_is_left_out(choice)]
    return lines


def _data(
    version: Version,
    base: Base,
    span: releasing.Span,
    bump: Bump,
    choice: Choice,
    bumps: dict[str, Bump],
) -> Data:
    return {
        "version": str(version),
        "after": str(base.version) if base.version else None,
        "since": span.since,
        "bump": bump,
        "notes": [
            {"id": one.note.id, "title": one.note.title, "bump": bumps[one.note.id]}
            for one in choice.ships
        ],
        "left_out": releasing.left_out_data(choice),
    }

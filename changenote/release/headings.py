"""Where a note stands in a changelog, and what it means for the next version."""

from collections.abc import Mapping

from changenote.config import Config, Heading, Kind
from changenote.model.impact import DEPRECATED, REMOVED, has_word, headline_cves, is_breaking
from changenote.model.note import Note
from changenote.release.versions import Bump

HEADINGS: tuple[Heading, ...] = (
    "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security",
)  # fmt: skip
"""The six types of https://keepachangelog.com/en/2.0.0/#types, in its order."""

OF_KIND: Mapping[str, Heading] = {"feature": "Added", "fix": "Fixed", "security": "Security"}
"""Where built-in kinds stand; all others, and a team's own, change what was there."""

_OTHERWISE: Heading = "Changed"


def heading_of(note: Note, config: Config) -> Heading:
    """The heading of a note's entry; `none` when its kind is not for the changelog.

    A CVE in the title or a tag decides, then the tags `deprecated` and `removed`, then the kind.
    """
    if headline_cves(note):
        return "Security"
    own = config.kinds.get(note.kind, Kind()).changelog
    if own != "none" and has_word(note, DEPRECATED):
        return "Deprecated"
    if own != "none" and has_word(note, REMOVED):
        return "Removed"
    return own or OF_KIND.get(note.kind, _OTHERWISE)


def bump_of(note: Note, config: Config) -> Bump:
    """What a note alone would make of the next version."""
    if is_breaking(note):
        return "major"
    return "minor" if heading_of(note, config) in ("Added", "Deprecated", "Removed") else "patch"

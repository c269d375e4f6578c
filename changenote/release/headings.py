"""Where a note stands in a changelog, and what it means for the next version."""

from collections.abc import Iterable, Mapping

from changenote.config import Config, Heading, Kind
from changenote.model.note import Note
from changenote.patterns import pattern
from changenote.release.versions import Bump

HEADINGS: tuple[Heading, ...] = (
    "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security",
)  # fmt: skip
"""The six types of https://keepachangelog.com/en/2.0.0/#types, in its order."""

OF_KIND: Mapping[str, Heading] = {"feature": "Added", "fix": "Fixed", "security": "Security"}
"""Where built-in kinds stand; all others, and a team's own, change what was there."""

_OTHERWISE: Heading = "Changed"
BREAKING = ("breaking", "breaking-change")
DEPRECATED = ("deprecated", "deprecation")
REMOVED = ("removed", "removal")

_CVE = pattern(r"CVE-\d{4}-\d{4,19}", holds=("CVE-",))


def heading_of(note: Note, config: Config) -> Heading:
    """The heading of a note's entry; `none` when its kind is not for the changelog.

    A CVE in the title or a tag decides, then the tags `deprecated` and `removed`, then the kind.
    """
    if _cves_in((note.title, *note.tags)):
        return "Security"
    own = config.kinds.get(note.kind, Kind()).changelog
    if own != "none" and _has(note, DEPRECATED):
        return "Deprecated"
    if own != "none" and _has(note, REMOVED):
        return "Removed"
    return own or OF_KIND.get(note.kind, _OTHERWISE)


def is_breaking(note: Note) -> bool:
    """Does somebody have to change something? The tag or flag `breaking` says so."""
    return _has(note, BREAKING)


def cves(note: Note) -> tuple[str, ...]:
    """The CVEs that a note names in its title, tags or reason, in that order."""
    return _cves_in((note.title, *note.tags, note.reason or ""))


def bump_of(note: Note, config: Config) -> Bump:
    """What a note alone would make of the next version."""
    if is_breaking(note):
        return "major"
    return "minor" if heading_of(note, config) in ("Added", "Deprecated", "Removed") else "patch"


def _has(note: Note, words: tuple[str, ...]) -> bool:
    known = (*note.tags, *note.flags)
    return any(word.strip().casefold().replace("_", "-") in words for word in known)


def _cves_in(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cve for text in texts for cve in _CVE.findall(text.upper())))

"""Ids, slugs and file names."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from changenote.patterns import pattern

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o, u."""

ID_LENGTH = 15
"""Characters of `20261122-k3f9xq`."""

_AS_NOTES = r"(\d{8}-[0-9abcdefghjkmnpqrstvwxyz]{6})(?:-[a-z0-9]++)*+\.yaml"
_NAME = pattern(_AS_NOTES)
_NEARLY = pattern(r"\d{8}-(?=[a-z0-9]{6}[-.])[a-z0-9]*?([ilou])(?:-?[a-z0-9])*+\.yaml")
_NAMES = pattern(rf"(?:{_AS_NOTES}/)*+")


def new_id(created: datetime, random_bits: int) -> str:
    """The id of a note created at an instant, from 30 random bits."""
    from datetime import UTC

    letters = "".join(ALPHABET[(random_bits >> shift) & 31] for shift in range(25, -1, -5))
    return f"{created.astimezone(UTC):%Y%m%d}-{letters}"


def slug(title: str, *, longest: int = 50) -> str:
    """A title as part of a file name: lower-case ASCII words joined by hyphens, maybe empty."""
    joined = "-".join(re.findall(r"[a-z0-9]+", _in_ascii(title).lower()))
    if len(joined) <= longest:
        return joined
    return joined[: longest + 1].rpartition("-")[0] or joined[:longest]


def _in_ascii(text: str) -> str:
    """What is left of a text when its accents and other letters are gone."""
    if text.isascii():
        return text
    from unicodedata import normalize  # large, and most titles do without

    return normalize("NFKD", text).encode("ascii", "ignore").decode()


def file_name(note_id: str, title: str) -> str:
    """`<id>-<slug>.yaml`."""
    words = slug(title)
    return f"{note_id}-{words}.yaml" if words else f"{note_id}.yaml"


def id_in_file_name(name: str) -> str | None:
    """The id that a note's file name starts with; None when the name is not a note's."""
    match = _NAME.fullmatch(name)
    return match[1] if match else None


def letter_of_no_id(name: str) -> str:
    """The letter that no id has, in a name that is a note's but for it; else nothing."""
    match = _NEARLY.fullmatch(name)
    return match[1] if match else ""


def are_of_year(names: Sequence[str], year: str) -> bool:
    """Are these sorted names all those of notes' files, with ids of one year?

    Many are looked at together in half the time that they take one by one.
    """
    together = "/".join([*names, ""])  # no file's name holds a slash
    ends = (*names[:1], *names[-1:])  # what stands between begins as they do
    return bool(_NAMES.fullmatch(together)) and all(name.startswith(year) for name in ends)


def created_on(note_id: str) -> date | None:
    """The UTC day in an id; None for a day that does not exist."""
    try:
        return date(int(note_id[:4]), int(note_id[4:6]), int(note_id[6:8]))
    except ValueError:
        return None


def named(name: str, ids: Iterable[str]) -> list[str]:
    """The ids meant by a whole id, or by any start or end of one."""
    wanted = name.strip().lower()
    every = sorted(set(ids))
    if wanted in every:
        return [wanted]
    return [i for i in every if wanted and (i.startswith(wanted) or i.endswith(wanted))]
